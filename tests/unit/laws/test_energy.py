"""Closed forms of oil routes, uranium and power plants."""

from __future__ import annotations

import numpy as np

from steppe.laws import energy


def test_oil_fills_the_cheapest_routes_first_and_leaves_what_no_route_holds() -> None:
    capacity, tariff = np.array([[50.0], [20.0], [10.0]]), np.array([[38.0], [48.0], [90.0]])
    flow = energy.oil_flows(capacity, tariff, np.array([1.0]), np.array([60.0]))
    np.testing.assert_allclose(flow[:, 0], [50.0, 10.0, 0.0], atol=1e-6)
    full = energy.oil_flows(capacity, tariff, np.array([20.0]), np.array([90.0]))
    np.testing.assert_allclose(full, np.minimum(capacity, full))
    np.testing.assert_allclose(full.sum(), 80.0)


def test_kazakh_oil_of_2009_by_route() -> None:
    """CPC 27.5, Atyrau-Samara 17.5, China 7.7, Aktau 11.1, railway 4 Mt (investkz.com)."""
    capacity = np.array([[28.5], [17.5], [10.0], [12.0], [10.0]])
    tariff = np.array([[38.0], [48.0], [60.0], [75.0], [90.0]])
    flow = energy.oil_flows(capacity, tariff, np.array([20.0]), np.array([67.5]))[:, 0]
    assert (np.abs(flow - [27.5, 17.5, 7.7, 11.1, 4.0]) < 4.0).all()


def test_dearer_routes_take_from_the_price() -> None:
    kept = energy.kept_of_price(*(np.array([x]) for x in (500.0, 100.0, 50.0)))
    np.testing.assert_allclose(kept, 400.0 / 450.0)
    same = energy.kept_of_price(*(np.array([x]) for x in (20.0, 70.0, 70.0)))
    np.testing.assert_allclose(same, 1.0)
    free = energy.kept_of_price(*(np.array([x]) for x in (0.0, 70.0, 50.0)))
    np.testing.assert_allclose(free, 1.0)


def test_log_price_step_by_hand() -> None:
    numbers = (np.array([x]) for x in (1.0, 2.0, 0.8, 0.4, -1.0))
    moved = energy.log_price_step(*numbers)
    np.testing.assert_allclose(moved, 1.0 + (1 - np.exp(-0.2)) - 0.2)


def test_minerals_are_ores_and_uranium() -> None:
    price = energy.mixed_price(np.array([0.0]), np.log(np.array([3.0])), np.array([0.25]))
    np.testing.assert_allclose(np.exp(price), 1.5)
    one, zero = np.ones(1), np.zeros(1)
    share = energy.uranium_share(price, np.log(3.0 * one), zero, 0.25 * one, one)
    np.testing.assert_allclose(share, 0.5)
    off = energy.uranium_share(0.4 * one, np.log(3.0 * one), 0.4 * one, 0.25 * one, zero)
    np.testing.assert_allclose(off, 0.25)


def test_turakurgan_adds_what_it_cost() -> None:
    """900 MW for 1.2 bn USD at 1.33 mn a MW; a fiftieth of the old plants retires in a year."""
    found = energy.plant_capacity(*(np.array([[x]]) for x in (13254.0, 1200.0, 1.3333, 0.02)))
    np.testing.assert_allclose(found, 13254.0 * (1 - 0.005) + 900.0, rtol=1e-4)


def test_scarcity_rises_with_growth_and_falls_with_plants() -> None:
    short = energy.scarcity(*(np.array([[x]]) for x in (0.5, 0.7, 120.0, 100.0)))
    np.testing.assert_allclose(short, 0.35 - np.log(1.2))


def test_scarcity_where_there_are_no_plants() -> None:
    base, log_real = np.array([[0.0, 0.0, 100.0]]), np.full((1, 3), 0.5)
    with np.errstate(all="raise"):
        short = energy.scarcity(log_real, 0.7, np.array([[0.0, 50.0, 0.0]]), base)
    np.testing.assert_allclose(short[0], [0.35, 0.35 - np.log(50.0), 0.35 + np.log(100.0)])
