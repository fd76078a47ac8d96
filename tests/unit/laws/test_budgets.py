"""Threat, rivalry, grants and purses: closed forms and limits over random inputs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from steppe.laws import budgets

POWERS, HOSTS, MEMBERS = 3, 2, 2
parts = arrays(float, (POWERS + 1, HOSTS, MEMBERS), elements=st.floats(0.01, 1.0))
wary = arrays(float, (POWERS, MEMBERS), elements=st.floats(0.0, 1.0))
threats = arrays(float, (HOSTS, MEMBERS), elements=st.floats(0.0, 1.0))


def shares(weights: np.ndarray) -> np.ndarray:
    """Influence shares of the powers: what is left of one is the host's own."""
    return (weights / weights.sum(axis=0))[:POWERS]


def test_threat_by_hand() -> None:
    """(1 - .1)(1 x .3 + .5 x .4) = .45; its own wariness of itself does not count."""
    share = np.array([0.1, 0.3, 0.4])[:, None, None]
    wariness = np.array([9.0, 1.0, 0.5])[:, None]
    assert budgets.threat(wariness, share, 0)[0, 0] == pytest.approx(0.45)
    assert budgets.threat(wariness, share, 2)[0, 0] == pytest.approx(0.6 * (9 * 0.1 + 0.3))


@given(parts, wary, st.integers(0, POWERS - 1))
def test_threat_lies_between_nothing_and_one(
    weights: np.ndarray, wariness: np.ndarray, own: int
) -> None:
    share = shares(weights)
    threat = budgets.threat(wariness, share, own)
    assert threat.shape == (HOSTS, MEMBERS)
    assert (threat >= 0.0).all()
    assert (threat < 1.0).all()
    carefree = budgets.threat(np.zeros_like(wariness), share, own)
    assert (carefree == 0.0).all()


@given(parts, wary, st.integers(0, POWERS - 1), st.integers(1, POWERS - 1))
def test_a_rivals_gain_from_the_host_is_a_threat_and_an_own_gain_is_none(
    weights: np.ndarray, wariness: np.ndarray, own: int, step: int
) -> None:
    share, rival = shares(weights), (own + step) % POWERS
    before = budgets.threat(wariness, share, own)
    risen = share.copy()
    risen[rival] += 0.5 * (1.0 - share.sum(axis=0))
    change = budgets.threat(wariness, risen, own) - before
    expected = wariness[rival] * (risen - share)[rival] * (1.0 - share[own])
    np.testing.assert_allclose(change, expected, atol=1e-14)
    risen = share.copy()
    risen[own] += 0.5 * (1.0 - share.sum(axis=0))
    assert (budgets.threat(wariness, risen, own) <= before).all()


@given(threats, threats, st.floats(0.0, 2.0))
def test_rivalry_is_linear_between_half_and_double(
    now: np.ndarray, before: np.ndarray, phi: float
) -> None:
    factor = budgets.rivalry(np.full(MEMBERS, phi), budgets.mean_rise(now, before))
    for m in range(MEMBERS):
        rise = sum(now[h, m] - before[h, m] for h in range(HOSTS)) / HOSTS
        linear = 1.0 + phi * rise / 0.2
        assert factor[m] == pytest.approx(min(max(linear, 0.5), 2.0), rel=1e-12)
    same = budgets.rivalry(np.full(MEMBERS, phi), budgets.mean_rise(before, before))
    assert (same == 1.0).all(), "an unchanged threat changes no budget"


def test_rivalry_stops_at_its_limits() -> None:
    factor = budgets.rivalry(np.ones(3), np.array([1.0, -1.0, 0.02]))
    np.testing.assert_allclose(factor, [2.0, 0.5, 1.1])


def test_a_years_grants_are_the_rate_times_gdp() -> None:
    """6e-5 of 4,900 bn USD is 294 mn USD a year: 73.5 a quarter at the factor one."""
    granted = budgets.grant(np.array([[6e-5], [9e-5]]), np.array([4900.0]), np.ones(1))
    np.testing.assert_allclose(granted[:, 0], [73.5, 110.25])
    halved = budgets.grant(np.array([[6e-5], [9e-5]]), np.array([4900.0]), np.full((2, 1), 0.5))
    np.testing.assert_allclose(halved, 0.5 * granted)


@given(st.floats(0.1, 1e4), st.floats(1.0, 40.0), st.floats(0.0, 0.9))
def test_the_opening_purse_stands_still(granted: float, tau: float, lapse: float) -> None:
    """A = A - lapse A - A/tau + B, re-derived: what lapses and is spent equals what is granted."""
    purse = budgets.opening_purse(np.array([[granted]]), np.array([tau]), np.array([lapse]))[0, 0]
    assert purse / tau + lapse * purse == pytest.approx(granted, rel=1e-12)
    if lapse == 0.0:
        assert purse == pytest.approx(tau * granted)


@given(st.floats(0.1, 1e4), st.floats(2.0, 20.0), st.floats(0.0, 0.3))
def test_a_purse_moves_to_its_opening_from_anywhere(
    granted: float, tau: float, lapse: float
) -> None:
    """Five hundred quarters of A' = (1 - lapse) A + B - A / tau from an empty purse."""
    purse = 0.0
    for _ in range(500):
        purse += granted - lapse * purse - purse / tau
    opening = budgets.opening_purse(np.array([[granted]]), np.array([tau]), np.array([lapse]))
    assert opening[0, 0] == pytest.approx(purse, rel=1e-6)


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_a_quarter_of_authority_window_by_window(seed: int, opening: bool) -> None:
    """A' = (1 - lapse) A + B - abroad; pledges fade by a year's rate over four and become business.

    What was granted less what lapsed and was spent is what purses gained.
    """
    rng = np.random.default_rng(seed)
    rules = budgets.Rules(
        concessional=rng.uniform(1e-5, 1e-4, MEMBERS),
        commercial=rng.uniform(1e-5, 1e-4, MEMBERS),
        path=rng.uniform(0.5, 2.0, MEMBERS),
        response=rng.uniform(0.0, 2.0, MEMBERS),
        balancing=rng.integers(0, 2, MEMBERS).astype(float),
        lapse=rng.uniform(0.0, 0.3, MEMBERS),
        tau=rng.uniform(2.0, 12.0, MEMBERS),
        decay=rng.uniform(0.0, 6.0, MEMBERS),
        conversion=rng.random(MEMBERS),
    )
    account = budgets.Account(
        *rng.uniform(0.0, 500.0, (5, 2, MEMBERS)), pool=rng.uniform(0.0, 900.0, (HOSTS, MEMBERS))
    )
    means = budgets.Means(
        appetite=rng.uniform(0.5, 1.5, (2, MEMBERS)),
        aid=rng.uniform(0.5, 1.5, MEMBERS),
        emergency=rng.uniform(0.0, 100.0, MEMBERS),
        announced=rng.uniform(0.0, 300.0, (HOSTS, MEMBERS)),
        abroad=rng.uniform(0.0, 400.0, MEMBERS),
    )
    gdp, ramp = rng.uniform(500.0, 15_000.0, MEMBERS), float(rng.uniform(0.2, 1.0))
    now, before = rng.random((2, HOSTS, MEMBERS))
    old = budgets.Account(*(field.copy() for field in account))
    granted, spent = budgets.fund(rules, account, means, gdp, ramp, now, before, opening)

    rise = (now - before).mean(axis=0)
    factor = ramp * rules.path * budgets.rivalry(rules.balancing * rules.response, rise)
    faded = np.minimum(rules.decay / 4.0, 1.0) * old.pool
    np.testing.assert_allclose(account.pool, old.pool - faded + means.announced)
    rate = np.stack([rules.concessional, rules.commercial])
    expected = rate * gdp * 250.0 * factor * means.appetite
    expected[budgets.CONCESSIONAL] *= means.aid
    expected[budgets.COMMERCIAL] += rules.conversion * faded.sum(axis=0) + means.emergency
    np.testing.assert_allclose(granted, expected)
    fresh = budgets.opening_purse(expected, rules.tau, rules.lapse) if opening else expected
    lapsed = rules.lapse * old.purse
    purse = old.purse + fresh - lapsed
    abroad = np.minimum(means.abroad, np.minimum(0.5 * fresh[1], purse[1]))
    np.testing.assert_allclose(spent, abroad)
    paid = np.stack([np.zeros(MEMBERS), abroad])
    np.testing.assert_allclose(account.purse, purse - paid)
    np.testing.assert_allclose(account.granted - old.granted, fresh, rtol=1e-9)
    np.testing.assert_allclose(account.lapsed - old.lapsed, lapsed, atol=1e-9)
    np.testing.assert_allclose(account.spent - old.spent, paid, atol=1e-9)
    np.testing.assert_allclose(account.abroad - old.abroad, paid, atol=1e-9)
