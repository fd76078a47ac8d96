"""Every figure is written, tells its units and its colours, and stands what a run may leave."""

from __future__ import annotations

from itertools import pairwise
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

ALONE = [
    "trade_shares",
    "trade_values",
    "corridor_shares",
    "corridor_days_costs",
    "gdp",
    "gas",
    "money",
    "debt",
    "influence_shares",
    "influence_channels",
    "concentration",
    "consortia",
    "rare_earths",
    "map",
]


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
        (trade.values(results, parent), {"bn USD, at annual rate"}),
        (economy.gdp(results, parent), {"bn USD, at annual rate"}),
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


def test_days_and_costs_are_those_of_the_closing_table(results: Results, parent: Results) -> None:
    """Median and 90 % range over members of the members' means, members without one left out."""
    label = "corridor_days[chabahar]"
    results.table[label] = np.array([np.nan, 50.0, *np.linspace(30.0, 40.0, 22)])
    row = axes.CORRIDORS.index("chabahar")
    figure = corridors.days_costs(results, parent)
    for shown, metric in zip(figure.axes, ("corridor_days", "corridor_cost"), strict=True):
        for run, side in ((results, -1), (parent, 1)):
            members = run.table[f"{metric}[chabahar]"]
            low, middle, high = np.quantile(members[np.isfinite(members)], [0.05, 0.5, 0.95])
            lines = [x for x in shown.lines if 0 < side * (np.mean(x.get_ydata()) - row) < 0.5]
            assert [list(x.get_xdata()) for x in lines] == [
                pytest.approx([low, high]),
                pytest.approx([middle]),
            ]
            said = {t.get_text() for t in shown.texts}
            assert f"{middle:,.{1 if middle < 100 else 0}f}" in said


def test_a_corridor_that_carries_nothing_says_so_on_its_own_row(
    results: Results, parent: Results
) -> None:
    """The parent still uses the corridor: its bar stays, and the words do not cover it."""
    for metric in ("corridor_days", "corridor_cost"):
        parent.table[f"{metric}[{UNUSED}]"] = parent.table[f"{metric}[chabahar]"]
    row = axes.CORRIDORS.index(UNUSED)
    for shown in corridors.days_costs(results, parent).axes:
        (text,) = (t for t in shown.texts if t.get_text() == "carries nothing")
        assert row - 0.5 < text.get_position()[1] < row
        bars = [x for x in shown.lines if abs(np.mean(x.get_ydata()) - row) < 0.5]
        assert len(bars) == 2 and all(np.mean(x.get_ydata()) > row for x in bars)
        box = text.get_window_extent()
        assert not any(box.overlaps(x.get_window_extent()) for x in bars)


def test_a_corridor_used_for_a_part_of_the_period_is_not_called_empty(results: Results) -> None:
    results.table[f"corridor_share[{UNUSED}]"] = np.full(results.members, 0.01)
    for shown in corridors.days_costs(results).axes:
        said = {t.get_text() for t in shown.texts}
        assert "not used all through" in said and "carries nothing" not in said


def test_a_run_stopped_before_the_period_says_so() -> None:
    stopped = invented("baseline", 2017, 2026, completed=20)
    for shown in corridors.days_costs(stopped).axes:
        assert [t.get_text() for t in shown.texts] == ["stopped before 2022Q1 to 2026Q4"] * len(
            axes.CORRIDORS
        )


def test_shares_of_an_unused_corridor_are_a_line_at_zero(results: Results) -> None:
    """A corridor that closes during the run keeps its past, and nothing is written over it."""
    row = next(i for i, s in enumerate(results.series) if s.label == "corridor_share[chabahar]")
    results.statistics[20:, row] = 0.0
    figure = corridors.shares(results)
    for corridor in ("chabahar", UNUSED):
        shown = panel(figure, axes.TITLES[corridor])
        assert not shown.texts
        (line,) = (x for x in shown.lines if x.get_label() == "median")
        assert (line.get_ydata()[20:] == 0).all() and not line.get_clip_on()
        assert shown.get_ylim()[0] == 0


@pytest.mark.usefixtures("world")
def test_titles_in_any_script_are_drawn_without_a_warning(
    results: Results, parent: Results, tmp_path: Path
) -> None:
    """Warnings are errors in these tests."""
    results.scenario.title = "鉄道 Ташкент 🙂\tδ $5"
    parent.scenario.name = "基準_$x"
    assert len(write_all(tmp_path, results, parent)) == len(ALONE) + 1
    told = trade.shares(results).texts[1].get_text()
    assert told.startswith("?? Ташкент ? δ $5 · ")


@pytest.mark.parametrize("years", [7, 16, 24])
def test_every_panel_names_at_least_three_years(years: int) -> None:
    run = invented("a", 2010, 2010 + years - 1)
    for figure in (corridors.shares(run), trade.shares(run), economy.gdp(run)):
        for shown in figure.axes:
            named = shown.get_xticklabels()
            assert 3 <= len(named) <= 6
            boxes = [t.get_window_extent() for t in named]
            assert all(a.x1 + 4 < b.x0 for a, b in pairwise(boxes))


@pytest.mark.parametrize("most", [4, 6])
def test_named_years_are_few_and_round(most: int) -> None:
    assert list(style.named_years(2001, 2017, most)) == [2005, 2010, 2015]
    assert list(style.named_years(2010, 2017, most)) == [2010, 2012, 2014, 2016]
    for last in range(2003, 2102):
        assert 2 <= len(style.named_years(2001, last, most)) <= most + 1, last


def test_panels_keep_clear_of_each_other(backcast: Results) -> None:
    """Wide labels (0.05%) do not run into the panel on their left."""
    row = next(i for i, s in enumerate(backcast.series) if UNUSED in s.cell and s.metric[-1] == "e")
    backcast.statistics[:, row] = 0.002 * np.arange(1, 7) / 6
    figure = corridors.shares(backcast)
    figure.draw_without_rendering()
    boxes = [p.get_window_extent() for p in figure.axes]
    for shown in figure.axes:
        for label in shown.get_yticklabels():
            assert not any(label.get_window_extent().overlaps(box) for box in boxes)
    assert any("0.05%" in t.get_text() for p in figure.axes for t in p.get_yticklabels())


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1213.7, 3, "1,210"), (39.46, 3, "39.5"), (6.6, 3, "6.60"), (9.999, 3, "10.0"),
        (0.0421, 2, "0.042"), (1_000_000, None, "1,000,000"), (0.0001, None, "0.0001"),
        (0.00001, None, "0.00001"), (2.5, None, "2.5"), (30, None, "30"), (0, 3, "0"),
    ],
)  # fmt: skip
def test_numbers_have_no_exponent(value: float, digits: int | None, text: str) -> None:
    assert style.number(value, digits) == text


def test_large_economies_are_written_out(results: Results) -> None:
    for i, s in enumerate(results.series):
        if s.metric == "gdp":
            results.statistics[:, i] = 1213.7
    figure = economy.gdp(results)
    assert [t.get_text() for p in figure.axes for t in p.texts] == [
        "2026: 1,210 (1,210 to 1,210)"
    ] * len(axes.HOSTS)


def test_leaders_join_the_ends_of_lines_to_their_names(results: Results) -> None:
    shown = panel(trade.shares(results), axes.TITLES["KAZ"])
    medians = {x.get_color(): x.get_ydata()[-1] / 100 for x in shown.lines[::-1]
               if x.get_label() == "median"}  # fmt: skip
    names = {t.get_color(): t.get_position() for t in shown.texts}
    leaders = [x for x in shown.lines if x.get_label() == "leader"]
    assert len(leaders) == len(axes.POWERS)
    for line in leaders:
        (start, end), (y, spot) = line.get_data()
        colour = line.get_color()
        assert start == 1 and y == pytest.approx(medians[colour])
        assert end < names[colour][0] and spot == names[colour][1]
    for text in shown.texts:
        assert text.get_window_extent().x1 < shown.figure.bbox.width - 8


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
