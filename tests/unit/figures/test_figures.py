"""Every figure is written, tells its units and its colours, and stands what a run may leave."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.image import imread

from steppe import axes
from steppe.figures import corridors, economy, observed, style, trade, write_all
from steppe.results import Results

from .conftest import UNUSED, invented

ALONE = ["trade_shares", "trade_values", "corridor_shares", "corridor_days_costs", "gdp", "map"]


def panel(figure: Figure, title: str) -> Axes:
    """Return the panel with the title."""
    return next(a for a in figure.axes if a.get_title(loc="left") == title)


def solid(axes_: Axes) -> list[str]:
    """Return the colours of the panel's medians, in the order drawn."""
    return [to_hex(line.get_color()) for line in axes_.lines if line.get_label() == "median"]


@pytest.mark.usefixtures("world")
def test_every_figure_is_written(results: Results, parent: Results, tmp_path: Path) -> None:
    paths = write_all(tmp_path, results, parent)
    assert [p.relative_to(tmp_path).as_posix() for p in paths] == [
        f"figures/{name}.png" for name in [*ALONE, "map_difference"]
    ]
    assert sorted(p.name for p in (tmp_path / "figures").iterdir()) == sorted(p.name for p in paths)
    for path in paths:
        picture = imread(path)
        assert picture.shape[:2] == (900, 1600)
        assert 20_000 < path.stat().st_size < 700_000
        inked = (picture[..., :3] < 0.99).any(axis=2)
        assert inked.mean() > 0.04, f"{path.name} is almost empty"
        edge = np.concatenate([inked[0], inked[-1], inked[:, 0], inked[:, -1]])
        assert not edge.any(), f"{path.name} is cut off at its edge"


@pytest.mark.usefixtures("world")
def test_without_parent_there_is_no_difference(
    backcast: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(style, "save", lambda figure, path: path)
    assert [p.stem for p in write_all(tmp_path, backcast)] == ALONE


@pytest.mark.usefixtures("world")
def test_an_interrupted_run_leaves_figures(parent: Results, tmp_path: Path) -> None:
    stopped = invented("chabahar_completion", 2017, 2026, completed=1)
    assert len(write_all(tmp_path, stopped, parent)) == len(ALONE) + 1
    figure = trade.shares(stopped)
    assert "stopped after 1 of 40 quarters" in figure.texts[1].get_text()


def test_long_names_and_dollar_signs_fit(results: Results, parent: Results) -> None:
    results.scenario.title = "Tariffs of $5 and $10 a tonne " * 8
    parent.scenario.name = "a_scenario_with_a_name_that_is_rather_long_indeed_and_then_some"
    figure = corridors.days_costs(results, parent)
    for text in figure.texts:
        assert text.get_window_extent().x1 < figure.bbox.width, text.get_text()
    assert "$5" in figure.texts[1].get_text()


def test_a_run_that_never_started_leaves_none(tmp_path: Path) -> None:
    assert write_all(tmp_path, invented("baseline", 2017, 2026, completed=0)) == []
    assert list(tmp_path.iterdir()) == []


def test_a_power_has_one_colour_across_figures(results: Results) -> None:
    expected = [colour.lower() for colour in style.POWER_COLOURS.values()]
    assert len(set(expected)) == len(axes.POWERS)
    for figure in (trade.shares(results), trade.values(results)):
        for host in axes.HOSTS:
            assert solid(panel(figure, axes.TITLES[host])) == expected


def test_a_corridor_has_one_colour_across_figures(results: Results) -> None:
    shares, costs = corridors.shares(results), corridors.days_costs(results)
    dots = [{to_hex(line.get_color()) for line in p.lines} for p in costs.axes]
    for corridor, colour in style.CORRIDOR_COLOURS.items():
        assert solid(panel(shares, axes.TITLES[corridor])) == [colour.lower()]
        assert all((colour.lower() in used) == (corridor != UNUSED) for used in dots)
    assert set(style.CORRIDOR_COLOURS) == set(axes.CORRIDORS)


def test_colours_differ_in_lightness_or_hue_for_every_vision() -> None:
    """Pairs stay apart when red and green are confused (Viénot et al. 1999, deuteranopia)."""
    confuse = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])
    for colours in (style.POWER_COLOURS, style.CORRIDOR_COLOURS):
        rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours.values()])
        seen = np.clip((rgb**2.2) @ confuse.T, 0, 1) ** (1 / 2.2)
        apart = np.linalg.norm(seen[:, None] - seen[None], axis=2)
        assert apart[np.triu_indices(len(seen), 1)].min() > 0.12


def test_every_panel_tells_its_unit(results: Results, parent: Results) -> None:
    for figure, units in (
        (trade.shares(results, parent), {"% of trade with the powers"}),
        (trade.values(results, parent), {"bn USD/yr"}),
        (economy.gdp(results, parent), {"bn USD/yr"}),
        (corridors.shares(results, parent), {"% of Japan's trade with the hosts"}),
    ):
        rows = {round(p.get_position().y0, 3) for p in figure.axes}
        told = [p for p in figure.axes if p.get_ylabel()]
        assert {p.get_ylabel() for p in told} == units
        if figure.axes[0].get_title(loc="left") in axes.TITLES.values():
            assert {round(p.get_position().y0, 3) for p in told} == rows
    costs = corridors.days_costs(results, parent)
    assert [p.get_xlabel() for p in costs.axes] == ["days", "USD/t"]


def test_parent_is_dashed(results: Results, parent: Results) -> None:
    alone, against = trade.shares(results), trade.shares(results, parent)
    host = axes.TITLES["UZB"]
    assert not [x for x in panel(alone, host).lines if x.get_label() == "parent"]
    dashed = [x for x in panel(against, host).lines if x.get_label() == "parent"]
    assert len(dashed) == len(axes.POWERS) and all(x.is_dashed() for x in dashed)
    i = next(i for i, s in enumerate(parent.series) if s.label == "trade_share[JPN,UZB]")
    np.testing.assert_allclose(dashed[0].get_ydata(), 100 * parent.statistics[:, i, 3])


def test_bands_are_those_of_the_record(results: Results) -> None:
    figure = corridors.shares(results)
    shown = panel(figure, "Chabahar")
    i = next(i for i, s in enumerate(results.series) if s.label == "corridor_share[chabahar]")
    for band, (low, high) in zip(shown.collections, ((1, 5), (2, 4)), strict=True):
        heights = band.get_paths()[0].vertices[:, 1]
        assert heights.min() == pytest.approx(100 * results.statistics[:, i, low].min())
        assert heights.max() == pytest.approx(100 * results.statistics[:, i, high].max())
    assert shown.lines[0].get_xdata()[0] == pytest.approx(2017.125)


def test_observations_are_the_tables_shares(backcast: Results) -> None:
    rows = observed.read_table("trade_bilateral")

    def value(exporter: str, importer: str) -> float:
        return sum(
            float(r["value_musd"])
            for r in rows
            if (r["year"], r["exporter"], r["importer"]) == ("2008", exporter, importer)
        )

    both = {p: value(p, "KAZ") + value("KAZ", p) for p in axes.POWERS}
    shown = panel(trade.shares(backcast), axes.TITLES["KAZ"])
    for power in axes.POWERS:
        dots = next(x for x in shown.lines if x.get_label() == f"observed {power}")
        points = dict(zip(dots.get_xdata(), dots.get_ydata(), strict=True))
        assert points[2008.5] == pytest.approx(100 * both[power] / sum(both.values()))
        assert min(points) == 2001.5 and max(points) == 2016.5


def test_shares_of_observed_trade_by_hand() -> None:
    rows = [
        {"year": "2005", "exporter": "JPN", "importer": "UZB", "value_musd": "30"},
        {"year": "2005", "exporter": "UZB", "importer": "JPN", "value_musd": "10"},
        {"year": "2005", "exporter": "UZB", "importer": "RUS", "value_musd": "60"},
        {"year": "2005", "exporter": "RUS", "importer": "UZB", "value_musd": ""},
        {"year": "2005", "exporter": "KAZ", "importer": "UZB", "value_musd": "999"},
    ]
    shares = observed.shares(observed.trade(rows))[2005]
    uzbekistan = shares[:, axes.HOSTS.index("UZB")]
    np.testing.assert_allclose(uzbekistan, [0.4, 0.0, 0.6, 0.0, 0.0])
    assert np.isnan(shares[:, axes.HOSTS.index("TKM")]).all(), "no observation is not zero"


def test_a_host_without_observations_has_no_dots(
    backcast: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [r for r in observed.read_table("trade_bilateral") if "TKM" not in r.values()]
    monkeypatch.setattr(observed, "read_table", lambda name: rows)
    for figure in (trade.shares(backcast), trade.values(backcast)):
        dots = [
            sum(
                len(x.get_xdata())
                for x in panel(figure, axes.TITLES[h]).lines
                if x.get_marker() == "o"
            )
            for h in ("TKM", "KAZ")
        ]
        assert dots[0] == 0 and dots[1] > 60


def test_only_backcasts_show_observations(results: Results, backcast: Results) -> None:
    for draw in (trade.shares, trade.values, economy.gdp):
        said = [" ".join(t.get_text() for t in draw(r).texts) for r in (results, backcast)]
        assert ["Dots: observed" in s for s in said] == [False, True]


def test_a_corridor_that_carries_nothing_is_greyed(results: Results, parent: Results) -> None:
    figure = corridors.days_costs(results, parent)
    for shown in figure.axes:
        texts = [t for t in shown.texts if t.get_text() == "carries none of Japan's trade"]
        assert [t.get_position()[1] for t in texts] == [axes.CORRIDORS.index(UNUSED)]
    shares = corridors.shares(results, parent)
    assert [t.get_text() for t in panel(shares, axes.TITLES[UNUSED]).texts] == [
        "carries none\nof this trade"
    ]


@pytest.mark.usefixtures("world")
def test_missing_numbers_are_not_drawn_and_not_fatal(results: Results, tmp_path: Path) -> None:
    results.statistics[5:9] = np.nan
    for i, s in enumerate(results.series):
        if "KGZ" in s.cell or "chabahar" in s.cell:
            results.statistics[:, i] = np.nan
    assert len(write_all(tmp_path, results)) == len(ALONE)
    line = panel(trade.shares(results), axes.TITLES["KAZ"]).lines[0]
    assert np.isnan(line.get_ydata()).sum() == 4


def test_names_at_the_ends_of_lines_are_kept_apart() -> None:
    assert style.spread([0.2, 0.5, 0.9], gap=0.1) == pytest.approx([0.2, 0.5, 0.9])
    spots = style.spread([0.0, 0.01, 0.02, 0.5, 0.5], gap=0.1)
    assert min(np.diff(spots)) >= 0.1 - 1e-12 and spots[0] >= 0
    assert spots[3:] == pytest.approx([0.45, 0.55])
