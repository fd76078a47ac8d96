"""Recorded pipeline gas: volume times price, outside the share law.

Gas is booked where trade statistics record it.  Until buyers compete for it, a line carries its
base-year volume; a contracted line fills from its opening towards its contract.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

USD_PER_THOUSAND_M3 = 35.8
"""USD per 1000 m3 that one USD per MMBtu is worth (heat content of pipeline gas)."""


def line_volume(
    base_volume: Array, contract: Array, capacity: Array, age: Array, fill_years: Array
) -> Array:
    """Return min(capacity, V0 + (C - V0)(1 - exp(-age/tau))), bcm/yr, ``(member,)``.

    ``base_volume`` V0, ``contract`` C and ``capacity`` in bcm/yr; ``age`` in years since the line
    opened (or since the base year, if it was open then); ``fill_years`` tau in years.  A line whose
    capacity is 0 carries nothing.
    """
    filled = base_volume + (contract - base_volume) * -np.expm1(-age / fill_years)
    result: Array = np.minimum(capacity, np.maximum(filled, 0.0))
    return result


def gas_value(volume: Array, netback: Array, lng_price: Array) -> Array:
    """Return the value of gas, mn USD/quarter: volume (bcm/yr) x netback share x LNG price.

    ``lng_price``: Japan LNG, USD/MMBtu, two quarters earlier; ``netback``: what the seller at the
    border receives as a share of it.  1 bcm at 1 USD per 1000 m3 is worth 1 mn USD.
    """
    result: Array = volume * netback * lng_price * (USD_PER_THOUSAND_M3 / 4.0)
    return result
