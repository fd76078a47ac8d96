"""Closed forms and metamorphic laws of trade, over random parameters."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from steppe.laws import gravity, ties, trade

PARTNERS, GOODS, MEMBERS = 4, 2, 3
logs = st.floats(-2.0, 2.0, allow_subnormal=False)
positive = st.floats(0.05, 20.0)
changes = arrays(float, (PARTNERS, GOODS, MEMBERS), elements=logs)
flows = arrays(float, (PARTNERS, GOODS), elements=positive)


def shares(base: np.ndarray) -> np.ndarray:
    return base / base.sum(axis=0)


def allocated(base: np.ndarray, change: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return shares and their potential."""
    odds = np.exp(change)
    potential = trade.allocate(shares(base), odds)
    return odds, potential


@given(flows, changes)
def test_shares_sum_to_one_and_start_at_the_base(base: np.ndarray, change: np.ndarray) -> None:
    share, potential = allocated(base, change)
    np.testing.assert_allclose(share.sum(axis=0), 1.0, rtol=1e-12)
    assert (potential > 0).all()
    same, unit = allocated(base, np.zeros_like(change))
    np.testing.assert_allclose(
        same, np.broadcast_to(shares(base)[..., None], same.shape), rtol=1e-12
    )
    np.testing.assert_allclose(unit, 1.0, rtol=1e-12)


@given(flows, changes, st.floats(0.01, 1.0), st.floats(0.5, 8.0))
def test_a_higher_tariff_never_raises_the_pairs_share(
    base: np.ndarray, change: np.ndarray, tariff: float, elasticity: float
) -> None:
    before, potential = allocated(base, change)
    taxed = change.copy()
    taxed[0] -= elasticity * tariff
    after, lower = allocated(base, taxed)
    assert (after[0] < before[0]).all()
    assert (after[1:] > before[1:]).all()
    assert (lower < potential).all(), "a tariff makes supply dearer"


@given(flows, changes, logs)
def test_when_all_suppliers_grow_alike_shares_and_demand_stay(
    base: np.ndarray, change: np.ndarray, growth: float
) -> None:
    value = np.ones((GOODS, 1))
    ones = np.ones(MEMBERS)

    def demand(shift: float) -> tuple[np.ndarray, np.ndarray]:
        share, potential = allocated(base, change + shift)
        zero = np.zeros(MEMBERS)
        supply = np.full(MEMBERS, shift)
        return share, trade.import_demand(
            value, zero, zero, potential, supply, ones, ones, 0.6 * ones
        )

    (share, bought), (share_grown, bought_grown) = demand(0.0), demand(growth)
    np.testing.assert_allclose(share_grown, share, rtol=1e-10)
    np.testing.assert_allclose(bought_grown, bought, rtol=1e-10)


@given(st.floats(-3, 3), st.floats(0.0, 0.3), st.floats(0.1, 60.0))
def test_erosion_ends_at_the_gravity_potential(residual: float, rate: float, years: float) -> None:
    r = np.array([[residual]])
    change = ties.erosion(r, np.array([rate]), years)
    assert abs(change[0, 0]) <= abs(residual)
    assert change[0, 0] * residual <= 0.0, "a tie above its potential falls, one below it rises"
    np.testing.assert_allclose(ties.erosion(r, np.array([1e3]), 1.0), -r)
    assert ties.erosion(r, np.array([rate]), 0.0)[0, 0] == 0.0


def test_adjustment_reproduces_the_one_year_ratio() -> None:
    """At 0.11 a quarter a permanent change shows about 0.38 of its effect after a year."""
    state, target, speed = np.zeros(1), np.ones(1), np.array([0.11])
    for _ in range(4):
        ties.adjust(state, target, speed)
    np.testing.assert_allclose(state, 1 - 0.89**4)
    assert abs(state[0] - 0.76 / 2.0) < 0.01, "Boehm, Levchenko and Pandalai-Nayar (2023)"


@given(
    arrays(float, (GOODS, 1), elements=positive),
    arrays(float, (GOODS, MEMBERS), elements=logs),
    logs,
)
def test_exports_follow_output_and_each_goods_price(
    base: np.ndarray, price: np.ndarray, real: float
) -> None:
    ones = np.ones(MEMBERS)
    offered = trade.export_supply(base, real * ones, price, 1.3 * ones)
    np.testing.assert_allclose(offered, base * np.exp(1.3 * real + price), rtol=1e-10)
    flat = trade.export_supply(base, 0 * ones, 0 * price, ones)
    np.testing.assert_allclose(flat, np.broadcast_to(base, flat.shape), rtol=1e-12)


@given(
    arrays(float, (GOODS, MEMBERS), elements=st.floats(0.0, 10.0)),
    arrays(float, (GOODS, MEMBERS), elements=st.floats(0.0, 10.0)),
)
def test_neighbours_are_never_served_more_than_there_is(
    demanded: np.ndarray, available: np.ndarray
) -> None:
    part = np.vectorize(trade.ration, otypes=[float])(demanded, available)
    assert ((part >= 0) & (part <= 1)).all()
    assert (part * demanded <= available * (1 + 1e-12) + 1e-300).all()
    assert (part[demanded <= available] == 1.0).all()


def test_noise_is_larger_for_small_flows() -> None:
    flow = np.array([[1.0], [30.0], [300.0], [3000.0]])
    clip = np.array([1.75]), np.array([0.15]), np.array([0.5])
    scale = gravity.pair_noise_scale(flow, *clip)[:, 0]
    assert (np.diff(scale) < 0).all()
    assert scale[0] == 1.75
    assert gravity.pair_noise_scale(np.array([[1e12]]), *clip)[0, 0] == 0.5


def test_gravity_potential_by_its_closed_form() -> None:
    one = np.ones(1)
    near = gravity.potential(np.log([[1000.0]]), one, one, one, one, 0.4 * one)
    far = gravity.potential(np.log([[2000.0]]), one, one, one, one, 0.4 * one)
    np.testing.assert_allclose(near - far, np.log(2.0))
    np.testing.assert_allclose(near, 1.4 - np.log(1000.0))


def test_gravity_residuals_have_a_zero_median_over_the_eroding_powers() -> None:
    rng = np.random.default_rng(3)
    log_trade, size = rng.normal(4, 2, (5, 5, 1)), rng.normal(8, 1, (5, 5, 1))
    potential = rng.normal(-8, 1, (5, 5, 4))
    residual = gravity.residuals(log_trade, size, potential, (1, 2, 3))
    assert np.abs(np.median(residual[1:4].reshape(15, 4), axis=0)).max() < 1e-12
    bigger = gravity.residuals(log_trade, size + 1.0, potential, (1, 2, 3))
    np.testing.assert_allclose(bigger, residual, atol=1e-12)
    up = gravity.residuals(log_trade + np.eye(5)[..., None], size, potential, (1, 2, 3))
    assert (up[0, 0] > residual[0, 0] - 1e-12).all()


REGIONS, POWERS, NEIGHBOURS = 6, 3, 2
PLACE = np.array([0, 1, 2, 5], np.intp)
"""Where the partners, powers first, stand among the regions."""


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 20.0))
def test_ties_move_by_a_part_of_the_gap_to_size_cost_and_history(seed: int, years: float) -> None:
    """Imports answer tariffs, access and liking as well; exports demand; costs good by good."""
    rng = np.random.default_rng(seed)
    pulls = ties.Pulls(
        supply=rng.normal(size=(REGIONS, MEMBERS)),
        demand=rng.normal(size=(PARTNERS, MEMBERS)),
        tariff=rng.normal(size=(REGIONS, MEMBERS)),
        cost=rng.normal(size=(REGIONS, GOODS, MEMBERS)),
        residual=rng.normal(size=(POWERS, MEMBERS)),
        erosion=rng.uniform(0.0, 0.2, (POWERS, MEMBERS)),
        access=rng.normal(size=(POWERS, MEMBERS)),
        liked=rng.normal(size=(POWERS, MEMBERS)),
    )
    state = ties.Ties(
        bought=rng.normal(size=(REGIONS, MEMBERS)),
        cost_bought=rng.normal(size=(REGIONS, GOODS, MEMBERS)),
        sold=rng.normal(size=(PARTNERS, MEMBERS)),
        cost_sold=rng.normal(size=(PARTNERS, GOODS, MEMBERS)),
    )
    old = ties.Ties(*(field.copy() for field in state))
    theta, speed = rng.uniform(1.0, 5.0, MEMBERS), rng.random(MEMBERS)
    ties.move_ties(state, pulls, PLACE, theta, speed, years)
    eroded = np.zeros((REGIONS, MEMBERS))
    eroded[:POWERS] = -pulls.residual * (1.0 - np.exp(-pulls.erosion * years))
    bought = pulls.supply - theta * pulls.tariff + eroded
    bought[:POWERS] += pulls.access + pulls.liked
    cost = -theta * pulls.cost
    targets = ties.Ties(bought, cost, pulls.demand + eroded[PLACE], cost[PLACE])
    for now, before, target in zip(state, old, targets, strict=True):
        np.testing.assert_allclose(now, (1.0 - speed) * before + speed * target, atol=1e-12)


def test_noise_falls_on_the_powers_alone() -> None:
    rng = np.random.default_rng(2)
    tie, cost = rng.normal(size=(PARTNERS, MEMBERS)), rng.normal(size=(PARTNERS, GOODS, MEMBERS))
    noise, result = rng.normal(size=(POWERS, MEMBERS)), np.empty((PARTNERS, GOODS, MEMBERS))
    ties.log_change(tie, cost, noise, result)
    expected = tie[:, None] + cost
    expected[:POWERS] += noise[:, None]
    np.testing.assert_allclose(result, expected)


@given(st.integers(0, 2**32 - 1))
def test_a_host_buys_by_demand_shares_and_what_projects_bring(seed: int) -> None:
    rng = np.random.default_rng(seed)
    odds, base = rng.uniform(0.2, 3.0, (REGIONS, GOODS, MEMBERS)), rng.random((REGIONS, GOODS))
    base_share, base_value = shares(base), rng.uniform(10.0, 500.0, GOODS)
    merged = rng.permutation([0.0, rng.random(), 1.0])
    wants = trade.Wants(*rng.uniform(-0.5, 1.5, (6, MEMBERS)), one_good=merged)
    machinery = trade.Machinery(
        base=rng.uniform(0.0, 200.0, POWERS),
        arriving=rng.uniform(0.0, 100.0, (POWERS, MEMBERS)),
        usual=rng.uniform(0.0, 100.0, (POWERS, MEMBERS)),
        good=1,
    )
    weight = base_share[..., None] * odds
    potential = weight.sum(axis=0)
    size = wants.of_size * wants.real + wants.of_price * wants.price
    common = (base_value[:, None] * potential).sum(axis=0) / base_value.sum()
    felt = (1.0 - merged) * potential + merged * common
    supply = wants.of_potential * (np.log(felt) - wants.world_supply)
    of_good = base_value[:, None] * (1.0 - merged + merged * potential / common)
    expected = weight / potential * of_good * np.exp(size + supply)
    expected[:POWERS, 1] = trade.with_machinery(
        expected[:POWERS, 1], machinery.base[:, None], machinery.arriving, machinery.usual
    )
    imports = np.full((REGIONS, GOODS, MEMBERS), np.nan)
    trade.buy(odds, base_share, base_value, wants, machinery, imports)
    np.testing.assert_allclose(imports, expected)


@given(st.integers(0, 2**32 - 1), st.integers(0, GOODS - 1))
def test_a_host_serves_neighbours_first_and_sells_the_rest_abroad(seed: int, oil: int) -> None:
    """Neighbours get at most what need not go farther, or the part they always had."""
    rng = np.random.default_rng(seed)
    supply = trade.Supply(
        base=rng.uniform(10.0, 500.0, GOODS),
        nearby=rng.random(GOODS),
        real=rng.uniform(-0.3, 0.5, MEMBERS),
        of_size=rng.uniform(0.5, 1.5, MEMBERS),
        price=rng.uniform(-0.5, 0.5, (GOODS, MEMBERS)),
        farther=rng.random(MEMBERS),
        one_good=rng.permutation([0.0, rng.random(), 1.0]),
    )
    demanded = rng.uniform(0.0, 200.0, (NEIGHBOURS, GOODS, MEMBERS))
    odds, base = rng.uniform(0.2, 3.0, (PARTNERS, GOODS, MEMBERS)), rng.random((PARTNERS, GOODS))
    base_share, closed = shares(base), rng.random(MEMBERS)
    weight = base_share[..., None] * odds
    made = supply.base[:, None] * np.exp(supply.of_size * supply.real + supply.price)
    near = np.maximum(1.0 - supply.farther, supply.nearby[:, None]) * made
    wanted = demanded.sum(axis=0)
    served = demanded * np.minimum(near / wanted, 1.0)
    rest = made - served.sum(axis=0)
    rest[oil] *= 1.0 - closed
    whole, potential = rest.sum(axis=0), weight.sum(axis=0)
    common = (rest * potential).sum(axis=0) / whole
    rest = rest * (1.0 - supply.one_good + supply.one_good * potential / common)
    np.testing.assert_allclose(rest.sum(axis=0), whole)
    to_neighbours, abroad = np.empty_like(demanded), np.empty_like(odds)
    output = trade.sell(supply, demanded, odds, base_share, to_neighbours, abroad, closed, oil)
    np.testing.assert_allclose(to_neighbours, served)
    np.testing.assert_allclose(abroad, weight / weight.sum(axis=0) * rest, atol=1e-9)
    np.testing.assert_allclose(output, served.sum(axis=0) + rest)


def test_with_one_good_all_suppliers_compete_in_one_market() -> None:
    """Two suppliers sold 60 and 20 of one good, 20 and 100 of another; the first doubles its odds.

    Apart: Phi = (120 + 20) / 80 = 1.75 and (40 + 100) / 120 = 7/6; the first sells 80 x 120/140 and
    120 x 40/140.  As one: Phi = (280 + 0) / 200 = 1.4; it sells 160 / 1.4 of 200, three times as
    much of the first good as of the second, as before.
    """
    base = np.array([[60.0, 20.0], [20.0, 100.0]])
    odds = np.ones((2, 2, 3))
    odds[0] = 2.0
    members = np.zeros(3)
    wants = trade.Wants(*[members] * 6, one_good=np.array([0.0, 1.0, 0.5]))
    no_works = trade.Machinery(np.zeros(0), np.zeros((0, 3)), np.zeros((0, 3)), 0)
    imports = np.full((2, 2, 3), np.nan)
    trade.buy(odds, shares(base), base.sum(axis=0), wants, no_works, imports)
    apart = np.array([[80.0 * 120 / 140, 120.0 * 40 / 140], [80.0 * 20 / 140, 120.0 * 100 / 140]])
    as_one = np.array([[120.0, 40.0], [20.0, 100.0]]) / 1.4
    np.testing.assert_allclose(imports[..., 0], apart)
    np.testing.assert_allclose(imports[..., 1], as_one)
    np.testing.assert_allclose(imports[..., 2], (apart + as_one) / 2)
    np.testing.assert_allclose(imports.sum(axis=(0, 1)), 200.0)


def test_a_good_that_nobody_bought_does_not_weigh_on_the_others() -> None:
    """All odds double: everything grows alike, and what was not traded stays so."""
    supply = trade.Supply(
        base=np.array([10.0, 30.0, 5.0]),
        nearby=np.array([0.0, 0.0, 1.0]),
        real=np.zeros(1),
        of_size=np.ones(1),
        price=np.zeros((3, 1)),
        farther=np.zeros(1),
        one_good=np.ones(1),
    )
    base_share = np.array([[0.5, 0.2, 0.0], [0.5, 0.8, 0.0]])
    odds, closed = np.full((2, 3, 1), 2.0), np.zeros(1)
    abroad, near = np.empty((2, 3, 1)), np.empty((1, 3, 1))
    output = trade.sell(supply, np.zeros((1, 3, 1)), odds, base_share, near, abroad, closed, 0)
    np.testing.assert_allclose(abroad[..., 0], [[5.0, 6.0, 0.0], [5.0, 24.0, 0.0]])
    np.testing.assert_allclose(output[:, 0], [10.0, 30.0, 5.0])
