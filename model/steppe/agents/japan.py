"""Japan: cautious, bilateral, in search of a pilot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.agents.power import COMMERCIAL, HYDROCARBONS, Power
from steppe.clock import PER_YEAR

Array = NDArray[np.float64]


class Japan(Power):
    """Makes no commercial offers where risk is above its limit, unless a pilot knows the way, and
    goes rather where one does.

    The pilot is Turkey's contractors where they are embedded (Danilov 2021).  Beside India it puts
    money into Chabahar, and only beside India (Ogutcu 2017).
    """

    def screen(self, risk: Array) -> Array:
        v = self.model.values
        piloted = self.model.relations.politics.embedded >= v["japan.pilot_needed"]
        return ((risk <= v["japan.risk_limit"]) | piloted).astype(np.float64)

    def stakes(self) -> Array:
        """A need of gas beyond the usual raises what it has at stake in fuels."""
        stakes = np.repeat(super().stakes(), self.model.state.members, axis=1)
        stakes[HYDROCARBONS] *= self.model.values["japan.gas_need"]
        return stakes

    def leaning(self, window: int) -> Array | float:
        m = self.model
        return m.values["japan.pilot_pull"] * m.relations.politics.embedded * (window == COMMERCIAL)

    def abroad(self) -> Array:
        m, v = self.model, self.model.values
        beside_india = v["india.chabahar_finance"] > 0.0
        return (
            beside_india * m.relations.lets_banks_through() * v["japan.chabahar_finance"] / PER_YEAR
        )
