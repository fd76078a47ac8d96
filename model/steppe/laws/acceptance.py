"""What a host takes: need and price against debt, dependence on one partner and what others mind.

Axes: power, window, member, for one host.  Hedging emerges from one weight: a partner smaller than
the concentration of ties is welcome, a dominant one is not; weight 0 is the bandwagoning null.

Sources: hedging of small states between great powers, Kuik (2008), Contemporary Southeast Asia 30;
Cooley (2012), Great Games, Local Rules; debt threshold, Reinhart, Rogoff and Savastano (2003),
Brookings Papers: debt intolerance from 15-20 % of output.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe.laws.compiled import compiled, elementwise
from steppe.world.surroundings import MN_PER_BN

Array = NDArray[np.float64]

RETURN_WEIGHT = 0.5
"""Weight of what a work returns beside one that the host needs."""
GRANT_VALUE = 0.8
"""Worth of concessional terms beside a need of one."""
DEBT_START, DEBT_SCALE, DEBT_MOST = 0.20, 0.15, 6.0
"""Debt over GDP at which aversion starts, its scale, and its largest value."""
SMALLEST_CONCENTRATION = 0.2
OPPOSITION_UNIT = 0.15
FAVOUR_UNIT = 0.15
TEMPERATURE = 0.5
OVERFLOW = 60.0
"""Log-odds beyond which a chance is 0 or 1 anyway: keeps exp() within what a number holds."""


def concentration(ties: Array) -> tuple[Array, Array]:
    """Return each power's share of the host's ties and their sum of squares, (power, m), (m,).

    ``ties`` (power, member) mn USD: trade, debt and operating capital.
    """
    share = ties / np.maximum(np.add.reduce(ties, axis=0), 1e-9)
    return share, np.add.reduce(share * share, axis=0)


@elementwise
def hedging(share: Array, herfindahl: Array, weight: Array) -> Array:
    """Return -wA 2 (s_p - HHI)/max(HHI, 0.2), ``(power, member)``; ``weight`` wA (member,)."""
    gap = share - herfindahl
    result: Array = -2.0 * weight * gap / np.maximum(herfindahl, SMALLEST_CONCENTRATION)
    return result


@elementwise
def debt_aversion(debt_to_gdp: Array, weight: Array) -> Array:
    """Return -wD min[((D/Y - 0.20)+ / 0.15)^2, 6], ``(member,)``, for an offer that is lent.

    ``debt_to_gdp`` D/Y: owed to all powers and not secured.
    """
    excess = np.maximum(debt_to_gdp - DEBT_START, 0.0) / DEBT_SCALE
    result: Array = -weight * np.minimum(excess * excess, DEBT_MOST)
    return result


@elementwise
def opposition(minded: Array, weight: Array) -> Array:
    """Return -wC sum_r S_r opposition_rp / 0.15 given the sum, how much a bid is ``minded``."""
    result: Array = -weight * minded / OPPOSITION_UNIT
    return result


@elementwise
def favour(share: Array, mean: Array, weight: Array) -> Array:
    """Return wI (S_p - mean over powers) / 0.15: leverage buys decisions."""
    result: Array = weight * (share - mean) / FAVOUR_UNIT
    return result


@elementwise
def probability(utility: Array, reluctance: Array) -> Array:
    """Return P = logistic((U - u0) / 0.5); ``reluctance`` u0 of the host (member,)."""
    surplus = (utility - reluctance) / TEMPERATURE
    odds = np.minimum(np.maximum(surplus, -OVERFLOW), OVERFLOW)
    result: Array = 1.0 / (1.0 + np.exp(-odds))
    return result


class Taste(NamedTuple):
    """Parameters of a host's choice, each (member,): the weights w of the laws above.

    ``hedging`` wA, ``favour`` wI, ``content`` wL, ``need`` wG, ``returns`` wR, ``debt`` wD,
    ``heed`` wC, ``routes`` on the alignment in corridors, ``reluctance`` u0 and ``exclusive`` mn
    USD of 2010 from which works of a kind exclude each other.
    """

    hedging: Array
    favour: Array
    content: Array
    need: Array
    returns: Array
    debt: Array
    heed: Array
    routes: Array
    reluctance: Array
    exclusive: Array


class Standing(NamedTuple):
    """How the powers stand with the hosts, all (power, host, member) but as said.

    - ``ties``: yearly trade, debt and operating capital, ``owed`` debt, mn USD, of which resources
      secure the part ``secured``.
    - ``share`` of influence, ``heeded`` the same as the host heeds it; ``aligned`` -1 to 1 in
      questions of corridors; ``opposed`` (rival, power, sector, member): who minds whose bids.
    - ``lent`` (power, host, window, member): part of an offer that is lent; ``content`` (power,
      member): local content.
    """

    ties: Array
    owed: Array
    secured: Array
    share: Array
    heeded: Array
    aligned: Array
    opposed: Array
    lent: Array
    content: Array


class Wishes(NamedTuple):
    """What hosts have and want: ``endowment`` (host, sector) and ``wanted`` (host, sector, member)
    0-1, ``gdp`` bn USD/yr (host, member)."""

    endowment: Array
    wanted: Array
    gdp: Array


class Bids(NamedTuple):
    """What is on the table, (power, window, host, member), as in
    :class:`steppe.world.offers.Offers`."""

    amount: Array
    sector: NDArray[np.intp]
    pilot: NDArray[np.intp]
    accepted: NDArray[np.bool_]


@compiled
def of_powers(taste: Taste, standing: Standing, host: int) -> Array:
    """Return what makes any offer of a power welcome to the host, (power, member).

    Hedging, favours and local content; shares of ties as in :func:`concentration`.
    """
    powers, _, members = standing.ties.shape
    total, mean, herfindahl = np.zeros(members), np.zeros(members), np.zeros(members)
    for p in range(powers):
        for m in range(members):
            total[m] += standing.ties[p, host, m]
            mean[m] += standing.share[p, host, m] / powers
    for p in range(powers):
        for m in range(members):
            part = standing.ties[p, host, m] / max(total[m], 1e-9)
            herfindahl[m] += part * part
    result = np.empty((powers, members))
    for p in range(powers):
        for m in range(members):
            part = standing.ties[p, host, m] / max(total[m], 1e-9)
            u = hedging(part, herfindahl[m], taste.hedging[m])
            u += favour(standing.share[p, host, m], mean[m], taste.favour[m])
            result[p, m] = u + taste.content[m] * standing.content[p, m]
    return result


@compiled
def aversion(taste: Taste, standing: Standing, gdp: Array, host: int) -> Array:
    """Return what the host's debt takes from an offer that is lent, (member,).

    ``gdp`` bn USD/yr (host, member); what resources secure does not count.
    """
    powers, _, members = standing.owed.shape
    owed, result = np.zeros(members), np.empty(members)
    for p in range(powers):
        for m in range(members):
            owed[m] += standing.owed[p, host, m] * (1.0 - standing.secured[p, host, m])
    for m in range(members):
        result[m] = debt_aversion(owed[m] / (MN_PER_BN * gdp[host, m]), taste.debt[m])
    return result


@compiled
def opposed(taste: Taste, standing: Standing, p: int, kind: int, host: int, m: int) -> float:
    """Return what the objections to a bid of power ``p`` in a sector take from its worth."""
    minded = 0.0
    for rival in range(len(standing.heeded)):
        minded += standing.heeded[rival, host, m] * standing.opposed[rival, p, kind, m]
    return float(opposition(minded, taste.heed[m]))


@compiled
def worth(
    taste: Taste, standing: Standing, wishes: Wishes, bids: Bids, host: int, transport: int
) -> Array:
    """Return the utility of each offer to the host, (power, window, member); -inf without one.

    U = wG (0.8 concessional + need_s) + 0.5 wR return_s + hedging + favour + debt aversion
    + opposition + wL local content, of the pilot's builders where that is more; in ``transport``
    alignment counts, too.
    """
    powers, windows, _, members = bids.amount.shape
    by_power, averse = of_powers(taste, standing, host), aversion(taste, standing, wishes.gdp, host)
    result = np.full((powers, windows, members), -np.inf)
    for p in range(powers):
        for window in range(windows):
            for m in range(members):
                if bids.amount[p, window, host, m] <= 0.0:
                    continue
                kind, pilot = bids.sector[p, window, host, m], bids.pilot[p, window, host, m]
                u = by_power[p, m] + taste.need[m] * wishes.wanted[host, kind, m]
                u += RETURN_WEIGHT * taste.returns[m] * wishes.endowment[host, kind]
                if window == 0:
                    u += GRANT_VALUE * taste.need[m]
                u += averse[m] * standing.lent[p, host, window, m]
                u += opposed(taste, standing, p, kind, host, m)
                if kind == transport:
                    u += taste.routes[m] * standing.aligned[p, host, m]
                if pilot >= 0:
                    more = standing.content[pilot, m] - standing.content[p, m]
                    u += taste.content[m] * max(more, 0.0)
                result[p, window, m] = u
    return result


@compiled
def best_bids(
    utility: Array, project: NDArray[np.intp], large: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which bids stay in the contest for exclusive works, ``(bid,)``.

    Large bids for the same kind of ``project`` (sector index) exclude each other: the one of the
    highest ``utility`` to the host stays, the first of equals.  Small bids (not ``large``) always
    stay.
    """
    bids = len(utility)
    stays = np.ones(bids, np.bool_)
    for bid in range(bids):
        if not large[bid]:
            continue
        for other in range(bids):
            if large[other] and project[bid] == project[other]:
                better = utility[other] > utility[bid]
                if better or (utility[other] == utility[bid] and other < bid):
                    stays[bid] = False
    return stays


@compiled
def answer(
    taste: Taste, utility: Array, bids: Bids, drawn: Array, prices: Array, host: int
) -> None:
    """Let the best of rival bids stay and accept by chance, P of their ``utility``.

    ``utility`` (power, window, member) of the host; ``drawn`` uniform in 0-1 (power, window, host,
    member); ``prices`` (member,) over those of 2010.  Writes what is ``accepted`` of the ``bids``.
    """
    powers, windows, members = utility.shape
    contest = np.zeros(members, np.intp)
    for p in range(powers):
        for window in range(windows):
            for m in range(members):
                amount, agreed = bids.amount[p, window, host, m], False
                if amount > 0.0:
                    chance = probability(utility[p, window, m], taste.reluctance[m])
                    agreed = drawn[p, window, host, m] < chance
                    if amount >= taste.exclusive[m] * prices[m]:
                        contest[m] += 1
                bids.accepted[p, window, host, m] = agreed
    value, large = np.empty(powers * windows), np.empty(powers * windows, np.bool_)
    project = np.empty(powers * windows, np.intp)
    for m in range(members):
        if contest[m] < 2:
            continue
        for p in range(powers):
            for window in range(windows):
                bid, amount = p * windows + window, bids.amount[p, window, host, m]
                value[bid] = utility[p, window, m]
                project[bid] = bids.sector[p, window, host, m]
                large[bid] = amount > 0.0 and amount >= taste.exclusive[m] * prices[m]
        stays = best_bids(value, project, large)
        for p in range(powers):
            for window in range(windows):
                if not stays[p * windows + window]:
                    bids.accepted[p, window, host, m] = False
