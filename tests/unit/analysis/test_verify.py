"""What a run left beside what it gives now: to the bit, to the tolerance, different; and why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from steppe import tables
from steppe.analysis import provenance, verify
from steppe.analysis.verify import Part, Verdict


@pytest.fixture
def members() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "member": [0, 1, 2],
            "trade.elasticity": [2.0, 3.0, 4.0],
            "gdp[KAZ]": [100.0, 110.0, 120.0],
            "gdp[UZB]": [1e-9, 2.0, np.nan],
            "debt[KAZ]": [5.0, 6.0, 7.0],
        }
    )


def by_metric(parts: list[Part]) -> dict[str, Part]:
    return {part.metric: part for part in parts}


def test_the_same_values_are_the_same_to_the_bit(members) -> None:
    parts = verify.of_members(members, members.copy())
    assert [p.metric for p in parts] == [verify.INPUTS, "gdp", "debt"]
    assert verify.overall(parts) is Verdict.bits


def test_last_bits_are_within_the_tolerance(members) -> None:
    now = members.copy()
    now.loc[1, "gdp[KAZ]"] = np.nextafter(110.0, 200.0)
    parts = by_metric(verify.of_members(members, now))
    assert parts["gdp"].verdict is Verdict.tolerance
    assert (parts["gdp"].unequal, parts["gdp"].apart, parts["gdp"].members) == (1, 0, set())
    assert 0 < parts["gdp"].largest < 1e-15
    assert parts["debt"].verdict is Verdict.bits
    assert verify.overall(parts.values()) is Verdict.tolerance


@pytest.mark.parametrize(("value", "verdict"), [(1 + 9e-10, "tolerance"), (1 + 2e-9, "different")])
def test_the_tolerance_is_relative(members, value, verdict) -> None:
    now = members.assign(**{"debt[KAZ]": members["debt[KAZ]"] * [1.0, 1.0, value]})
    part = by_metric(verify.of_members(members, now))["debt"]
    assert part.verdict is Verdict[verdict]
    assert part.members == ({2} if verdict == "different" else set())


def test_what_is_left_of_numbers_that_cancel_has_no_digits(members) -> None:
    now = members.copy()
    now.loc[0, "gdp[UZB]"] = 1.00001e-9  # beside 120 in the same metric
    assert by_metric(verify.of_members(members, now))["gdp"].verdict is Verdict.tolerance


def test_inputs_have_scales_of_their_own() -> None:
    then = pd.DataFrame({"member": [0, 1], "a.small": [1e-12, 2e-12], "a.large": [1e6, 2e6]})
    now = then.assign(**{"a.small": [1e-12, 2.1e-12]})
    assert by_metric(verify.of_members(then, now))[verify.INPUTS].verdict is Verdict.different


def test_a_value_that_is_undefined_now_is_different(members) -> None:
    now = members.copy()
    now.loc[1, "gdp[UZB]"] = np.nan
    part = by_metric(verify.of_members(members, now))["gdp"]
    assert (part.verdict, part.apart, part.members) == (Verdict.different, 1, {1})
    assert part.as_json()["largest_relative_difference"] is None


def test_an_outcome_that_is_gone_is_different_and_a_new_one_is_not(members) -> None:
    gone = by_metric(verify.of_members(members, members.drop(columns="debt[KAZ]")))
    assert (gone["debt"].verdict, gone["debt"].missing) == (Verdict.different, 3)
    more = verify.of_members(members, members.assign(new=1.0))
    assert verify.overall(more) is Verdict.bits


def test_members_that_are_missing_now_are_different(members) -> None:
    assert verify.overall(verify.of_members(members, members.iloc[:2])) is Verdict.different


def test_series_of_a_run_by_metric(make_results) -> None:
    then = tables.series(make_results()).to_pandas()
    now = tables.series(make_results()).to_pandas()
    parts = verify.of_series(then, now, tables.LABELS)
    assert {p.metric for p in parts} == {"trade_share", "corridor_days"}
    assert verify.overall(parts) is Verdict.bits
    late = (now["metric"] == "trade_share") & (now["quarter"] == "2017Q3")
    now.loc[late, "q95"] *= 1.001
    moved = by_metric(verify.of_series(then, now, tables.LABELS))
    assert moved["trade_share"].verdict is Verdict.different
    assert moved["trade_share"].largest == pytest.approx(0.001, rel=0.01)
    assert moved["corridor_days"].verdict is Verdict.bits


def test_the_order_of_rows_and_new_dimensions_do_not_matter(make_results) -> None:
    then = tables.series(make_results()).to_pandas().drop(columns="pipeline")
    now = tables.series(make_results()).to_pandas().iloc[::-1].reset_index(drop=True)
    assert verify.overall(verify.of_series(then, now, tables.LABELS)) is Verdict.bits


def test_a_metric_that_is_gone_from_the_series(make_results) -> None:
    then = tables.series(make_results()).to_pandas()
    now = then[then["metric"] != "trade_share"]
    parts = by_metric(verify.of_series(then, now, tables.LABELS))
    assert parts["trade_share"].missing > 0
    assert parts["corridor_days"].verdict is Verdict.bits


def test_trajectories_name_the_members(make_results) -> None:
    results = make_results(trajectories=True)
    then, *_ = (t.to_pandas() for t in tables.trajectories(results))
    now = then.copy()
    now.loc[now["member"] == 3, "value"] += 1.0
    (part,) = verify.of_series(then, now, tables.LABELS, "trajectories")
    assert (part.table, part.members) == ("trajectories", {3})


@pytest.fixture
def happened(make_results) -> pd.DataFrame:
    (table,) = tables.chronicle(make_results())
    return table.to_pandas()


def test_a_chronicle_by_kind(happened) -> None:
    parts = by_metric(verify.of_chronicle(happened, happened.copy()))
    assert set(parts) == set(happened["kind"])
    assert verify.overall(parts.values()) is Verdict.bits


def test_other_amounts_and_other_words(happened) -> None:
    now = happened.copy()
    now.loc[now["kind"] == "committed", "amount"] *= 1 + 1e-12
    assert by_metric(verify.of_chronicle(happened, now))["committed"].verdict is Verdict.tolerance
    now = happened.copy()
    now["host"] = ["UZB" if kind == "committed" else None for kind in now["kind"]]
    now.loc[now["member"] == 4, "host"] = "TKM"
    part = by_metric(verify.of_chronicle(happened, now))["committed"]
    assert (part.verdict, part.members) == (Verdict.different, {4})
    now = happened.copy()
    now["sentence"] = now["sentence"].astype(str) + "!"
    assert verify.overall(verify.of_chronicle(happened, now)) is Verdict.tolerance


def test_more_or_fewer_happenings(happened) -> None:
    now = happened[happened["member"] != 4]
    part = by_metric(verify.of_chronicle(happened, now))["committed"]
    assert (part.verdict, part.missing, part.members) == (Verdict.different, 1, {4})
    reverse = by_metric(verify.of_chronicle(now, happened))["committed"]
    assert (reverse.verdict, reverse.members) == (Verdict.different, {4})


# what has changed between then and now

THEN = {
    "software": {"version": "0.1.0", "git": {"commit": "a" * 40, "dirty": False}},
    "data": {"sha256": "b" * 64},
    "environment": {
        "platform": "Linux",
        "cpu_features": ["AVX", "SSE"],
        "versions": {"numpy": "2.1.0", "scipy": "1.14"},
    },
}


def test_nothing_has_changed() -> None:
    assert provenance.changes(THEN, THEN) == []


def test_changes_in_words() -> None:
    now = {
        "software": {"version": "0.2.0", "git": {"commit": "c" * 40, "dirty": True}, "sha256": "d"},
        "data": {"sha256": "e" * 64},
        "environment": {
            "platform": "macOS",
            "cpu_features": ["SSE", "NEON"],
            "versions": {"numpy": "2.2.0", "scipy": "1.14", "numba": "0.62"},
            "kernels": {"target": "zen4", "compiled": True},
        },
    }
    found = provenance.changes(THEN, now)
    assert [str(change) for change in found] == [
        "steppe: then 0.1.0, now 0.2.0",
        f"git commit: then {'a' * 12}, now {'c' * 12}",
        "uncommitted changes: then no, now yes",
        f"data: then {'b' * 12}, now {'e' * 12}",
        "platform: then Linux, now macOS",
        "numpy: then 2.1.0, now 2.2.0",
        "CPU features: then also AVX, now also NEON",
    ]
    assert [change.inputs for change in found] == [True, True, True, True, False, False, False]


def test_the_hash_of_the_code_knows_better_than_git() -> None:
    then = {"software": {"git": {"commit": "a"}, "sha256": "c"}}
    now = {"software": {"git": {"commit": "b"}, "sha256": "c"}}
    (change,) = provenance.changes(then, now)
    assert (change.what, change.inputs) == ("git commit", False)


@pytest.mark.parametrize("damaged", [{}, {"software": None, "environment": []}, {"data": "x"}])
def test_what_a_record_does_not_tell_is_no_change(damaged) -> None:
    assert provenance.changes(THEN, damaged) == []
