"""Whether a host joins or leaves Russia's customs union (the host's yearly decision)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.clock import PER_YEAR
from steppe.laws import acceptance, organisations
from steppe.world.surroundings import MN_PER_BN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steppe.model import CentralAsia

    Array = NDArray[np.float64]

_RUSSIA = axes.POWERS.index("RUS")
_INTEGRATION = axes.ISSUES.index("integration")


def decision(model: CentralAsia, h: int) -> Array:
    """Return what host ``h`` decides, (member,): 1 joined, -1 left, 0 as history has it."""
    v, relations = model.values, model.relations
    politics, around = relations.politics, relations.around
    gdp = around.gdp[axes.HOST][h] * MN_PER_BN
    union = relations.diplomacy.customs_union()
    flows = around.imports[h] + around.exports[h]  # (region, member)
    with_members = flows[_RUSSIA] + np.add.reduce(flows[axes.HOST] * union, axis=0)
    ties = PER_YEAR * flows[axes.POWER] + relations.money.debt[:, h]
    share, herfindahl = acceptance.concentration(ties + relations.money.capital[:, h])
    wary = v.over("{power}.wary_of_russia")
    minded = np.add.reduce(politics.share[:, h] * wary, axis=0)
    utility = organisations.accession_utility(
        with_members / np.maximum(np.add.reduce(flows, axis=0), 1e-9),
        PER_YEAR * around.remittances[h] / gdp,
        relations.pressure_seen[h],
        politics.position[_INTEGRATION, h],
        organisations.autonomy_loss(
            acceptance.hedging(share, herfindahl, v["hosts.hedging"])[_RUSSIA],
            v["hosts.hedging"] * v["accession.autonomy"],
            v.over("{host}.autonomy")[h],
        ),
        acceptance.opposition(minded, v["hosts.heed"]),
        (
            v["accession.market"],
            v["accession.migrants"],
            v["accession.pressure"],
            v["accession.leaning"],
        ),
    )
    rate = v["accession.rate"] * v["organisations.endogenous"]
    result: Array = organisations.decision(
        v.over("{host}.eaeu")[h],
        politics.accession[h],
        rate * acceptance.probability(utility, v["accession.threshold"]),
        rate * acceptance.probability(-utility, v["accession.inertia"]),
        relations.luck(h),
    )
    return result
