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


@given(st.integers(0, 2**32 - 1), st.floats(-500.0, 500.0))
def test_shares_do_not_depend_on_the_level_of_utility(seed: int, level: float) -> None:
    """What draws a power to all hosts alike draws it nowhere, however strong it is."""
    rng = np.random.default_rng(seed)
    motives, ties = choice_at_random(rng)
    weights, unit = rng.random((2, 6, MEMBERS)), rng.uniform(0.5, 2.0, (6, MEMBERS))
    profile, allowed = rng.random((2, SECTORS)), rng.random((2, HOSTS, MEMBERS)) + 0.05

    def found(ties: choice.Ties) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        odds = np.empty((2, *SHAPE))
        choice.utility(motives, weights, unit, ties, 1, odds)
        np.exp(odds, out=odds)
        none, one = np.zeros(SHAPE), np.ones(MEMBERS)
        of_host, works = choice.choose(odds, profile, allowed, none, one, 2, np.arange(4) < 2)
        return odds, of_host, works

    shifted = ties._replace(drawn=ties.drawn + level * ties.temperature)
    for here, there in zip(found(ties), found(shifted), strict=True):
        assert np.isfinite(there).all()
        np.testing.assert_allclose(there, here, rtol=1e-9)


@given(st.integers(0, 2**32 - 1))
def test_utility_is_what_a_host_and_a_sector_offer(seed: int) -> None:
    """U - max U, cell by cell; pledges count for business, networks for transport alone."""
    rng = np.random.default_rng(seed)
    motives, ties = choice_at_random(rng)
    ties = ties._replace(prices=rng.uniform(0.8, 1.6, MEMBERS))
    motives = motives._replace(balancing=rng.random(MEMBERS))
    a, unit = rng.random((2, 6, MEMBERS)), rng.uniform(0.5, 2.0, (6, MEMBERS))
    gaps = np.empty((2, *SHAPE))
    choice.utility(motives, a, unit, ties, 1, gaps)
    against = (motives.threat - motives.threat.mean(axis=0)) / 0.06
    expected = np.empty_like(gaps)
    for window, h, s, m in np.ndindex(gaps.shape):
        seen = np.zeros(6)
        seen[choice.SECURITY] = motives.security[h, s, m]
        seen[choice.RETURN] = motives.income[h, s, m] * motives.worth[window, h, s, m] - 1.0
        seen[choice.BALANCE] = motives.balancing[m] * against[h, m]
        seen[choice.NETWORK] = motives.served[h, m] if s == 1 else 0.0
        seen[choice.NEED] = motives.need[h, s, m]
        seen[choice.CAUTION] = -motives.risk[h, m]
        pull = (a[window, :, m] * seen / unit[:, m]).sum() + ties.drawn[window, h, m]
        u = ties.size_preference[m] * ties.size[h, m] + pull / ties.temperature[m]
        if window == 1:
            u += ties.pull[m] * np.log(1.0 + ties.pool[h, m] / (200.0 * ties.prices[m]))
        expected[window, h, s, m] = u
    expected -= expected.max(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(gaps, expected, atol=1e-9)


@given(st.integers(0, 2**32 - 1))
def test_choice_is_what_is_financed_allowed_and_not_withheld_by_its_odds(seed: int) -> None:
    """Weights cell by cell; schools by the power's factor; works are their part of a host's."""
    rng = np.random.default_rng(seed)
    odds, profile = rng.random((2, *SHAPE)), rng.random((2, SECTORS))
    allowed, withheld = rng.uniform(0.1, 1.0, (2, HOSTS, MEMBERS)), rng.random(SHAPE)
    schooling, built = rng.uniform(0.5, 3.0, MEMBERS), np.array([True, False, False, True])
    weight = odds * profile[:, None, :, None] * allowed[:, :, None] * (1.0 - withheld)
    weight[:, :, 2] *= schooling
    of_host, works = choice.choose(odds, profile, allowed, withheld, schooling, 2, built)
    np.testing.assert_allclose(odds, weight / weight.sum(axis=(1, 2), keepdims=True))
    np.testing.assert_allclose(works, weight[:, :, built].sum(axis=2) / weight.sum(axis=2))
    np.testing.assert_allclose(of_host[1], odds[1].sum(axis=1))
    before = weight[0].sum(axis=1) / allowed[0]
    np.testing.assert_allclose(of_host[0], before / before.sum(axis=0) * allowed[0])


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
