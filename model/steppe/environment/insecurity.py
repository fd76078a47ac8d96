"""Insecurity: unrest in the hosts and conflict in Afghanistan, and whom they concern."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.laws import insecurity as law
from steppe.parameters import Values
from steppe.world.organisations import spillover
from steppe.world.setting import Setting

Array = NDArray[np.float64]


def unrest(before: Array, values: Values, quarter: int, t: int) -> Array:
    """Return unrest in each host, 0 to 3, (host, member): dated before the run, then a parameter.

    ``before`` (host, quarter) is what the record knows.
    """
    level = values.over("{host}.unrest")
    if t < 0:
        level = np.maximum(level, before[:, quarter, None])
    result: Array = values["unrest.effects"] * level
    return result


class Insecurity:
    """Gives unrest, conflict and what follows from them for links, aid and alliances."""

    def __init__(self, setting: Setting, values: Values, base_values: Values) -> None:
        self.setting, self.values = setting, values
        self.base_conflict = base_values["afghanistan.conflict"].copy()
        self.spillover = spillover()

    def unrest(self, quarter: int, t: int) -> Array:
        """Return unrest in each host, (host, member)."""
        return unrest(self.setting.unrest, self.values, quarter, t)

    def change(self, quarter: int, t: int) -> Array:
        """Return how far the conflict departs from the dated one, -1 to 1, (member,).

        The dated one is what budgets and alliances as observed hold already.
        """
        current = self.values["afghanistan.conflict"]
        usual = self.setting.conflict[quarter] if t >= 0 else current
        result: Array = self.values["afghanistan.spillover"] * (current - usual)
        return result

    def aid_factor(self, quarter: int, t: int) -> Array:
        """Return the factor on each power's concessional budget, (power, member)."""
        response = self.values.over("{power}.afghanistan_aid")
        return law.aid_factor(response, self.change(quarter, t))

    def aid_pull(self, quarter: int, t: int) -> Array:
        """Return what draws powers' aid to hosts beside the conflict, (power, host, member)."""
        values, setting = self.values, self.setting
        conflict = values["afghanistan.conflict"] if t >= 0 else setting.conflict[quarter]
        return law.aid_pull(
            values["afghanistan.spillover"] * values.over("{power}.afghanistan_aid")[:, None],
            values.over("{host}.afghanistan_exposure"),
            np.asarray(setting.concern[quarter]),
            conflict,
        )

    def alliance_factor(self, quarter: int, t: int) -> Array:
        """Return the factor on what alliances add to security influence, (host, member)."""
        values = self.values
        return law.alliance_factor(
            values["influence.security_need"],
            values.over("{host}.afghanistan_exposure"),
            self.change(quarter, t),
            self.unrest(quarter, t),
        )

    def on_links(self) -> tuple[Array, Array]:
        """Return what the conflict adds on the links since the base: conflict 0-1 and days.

        Both (link, member); in the run only.
        """
        values = self.values
        moved = values["afghanistan.conflict"] - self.base_conflict
        conflict = self.spillover * (values["afghanistan.spillover"] * moved)
        return conflict, conflict * values["afghanistan.border_days"]
