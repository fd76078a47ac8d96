"""Where a power's money goes: utilities of hosts and sectors and the shares that follow.

Axes: window, host, sector, member.  Two windows: concessional, then commercial.

Source: random-utility choice, McFadden (1974), Conditional Logit Analysis.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe.laws.compiled import compiled

Array = NDArray[np.float64]

BALANCE_UNIT = 0.06
"""Spread of the threat over hosts at the base: what makes the balance motive's unit."""
PLEDGE_UNIT = 200.0
"""Open pledges, mn USD of 2010, that pull like one log of two."""
SECURITY, RETURN, BALANCE, NETWORK, NEED, CAUTION = range(6)


class Motives(NamedTuple):
    """What a power sees in hosts and sectors, before units and weights.

    ``income`` (host, sector, member) 1/yr and the ``worth`` of a dollar a year (window, host,
    sector, member); ``security`` and ``need`` (host, sector, member); ``threat`` (host, member) and
    the switch ``balancing`` (member,) on it; ``served`` (host, member): network, of transport only;
    ``risk`` (host, member).
    """

    income: Array
    worth: Array
    security: Array
    threat: Array
    balancing: Array
    served: Array
    need: Array
    risk: Array


class Ties(NamedTuple):
    """What else draws a power to hosts.

    ``size`` ln Y (host, member) and the ``size_preference`` alpha for it (member,); ``drawn``
    (window, host, member) in units of motives: culture, clubs, its own; ``pool`` (host, member) mn
    USD of open pledges, their ``pull`` (member,) and ``prices`` over those of 2010 (member,);
    ``temperature`` T (member,).
    """

    size: Array
    size_preference: Array
    drawn: Array
    pool: Array
    pull: Array
    prices: Array
    temperature: Array


@compiled
def balance(threat: Array) -> Array:
    """Return (Th_h - mean over hosts) / 0.06, ``(host, member)``."""
    hosts, members = threat.shape
    mean, result = np.zeros(members), np.empty((hosts, members))
    for host in range(hosts):
        for m in range(members):
            mean[m] += threat[host, m]
    for host in range(hosts):
        for m in range(members):
            result[host, m] = (threat[host, m] - mean[m] / hosts) / BALANCE_UNIT
    return result


@compiled
def utility(
    motives: Motives, weights: Array, unit: Array, ties: Ties, transport: int, result: Array
) -> None:
    """Write U - max U = alpha ln Y + pledges + (sum a z + ties)/T - max, (window, host, sector, m).

    ``weights`` a (window, motive, member) of the motives over their ``unit`` (motive, member);
    pledges are business deals; ``transport`` the sector of networks.
    """
    windows, hosts, sectors, members = result.shape
    weight = np.empty((6, members))
    against = balance(motives.threat)
    for window in range(windows):
        for k in range(6):
            for m in range(members):
                weight[k, m] = weights[window, k, m] / unit[k, m] / ties.temperature[m]
        top = np.full(members, -np.inf)
        for host in range(hosts):
            alike = _alike(motives, weight, against, ties, window, host)
            for sector in range(sectors):
                for m in range(members):
                    net = motives.income[host, sector, m] * motives.worth[window, host, sector, m]
                    u = alike[m] + weight[RETURN, m] * (net - 1.0)
                    u += weight[SECURITY, m] * motives.security[host, sector, m]
                    u += weight[NEED, m] * motives.need[host, sector, m]
                    if sector == transport:
                        u += weight[NETWORK, m] * motives.served[host, m]
                    result[window, host, sector, m] = u
                    top[m] = max(top[m], u)
        for host in range(hosts):
            for sector in range(sectors):
                for m in range(members):
                    result[window, host, sector, m] -= top[m]


@compiled
def _alike(
    motives: Motives, weight: Array, against: Array, ties: Ties, window: int, host: int
) -> Array:
    """Return what is the same for all sectors of a host, (member,)."""
    members = against.shape[1]
    result = np.empty(members)
    for m in range(members):
        u = ties.size_preference[m] * ties.size[host, m]
        u += ties.drawn[window, host, m] / ties.temperature[m]
        u += weight[BALANCE, m] * motives.balancing[m] * against[host, m]
        u -= weight[CAUTION, m] * motives.risk[host, m]
        result[m] = u
    if window == 1:
        for m in range(members):
            pool = ties.pool[host, m]
            if pool > 0.0:
                result[m] += ties.pull[m] * np.log1p(pool / (PLEDGE_UNIT * ties.prices[m]))
    return result


@compiled
def shares(weight: Array, allowed: Array, graduates: bool, of_host: Array) -> None:
    """Turn weights (host, sector, member) of a window into shares; write those of hosts.

    The shares sum to one, or are all zero where every weight is.  The hosts' in ``of_host`` (host,
    member) sum to one, too, unless the window ``graduates``: what richer hosts no longer get, the
    weights being proportional to ``allowed`` > 0 (host, member), is then not shifted to the others:
    1 / sum(share / allowed) is left, the mean of ``allowed`` by the weights before it.
    """
    hosts, sectors, members = weight.shape
    total, before = np.zeros(members), np.zeros(members)
    for host in range(hosts):
        for m in range(members):
            of_host[host, m] = 0.0
        for sector in range(sectors):
            for m in range(members):
                of_host[host, m] += weight[host, sector, m]
        for m in range(members):
            total[m] += of_host[host, m]
    for m in range(members):
        total[m] = total[m] if total[m] > 0.0 else 1.0
    for host in range(hosts):
        for sector in range(sectors):
            for m in range(members):
                weight[host, sector, m] /= total[m]
        for m in range(members):
            of_host[host, m] /= total[m]
            before[m] += of_host[host, m] / allowed[host, m]
    if graduates:
        for host in range(hosts):
            for m in range(members):
                of_host[host, m] /= max(before[m], 1.0)


@compiled
def choose(
    odds: Array,
    profile: Array,
    allowed: Array,
    withheld: Array,
    schooling: Array,
    schools: int,
    built: NDArray[np.bool_],
) -> tuple[Array, Array]:
    """Turn exp(U) into shares over hosts and sectors; return those of hosts, (window, host, m).

    The second result is the part of each host's share that is for sectors ``built`` (sector,).

    The weight of a cell is what the power finances at all, ``profile`` (window, sector) x
    ``allowed`` (window, host, member) 0-1 x what is not ``withheld`` (host, sector, member), times
    exp(U) in ``odds`` (window, host, sector, member), which hold the shares in the end.
    ``schooling`` (member,): factor on the sector ``schools``.
    """
    windows, hosts, sectors, members = odds.shape
    result = np.empty((windows, hosts, members))
    works = np.empty((windows, hosts, members))
    for window in range(windows):
        for host in range(hosts):
            for sector in range(sectors):
                part = profile[window, sector]
                for m in range(members):
                    weight = part * allowed[window, host, m] * (1.0 - withheld[host, sector, m])
                    if sector == schools:
                        weight *= schooling[m]
                    odds[window, host, sector, m] *= weight
        for host in range(hosts):
            infrastructure(odds[window, host], built, works[window, host])
        shares(odds[window], allowed[window], window == 0, result[window])
    return result, works


@compiled
def infrastructure(weight: Array, built: NDArray[np.bool_], part: Array) -> None:
    """Write the ``part`` (member,) of a host's weights (sector, member) in sectors ``built``."""
    sectors, members = weight.shape
    whole = np.zeros(members)
    for m in range(members):
        part[m] = 0.0
    for sector in range(sectors):
        for m in range(members):
            whole[m] += weight[sector, m]
            if built[sector]:
                part[m] += weight[sector, m]
    for m in range(members):
        part[m] = part[m] / whole[m] if whole[m] > 0.0 else 0.0
