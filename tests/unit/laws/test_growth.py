"""Closed forms of growth."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from steppe.laws import growth

part = st.floats(0.0, 2.0)


@given(part, part, st.floats(0.05, 0.95))
def test_own_share_is_a_share_whatever_is_re_exported(
    imports: float, exports: float, cap: float
) -> None:
    own = growth.own_share(np.array([imports]), np.array([exports]), np.array([cap]))[0]
    assert 0.0 < own <= 1.0
    more = growth.own_share(np.array([imports + 0.1]), np.array([exports]), np.array([cap]))[0]
    assert more <= own + 1e-12, "more imports never raise the share of own goods"


def test_own_share_in_autarky_and_closed_form() -> None:
    cap = np.array([0.6])
    assert growth.own_share(np.zeros(1), np.zeros(1), cap)[0] == 1.0
    np.testing.assert_allclose(growth.own_share(np.array([0.3]), np.array([0.3]), cap), 0.7)


@given(st.floats(-0.3, 0.3))
def test_balanced_growth_leaves_the_trend_alone(trend: float) -> None:
    zero, one = np.zeros(2), np.ones(2)
    rate = growth.real_growth(trend * one, one, 3 * one, zero, one, zero, one, zero, zero)
    np.testing.assert_allclose(rate, trend)


def test_gains_from_trade_by_the_closed_form() -> None:
    """Arkolakis, Costinot and Rodriguez-Clare: d ln W = -(1/theta) d ln(own share)."""
    zero, one = np.zeros(1), np.ones(1)
    change = np.log(np.array([0.8])) - np.log(np.array([0.9]))
    rate = growth.real_growth(zero, one, 5 * one, change, zero, zero, zero, zero, zero)
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
