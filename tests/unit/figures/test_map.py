"""The map says with its widths what the record says with its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from steppe import metrics
from steppe.figures import map as maps
from steppe.figures.network import Network
from steppe.record import RunFolder, RunRecord
from steppe.results import Results


def drawn(figure: Figure) -> Iterator[dict[str, float]]:
    """Yield the line widths in points by link, as they stand on each panel."""
    for panel in figure.axes:
        for lines in panel.collections:
            if isinstance(lines, LineCollection) and lines.get_gid() == maps.FLOWS:
                assert len(lines.get_segments()) == len(lines.get_linewidths())
                yield dict(zip(lines.get_urls(), lines.get_linewidths(), strict=True))


def recorded_flows(results: Results, folder: Path) -> dict[str, float]:
    """Write the results as a run does, read series.parquet back, average the last medians."""
    run = RunFolder.create(folder, results.scenario, ["steppe"], results.members, results.seed)
    run.write(results)
    run.close("done")
    table = RunRecord.open(run.path).series()
    table = table[table["metric"] == "link_flow"]
    last = [str(q) for q in results.quarters[: results.completed][-metrics.OUTCOME_QUARTERS :]]
    table = table[table["quarter"].isin(last)]
    return dict(table.groupby("link", observed=True)["q50"].mean())


@pytest.mark.parametrize("completed", [None, 31])
def test_widths_are_proportional_to_the_flows_in_the_record(
    results: Results, small: Network, tmp_path: Path, completed: int | None
) -> None:
    if completed is not None:
        results.completed = completed
        results.statistics[completed:] = np.nan
    flows = recorded_flows(results, tmp_path)
    panels = list(drawn(maps.flows(results, small)))
    assert len(panels) == 2
    for widths in panels:
        assert set(widths) == {link for link, flow in flows.items() if flow > 0}
        ratio = np.array([widths[link] / flows[link] for link in widths])
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)
        assert max(widths.values()) == pytest.approx(maps.WIDEST)


def test_widths_of_the_difference_are_proportional_to_the_change(
    results: Results, parent: Results, small: Network, tmp_path: Path
) -> None:
    now = recorded_flows(results, tmp_path / "now")
    then = recorded_flows(parent, tmp_path / "then")
    for widths in drawn(maps.difference(results, parent, small)):
        ratio = np.array([widths[link] / abs(now[link] - then[link]) for link in widths])
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-9)


def test_the_change_has_one_colour_up_and_another_down(
    results: Results, parent: Results, small: Network
) -> None:
    now, then = maps.link_flows(results), maps.link_flows(parent)
    figure = maps.difference(results, parent, small)
    lines = next(c for c in figure.axes[0].collections if c.get_gid() == maps.FLOWS)
    colours = dict(zip(lines.get_urls(), map(tuple, lines.get_edgecolors()), strict=True))
    up = {colours[link] for link in colours if now[link] > then[link]}
    down = {colours[link] for link in colours if now[link] < then[link]}
    assert len(up) == len(down) == 1 and up != down


def test_key_shows_three_reference_values_at_the_maps_own_scale(
    results: Results, small: Network
) -> None:
    figure = maps.flows(results, small)
    flows = maps.link_flows(results)
    scale = maps.WIDEST / max(flows.values())
    entries = [
        (float(text.get_text().split()[0]), line.get_linewidth())
        for legend in figure.legends
        for line, text in zip(legend.get_lines(), legend.get_texts(), strict=True)
        if text.get_text().endswith("Mt/yr")
    ]
    assert len(entries) == 3
    for value, width in entries:
        assert width == pytest.approx(value * scale)
        assert width > maps.HAIR, "the key shows a width that the map does not draw"
    (said,) = (
        t.get_text() for x in figure.legends for t in x.get_texts() if "thin" in t.get_text()
    )
    assert said == f"thin grey: less than {0.05 * max(flows.values()):.2g} Mt/yr or nothing"


def test_line_widths_leave_out_links_without_a_flow() -> None:
    widths = maps.line_widths({"a": 4.0, "b": 1.0, "c": 0.0, "d": float("nan"), "e": -2.0})
    assert widths == {"a": maps.WIDEST, "b": maps.WIDEST / 4, "e": maps.WIDEST / 2}
    assert maps.line_widths({}) == {}


@pytest.mark.parametrize(
    ("largest", "values"),
    [(37.0, (20.0, 10.0, 5.0)), (10.0, (10.0, 5.0, 2.0)), (0.0, ()), (float("nan"), ())],
)
def test_reference_values_are_round(largest: float, values: tuple[float, ...]) -> None:
    assert maps.reference_values(largest) == pytest.approx(values)


@pytest.mark.parametrize("largest", np.geomspace(0.01, 999.0, 40))
def test_reference_values_are_drawn_wider_than_a_hairline(largest: float) -> None:
    values = maps.reference_values(largest)
    assert min(values) * maps.WIDEST / largest > maps.HAIR and max(values) <= largest


def test_links_with_little_or_no_flow_are_seen_and_shut_ones_dashed(
    results: Results, small: Network
) -> None:
    def hairlines(shut: set[str]) -> list[int]:
        panel = maps.flows(results, small, shut).axes[0]
        return [len(c.get_segments()) for c in panel.collections if c.get_gid() != maps.FLOWS]

    widths = maps.line_widths(maps.link_flows(results))
    thin = sum(width < maps.HAIR for width in widths.values())
    assert thin > 0
    assert hairlines(set()) == [thin + 1, 0]
    assert hairlines({"kashgar_tashkent"}) == [thin, 1]
    assert hairlines({"kashgar_tashkent", "chabahar_road"}) == [thin, 1], "a flow is never dashed"


def test_links_between_the_same_nodes_do_not_hide_each_other(
    results: Results, small: Network
) -> None:
    lines = next(
        c for c in maps.flows(results, small).axes[1].collections if c.get_gid() == maps.FLOWS
    )
    paths = dict(zip(lines.get_urls(), lines.get_segments(), strict=True))
    rail, road = paths["chabahar_rail"], paths["chabahar_road"]
    gap = np.linalg.norm(rail[:, None] - road[None], axis=2).min()
    assert gap > 1.0  # km


def test_a_run_in_which_nothing_flows_still_has_a_map(results: Results, small: Network) -> None:
    rows = [i for i, s in enumerate(results.series) if s.metric == "link_flow"]
    results.statistics[:, rows] = 0.0
    panels = list(drawn(maps.flows(results, small)))
    assert panels == [{}, {}]
    assert list(drawn(maps.difference(results, results, small))) == [{}, {}]


@pytest.mark.parametrize("against", [False, True])
def test_caption_on_boundaries(
    results: Results, parent: Results, small: Network, against: bool
) -> None:
    figure = maps.difference(results, parent, small) if against else maps.flows(results, small)
    said = " ".join(text.get_text() for text in figure.texts)
    assert (
        "Lines show de facto boundaries as drawn by Natural Earth; they imply no view on any claim."
        in said
    )
    assert "Mt a year" in said


def test_every_node_is_named_once_and_no_name_covers_another(
    results: Results, small: Network
) -> None:
    figure = maps.flows(results, small)
    names = {node.title for node in small.nodes.values()}
    texts = [text for panel in figure.axes for text in panel.texts]
    assert sorted(t.get_text() for t in texts if t.get_text() in names) == sorted(names)
    boxes = [t.get_window_extent() for t in texts]
    hits = [
        (a.get_text(), b.get_text())
        for i, (a, first) in enumerate(zip(texts, boxes, strict=True))
        for b, second in zip(texts[i + 1 :], boxes[i + 1 :], strict=True)
        if first.overlaps(second)
    ]
    assert hits == []
