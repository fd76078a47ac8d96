"""The years before a run, quarter by quarter, as the tables record them.

Projects, debt and influence have histories: a run that starts in 2017 begins with what its own
parameters make of the years from 1997 on, given the trade and the incomes that were observed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR, Quarter
from steppe.parameters import read_table
from steppe.world.paths import OIL, columns, interpolated

Array = NDArray[np.float64]

FIRST = Quarter.of(1997)
"""First quarter of the record: the first year with incomes and trade of all five hosts."""
PASSED_THROUGH = 2010
"""Year from which gas without a named buyer no longer went to Russia's company."""


@dataclass(frozen=True)
class Past:
    """Observed quarters before a run, one column a quarter.

    ``gdp`` (region, quarter) bn current USD/yr; ``population`` (host, quarter) mn; ``imports`` and
    ``exports`` (host, region, quarter) and ``remittances`` (host, quarter) mn USD/quarter;
    ``hidden`` (host, quarter) the gas in ``exports`` to Russia that statistics book to the rest of
    the world, the same unit; ``oil`` (quarter,) USD/bbl.
    """

    quarters: int
    gdp: Array
    population: Array
    imports: Array
    exports: Array
    hidden: Array
    remittances: Array
    oil: Array


@cache
def past(start: Quarter) -> Past:
    """Return what was observed from ``FIRST`` to the quarter before ``start``."""
    count = start - FIRST
    when = np.array([FIRST.year + (q + 0.5) / PER_YEAR for q in range(count)])
    macro = columns("macro", "country", ("gdp_nominal_bn", "population_mn"))
    gdp = macro["gdp_nominal_bn"]
    imports, exports, hidden = _trade(when, start.year)
    oil = columns("commodity_prices", "series", ("value",))["value"][OIL]
    return Past(
        quarters=count,
        gdp=np.array([interpolated(_before(gdp[code], start.year), when) for code in axes.REGIONS]),
        population=np.array(
            [interpolated(_before(macro["population_mn"][h], start.year), when) for h in axes.HOSTS]
        ),
        imports=imports,
        exports=exports,
        hidden=hidden,
        remittances=_remittances(when, start.year),
        oil=interpolated(_before(oil, start.year), when),
    )


def hidden_gas(year: int) -> dict[str, float]:
    """Return gas that Russia took and no Russian statistics hold, by host, mn USD of ``year``.

    Until 2009 what the table books to the rest of the world with Russia or nobody named as its
    buyer: it went through Russia's lines to its company.
    """
    found: dict[str, float] = {}
    for row in read_table("gas"):
        taken = row["buyer"] == "RUS" or (row["buyer"] == axes.ROW and year < PASSED_THROUGH)
        if int(row["year"]) == year and row["destination"] == axes.ROW and taken:
            found[row["exporter"]] = found.get(row["exporter"], 0.0) + float(row["value_musd"] or 0)
    return found


def _before(series: Mapping[int, float], year: int) -> dict[int, float]:
    return {y: v for y, v in series.items() if y < year}


def _trade(when: Array, before: int) -> tuple[Array, Array, Array]:
    """Return the hosts' imports and exports by partner (host, region, quarter), mn USD/quarter.

    Gas that passed through Russia's lines stands with Russia; how much, is the third (host,
    quarter).
    """
    shape = len(axes.HOSTS), len(axes.REGIONS), before - FIRST.year + 1
    yearly = {"imports": np.zeros(shape), "exports": np.zeros(shape)}
    place = {code: i for i, code in enumerate(axes.REGIONS)}
    for row in read_table("trade_bilateral"):
        year = int(row["year"]) - FIRST.year
        if 0 <= year < shape[2]:
            value = float(row["value_musd"])
            for flow, host, partner in (
                ("imports", row["importer"], row["exporter"]),
                ("exports", row["exporter"], row["importer"]),
            ):
                if host in axes.HOSTS:
                    yearly[flow][axes.HOSTS.index(host), place[partner], year] = value
    for row in read_table("trade_totals"):
        year = int(row["year"]) - FIRST.year
        if 0 <= year < shape[2] and row["row_musd"]:
            cell = axes.HOSTS.index(row["host"]), axes.ROW_INDEX, year
            yearly[f"{row['flow']}s"][cell] = float(row["row_musd"])
    russia, hidden = place["RUS"], np.zeros((len(axes.HOSTS), shape[2]))
    for year in range(FIRST.year, before):
        for host, value in hidden_gas(year).items():
            sold = yearly["exports"][axes.HOSTS.index(host), :, year - FIRST.year]
            moved = min(value, sold[axes.ROW_INDEX])
            sold[russia] += moved
            sold[axes.ROW_INDEX] -= moved
            hidden[axes.HOSTS.index(host), year - FIRST.year] = moved
    years = before - FIRST.year
    middles = FIRST.year + np.arange(years) + 0.5
    result = []
    for field in (yearly["imports"], yearly["exports"], hidden):
        flat = field[..., :years].reshape(-1, years)
        path = np.array([np.interp(when, middles, series) for series in flat])
        result.append(path.reshape(*field.shape[:-1], len(when)) / PER_YEAR)
    return result[0], result[1], result[2]


def _remittances(when: Array, before: int) -> Array:
    """Return remittances (host, quarter), mn USD/quarter: recorded years, flat before and after."""
    result = np.zeros((len(axes.HOSTS), len(when)))
    for i, host in enumerate(axes.HOSTS):
        known = {
            int(row["year"]): float(row["remittances_musd"])
            for row in read_table("remittances")
            if row["host"] == host and row["coverage"] != "doubtful" and row["remittances_musd"]
        }
        recorded = {year: value for year, value in known.items() if year < before}
        if recorded:
            years = np.array(sorted(recorded), dtype=np.float64)
            values = [recorded[int(y)] for y in years]
            result[i] = np.interp(when, years + 0.5, values) / PER_YEAR
    return result
