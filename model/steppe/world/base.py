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


@dataclass(frozen=True)
class Geography:
    """Distance of powers and hosts, log of km between their cities weighted by population; a common
    border and a common language, 0 or 1.  All (power, host)."""

    log_distance: Array
    contiguity: Array
    language: Array


@dataclass(frozen=True)
class Base:
    """The base state of a run; annual figures in mn USD unless said otherwise.

    ``trade`` (exporter, importer, good) includes recorded gas; ``gas_value`` and ``gas_volume``
    (host, partner), mn USD and bcm/yr, are the part of it that leaves the share law;
    ``gdp`` (region) bn USD; ``remittances`` (host); ``uranium`` (host) mined, at the world price, a
    part of the exports of minerals; ``middle`` the base's middle in years (2000.5).
    """

    start: int
    years: tuple[int, ...]
    middle: float
    trade: Array
    gas_value: Array
    gas_volume: Array
    gdp: Array
    remittances: Array
    uranium: Array
    geography: Geography


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
        uranium=_uranium(years, trade),
        geography=_geography(),
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


POUNDS_PER_TONNE = 2599.8
"""Pounds of U3O8 that hold a tonne of uranium."""
MOST_OF_MINERALS = 0.9


def _uranium(years: tuple[int, ...], trade: Array) -> Array:
    """Return uranium mined (host), mn USD a year: tonnes x price, mean of the recorded years.

    At most 0.9 of what the host exports as minerals.
    """
    price = {
        int(row["year"]): float(row["value"])
        for row in read_table("commodity_prices")
        if row["series"] == "uranium"
    }
    found: dict[str, list[float]] = {host: [] for host in axes.HOSTS}
    for row in read_table("uranium"):
        year = int(row["year"])
        if year in years:
            sold = float(row["tonnes_u"]) * POUNDS_PER_TONNE * price[year] / 1e6
            found[row["country"]].append(sold)
    mined = np.array([float(np.mean(v)) if v else 0.0 for v in found.values()])
    minerals = trade[axes.HOST, :, axes.GOODS.index("minerals")].sum(axis=1)
    result: Array = np.minimum(mined, MOST_OF_MINERALS * minerals)
    return result


def uranium_part(base: Base) -> Array:
    """Return the part of uranium in each host's exports of minerals, (host,) 0-0.9."""
    minerals = base.trade[axes.HOST, :, axes.GOODS.index("minerals")].sum(axis=1)
    result: Array = base.uranium / np.maximum(minerals, 1e-9)
    return result


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


def _geography() -> Geography:
    """Return distances and ties of powers and hosts."""
    shape = len(axes.POWERS), len(axes.HOSTS)
    log_distance, contiguity, language = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for row in read_table("distances"):
        if row["origin"] in axes.POWERS and row["destination"] in axes.HOSTS:
            cell = axes.POWERS.index(row["origin"]), axes.HOSTS.index(row["destination"])
            log_distance[cell] = np.log(float(row["distw"]))
            contiguity[cell] = float(row["contig"])
            language[cell] = max(float(row["comlang_off"]), float(row["comlang_ethno"]))
    return Geography(log_distance, contiguity, language)
