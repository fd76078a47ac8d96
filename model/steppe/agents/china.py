"""China: scale, loans against resources, and a credit cycle of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.agents.power import TRANSPORT, Power
from steppe.agents.prospects import COMMERCIAL

if TYPE_CHECKING:
    from steppe.model import CentralAsia

Array = NDArray[np.float64]

_RESOURCES = [axes.GOODS.index("hydrocarbons"), axes.GOODS.index("minerals")]


class China(Power):
    """Turns money on and off with its own cycle and lends against resource exports.

    In a go its budgets are 1 + swing, in a stop 1 - swing; phases end by chance, with the same
    chance each quarter, so that the mean over time is one.  Commercial money is drawn to hosts that
    sell resources, and what these secure of a host's debt to China frightens neither side.  In
    disputes with Japan it restricts exports of rare earths.
    """

    def __init__(self, model: CentralAsia, code: str) -> None:
        super().__init__(model, code)
        trade = model.base.trade[axes.HOST]
        total = trade.sum(axis=(1, 2))
        self.resource_share = (trade[:, :, _RESOURCES].sum(axis=(1, 2)) / total)[:, None]
        self.going = model.relations.credit_cycle[0] < 0.5

    def stir(self) -> None:
        m = self.model
        ends = m.relations.credit_cycle[m.relations.quarter] < 1.0 / m.values["china.credit_phase"]
        if not m.relations.first:
            self.going = self.going ^ ends

    def decide(self) -> None:
        """Restrict exports of rare earths, too: when tension with Japan is high, or on record."""
        super().decide()
        m, v, market = self.model, self.model.values, self.model.rare_earths
        quarter = m.relations.quarter
        market.stir(quarter)
        tension = m.state.rare_earths.tension
        start = v["china.restricts_from"]
        level = (tension >= start).astype(np.float64) + (tension >= start + v["china.stops_from"])
        market.restrict(quarter, level, m.relations.t)

    def appetite(self) -> Array:
        m = self.model
        return 1.0 + m.values["china.credit_swing"] * np.where(self.going, 1.0, -1.0)

    def leaning(self, window: int) -> Array | float:
        if window != COMMERCIAL:
            return 0.0
        pull: Array = self.model.values["china.resource_pull"] * self.resource_share
        return pull

    def secured(self) -> Array:
        backed: Array = self.model.values["china.resource_backing"] * self.resource_share
        return backed

    def minds(self) -> Array:
        """Mind bids for routes of those who would lead around China."""
        field = np.zeros((len(axes.POWERS), len(axes.SECTORS)))
        for code in ("JPN", "TUR", "IND"):
            field[axes.POWERS.index(code), TRANSPORT] = 1.0
        strength = self.model.values["china.opposition"]
        return field[..., None] * strength
