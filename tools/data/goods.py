"""Base-year trade by good: what each pair trades, split into the model's five goods.

The pair totals are those of ``trade``; the goods come from one-digit SITC *fractions*, because the
levels of that matrix differ from the totals more than twofold for several pairs.  By section:

    hydrocarbons  3                             agrifood      0, 1, 4 and cotton (in 2)
    minerals      2 without cotton, 9, metals   chemicals     5 without uranium
                  (in 6), uranium (in 5)        manufactures  6 without metals, 7, 8

Fuels are then raised to the recorded exports of raw fuels where those are larger, and everything
else is balanced so that each pair keeps its total and each exporter its mix of other goods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from data import energy, extracts, trade
from data.extracts import HOSTS, REGIONS, region
from data.table import Table

GOODS = ("hydrocarbons", "minerals", "chemicals", "agrifood", "manufactures")
FUEL = GOODS.index("hydrocarbons")
SECTIONS = tuple(str(digit) for digit in range(10))

MEAN_MIX = 0.02
"""Weight of the exporter's mean mix in every pair's mix: no pair lacks a good by chance."""
URANIUM_CAP = 0.75
"""Largest part of chemicals that may be uranium, because the fractions are older than most of the
mining: its part of HS chapter 28 in 2011-16 was 0.66-0.90 in Kazakhstan, 0.4-1 in Uzbekistan."""
LB_U3O8_PER_TONNE_U = 2599.8
COTTON = 52
CHAPTERS_OF_SECTION_2 = (12, 25, 26, 41, 44, 45, 47, 50, 51, 52, 53)
"""HS chapters that make up SITC 2: oilseeds, minerals, ores, hides, wood, pulp, textile fibres."""


@dataclass(frozen=True)
class Base:
    """The years behind the base state of a run: flows, SITC fractions, chapters, uranium."""

    flows: tuple[int, ...]
    sections: tuple[int, ...]
    chapters: tuple[int, ...]
    uranium: tuple[int, ...]


BASES = {
    2001: Base(flows=(2000,), sections=(1995, 2005), chapters=(2011,), uranium=(2000,)),
    2010: Base(flows=(2009,), sections=(2005,), chapters=(2011,), uranium=(2009,)),
    2017: Base(
        flows=(2014, 2015, 2016),
        sections=(2015,),
        chapters=(2014, 2015, 2016),
        uranium=(2014, 2015),
    ),
}


@cache
def base_trade(first_year: int) -> dict[tuple[str, str, str], float]:
    """Return the annual trade (exporter, importer, good), mn USD, of one base state."""
    base = BASES[first_year]
    flows = trade.base_flows(base.flows)
    fuels = energy.fuel_exports(base.flows)
    mixes = section_mixes(base.sections)
    cells: dict[tuple[str, str, str], float] = {}
    for exporter in REGIONS:
        importers = [j for j in REGIONS if (exporter, j) in flows]
        total = np.array([flows[exporter, j] for j in importers])
        mix = np.array([mixes[exporter, j] for j in importers])
        split = sections_to_goods(exporter, base, total @ mix)
        fuel = np.array([fuels.get((exporter, j), 0.0) for j in importers])
        table = balanced(total, mix @ split, fuel)
        for j, row in zip(importers, table, strict=True):
            cells.update({(exporter, j, g): v for g, v in zip(GOODS, row, strict=True)})
    return cells


def section_mixes(years: Sequence[int]) -> dict[tuple[str, str], np.ndarray]:
    """Return each pair's fractions by SITC section, blended with the exporter's mean mix."""
    frame = extracts.read("trade_sitc").query("year in @years")
    frame = frame.assign(
        exporter=frame.exporter.map(region),
        importer=frame.importer.map(region),
        section=frame.section.astype(str),
    )
    sums = frame.groupby(["exporter", "importer", "section"]).value_musd.sum()
    wide = sums.unstack("section", fill_value=0.0).reindex(columns=SECTIONS, fill_value=0.0)
    mixes = {}
    for exporter in REGIONS:
        own = wide.loc[exporter]
        mean = own.drop(index=exporter, errors="ignore").sum().to_numpy()
        mean = mean / mean.sum()
        for importer in REGIONS:
            seen = own.loc[importer].to_numpy() if importer in own.index else np.zeros(10)
            pair = seen / seen.sum() if seen.sum() > 0 else mean
            mixes[exporter, importer] = (1 - MEAN_MIX) * pair + MEAN_MIX * mean
    return mixes


def sections_to_goods(exporter: str, base: Base, by_section: np.ndarray) -> np.ndarray:
    """Return the matrix (section, good), rows summing to 1, for one exporter.

    ``by_section`` holds the exporter's trade by section at the base, mn USD: the value of its
    uranium is taken out of that of chemicals.
    """
    host = exporter in HOSTS
    cotton = cotton_share(exporter, base.chapters) if host else 0.0
    metals = metals_share(exporter) if host else 0.0
    chemicals = by_section[5]
    uranium = min(uranium_value(exporter, base.uranium) / chemicals, URANIUM_CAP) if host else 0.0
    rows: dict[str, Mapping[str, float]] = {
        "0": {"agrifood": 1},
        "1": {"agrifood": 1},
        "2": {"agrifood": cotton, "minerals": 1 - cotton},
        "3": {"hydrocarbons": 1},
        "4": {"agrifood": 1},
        "5": {"minerals": uranium, "chemicals": 1 - uranium},
        "6": {"minerals": metals, "manufactures": 1 - metals},
        "7": {"manufactures": 1},
        "8": {"manufactures": 1},
        "9": {"minerals": 1},
    }
    return np.array([[rows[s].get(g, 0.0) for g in GOODS] for s in SECTIONS])


def cotton_share(exporter: str, years: Sequence[int]) -> float:
    """Return the part of SITC 2 that is cotton: chapter 52 over the chapters that make it up."""
    frame = extracts.read("exports_hs2").query("exporter == @exporter and year in @years")
    crude = frame[frame.hs2.isin(CHAPTERS_OF_SECTION_2)].value_musd.sum()
    return float(frame[frame.hs2 == COTTON].value_musd.sum() / crude)


def metals_share(exporter: str) -> float:
    """Return the part of SITC 6 that is non-ferrous metal (68), which the sections do not show."""
    frame = extracts.read("goods_priors").set_index("exporter")
    return float(frame.loc[exporter, "metals_in_section_6"])


def uranium_value(exporter: str, years: Sequence[int]) -> float:
    """Return the yearly value of uranium mined, mn USD: tonnes x price of U3O8."""
    mined = extracts.read("uranium").set_index(["country", "year"])["tonnes_u"]
    prices = extracts.read("commodity_prices").query("series == 'uranium'").set_index("year")
    values = [
        mined.get((exporter, year), 0.0) * LB_U3O8_PER_TONNE_U * prices.value[year] / 1e6
        for year in years
    ]
    return float(np.mean(values))


def balanced(total: np.ndarray, mix: np.ndarray, fuel: np.ndarray) -> np.ndarray:
    """Return one exporter's trade (importer, good) with row sums ``total``.

    Fuels are the larger of the mix's and the recorded ``fuel``, at most 97 % of the pair; the rest
    is balanced by iterative proportional fitting: rows to what fuels leave, columns to the
    exporter's mix of other goods.
    """
    seed = total[:, None] * mix
    fuels = np.minimum(np.maximum(seed[:, FUEL], fuel), energy.LARGEST_SHARE * total)
    rest = np.delete(seed, FUEL, axis=1)
    rows = total - fuels
    columns = rest.sum(axis=0)
    columns = columns * rows.sum() / columns.sum()
    return np.insert(fitted(rest, rows, columns), FUEL, fuels, axis=1)


def fitted(seed: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Scale ``seed`` to the given row and column sums (iterative proportional fitting)."""
    table = seed.copy()
    for _ in range(10_000):
        table *= _factor(columns, table.sum(axis=0))[None, :]
        table *= _factor(rows, table.sum(axis=1))[:, None]
        if np.allclose(table.sum(axis=0), columns, rtol=1e-10, atol=1e-12):
            return table
    raise ArithmeticError("proportional fitting does not converge")


def _factor(wanted: np.ndarray, found: np.ndarray) -> np.ndarray:
    return np.divide(wanted, found, out=np.zeros_like(wanted), where=found > 0)


def base_table() -> Table:
    rows = []
    for first_year, base in BASES.items():
        cells = base_trade(first_year)
        for (i, j), total in trade.base_flows(base.flows).items():
            values = to_the_dollar([cells[i, j, g] for g in GOODS], total)
            rows += [(first_year, i, j, g, v) for g, v in zip(GOODS, values, strict=True)]
    frame = pd.DataFrame(rows, columns=["base", "exporter", "importer", "good", "value_musd"])
    order = {code: k for k, code in enumerate((*REGIONS, *GOODS))}
    keys = ["base", "exporter", "importer", "good"]
    frame = frame.sort_values(keys, key=lambda c: c.map(order) if c.name != "base" else c)
    return Table(
        notes=(
            "Trade behind the base state of a run, by pair and good. Unit: mn current USD a "
            "year. base = first year of the run: 2001 uses the flows of 2000, 2010 those of "
            "2009, 2017 the mean of 2014-16. All pairs: powers with hosts, hosts with hosts, "
            "hosts with ROW. Pair totals: trade_bilateral (missing zero); ROW: trade_totals by "
            "its rule on the mean. Goods: fractions of SITC sections (2001: 1995 + 2005; 2010: "
            "2005; 2017: 2015) with 2 % of the exporter's mean mix, which also stands for "
            "absent pairs. Cotton goes from section 2 to agrifood (HS 52 over the chapters of "
            "section 2; 2011, or 2014-16). A stated part of section 6 is metal and goes to "
            "minerals [prior]: KAZ .75, TJK .85, UZB .3, KGZ .2, TKM 0. Natural uranium goes "
            "from section 5 to minerals (tonnes mined x price, at most 75 % of the section). "
            "Fuels: the larger of SITC 3 and recorded raw fuels, at most 97 % of a pair. Others "
            "are balanced to pair totals and each exporter's mix (proportional fitting)."
        ),
        frame=frame,
        decimals={"value_musd": 6},
        sources=(
            "wits",
            "cow_dyadic",
            "cow_national",
            "unctad",
            "baci_raw",
            "baci_hs2",
            "bgs_uranium",
            "imf_pcps",
            "prior",
        ),
    )


def to_the_dollar(values: Sequence[float], total: float) -> list[float]:
    """Round to a dollar so that the goods of a pair sum to its rounded total exactly."""
    dollars = [round(v * 1e6) for v in values]
    largest = dollars.index(max(dollars))
    dollars[largest] += round(total * 1e6) - sum(dollars)
    return [d / 1e6 for d in dollars]
