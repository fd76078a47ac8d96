"""Budgets and purses of the powers: what the rivalry adds, what is granted, what lapses.

Axes: power, window, host, member (always last).  Money is mn current USD, flows are a quarter's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe.clock import PER_YEAR
from steppe.laws.compiled import compiled, elementwise
from steppe.world.surroundings import MN_PER_BN

Array = NDArray[np.float64]

CONCESSIONAL, COMMERCIAL = 0, 1
"""The two windows."""
THREAT_UNIT = 0.2
"""Rise of the threat that adds ``phi`` to a budget: the spread of influence shares over hosts."""
LEAST_RESPONSE, LARGEST_RESPONSE = 0.5, 2.0
"""Least and largest factor that rivalry puts on a budget."""
MOST_ABROAD = 0.5
"""Part of the commercial authority of a quarter that works in transit countries take at most."""


class Rules(NamedTuple):
    """Parameters of one power's budgets, each (member,).

    ``concessional`` and ``commercial`` rates b, share of GDP a year; ``path`` a factor on both;
    ``response`` phi to rivals and ``balancing`` its switch; ``lapse`` 1/quarter; ``tau`` quarters
    in which a purse is spent; ``decay`` 1/yr of pledges and their ``conversion`` into authority.
    """

    concessional: Array
    commercial: Array
    path: Array
    response: Array
    balancing: Array
    lapse: Array
    tau: Array
    decay: Array
    conversion: Array


class Account(NamedTuple):
    """One power's stocks, mn USD: those of its windows (window, member), ``pool`` (host, member).

    ``granted``, ``lapsed``, ``spent`` and, of it, ``abroad`` are sums since the start; ``pool`` is
    what was pledged and is still open.
    """

    purse: Array
    granted: Array
    lapsed: Array
    spent: Array
    abroad: Array
    pool: Array


class Means(NamedTuple):
    """What moves one power's budgets this quarter beside the rivalry.

    ``appetite`` (window, member): factor of its own affairs; ``aid`` (member,): factor on the
    concessional one; ``emergency`` (member,): business granted beyond the budget, mn USD;
    ``announced`` (host, member): new pledges, mn USD; ``abroad`` (member,): what works in transit
    countries would cost, mn USD.
    """

    appetite: Array
    aid: Array
    emergency: Array
    announced: Array
    abroad: Array


@compiled
def threat(wariness: Array, share: Array, own: int) -> Array:
    """Return Th_h = (1 - S_own,h) sum_r salience_r S_rh, ``(host, member)``, 0 to about 1.

    ``wariness`` (power, member): how much this power minds each rival (its own row is ignored);
    ``share`` (power, host, member) influence shares; ``own`` the power's index.
    """
    rivals, hosts, members = share.shape
    total = np.zeros((hosts, members))
    for rival in range(rivals):
        if rival != own:
            for host in range(hosts):
                for m in range(members):
                    total[host, m] += wariness[rival, m] * share[rival, host, m]
    for host in range(hosts):
        for m in range(members):
            total[host, m] *= 1.0 - share[own, host, m]
    return total


@elementwise
def rivalry(response: Array, rise: Array) -> Array:
    """Return clip[1 + phi (Th - Th0) / 0.2, 0.5, 2], the factor of rivalry on a budget, (member,).

    ``rise`` Th - Th0 of the threat's mean over hosts; ``response`` phi.
    """
    factor = np.maximum(1.0 + response * rise / THREAT_UNIT, LEAST_RESPONSE)
    result: Array = np.minimum(factor, LARGEST_RESPONSE)
    return result


@elementwise
def grant(rate: Array, gdp: Array, factor: Array) -> Array:
    """Return the authority of a quarter, B = b Y factor / 4, mn USD, shapes broadcast.

    ``rate`` b share of GDP a year; ``gdp`` Y bn USD/yr; ``factor``: the power's own path, rivalry
    and whatever else moves it.
    """
    result: Array = rate * gdp * (MN_PER_BN / PER_YEAR) * factor
    return result


@elementwise
def opening_purse(authority: Array, tau: Array, lapse: Array) -> Array:
    """Return A(0) = tau B / (1 + lapse tau), mn USD, the purse whose outflow is ``authority``.

    ``authority`` B mn USD/quarter; ``tau`` quarters and ``lapse`` 1/quarter.
    """
    result: Array = tau * authority / (1.0 + lapse * tau)
    return result


@compiled
def mean_rise(now: Array, before: Array) -> Array:
    """Return the mean over hosts of ``now`` - ``before`` (host, member), (member,)."""
    hosts, members = now.shape
    rise = np.zeros(members)
    for host in range(hosts):
        for m in range(members):
            rise[m] += now[host, m] - before[host, m]
    for m in range(members):
        rise[m] /= hosts
    return rise


@compiled
def fund(
    rules: Rules,
    account: Account,
    means: Means,
    gdp: Array,
    ramp: float,
    now: Array,
    before: Array,
    opening: bool,
) -> tuple[Array, Array]:
    """Let authority lapse, grant the quarter's and pay for works abroad: moves ``account``.

    A' = (1 - lapse) A + B - abroad, with B = b Y ramp path appetite rivalry / 4, concessional aid
    apart; the fading part of the pledges adds to business.  When ``opening``, the first quarter of
    the record, the purse is filled instead.  ``gdp`` bn USD/yr; ``now`` and ``before`` the threat
    (host, member).  Returns B (window, member) and what was spent abroad (member,).
    """
    hosts, members = now.shape
    rise = mean_rise(now, before)
    granted, spent = np.empty((2, members)), np.empty(members)
    for m in range(members):
        factor = ramp * rules.path[m] * rivalry(rules.balancing[m] * rules.response[m], rise[m])
        fading = min(rules.decay[m] / PER_YEAR, 1.0)
        faded = 0.0
        for host in range(hosts):
            gone = fading * account.pool[host, m]
            account.pool[host, m] += means.announced[host, m] - gone
            faded += gone
        aid = grant(rules.concessional[m], gdp[m], factor * means.appetite[CONCESSIONAL, m])
        trade = grant(rules.commercial[m], gdp[m], factor * means.appetite[COMMERCIAL, m])
        granted[CONCESSIONAL, m] = aid * means.aid[m]
        granted[COMMERCIAL, m] = trade + rules.conversion[m] * faded + means.emergency[m]
        fresh = 0.0
        for window in range(2):
            fresh = granted[window, m]
            if opening:
                fresh = opening_purse(fresh, rules.tau[m], rules.lapse[m])
            lapsed = rules.lapse[m] * account.purse[window, m]
            account.purse[window, m] += fresh - lapsed
            account.granted[window, m] += fresh
            account.lapsed[window, m] += lapsed
        most = min(MOST_ABROAD * fresh, account.purse[COMMERCIAL, m])
        spent[m] = min(means.abroad[m], most)
        account.purse[COMMERCIAL, m] -= spent[m]
        account.spent[COMMERCIAL, m] += spent[m]
        account.abroad[COMMERCIAL, m] += spent[m]
    return granted, spent
