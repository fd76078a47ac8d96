"""The network as maps draw it: its tables, its sea lanes, and which links are shut."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.path import Path as Outline

from steppe.clock import Quarter
from steppe.figures import map as maps
from steppe.figures import network, outlines
from steppe.figures.projection import albers, rounded
from steppe.parameters import Parameter, Registry, read_table

from .conftest import LINKS, NODES


def test_the_packaged_network_is_drawn_whole() -> None:
    drawn = network.read_network()
    assert list(drawn.links) == [row["link"] for row in read_table("links")]
    for row in read_table("links"):
        path = drawn.links[row["link"]].path
        for end, code in ((path[0], row["from"]), (path[-1], row["to"])):
            assert end.tolist() == [drawn.nodes[code].longitude, drawn.nodes[code].latitude]
        assert np.isfinite(path).all() and (path != 0).any(axis=1).all()
        assert (np.linalg.norm(np.diff(path, axis=0), axis=1) > 0).all(), "a waypoint stands twice"


def test_shapes_belong_to_links() -> None:
    assert {r["link"] for r in read_table("link_shapes")} <= {
        r["link"] for r in read_table("links")
    }


def test_a_link_is_as_long_on_the_map_as_in_its_table() -> None:
    """Drawn lines are straighter than roads: never much longer, seldom less than half."""
    for row in read_table("links"):
        path = albers(*network.read_network().links[row["link"]].path.T)
        km = np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
        if float(row["km"]) > 200:
            assert 0.4 < km / float(row["km"]) < 1.35, row["link"]


def test_sea_lanes_keep_clear_of_land() -> None:
    """All but the ends of a lane is at sea; the Suez canal and the way from Constanta are land."""
    rings = [Outline(albers(*polygon[0].T)) for c in outlines.countries() for polygon in c.polygons]
    allowed = {"poti_europe_sea": 0.8, "europe_gulf_sea": 0.05}
    for link in network.read_network().links.values():
        if link.mode == "sea":
            steps = maps._samples(rounded(albers(*link.path.T)), 10.0)
            ashore = sum(ring.contains_points(steps).sum() for ring in rings) / len(steps)
            assert ashore <= allowed.get(link.code, 0.03), link.code


def test_shapes_come_before_waypoints_in_their_order() -> None:
    shapes = [
        {"link": "chabahar_rail", "order": order, "lon": lon, "lat": "30"}
        for order, lon in (("10", "61"), ("9", "60"))
    ]
    links = [{**row, "via": "58 33"} for row in LINKS]
    drawn = network.build(NODES, links, shapes).links
    assert drawn["chabahar_rail"].path[1:-1].tolist() == [[60, 30], [61, 30]]
    assert drawn["tashkent_almaty"].path[1:-1].tolist() == [[58, 33]]


def event(shape: str, **keys: Any) -> SimpleNamespace:
    fields = {"to": None, "by": None, "times": None, "when": None, "duration": None}
    given = {"target": "link.a.open", "shape": shape, "start": Quarter.of(2026), **keys}
    return SimpleNamespace(**{**fields, **given})


@pytest.mark.parametrize(
    ("default", "set_to", "events", "closed"),
    [
        (1.0, None, [], False),
        (0.0, None, [], True),
        (0.0, 1.0, [], False),
        (1.0, None, [event("step", to=0.0)], True),
        (1.0, None, [event("step", times=0.0)], True),
        (1.0, None, [event("step", to=0.0, start=Quarter.of(2031))], False),
        (0.0, None, [event("ramp", to=1.0, duration=8)], False),
        (1.0, None, [event("pulse", to=0.0, duration=8)], False),
        (1.0, None, [event("pulse", to=0.0, duration=80)], True),
        (1.0, None, [event("decay", to=0.0, duration=2)], False),
        (1.0, None, [event("step", to=0.0, when="partner_hhi[KAZ] > 0.9")], False),
        (1.0, None, [event("step", to=0.0, target="link.b.open")], False),
        (0.0, None, [event("step", by=1.0), event("step", by=-1.0, start=Quarter.of(2028))], True),
    ],
)
def test_shut(default: float, set_to: float | None, events: list[Any], closed: bool) -> None:
    registry = Registry(
        (
            Parameter(
                "link.a.open", "1", 0, 1, "", "", "fact", "link.{link}.open", "a", None,
                {2017: default},
            ),
        )
    )  # fmt: skip
    scenario = SimpleNamespace(
        base=2017, set={} if set_to is None else {"link.a.open": set_to}, events=events
    )
    shut = network.shut(["a", "b"], scenario, Quarter.of(2030, 4), registry)
    assert shut == ({"a"} if closed else set())


def test_an_uncertain_start_counts_at_its_median() -> None:
    registry = Registry(
        (
            Parameter(
                "link.a.open", "1", 0, 1, "", "", "fact", "link.{link}.open", "a", None, {2017: 1.0}
            ),
        )
    )
    early, late = Quarter.of(2026).ordinal, Quarter.of(2036).ordinal
    start = SimpleNamespace(ppf=lambda u: early + u * (late - early))
    scenario = SimpleNamespace(base=2017, set={}, events=[event("step", to=0.0, start=start)])
    closed = [network.shut(["a"], scenario, Quarter.of(y), registry) for y in (2030, 2032)]
    assert closed == [set(), {"a"}]
