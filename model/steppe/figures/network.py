"""The transport network as the maps draw it: nodes, links, their paths, and what is shut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steppe.clock import Quarter
from steppe.figures.series import Array
from steppe.parameters import Registry, read_table

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Node:
    """A place where links meet, in degrees; ``region``: whose trade starts and ends there."""

    code: str
    title: str
    country: str
    region: str
    longitude: float
    latitude: float


@dataclass(frozen=True)
class Link:
    """A link and the line ``(vertex, 2)`` along which a map draws it, in degrees."""

    code: str
    ends: tuple[str, str]
    mode: str
    owner: str
    path: Array


@dataclass(frozen=True)
class Network:
    """Nodes and links by code, links in the order of ``data/links.csv``."""

    nodes: Mapping[str, Node]
    links: Mapping[str, Link]


def read_network() -> Network:
    """Read ``data/nodes.csv``, ``links.csv`` and ``link_shapes.csv``."""
    return build(read_table("nodes"), read_table("links"), read_table("link_shapes"))


def build(nodes: Rows, links: Rows, shapes: Rows) -> Network:
    """Join the tables: a link goes from its first node by its waypoints to its second.

    Waypoints are those of ``shapes`` (link, order, lon, lat), else the link's own in the column
    ``via`` (``lon lat;lon lat``).
    """
    lanes: dict[str, list[list[float]]] = defaultdict(list)
    for row in sorted(shapes, key=lambda r: int(r["order"])):
        lanes[row["link"]].append([float(row["lon"]), float(row["lat"])])
    places = {
        row["node"]: Node(
            row["node"],
            row["title"],
            row["country"],
            row["region"],
            float(row["lon"]),
            float(row["lat"]),
        )
        for row in nodes
    }
    drawn = {}
    for row in links:
        start, end = places[row["from"]], places[row["to"]]
        via = lanes.get(row["link"]) or [
            [float(x) for x in point.split()] for point in row["via"].split(";") if point
        ]
        path = np.array(
            [[start.longitude, start.latitude], *via, [end.longitude, end.latitude]],
            dtype=np.float64,
        )
        drawn[row["link"]] = Link(
            row["link"], (start.code, end.code), row["mode"], row["owner"], path
        )
    return Network(places, drawn)


def shut(links: Iterable[str], scenario: Any, when: Quarter, registry: Registry) -> set[str]:
    """Return the links that are closed or not built in quarter ``when`` of the scenario.

    Reads ``link.<id>.open``: the registered default, the scenario's ``set``, then its unconditional
    events, each with its central value.
    """
    names = {link: f"link.{link}.open" for link in links}
    return {
        link
        for link, name in names.items()
        if name in registry and _state(name, scenario, when, registry) <= 0
    }


def _state(name: str, scenario: Any, when: Quarter, registry: Registry) -> float:
    value = float(scenario.set.get(name, registry[name].default(scenario.base)))
    for event in scenario.events:
        if event.target != name or event.when is not None:
            continue
        elapsed = when.ordinal - _ordinal(event.start)
        over = event.shape == "decay" or (
            event.shape == "pulse" and elapsed >= _central(event.duration)
        )
        if elapsed < 0 or over:
            continue
        if event.to is not None:
            value = _central(event.to)
        elif event.by is not None:
            value += _central(event.by)
        else:
            value *= _central(event.times)
    return value


def _central(value: Any) -> float:
    """Return a number as it is, a distribution's median."""
    return float(value.ppf(np.array([0.5]))[0]) if hasattr(value, "ppf") else float(value)


def _ordinal(start: Any) -> float:
    return float(start.ordinal) if isinstance(start, Quarter) else _central(start)
