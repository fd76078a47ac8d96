"""A power's treasury: its two purses, what fills them and what its pledges become."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.laws import budgets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steppe.model import CentralAsia

    Array = NDArray[np.float64]

W = len(axes.WINDOWS)


class Treasury:
    """Budgets of one power; its purses are the power's slices of the state's money.

    ``first_grant`` (window, member) mn USD: the authority of the record's first quarter.
    """

    def __init__(self, model: CentralAsia, power: int) -> None:
        self.model, self.power = model, power
        v, money, members = model.values, model.state.money, model.state.members
        self.rules = budgets.Rules(
            concessional=v.over("{power}.concessional_budget")[power],
            commercial=v.over("{power}.commercial_budget")[power],
            path=v.over("{power}.budget")[power],
            response=v.over("{power}.rivalry_response")[power],
            balancing=v["powers.balancing"],
            lapse=v["powers.lapse"],
            tau=v.over("{power}.spending_time")[power],
            decay=v["powers.pledge_decay"],
            conversion=v["powers.pledge_conversion"],
        )
        self.account = budgets.Account(
            *(getattr(money, name)[power] for name in budgets.Account._fields)
        )
        self.first_grant = np.zeros((W, members))
        self._appetite = np.ones((W, members))
        self._emergency, self._abroad = np.zeros((2, members))

    def fund(
        self, appetite: Array | float, emergency: Array | float, abroad: Array | float
    ) -> None:
        """Let authority lapse, take up pledges, grant the quarter's and pay for works abroad.

        ``appetite`` factor of its own on the budgets; ``emergency`` business beyond them and what
        works ``abroad`` would cost, mn USD.
        """
        m, p, relations = self.model, self.power, self.model.relations
        self._appetite[:], self._emergency[:], self._abroad[:] = appetite, emergency, abroad
        announced = m.prospects.announced[p]
        means = budgets.Means(
            self._appetite, m.prospects.aid[p], self._emergency, announced, self._abroad
        )
        granted, spent = budgets.fund(
            self.rules,
            self.account,
            means,
            relations.around.gdp[p],  # powers stand first among the regions
            float(relations.setting.ramp[p, relations.quarter]),
            relations.politics.threat[p],
            relations.politics.threat_before[p],
            relations.first,
        )
        if relations.first:
            self.first_grant = granted
        relations.money.pledged_now[p] = announced
        relations.spent_abroad[p] = spent
        relations.note_pledges(p, announced)
