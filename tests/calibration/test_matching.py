"""History matching on laws that are known: emulator, implausibility, chains, resampling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from steppe.calibration import matching, waves
from steppe.calibration.emulator import emulator
from steppe.calibration.matching import Match, implausibility, log_likelihood
from steppe.calibration.screening import stated_variance
from steppe.calibration.space import SPREAD, Space
from steppe.calibration.targets import targets
from steppe.calibration.window import case

RNG = np.random.default_rng(3)
K = len(targets())


def _quadratic(places: np.ndarray) -> np.ndarray:
    x = 2.0 * places - 1.0
    first = 1.0 + 2.0 * x[:, 0] - x[:, 1] * x[:, 2]
    return np.stack([first, 0.5 * x[:, 1] * x[:, 1], np.full(len(x), 4.0)])


def test_the_emulator_finds_a_quadratic_law() -> None:
    places, new = RNG.random((200, 4)), RNG.random((50, 4))
    found = emulator(places, _quadratic(places))
    np.testing.assert_allclose(found.mean(new), _quadratic(new), atol=2e-2)
    assert (found.skill[:2] > 0.999).all()
    assert (found.variance < 1e-3).all()


def test_the_emulator_says_what_it_does_not_know() -> None:
    """Noise of variance 0.04 on the law stays out of sample."""
    places = RNG.random((800, 3))
    law = 10.0 * _quadratic(places)[:1]
    found = emulator(places, law + 2.0 * RNG.standard_normal(law.shape))
    assert found.variance[0] == pytest.approx(4.0, rel=0.2)


def test_implausibility_counts_standard_errors() -> None:
    seen, error = matching.observed()[:, None], np.sqrt(stated_variance())[:, None]
    none = np.zeros((K, 1))
    np.testing.assert_allclose(implausibility(seen + 2.0 * error, none, none), 2.0)
    np.testing.assert_allclose(
        implausibility(seen - 2.0 * error, 2.0 * error * error, error * error), 1.0
    )
    assert log_likelihood(seen + error, none, none)[0] == pytest.approx(-0.5 * K)


def test_every_wave_may_only_take_away() -> None:
    places = RNG.random((400, 3))
    match = Match()
    far = (
        matching.observed()[:, None]
        + 6.0 * (places[:, 0] - 0.5) * np.sqrt(stated_variance())[:, None]
    )
    for _ in range(2):
        match.waves.append((emulator(places, far), np.zeros(K)))
        left = match.possible(places)
        assert left.any()
        assert not left[np.abs(places[:, 0] - 0.5) > 0.55].any()
    assert not match.possible(np.array([[1.2, 0.5, 0.5], [-0.1, 0.5, 0.5]])).any()


def test_chains_draw_from_the_density_they_are_given() -> None:
    """A normal density in the cube, far from its walls: mean and spread come back."""

    def density(places: np.ndarray) -> np.ndarray:
        inside = ((places > 0) & (places < 1)).all(axis=1)
        z = (places - [0.4, 0.6]) / [0.05, 0.1]
        return np.where(inside, -0.5 * (z * z).sum(axis=1), -np.inf)

    drawn = waves._chains(density, np.random.default_rng(1).random((200, 2)), 4000, 5)
    np.testing.assert_allclose(drawn.mean(axis=0), [0.4, 0.6], atol=0.01)
    np.testing.assert_allclose(drawn.std(axis=0), [0.05, 0.1], rtol=0.1)


def test_nothing_left_is_told() -> None:
    with pytest.raises(waves.NothingLeft, match="no place is left"):
        waves._chains(lambda places: np.zeros(len(places)), np.empty((0, 2)), 10, 1)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=40), st.integers(0, 99))
def test_resampling_keeps_weights_to_one_row(weights: list[float], seed: int) -> None:
    weight = np.array(weights) + 1e-6
    weight /= weight.sum()
    rows = waves._systematic(weight, 200, seed)
    counts = np.bincount(rows, minlength=len(weight))
    assert (np.abs(counts - 200 * weight) < 1.0 + 1e-6).all()


def test_the_space_is_the_prior_with_its_correlations() -> None:
    space = Space.of(case())
    assert not set(SPREAD) & set(space.names)
    places = np.random.default_rng(2).random((4000, len(space.names)))
    values = space.values(places)
    theta = values[:, space.names.index("trade.elasticity")]
    delay = values[:, space.names.index("corridors.value_of_time.manufactures")]
    assert stats.spearmanr(theta, delay).statistic == pytest.approx(-0.7, abs=0.04)
    low, high = space.prior("trade.elasticity").support
    assert low <= theta.min() < low + 0.1 < high - 0.1 < theta.max() <= high
    both = space.only(["trade.elasticity"]).names
    assert set(both) == {"trade.elasticity", "corridors.value_of_time.manufactures"}


def test_one_far_target_of_one_wave_rules_a_place_out() -> None:
    """The first wave knows the first target by the first parameter, the second the others."""
    places = RNG.random((400, 2))
    match = Match()
    for wave in range(2):
        means = np.repeat(matching.observed()[:, None], len(places), axis=1)
        error = np.sqrt(stated_variance()[wave])
        means[wave] += 12.0 * (places[:, wave] - 0.5) * error
        match.waves.append((emulator(places, means), np.zeros(K)))
    left = match.possible(places)
    off = np.abs(places - 0.5)
    np.testing.assert_array_equal(left[(off > 0.27).any(axis=1)], False)
    np.testing.assert_array_equal(left[(off < 0.23).all(axis=1)], True)


def test_weights_turn_one_density_into_another() -> None:
    """Draws of N(0, 1), weighed, have the mean of N(1, 1); what is impossible weighs nothing."""
    x = np.random.default_rng(8).standard_normal(100_000)
    every = np.ones(len(x), bool)
    weight = waves._weights(-0.5 * (x - 1.0) ** 2 - 900.0, -0.5 * x**2, every)
    assert weight.sum() == pytest.approx(1.0)
    assert (weight * x).sum() == pytest.approx(1.0, abs=0.03)
    above = waves._weights(-0.5 * (x - 1.0) ** 2, -0.5 * x**2, x > 0.0)
    assert not above[x <= 0.0].any()
    with pytest.raises(waves.NothingLeft, match="no place is left"):
        waves._weights(x, x, ~every)
