"""The transport network as arrays: links, trading pairs and the routes of every pair.

Pairs are ordered by their number of routes, most first; of the routes the first ones of all pairs
stand first, then the second ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.parameters import read_table

Array = NDArray[np.float64]
Index = NDArray[np.intp]
LOCAL = "local"
"""The corridor column of a route that uses none of ``axes.CORRIDORS``."""


@dataclass(frozen=True)
class Network:
    """Static shape of the network; every number of a link is a parameter, ``link.<id>.*``.

    - ``links`` names, in the order of the link axis; ``pair_codes`` (region, region) codes, in the
      order of the pair axis; ``pairs`` their number.
    - ``exporter``, ``importer`` (pair,): region indices of the two ends (pairs are unordered: trade
      flows both ways); ``pair_index`` (region, region): pair, or -1 where no trade is modelled.
    - ``route_pair`` (route,): pair; ``route_corridor`` (route,): corridor, -1 when local;
      ``route_links`` (position, route): link at each position, ``len(links)`` where a route is
      shorter.
    - ``owners`` (link,): code of the state that can open or shut it.
    - ``spread`` (link,): standard deviation of a link's days over its days.
    """

    links: tuple[str, ...]
    pair_codes: tuple[tuple[str, str], ...]
    exporter: Index
    importer: Index
    pair_index: Index
    route_pair: Index
    route_corridor: Index
    route_links: Index
    owners: tuple[str, ...]
    spread: Array

    @property
    def pairs(self) -> int:
        """Number of trading pairs."""
        return len(self.pair_codes)

    @property
    def routes(self) -> int:
        """Number of routes of all pairs."""
        return len(self.route_pair)

    def passes(self, owner: str) -> NDArray[np.bool_]:
        """Tell which routes use a link of ``owner``, (route,)."""
        owned = np.array([code == owner for code in self.owners] + [False])
        return np.asarray(owned[self.route_links].any(axis=0))

    def links_of(self, route: int) -> tuple[str, ...]:
        """Return the names of a route's links, in the order of the table."""
        row = self.route_links[:, route]
        return tuple(self.links[i] for i in row if i < len(self.links))


@lru_cache(maxsize=1)
def network() -> Network:
    """Read ``links.csv`` and ``routes.csv`` (once a process); the same for every base."""
    return build(read_table("links"), read_table("routes"))


def build(links: Sequence[Mapping[str, str]], routes: Sequence[Mapping[str, str]]) -> Network:
    """Lay out the tables as arrays; ``KeyError`` for a route over an unknown link or region."""
    names = tuple(row["link"] for row in links)
    link_index = {name: i for i, name in enumerate(names)}
    by_pair: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in routes:
        by_pair.setdefault((row["from"], row["to"]), []).append(row)
    pairs = sorted(by_pair, key=lambda pair: -len(by_pair[pair]))
    ordered = [
        (p, by_pair[pair][slot])
        for slot in range(len(by_pair[pairs[0]]))
        for p, pair in enumerate(pairs)
        if slot < len(by_pair[pair])
    ]
    used = [[link_index[name] for name in row["links"].split()] for _, row in ordered]
    route_links = np.full((max(map(len, used)), len(used)), len(names), dtype=np.intp)
    for route, path in enumerate(used):
        route_links[: len(path), route] = path
    ends = np.array([[axes.REGIONS.index(code) for code in pair] for pair in pairs], dtype=np.intp)
    pair_index = np.full((len(axes.REGIONS), len(axes.REGIONS)), -1, dtype=np.intp)
    pair_index[ends[:, 0], ends[:, 1]] = pair_index[ends[:, 1], ends[:, 0]] = np.arange(len(pairs))
    return Network(
        links=names,
        pair_codes=tuple(pairs),
        exporter=ends[:, 0],
        importer=ends[:, 1],
        pair_index=pair_index,
        route_pair=np.array([p for p, _ in ordered], dtype=np.intp),
        route_corridor=np.array([_corridor(row["corridor"]) for _, row in ordered], dtype=np.intp),
        route_links=route_links,
        owners=tuple(row.get("owner", axes.ROW) for row in links),
        spread=np.array([float(row["spread"]) for row in links]),
    )


def _corridor(code: str) -> int:
    return -1 if code == LOCAL else axes.CORRIDORS.index(code)
