"""Ties of trade: how a host's links with each region move with size, cost, tariffs and history.

Axes: region or partner (powers and the rest of the world), good, member.  All are logs of changes
since the base year.

Sources: partial adjustment, Boehm, Levchenko and Pandalai-Nayar (2023, American Economic Review
113); erosion of historical ties, Head, Mayer and Ries (2010, Journal of International Economics
81).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe.laws.compiled import compiled, elementwise

Array = NDArray[np.float64]


@elementwise
def erosion(residual: Array, rate: Array, years: float) -> Array:
    """Return -r (1 - exp(-delta t)), the log change of a tie as its base-year residual erodes.

    ``residual`` (..., 1): log deviation of the base year's trade from its gravity potential;
    ``rate`` (..., member): 1/yr; ``years`` since the base year's middle.
    """
    result: Array = -residual * -np.expm1(-rate * years)
    return result


def adjust(state: Array, target: Array, speed: Array) -> None:
    """Move ``state`` in place towards ``target`` by the share ``speed`` (member,) of the gap."""
    state += speed * (target - state)


class Pulls(NamedTuple):
    """What ties move towards, logs since the base year, (..., member).

    ``supply`` of each region and ``demand`` of each partner; ``tariff`` on each region and
    ``cost`` (region, good) of the pair; ``residual`` (power,) of the base year's trade and
    ``erosion`` 1/yr (power,) of it; ``access`` (power,) to the market and ``liked`` (power,): soft
    influence gained, in the same unit.
    """

    supply: Array
    demand: Array
    tariff: Array
    cost: Array
    residual: Array
    erosion: Array
    access: Array
    liked: Array


class Ties(NamedTuple):
    """A host's smoothed log changes: ``bought`` (region, member) and ``sold`` (partner, member) of
    its ties, ``cost_bought`` (region, good, member) and ``cost_sold`` (partner, good, member)."""

    bought: Array
    cost_bought: Array
    sold: Array
    cost_sold: Array


@compiled
def move_ties(
    ties: Ties,
    pulls: Pulls,
    partners: NDArray[np.intp],
    elasticity: Array,
    speed: Array,
    years: float,
) -> None:
    """Move a host's ties by the share ``speed`` of the gap to what size, cost and history imply.

    a* = s_i - theta ln(tau t) - erosion + access on the side of imports, without tariff and access
    on that of exports.  ``partners``: where the partners stand among regions, powers first;
    ``years`` since the base year's middle.
    """
    powers, members = pulls.residual.shape
    regions, goods, _ = pulls.cost.shape
    eroded = np.zeros((regions, members))
    for p in range(powers):
        for m in range(members):
            eroded[p, m] = erosion(pulls.residual[p, m], pulls.erosion[p, m], years)
    for region in range(regions):
        for m in range(members):
            target = pulls.supply[region, m] - elasticity[m] * pulls.tariff[region, m]
            target += eroded[region, m]
            if region < powers:
                target += pulls.access[region, m] + pulls.liked[region, m]
            ties.bought[region, m] += speed[m] * (target - ties.bought[region, m])
        for good in range(goods):
            for m in range(members):
                gap = -elasticity[m] * pulls.cost[region, good, m]
                gap -= ties.cost_bought[region, good, m]
                ties.cost_bought[region, good, m] += speed[m] * gap
    for k in range(len(partners)):
        region = partners[k]
        for m in range(members):
            target = pulls.demand[k, m] + eroded[region, m]
            ties.sold[k, m] += speed[m] * (target - ties.sold[k, m])
        for good in range(goods):
            for m in range(members):
                gap = -elasticity[m] * pulls.cost[region, good, m] - ties.cost_sold[k, good, m]
                ties.cost_sold[k, good, m] += speed[m] * gap


@compiled
def log_change(tie: Array, cost: Array, noise: Array, result: Array) -> None:
    """Write tie + cost + noise, (partner, good, member), the noise for the powers, who are first.

    ``tie`` (partner, member), ``cost`` (partner, good, member), ``noise`` (power, member).
    """
    partners, goods, members = cost.shape
    for partner in range(partners):
        for good in range(goods):
            for m in range(members):
                change = tie[partner, m] + cost[partner, good, m]
                if partner < len(noise):
                    change += noise[partner, m]
                result[partner, good, m] = change
