"""What powers and hosts see around them in a quarter, whether it was observed or simulated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MN_PER_BN = 1000.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Incomes and flows at the start of a quarter, member last.

    ``gdp`` (region,) bn current USD/yr, powers first; ``gdp_per_head``
    (host,) USD/yr; ``imports`` and ``exports`` of hosts by partner (host, region) mn USD/quarter,
    gas that passes through another's statistics with its buyer, Russia: ``hidden`` (host,) of it
    in the same unit; ``remittances`` (host,) mn USD/quarter; ``oil`` () USD/bbl and ``oil_usual``
    (): its mean of the years before; ``deflator`` () dollar prices over the base year's, ``prices``
    () over those of 2010.
    """

    gdp: Array
    gdp_per_head: Array
    imports: Array
    exports: Array
    hidden: Array
    remittances: Array
    oil: Array
    oil_usual: Array
    deflator: Array
    prices: Array

    @property
    def earnings(self) -> Array:
        """What a host earns abroad, exports and remittances, (host, member) mn USD/quarter."""
        result: Array = np.add.reduce(self.exports, axis=1) + self.remittances
        return result
