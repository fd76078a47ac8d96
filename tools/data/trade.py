"""Who trades how much with whom: pairs of the ten states, the hosts' totals, the rest of the world.

Pairs carry one figure a year, chosen among the sources that report it; totals are the hosts' trade
with the whole world.  What a host trades with the rest of the world is the difference, and at least
five per cent of its total: a smaller difference says more about the two sources than about trade.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pandas as pd

from data import extracts
from data.extracts import HOSTS, POWERS, STATES
from data.table import Table, ordered

LEAST_ROW_SHARE = 0.05
"""Smallest part of a host's total that is booked to the rest of the world."""
LAST_TOTAL = 2014
"""Last year of the national totals of COW; later import totals are carried by the ten partners."""
FIRST_BACI = 2011


@cache
def pairs() -> pd.DataFrame:
    """Return the pair flows, mn USD: rows years, columns (exporter, importer); missing is zero."""
    frame = extracts.read("trade_bilateral")
    wide = frame.pivot(index="year", columns=["exporter", "importer"], values="value_musd")
    return wide.reindex(columns=_modelled(), fill_value=0.0).fillna(0.0)


def _modelled() -> pd.MultiIndex:
    cells = [(i, j) for i in STATES for j in STATES if i != j and not (i in POWERS and j in POWERS)]
    return pd.MultiIndex.from_tuples(cells, names=["exporter", "importer"])


def with_ten(host: str, flow: str) -> pd.Series:
    """Return the host's imports from, or exports to, the other nine modelled states, by year."""
    side = "importer" if flow == "import" else "exporter"
    return pairs().xs(host, axis=1, level=side).sum(axis=1)


def rest_of_world(total: float, partners: float) -> float:
    """Return what is booked to the rest of the world: max(total - partners, 5 % of total)."""
    return max(total - partners, LEAST_ROW_SHARE * total)


@cache
def totals() -> pd.DataFrame:
    """Return the hosts' trade with the world by year and flow, with its ROW part, mn USD."""
    frame = extracts.read("trade_totals").set_index(["country", "flow", "source", "year"])
    known = frame["value_musd"]
    rows = []
    for host in HOSTS:
        for flow in ("import", "export"):
            partners = with_ten(host, flow)
            for year in range(1992, 2017):
                value, source = _total(known, partners, host, flow, year)
                ten = partners[year]
                row = rest_of_world(value, ten)
                rows.append((year, host, flow, value, ten, row, source))
    columns = ["year", "host", "flow", "value_musd", "partners_musd", "row_musd", "source"]
    return pd.DataFrame(rows, columns=columns)


def _total(
    known: pd.Series, partners: pd.Series, host: str, flow: str, year: int
) -> tuple[float, str]:
    """Return one total, mn USD, and the source that gives it, by the rule of the table's notes."""
    if flow == "export" and year >= FIRST_BACI:
        return known[host, flow, "baci_hs2", year], "baci_hs2"
    if host == "KAZ" and (host, flow, "wits", year) in known.index:
        return known[host, flow, "wits", year], "wits"
    if year <= LAST_TOTAL:
        return known[host, flow, "cow_national", year], "cow_national"
    last = known[host, flow, "cow_national", LAST_TOTAL]
    return last * partners[year] / partners[LAST_TOTAL], f"cow_national:{LAST_TOTAL} scaled"


def base_flows(years: Sequence[int]) -> dict[tuple[str, str], float]:
    """Return the annual flow of every modelled pair, mean over ``years``, mn USD, ROW included."""
    flows = {pair: float(value) for pair, value in pairs().loc[list(years)].mean().items()}
    mean = totals().query("year in @years").groupby(["host", "flow"])
    for (host, flow), rows in mean:
        row = rest_of_world(rows.value_musd.mean(), rows.partners_musd.mean())
        flows[("ROW", host) if flow == "import" else (host, "ROW")] = row
    return flows


def bilateral_table() -> Table:
    frame = extracts.read("trade_bilateral")
    return Table(
        notes=(
            "Merchandise trade between the five powers and the five hosts (both ways) and "
            "between hosts, by year. Unit: mn current USD a year; exporters' figures FOB, "
            "importers' CIF. value_musd is the figure of the source and reporter named in "
            "`source` (source:reporter); min_musd and max_musd span all sources that report the "
            "pair in that year. A pair-year without a row has no figure in any source; the "
            "model reads it as zero."
        ),
        frame=ordered(frame, year=None, exporter=STATES, importer=STATES)[
            ["year", "exporter", "importer", "value_musd", "min_musd", "max_musd", "source"]
        ],
        decimals={"value_musd": 3, "min_musd": 3, "max_musd": 3},
    )


def totals_table() -> Table:
    return Table(
        notes=(
            "Each host's merchandise trade with the world, by year and flow. Unit: mn current "
            "USD a year; imports CIF, exports FOB. partners_musd sums the other nine modelled "
            "states in trade_bilateral (missing as zero); row_musd = max(value - partners, 5 % "
            "of value). Imports: Kazakhstan WITS (COW before 1995; COW's 2010-12 are wrong), "
            "the others COW. COW ends in 2014: its 2014 total is carried to 2015-16 by the sum "
            "over the partners. (Kyrgyzstan too: WITS gives 4.1 and 3.8 bn, less than its "
            "partners report.) Exports: CEPII BACI 2011-16; before that WITS for Kazakhstan, "
            "COW for the others."
        ),
        frame=ordered(totals(), year=None, host=HOSTS, flow=("import", "export")),
        decimals={"value_musd": 3, "partners_musd": 3, "row_musd": 3},
    )


def openness_table() -> Table:
    """The powers' and hosts' exports to the world, for the supplier capacity of the trade law."""
    frame = extracts.read("trade_totals").query("flow == 'export'")
    known = frame.set_index(["country", "source", "year"])["value_musd"]
    rows = []
    for year in range(1992, 2017):
        for power in POWERS:
            source = "wits" if (power, "wits", year) in known.index else "cow_national"
            rows.append((year, power, known[power, source, year], source))
        for host in HOSTS:
            own = totals().query("year == @year and host == @host and flow == 'export'").iloc[0]
            rows.append((year, host, own.value_musd, own.source))
    return Table(
        notes=(
            "Exports of goods to the whole world, by year. Unit: mn current USD a year, FOB. "
            "Powers: WITS (Russia 1992-95: COW; WITS has none). Hosts: as in trade_totals. "
            "China: WITS, because COW's series adds Hong Kong from 1999 on (a jump by half). "
            "The rest of the world has no row: no source at hand gives its exports to others."
        ),
        frame=pd.DataFrame(rows, columns=["year", "country", "world_exports_musd", "source"]),
        decimals={"world_exports_musd": 3},
    )
