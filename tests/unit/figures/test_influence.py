"""Figures of influence: shares sum to one, channels are means over hosts, the parent is dashed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from steppe import axes
from steppe.figures import influence, money, stacks, style
from steppe.results import Results


def panel(figure: Figure, code: str) -> Axes:
    return next(a for a in figure.axes if a.get_title(loc="left") == axes.TITLES[code])


def set_mean(results: Results, label: str, values: np.ndarray | float) -> None:
    row = next(i for i, s in enumerate(results.series) if s.label == label)
    results.statistics[:, row, 0] = values


PARTS = np.array([0.02, 0.25, 0.40, 0.08, 0.01, 0.24])
LAST = np.array([0.02, 0.45, 0.20, 0.08, 0.01, 0.24])
"""Shares of the five powers and the host's own part at both ends; they sum to 1."""


@pytest.fixture
def shared(results: Results) -> Results:
    return with_shares(results)


def with_shares(results: Results) -> Results:
    """Let Russia's share pass to China at a steady pace, the rest stay."""
    moved = np.linspace(0.0, 0.2, len(results.quarters))
    for host in axes.HOSTS:
        for power, part in zip(axes.POWERS, PARTS[:-1], strict=True):
            change = {"CHN": moved, "RUS": -moved}.get(power, 0.0 * moved)
            set_mean(results, f"influence_share[{power},{host}]", part + change)
        set_mean(results, f"autonomy[{host}]", PARTS[-1])
    return results


def heights(layer: PolyCollection) -> tuple[float, float]:
    """Return the lower and upper edge of a layer at its right end."""
    corners = layer.get_paths()[0].vertices
    last = corners[np.isclose(corners[:, 0], corners[:, 0].max()), 1]
    return float(last.min()), float(last.max())


def test_shares_and_the_own_part_fill_the_panel(shared: Results) -> None:
    figure = influence.shares(shared)
    for host in axes.HOSTS:
        layers = panel(figure, host).collections
        assert [x.get_label() for x in layers] == [*axes.POWERS, "own"]
        edges = [heights(x) for x in layers]
        assert edges[0][0] == 0 and edges[-1][1] == pytest.approx(100)
        for below, above in pairwise(edges):
            assert below[1] == pytest.approx(above[0])
        assert [high - low for low, high in edges] == pytest.approx(list(100 * LAST))
        assert panel(figure, host).get_ylim() == (0, 100)


def test_shares_have_the_colours_of_the_powers(shared: Results) -> None:
    for host in axes.HOSTS:
        layers = panel(influence.shares(shared), host).collections
        drawn = [to_hex(x.get_facecolor()[0]) for x in layers]
        assert drawn == [c.lower() for c in (*style.POWER_COLOURS.values(), stacks.OWN)]


def test_first_and_last_values_are_written(shared: Results) -> None:
    said = [t.get_text() for t in panel(influence.shares(shared), "KGZ").texts]
    ends = {"JPN 2.0%", "CHN 45%", "RUS 20%", "TUR 8.0%", "IND 1.0%", "own 24%"}
    assert ends <= set(said)
    inside = [text for text in said if text not in ends]
    assert inside == ["25%", "40%", "8.0%", "24%"]  # thin layers hold none


def test_names_keep_clear_of_each_other_and_of_the_edge(shared: Results) -> None:
    figure = influence.shares(shared)
    figure.draw_without_rendering()
    for host in axes.HOSTS:
        boxes = [t.get_window_extent() for t in panel(figure, host).texts]
        assert all(box.x1 < figure.bbox.width - 8 for box in boxes)
        for i, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[i + 1 :])


def test_parent_edges_are_dashed_without_the_top(shared: Results, parent: Results) -> None:
    figure = influence.shares(shared, with_shares(parent))
    dashed = [x for x in panel(figure, "TJK").lines if x.get_label() == "parent"]
    assert len(dashed) == len(axes.POWERS) and all(x.is_dashed() for x in dashed)
    ends = [x.get_ydata()[-1] for x in dashed]
    assert ends == pytest.approx(list(100 * np.cumsum(LAST)[:-1]))
    said = [t.get_text() for t in figure.legends[0].get_texts()]
    assert said[-1] == "mean of 'baseline'"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0%"), (0.04, "<0.1%"), (0.1, "0.1%"), (9.94, "9.9%"), (9.96, "10%"),
        (42.4, "42%"), (999.0, "999%"), (5411.0, ">999%"),
    ],
)  # fmt: skip
def test_per_cent_as_readers_write_it(value: float, text: str) -> None:
    assert stacks.per_cent(value) == text


def test_channels_are_means_over_the_hosts(results: Results) -> None:
    for i, host in enumerate(axes.HOSTS):
        for channel in axes.CHANNELS:
            set_mean(results, f"influence_capacity[IND,{host},{channel}]", 0.1 * i)
        set_mean(results, f"influence_capacity[IND,{host},soft]", 0.2 * i)
        set_mean(results, f"dependence[IND,{host}]", 0.15 * i)
    shown = panel(influence.channels(results), "IND")
    ends = {x.get_label(): x.get_ydata()[-1] for x in shown.lines if x.get_label() != "leader"}
    assert set(ends) == {*axes.CHANNELS, "dependence"}
    assert ends["soft"] == pytest.approx(0.4) and ends["security"] == pytest.approx(0.2)
    assert ends["dependence"] == pytest.approx(0.3)
    assert {t.get_text() for t in shown.texts} == {
        "economic", "institutions", "security", "soft power", "dependence"
    }  # fmt: skip


def test_channels_of_all_powers_share_one_scale(results: Results, parent: Results) -> None:
    figure = influence.channels(results, parent)
    assert {p.get_ylim() for p in figure.axes} == {(0.0, 1.0)}
    assert {p.get_ylabel() for p in figure.axes} == {"", "capacity (0 to 1)"}
    for power in axes.POWERS:
        dashed = [x for x in panel(figure, power).lines if x.get_label() == "parent"]
        assert len(dashed) == len(axes.CHANNELS) + 1
        solid = [x for x in panel(figure, power).lines if x.get_label() in axes.CHANNELS]
        assert [x.get_color() for x in solid] == [x.get_color() for x in dashed[:-1]]
        assert panel(figure, power)._left_title.get_color() == style.POWER_COLOURS[power]


def test_names_and_key_stay_on_the_page(results: Results, parent: Results) -> None:
    for host in axes.HOSTS:
        for i, channel in enumerate(axes.CHANNELS):
            for power in axes.POWERS:
                set_mean(results, f"influence_capacity[{power},{host},{channel}]", 0.2 + i / 50)
                set_mean(results, f"dependence[{power},{host}]", 0.21)
    for figure in (influence.channels(results, parent), money.stages(results, parent)):
        figure.draw_without_rendering()
        ticks = [t.get_window_extent() for p in figure.axes for t in p.get_yticklabels()]
        for shown in figure.axes:
            boxes = [t.get_window_extent() for t in shown.texts if t.get_text()]
            assert all(box.x1 < figure.bbox.width - 4 for box in boxes)
            assert not any(box.overlaps(tick) for box in boxes for tick in ticks)
        key = figure.legends[0].get_window_extent()
        assert key.x1 < figure.bbox.width
        assert not any(key.overlaps(p.get_window_extent()) for p in figure.axes)


def test_colours_of_channels_and_stages_are_told_apart_by_every_vision() -> None:
    """Pairs stay apart when red and green are confused (Viénot et al. 1999, deuteranopia)."""
    confuse = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])
    channels = [*(colour for _, colour, _ in influence.CHANNELS.values()), influence.GREY]
    stages = [colour for _, colour, _ in money.STAGES.values()]
    for colours in (channels, stages):
        rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours])
        seen = np.clip((rgb**2.2) @ confuse.T, 0, 1) ** (1 / 2.2)
        apart = np.linalg.norm(seen[:, None] - seen[None], axis=2)
        assert apart[np.triu_indices(len(seen), 1)].min() > 0.12


def test_missing_numbers_are_left_out(shared: Results) -> None:
    shared.statistics[5:9] = np.nan
    shared.statistics[-1] = np.nan
    for figure in (influence.shares(shared), influence.channels(shared)):
        figure.draw_without_rendering()
    said = {t.get_text() for t in panel(influence.shares(shared), "KAZ").texts}
    assert any(text.startswith("CHN 4") for text in said)
