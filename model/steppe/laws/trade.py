"""Trade in exact-hat form: every share moves from its observed base value by a log change.

Axes: supplier = all regions (11), partner = powers and the rest of the world (6), good (5), member.
Imports of a host are allocated over suppliers by demand; exports of a host to powers and the rest
of the world are allocated over destinations by supply.  With every log change at zero the base
year's trade is reproduced exactly.

How ties move is told in ``ties``.

Source: exact-hat algebra, Dekle, Eaton and Kortum (2008, IMF Staff Papers 55).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe.laws.compiled import compiled, elementwise

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


@compiled
def allocate(base_share: Array, odds: Array) -> Array:
    """Turn ``odds`` into shares over the first axis, in place; return their potential Phi.

    share_i = base_i exp(a_i) / Phi, Phi = sum_i base_i exp(a_i); ``base_share`` (partner, good)
    sums to 1 or 0 over the first axis; ``odds`` exp(a) of the log changes a (partner, good,
    member); Phi (good, member).  A good that was not traded at the base (all shares 0) keeps shares
    0 and Phi 1.
    """
    partners, goods, members = odds.shape
    potential = np.zeros((goods, members))
    for partner in range(partners):
        for good in range(goods):
            for m in range(members):
                odds[partner, good, m] *= base_share[partner, good]
                potential[good, m] += odds[partner, good, m]
    for good in range(goods):
        for m in range(members):
            if potential[good, m] == 0.0:
                potential[good, m] = 1.0
    for partner in range(partners):
        for good in range(goods):
            for m in range(members):
                odds[partner, good, m] /= potential[good, m]
    return potential


@compiled
def one_market(potential: Array, weight: Array, part: Array) -> Array:
    """Let goods compete as one; return the factor on each good's demand or supply, (good, member).

    With one good a flow is X_i = X0_i exp(a_i) / Phi, Phi = sum_g w_g Phi_g over all goods, in
    place of X_ig = X0_ig exp(a_ig) / Phi_g good by good.  So what is traded of a good is multiplied
    by 1 - k + k Phi_g / Phi, which leaves the sum over goods as it is, and ``potential`` Phi_g
    (good, member) becomes (1 - k) Phi_g + k Phi in place.  ``weight`` w (good, member): what is to
    be allocated of each good, any unit, 0 where it has no market; ``part`` k (member,) 0-1: at 0
    nothing changes.
    """
    goods, members = potential.shape
    factor = np.ones((goods, members))
    for m in range(members):
        if part[m] == 0.0:
            continue
        total, sum_of_weights = 0.0, 0.0
        for good in range(goods):
            total += weight[good, m] * potential[good, m]
            sum_of_weights += weight[good, m]
        if total <= 0.0:
            continue
        common = total / sum_of_weights
        for good in range(goods):
            if weight[good, m] == 0.0:
                continue
            own = potential[good, m]
            factor[good, m] = 1.0 - part[m] + part[m] * own / common
            potential[good, m] = (1.0 - part[m]) * own + part[m] * common
    return factor


@elementwise
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


@elementwise
def export_supply(base_value: Array, real: Array, price: Array, size_elasticity: Array) -> Array:
    """Return what a host offers abroad, O = O0 Yr^ex p, mn USD/quarter, ``(good, member)``.

    ``base_value`` (good, 1) mn USD/quarter; ``real`` (member,) log change of output; ``price``
    (good, member) log change of each good's dollar price.
    """
    result: Array = base_value * np.exp(size_elasticity * real + price)
    return result


@compiled
def ration(demanded: float, available: float) -> float:
    """Return the part of neighbours' demand that a host's output can serve, 0-1."""
    return available / demanded if demanded > available else 1.0


LEAST_KEPT = 0.5
"""Part of its usual deliveries that a power sells even when its projects stop."""


@elementwise
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


class Wants(NamedTuple):
    """What a host's imports follow: ``real`` and ``price`` its log size and prices,
    ``world_supply`` the rest of the world's, the elasticities ``of_`` each, and ``one_good``: how
    far all goods are one market, (member,)."""

    real: Array
    price: Array
    world_supply: Array
    of_size: Array
    of_price: Array
    of_potential: Array
    one_good: Array


class Machinery(NamedTuple):
    """Deliveries to projects: of the flow ``base`` (power,) at the base ``usual`` came with them,
    ``arriving`` come now, (power, member) mn USD/quarter, all of them of the ``good``."""

    base: Array
    arriving: Array
    usual: Array
    good: int


@compiled
def buy(
    odds: Array,
    base_share: Array,
    base_value: Array,
    wants: Wants,
    machinery: Machinery,
    imports: Array,
) -> None:
    """Allocate import demand over all suppliers: write ``imports`` (region, good, member).

    ``odds`` exp(a), a as in :func:`steppe.laws.ties.log_change`; ``base_share`` (region, good) and
    ``base_value`` (good,) mn USD/quarter; the laws are :func:`allocate`, :func:`one_market`,
    :func:`import_demand` and :func:`with_machinery`.
    """
    regions, goods, members = odds.shape
    potential = allocate(base_share, odds)
    weight = np.empty((goods, members))
    for good in range(goods):
        weight[good] = base_value[good]
    factor = one_market(potential, weight, wants.one_good)
    for good in range(goods):
        for m in range(members):
            potential[good, m] = import_demand(
                base_value[good],
                wants.real[m],
                wants.price[m],
                potential[good, m],
                wants.world_supply[m],
                wants.of_size[m],
                wants.of_price[m],
                wants.of_potential[m],
            )
            potential[good, m] *= factor[good, m]
    for region in range(regions):
        for good in range(goods):
            for m in range(members):
                imports[region, good, m] = odds[region, good, m] * potential[good, m]
    for p in range(len(machinery.base)):
        for m in range(members):
            imports[p, machinery.good, m] = with_machinery(
                imports[p, machinery.good, m],
                machinery.base[p],
                machinery.arriving[p, m],
                machinery.usual[p, m],
            )


class Supply(NamedTuple):
    """What a host has to sell: ``base`` (good,) mn USD/quarter, of which neighbours bought the part
    ``nearby`` (good,); ``real`` its log size (member,) with the elasticity ``of_size``, the log
    ``price`` of each good (good, member); ``farther`` (member,): part that must not go nearby;
    ``one_good`` (member,): how far all goods are one market."""

    base: Array
    nearby: Array
    real: Array
    of_size: Array
    price: Array
    farther: Array
    one_good: Array


@compiled
def sell(
    supply: Supply,
    demanded: Array,
    odds: Array,
    base_share: Array,
    to_neighbours: Array,
    abroad: Array,
    closed: Array,
    oil: int,
) -> Array:
    """Serve neighbours, allocate the rest over destinations; return output (good, member).

    ``demanded`` (host, good, member) by neighbours is written to ``to_neighbours`` as far as it is
    served; ``abroad`` (partner, good, member) is written by ``odds`` and ``base_share`` (partner,
    good).  Of what is left of the good ``oil`` a part, 1 - ``closed`` (member,), finds a route.
    """
    partners, goods, members = odds.shape
    potential = allocate(base_share, odds)
    output, left = np.empty((2, goods, members))
    for good in range(goods):
        for m in range(members):
            made = export_supply(
                supply.base[good], supply.real[m], supply.price[good, m], supply.of_size[m]
            )
            wanted, sold = 0.0, 0.0
            for host in range(len(demanded)):
                wanted += demanded[host, good, m]
            part = ration(wanted, max(1.0 - supply.farther[m], supply.nearby[good]) * made)
            for host in range(len(demanded)):
                flow = demanded[host, good, m] * part
                to_neighbours[host, good, m] = flow
                sold += flow
            rest = made - sold
            if good == oil:
                rest *= 1.0 - closed[m]
            output[good, m], left[good, m] = sold, rest
    weight = np.zeros((goods, members))
    for good in range(goods):
        if base_share[:, good].any():
            weight[good] = left[good]
    factor = one_market(potential, weight, supply.one_good)
    for good in range(goods):
        for m in range(members):
            rest = left[good, m] * factor[good, m]
            output[good, m] += rest
            for k in range(partners):
                abroad[k, good, m] = odds[k, good, m] * rest
    return output
