"""How the powers stand with the hosts, and what hosts want: what all hosts weigh alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.clock import PER_YEAR
from steppe.laws import acceptance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steppe.model import CentralAsia

    Array = NDArray[np.float64]

_RUSSIA = axes.POWERS.index("RUS")
_CORRIDORS, _INTEGRATION = axes.ISSUES.index("corridors"), axes.ISSUES.index("integration")


def standing(model: CentralAsia) -> acceptance.Standing:
    """Return ties, debts, influence and objections as they are before hosts answer.

    Who leans towards Russia's union heeds Russia more.
    """
    relations = model.relations
    politics, money, around = relations.politics, relations.money, relations.around
    owed = money.debt
    flows = (around.imports + around.exports)[:, axes.POWER].swapaxes(0, 1)
    heeded = politics.share.copy()
    heeded[_RUSSIA] *= np.maximum(1.0 + politics.position[_INTEGRATION], 0.0)
    return acceptance.Standing(
        ties=np.ascontiguousarray(PER_YEAR * flows + owed + money.capital),
        owed=owed,
        secured=relations.secured,
        share=politics.share,
        heeded=heeded,
        aligned=politics.alignment[_CORRIDORS],
        opposed=relations.opposition,
        lent=relations.lent,
        content=model.values.over("{power}.local_content"),
    )


def wishes(model: CentralAsia) -> acceptance.Wishes:
    """Return what hosts have to invest in, what they want and what they produce."""
    relations = model.relations
    return acceptance.Wishes(
        endowment=relations.setting.endowment,
        wanted=relations.plants.wanted,
        gdp=relations.around.gdp[axes.HOST],
    )
