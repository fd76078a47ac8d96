"""Identity 6 and identity 11 for corridors: shares, tonnage, closed links, and the same bits.

Route shares sum to 1 over open routes, a closed link carries nothing, tonnage is conserved, and a
member is the same alone as in a chunk.
"""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from steppe import axes
from steppe.laws import corridors, traffic
from steppe.parameters import Values, registry
from steppe.world.network import network

Array = NDArray[np.float64]
NET = network()
SEEDS = st.integers(0, 2**32 - 1)
TOLERANCE = 1e-9
FROM_JAPAN = [i for i, name in enumerate(axes.LINKS) if name.startswith("japan_")]


def drawn(seed: int, members: int, shut: float = 0.3) -> tuple[Values, Array, Array]:
    """Random parameters within their ranges, volumes and trade; a part of the links ``shut``."""
    rng = np.random.default_rng(seed)
    known = registry()
    start = known.defaults(int(rng.choice(axes.BASES)))
    values = Values(known, np.repeat(start[:, None], members, axis=1))
    for row, parameter in enumerate(known):
        if parameter.name.startswith(("link.", "corridors.")):
            free = start[row] * rng.lognormal(0, 0.5, members) + 0.01 * rng.random(members)
            values.table[row] = np.clip(free, parameter.low, parameter.high)
    openness = values.over("link.{link}.open")
    openness[:] = rng.choice([1.0, 0.4, 0.0], openness.shape, p=[0.9 - shut, 0.1, shut])
    volume = rng.gamma(1.0, 5.0, openness.shape)
    regions, goods = len(axes.REGIONS), len(axes.GOODS)
    return values, volume, rng.gamma(0.5, 500.0, (regions, regions, goods, members))


def carried(values: Values, volume: Array, trade: Array) -> dict[str, Array]:
    """Everything that a quarter computes about corridors."""
    value = traffic.both_ways(NET, trade)
    tonnes = traffic.tonnage(
        value,
        values.over("corridors.dollars_per_tonne.{good}"),
        values.over("corridors.overland_share.{good}"),
    )
    found = corridors.transport(NET, values, volume)
    route_flow = traffic.route_flows(NET, tonnes, found.shares)
    flow = traffic.link_flows(NET, route_flow)
    share, days, dollars = traffic.corridor_means(
        NET, "JPN", value, found.shares, found.route_days, found.route_freight
    )
    return {
        "tonnes": tonnes,
        "link_days": found.link_days,
        "shares": found.shares,
        "log_cost": found.log_cost,
        "route_flow": route_flow,
        "flow": flow,
        "volume": traffic.smooth(volume, flow, values["corridors.smoothing"]),
        "corridor_volume": traffic.corridor_volume(NET, route_flow),
        "corridor_share": share,
        "corridor_days": days,
        "corridor_cost": dollars,
    }


def sums_by_pair(field: Array) -> Array:
    """Sum a field (route, ...) over the routes of each pair, without the model's own sums."""
    total = np.zeros((NET.pairs, *field.shape[1:]))
    np.add.at(total, NET.route_pair, field)
    return total


def open_pairs(values: Values) -> Array:
    """True (pair, member) where a route of the pair has no shut link, link by link."""
    opened = values.over("link.{link}.open") > 0
    passable = np.array(
        [
            np.all([opened[axes.LINKS.index(name)] for name in NET.links_of(route)], axis=0)
            for route in range(NET.routes)
        ]
    )
    return sums_by_pair(passable.astype(float)) > 0


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.sampled_from([0.0, 0.2, 0.6]))
def test_shares_sum_to_one_over_open_routes(seed: int, shut: float) -> None:
    values, volume, trade = drawn(seed, 3, shut)
    found = carried(values, volume, trade)
    wanted = np.repeat(open_pairs(values)[:, None], len(axes.GOODS), axis=1).astype(float)
    np.testing.assert_allclose(sums_by_pair(found["shares"]), wanted, rtol=0, atol=TOLERANCE)
    assert np.all(found["shares"] >= 0)
    assert np.all(np.isfinite(found["log_cost"]))


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.sampled_from([0.2, 0.6]))
def test_a_closed_link_carries_nothing(seed: int, shut: float) -> None:
    values, volume, trade = drawn(seed, 3, shut)
    found = carried(values, volume, trade)
    closed = values.over("link.{link}.open") == 0
    assert closed.any()
    assert np.all(found["flow"][closed] == 0.0)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.sampled_from([0.0, 0.2, 0.6]))
def test_tonnage_is_conserved(seed: int, shut: float) -> None:
    values, volume, trade = drawn(seed, 3, shut)
    found = carried(values, volume, trade)
    sent = found["tonnes"].sum(axis=1) * open_pairs(values)
    np.testing.assert_allclose(
        sums_by_pair(found["route_flow"]), sent, rtol=TOLERANCE, atol=TOLERANCE
    )
    japan = [pair for pair, codes in enumerate(NET.pair_codes) if "JPN" in codes]
    np.testing.assert_allclose(
        found["flow"][FROM_JAPAN].sum(axis=0), sent[japan].sum(axis=0), rtol=TOLERANCE, atol=1e-12
    )
    lengths = np.array([len(NET.links_of(route)) for route in range(NET.routes)])
    np.testing.assert_allclose(
        found["flow"].sum(axis=0),
        (lengths[:, None] * found["route_flow"]).sum(axis=0),
        rtol=TOLERANCE,
    )


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_corridor_shares_are_parts_of_japans_trade(seed: int) -> None:
    values, volume, trade = drawn(seed, 3)
    share = carried(values, volume, trade)["corridor_share"]
    whole = share.sum(axis=0)
    assert np.all(share >= 0)
    assert np.all((np.abs(whole - 1) < TOLERANCE) | (whole == 0))


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_a_member_is_the_same_in_any_chunk_to_the_bit(seed: int) -> None:
    members = 64
    values, volume, trade = drawn(seed, members)
    whole = carried(values, volume, trade)
    for size in (2, 7):
        for first in (0, 21, members - size):
            part = slice(first, first + size)
            cut = Values(values.registry, np.ascontiguousarray(values.table[:, part]))
            found = carried(
                cut,
                np.ascontiguousarray(volume[:, part]),
                np.ascontiguousarray(trade[..., part]),
            )
            for name, field in found.items():
                same = np.array_equal(field, whole[name][..., part], equal_nan=True)
                assert same, (name, size, first)


def test_the_start_of_a_run_is_the_same_in_any_chunk_to_the_bit() -> None:
    values, _, trade = drawn(11, 7)
    tonnes = carried(values, np.zeros((len(axes.LINKS), 7)), trade)["tonnes"]
    whole = corridors.settled_volume(NET, values, tonnes)
    pair = Values(values.registry, np.ascontiguousarray(values.table[:, 3:5]))
    part = corridors.settled_volume(NET, pair, np.ascontiguousarray(tonnes[..., 3:5]))
    assert np.array_equal(part, whole[:, 3:5])
