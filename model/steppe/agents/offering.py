"""A power's offers: it weighs hosts and sectors, draws offers and puts them on the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.agents.prospects import COMMERCIAL, CONCESSIONAL
from steppe.environment.capital import BUILT
from steppe.laws import choice, motives, offers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from steppe.model import CentralAsia

    Array = NDArray[np.float64]

H, S, W = len(axes.HOSTS), len(axes.SECTORS), len(axes.WINDOWS)
MOTIVES = ("security", "return", "balance", "network", "need", "caution")
"""In the order of :mod:`steppe.laws.choice`."""
AID = MOTIVES[1:]
"""Motives of concessional money: it finances nothing that secures supplies."""
TRANSPORT, SCHOOLS = axes.SECTORS.index("transport"), axes.SECTORS.index("education_culture")
_BUILT = np.isin(np.arange(S), BUILT)


class Offering:
    """What one power offers: its weights, the units of its motives, its place on the table.

    ``unit`` (motive, member): spread of each motive over hosts and sectors in the first quarter.
    """

    def __init__(self, model: CentralAsia, power: int) -> None:
        self.model, self.power = model, power
        v, members, p, relations = model.values, model.state.members, power, model.relations
        self.rows = [
            np.array(
                [v.registry.rows[f"{{power}}.{window}_{motive}"].start + p for motive in motives_of]
            )
            for window, motives_of in zip(axes.WINDOWS, (AID, MOTIVES), strict=True)
        ]
        self.usual = offers.Usual(
            concessional=v.over("{power}.concessional_offer")[p],
            commercial=v.over("{power}.commercial_offer")[p],
            spread=v["powers.offer_spread"],
            tau=v.over("{power}.spending_time")[p],
            banks=v.over("{power}.multilateral_share")[p],
            to_risk=v["powers.multilateral_risk"],
            usual_risk=v["powers.usual_risk"],
        )
        table = relations.offers
        self.table = offers.Table(
            amount=table.amount[p],
            sector=table.sector[p],
            mode=table.mode[p],
            expected=relations.expected[p],
            expected_works=relations.expected_works[p],
        )
        self.unit: Array | None = None
        self._weights = np.zeros((W, len(MOTIVES), members))
        self._security = np.zeros((H, S, members))
        self._drawn, self._allowed = np.zeros((2, W, H, members))
        self._odds = np.empty((W, H, S, members))

    def make(
        self,
        risk: Array,
        at_stake: Array,
        leaning: Sequence[Array | float],
        screen: Array | float,
        first_grant: Array,
    ) -> None:
        """Draw the quarter's offers of both windows to each host.

        ``risk`` (host, member) and the rules of the power: ``at_stake``, ``leaning`` by window and
        ``screen``, see :class:`steppe.agents.power.Power`.
        """
        m, p, relations = self.model, self.power, self.model.relations
        v, seen = m.values, m.prospects
        odds = self._weigh(risk, at_stake, leaning)
        self._allowed[CONCESSIONAL], self._allowed[COMMERCIAL] = seen.graduated, screen
        of_host, works = choice.choose(
            odds,
            relations.setting.profile[p],
            self._allowed,
            relations.plants.withheld,
            v.over("{power}.schooling")[p],
            SCHOOLS,
            _BUILT,
        )
        drawn = relations.drawn
        offers.draw(
            self.usual,
            odds,
            of_host,
            works,
            relations.money.purse[p] - relations.reserved[p],
            seen.relative,
            seen.gdp,
            risk,
            offers.Draws(drawn["count"][p], drawn["size"][p], drawn["sector"][p]),
            relations.quarter % H,
            relations.first,
            self.table,
        )
        if relations.first:
            taken = v["hosts.expected_acceptance"]
            relations.inherited[p] = taken * of_host * first_grant[:, None]

    def _weigh(self, risk: Array, at_stake: Array, leaning: Sequence[Array | float]) -> Array:
        """Return exp(U - max U), (window, host, sector, member)."""
        m, p, relations = self.model, self.power, self.model.relations
        v, drawn, odds = m.values, self._drawn, self._odds
        np.take(v.table, self.rows[0], axis=0, out=self._weights[CONCESSIONAL, 1:], mode="clip")
        np.take(v.table, self.rows[1], axis=0, out=self._weights[COMMERCIAL], mode="clip")
        for window in range(W):
            np.add(m.prospects.drawn[p, window], leaning[window], out=drawn[window])
        ties = choice.Ties(
            size=m.prospects.size,
            size_preference=v.over("{power}.size_preference")[p],
            drawn=drawn,
            pool=relations.money.pool[p],
            pull=v["powers.pledge_pull"],
            prices=relations.around.prices,
            temperature=v["powers.temperature"],
        )
        seen = self.motives(risk, at_stake)
        if self.unit is None:
            self.unit = self._units(seen)
        choice.utility(seen, self._weights, self.unit, ties, TRANSPORT, odds)
        return np.exp(odds, out=odds)

    def motives(self, risk: Array, at_stake: Array) -> choice.Motives:
        """Return what the power sees in hosts and sectors, before units and weights."""
        m, p, relations = self.model, self.power, self.model.relations
        potential = relations.setting.potential[..., None]
        self._security[:] = motives.security(at_stake, potential)
        return choice.Motives(
            income=m.prospects.income,
            worth=m.prospects.worth[p],
            security=self._security,
            threat=relations.politics.threat[p],
            balancing=m.values["powers.balancing"],
            served=relations.served[p],
            need=m.prospects.need,
            risk=risk,
        )

    @staticmethod
    def _units(seen: choice.Motives) -> Array:
        """Return the spread of each motive, (motive, member), over the sectors where it varies.

        Returns are those of business.  Security and balance have units that are the same for every
        power: one without fuel imports has none to secure.
        """
        unit = np.ones((len(MOTIVES), seen.risk.shape[-1]))
        earned = motives.present_value(seen.income, seen.worth[COMMERCIAL])
        unit[choice.RETURN] = motives.spread(earned)
        unit[choice.NETWORK] = motives.spread(seen.served)
        unit[choice.NEED] = motives.spread(seen.need)
        unit[choice.CAUTION] = motives.spread(seen.risk)
        return unit
