"""Consortia: when a financier builds with another power's contractors, and what that is worth.

All amounts are per dollar of the project; arrays of any equal shape, member last.  A large and
complex work fails more often where the financier has nobody who knows the country; a pilot, whose
contractors do, takes part of that risk away and is hard to predict in its own way.

Sources: Danilov (2021), Japan and Turkey Boost Cooperation in Central Asia (finance and technology
from one side, contractors from the other; unpredictability and Chinese weight as deterrents);
Nash (1950), Econometrica 18, for the split; sizes [prior].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.clock import PER_YEAR

Array = NDArray[np.float64]

RIVAL_UNIT = 3.0
"""Brings a weight of a third in the pilot's economy to the size of a full unpredictability."""
OVERFLOW = 60.0


def alone(embedded: Array, factor: Array) -> Array:
    """Return 1 + (f - 1)(1 - Emb): what a large work's hazard is multiplied by without a pilot.

    ``embedded`` 0-1: how well the financier's own builders know the host; ``factor`` f >= 1 holds
    where they do not know it at all.
    """
    result: Array = 1.0 + (factor - 1.0) * (1.0 - embedded)
    return result


def relief(embedded: Array, effect: Array) -> Array:
    """Return exp(-a Emb): what a pilot leaves of the hazard; ``embedded`` the pilot's, 0-1."""
    result: Array = np.exp(-effect * embedded)
    return result


def loss(hazard: Array, years: Array) -> Array:
    """Return 1 - exp(-4 L haz): chance to be cancelled in ``years`` L of construction.

    ``hazard`` 1/quarter.
    """
    result: Array = -np.expm1(-PER_YEAR * years * hazard)
    return result


def gain(loss_alone: Array, loss_joint: Array, borne: Array, access: Array, known: Array) -> Array:
    """Return b (loss alone - loss joint) + a Emb, the financier's gain from a pilot.

    ``borne`` b: part of the loss that the financier bears; ``access`` a: what doors opened by a
    pilot at home everywhere are worth; ``known`` Emb: how well the pilot knows the host.
    """
    result: Array = borne * (loss_alone - loss_joint) + access * known
    return result


def cost(least: Array, trust: Array, unpredictable: Array, guard: Array, menace: Array) -> Array:
    """Return c0 + psi1 u + 3 psi2 w, the financier's cost of a pilot.

    ``least`` c0: of working together at all; ``trust`` psi1 on ``unpredictable`` u, the spread of
    the pilot's moods; ``guard`` psi2 on ``menace`` w, the financier's rivals in its economy.
    """
    result: Array = least + trust * unpredictable + RIVAL_UNIT * guard * menace
    return result


def probability(surplus: Array, noise: Array) -> Array:
    """Return P = logistic((gain - cost) / noise); ``surplus`` = gain - cost."""
    odds = np.clip(surplus / noise, -OVERFLOW, OVERFLOW)
    result: Array = 1.0 / (1.0 + np.exp(-odds))
    return result


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
