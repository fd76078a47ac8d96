"""Consortia: when a financier builds with another power's contractors, and what that is worth.

All amounts are per dollar of the project; arrays of any equal shape, member last.  A large and
complex work fails more often where the financier has nobody who knows the country; a pilot, whose
contractors do, takes part of that risk away and is hard to predict in its own way.

Sources: Danilov (2021), Japan and Turkey Boost Cooperation in Central Asia (finance and technology
from one side, contractors from the other; unpredictability and Chinese weight as deterrents);
Nash (1950), Econometrica 18, for the split; sizes [prior].
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe.clock import PER_YEAR
from steppe.laws.compiled import compiled, elementwise
from steppe.laws.offers import SOLO
from steppe.world.offers import ALONE, ORDINARY

Array = NDArray[np.float64]

RIVAL_UNIT = 3.0
"""Brings a weight of a third in the pilot's economy to the size of a full unpredictability.

A unit, no behaviour: it acts only in its product with psi2 (`consortia.rival_weight`), which has
the prior.
"""
OVERFLOW = 60.0
"""Log-odds beyond which a chance is 0 or 1 anyway: keeps exp() within what a number holds."""
JOINT = 2
"""Mode of finance of a work with a pilot."""


class Rules(NamedTuple):
    """Parameters of consortia, each (member,), by the names that the laws below give them.

    ``least_size`` mn USD of 2010 from which works are large; ``possible`` the switch.
    """

    least_size: Array
    possible: Array
    alone: Array
    effect: Array
    reach: Array
    haste: Array
    borne: Array
    access: Array
    least: Array
    trust: Array
    guard: Array
    noise: Array
    strength: Array


class Works(NamedTuple):
    """What one power has on the table, (window, host, member).

    As in :class:`steppe.world.offers.Offers`; ``drawn`` uniform in 0-1 decides what comes about.
    """

    amount: Array
    sector: NDArray[np.intp]
    mode: NDArray[np.intp]
    pilot: NDArray[np.intp]
    fee: Array
    drawn: NDArray[np.float32]


class Partners(NamedTuple):
    """What one financier knows of possible pilots.

    ``allowed`` and ``menace`` (pilot, member), ``unpredictable`` (pilot, member) and ``embedded``
    (power, host, member), that of the financier's own builders included.
    """

    allowed: NDArray[np.bool_]
    menace: Array
    unpredictable: Array
    embedded: Array


@elementwise
def alone(embedded: Array, factor: Array) -> Array:
    """Return 1 + (f - 1)(1 - Emb): what a large work's hazard is multiplied by without a pilot.

    ``embedded`` 0-1: how well the financier's own builders know the host; ``factor`` f >= 1 holds
    where they do not know it at all.
    """
    result: Array = 1.0 + (factor - 1.0) * (1.0 - embedded)
    return result


@elementwise
def relief(embedded: Array, effect: Array) -> Array:
    """Return exp(-a Emb): what a pilot leaves of the hazard; ``embedded`` the pilot's, 0-1."""
    result: Array = np.exp(-effect * embedded)
    return result


@elementwise
def loss(hazard: Array, years: Array) -> Array:
    """Return 1 - exp(-4 L haz): chance to be cancelled in ``years`` L of construction.

    ``hazard`` 1/quarter.
    """
    result: Array = -np.expm1(-PER_YEAR * years * hazard)
    return result


@elementwise
def gain(loss_alone: Array, loss_joint: Array, borne: Array, access: Array, known: Array) -> Array:
    """Return b (loss alone - loss joint) + a Emb, the financier's gain from a pilot.

    ``borne`` b: part of the loss that the financier bears; ``access`` a: what doors opened by a
    pilot at home everywhere are worth; ``known`` Emb: how well the pilot knows the host.
    """
    result: Array = borne * (loss_alone - loss_joint) + access * known
    return result


@elementwise
def cost(least: Array, trust: Array, unpredictable: Array, guard: Array, menace: Array) -> Array:
    """Return c0 + psi1 u + 3 psi2 w, the financier's cost of a pilot.

    ``least`` c0: of working together at all; ``trust`` psi1 on ``unpredictable`` u, the spread of
    the pilot's moods; ``guard`` psi2 on ``menace`` w, the financier's rivals in its economy.
    """
    result: Array = least + trust * unpredictable + RIVAL_UNIT * guard * menace
    return result


@elementwise
def probability(surplus: Array, noise: Array) -> Array:
    """Return P = logistic((gain - cost) / noise); ``surplus`` = gain - cost."""
    odds = np.minimum(np.maximum(surplus / noise, -OVERFLOW), OVERFLOW)
    result: Array = 1.0 / (1.0 + np.exp(-odds))
    return result


@elementwise
def fee(surplus: Array, strength: Array) -> Array:
    """Return what the pilot is paid: its part of the surplus by Nash's split, not below zero.

    Both can walk away to nothing; ``strength`` 0-1 is the pilot's (a half: equals).
    """
    result: Array = strength * np.maximum(surplus, 0.0)
    return result


def rival_weight(intensity: Array, gdp: Array, finance: Array) -> Array:
    """Return what powers weigh in each other's economies, ``(rival, state, member)``.

    w = intensity x Y_rival / Y_world + finance: trade and finance shares.  ``intensity`` and
    ``finance`` (rival, state); ``gdp`` (region, member), powers first.
    """
    part = gdp[: len(intensity)] / np.add.reduce(gdp, axis=0)
    result: Array = intensity[..., None] * part[:, None] + finance[..., None]
    return result


def menace(wary: Array, weight: Array) -> Array:
    """Return sum_r wary_fr w_rc, ``(financier, pilot, member)``: rivals in a pilot's economy.

    ``wary`` (financier, rival, member): how much each minds each; ``weight`` (rival, state,
    member).
    """
    total = wary[:, 0, None] * weight[0]
    for rival in range(1, len(weight)):
        total = total + wary[:, rival, None] * weight[rival]
    result: Array = total
    return result


def may_pilot(wary: Array, limit: Array) -> NDArray[np.bool_]:
    """Tell who may pilot for whom, ``(financier, pilot, member)``: neither minds the other more.

    ``wary`` (power, other, member), ``limit`` (member,).
    """
    calm = wary <= limit
    both: NDArray[np.bool_] = calm & calm.swapaxes(0, 1)
    both[np.arange(len(both)), np.arange(len(both))] = False
    return both


@compiled
def best_pilot(
    rules: Rules, partners: Partners, own: int, host: int, m: int, hazard: float, years: float
) -> tuple[int, float]:
    """Return the pilot of the largest surplus for a work of member ``m``, and the surplus.

    A pilot knows the host better than the financier ``own`` does; -1 where nobody may be one.
    ``hazard`` 1/quarter without anybody's builders, ``years`` of construction.
    """
    embedded = partners.embedded
    hazard = hazard * alone(embedded[own, host, m], rules.alone[m])
    lost = loss(hazard, years)
    best, who = -np.inf, -1
    for pilot in range(len(embedded)):
        known = rules.reach[m] * embedded[pilot, host, m]
        if partners.allowed[pilot, m] and known > embedded[own, host, m]:
            helped = hazard * relief(known, rules.effect[m])
            joint = loss(helped, years * rules.haste[m])
            surplus = gain(lost, joint, rules.borne[m], rules.access[m], known) - cost(
                rules.least[m],
                rules.trust[m],
                partners.unpredictable[pilot, m],
                rules.guard[m],
                partners.menace[pilot, m],
            )
            if surplus > best:
                best, who = surplus, pilot
    return who, best


@compiled
def seek(
    rules: Rules,
    works: Works,
    partners: Partners,
    own: int,
    hazard: Array,
    years: Array,
    complex_works: NDArray[np.bool_],
    prices: Array,
) -> None:
    """Find a pilot for each large and complex work that a power offers alone; writes ``works``.

    Whether it comes about is chance; the pilot's fee is part of the amount.  ``hazard`` (host,
    member) 1/quarter, ``years`` (sector, member), ``complex_works`` (sector,), ``prices`` (member,)
    over those of 2010.
    """
    windows, hosts, members = works.amount.shape
    for window in range(windows):
        for host in range(hosts):
            for m in range(members):
                place = window, host, m
                works.pilot[place], works.fee[place] = ORDINARY, 0.0
                amount, kind = works.amount[place], works.sector[place]
                if amount < rules.least_size[m] * prices[m] or not complex_works[kind]:
                    continue
                if works.mode[place] != SOLO:
                    continue
                works.pilot[place] = ALONE
                pilot, surplus = best_pilot(
                    rules, partners, own, host, m, hazard[host, m], years[kind, m]
                )
                chance = probability(surplus, rules.noise[m]) * rules.possible[m]
                if pilot >= 0 and works.drawn[place] < chance:
                    works.mode[place], works.pilot[place] = JOINT, pilot
                    works.fee[place] = fee(surplus, rules.strength[m]) * amount
