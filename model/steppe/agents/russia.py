"""Russia: money that follows oil, and pressure on those who turn away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.agents.power import HYDROCARBONS, TRANSPORT, Power

Array = NDArray[np.float64]

PIPELINES = 0.7
"""Weight of bids for oil and gas beside those for routes: a part of them ends in pipelines."""
PRESSURE_UNIT = 0.4
"""Rise of the rivals' share over the threshold that brings full pressure."""


class Russia(Power):
    """Budgets follow the oil price; rivals' influence outside the union meets pressure in transit.

    A host outside the EAEU in which the rivals' share of influence is above a threshold finds its
    goods held up on the railways through Russia, the more the further above.
    """

    def appetite(self) -> Array:
        around = self.model.relations.around
        response = self.model.values["russia.oil_response"]
        result: Array = np.exp(response * np.log(around.oil / around.oil_usual))
        return result

    def minds(self) -> Array:
        """Mind bids for routes and pipelines of all others: they lead around Russia."""
        field = np.zeros((len(axes.POWERS), len(axes.SECTORS)))
        field[:, TRANSPORT], field[:, HYDROCARBONS] = 1.0, PIPELINES
        field[self.power] = 0.0
        strength = self.model.values["russia.opposition"]
        return field[..., None] * strength

    def decide(self) -> None:
        super().decide()
        m = self.model
        rivals = np.zeros_like(m.relations.politics.pressure)
        for p in range(len(axes.POWERS)):
            if p != self.power:
                rivals += m.relations.politics.share[p]
        outside = 1.0 - m.relations.diplomacy.union(m.relations.quarter, m.relations.t)
        above = (rivals - m.values["russia.pressure_start"]) / PRESSURE_UNIT
        m.relations.politics.pressure[:] = np.clip(above, 0.0, 1.0) * outside
