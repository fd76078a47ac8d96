"""Growth of the hosts: real income and the dollar price level.  Rates are per quarter.

Sources: gains from trade, Arkolakis, Costinot and Rodriguez-Clare (2012, American Economic Review
102); remittances and the dollar price level, estimated on 2001-09.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SMALLEST_OWN_SHARE = 0.05
"""Floor of the own-goods share: below it the ratio of imports to GDP is an artefact."""


def for_use(ratio: Array, base_ratio: float, cap: Array) -> Array:
    """Return imports (or exports) over GDP without re-exports, ``(member,)``.

    Where the base year's ratio lies above ``cap``, what is above it is taken for re-exports, and
    the same part of every later flow: ratio x min(1, cap / base ratio).
    """
    result: Array = ratio * np.minimum(1.0, cap / max(base_ratio, 1e-9))
    return result


def own_share(imports: Array, exports: Array) -> Array:
    """Return the host's expenditure share on its own goods, 1 - imports/absorption, (..., member).

    ``imports`` and ``exports`` relative to GDP, without re-exports; absorption = 1 + imports -
    exports.  Kept above ``SMALLEST_OWN_SHARE``.
    """
    sold = np.minimum(exports, 1.0 - SMALLEST_OWN_SHARE)
    result: Array = np.maximum(1.0 - imports / (1.0 + imports - sold), SMALLEST_OWN_SHARE)
    return result


def resource_revenue(oil: Array, gas: Array, minerals: Array, total: float, drift: Array) -> Array:
    """Return the log of a host's real resource revenue over the base year's, (member,).

    ln[(oil + gas + minerals)/total] - drift: ``oil`` at base volumes but for routes that closed,
    ``gas`` as delivered, ``minerals`` at base volumes, (member,) mn USD/quarter at current prices;
    ``total`` the base year's; ``drift`` the log change of dollar prices.  Oil and ores that grow
    with the economy are its growth already and do not count.
    """
    index = (oil + gas + minerals) / total
    result: Array = np.log(np.maximum(index, 1e-9)) - drift
    return result


def real_growth(
    trend: Array,
    trade_gain: Array,
    elasticity: Array,
    own_share_change: Array,
    resource_effect: Array,
    resource_change: Array,
    remittance_effect: Array,
    remittance_change: Array,
    infrastructure_elasticity: Array,
    infrastructure_change: Array,
    shock: Array,
) -> Array:
    """Return d ln Yr = g dt - kW/theta d ln pi_own + xi d ln pR + om d(rem/Y) + aG d ln G + shock.

    All arguments (..., member).  pR is the real revenue from resources (:func:`resource_revenue`);
    remittances enter relative to GDP; G is infrastructure over its trend.  Changes count beyond
    those that the trend g holds already (:mod:`steppe.world.drivers`).
    """
    result: Array = (
        trend
        - trade_gain / elasticity * own_share_change
        + resource_effect * resource_change
        + remittance_effect * remittance_change
        + infrastructure_elasticity * infrastructure_change
        + shock
    )
    return result


def price_level(
    pass_through: Array,
    russian_price_change: Array,
    oil_effect: Array,
    oil_change: Array,
    dollar_inflation: Array,
) -> Array:
    """Return ln Pu = b ln Pu_RUS + bo ln oil + (1 - b - bo) ln dollar prices, (..., member).

    All logs are changes from the base year.  The hosts' currencies follow the rouble and, for the
    oil exporters, the oil price.
    """
    result: Array = (
        pass_through * russian_price_change
        + oil_effect * oil_change
        + (1.0 - pass_through - oil_effect) * dollar_inflation
    )
    return result


def remittance_flow(
    base: Array, russian_gdp_change: Array, elasticity: Array, migrants: Array | float = 0.0
) -> Array:
    """Return remittances, mn USD/quarter: base x (Russian nominal GDP / base)^elasticity exp(m).

    ``base`` (..., 1) mn USD/quarter; ``russian_gdp_change`` (member,) log change of Russia's dollar
    GDP; ``elasticity`` (member,); ``migrants`` m, log change by their rights in Russia (member,).
    """
    result: Array = base * np.exp(elasticity * russian_gdp_change + migrants)
    return result
