"""The channels of influence in a quarter: what ties make of dependence, and what feeds the rest.

The laws are those of :mod:`steppe.laws.influence`, taken for every power, host and member.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR
from steppe.laws import influence
from steppe.laws.compiled import compiled
from steppe.laws.influence import ECONOMIC, INSTITUTIONAL, SECURITY, SOFT

Array = NDArray[np.float64]

P, H, R = len(axes.POWERS), len(axes.HOSTS), len(axes.REGIONS)
_RUSSIA = axes.POWERS.index("RUS")


class Ties(NamedTuple):
    """What ties hosts to powers.

    ``imports``, ``exports`` (host, region, member) and ``remittances`` (host, member)
    mn USD/quarter; ``gdp`` (host, member) mn USD/yr; ``prices`` (member,) over those of 2010;
    ``grace``, ``amortising`` (power, host, window, member) debt and ``operating`` (power, host,
    sector, member) capital, mn USD; ``agreements`` 0-1, ``transit`` and ``oil_transit`` shares of
    trade and of oil that cross the power (power, host, member); ``oil_weight`` (host, member) of
    oil in trade; ``elasticity``, ``half_loss`` (member,).
    """

    imports: Array
    exports: Array
    remittances: Array
    gdp: Array
    prices: Array
    grace: Array
    amortising: Array
    operating: Array
    agreements: Array
    transit: Array
    oil_transit: Array
    oil_weight: Array
    elasticity: Array
    half_loss: Array


@compiled
def depend(ties: Ties, bandwidth: Array, dependence: Array) -> None:
    """Write the bandwidth and dependence of each pair, (power, host, member)."""
    for h in range(H):
        for m in range(ties.gdp.shape[1]):
            imports = exports = 0.0
            for region in range(R):
                imports += ties.imports[h, region, m]
                exports += ties.exports[h, region, m]
            imports, exports = imports * PER_YEAR, exports * PER_YEAR
            gdp, oil = ties.gdp[h, m], ties.oil_weight[h, m]
            for p in range(P):
                debt = capital = 0.0
                for window in range(ties.grace.shape[2]):
                    debt += ties.grace[p, h, window, m] + ties.amortising[p, h, window, m]
                for sector in range(ties.operating.shape[2]):
                    capital += ties.operating[p, h, sector, m]
                bought = ties.imports[h, p, m] * PER_YEAR
                sold = ties.exports[h, p, m] * PER_YEAR
                sent = ties.remittances[h, m] * PER_YEAR / gdp if p == _RUSSIA else 0.0
                passing = (1.0 - oil) * ties.transit[p, h, m] + oil * ties.oil_transit[p, h, m]
                loss = influence.loss_when_cut_off(
                    bought / max(imports, 1e-9),
                    sold / max(exports, 1e-9),
                    imports / gdp,
                    exports / gdp,
                    sent,
                    passing,
                    debt / gdp,
                    capital / gdp,
                    ties.elasticity[m],
                )
                volume = (bought + sold + debt + capital) / ties.prices[m]
                bandwidth[p, h, m] = influence.bandwidth(volume, ties.agreements[p, h, m])
                dependence[p, h, m] = influence.dependence(loss, ties.half_loss[m])


class Inflows(NamedTuple):
    """What moves the channels in a quarter.

    ``capacity`` where the economic one goes, ``institutions``, ``security`` and ``organised`` (what
    organisations do for the soft one), 1/yr, ``visible`` and ``taught`` mn USD/yr, ``culture`` 0-1,
    all (power, host, member); ``gdp`` mn USD/yr and ``lost`` part of the soft channel by unrest
    (host, member); ``half_life`` years (channel, member).
    """

    capacity: Array
    institutions: Array
    security: Array
    organised: Array
    visible: Array
    taught: Array
    culture: Array
    gdp: Array
    lost: Array
    half_life: Array


@compiled
def move(channel: Array, inflows: Inflows) -> None:
    """Carry the channels (power, host, channel, member) into the next quarter, in place."""
    half = inflows.half_life
    for p in range(P):
        for h in range(H):
            for m in range(channel.shape[3]):
                level, gdp = channel[p, h, :, m], inflows.gdp[h, m]
                level[ECONOMIC] = influence.economic(
                    level[ECONOMIC], inflows.capacity[p, h, m], half[ECONOMIC, m]
                )
                level[INSTITUTIONAL] = influence.channel(
                    level[INSTITUTIONAL], half[INSTITUTIONAL, m], inflows.institutions[p, h, m]
                )
                level[SECURITY] = influence.channel(
                    level[SECURITY], half[SECURITY, m], inflows.security[p, h, m]
                )
                soft = influence.soft_inflow(
                    inflows.visible[p, h, m] / gdp,
                    inflows.taught[p, h, m] / gdp,
                    inflows.culture[p, h, m],
                    half[SOFT, m],
                )
                kept = 1.0 - min(inflows.lost[h, m], 1.0)
                soft += inflows.organised[p, h, m]
                level[SOFT] = influence.channel(level[SOFT], half[SOFT, m], soft) * kept
