"""What works leave in a host's capital, and what projects bring in as machinery."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from steppe.laws import infrastructure, trade

HOSTS, POWERS, MEMBERS = 3, 5, 2
gaps = arrays(float, (HOSTS, MEMBERS), elements=st.floats(-0.5, 0.5))


@given(gaps, st.floats(0.0, 0.3), gaps)
def test_the_gap_decays_and_takes_what_is_beyond_the_usual(
    gap: np.ndarray, depreciation: float, extra: np.ndarray
) -> None:
    moved = infrastructure.capital_gap(gap, np.full(MEMBERS, depreciation), extra)
    np.testing.assert_allclose(moved, gap * (1 - depreciation / 4) + extra, atol=1e-15)
    same = infrastructure.capital_gap(gap, np.zeros(MEMBERS), np.zeros_like(gap))
    np.testing.assert_array_equal(same, gap)


def test_steady_works_end_where_they_only_replace() -> None:
    """0.002 a quarter at 5 % a year: x* = 0.002/0.0125; a single work is gone in the end."""
    gap = np.zeros((1, 1))
    for _ in range(4000):
        gap = infrastructure.capital_gap(gap, np.array([0.05]), np.full((1, 1), 0.002))
    assert gap[0, 0] == pytest.approx(0.16)
    for _ in range(4000):
        gap = infrastructure.capital_gap(gap, np.array([0.05]), np.zeros((1, 1)))
    assert gap[0, 0] == pytest.approx(0.0, abs=1e-12)


def test_years_of_works_of_one_per_cent_raise_the_log_by_a_hundredth() -> None:
    gap = np.zeros((1, 1))
    for _ in range(4):
        gap = infrastructure.capital_gap(gap, np.zeros(1), np.full((1, 1), 0.0025))
    assert gap[0, 0] == pytest.approx(0.01)


@given(st.floats(0.0, 5.0))
def test_a_link_asks_for_money_by_its_load(load: float) -> None:
    """Nothing up to a load of 0.6, all from capacity on, in proportion between."""
    asked = infrastructure.urgency(np.array([load]))[0]
    assert asked == pytest.approx(min(max(load - 0.6, 0.0) / 0.4, 1.0))
    assert infrastructure.urgency(np.array([load + 0.1]))[0] >= asked


flows = arrays(float, (POWERS, MEMBERS), elements=st.floats(0.0, 1e4))
positive = arrays(float, (POWERS, MEMBERS), elements=st.floats(1.0, 1e4))
bases = arrays(float, (POWERS, 1), elements=st.floats(1.0, 1e4))


@given(positive, bases, arrays(float, (POWERS, MEMBERS), elements=st.floats(0.0, 1.0)))
def test_projects_that_grow_with_trade_change_nothing(
    bought: np.ndarray, base: np.ndarray, part: np.ndarray
) -> None:
    usual = part * base
    arriving = usual * bought / base
    made = trade.with_machinery(bought, base, arriving, usual)
    np.testing.assert_allclose(made, bought, rtol=1e-12)
    still = trade.with_machinery(base + 0.0 * bought, base, usual, usual)
    np.testing.assert_allclose(still, base + 0.0 * bought, rtol=1e-12)


@given(positive, bases, flows, flows)
def test_machinery_by_hand_and_within_its_bounds(
    bought: np.ndarray, base: np.ndarray, arriving: np.ndarray, usual: np.ndarray
) -> None:
    made = trade.with_machinery(bought, base, arriving, usual)
    for p, m in np.ndindex(made.shape):
        flow, held = base[p, 0], usual[p, m]
        seen = flow / held if held > flow else 1.0
        beyond = seen * (arriving[p, m] - held * bought[p, m] / flow)
        by_hand = max(bought[p, m] + beyond, 0.5 * bought[p, m])
        assert made[p, m] == pytest.approx(by_hand, rel=1e-9)
    assert (made >= 0.5 * bought).all()
    assert (made <= bought + arriving).all()
    more = trade.with_machinery(bought, base, arriving + 10.0, usual)
    assert (more >= made).all()
    assert (more <= made + 10.0 * (1 + 1e-9)).all(), "a dollar of projects brings one of machines"


def test_projects_open_a_trade_that_was_none_and_their_end_halves_it_at_most() -> None:
    zero, ten = np.zeros((1, 1)), np.full((1, 1), 10.0)
    assert trade.with_machinery(zero, zero, ten, zero)[0, 0] == 10.0
    assert trade.with_machinery(ten, ten, zero, 0.9 * ten)[0, 0] == 5.0
    assert trade.with_machinery(ten, ten, zero, 0.2 * ten)[0, 0] == pytest.approx(8.0)


def test_deliveries_beyond_a_whole_flow_count_in_its_proportion() -> None:
    """Usually 20 arrive where 10 are recorded: of a rise to 24 two show, of a fall to 18 one."""
    ten = np.full((1, 1), 10.0)
    assert trade.with_machinery(ten, ten, 2.4 * ten, 2.0 * ten)[0, 0] == pytest.approx(12.0)
    assert trade.with_machinery(ten, ten, 1.8 * ten, 2.0 * ten)[0, 0] == pytest.approx(9.0)
