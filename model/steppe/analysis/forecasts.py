"""Forecasts of trade that anyone could make, to stand beside the model's.

Each takes the base year and the years to forecast and returns (power, host, year) in mn USD.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.analysis.observations import FIRST, nominal_gdp, observations
from steppe.environment.history import ERODING, SMALLEST, residuals
from steppe.laws import gas
from steppe.parameters import Values, read_table, registry
from steppe.world.base import base_state

Array = NDArray[np.float64]

FLOOR = SMALLEST
"""Floor of trade in logs, mn USD a year."""
GRAVITY = 0.8
"""Exponent of the product of GDP growth factors in the gravity forecast."""
TREND_YEARS = 8
TREND_FROM = 1993
FIT_END = 2009
"""Last year that anything may be fitted on."""


def persistence(base: int, years: Sequence[int]) -> Array:
    """The base year's value for ever."""
    return np.repeat(observations().years(base), len(years), axis=2)


def trend(base: int, years: Sequence[int]) -> Array:
    """The base year's value moved on by the log-linear slope of it and the eight years before."""
    window = np.arange(max(base - TREND_YEARS, TREND_FROM), base + 1)
    logs = np.log(np.maximum(observations().years(*window), FLOOR))
    centred = window - window.mean()
    slope = (logs * centred).sum(axis=2) / (centred * centred).sum()
    ahead = np.array(years) - base
    result: Array = np.exp(logs[:, :, -1:] + slope[:, :, None] * ahead)
    return result


def gravity(base: int, years: Sequence[int]) -> Array:
    """The base year's value times the product of observed GDP growth factors to the power 0.8."""
    result: Array = persistence(base, years) * np.exp(GRAVITY * _growth(base, years))
    return result


def gravity_erosion(base: int, years: Sequence[int]) -> Array:
    """Gravity, with the residuals of China, Russia and Turkey eroding at a rate fitted to 2009."""
    return _eroded(base, years, erosion_rate())


def constant_shares_gas(base: int, years: Sequence[int]) -> Array:
    """Base-year shares of the host's observed GDP, and the contracted gas line to China."""
    gdp = nominal_gdp()
    growth = np.array([[gdp[h][y] / gdp[h][base] for y in years] for h in axes.HOSTS])
    result: Array = persistence(base, years) * growth[None]
    line = _contracted_gas(base, years)
    result[axes.POWERS.index("CHN"), axes.HOSTS.index("TKM")] += line
    return result


FORECASTS: dict[str, Callable[[int, Sequence[int]], Array]] = {
    "persistence": persistence,
    "trend": trend,
    "gravity": gravity,
    "gravity_erosion": gravity_erosion,
    "constant_shares_gas": constant_shares_gas,
}


ERROR_YEARS = range(1995, FIT_END + 1)
"""Years whose errors dress persistence with bands."""
LEVELS = (np.arange(99) + 0.5) / 99.0
"""Quantiles of those errors that stand for them, as members of an ensemble."""


def persistence_bands(base: int, years: Sequence[int]) -> Array:
    """Return persistence with bands of its own errors, (power, host, year, member), mn USD.

    Each member is the base year's value times one quantile of the log errors, signed and over all
    25 pairs, that persistence made over the same lead in 1995-2009.  Leads longer than the longest
    of those years (14) take its errors.  Growth is in the errors: the bands know that trade rose.
    """
    known = np.log(np.maximum(observations().years(*ERROR_YEARS), FLOOR))
    factors = []
    for year in years:
        lead = min(year - base, len(ERROR_YEARS) - 1)
        errors = (known[:, :, lead:] - known[:, :, :-lead]).ravel()
        factors.append(np.exp(np.quantile(errors, LEVELS)))
    result: Array = np.maximum(observations().years(base), FLOOR)[..., None] * np.array(factors)
    return result


def other_source(years: Sequence[int]) -> Array:
    """Return what the source that differs most from the chosen one says: the data's own error."""
    seen = observations()
    columns = [year - FIRST for year in years]
    chosen, low, high = (f[:, :, columns] for f in (seen.chosen, seen.low, seen.high))
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.log(np.maximum(chosen, FLOOR) / np.maximum(low, FLOOR))
        above = np.log(np.maximum(high, FLOOR) / np.maximum(chosen, FLOOR))
    return np.where(below > above, low, high)


def erosion_rate() -> float:
    """Return the yearly erosion rate with the least log error of 2001-09 from the base 2000."""
    years = range(2001, FIT_END + 1)
    observed = np.log(np.maximum(observations().years(*years), FLOOR))
    rates = np.arange(0.0, 0.301, 0.005)
    errors = [
        np.abs(np.log(np.maximum(_eroded(2000, years, rate), FLOOR)) - observed).mean()
        for rate in rates
    ]
    return float(rates[int(np.argmin(errors))])


def _eroded(base: int, years: Sequence[int], rate: float) -> Array:
    residual = _residual(base)
    ahead = np.array(years) - base
    factor = np.zeros((*residual.shape, len(years)))
    eroding = list(ERODING)
    factor[eroding] = residual[eroding, :, None] * np.expm1(-rate * ahead)
    result: Array = gravity(base, years) * np.exp(factor)
    return result


def _residual(base: int) -> Array:
    """Return the base year's residuals from gravity at the registry's elasticities."""
    names = registry()
    values = Values(names, names.defaults(base + 1)[:, None])
    return residuals(base_state(base + 1), values)[..., 0]


def _growth(base: int, years: Sequence[int]) -> Array:
    """Return ln of the product of GDP growth factors, (power, host, year)."""
    gdp = nominal_gdp()

    def logs(codes: Sequence[str]) -> Array:
        growth: Array = np.log([[gdp[c][y] / gdp[c][base] for y in years] for c in codes])
        return growth

    return logs(axes.POWERS)[:, None] + logs(axes.HOSTS)[None]


def _contracted_gas(base: int, years: Sequence[int]) -> Array:
    """Return the value of the Chinese line's contracted gas, mn USD a year, not yet in the base."""
    names = registry()
    contract, fill, netback = (
        names[name].default(base + 1)
        for name in ("pipeline.china_turkmen.contract", "gas.fill_years", "gas.netback")
    )
    lines = {row["pipeline"]: row for row in read_table("pipelines")}
    opened = float(lines["china_turkmen"]["in_service"])
    lng = {
        int(r["year"]): float(r["value"])
        for r in read_table("commodity_prices")
        if r["series"] == "lng_japan"
    }
    middle = np.array(years) + 0.5
    age = np.maximum(middle - max(opened, base + 0.5), 0.0)
    zero = np.zeros_like(age)
    volume = gas.line_volume(zero, zero + contract, zero + contract, age, zero + fill)
    price = np.array([(lng[y] + lng[y - 1]) / 2.0 for y in years])
    return 4.0 * gas.gas_value(volume, np.full_like(age, netback), price)
