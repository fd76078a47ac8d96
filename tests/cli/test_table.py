"""The closing table: which rows it shows and how numbers are spelled."""

from __future__ import annotations

import re

import numpy as np
import pytest

from steppe.analysis import choice
from steppe.cli import table
from steppe.results import outcomes


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (0.012345, "0.0123"),
        (0.5, "0.5000"),
        (1.23456, "1.235"),
        (45.678, "45.68"),
        (999.96, "1,000.0"),
        (1234.5, "1,234"),
        (9_876_543.2, "9,876,543"),
        (-45.678, "-45.68"),
        (3.2e-7, "3.2e-07"),
        (np.nan, "-"),
        (np.inf, "-"),
    ],
)
def test_numbers_have_about_four_digits(value, shown):
    assert table.number(value) == shown


def test_a_difference_shows_its_sign():
    assert table.number(0.25, sign=True) == "+0.2500"
    assert table.number(-0.25, sign=True) == "-0.2500"


def test_the_rows_that_moved_most_are_chosen_and_kept_in_order(make_results):
    results, parent = make_results(), make_results()
    for i, label in enumerate(results.outcomes):
        results.table[label] += 0.001 * i
    rows = outcomes(results, parent)
    chosen, told = table.choose(rows, most=10)
    assert chosen == rows[-10:]
    assert "20 more moved less" in told
    assert "1 hardly moved" in told


def test_outcomes_that_did_not_move_give_way(make_results):
    results, parent = make_results(), make_results()
    results.table["trade_share[JPN,UZB]"] += 1.0
    chosen, told = table.choose(outcomes(results, parent))
    assert [r.series.label for r in chosen] == ["trade_share[JPN,UZB]"]
    assert "30 hardly moved" in told


def test_nothing_moved_is_said(make_results):
    _, told = table.choose(outcomes(make_results(), make_results()))
    assert "none of 31 outcomes moved" in told


def test_without_a_parent_small_metrics_are_whole_and_rows_in_order(make_results):
    rows = outcomes(make_results())
    chosen, told = table.choose(rows)
    assert [r for r in rows if r in chosen] == chosen
    assert [r for r in rows if r.series.metric == "corridor_days"] == chosen[-6:]
    assert len(chosen) == choice.ROWS
    assert chosen[:19] == rows[6:25]  # the largest of 25 cells of growing size
    assert "the largest of trade_share;" in told
    assert f"{len(rows) - len(chosen)} more" in told


def test_the_table_fits_a_terminal_and_says_units(make_results):
    results, parent = make_results(shift=-123456.7), make_results()
    lines = table.lines(outcomes(results, parent), "a_scenario_of_a_very_long_name", "baseline")
    assert max(map(len, lines)) <= table.WIDTH
    text = "\n".join(lines)
    assert "trade_share (fraction)" in text
    assert "corridor_days (days)" in text
    assert "change from baseline" in text


@pytest.mark.parametrize("shift", [9_876_543.0, -9_876_543.0, 1e12, -3e200])
def test_columns_never_run_together(make_results, shift):
    results, parent = make_results(shift=shift), make_results(shift=1.0)
    rows = outcomes(results, parent)
    for line in table.lines(rows, "own", "baseline")[3:]:
        if line.startswith("  "):
            assert len(re.split(" {2,}", line.strip())) == 6
    assert all(
        len(re.split(" {2,}", line.strip())) == 3
        for line in table.lines(outcomes(results), "own", None)[3:]
        if line.startswith("  ")
    )


def test_values_that_are_not_finite_are_told_in_a_sentence():
    assert table.not_finite({"outcomes": 0, "members": 0}, 5) == []
    assert table.not_finite(None, 5) == []
    told = table.not_finite({"outcomes": 12, "members": 3}, 1500)
    assert "3 of 1,500 members have no finite value for 12 outcomes" in " ".join(told)
    assert max(map(len, told)) <= table.WIDTH


def test_json_has_no_number_that_json_lacks(make_results):
    results = make_results()
    results.table["corridor_days[chabahar]"][:] = np.nan
    answer = table.data(outcomes(results))
    assert answer["corridor_days[chabahar]"]["median"] is None
    assert answer["corridor_days[chabahar]"]["parent"] is None
