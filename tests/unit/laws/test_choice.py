"""The choice among hosts and sectors: shares, what graduation leaves, what draws where."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from steppe.laws import choice

HOSTS, SECTORS, MEMBERS = 3, 4, 2
SHAPE = HOSTS, SECTORS, MEMBERS
utilities = arrays(float, SHAPE, elements=st.floats(-8.0, 0.0))
weights = arrays(float, SHAPE, elements=st.sampled_from([0.0, 0.05, 0.3, 1.0]))
allowances = arrays(float, (HOSTS, MEMBERS), elements=st.floats(0.05, 1.0))


def shares(
    weight: np.ndarray, allowed: np.ndarray | None = None, graduates: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return shares over hosts and sectors, and those of hosts."""
    result, of_host = weight.copy(), np.full((HOSTS, MEMBERS), np.nan)
    every = np.ones((HOSTS, MEMBERS)) if allowed is None else allowed
    choice.shares(result, every, graduates, of_host)
    return result, of_host


@given(arrays(float, (HOSTS, MEMBERS), elements=st.floats(0.0, 1.0)), st.floats(-0.5, 0.5))
def test_balance_sums_to_nothing_and_ignores_the_level(threat: np.ndarray, shift: float) -> None:
    pull = choice.balance(threat)
    np.testing.assert_allclose(pull.sum(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(choice.balance(threat + shift), pull, atol=1e-10)
    np.testing.assert_allclose(0.06 * (pull[0] - pull[1]), threat[0] - threat[1], atol=1e-12)


@given(utilities, weights)
def test_shares_sum_to_one_where_anything_is_financed(
    utility: np.ndarray, weight: np.ndarray
) -> None:
    share, of_host = shares(weight * np.exp(utility))
    anything = (weight > 0.0).any(axis=(0, 1))
    np.testing.assert_allclose(share.sum(axis=(0, 1)), anything.astype(float), rtol=1e-12)
    np.testing.assert_allclose(share.sum(axis=1), of_host, rtol=1e-12)
    assert (share >= 0.0).all()
    assert ((share > 0.0) == (weight > 0.0)).all(), "what is not financed gets nothing"


@given(utilities, weights)
def test_odds_are_weights_times_the_exponent_of_the_gap(
    utility: np.ndarray, weight: np.ndarray
) -> None:
    share, _ = shares(weight * np.exp(utility))
    odds = share[0, 0] * weight[2, 3] * np.exp(utility[2, 3])
    other = share[2, 3] * weight[0, 0] * np.exp(utility[0, 0])
    np.testing.assert_allclose(odds, other, rtol=1e-9)


@given(utilities, weights, st.floats(0.01, 3.0))
def test_a_more_attractive_cell_gains_and_all_others_lose(
    utility: np.ndarray, weight: np.ndarray, gain: float
) -> None:
    weight[1, 2] = 1.0
    before, _ = shares(weight * np.exp(utility))
    better = utility.copy()
    better[1, 2] += gain
    after, _ = shares(weight * np.exp(better))
    assert (after[1, 2] >= before[1, 2]).all()
    others = np.ones(SHAPE[:2], bool)
    others[1, 2] = False
    assert (after[others] <= before[others] * (1 + 1e-12)).all()
    alone = before[1, 2] > 1.0 - 1e-12
    assert ((after[1, 2] > before[1, 2]) | alone).all()


@given(arrays(float, SHAPE, elements=st.floats(0.01, 5.0)), allowances)
def test_what_graduation_leaves_is_the_mean_by_the_weights_before_it(
    weight: np.ndarray, allowed: np.ndarray
) -> None:
    """Each host gets its part before graduation times what it is allowed: no one the rest."""
    plain = weight.sum(axis=1) / weight.sum(axis=(0, 1))
    share, of_host = shares(weight * allowed[:, None], allowed, graduates=True)
    np.testing.assert_allclose(of_host, plain * allowed)
    np.testing.assert_allclose(share.sum(axis=(0, 1)), 1.0)


def test_a_window_that_finances_nothing_offers_nothing() -> None:
    share, of_host = shares(np.zeros(SHAPE), np.full((HOSTS, MEMBERS), 0.3), graduates=True)
    assert not share.any() and not of_host.any()


def test_the_most_attractive_cell_of_each_window_is_at_zero() -> None:
    """Utilities come as gaps from the best, so that no exponent overflows."""
    rng = np.random.default_rng(7)
    motives, ties = choice_at_random(rng)
    gaps = np.empty((2, *SHAPE))
    choice.utility(motives, rng.random((2, 6, MEMBERS)), np.ones((6, MEMBERS)), ties, 1, gaps)
    np.testing.assert_array_equal(gaps.max(axis=(1, 2)), 0.0)
    shifted = ties._replace(drawn=ties.drawn + 400.0)
    moved = np.empty_like(gaps)
    rng = np.random.default_rng(7)
    motives, _ = choice_at_random(rng)
    choice.utility(motives, rng.random((2, 6, MEMBERS)), np.ones((6, MEMBERS)), shifted, 1, moved)
    np.testing.assert_allclose(moved, gaps, atol=1e-9)


def choice_at_random(rng: np.random.Generator) -> tuple[choice.Motives, choice.Ties]:
    pairs, cells = (HOSTS, MEMBERS), SHAPE
    motives = choice.Motives(
        income=rng.random(cells),
        worth=rng.random((2, *cells)),
        security=rng.random(cells),
        threat=rng.random(pairs),
        balancing=np.ones(MEMBERS),
        served=rng.random(pairs),
        need=rng.random(cells),
        risk=rng.random(pairs),
    )
    ties = choice.Ties(
        size=rng.random(pairs),
        size_preference=rng.random(MEMBERS),
        drawn=rng.random((2, *pairs)),
        pool=100.0 * rng.random(pairs),
        pull=rng.random(MEMBERS),
        prices=np.ones(MEMBERS),
        temperature=np.array([0.7, 1.4]),
    )
    return motives, ties
