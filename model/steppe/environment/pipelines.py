"""Pipelines: recorded gas, delivered by contract outside the share law."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR
from steppe.laws import gas
from steppe.parameters import Values
from steppe.world.base import Base
from steppe.world.state import H, K, State

Array = NDArray[np.float64]

_TURKMENISTAN, _CHINA = axes.HOSTS.index("TKM"), axes.PARTNERS.index("CHN")


class Pipelines:
    """Gas of the hosts by the partner in whose trade it is recorded.

    Every line carries its base-year volume; Turkmenistan's to China fills towards its contract.
    ``value`` (host, partner, member) is what was delivered last, mn USD/quarter.
    """

    def __init__(self, base: Base, lng_base: float, state: State) -> None:
        self.base, self.lng_base, self.state = base, lng_base, state
        self.value = np.zeros((H, K, state.members))

    def deliver(self, values: Values, years_since_base: float) -> None:
        """Value the quarter's gas at the LNG price of two quarters ago."""
        base, price = self.base, self.state.lng_history[2]
        self.value[:] = base.gas_value[..., None] / PER_YEAR * (price / self.lng_base)
        opened = np.maximum(values["gas.china_opened"], base.middle)
        age = np.maximum(base.middle + years_since_base - opened, 0.0)
        before = base.gas_volume[_TURKMENISTAN, _CHINA]
        volume = gas.line_volume(
            np.full_like(age, before),
            values["gas.china_contract"],
            values["gas.china_capacity"],
            age,
            values["gas.fill_years"],
        )
        self.state.gas_export[_TURKMENISTAN, _CHINA] = volume
        line = self.value[_TURKMENISTAN, _CHINA]
        if before > 0.0:
            line *= volume / before
        else:
            line[:] = gas.gas_value(volume, values["gas.netback"], price)
