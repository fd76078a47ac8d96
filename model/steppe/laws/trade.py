"""Trade in exact-hat form: every share moves from its observed base value by a log change.

Axes: supplier = all regions (11), partner = powers and the rest of the world (6), good (5), member.
Imports of a host are allocated over suppliers by demand; exports of a host to powers and the rest
of the world are allocated over destinations by supply.  With every log change at zero the base
year's trade is reproduced exactly.

Sources: exact-hat algebra, Dekle, Eaton and Kortum (2008, IMF Staff Papers 55); partial adjustment,
Boehm, Levchenko and Pandalai-Nayar (2023, American Economic Review 113); erosion of historical
ties, Head, Mayer and Ries (2010, Journal of International Economics 81).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def supply_capacity(
    real: Array,
    price: Array,
    openness: Array,
    size_elasticity: Array,
    price_elasticity: Array,
    openness_elasticity: Array,
) -> Array:
    """Return s = zeta ln Yr + zp ln Pu + zo ln(world exports / GDP), ``(supplier, member)``.

    ``real``, ``price`` and ``openness`` are log changes from the base, ``(supplier, member)`` or
    broadcastable; the elasticities ``(member,)``.
    """
    result: Array = (
        size_elasticity * real + price_elasticity * price + openness_elasticity * openness
    )
    return result


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


def allocate(base_share: Array, log_change: Array) -> tuple[Array, Array]:
    """Return shares over the first axis and their potential Phi.

    share_i = base_i exp(a_i) / Phi, Phi = sum_i base_i exp(a_i); ``base_share`` (partner, good, 1)
    sums to 1 or 0 over the first axis; ``log_change`` (partner, good, member); Phi (good, member).
    A good that was not traded at the base (all shares 0) keeps shares 0 and Phi 1.
    """
    weight = base_share * np.exp(log_change)
    potential: Array = np.add.reduce(weight, axis=0)
    potential[potential == 0.0] = 1.0
    return weight / potential, potential


def import_demand(
    base_value: Array,
    real: Array,
    price: Array,
    potential: Array,
    world_supply: Array,
    size_elasticity: Array,
    price_elasticity: Array,
    potential_elasticity: Array,
) -> Array:
    """Return E = E0 Yr^eta Pu^eta' (Phi/Phi_ROW)^kappa, mn USD/quarter, ``(good, member)``.

    ``base_value`` (good, 1) mn USD/quarter; ``real``, ``price`` (member,) log changes of the
    importer; ``potential`` (good, member) from :func:`allocate`; ``world_supply`` (member,) the log
    change of the rest of the world's supply, by which Phi is normalised: when all suppliers grow
    alike, demand does not change.
    """
    size = size_elasticity * real + price_elasticity * price
    result: Array = base_value * np.exp(
        size + potential_elasticity * (np.log(potential) - world_supply)
    )
    return result


def export_supply(base_value: Array, real: Array, price: Array, size_elasticity: Array) -> Array:
    """Return what a host offers abroad, O = O0 Yr^ex p, mn USD/quarter, ``(good, member)``.

    ``base_value`` (good, 1) mn USD/quarter; ``real`` (member,) log change of output; ``price``
    (good, member) log change of each good's dollar price.
    """
    result: Array = base_value * np.exp(size_elasticity * real + price)
    return result


def ration(demanded: Array, available: Array) -> Array:
    """Return the part (good, member) of neighbours' demand that a host's output can serve, 0-1."""
    short = demanded > available
    return np.where(short, available / np.where(short, demanded, 1.0), 1.0)


def pair_noise_scale(base_flow: Array, small: Array, slope: Array, large: Array) -> Array:
    """Return the factor clip(small - slope ln flow, large, small) on a pair's noise.

    ``base_flow`` (..., 1) in mn USD a year: small flows are lumpier.  ``small``, ``slope`` and
    ``large`` ``(member,)``.
    """
    result: Array = np.clip(small - slope * np.log(np.maximum(base_flow, 1.0)), large, small)
    return result


def gravity_potential(
    log_distance: Array,
    contiguity: Array,
    language: Array,
    per_distance: Array,
    per_contiguity: Array,
    per_language: Array,
) -> Array:
    """Return what geography allows, -d ln distance + b border + l language, (..., member).

    ``log_distance`` (of km), ``contiguity`` and ``language`` (0 or 1) (..., 1); the elasticities
    ``(member,)``.
    """
    result: Array = (
        per_contiguity * contiguity + per_language * language - per_distance * log_distance
    )
    return result


def gravity_residuals(
    log_trade: Array, log_size: Array, potential: Array, eroding: Sequence[int]
) -> Array:
    """Return r = ln X - ln(Y_i Y_j) - potential less its median over the ``eroding`` powers' pairs.

    ``log_trade`` and ``log_size`` (power, host, 1): trade in both directions and the product of
    GDPs; ``potential`` and the result (power, host, member).
    """
    residual = log_trade - log_size - potential
    pairs = residual[list(eroding)].reshape(-1, residual.shape[-1])
    result: Array = residual - np.median(pairs, axis=0)
    return result


LEAST_KEPT = 0.5
"""Part of its usual deliveries that a power sells even when its projects stop."""


def with_machinery(bought: Array, base: Array, arriving: Array, usual: Array) -> Array:
    """Return imports of manufactures with what projects bring beyond the usual, (power, member).

    X' = max[X + f (arriving - usual X / X0), 0.5 X], f = min(1, X0 / usual): in the base year a
    part ``usual`` of the flow ``base`` X0 came with projects, and so does the same part of
    ``bought`` X; ``arriving`` replaces it.  Where the usual deliveries would exceed the whole flow,
    only f of them is taken to be recorded as imports.  All mn USD/quarter.  Nothing changes where
    projects grow with trade.
    """
    flow = np.maximum(base, 1e-9)
    recorded = np.minimum(1.0, flow / np.maximum(usual, 1e-9))
    beyond = recorded * (arriving - usual * bought / flow)
    result: Array = np.maximum(bought + beyond, LEAST_KEPT * bought)
    return result
