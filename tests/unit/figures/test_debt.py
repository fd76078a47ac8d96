"""Figures of debt and of concentration: order, threshold, scales, bands."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from steppe import axes
from steppe.figures import debt, influence, money, write_all
from steppe.laws.acceptance import debt_aversion
from steppe.results import Results

from .conftest import invented

OWED = {"JPN": 0.03, "CHN": 0.10, "RUS": 0.16, "TUR": 0.01, "IND": 0.0004}


def panel(figure: Figure, code: str) -> Axes:
    return next(a for a in figure.axes if a.get_title(loc="left") == axes.TITLES[code])


def owing(results: Results, scale: float = 1.0) -> Results:
    """Let every host owe the same, 95 % of members at most twice the mean."""
    for i, s in enumerate(results.series):
        if s.metric == "debt_to_gdp":
            results.statistics[:, i] = scale * OWED[s.cell[0]]
            results.statistics[:, i, 5] *= 2
    return results


def test_the_largest_creditor_lies_at_the_bottom(results: Results) -> None:
    shown = panel(debt.to_gdp(owing(results)), "UZB")
    assert [x.get_label() for x in shown.collections] == ["RUS", "CHN", "JPN", "TUR", "IND"]
    tops = [x.get_paths()[0].vertices[:, 1].max() for x in shown.collections]
    assert tops == pytest.approx([16, 26, 29, 30, 30.04])
    assert {"RUS 16%", "CHN 10%", "JPN 3.0%", "TUR 1.0%", "IND <0.1%"} == {
        t.get_text() for t in shown.texts
    }


def test_the_line_stands_where_hosts_begin_to_mind(results: Results) -> None:
    (line,) = (x for x in panel(debt.to_gdp(results), "KAZ").lines if x.get_label() == "threshold")
    (height,) = set(line.get_ydata())
    just = np.array([[height / 100], [height / 100 + 0.01]])
    assert debt_aversion(just, np.ones(1)).ravel() == pytest.approx([0, -((1 / 15) ** 2)])
    said = " ".join(t.get_text() for t in debt.to_gdp(results).legends[0].get_texts())
    assert f"{height:.0f} % of GDP to one power" in said


@pytest.mark.parametrize("scale", [0.01, 1.0, 10.0])
def test_threshold_stack_and_tail_are_in_sight(results: Results, scale: float) -> None:
    figure = debt.to_gdp(owing(results, scale))
    for host in axes.HOSTS:
        low, high = panel(figure, host).get_ylim()
        assert low == 0 and high >= 100 * scale * 2 * OWED["RUS"] and high > 20
        (tail,) = (x for x in panel(figure, host).lines if x.get_label() == "tail")
        assert tail.get_ydata() == pytest.approx(100 * scale * 2 * OWED["RUS"])


def test_debt_over_a_collapsed_gdp_leaves_a_panel_that_can_be_read(results: Results) -> None:
    figure = debt.to_gdp(owing(results, 1e6))
    figure.draw_without_rendering()
    for shown in figure.axes:
        assert shown.get_ylim() == (0, debt.MOST)
        assert all(t.get_window_extent().x0 > 0 for t in shown.get_yticklabels())


def test_parent_is_dashed_at_the_largest_creditor_and_the_sum(
    results: Results, parent: Results
) -> None:
    figure = debt.to_gdp(owing(results), owing(parent, 0.5))
    dashed = [x for x in panel(figure, "TKM").lines if x.get_label() == "parent"]
    assert [x.get_ydata()[0] for x in dashed] == pytest.approx([8, 15.02])


def test_names_of_creditors_run_into_nothing(results: Results) -> None:
    figure = debt.to_gdp(owing(results, 0.02))
    figure.draw_without_rendering()
    ticks = [t.get_window_extent() for p in figure.axes for t in p.get_yticklabels()]
    for shown in figure.axes:
        boxes = [t.get_window_extent() for t in shown.texts]
        assert len(boxes) == len(axes.POWERS)
        for i, box in enumerate(boxes):
            assert box.x1 < figure.bbox.width - 8
            assert not any(box.overlaps(other) for other in [*ticks, *boxes[i + 1 :]])


def test_concentration_shows_the_bands_of_the_record(results: Results, parent: Results) -> None:
    figure = debt.concentration(results, parent)
    top, bottom = figure.axes[: len(axes.HOSTS)], figure.axes[len(axes.HOSTS) :]
    labels = {s.label: i for i, s in enumerate(results.series)}
    for i, host in enumerate(axes.HOSTS):
        assert top[i].get_title(loc="left") == axes.TITLES[host]
        assert top[i].get_ylim() == (1, 5) and bottom[i].get_ylim() == (0, 1)
        for shown, metrics in (
            (top[i], ["multivector_index"]),
            (bottom[i], ["creditor_hhi", "partner_hhi"]),
        ):
            medians = [x for x in shown.lines if x.get_label() == "median"]
            dashed = [x for x in shown.lines if x.get_label() == "parent"]
            assert len(shown.collections) == 2 * len(metrics)
            for j, metric in enumerate(metrics):
                row = labels[f"{metric}[{host}]"]
                assert medians[j].get_ydata() == pytest.approx(results.statistics[:, row, 3])
                assert dashed[j].get_ydata() == pytest.approx(parent.statistics[:, row, 3])
                edge = shown.collections[2 * j].get_paths()[0].vertices[:, 1]
                assert edge.min() == pytest.approx(results.statistics[:, row, 1].min())
                assert edge.max() == pytest.approx(results.statistics[:, row, 5].max())


def test_concentration_tells_units_once_a_row(results: Results) -> None:
    figure = debt.concentration(results)
    assert [p.get_ylabel() for p in figure.axes if p.get_ylabel()] == [
        "number of powers", "sum of squared shares"
    ]  # fmt: skip
    headings = [t for t in figure.texts if t.get_style() == "italic"]
    assert len(headings) == 2
    figure.draw_without_rendering()
    titles = [p._left_title.get_window_extent() for p in figure.axes if p.get_title(loc="left")]
    assert len(titles) == len(axes.HOSTS)
    ticks = [t.get_window_extent() for p in figure.axes for t in p.get_xticklabels()]
    for heading in headings:
        box = heading.get_window_extent()
        assert not any(box.overlaps(other) for other in [*titles, *ticks])
        assert not any(box.overlaps(p.get_window_extent()) for p in figure.axes)


def test_missing_numbers_are_not_fatal(results: Results) -> None:
    results.statistics[5:9] = np.nan
    for i, s in enumerate(results.series):
        if "KGZ" in s.cell:
            results.statistics[:, i] = np.nan
    for figure in (debt.to_gdp(results), debt.concentration(results)):
        figure.draw_without_rendering()
        assert all(np.isfinite(p.get_ylim()).all() for p in figure.axes)
    assert not panel(debt.to_gdp(results), "KGZ").texts


@pytest.mark.usefixtures("world")
def test_they_are_written_with_a_run(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steppe.figures.style.save", lambda figure, path: path)
    names = [path.stem for path in write_all(tmp_path, invented("baseline", 2017, 2026))]
    new = ["money", "debt", "influence_shares", "influence_channels", "concentration"]
    assert [name for name in names if name in new] == new


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("collects", [True, False])
def test_writing_leaves_the_garbage_collector_as_it_was(
    tmp_path, monkeypatch: pytest.MonkeyPatch, collects: bool
) -> None:
    def full(figure, path):
        assert not gc.isenabled()
        raise OSError("no space left")

    monkeypatch.setattr("steppe.figures.style.save", full)
    (gc.enable if collects else gc.disable)()
    try:
        with pytest.raises(OSError, match="no space left"):
            write_all(tmp_path, invented("baseline", 2017, 2026))
        assert gc.isenabled() == collects
    finally:
        gc.enable()


def test_a_run_stopped_after_a_quarter_can_be_drawn() -> None:
    stopped = invented("baseline", 2017, 2026, completed=1)
    for draw in (
        debt.to_gdp, debt.concentration, influence.shares, influence.channels, money.stages
    ):  # fmt: skip
        figure = draw(stopped)
        figure.draw_without_rendering()
        assert "stopped after 1 of 40 quarters" in figure.texts[1].get_text()
