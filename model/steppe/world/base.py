"""Base states: what the figures say about the years before a run, by one routine for every base.

Base 2001 stands on the year 2000, base 2010 on 2009, base 2017 on the mean of 2014-16 (one year
would carry the price collapse of 2015).  Nothing here depends on a scenario or a member.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.parameters import read_table

Array = NDArray[np.float64]

BASE_YEARS: dict[int, tuple[int, ...]] = {2001: (2000,), 2010: (2009,), 2017: (2014, 2015, 2016)}
"""Calendar years whose mean is the base of a run that starts in the key's first quarter."""

LANGUAGE = 0.4
"""Log trade of a common language at distance elasticity -1 and contiguity 1: round values of the
meta-analysis by Head and Mayer (2014, Handbook of International Economics 4)."""


@dataclass(frozen=True)
class Base:
    """The base state of a run; annual figures in mn USD unless said otherwise.

    ``trade`` (exporter, importer, good) includes recorded gas; ``gas_value`` and ``gas_volume``
    (host, partner), mn USD and bcm/yr, are the part of it that leaves the share law;
    ``gdp`` (region) bn USD; ``remittances`` (host); ``gravity_potential`` (power, host): log of
    what distance, a common border and a common language allow; ``middle`` the base's middle in
    years (2000.5).
    """

    start: int
    years: tuple[int, ...]
    middle: float
    trade: Array
    gas_value: Array
    gas_volume: Array
    gdp: Array
    remittances: Array
    gravity_potential: Array


@cache
def base_state(start: int) -> Base:
    """Build the base state for a run that starts in ``start`` Q1 (one of ``axes.BASES``)."""
    years = BASE_YEARS[start]
    trade = _trade(start)
    gas_value, gas_volume = _gas(years, trade)
    gdp = _gdp(years)
    return Base(
        start=start,
        years=years,
        middle=float(np.mean(years)) + 0.5,
        trade=trade,
        gas_value=gas_value,
        gas_volume=gas_volume,
        gdp=gdp,
        remittances=_remittances(years),
        gravity_potential=_gravity_potential(),
    )


def _trade(start: int) -> Array:
    """Return the base-year tensor (exporter, importer, good), mn USD a year."""
    trade = np.zeros((len(axes.REGIONS), len(axes.REGIONS), len(axes.GOODS)))
    region = {code: i for i, code in enumerate(axes.REGIONS)}
    good = {code: i for i, code in enumerate(axes.GOODS)}
    for row in read_table("base_trade"):
        if int(row["base"]) == start:
            cell = region[row["exporter"]], region[row["importer"]], good[row["good"]]
            trade[cell] = float(row["value_musd"])
    return trade


def _gas(years: tuple[int, ...], trade: Array) -> tuple[Array, Array]:
    """Return recorded pipeline gas (host, partner): mn USD a year, within the trade, and bcm/yr."""
    value = np.zeros((len(axes.HOSTS), len(axes.PARTNERS)))
    volume = np.zeros_like(value)
    for row in read_table("gas"):
        if int(row["year"]) in years and row["destination"] in axes.PARTNERS:
            cell = axes.HOSTS.index(row["exporter"]), axes.PARTNERS.index(row["destination"])
            value[cell] += float(row["value_musd"] or 0.0) / len(years)
            volume[cell] += float(row["volume_bcm"] or 0.0) / len(years)
    hydrocarbons = trade[axes.HOST, :, 0][:, [axes.REGIONS.index(p) for p in axes.PARTNERS]]
    return np.minimum(value, hydrocarbons), volume


def _gdp(years: tuple[int, ...]) -> Array:
    """Return nominal GDP (region), bn USD a year, mean of ``years``."""
    gdp = np.zeros(len(axes.REGIONS))
    for row in read_table("macro"):
        if int(row["year"]) in years and row["country"] in axes.REGIONS:
            gdp[axes.REGIONS.index(row["country"])] += float(row["gdp_nominal_bn"]) / len(years)
    return gdp


def _remittances(years: tuple[int, ...]) -> Array:
    """Return remittances received (host), mn USD a year.

    Where the base years have no record, the nearest recorded year stands in, scaled by Russia's
    dollar GDP, from which most of the hosts' remittances come; a host without any record has 0.
    """
    known: dict[str, dict[int, float]] = {host: {} for host in axes.HOSTS}
    for row in read_table("remittances"):
        if row["coverage"] != "doubtful" and row["remittances_musd"]:
            known[row["host"]][int(row["year"])] = float(row["remittances_musd"])
    result = np.zeros(len(axes.HOSTS))
    russia = axes.REGIONS.index("RUS")
    for i, host in enumerate(axes.HOSTS):
        recorded = known[host]
        inside = [recorded[y] for y in years if y in recorded]
        if inside:
            result[i] = float(np.mean(inside))
        elif recorded:
            nearest = min(recorded, key=lambda year: abs(year - years[-1]))
            scale = _gdp(years)[russia] / _gdp((nearest,))[russia]
            result[i] = recorded[nearest] * scale
    return result


def _gravity_potential() -> Array:
    """Return -ln distance + contiguity + 0.4 common language, (power, host)."""
    potential = np.zeros((len(axes.POWERS), len(axes.HOSTS)))
    for row in read_table("distances"):
        for a, b in ((row["origin"], row["destination"]), (row["destination"], row["origin"])):
            if a in axes.POWERS and b in axes.HOSTS:
                language = max(float(row["comlang_off"]), float(row["comlang_ethno"]))
                potential[axes.POWERS.index(a), axes.HOSTS.index(b)] = (
                    -np.log(float(row["distw"])) + float(row["contig"]) + LANGUAGE * language
                )
    return potential
