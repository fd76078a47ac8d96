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

    The pilot is, of those whom it does not mind, the one whose contractors know the host best: in
    practice Turkey (Danilov 2021).  Beside India it puts money into Chabahar, and only beside India
    (Ogutcu 2017).
    """

    def screen(self, risk: Array) -> Array:
        v = self.model.values
        piloted = self.known_by_pilots() >= v["japan.pilot_needed"]
        return ((risk <= v["japan.risk_limit"]) | piloted).astype(np.float64)

    def stakes(self) -> Array:
        """A need of gas beyond the usual raises what it has at stake in fuels."""
        stakes = np.repeat(super().stakes(), self.model.state.members, axis=1)
        stakes[HYDROCARBONS] *= self.model.values["japan.gas_need"]
        return stakes

    def leaning(self, window: int) -> Array | float:
        m = self.model
        return m.values["japan.pilot_pull"] * self.known_by_pilots() * (window == COMMERCIAL)

    def abroad(self) -> Array:
        m, v = self.model, self.model.values
        beside_india = v["india.chabahar_finance"] > 0.0
        return (
            beside_india * m.relations.lets_banks_through() * v["japan.chabahar_finance"] / PER_YEAR
        )
