"""Japan: cautious, bilateral, in search of a pilot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.agents.power import HYDROCARBONS, Power
from steppe.agents.prospects import COMMERCIAL
from steppe.clock import PER_YEAR

Array = NDArray[np.float64]

_CHINA, _MINERALS = axes.POWERS.index("CHN"), axes.SECTORS.index("minerals")
_PROPOSES = 0
"""Cell of the market's random numbers that decides on a proposal."""


class Japan(Power):
    """Makes no commercial offers where risk is above its limit, unless a pilot knows the way, and
    goes rather where one does.

    The pilot is, of those whom it does not mind, the one whose contractors know the host best: in
    practice Turkey (Danilov 2021).  Beside India it puts money into Chabahar, and only beside India
    (Ogutcu 2017).  What it has at stake follows its need of gas and its bill for rare earths.  A
    restriction of them makes it grant a package for business and mind China more; when they are
    dear enough for the risk it remembers, it proposes a plant to Kazakhstan, with equity of its own
    and an off-take contract.
    """

    def screen(self, risk: Array) -> Array:
        v = self.model.values
        piloted = self.search.known() >= v["japan.pilot_needed"]
        return ((risk <= v["japan.risk_limit"]) | piloted).astype(np.float64)

    def leaning(self, window: int) -> Array | float:
        if window != COMMERCIAL:
            return 0.0
        pull: Array = self.model.values["japan.pilot_pull"] * self.search.known()
        return pull

    def wariness(self) -> Array:
        """Mind China more while its restrictions are remembered."""
        wary = super().wariness().copy()
        rise = self.model.values["japan.restriction_wariness"]
        wary[_CHINA] *= 1.0 + rise * self.model.state.rare_earths.memory
        return wary

    def at_stake(self) -> Array:
        """Count a need of gas beyond the usual, and rare earths by their bill and origins."""
        stake = np.repeat(super().at_stake(), self.model.state.members, axis=1)
        stake[HYDROCARBONS] *= self.model.values["japan.gas_need"]
        stake[_MINERALS] *= self.model.rare_earths.stake()
        return stake

    def emergency(self) -> Array:
        """Grant a package when a restriction of rare earths alarms it, as in October 2010."""
        m = self.model
        package = m.values["japan.emergency_package"] * m.relations.around.prices
        result: Array = package * 0.5 * m.rare_earths.risen
        return result

    def propose(self) -> None:
        """Propose a plant of rare earths to Kazakhstan where it pays and money is there."""
        m, v, market = self.model, self.model.values, self.model.rare_earths
        relations = m.relations
        plants = relations.construction.proposal
        chance = market.chances[relations.quarter, _PROPOSES] < v["rare_earths.plant_chance"]
        wanted = chance & market.worth_a_plant() & (market.room_for_a_plant() > 0.0)
        cost = v["japan.plant_share"] * v["rare_earths.plant_cost"] * relations.around.prices
        equity = v["rare_earths.plant_size"] * cost
        wanted &= equity <= relations.money.purse[self.power, COMMERCIAL]
        plants.size[:] = v["rare_earths.plant_size"] * wanted
        plants.equity[:] = equity * wanted
        relations.reserved[self.power, COMMERCIAL] = plants.equity

    def abroad(self) -> Array:
        m, v = self.model, self.model.values
        beside_india = v["india.chabahar_finance"] > 0.0
        return (
            beside_india * m.relations.lets_banks_through() * v["japan.chabahar_finance"] / PER_YEAR
        )
