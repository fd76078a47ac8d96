"""Energy beside gas: routes of oil, the uranium price, power plants.

Sources: logit choice under capacities, the discrete-choice form of McFadden (1974); log
Ornstein-Uhlenbeck prices, Schwartz (1997), Journal of Finance 52.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.clock import STEP
from steppe.laws.gas import routed

Array = NDArray[np.float64]

BARRELS_PER_TONNE = 7.3
LEAST_KEPT = 0.05
"""Part of the price of a tonne that is left after the dearest route."""
LEAST_CAPACITY, LEAST_PRICE = 1.0, 1e-9
"""MW and USD/t below which a ratio of two of them does not move any more."""


def oil_flows(capacity: Array, tariff: Array, spread: Array, exports: Array) -> Array:
    """Return oil by route, Mt/yr, ``(route, member)``.

    ``exports`` (member,) go by ``capacity`` x exp(-tariff/spread), no route above its capacity;
    ``tariff`` (route, 1) and ``spread`` (member,) USD/t.  What no route holds stays at home.
    """
    return routed(capacity, -tariff / spread, exports)


def kept_of_price(price: Array, tariff: Array, reference: Array) -> Array:
    """Return (p - T)/(p - T0), ``(member,)``: what dearer routes leave of a tonne's price.

    ``price`` p, mean ``tariff`` T and the one with all routes open, ``reference`` T0, USD/t;
    1 where there is no price yet.
    """
    least = np.maximum(LEAST_KEPT * price, LEAST_PRICE)
    result: Array = np.maximum(price - tariff, least) / np.maximum(price - reference, least)
    return result


def log_price_step(
    log_price: Array, long_run: Array, reversion: Array, volatility: Array, shock: Array
) -> Array:
    """Return ln p + (1 - exp(-k dt))(ln p* - ln p) + s sqrt(dt) e, ``(member,)``.

    ``long_run`` ln p*, ``reversion`` k and ``volatility`` s per year, ``shock`` e standard normal.
    """
    pull = -np.expm1(-reversion * STEP)
    result: Array = log_price + pull * (long_run - log_price) + volatility * np.sqrt(STEP) * shock
    return result


def mixed_price(ores: Array, uranium: Array, part: Array) -> Array:
    """Return ln[(1 - u) exp(ores) + u exp(uranium)], the log price of minerals, ``(member,)``.

    ``ores`` and ``uranium`` log changes from the base year, ``part`` u of uranium in the base
    year's exports of minerals.
    """
    result: Array = np.log((1.0 - part) * np.exp(ores) + part * np.exp(uranium))
    return result


def uranium_share(price: Array, uranium: Array, ores: Array, part: Array, follows: Array) -> Array:
    """Return the part of uranium in the value of minerals, ``(member,)`` 0-1.

    u [s exp(uranium) + (1 - s) exp(ores)] / exp(price): base ``part`` u, of which ``follows`` s has
    the uranium price; log changes as in :func:`mixed_price`.
    """
    value = follows * np.exp(uranium) + (1.0 - follows) * np.exp(ores)
    result: Array = np.minimum(part * value / np.exp(price), 1.0)
    return result


def plant_capacity(capacity: Array, completed: Array, cost: Array, retirement: Array) -> Array:
    """Return MW after a quarter, K (1 - r dt) + completed/cost, ``(host, member)``.

    ``completed`` mn USD of plants in the quarter and ``cost`` mn USD per MW in the same dollars;
    ``retirement`` r 1/yr.
    """
    result: Array = capacity * (1.0 - retirement * STEP) + completed / cost
    return result


def scarcity(log_real: Array, elasticity: Array, capacity: Array, base: Array) -> Array:
    """Return ln(demand/capacity) since the start, e d ln Yr - ln(K/K0), ``(host, member)``.

    A host without plants, K or K0 0, counts as one with ``LEAST_CAPACITY``.
    """
    grown = np.maximum(capacity, LEAST_CAPACITY) / np.maximum(base, LEAST_CAPACITY)
    result: Array = elasticity * log_real - np.log(grown)
    return result
