"""Russia: money that follows oil, and pressure on those who turn away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.agents.power import HYDROCARBONS, TRANSPORT, Power

Array = NDArray[np.float64]


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
        m = self.model
        field = np.zeros((len(axes.POWERS), len(axes.SECTORS), m.state.members))
        field[:, TRANSPORT] = 1.0
        field[:, HYDROCARBONS] = m.values["russia.pipeline_opposition"]
        field[self.power] = 0.0
        return field * m.values["russia.opposition"]

    def decide(self) -> None:
        super().decide()
        m = self.model
        rivals = np.zeros_like(m.relations.politics.pressure)
        for p in range(len(axes.POWERS)):
            if p != self.power:
                rivals += m.relations.politics.share[p]
        outside = 1.0 - m.relations.diplomacy.union(m.relations.quarter, m.relations.t)
        above = (rivals - m.values["russia.pressure_start"]) / m.values["russia.pressure_range"]
        m.relations.politics.pressure[:] = np.clip(above, 0.0, 1.0) * outside
