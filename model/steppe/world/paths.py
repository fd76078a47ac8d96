"""Exogenous paths: powers' and the rest of the world's GDP, prices and openness by quarter.

In backcasts they are the observed series.  Forward they are observations as far as these reach,
then published outlooks, then a long-run trend; a member's own shocks start where observation ends.
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
from steppe.world.base import BASE_YEARS

Array = NDArray[np.float64]

OIL, LNG, URANIUM = "brent", "lng_japan", "uranium"

LAST_FIT = 2009
"""Last year of the fit window, from which the hosts' growth in backcasts is known."""
LAST_OUTTURN = 2024
"""Last year whose GDP growth is published as an outturn: members part from each other after it."""


@dataclass(frozen=True)
class Paths:
    """Paths from the base year's mean, one column a quarter of the run.

    ``real`` and ``price`` (region, quarter): log change of real GDP and of its dollar price level,
    flat beyond the last figure; ``openness`` (region, quarter): log change of world exports over
    GDP; ``oil`` and ``lng`` (quarter): USD/bbl, USD/MMBtu; ``population`` (host, quarter): mn.

    Hosts' dollar prices are observed where ``prices_observed`` (quarter,), forward runs only, and
    follow their law from the last observation on: ``known_years`` after the base's middle, at the
    log changes ``known_price`` (region,) of prices and ``known_oil`` of oil since the base's mean.
    In backcasts that is the base itself: all three are 0.

    ``lng_before`` (3,): LNG one, two and three quarters before the run; ``years_since_oil``
    (quarter,): years since the oil price was last observed.

    ``published`` (region, quarter): 1 where ``real`` holds an observation or an outlook (for hosts
    in backcasts 0 throughout: their GDP is simulated); ``outturn`` (quarter,): 1 up to the last
    observed year; ``quarters_since_price`` (region, quarter): quarters since the last observed
    dollar price level; ``oil_observed`` (quarter,).

    ``uranium`` (quarter,): USD/lb, flat beyond the last year, with ``uranium_base``,
    ``uranium_observed`` (quarter,) and ``years_since_uranium`` (quarter,).
    """

    start: Quarter
    real: Array
    price: Array
    openness: Array
    oil: Array
    lng: Array
    oil_base: float
    lng_base: float
    lng_before: Array
    years_since_oil: Array
    log_oil_at_last_price: float
    prices_observed: NDArray[np.bool_]
    known_years: float
    known_price: Array
    known_oil: float
    published: Array
    outturn: Array
    quarters_since_price: Array
    oil_observed: NDArray[np.bool_]
    population: Array
    uranium: Array
    uranium_base: float
    uranium_observed: NDArray[np.bool_]
    years_since_uranium: Array

    def after_window(self, t: int) -> bool:
        """Tell whether quarter ``t`` of a backcast lies after the fit window."""
        return self.start.year != max(BASE_YEARS) and (self.start + t).year > LAST_FIT


@cache
def paths(start: Quarter, quarters: int) -> Paths:
    """Return the exogenous paths of a run of ``quarters`` quarters from ``start``."""
    base_years = BASE_YEARS[start.year]
    backcast = start.year != max(BASE_YEARS)
    when = np.array([start.year + (q + 0.5) / PER_YEAR for q in range(quarters)])
    macro = columns("macro", "country", ("gdp_nominal_bn", "gdp_real_bn", "population_mn"))
    outlook = columns("growth_outlook", "country", ("weo_pct",))["weo_pct"]
    outlook[axes.ROW] = _rest_of_world(outlook, macro["gdp_nominal_bn"])
    exports = columns("openness", "country", ("world_exports_musd",))["world_exports_musd"]
    prices = columns("commodity_prices", "series", ("value",))["value"]
    shape = (len(axes.REGIONS), quarters)
    real, price, openness = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    published, since_price = np.zeros(shape), np.zeros(shape)
    last_price = 0
    for i, region in enumerate(axes.REGIONS):
        levels, nominal = dict(macro["gdp_real_bn"][region]), macro["gdp_nominal_bn"][region]
        for year in range(max(levels) + 1, max(outlook[region]) + 1):
            levels[year] = levels[year - 1] * (1.0 + outlook[region][year] / 100.0)
        real[i] = _log_path(levels, base_years, when)
        if not (backcast and region in axes.HOSTS):
            published[i] = when <= max(levels) + 0.5
        dollars = {y: nominal[y] / levels[y] for y in nominal}
        price[i] = _log_path(dollars, base_years, when)
        since_price[i] = np.maximum(when - (max(nominal) + 0.5), 0.0) * PER_YEAR
        last_price = max(last_price, *nominal)
        if region in axes.POWERS:
            known = exports[region].items()
            ratio = {y: v / nominal[y] for y, v in known if y in nominal}
            openness[i] = _log_path(ratio, base_years, when)
    oil, lng, uranium = prices[OIL], prices[LNG], prices[URANIUM]
    oil_path = np.exp(_log_path(oil, base_years, when)) * _mean(oil, base_years)
    observed = (since_price[axes.HOST] == 0.0).all(axis=0) & (not backcast)
    last = int(observed.sum()) - 1
    middle = float(np.mean(base_years)) + 0.5
    return Paths(
        start=start,
        real=real,
        price=price,
        openness=openness,
        oil=oil_path,
        lng=np.exp(_log_path(lng, base_years, when)) * _mean(lng, base_years),
        oil_base=_mean(oil, base_years),
        lng_base=_mean(lng, base_years),
        lng_before=interpolated(lng, start.year - (np.arange(3) + 0.5) / PER_YEAR),
        years_since_oil=np.maximum(when - (max(oil) + 0.5), 0.0),
        log_oil_at_last_price=float(np.log(oil[last_price])),
        prices_observed=observed,
        known_years=float(when[last]) - middle if last >= 0 else 0.0,
        known_price=price[:, last] if last >= 0 else np.zeros(len(axes.REGIONS)),
        known_oil=float(np.log(oil_path[last] / _mean(oil, base_years))) if last >= 0 else 0.0,
        published=published,
        outturn=(np.floor(when) <= LAST_OUTTURN).astype(np.float64),
        quarters_since_price=since_price,
        oil_observed=np.floor(when) <= max(oil),
        population=np.array([_levels(macro["population_mn"][host], when) for host in axes.HOSTS]),
        uranium=np.exp(_log_path(uranium, base_years, when)) * _mean(uranium, base_years),
        uranium_base=_mean(uranium, base_years),
        uranium_observed=np.floor(when) <= max(uranium),
        years_since_uranium=np.maximum(when - (max(uranium) + 0.5), 0.0),
    )


def columns(
    table: str, key: str, columns: tuple[str, ...]
) -> dict[str, dict[str, dict[int, float]]]:
    """Return ``{column: {code: {year: value}}}`` of a tidy table; empty cells are left out."""
    result: dict[str, dict[str, dict[int, float]]] = {column: {} for column in columns}
    for row in read_table(table):
        for column in columns:
            if row[column]:
                result[column].setdefault(row[key], {})[int(row["year"])] = float(row[column])
    return result


def _mean(series: Mapping[int, float], years: tuple[int, ...]) -> float:
    return float(np.mean([series[y] for y in years]))


def _log_path(series: Mapping[int, float], base_years: tuple[int, ...], when: Array) -> Array:
    """Return the log of an annual series at times ``when`` relative to its mean in the base years.

    Log-linear between mid-years, rescaled so that every calendar year's mean is exact, also where
    ``when`` holds a part of the year only; flat beyond the last year.
    """
    years = np.array(sorted(series), dtype=np.float64)
    logs = np.log([series[int(y)] for y in years])
    path: Array = np.interp(when, years + 0.5, logs)
    for year in np.unique(np.floor(when)):
        if int(year) in series:
            quarters = np.interp(year + (np.arange(PER_YEAR) + 0.5) / PER_YEAR, years + 0.5, logs)
            gap = np.log(series[int(year)]) - np.log(np.mean(np.exp(quarters)))
            path[np.floor(when) == year] += gap
    result: Array = path - np.log(_mean(series, base_years))
    return result


def _rest_of_world(
    growth: Mapping[str, Mapping[int, float]], nominal: Mapping[str, Mapping[int, float]]
) -> dict[int, float]:
    """Return the growth of the world without the ten states, % a year, by shares in dollars."""
    last = max(nominal[axes.ROW])
    size = {code: nominal[code][last] for code in axes.REGIONS}
    ten = [code for code in axes.REGIONS if code != axes.ROW]
    return {
        year: (world * sum(size.values()) - sum(size[c] * growth[c][year] for c in ten))
        / size[axes.ROW]
        for year, world in growth["WLD"].items()
        if all(year in growth[c] for c in ten)
    }


def interpolated(series: Mapping[int, float], when: Array) -> Array:
    """Return an annual series at times ``when``, log-linear between mid-years."""
    years = np.array(sorted(series), dtype=np.float64)
    logs = np.log([series[int(y)] for y in years])
    result: Array = np.exp(np.interp(when, years + 0.5, logs))
    return result


def _levels(series: Mapping[int, float], when: Array) -> Array:
    """Return an annual series at times ``when``; beyond its end its last growth goes on."""
    years = np.array(sorted(series), dtype=np.float64)
    values = np.array([series[int(y)] for y in years])
    growth = np.log(values[-1] / values[-6]) / 5.0
    beyond = np.maximum(when - (years[-1] + 0.5), 0.0)
    result: Array = np.interp(when, years + 0.5, values) * np.exp(growth * beyond)
    return result
