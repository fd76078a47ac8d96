"""The figure of money by stage: yearly sums, own scales, and what a run may leave out."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from steppe import axes
from steppe.figures import money
from steppe.results import Results

from .conftest import invented


def panel(figure: Figure, power: str) -> Axes:
    return next(a for a in figure.axes if a.get_title(loc="left") == axes.TITLES[power])


def line(figure: Figure, power: str, stage: str) -> np.ndarray:
    """Return (year, 2) of a stage's line."""
    shown = next(x for x in panel(figure, power).lines if x.get_label() == stage)
    return np.column_stack(shown.get_data())


def rows(results: Results, metric: str, power: str) -> list[int]:
    return [i for i, s in enumerate(results.series) if s.metric == metric and s.cell[0] == power]


def test_a_year_is_the_sum_of_its_quarters_and_of_the_hosts(results: Results) -> None:
    quarters = np.arange(1.0, 41.0)
    for host, row in enumerate(rows(results, "committed", "TUR")):
        results.statistics[:, row, 0] = quarters * (host + 1)
    shown = line(money.stages(results), "TUR", "committed")
    first = (1 + 2 + 3 + 4) * (1 + 2 + 3 + 4 + 5) / 1000
    assert shown[0] == pytest.approx([2017.5, first])
    assert shown[-1] == pytest.approx([2026.5, (37 + 38 + 39 + 40) * 15 / 1000])
    assert len(shown) == 10


@pytest.mark.parametrize(("completed", "years"), [(40, 10), (39, 9), (7, 1), (3, 0)])
def test_only_whole_years_are_shown(completed: int, years: int) -> None:
    stopped = invented("baseline", 2017, 2026, completed=completed)
    figure = money.stages(stopped)
    for power in axes.POWERS:
        drawn = [x for x in panel(figure, power).lines if x.get_label() in money.STAGES]
        assert len(drawn) == (len(money.BUILDING) if years else 0)
        assert all(len(x.get_xdata()) == years for x in drawn)


def test_a_run_that_starts_within_a_year_begins_with_the_next(results: Results) -> None:
    late = invented("baseline", 2017, 2026)
    late.quarters, late.statistics = late.quarters[2:], late.statistics[2:]
    late.completed = len(late.quarters)
    shown = line(money.stages(late), "JPN", "disbursed")
    assert np.allclose(shown, line(money.stages(results), "JPN", "disbursed")[1:])


def test_every_power_has_its_own_scale_told_above(results: Results) -> None:
    for power, size in zip(axes.POWERS, (0.4, 4.0, 40.0, 400.0, 4000.0), strict=True):
        for stage in money.STAGES:
            results.statistics[:, rows(results, stage, power), 0] = size
    figure = money.stages(results)
    for power, size in zip(axes.POWERS, (0.4, 4.0, 40.0, 400.0, 4000.0), strict=True):
        shown = panel(figure, power)
        low, high = shown.get_ylim()
        most = size * 5 * 4 / 1000
        assert low == 0 and 1.2 * most <= high <= 3 * most
        told = shown.get_title(loc="right").removeprefix("scale 0 to ").removesuffix(" bn USD")
        assert float(told.replace(",", "")) == pytest.approx(high)
        assert {p.get_ylabel() for p in figure.axes} == {"", "bn USD a year"}


def test_a_stage_without_money_is_left_out_and_said(results: Results) -> None:
    gone = [i for i, s in enumerate(results.series) if s.metric == "announced"]
    results.statistics[:, gone] = 0.0
    figure = money.stages(results)
    for power in axes.POWERS:
        drawn = [x.get_label() for x in panel(figure, power).lines if x.get_label() in money.STAGES]
        assert drawn == ["committed", "disbursed", "completed", "cancelled"]
        named = {t.get_text() for t in panel(figure, power).texts}
        assert "announced" not in named and "committed" in named
    said = [t.get_text() for t in figure.legends[0].get_texts()]
    assert said[0] == "announced: none in this run"
    assert sum("none in this run" in text for text in said) == 1


@pytest.mark.parametrize(("years", "told"), [((3,), "19 bn"), ((3, 5), "28 bn")])
def test_announcements_are_marked_by_year_and_leave_the_scale_alone(
    results: Results, years: tuple[int, ...], told: str
) -> None:
    row = rows(results, "announced", "JPN")
    results.statistics[:, row] = 0.0
    scale = panel(money.stages(results), "JPN").get_ylim()
    for year, amount in zip(years, (19_000.0, 9_000.0), strict=False):
        results.statistics[4 * year + 1, row[0], 0] = amount
    shown = panel(money.stages(results), "JPN")
    assert shown.get_ylim() == scale
    marks = [x.get_xdata()[0] for x in shown.lines if x.get_linestyle() == ":"]
    assert marks == [2017.5 + year for year in years]
    (text,) = [t.get_text() for t in shown.texts if "announced" in t.get_text()]
    assert text.startswith(told) and ("in 2 years" in text) == (len(years) == 2)


def test_commitments_of_the_run_are_the_members(results: Results) -> None:
    members = np.linspace(0.0, 1.0, results.members)
    for power in axes.POWERS:
        for host in axes.HOSTS:
            results.table[f"committed[{power},{host}]"] = 1000.0 + 8000.0 * members
    figure = money.stages(results)
    # five hosts: 5 bn + 40 bn x quantile
    assert "commitments: 25 (7.0 to 43) bn" in {t.get_text() for t in panel(figure, "IND").texts}
    results.table["committed[IND,KAZ]"][3] = np.inf
    said = {t.get_text() for t in panel(money.stages(results), "IND").texts}
    assert not any("commitments" in text for text in said)


def test_small_commitments_have_two_decimals(results: Results) -> None:
    for host in axes.HOSTS:
        results.table[f"committed[IND,{host}]"] = np.full(results.members, 3.0)
    said = {t.get_text() for t in panel(money.stages(results), "IND").texts}
    assert "commitments: 0.01 (0.01 to 0.01) bn" in said


def test_parent_is_dashed_in_the_colour_of_its_stage(results: Results, parent: Results) -> None:
    assert not [x for x in panel(money.stages(results), "CHN").lines if x.get_label() == "parent"]
    shown = panel(money.stages(results, parent), "CHN")
    dashed = [x for x in shown.lines if x.get_label() == "parent"]
    assert [x.get_color() for x in dashed] == [money.STAGES[s][1] for s in money.BUILDING]
    alone = money.stages(parent)
    for drawn, stage in zip(dashed, money.BUILDING, strict=True):
        assert np.allclose(drawn.get_ydata(), line(alone, "CHN", stage)[:, 1])


def test_missing_and_infinite_numbers_are_not_fatal(results: Results) -> None:
    results.statistics[5] = np.nan
    results.statistics[9, rows(results, "completed", "RUS")] = np.inf
    figure = money.stages(results)
    figure.draw_without_rendering()
    assert np.isnan(line(figure, "RUS", "committed")[1, 1])
    assert np.isfinite(panel(figure, "RUS").get_ylim()).all()
