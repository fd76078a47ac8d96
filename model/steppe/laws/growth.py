"""Growth of the hosts: real income and the dollar price level.  Rates are per quarter.

Sources: gains from trade, Arkolakis, Costinot and Rodriguez-Clare (2012, American Economic Review
102); remittances and the dollar price level, estimated on 2001-09.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def own_share(imports: Array, exports: Array, cap: Array) -> Array:
    """Return the host's expenditure share on its own goods, 1 - imports/absorption, (..., member).

    ``imports`` and ``exports`` relative to GDP; absorption = 1 + imports - exports.  Re-exports can
    lift both far above what is used or made at home: each is counted up to ``cap`` of GDP.
    """
    bought, sold = np.minimum(imports, cap), np.minimum(exports, cap)
    result: Array = 1.0 - bought / (1.0 + bought - sold)
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
    shock: Array,
) -> Array:
    """Return d ln Yr = g dt - (kW/theta) d ln pi_own + xi d ln(R/Y) + om d(rem/Y) + shock.

    All arguments (..., member).  Resource revenue R and remittances enter relative to GDP, so that
    balanced growth leaves the trend alone.
    """
    result: Array = (
        trend
        - trade_gain / elasticity * own_share_change
        + resource_effect * resource_change
        + remittance_effect * remittance_change
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


def remittance_flow(base: Array, russian_gdp_change: Array, elasticity: Array) -> Array:
    """Return remittances, mn USD/quarter: base x (Russian nominal GDP / base)^elasticity.

    ``base`` (..., 1) mn USD/quarter; ``russian_gdp_change`` (member,) log change of Russia's dollar
    GDP; ``elasticity`` (member,).
    """
    result: Array = base * np.exp(elasticity * russian_gdp_change)
    return result
