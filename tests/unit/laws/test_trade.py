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
