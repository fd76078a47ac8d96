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

    ``imports``, ``exports`` (host, region, member), ``hidden`` (host, member), the part of exports
    to Russia that no statistics hold, and ``remittances`` (host, member) mn USD/quarter; ``gdp``
    (host, member) mn USD/yr; ``prices`` (member,) over those of 2010;
    ``grace``, ``amortising`` (power, host, window, member) debt and ``operating`` (power, host,
    sector, member) capital, mn USD; ``agreements`` 0-1, ``transit`` and ``oil_transit`` shares of
    trade and of oil that cross the power (power, host, member); ``oil_weight`` (host, member) of
    oil in trade; ``elasticity``, ``half_loss`` and ``convexity`` (member,).
    """

    imports: Array
    exports: Array
    hidden: Array
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
    convexity: Array


@compiled
def depend(ties: Ties, bandwidth: Array, dependence: Array, recorded: Array) -> None:
    """Write the bandwidth and dependence of each pair, (power, host, member).

    ``recorded`` is the dependence on the trade that statistics record, no other tie: what the
    published index measures; no decision reads it.
    """
    members = ties.gdp.shape[1]
    imports, exports, debt, capital = np.empty((4, members))
    for h in range(H):
        imports[:], exports[:] = 0.0, 0.0
        for region in range(R):
            for m in range(members):
                imports[m] += ties.imports[h, region, m]
                exports[m] += ties.exports[h, region, m]
        for p in range(P):
            debt[:], capital[:] = 0.0, 0.0
            for window in range(ties.grace.shape[2]):
                for m in range(members):
                    debt[m] += ties.grace[p, h, window, m] + ties.amortising[p, h, window, m]
            for sector in range(ties.operating.shape[2]):
                for m in range(members):
                    capital[m] += ties.operating[p, h, sector, m]
            for m in range(members):
                gdp, oil = ties.gdp[h, m], ties.oil_weight[h, m]
                all_bought, all_sold = imports[m] * PER_YEAR, exports[m] * PER_YEAR
                bought = ties.imports[h, p, m] * PER_YEAR
                sold = ties.exports[h, p, m] * PER_YEAR
                sent = ties.remittances[h, m] * PER_YEAR / gdp if p == _RUSSIA else 0.0
                passing = (1.0 - oil) * ties.transit[p, h, m] + oil * ties.oil_transit[p, h, m]
                loss = influence.loss_when_cut_off(
                    bought / max(all_bought, 1e-9),
                    sold / max(all_sold, 1e-9),
                    all_bought / gdp,
                    all_sold / gdp,
                    sent,
                    passing,
                    debt[m] / gdp,
                    capital[m] / gdp,
                    ties.elasticity[m],
                    ties.convexity[m],
                )
                volume = (bought + sold + debt[m] + capital[m]) / ties.prices[m]
                bandwidth[p, h, m] = influence.bandwidth(volume, ties.agreements[p, h, m])
                dependence[p, h, m] = influence.dependence(loss, ties.half_loss[m])
                if p == _RUSSIA:
                    sold = max(sold - ties.hidden[h, m] * PER_YEAR, 0.0)
                trade = influence.loss_when_cut_off(
                    bought / max(all_bought, 1e-9),
                    sold / max(all_sold, 1e-9),
                    all_bought / gdp,
                    all_sold / gdp,
                    0.0,
                    0.0,
                    0.0,
                    0.0,
                    ties.elasticity[m],
                    ties.convexity[m],
                )
                recorded[p, h, m] = influence.dependence(trade, ties.half_loss[m])


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
    members, half = channel.shape[3], inflows.half_life
    for p in range(P):
        for h in range(H):
            level, gdp = channel[p, h], inflows.gdp[h]
            for m in range(members):
                level[ECONOMIC, m] = influence.economic(
                    level[ECONOMIC, m], inflows.capacity[p, h, m], half[ECONOMIC, m]
                )
            for m in range(members):
                level[INSTITUTIONAL, m] = influence.channel(
                    level[INSTITUTIONAL, m], half[INSTITUTIONAL, m], inflows.institutions[p, h, m]
                )
            for m in range(members):
                level[SECURITY, m] = influence.channel(
                    level[SECURITY, m], half[SECURITY, m], inflows.security[p, h, m]
                )
            for m in range(members):
                soft = influence.soft_inflow(
                    inflows.visible[p, h, m] / gdp[m],
                    inflows.taught[p, h, m] / gdp[m],
                    inflows.culture[p, h, m],
                    half[SOFT, m],
                )
                kept = 1.0 - min(inflows.lost[h, m], 1.0)
                soft += inflows.organised[p, h, m]
                level[SOFT, m] = influence.channel(level[SOFT, m], half[SOFT, m], soft) * kept
