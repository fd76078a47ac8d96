"""Find the routes of every trading pair and write ``model/steppe/data/routes.csv``.

    python tools/build_routes.py            write the table
    python tools/build_routes.py --check    write nothing; exit 1 when the table is stale

A route is a simple path over the link graph.  Its cost is freight plus days (on the way and at
borders) times the mean over the goods of the value of a tonne-day.  Works that could be done count
as done and links that could be opened as open, so that what a scenario may open has its routes.
For every pair and every corridor that can serve it the cheapest path is kept (when all is open,
over each gateway and at each base), and further ones that cost little more.  People read the
table: a detour that looks absurd is a fault of the limits below or of the links' figures.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, islice
from pathlib import Path
from statistics import fmean

import networkx as nx

from steppe import axes
from steppe.parameters import read_table, registry

ROUTES = Path(__file__).resolve().parents[1] / "model" / "steppe" / "data" / "routes.csv"
HEAD = """\
# Routes of every trading pair, made by tools/build_routes.py from nodes.csv, links.csv and
# link_states.csv: run it after a change there. corridor: local = none of the six. rank: 1 = the
# cheapest of the pair if all works were done and all links open. km, days (borders included,
# no congestion), usd_t: with the works done before 2017. links: from the first region on.
"""
COLUMNS = ("pair", "from", "to", "corridor", "rank", "links", "km", "days", "usd_t")
LOCAL = "local"
ENDS_ONLY = ("JPN", "TUR", "IND", axes.ROW)
"""Regions whose node may start or end a route but not lie on the way."""
BARRED = {
    "IND": ("gwadar_khunjerab", "trans_afghan", "gulf_chabahar_sea"),
    "JPN": ("petropavlovsk_moscow_rail",),
}
"""Pakistan lets no trade of India with third countries pass, and India sails to Chabahar directly;
Japan's cargo leaves the Trans-Siberian at Petropavlovsk."""
CANDIDATES = 60
"""Paths looked at for one pair and corridor."""
SERVES = {"JPN": 3.0, axes.ROW: 2.0}
SERVES_OTHERS = 1.8
"""A corridor serves a pair when its best path costs at most this multiple of the pair's best."""
GATEWAY = 1.15
"""The best path over each gateway of a corridor (its marked links), or at a base when the others
are shut, may cost this multiple of the corridor's best; local paths may cost more."""
ALTERNATIVE = {"CHN": 1.3, LOCAL: 1.45}
ALTERNATIVE_OTHERS = 1.06
"""Any further path through a corridor may cost this multiple of the corridor's best."""
PER_CORRIDOR = {"CHN": 6, LOCAL: 3}
PER_CORRIDOR_OTHERS = 2

Row = dict[str, str]
Found = tuple[float, list[str]]
"""Cost and links of a path."""


def pairs() -> list[tuple[str, str]]:
    """Return power-host, ROW-host and host-host pairs, each once."""
    outside = [(p, h) for p in (*axes.POWERS, axes.ROW) for h in axes.HOSTS]
    return outside + list(combinations(axes.HOSTS, 2))


def tonne_day() -> float:
    """Return what a day costs a tonne, USD: mean over goods of value of time x USD per tonne."""
    known = registry()
    base = axes.BASES[-1]
    return fmean(
        known[f"corridors.value_of_time.{good}"].default(base)
        * known[f"corridors.dollars_per_tonne.{good}"].default(base)
        for good in axes.GOODS
    )


def days(link: Row, completion: float) -> float:
    """Return free-flow days on a link, border included."""
    return float(link["days"]) * (1 - float(link["gain"]) * completion) + float(link["border_days"])


def freight(link: Row, completion: float) -> float:
    """Return freight on a link, USD per tonne."""
    return float(link["freight_usd_t"]) * (1 - float(link["freight_gain"]) * completion)


def graph(links: list[Row], corridor: str, pair: tuple[str, str]) -> nx.Graph:
    """Return nodes and links as one bipartite graph: what ``pair`` may use of ``corridor``.

    A link is a vertex between its two nodes, so that parallel links stay apart.
    """
    closed = {ends()[code] for code in ENDS_ONLY if code not in pair}
    barred = {link for code in pair for link in BARRED.get(code, ())}
    value = tonne_day()
    result = nx.Graph()
    result.add_nodes_from(ends()[code] for code in pair)
    for link in links:
        foreign = link["corridor"] not in ("", corridor)
        if foreign or link["link"] in barred or {link["from"], link["to"]} & closed:
            continue
        half = (freight(link, 1.0) + value * days(link, 1.0)) / 2
        result.add_edge(link["from"], ("link", link["link"]), cost=half)
        result.add_edge(("link", link["link"]), link["to"], cost=half)
    return result


@lru_cache
def ends() -> dict[str, str]:
    """Return the node where each region's trade starts and ends."""
    return {n["region"]: n["node"] for n in read_table("nodes") if n["region"]}


def paths(links: list[Row], corridor: str, pair: tuple[str, str]) -> Iterator[Found]:
    """Yield (cost, links) of the paths of ``pair`` that use ``corridor``, the cheapest first."""
    known = graph(links, corridor, pair)
    marked = {link["link"] for link in links if link["corridor"] == corridor}
    start, end = (ends()[code] for code in pair)
    if not nx.has_path(known, start, end):
        return
    for path in islice(nx.shortest_simple_paths(known, start, end, weight="cost"), CANDIDATES):
        used = [vertex[1] for vertex in path if isinstance(vertex, tuple)]
        ferries = sum(link["mode"] == "ferry" for link in links if link["link"] in used)
        if ferries < 2 and (corridor == LOCAL or marked & set(used)):
            yield nx.path_weight(known, path, "cost"), used


def routes_of(links: list[Row], pair: tuple[str, str]) -> list[tuple[float, str, list[str]]]:
    """Return the kept (cost, corridor, links) of one pair, the cheapest first."""
    found = {c: list(paths(links, c, pair)) for c in (*axes.CORRIDORS, LOCAL)}
    best = min(candidates[0][0] for candidates in found.values() if candidates)
    serves = SERVES.get(pair[0], SERVES_OTHERS) * best
    return sorted(
        (cost, corridor, used)
        for corridor, candidates in found.items()
        if candidates and candidates[0][0] <= serves
        for cost, used in kept(links, corridor, pair, candidates)
    )


def kept(
    links: list[Row], corridor: str, pair: tuple[str, str], candidates: list[Found]
) -> list[Found]:
    """Return the paths of one pair and corridor that the table keeps.

    The cheapest when every link is open; the cheapest over each gateway; the cheapest at a base
    when none of these is open then; and, while there is room, others that cost little more.
    """
    first = candidates[0][0]
    keep = [candidates[0]]
    for gateway in (link["link"] for link in links if link["corridor"] == corridor):
        over = [c for c in candidates if gateway in c[1] and c[0] <= GATEWAY * first]
        keep += [c for c in over[:1] if c not in keep]
    for base in reversed(axes.BASES):
        passable = [c for c in candidates if not closed_at(base) & set(c[1])]
        if not any(c in keep for c in passable):
            keep += [c for c in passable[:1] if corridor == LOCAL or c[0] <= GATEWAY * first]
    key = LOCAL if corridor == LOCAL else pair[0]
    near = ALTERNATIVE.get(key, ALTERNATIVE_OTHERS) * first
    room = PER_CORRIDOR.get(key, PER_CORRIDOR_OTHERS) - len(keep)
    return keep + [c for c in candidates if c not in keep and c[0] <= near][: max(room, 0)]


@lru_cache
def closed_at(base: int) -> frozenset[str]:
    """Return the links that are shut or not built at a base."""
    rows = read_table("link_states")
    return frozenset(r["link"] for r in rows if int(r["base"]) == base and float(r["open"]) == 0.0)


def table() -> str:
    """Return the whole table as text."""
    links = read_table("links")
    by_name = {link["link"]: link for link in links}
    done = {
        row["link"]: float(row["completion"])
        for row in read_table("link_states")
        if int(row["base"]) == axes.BASES[-1]
    }
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for pair in pairs():
        for rank, (_, corridor, used) in enumerate(routes_of(links, pair), start=1):
            rows = [by_name[name] for name in used]
            writer.writerow(
                (
                    "-".join(pair),
                    *pair,
                    corridor,
                    rank,
                    " ".join(used),
                    f"{sum(float(r['km']) for r in rows):.0f}",
                    f"{sum(days(r, done[r['link']]) for r in rows):.1f}",
                    f"{sum(freight(r, done[r['link']]) for r in rows):.0f}",
                )
            )
    return HEAD + out.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """Write or check the table; return the exit code."""
    parser = argparse.ArgumentParser(description="Make the table of routes from the links.")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when stale")
    options = parser.parse_args(arguments)
    text = table()
    stale = not ROUTES.exists() or ROUTES.read_text(encoding="utf-8") != text
    if options.check and stale:
        print("stale table: routes\nrun: python tools/build_routes.py", file=sys.stderr)
        return 1
    if stale:
        ROUTES.write_text(text, encoding="utf-8", newline="\n")
    print("routes", "written" if stale else "up to date")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
