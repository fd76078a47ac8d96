"""Debts: the identity of every quarter, closed forms of grace and terms, what goes unpaid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from steppe.laws import debt

POWERS, HOSTS, WINDOWS, MEMBERS = 2, 2, 2, 2
SHAPE = POWERS, HOSTS, WINDOWS, MEMBERS


def money(largest: float = 5000.0) -> st.SearchStrategy[np.ndarray]:
    return arrays(float, SHAPE, elements=st.floats(0.0, largest))


rates = arrays(float, SHAPE, elements=st.floats(0.0, 0.3))
terms = arrays(float, SHAPE, elements=st.floats(0.0, 60.0))
parts = arrays(float, SHAPE, elements=st.floats(0.0, 1.0))
abilities = arrays(float, (HOSTS, MEMBERS), elements=st.floats(0.0, 1.0))


def one(x: float) -> np.ndarray:
    return np.full((1, 1, 1, 1), x)


def quarter(
    grace: float,
    amortising: float,
    loans: float = 0.0,
    rate: float = 0.0,
    relief: float = 0.0,
    able: float = 1.0,
    years: tuple[float, float] = (8.0, 28.0),
) -> debt.Service:
    """One quarter of one debt with ``years`` of grace and in all."""
    fields = (one(x) for x in (grace, amortising, loans, rate, *years, relief))
    return debt.quarter(*fields, np.full((1, 1), able))


@given(money(), money(), money(), rates, terms, terms, parts, abilities)
def test_debt_changes_by_loans_interest_service_and_write_offs(
    grace: np.ndarray,
    amortising: np.ndarray,
    loans: np.ndarray,
    rate: np.ndarray,
    grace_years: np.ndarray,
    maturity: np.ndarray,
    relief: np.ndarray,
    able: np.ndarray,
) -> None:
    """Identity 4, and every flow and stock has its sign."""
    s = debt.quarter(grace, amortising, loans, rate, grace_years, maturity, relief, able)
    before, after = grace + amortising, s.grace + s.amortising
    change = loans + s.interest - s.paid - s.written_off
    np.testing.assert_allclose(after - before, change, atol=1e-9 * (1.0 + before + loans).max())
    np.testing.assert_allclose(s.paid, s.interest_paid + s.principal)
    np.testing.assert_allclose(s.due, s.paid + s.arrears, rtol=1e-12)
    np.testing.assert_allclose(s.written_off, relief * before, rtol=1e-12)
    np.testing.assert_allclose(s.interest, 0.25 * rate * (before - s.written_off), atol=1e-9)
    np.testing.assert_allclose(s.paid, able[None, :, None] * s.due, rtol=1e-12, atol=1e-12)
    small = 1e-9 * (1.0 + before.max())
    for flow in (s.grace, s.amortising, s.principal, s.interest_paid, s.arrears):
        assert (flow >= -small).all()
    assert (s.principal <= amortising + small).all(), "no more is repaid than amortises"


@given(money(), money(), rates, terms, terms, parts)
def test_what_falls_due_is_what_the_quarter_asks_for(
    grace: np.ndarray,
    amortising: np.ndarray,
    rate: np.ndarray,
    grace_years: np.ndarray,
    maturity: np.ndarray,
    loans: np.ndarray,
) -> None:
    """The same sum twice: told before the hosts' ability is known, and inside the quarter."""
    due = debt.falls_due(grace, amortising, rate, grace_years, maturity)
    zeros, able = np.zeros(SHAPE), np.ones((HOSTS, MEMBERS))
    s = debt.quarter(grace, amortising, loans, rate, grace_years, maturity, zeros, able)
    np.testing.assert_allclose(due, s.due, rtol=1e-12)


def test_one_quarter_by_hand() -> None:
    """80 in grace of 8 years, 200 amortising at 2/(28 - 8) a year, 4 %, 10 lent, half is paid.

    Interest 0.01 x 280 = 2.8, principal due 200 x 0.1/4 = 5, released 80/32 = 2.5.
    """
    s = quarter(80.0, 200.0, loans=10.0, rate=0.04, able=0.5)
    assert s.interest.item() == pytest.approx(2.8)
    assert s.due.item() == pytest.approx(7.8)
    assert s.principal.item() == pytest.approx(2.5)
    assert s.interest_paid.item() == pytest.approx(1.4)
    assert s.arrears.item() == pytest.approx(3.9)
    assert s.grace.item() == pytest.approx(80.0 - 2.5 + 10.0)
    assert s.amortising.item() == pytest.approx(200.0 + 2.5 - 2.5 + 1.4), "unpaid interest is owed"


def test_relief_comes_before_interest_and_principal() -> None:
    s = quarter(80.0, 200.0, rate=0.04, relief=0.25)
    assert s.written_off.item() == pytest.approx(70.0)
    assert s.interest.item() == pytest.approx(2.1)
    assert s.principal.item() == pytest.approx(3.75)
    gone = quarter(80.0, 200.0, loans=3.0, rate=0.04, relief=1.0)
    assert gone.due.item() == 0.0
    assert gone.grace.item() + gone.amortising.item() == pytest.approx(3.0)


def run(years: float, able: float = 1.0, rate: float = 0.0) -> tuple[float, float, float]:
    """Serve a loan of 100 (8 of 28 years in grace): what stays, what was repaid, money-years."""
    grace, amortising, repaid, held = 100.0, 0.0, 0.0, 0.0
    for _ in range(round(4 * years)):
        s = quarter(grace, amortising, rate=rate, able=able)
        held += 0.25 * (grace + amortising)
        grace, amortising = s.grace.item(), s.amortising.item()
        repaid += s.principal.item()
    return grace + amortising, repaid, held


def test_a_loan_is_repaid_once_and_lives_as_long_as_a_straight_line_one() -> None:
    """Mean life: 8 years of grace and half of the 20 that follow."""
    left, repaid, held = run(400.0)
    assert left == pytest.approx(0.0, abs=1e-9)
    assert repaid == pytest.approx(100.0)
    assert held / 100.0 == pytest.approx(8.0 + 20.0 / 2)


def test_a_host_that_pays_nothing_owes_compound_interest() -> None:
    left, repaid, _ = run(10.0, able=0.0, rate=0.06)
    assert repaid == 0.0
    assert left == pytest.approx(100.0 * 1.015**40)


def test_terms_shorter_than_the_grace_still_make_sense() -> None:
    """The principal takes half a year at least, the grace a quarter: never more than there is."""
    s = quarter(40.0, 60.0, years=(8.0, 2.0))
    assert s.principal.item() == pytest.approx(60.0)
    assert s.amortising.item() == pytest.approx(40.0 / 32)
    s = quarter(40.0, 60.0, years=(0.0, 10.0))
    assert s.grace.item() == 0.0
    assert s.amortising.item() == pytest.approx(40.0 + 60.0 - 0.05 * 60.0)


@given(st.floats(0.0, 1e5), st.floats(0.0, 1e5), st.floats(0.01, 2.0))
def test_a_host_pays_what_its_income_allows(due: float, income: float, limit: float) -> None:
    able = debt.ability(np.array([[due]]), np.array([[income]]), np.array([limit]))[0, 0]
    assert 0.0 <= able <= 1.0
    assert able * due <= limit * income * (1 + 1e-12) + 1e-9
    if due > limit * income and due > 1e-6:
        assert able * due == pytest.approx(limit * income, abs=1e-9)
    elif due > 1e-6:
        assert able == 1.0


def test_a_host_without_debts_is_able() -> None:
    able = debt.ability(np.zeros((1, 1)), np.array([[50.0]]), np.array([0.25]))
    assert able[0, 0] == 1.0


@given(st.floats(0.01, 1e4), st.floats(0.01, 1e5), st.floats(0.01, 2.0))
def test_distress_is_the_squared_load_up_to_four(due: float, income: float, limit: float) -> None:
    felt = debt.distress(np.array([[due]]), np.array([[income]]), np.array([limit]))[0, 0]
    assert felt == pytest.approx(min((due / income / limit) ** 2, 4.0), rel=1e-9)


def test_distress_at_its_threshold_and_without_income() -> None:
    ones = np.ones((1, 1))
    limit = np.array([0.12])
    assert debt.distress(12.0 * ones, 100.0 * ones, limit)[0, 0] == pytest.approx(1.0)
    assert debt.distress(12.0 * ones, 0.0 * ones, limit)[0, 0] == 4.0
    assert debt.distress(0.0 * ones, 100.0 * ones, limit)[0, 0] == 0.0
