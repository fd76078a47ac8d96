"""Organisations: what membership saves at borders, and when a host joins or leaves the union.

Axes: row (an organisation's effect on a link), link, host, power, member (always last).

Sources: time at borders, CAREC CPMM (data/organisation_effects.csv); accession as a random-utility
choice (McFadden 1974) of a small state that hedges (Kuik 2008, Contemporary Southeast Asia 30).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.laws.compiled import compiled

Array = NDArray[np.float64]

INSIDE = 0.5
"""Membership of the customs union, 0-1, above which a host thinks of leaving, not of joining."""


def joint(status: Array) -> tuple[Array, Array]:
    """Return how far all parties of a link belong, and how far only some do, 0-1 each.

    ``status`` (party, row, member): 0, 0.5 (observer) or 1 of each party, a party repeated where a
    link has fewer.  All: the least status; some: the largest less the least.
    """
    least = np.minimum.reduce(status, axis=0)
    largest = np.maximum.reduce(status, axis=0)
    return least, largest - least


@compiled
def joint_membership(powers: Array, hosts: Array, strength: Array) -> Array:
    """Return s a_p a_h, joint membership of power and host, (organisation, power, host, member).

    ``powers`` a_p (organisation, power) and ``hosts`` a_h (organisation, host, member) 0, 0.5 or 1;
    ``strength`` s >= 0 (organisation, member).
    """
    count, members = strength.shape
    joint = np.empty((count, powers.shape[1], hosts.shape[1], members))
    for o in range(count):
        for p in range(powers.shape[1]):
            for h in range(hosts.shape[1]):
                for m in range(members):
                    joint[o, p, h, m] = powers[o, p] * hosts[o, h, m] * strength[o, m]
    return joint


@compiled
def weighted(weights: Array, joint: Array) -> Array:
    """Return the sum over organisations of w J, (power, host, member).

    ``weights`` w (organisation, power) and ``joint`` J (:func:`joint_membership`).
    """
    total = np.zeros(joint.shape[1:])
    for o in range(joint.shape[0]):
        for p in range(joint.shape[1]):
            if weights[o, p] != 0.0:
                for h in range(joint.shape[2]):
                    for m in range(joint.shape[3]):
                        total[p, h, m] += weights[o, p] * joint[o, p, h, m]
    return total


def factor(
    saved: Array, outside: Array, all_in: Array, some_in: Array, strength: Array, most: Array
) -> Array:
    """Return (1 - min(e s all, most)) (1 + o s some), the factor on border time, (row, member).

    ``saved`` e and ``outside`` o, shares at full membership, (row, 1); ``all_in`` and ``some_in``
    0-1 (row, member), see :func:`joint`; ``strength`` s >= 0 (row, member); ``most``
    (member,) is the part that one organisation saves at most.  Freight alike, o = 0.
    """
    within = 1.0 - np.minimum(saved * strength * all_in, most)
    result: Array = within * (1.0 + outside * strength * some_in)
    return result


def union(path: Array, accession: Array) -> Array:
    """Return a host's membership of the customs union, 0-1, ``(host, member)``.

    ``path`` what history or the scenario gives, ``accession`` what the host itself decided: 1 to
    join, -1 to leave, 0 neither.  min(max(path + accession, 0), 1).
    """
    result: Array = np.minimum(np.maximum(path + accession, 0.0), 1.0)
    return result


def autonomy_loss(hedging: Array, weight: Array, autonomy: Array) -> Array:
    """Return min(hedging, 0) - w a, what membership costs a host that hedges, utility, (member,).

    ``hedging`` what more weight of Russia is worth among its ties (``acceptance.hedging``): only a
    loss counts, for a union is no counterweight; ``weight`` w >= 0 of the host's own will,
    ``autonomy`` a.
    """
    result: Array = np.minimum(hedging, 0.0) - weight * autonomy
    return result


def accession_utility(
    market: Array,
    migrants: Array,
    pressure: Array,
    leaning: Array,
    autonomy: Array,
    opposition: Array,
    weights: tuple[Array, Array, Array, Array],
) -> Array:
    """Return U = w1 market + w2 migrants + w3 pressure + w4 leaning + autonomy + opposition.

    All (member,): ``market`` share of the host's trade with members, ``migrants`` remittances over
    GDP, ``pressure`` Russia's 0-1, ``leaning`` the host's position on integration -1 to 1;
    ``autonomy`` <= 0 what it costs in freedom (:func:`autonomy_loss`) and ``opposition`` <= 0 what
    rivals' objections cost (``acceptance.opposition``), in utility.
    """
    of_market, of_migrants, of_pressure, of_leaning = weights
    result: Array = (
        of_market * market
        + of_migrants * migrants
        + of_pressure * pressure
        + of_leaning * leaning
        + autonomy
        + opposition
    )
    return result


def decision(path: Array, accession: Array, joins: Array, leaves: Array, uniform: Array) -> Array:
    """Return the host's decision after the year's chance, -1, 0 or 1, ``(member,)``.

    A host inside (:func:`union` above a half) leaves where ``uniform`` < ``leaves``, one outside
    joins where it is < ``joins`` (yearly chances); ``path`` and ``accession``, the decision so far,
    as in :func:`union`.  Leaving undoes joining and joining undoes leaving; where history has come
    to the same, leaving leaves and joining joins all the same.
    """
    inside = union(path, accession) > INSIDE
    out = np.minimum(accession - 1.0, -path)
    into = np.maximum(accession + 1.0, 1.0 - path)
    moved = np.where(inside, out, into)
    moves = uniform < np.where(inside, leaves, joins)
    result: Array = np.where(moves, np.clip(moved, -1.0, 1.0), accession)
    return result


def migrants_target(
    gain: Array, union_change: Array, pressure_loss: Array, pressure: Array, policy: Array
) -> Array:
    """Return where the log of remittances from Russia moves by rights and checks, (..., member).

    g (union - union at the base) - l pressure + policy: ``gain`` g of full membership, ``pressure``
    beyond the base's 0-1 and ``pressure_loss`` l of it at full; ``policy`` a scenario's log shift.
    """
    result: Array = gain * union_change - pressure_loss * pressure + policy
    return result
