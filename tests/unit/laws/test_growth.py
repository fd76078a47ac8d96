"""Closed forms of growth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppe.laws import growth

part = st.floats(0.0, 2.0)


@given(part, part)
def test_own_share_is_a_share_and_falls_with_imports(imports: float, exports: float) -> None:
    own = growth.own_share(np.array([imports]), np.array([exports]))[0]
    assert 0.0 < own <= 1.0
    more = growth.own_share(np.array([imports + 0.1]), np.array([exports]))[0]
    assert more <= own + 1e-12, "more imports never raise the share of own goods"


def test_own_share_in_autarky_and_closed_form() -> None:
    assert growth.own_share(np.zeros(1), np.zeros(1))[0] == 1.0
    np.testing.assert_allclose(growth.own_share(np.array([0.3]), np.array([0.3])), 0.7)


@given(part, st.floats(0.01, 3.0), st.floats(0.05, 0.95))
def test_re_exports_are_left_out_in_proportion(ratio: float, base: float, cap: float) -> None:
    used = growth.for_use(np.array([ratio]), base, np.array([cap]))[0]
    assert used <= ratio
    if base <= cap:
        assert used == ratio
    else:
        assert used == pytest.approx(ratio * cap / base), "growth still shows above the cap"


def test_resource_revenue_counts_what_a_host_sells() -> None:
    none, one = np.zeros(1), np.ones(1)
    oil = growth.resource_revenue(40.0 * one, none, 20.0 * one, 100.0, none)
    np.testing.assert_allclose(oil, np.log(0.6))
    drift = np.array([0.3])
    risen = np.exp(drift)
    alike = growth.resource_revenue(50 * risen, 30 * risen, 20 * risen, 100.0, drift)
    np.testing.assert_allclose(alike, 0.0, atol=1e-12)
    volume = growth.resource_revenue(50 * one, 60 * one, 20 * one, 100.0, none)
    np.testing.assert_allclose(volume, np.log(1.3), err_msg="gas counts with its volume")


@given(st.floats(-0.3, 0.3))
def test_balanced_growth_leaves_the_trend_alone(trend: float) -> None:
    zero, one = np.zeros(2), np.ones(2)
    rate = growth.real_growth(
        trend * one, one, 3 * one, zero, one, zero, one, zero, one, zero, zero
    )
    np.testing.assert_allclose(rate, trend)


def test_gains_from_trade_by_the_closed_form() -> None:
    """Arkolakis, Costinot and Rodriguez-Clare: d ln W = -(1/theta) d ln(own share)."""
    zero, one = np.zeros(1), np.ones(1)
    change = np.log(np.array([0.8])) - np.log(np.array([0.9]))
    rate = growth.real_growth(zero, one, 5 * one, change, zero, zero, zero, zero, zero, zero, zero)
    np.testing.assert_allclose(rate, -change / 5)
    assert rate[0] > 0.0


@given(st.floats(-2, 2), st.floats(0.0, 0.7), st.floats(0.0, 0.3))
def test_a_uniform_dollar_inflation_passes_whole(change: float, rouble: float, oil: float) -> None:
    c = np.array([change])
    level = growth.price_level(np.array([rouble]), c, np.array([oil]), c, c)
    np.testing.assert_allclose(level, c, atol=1e-12)


def test_remittances_follow_russian_gdp() -> None:
    flow = growth.remittance_flow(np.array([100.0]), np.log(np.array([0.5])), np.array([2.0]))
    np.testing.assert_allclose(flow, 25.0)


def test_growth_adds_its_six_parts() -> None:
    """.01 + .8/4 x .02 (the own share falls) + .3 x .1 + .5 x (-.04) + .1 x .05 + .002."""
    given_in = 0.01, 0.8, 4.0, -0.02, 0.3, 0.1, 0.5, -0.04, 0.1, 0.05, 0.002
    rate = growth.real_growth(*(np.array([x]) for x in given_in))
    np.testing.assert_allclose(rate, 0.01 + 0.004 + 0.03 - 0.02 + 0.005 + 0.002)


def test_the_price_level_by_hand() -> None:
    """.6 of the rouble's fall by .5, .1 of oil's by .4, .3 of dollar prices' rise by .2."""
    level = growth.price_level(*(np.array([x]) for x in (0.6, -0.5, 0.1, -0.4, 0.2)))
    np.testing.assert_allclose(level, -0.3 - 0.04 + 0.06)


def test_remittances_follow_migrants_one_to_one() -> None:
    """Half the income at an elasticity of two, and migrants up by the log of three."""
    half, three = np.log(np.array([0.5])), np.log(np.array([3.0]))
    flow = growth.remittance_flow(np.array([100.0]), half, np.array([2.0]), three)
    np.testing.assert_allclose(flow, 75.0)
