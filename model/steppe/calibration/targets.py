"""What history a calibration is held against: figures to 2009, each with its errors.

A target is one figure of a member's path and what was observed.  ``observation`` is the standard
error of the observed figure, from what its sources say; ``discrepancy`` how far a right model of
this kind may be from the truth for reasons that it leaves out.  Both are stated before any run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from steppe import axes, metrics
from steppe.calibration import window
from steppe.clock import PER_YEAR

Array = NDArray[np.float64]

FIRST = 2001
"""First simulated year."""
READS = ("trade_total", "gdp", "gas_export", "ree_china_share_of_japan_imports", "oda_net", "fbic")
"""Metrics that targets read."""

EARLY, LATE = (2003, 2004, 2005), (2007, 2008, 2009)
SIGMAS = 1.645
"""Standard deviations from the middle of a 90 % range to its end."""

Path = Mapping[str, Array]
"""Metrics' recorded cells, (quarter, series, member), by name."""


@dataclass(frozen=True)
class Target:
    """A figure of history: ``measure`` takes a path to (member,), in ``unit``."""

    name: str
    unit: str
    years: tuple[int, ...]
    observed: float
    observation: float
    discrepancy: float
    measure: Callable[[Path], Array]
    source: str

    def __post_init__(self) -> None:
        window.within(*self.years)


def annual(path: Path, label: str, years: tuple[int, ...]) -> Array:
    """Return the mean of a series over years, (member,)."""
    name = label.partition("[")[0]
    row = _labels(name).index(label)
    quarters = [PER_YEAR * (year - FIRST) + q for year in years for q in range(PER_YEAR)]
    mean: Array = path[name][quarters, row].mean(axis=0)
    return mean


@cache
def _labels(name: str) -> list[str]:
    return [series.label for series in metrics.BY_NAME[name].series]


@cache
def targets() -> tuple[Target, ...]:
    """Return all targets."""
    return (*_pairs(), *_leads(), *_sizes(), *_gas(), *_rare_earths(), *_aid(), *_influence())


def _pairs() -> Iterator[Target]:
    """Trade of the 25 pairs, ln mn USD a year, early and late in the window.

    A small flow is a few deals that no model holds: the discrepancy falls with the flow of 2000.
    """
    start = window.trade([2000])[0][:, :, 0]
    for years in (EARLY, LATE):
        chosen, low, high = window.trade(years)
        for (p, power), (h, host) in axes_pairs():
            flow = start[p, h]
            error = _half_range(low[p, h].mean(), high[p, h].mean())
            yield Target(
                f"trade of {power} and {host}, {years[0]}-{years[-1] % 100:02d}",
                "ln mn USD/yr",
                years,
                float(np.log(chosen[p, h].mean())),
                error,
                0.35 if flow >= 100.0 else 0.6 if flow >= 10.0 else 0.9,
                partial(_log_trade, label=f"trade_total[{power},{host}]", years=years),
                "data/trade_bilateral.csv",
            )


def axes_pairs() -> Iterator[tuple[tuple[int, str], tuple[int, str]]]:
    """Yield the number and code of every power and host."""
    for p in enumerate(axes.POWERS):
        for h in enumerate(axes.HOSTS):
            yield p, h


def _log_trade(path: Path, label: str, years: tuple[int, ...]) -> Array:
    logs: Array = np.log(np.maximum(PER_YEAR * annual(path, label, years), 0.1))
    return logs


def _half_range(low: float, high: float) -> float:
    """Return the error of a flow's log: half the range of its sources, at least a tenth."""
    return max(0.5 * float(np.log(max(high, 0.1) / max(low, 0.1))) / SIGMAS, 0.1)


def _leads() -> Iterator[Target]:
    """China's trade with the hosts over Russia's, ln: all five, and four without Kazakhstan."""
    chosen, low, high = window.trade(LATE)
    china, russia = axes.POWERS.index("CHN"), axes.POWERS.index("RUS")
    for name, hosts in (("five hosts", axes.HOSTS), ("four hosts", axes.HOSTS[1:])):
        at = [axes.HOSTS.index(h) for h in hosts]
        flows = chosen[:, at].sum(axis=(1, 2))
        lows, highs = low[:, at].sum(axis=(1, 2)), high[:, at].sum(axis=(1, 2))
        one, other = (_half_range(lows[p], highs[p]) for p in (china, russia))
        error = float(np.hypot(one, other))
        yield Target(
            f"China's trade over Russia's, {name}, 2007-09",
            "ln",
            LATE,
            float(np.log(flows[china] / flows[russia])),
            error,
            0.2,
            partial(_lead, hosts=hosts),
            "data/trade_bilateral.csv",
        )


def _lead(path: Path, hosts: tuple[str, ...]) -> Array:
    def total(power: str) -> Array:
        flows = [annual(path, f"trade_total[{power},{host}]", LATE) for host in hosts]
        return _total(flows)

    ratio: Array = np.log(total("CHN") / total("RUS"))
    return ratio


def _sizes() -> Iterator[Target]:
    """Nominal GDP of the hosts, ln bn USD; Uzbekistan's figure is rebuilt."""
    for year in (2005, 2009):
        for host in axes.HOSTS:
            yield Target(
                f"GDP of {host}, {year}",
                "ln bn USD",
                (year,),
                float(np.log(window.gdp(host, year))),
                0.15 if host in ("UZB", "TKM") else 0.05,
                0.2,
                partial(_log_gdp, label=f"gdp[{host}]", year=year),
                "data/macro.csv",
            )


def _log_gdp(path: Path, label: str, year: int) -> Array:
    logs: Array = np.log(annual(path, label, (year,)))
    return logs


def _gas() -> Iterator[Target]:
    years = (2005, 2006, 2007, 2008)
    yield Target(
        "Turkmen gas to Russia, 2005-08",
        "bcm/yr",
        years,
        45.0,
        5.0 / SIGMAS,
        4.0,
        partial(annual, label="gas_export[TKM,RUS]", years=years),
        "40-50 bcm before 2009 (rusmininfo, 11 July 2011; Reuters, 4 September 2013)",
    )


def _rare_earths() -> Iterator[Target]:
    years = tuple(range(2001, 2010))
    yield Target(
        "China's part of Japan's rare-earth imports, 2001-09",
        "1",
        years,
        0.85,
        0.05 / SIGMAS,
        0.04,
        partial(annual, label="ree_china_share_of_japan_imports", years=years),
        "Japan's trade statistics; CEPII BACI by weight",
    )


def _aid() -> Iterator[Target]:
    """Japan's net aid to the five, mn USD a year: a figure of a few loans, hence wide."""
    of_year: dict[int, float] = {}
    for row in window.rows("finance_observed"):
        if (row["donor"], row["measure"]) == ("JPN", "net_oda") and row["host"] in axes.HOSTS:
            year = int(row["first_year"])
            of_year[year] = of_year.get(year, 0.0) + float(row["value"])
    for years in ((2001, 2002, 2003, 2004), (2005, 2006, 2007, 2008)):
        yield Target(
            f"Japan's net aid to the five, {years[0]}-{years[-1] % 100:02d}",
            "mn USD/yr",
            years,
            float(np.mean([of_year[year] for year in years])),
            10.0,
            50.0,
            partial(_net_aid, years=years),
            "data/finance_observed.csv: World Bank on OECD DAC",
        )


def _net_aid(path: Path, years: tuple[int, ...]) -> Array:
    flows = [annual(path, f"oda_net[JPN,{host}]", years) for host in axes.HOSTS]
    return PER_YEAR * _total(flows)


def _influence() -> Iterator[Target]:
    """China's published influence index over Russia's, mean of logs over hosts: level and rise.

    The index is compared by trend; its level in the model leans on other parts, hence the width.
    """
    seen = {
        (int(r["year"]), r["power"], r["host"]): float(r["fbic"])
        for r in window.rows("influence_observed")
    }

    def observed(years: tuple[int, ...]) -> float:
        ratios = [
            np.log(seen[year, "CHN", host] / seen[year, "RUS", host])
            for year in years
            for host in axes.HOSTS
        ]
        return float(np.mean(ratios))

    source = "data/influence_observed.csv: FBIC"
    yield Target(
        "China's influence index over Russia's, 2007-09",
        "ln",
        LATE,
        observed(LATE),
        0.2,
        0.8,
        partial(_index_lead, years=LATE),
        source,
    )
    yield Target(
        "its rise from 2001 to 2007-09",
        "ln",
        (2001, *LATE),
        observed(LATE) - observed((2001,)),
        0.2,
        0.5,
        _index_rise,
        source,
    )


def _index_lead(path: Path, years: tuple[int, ...]) -> Array:
    logs = [
        np.log(
            np.maximum(annual(path, f"fbic[CHN,{host}]", years), 1e-6)
            / np.maximum(annual(path, f"fbic[RUS,{host}]", years), 1e-6)
        )
        for host in axes.HOSTS
    ]
    return _total(logs) / len(logs)


def _total(parts: list[Array]) -> Array:
    total: Array = np.add.reduce(np.stack(parts), axis=0)
    return total


def _index_rise(path: Path) -> Array:
    return _index_lead(path, LATE) - _index_lead(path, (2001,))
