"""The figure of consortia: yearly sums, running numbers, and what a run may leave out."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from steppe import axes
from steppe.figures import consortia
from steppe.results import Results

from .conftest import invented


def panel(figure: Figure, title: str) -> Axes:
    return next(a for a in figure.axes if a.get_title(loc="left").startswith(title))


def fill(results: Results, metric: str, power: str, value: float | np.ndarray) -> None:
    for i, series in enumerate(results.series):
        if series.metric == metric:
            results.statistics[:, i, 0] = value if series.cell[0] == power else 0.0


def top(shown: Axes) -> np.ndarray:
    """Return the upper edge of the topmost layer."""
    edges = [line for line in shown.lines if line.get_label() == "edge"]
    return np.asarray(edges[-1].get_ydata())


def test_money_is_summed_over_hosts_and_years_and_numbers_run_on(results: Results) -> None:
    fill(results, "consortium_value", "JPN", 25.0)
    fill(results, "consortium_piloted", "TUR", 25.0)
    fill(results, "consortium_count", "JPN", 0.1)
    figure = consortia.partners(results)
    for title in ("Paid by", "Built by"):
        np.testing.assert_allclose(top(panel(figure, title)), np.full(10, 0.5))
    count = top(panel(figure, "Formed"))
    np.testing.assert_allclose(count, 0.5 * np.arange(1, 41))
    assert "JPN" in {t.get_text() for t in panel(figure, "Paid by").texts}
    assert {t.get_text() for t in panel(figure, "Built by").texts} & set(axes.POWERS) == {"TUR"}


def test_totals_are_those_of_the_members(results: Results) -> None:
    members = np.linspace(0.0, 1.0, results.members)
    for power in axes.POWERS:
        for host in axes.HOSTS:
            results.table[f"consortium_count[{power},{host}]"] = np.zeros(results.members)
    results.table["consortium_count[JPN,UZB]"] = 20.0 * members
    shown = panel(consortia.partners(results), "Formed")
    assert "10 (1 to 19) consortia" in {t.get_text() for t in shown.texts}


def test_a_run_without_consortia_and_one_that_was_stopped_can_be_drawn(results: Results) -> None:
    for metric in ("consortium_value", "consortium_piloted", "consortium_count"):
        fill(results, metric, "JPN", 0.0)
    for run in (results, invented("baseline", 2017, 2026, completed=1)):
        figure = consortia.partners(run)
        figure.draw_without_rendering()
        assert all(np.isfinite(a.get_ylim()).all() for a in figure.axes)


def test_the_parent_is_dashed(results: Results, parent: Results) -> None:
    shown = panel(consortia.partners(results, parent), "Paid by")
    assert sum(line.get_label() == "parent" for line in shown.lines) == 1


@pytest.mark.parametrize("metric", ["consortium_value", "consortium_count"])
def test_missing_numbers_are_not_fatal(results: Results, metric: str) -> None:
    for i, series in enumerate(results.series):
        if series.metric == metric:
            results.statistics[5, i] = np.nan
    consortia.partners(results).draw_without_rendering()
