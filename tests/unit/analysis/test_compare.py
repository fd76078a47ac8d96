"""Differences of two ensembles by hand: pairs, bands, what pairing removes, who has no partner."""

from __future__ import annotations

import numpy as np
import pytest

from steppe.analysis import compare as comparing
from steppe.analysis.compare import Side, compare

LABEL = "gdp[KAZ]"


def side(values, *, name="a", seed=7, start="2017Q1", first=0, **columns) -> Side:
    values = np.asarray(values, dtype=float)
    table = {"member": np.arange(first, first + len(values)), LABEL: values}
    return Side(name, seed, start, table | {k.replace("__", "."): v for k, v in columns.items()})


def only(found: comparing.Comparison) -> comparing.Difference:
    (row,) = found.rows
    return row


def test_paired_differences_are_those_of_members() -> None:
    found = compare(side([10.0, 20.0, 30.0, 40.0]), side([11.0, 22.0, 33.0, 44.0]), [LABEL])
    row = only(found)
    assert (found.unpaired, found.members, row.members) == ("", 4, 4)
    assert row.difference.median == pytest.approx(2.5)
    assert row.difference.q05 == pytest.approx(np.quantile([1, 2, 3, 4], 0.05))
    assert row.mean == pytest.approx(2.5)
    assert row.standard_error == pytest.approx(np.std([1, 2, 3, 4], ddof=1) / 2)
    assert row.relative == pytest.approx(2.5 / 25.0)
    assert row.greater == 1.0


def test_variance_removed_is_measured_against_independent_members() -> None:
    rng = np.random.default_rng(1)
    shared = rng.normal(size=400)
    a, b = shared + 0.1 * rng.normal(size=400), shared + 0.1 * rng.normal(size=400)
    row = only(compare(side(a), side(b), [LABEL]))
    expected = 1 - np.var(b - a, ddof=1) / (np.var(a, ddof=1) + np.var(b, ddof=1))
    assert row.variance_removed == pytest.approx(expected)
    assert row.variance_removed > 0.95
    apart = only(compare(side(a), side(rng.permutation(b)), [LABEL]))
    assert abs(apart.variance_removed) < 0.2


def test_members_are_paired_by_their_number_over_those_that_both_have() -> None:
    first = side([1.0, 2.0, 3.0, 4.0])
    second = side([3.5, 4.5, 9.0], first=2)
    found = compare(first, second, [LABEL])
    assert found.members == 2
    assert only(found).mean == pytest.approx(0.5)


def test_rounding_is_no_difference() -> None:
    row = only(compare(side([1.0, 3.0]), side([1.0 + 1e-13, 3.0 - 1e-13]), [LABEL]))
    assert (row.mean, row.greater, row.difference.width) == (0.0, 0.0, 0.0)


def test_a_member_without_a_value_is_left_out() -> None:
    row = only(compare(side([1.0, np.nan, 3.0]), side([2.0, 5.0, np.inf]), [LABEL]))
    assert (row.members, row.mean) == (1, 1.0)
    nothing = only(compare(side([np.nan, np.nan]), side([1.0, 2.0]), [LABEL]))
    assert nothing.members == 0
    assert np.isnan([nothing.mean, nothing.relative, nothing.greater, nothing.standard_error]).all()


def test_one_member_has_a_difference_and_no_band() -> None:
    row = only(compare(side([4.0]), side([5.0]), [LABEL]))
    assert row.difference.median == 1.0
    assert np.isnan([row.difference.q05, row.standard_error, row.variance_removed]).all()


def test_no_relative_change_from_zero() -> None:
    assert np.isnan(only(compare(side([0.0, 0.0]), side([1.0, 1.0]), [LABEL])).relative)


@pytest.mark.parametrize(
    ("other", "why"),
    [({"seed": 8}, "the seeds differ, 7 and 8"), ({"start": "2010Q1"}, "start in 2017Q1 and 2010")],
)
def test_other_shocks_leave_members_without_partners(other, why) -> None:
    found = compare(side([1.0, 2.0, 3.0]), side([2.5, 3.5], **other), [LABEL])
    row = only(found)
    assert why in found.unpaired
    assert row.greater == pytest.approx(5 / 6)  # of all pairs
    assert row.mean == pytest.approx(1.0)
    assert row.standard_error == pytest.approx(np.sqrt(1.0 / 3 + 0.5 / 2))
    assert np.isnan(row.variance_removed)


def test_many_independent_members_are_thinned_without_bias() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=5_000), rng.normal(1.0, size=4_000)
    row = only(compare(side(a), side(b, seed=8), [LABEL]))
    assert row.difference.median == pytest.approx(1.0, abs=0.06)
    assert row.difference.width == pytest.approx(2 * 1.645 * np.sqrt(2), rel=0.05)


def test_inputs_that_are_not_alike_are_named() -> None:
    x, y = np.array([1.0, 2.0]), np.array([1.0, 3.0])
    first = side([1.0, 2.0], trade__a=x, trade__b=x, trade__c=x, event__e__start=x)
    second = side([1.0, 2.0], trade__a=x, trade__b=y, trade__d=x, event__f__start=x)
    found = compare(first, second, [LABEL])
    assert found.unlike == ("trade.b", "trade.c", "trade.d")


def test_outcomes_are_the_columns_that_nobody_drew() -> None:
    table = {"member": [], "trade.elasticity": [], "event.x.start": [], "gdp[KAZ]": [], "u": []}
    assert comparing.outcomes(table) == ["gdp[KAZ]", "u"]


def test_units_are_those_of_outcomes() -> None:
    assert comparing.series_of("committed[JPN,KAZ]").outcome_unit == "mn USD"
    unknown = comparing.series_of("gone[A,B]")
    assert (unknown.metric, unknown.cell, unknown.outcome_unit) == ("gone", ("A", "B"), "")


@pytest.mark.parametrize("members", [None, np.array([0, 0]), np.array(["a", "b"])])
def test_a_table_that_does_not_number_its_members_is_refused(members) -> None:
    broken = side([1.0, 2.0], name="runs/x")
    table = {k: v for k, v in broken.table.items() if k != "member"}
    table |= {} if members is None else {"member": members}
    with pytest.raises(ValueError, match="runs/x: damaged"):
        compare(Side("runs/x", 7, "2017Q1", table), side([1.0, 2.0]), [LABEL])


def test_an_outcome_of_words_is_refused() -> None:
    with pytest.raises(ValueError, match="holds something else"):
        broken = Side("b", 7, "2017Q1", {"member": np.arange(1), LABEL: np.array(["x"])})
        compare(side([1.0]), broken, [LABEL])
