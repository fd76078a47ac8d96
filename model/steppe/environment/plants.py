"""Power plants of the hosts, and what their scarcity and the treaty do to projects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.laws import energy
from steppe.parameters import Values
from steppe.world.setting import Setting
from steppe.world.state import State

Array = NDArray[np.float64]

H, S = len(axes.HOSTS), len(axes.SECTORS)
_POWER, _MINERALS = axes.SECTORS.index("power"), axes.SECTORS.index("minerals")
_ZONE = axes.ORGANISATIONS.index("CANWFZ")


class Plants:
    """Megawatts by host; needs by host and sector; nuclear money that stays away.

    ``wanted`` (host, sector, member): what hosts want built; ``withheld`` (host, sector, member):
    the part of a sector's money that is not offered, because it would be nuclear or uranium and the
    treaty does not hold; ``risk`` (host, sector, member): the factor on cancellations there.
    """

    def __init__(self, setting: Setting, uranium: Array, state: State, values: Values) -> None:
        """``uranium`` (host,): its part of the base year's exports of minerals."""
        self.setting, self.state, self.values = setting, state, values
        members = state.members
        self.before = values.over("{host}.power_capacity").copy()
        state.power_capacity[:] = self.before
        self.wanted = np.repeat(setting.wanted[..., None], members, axis=2)
        self.exposed = np.zeros((H, S, members))
        self.exposed[:, _MINERALS] = uranium[:, None]
        self.withheld, self.risk = np.zeros((H, S, members)), np.ones((H, S, members))

    def survey(self, quarter: int, running: bool) -> None:
        """Read the treaty, the moratorium and, in the run, the scarcity of power."""
        v = self.values
        self.exposed[:, _POWER] = v.over("{host}.nuclear_share")
        held = v["nuclear.treaty"] * self.setting.members[_ZONE, axes.HOST, quarter, None]
        distrusted = v["nuclear.treaty_effect"] * (1.0 - held)
        self.withheld[:] = self.exposed * distrusted[:, None]
        self.withheld[:, _POWER] += (
            self.exposed[:, _POWER] * (1.0 - distrusted) * v["nuclear.moratorium"]
        )
        self.risk[:] = 1.0 + (v["nuclear.hazard"] - 1.0) * self.exposed * distrusted[:, None]
        if running:
            short = energy.scarcity(
                self.state.log_real[axes.HOST] - self.grown_before,
                v["power.demand_elasticity"],
                self.state.power_capacity,
                self.before,
            )
            need = self.setting.wanted[:, _POWER, None] + v["power.capacity_effect"] * short
            np.clip(need, 0.0, v["power.need_limit"], out=self.wanted[:, _POWER])

    def start(self) -> None:
        """Take the run's first quarter as what capacity and demand are measured from."""
        self.grown_before = self.state.log_real[axes.HOST].copy()

    def renew(self, completed: Array, prices: Array) -> None:
        """Add completed power works (host, member), mn USD, and retire old plants.

        ``prices`` (member,): dollar prices over those of 2010.
        """
        v, s = self.values, self.state
        s.power_capacity[:] = energy.plant_capacity(
            s.power_capacity,
            v["power.plant_share"] * completed,
            v["power.plant_cost"] * prices,
            v["power.retirement"] - v["power.own_building"],
        )
