"""A power: its economy is exogenous; it weighs rivals, fills its purses and makes offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.agents.consortium import Search
from steppe.agents.country import Country
from steppe.agents.offering import Offering
from steppe.agents.prospects import COMMERCIAL, CONCESSIONAL
from steppe.agents.treasury import Treasury
from steppe.laws import budgets

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from steppe.model import CentralAsia

    Array = NDArray[np.float64]

HYDROCARBONS, TRANSPORT = axes.SECTORS.index("hydrocarbons"), axes.SECTORS.index("transport")


class Power(Country):
    """Japan, China, Russia, Turkey or India; the subclasses say how each differs.

    What a subclass may change: :meth:`stir` (what moves in it), :meth:`appetite` (how much money),
    :meth:`emergency` (money beyond budgets), :meth:`screen` (what it does not finance),
    :meth:`leaning` (where else it is drawn), :meth:`wariness` (whom it minds), :meth:`at_stake`
    (which supplies it fears for), :meth:`propose` (what is no ordinary offer), :meth:`abroad`
    (works in transit countries), :meth:`minds` (whose bids it opposes), :meth:`steadiness` (how
    firmly it stands by its projects), :meth:`unpredictability` (what partners must expect of it),
    :meth:`secured` (loans against resources).
    """

    def __init__(self, model: CentralAsia, code: str) -> None:
        super().__init__(model, code)
        self.power = axes.POWERS.index(code)
        self.treasury = Treasury(model, self.power)
        self.offering = Offering(model, self.power)
        self.search = Search(model, self.power)

    # --- what a subclass may change --------------------------------------------------------------

    def stir(self) -> None:
        """Move what moves in it before it decides."""

    def wariness(self) -> Array:
        """Return how much it minds each other power, (power, member)."""
        wary: Array = self.model.relations.wary[self.power]
        return wary

    def at_stake(self) -> Array:
        """Return what it has at stake in foreign supplies, (sector, member) or (sector, 1)."""
        stake: Array = self.model.relations.setting.at_stake[self.power][:, None]
        return stake

    def emergency(self) -> Array | float:
        """Return what it grants for business beyond its budget this quarter, mn USD, (member,)."""
        return 0.0

    def propose(self) -> None:
        """Put on the table what is no offer of a window, and reserve its money."""

    def appetite(self) -> Array | float:
        """Return the factor of its own affairs on the budgets, (member,) or (window, member)."""
        return 1.0

    def screen(self, risk: Array) -> Array | float:
        """Return 1 where it offers commercial money, else 0, by country risk (host, member)."""
        return 1.0

    def leaning(self, window: int) -> Array | float:
        """Return what else draws its money to a host, in units of motives, (host, member)."""
        return 0.0

    def abroad(self) -> Array | float:
        """Return what it spends on works in transit countries this quarter, mn USD, (member,)."""
        return 0.0

    def minds(self) -> Array | float:
        """Return how far it minds others' bids, 0-1, (power, sector, member)."""
        return 0.0

    def steadiness(self) -> Array | float:
        """Return the factor on the cancellation of its projects, (member,)."""
        return 1.0

    def unpredictability(self) -> Array | float:
        """Return the spread of its moods as its partners see it, (member,)."""
        return 0.0

    def secured(self) -> Array | float:
        """Return the part of debts to it that resources secure, (host, member)."""
        return 0.0

    # --- the phases ------------------------------------------------------------------------------

    def observe(self) -> None:
        self.model.economy.advance(self.region)

    def decide(self) -> None:
        """Weigh the rivals, fill the purses, make offers."""
        self.stir()
        self._show()
        self._weigh_rivals()
        self._fund()
        self.propose()
        self._offer()

    def seek_pilot(self) -> None:
        """Look for a pilot for each large and complex work that it offers alone (negotiate, 1)."""
        self.search.seek()

    def _show(self) -> None:
        """Show the others what they may expect of it."""
        relations, p = self.model.relations, self.power
        relations.secured[p] = self.secured()
        relations.construction.steadiness[p] = self.steadiness()
        relations.unpredictable[p] = self.unpredictability()
        relations.opposition[p] = self.minds()

    def _weigh_rivals(self) -> None:
        relations, p = self.model.relations, self.power
        politics = relations.politics
        politics.threat[p] = budgets.threat(self.wariness(), politics.share, p)
        if relations.first:
            politics.threat_before[p] = politics.threat[p]

    def _fund(self) -> None:
        """Fill the purses and pay for works abroad; contractors reinvest a part of their fees."""
        m = self.model
        fees = np.add.reduce(m.relations.money.fees_now[self.power], axis=0)
        earned = m.values["consortia.reinvested"] * fees
        self.treasury.fund(self.appetite(), self.emergency() + earned, self.abroad())

    def _risk(self) -> Array:
        """Return country risk, minus stability plus distress and unrest, (host, member)."""
        m = self.model
        distress = m.relations.money.distress * (1.0 - m.relations.secured[self.power])
        result: Array = m.prospects.instability + distress
        return result

    def _offer(self) -> None:
        """Put offers of both windows on the table."""
        risk = self._risk()
        leaning = self.leaning(CONCESSIONAL), self.leaning(COMMERCIAL)
        self.offering.make(
            risk, self.at_stake(), leaning, self.screen(risk), self.treasury.first_grant
        )
