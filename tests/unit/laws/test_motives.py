"""The motives of powers: closed forms, units, limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from steppe.laws import motives

HOSTS, SECTORS, MEMBERS = 3, 4, 2
SHAPE = HOSTS, SECTORS, MEMBERS
fields = arrays(float, SHAPE, elements=st.floats(-50.0, 50.0))


def value(income: float, rate: float, years: float, life: float, hurdle: float = 1.0) -> float:
    one = np.ones(1)
    worth = motives.worth_of_income(rate * one, years * one, life, hurdle * one)
    return float(motives.present_value(income * one, worth)[0])


@given(
    st.floats(0.0, 1.0),
    st.floats(0.001, 0.3),
    st.floats(0.25, 20.0),
    st.floats(1.0, 40.0),
    st.floats(1.0, 5.0),
)
def test_present_value_is_the_discounted_stream(
    income: float, rate: float, years: float, life: float, hurdle: float
) -> None:
    """The integral of y exp(-r t) from L to L + T, by midpoints, over the hurdle, less one."""
    step = life / 4000
    t = years + (np.arange(4000) + 0.5) * step
    stream = float(np.sum(income * np.exp(-rate * t)) * step)
    assert value(income, rate, years, life, hurdle) == pytest.approx(
        stream / hurdle - 1.0, rel=1e-4
    )


def test_present_value_at_its_limits() -> None:
    """At hardly any interest 25 years of 0.04 return the dollar; nothing earned loses all."""
    assert value(0.04, 1e-9, 0.0, 25.0) == pytest.approx(0.0, abs=2e-5)
    assert value(0.0, 0.05, 4.0, 25.0) == -1.0
    assert value(0.1, 0.05, 4.0, 1e6) == pytest.approx(0.1 / 0.05 * np.exp(-0.2) - 1.0)


def test_present_value_without_interest_is_the_sum_of_the_years() -> None:
    assert value(0.06, 0.0, 4.0, 25.0, 1.2) == pytest.approx(0.06 * 25.0 / 1.2 - 1.0, abs=2e-5)


@given(st.floats(0.01, 1.0), st.floats(0.001, 0.2), st.floats(0.5, 10.0), st.floats(1.0, 3.0))
def test_dearer_later_and_riskier_is_worth_less(
    income: float, rate: float, years: float, hurdle: float
) -> None:
    at_base = value(income, rate, years, 25.0, hurdle)
    assert value(1.1 * income, rate, years, 25.0, hurdle) > at_base
    assert value(income, 1.1 * rate, years, 25.0, hurdle) < at_base
    assert value(income, rate, 1.1 * years, 25.0, hurdle) < at_base
    assert value(income, rate, years, 25.0, 1.1 * hurdle) < at_base
    assert value(income, rate, years, 26.0, hurdle) > at_base


def test_capital_in_place_crowds_the_next_project() -> None:
    """Full income on virgin ground, half of it where capital reaches the part of GDP given."""
    gdp = np.array([[20_000.0], [100_000.0]])
    operating = np.array([[0.0, 2_000.0], [10_000.0, 90_000.0]])[..., None]
    left = motives.crowding(operating, gdp, np.array([0.1]))
    np.testing.assert_allclose(left[..., 0], [[1.0, 0.5], [0.5, 0.1]])


@given(
    arrays(float, (SECTORS, 1), elements=st.floats(0.0, 2.0)),
    arrays(float, (HOSTS, SECTORS, 1), elements=st.floats(0.0, 1.0)),
)
def test_security_is_a_product_in_a_unit_common_to_the_powers(
    at_stake: np.ndarray, potential: np.ndarray
) -> None:
    field = motives.security(at_stake, potential)
    assert field.shape == (HOSTS, SECTORS, 1)
    for h, s in np.ndindex(HOSTS, SECTORS):
        expected = at_stake[s, 0] * potential[h, s, 0] / 0.4
        assert field[h, s, 0] == pytest.approx(expected, rel=1e-12)


def test_need_by_hand() -> None:
    """Zero at 4,000 USD, ln 2 at 2,000, clipped at 1.5 for the poorest and -1 for the rich."""
    heads = np.array([4000.0, 2000.0, 500.0, 40_000.0])[:, None]
    wanted = np.array([[0.0, 0.7]] * 4)[..., None]
    need = motives.need(heads, np.array([4000.0]), wanted)
    np.testing.assert_allclose(need[:, 0, 0], [0.0, np.log(2.0), 1.5, -1.0])
    np.testing.assert_allclose(need[:, 1] - need[:, 0], 0.7)


@given(st.floats(100.0, 1e5), st.floats(1000.0, 9000.0))
def test_concessional_money_fades_above_a_line(head: float, line: float) -> None:
    kept = motives.graduation(np.array([[head]]), np.array([line]))[0, 0]
    assert kept == pytest.approx(1.0 if head <= line else line / head)
    assert kept * head <= line * (1 + 1e-12)


@given(fields)
def test_a_field_over_its_spread_has_a_deviation_of_one(field: np.ndarray) -> None:
    spread = motives.spread(field)
    for m in range(MEMBERS):
        own = float(np.std(field[..., m]))
        if own > 1e-5:
            assert spread[m] == pytest.approx(own, rel=1e-9)
            assert np.std(field[..., m] / spread[m]) == pytest.approx(1.0, rel=1e-9)


def test_a_field_that_does_not_vary_keeps_its_scale() -> None:
    flat = np.stack([np.zeros(SHAPE[:2]), np.full(SHAPE[:2], 3.0)], axis=2)
    np.testing.assert_array_equal(motives.spread(flat), 1.0)
