"""The map's data: outlines once, and what a run's links and hosts do quarter by quarter."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import Quarter
from steppe.figures.network import Network, read_network
from steppe.figures.outlines import countries
from steppe.figures.projection import albers, rounded

Array = NDArray[np.float64]

NAMES = {
    "Russia": (62, 55.2), "China": (90, 36.5), "Iran": (55.5, 33.0), "Afghanistan": (65.6, 33.4),
    "Pakistan": (68.6, 28.6), "India": (77, 25), "Turkey": (34.5, 39),
}  # fmt: skip
"""Where neighbours are named, in degrees east and north."""
CENTRES = {
    "KAZ": (67.3, 48.6), "UZB": (62.6, 42.6), "TKM": (58.9, 38.9), "KGZ": (75.6, 41.7),
    "TJK": (71.6, 38.2),
}  # fmt: skip
"""Where a host's ring stands, in degrees east and north."""
NEAR = (46.0, 87.5, 23.4, 55.3)
"""West, east, south and north of what the map shows at first."""
PLACES = {
    "chabahar": (0, 1), "bandar_abbas": (0, 1), "karachi": (0, 1), "mashhad": (-1, 0),
    "baku": (0, 1),
    "beyneu": (0, -1), "tashkent": (-1, 0), "almaty": (1, 0), "urumqi": (0, -1), "kashgar": (1, 0),
    "moscow": (0, -1), "mumbai": (0, 1), "vladivostok": (-1, 0), "poti": (0, -1),
    "lianyungang": (0, 1),
    "yokohama": (0, 1), "istanbul": (0, -1),
}  # fmt: skip
"""Nodes that are named, with the side of their mark on which the name stands (x, y down)."""
FAR_ONLY = frozenset(
    {"moscow", "mumbai", "vladivostok", "poti", "lianyungang", "yokohama", "istanbul"}
)


class Source(Protocol):
    """What the map needs of an answer."""

    @property
    def quarters(self) -> tuple[Quarter, ...]: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    def bands(self, label: str) -> Array: ...


@lru_cache(maxsize=1)
def shapes() -> dict[str, Any]:
    """Return outlines, links, places and views, in km of the projection with y downwards."""
    network = read_network()
    land = [
        _path(ring, closed=True)
        for country in countries()
        for polygon in country.polygons
        for ring in polygon
        if country.code not in axes.HOSTS
    ]
    hosts = []
    for country in countries():
        if country.code in axes.HOSTS:
            x, y = _flat(*CENTRES[country.code])
            rings = [_path(ring, closed=True) for polygon in country.polygons for ring in polygon]
            name = axes.TITLES[country.code]
            hosts.append({"code": country.code, "name": name, "d": "".join(rings), "x": x, "y": y})
    hosts.sort(key=lambda host: axes.HOSTS.index(host["code"]))
    whole = np.vstack(
        [
            albers(*link.path.T)
            for link in network.links.values()
            if all(network.nodes[end].country != axes.ROW for end in link.ends)
        ]
    )
    return {
        "land": "".join(land),
        "hosts": hosts,
        "names": [
            {"name": name.upper(), "x": x, "y": y}
            for name, place in NAMES.items()
            for x, y in [_flat(*place)]
        ],
        "links": _links(network),
        "places": _places(network),
        "near": _near(),
        "whole": _box(whole, 200.0),
    }


def frames(variant: Source, baseline: Source) -> dict[str, Any]:
    """Return medians by quarter: tonnage of links with the baseline's, influence shares of hosts.

    ``most`` and ``most_change`` are the largest tonnage and change, which give the lines' widths;
    ``top`` (power) the largest shares, which give the tint.
    """
    quarters = [q for q in variant.quarters if q in set(baseline.quarters)]
    rows = [variant.quarters.index(q) for q in quarters]
    below = [baseline.quarters.index(q) for q in quarters]
    links, most, change = {}, 0.0, 0.0
    for code in axes.LINKS:
        label = f"link_flow[{code}]"
        if label not in variant.labels or label not in baseline.labels:
            continue
        now = np.nan_to_num(variant.bands(label)[rows, 2])
        before = np.nan_to_num(baseline.bands(label)[below, 2])
        links[code] = {"v": _list(now), "b": _list(before)}
        most = max(most, float(now.max(initial=0.0)), float(before.max(initial=0.0)))
        change = max(change, float(np.abs(now - before).max(initial=0.0)))
    hosts, top = {}, np.zeros(len(axes.POWERS))
    for host in axes.HOSTS:
        labels = [f"influence_share[{power},{host}]" for power in axes.POWERS]
        if not set(labels) <= set(variant.labels):
            continue
        shares = np.stack([np.nan_to_num(variant.bands(label)[rows, 2]) for label in labels], 1)
        hosts[host] = [_list(row, 4) for row in shares]
        top = np.maximum(top, shares.max(axis=0, initial=0.0))
    return {
        "quarters": [q.ordinal for q in quarters],
        "links": links,
        "hosts": hosts,
        "most": most,
        "most_change": change if change > 1e-3 * most else 0.0,
        "top": [float(f"{value:.4g}") for value in top],
    }


def _list(values: Array, digits: int = 5) -> list[float]:
    return [float(f"{value:.{digits}g}") for value in values]


def _flat(longitude: float, latitude: float) -> tuple[int, int]:
    x, y = albers(np.array([longitude]), np.array([latitude]))[0]
    return round(x), round(-y)


def _path(degrees: Array, *, closed: bool = False) -> str:
    """Return a line of degrees as the path of an SVG; points closer than 4 km are left out."""
    return _drawn(albers(*degrees.T), closed, 4.0)


def _drawn(km: Array, closed: bool, least: float) -> str:
    kept = [km[0]]
    for point in km[1:-1]:
        if np.abs(point - kept[-1]).max() >= least:
            kept.append(point)
    kept.append(km[-1])
    return "M" + "L".join(f"{x:.0f} {-y:.0f}" for x, y in kept) + ("Z" if closed else "")


def _box(km: Array, margin: float) -> list[int]:
    low, high = km.min(axis=0) - margin, km.max(axis=0) + margin
    return [round(low[0]), round(-high[1]), round(high[0] - low[0]), round(high[1] - low[1])]


def _near() -> list[int]:
    west, east, south, north = NEAR
    middle = (south + north) / 2
    edge = [(west, middle), (east, middle), (68.0, south), (68.0, north)]
    km = np.array([albers(np.array([x]), np.array([y]))[0] for x, y in edge])
    return _box(km, 0.0)


def _links(network: Network) -> list[dict[str, str]]:
    """Return the links' paths; those that share a stretch lie side by side on it."""
    beside: dict[frozenset[tuple[float, ...]], list[str]] = defaultdict(list)
    for link in network.links.values():
        for a, b in pairwise(map(tuple, link.path)):
            beside[frozenset((a, b))].append(link.code)
    found = []
    for link in network.links.values():
        km = albers(*link.path.T)
        moves = []
        for (a, b), (start, end) in zip(pairwise(map(tuple, link.path)), pairwise(km), strict=True):
            row = beside[frozenset((a, b))]
            side = 22.0 * (row.index(link.code) - (len(row) - 1) / 2)
            along = (
                (end - start) * (1 if a < b else -1) / max(float(np.linalg.norm(end - start)), 1e-9)
            )
            moves.append(side * np.array([-along[1], along[0]]))
        sides = np.array([moves[0], *moves, moves[-1]])
        km = rounded(km + (sides[:-1] + sides[1:]) / 2)
        ends = " - ".join(network.nodes[end].title for end in link.ends)
        found.append(
            {
                "code": link.code,
                "title": f"{ends} ({link.mode})",
                "mode": link.mode,
                "d": _drawn(km, False, 1.0),
            }
        )
    return found


def _places(network: Network) -> list[dict[str, Any]]:
    found = []
    for code, (dx, dy) in PLACES.items():
        if code not in network.nodes:
            continue
        node = network.nodes[code]
        x, y = _flat(node.longitude, node.latitude)
        anchor = "start" if dx > 0 else "end" if dx < 0 else "middle"
        found.append(
            {
                "title": node.title, "x": x, "y": y, "dx": dx, "dy": dy, "anchor": anchor,
                "near": code not in FAR_ONLY, "far": True,
            }
        )  # fmt: skip
    return found
