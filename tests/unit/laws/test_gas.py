"""Closed forms of recorded gas."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from steppe.laws import gas

volume = st.floats(0.0, 80.0)


@given(volume, volume, volume, st.floats(0.0, 50.0), st.floats(0.5, 10.0))
def test_a_line_never_exceeds_its_capacity(
    before: float, contract: float, capacity: float, age: float, tau: float
) -> None:
    flow = gas.line_volume(*(np.array([x]) for x in (before, contract, capacity, age, tau)))[0]
    assert 0.0 <= flow <= capacity
    later = gas.line_volume(*(np.array([x]) for x in (before, contract, capacity, age + 1, tau)))[0]
    if contract >= before:
        assert later >= flow
    assert abs(later - min(contract, capacity)) <= abs(flow - min(contract, capacity)) + 1e-9


def test_a_new_line_fills_by_63_per_cent_in_tau() -> None:
    flow = gas.line_volume(*(np.array([x]) for x in (0.0, 30.0, 55.0, 3.0, 3.0)))
    np.testing.assert_allclose(flow, 30.0 * (1 - np.exp(-1.0)))


def test_value_of_turkmen_gas_in_2012() -> None:
    """21.8 bcm at 0.58 of 16 USD/MMBtu is about 7 bn USD a year (BACI: 8.5 bn)."""
    year = 4.0 * gas.gas_value(np.array([21.8]), np.array([0.58]), np.array([16.0]))[0]
    assert 6_500 < year < 8_600


def one(*numbers: float) -> list[np.ndarray]:
    return [np.array([[x]]) for x in numbers]


def test_with_full_appetite_the_desired_volume_is_the_contracts_law() -> None:
    for before, contract, age in ((0.0, 30.0, 3.0), (10.0, 30.0, 0.5), (34.0, 50.0, 8.0)):
        wanted = gas.desired(*one(before, 1.0, contract, 1.0, 0.0, 100.0, age, 3.0))
        law = gas.line_volume(*one(before, contract, 100.0, age, 3.0))
        np.testing.assert_allclose(wanted, law)


def test_a_buyer_that_earns_less_takes_less_but_no_less_than_it_pays_for() -> None:
    full, third, none = (
        gas.desired(*one(0.0, 1.0, 30.0, a, 0.8, 100.0, 1e9, 3.0))[0, 0] for a in (1.0, 1 / 3, 0.0)
    )
    assert (full, third, none) == (30.0, 24.0, 24.0)
    free = gas.desired(*one(0.0, 1.0, 30.0, 1 / 3, 0.0, 100.0, 1e9, 3.0))[0, 0]
    assert free == 10.0


def test_the_base_volume_is_reproduced_at_the_bases_appetite() -> None:
    wanted = gas.desired(*one(10.2, 0.4, 30.0, 0.4, 0.0, 45.0, 0.0, 3.0))
    np.testing.assert_allclose(wanted, 10.2)


def test_netback_of_turkmen_gas_in_2000_and_2009() -> None:
    """0.36 of the LNG price with Iran's 8 bcm outside 35.3, about 0.57 with half a line to China
    and 14 bcm to Iran outside 44 (value over volume of data/gas.csv: 0.36 and 0.58)."""
    captive, half, worth = np.array([0.2]), np.array([0.87]), np.array([2.0])
    for options, share in ((8.0 / 35.3, 0.36), ((17.0 + 14.0) / 44.0, 0.565)):
        found = gas.bargained_netback(np.array([options]), captive, half, worth)[0]
        assert abs(found - share) < 0.01


@given(st.floats(0, 5), st.floats(0, 5), st.floats(0, 0.5), st.floats(0.1, 3), st.floats(0.2, 1))
def test_more_options_never_lower_the_price(
    few: float, more: float, captive: float, half: float, worth: float
) -> None:
    low, high = sorted((few, more))
    a, b = (gas.bargained_netback(*one(x, captive, half, worth))[0, 0] for x in (low, high))
    assert a <= b + 1e-12
    assert b <= worth


def test_options_are_what_could_go_elsewhere() -> None:
    found = gas.outside_options(np.array([40.0, 20.0, 100.0]), 50.0)
    np.testing.assert_allclose(found, [0.4 + 1.0, 0.8 + 1.0, 0.8 + 0.4])


@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(-3, 3)), min_size=1, max_size=6),
    st.floats(0, 150),
)
def test_routing_never_exceeds_what_is_wanted_or_there(
    lines: list[tuple[float, float]], exportable: float
) -> None:
    wanted = np.array([[d] for d, _ in lines])
    liked = np.array([[p] for _, p in lines])
    flow = gas.routed(wanted, liked, np.array([exportable]))
    assert (flow >= 0).all()
    assert (flow <= wanted * (1 + 1e-9)).all()
    np.testing.assert_allclose(flow.sum(), min(wanted.sum(), exportable), rtol=1e-6, atol=1e-6)


def test_a_seller_short_of_gas_sends_more_where_it_likes() -> None:
    wanted, none = np.array([[30.0], [30.0]]), np.zeros((2, 1))
    even = gas.routed(wanted, none, np.array([40.0]))
    np.testing.assert_allclose(even, 20.0)
    liked = gas.routed(wanted, np.array([[np.log(1.5)], [0.0]]), np.array([40.0]))
    np.testing.assert_allclose(liked[:, 0], [24.0, 16.0])
    capped = gas.routed(wanted, np.array([[5.0], [0.0]]), np.array([40.0]))
    np.testing.assert_allclose(capped[:, 0], [30.0, 10.0], rtol=1e-6)


def test_prices_are_reviewed_at_their_rate() -> None:
    moved = gas.reviewed(*(np.array([x]) for x in (0.4, 0.6, 2.0)))
    np.testing.assert_allclose(moved, 0.6 - 0.2 * np.exp(-0.125))
