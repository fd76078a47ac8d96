"""Consortia: a power's search for a pilot, whose contractors know the host (negotiate, 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.laws import consortia

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steppe.model import CentralAsia

    Array = NDArray[np.float64]

JOINTLY_BUILT = np.isin(axes.SECTORS, ("hydrocarbons", "power", "transport", "chemicals"))
"""Sectors whose large works are complex enough to need builders who know the host."""


class Search:
    """How one power finds the pilots of its works."""

    def __init__(self, model: CentralAsia, power: int) -> None:
        self.model, self.power = model, power
        v = model.values
        self.rules = consortia.Rules(
            least_size=v["consortia.least"],
            possible=v["consortia.possible"],
            alone=v["consortia.alone"],
            effect=v["consortia.pilot_effect"],
            reach=v["consortia.reach"],
            haste=v["consortia.haste"],
            borne=v["consortia.loss_borne"],
            access=v["consortia.access"],
            least=v["consortia.cost"],
            trust=v["consortia.unpredictability"],
            guard=v["consortia.rival_weight"],
            noise=v["consortia.noise"],
            strength=v["consortia.bargaining"],
        )
        self.years = v.over("projects.years.{sector}")

    def seek(self) -> None:
        """Look for a pilot for each large and complex work that the power offers alone.

        The pilot is the one of the largest surplus; whether it comes about is chance.
        """
        relations, p = self.model.relations, self.power
        table = relations.offers
        works = consortia.Works(
            table.amount[p],
            table.sector[p],
            table.mode[p],
            table.pilot[p],
            table.fee[p],
            relations.drawn_pilots[p],
        )
        partners = consortia.Partners(
            np.ascontiguousarray(relations.may_pilot[p]),
            relations.menace[p],
            relations.unpredictable,
            relations.politics.embedded,
        )
        consortia.seek(
            self.rules,
            works,
            partners,
            p,
            relations.hazard[p],
            self.years,
            JOINTLY_BUILT,
            relations.around.prices,
        )

    def known(self) -> Array:
        """Return how well the best of the possible pilots knows each host, (host, member)."""
        relations = self.model.relations
        known = relations.politics.embedded * self.rules.reach
        allowed = relations.may_pilot[self.power, :, None]
        result: Array = np.maximum.reduce(known * allowed, axis=0)
        return result
