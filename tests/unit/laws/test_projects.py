"""Construction and cancellation: chances, payments, and draws that no other project moves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from steppe.laws import projects

POWERS, HOSTS, MEMBERS = 2, 3, 2
draws = np.vectorize(projects.draws, otypes=[float])


@given(st.floats(0.25, 20.0))
def test_four_stages_take_the_mean_time(years: float) -> None:
    """Four geometric waits of mean 1/p quarters: L years from one year on, one year at least."""
    p = projects.advance_probability(np.array([years]))[0]
    assert 0.0 < p <= 1.0
    assert 4.0 / p / 4.0 == pytest.approx(max(years, 1.0))


def test_payments_end_at_the_whole() -> None:
    np.testing.assert_allclose(projects.PAID, [0.0, 0.15, 0.45, 0.75, 1.0])
    assert len(projects.PAID) == projects.STAGES + 1
    assert (np.diff(projects.PAID) > 0.0).all()


def hazard(**change: float) -> float:
    """The chance of cancellation of one project; a plain country, 0.006 a quarter."""
    inputs = {"stability": 0.0, "unrest": 0.0, "distress": 0.0, "alignment": 0.0}
    inputs |= {"base": 0.006, "effect": 0.5, "factor": 1.0} | change
    country = (np.full((1, 1), inputs[name]) for name in ("stability", "unrest", "distress"))
    return float(
        projects.hazard(
            np.full(1, inputs["base"]),
            *country,
            np.full((1, 1, 1), inputs["alignment"]),
            np.full(1, inputs["effect"]),
            np.full((1, 1, 1), inputs["factor"]),
        )[0, 0, 0]
    )


def test_hazard_by_hand() -> None:
    assert hazard() == pytest.approx(0.006)
    assert hazard(stability=-1.5) == pytest.approx(0.006 * np.exp(0.45))
    assert hazard(unrest=1.0, distress=1.0) == pytest.approx(0.024)
    assert hazard(alignment=1.0) == pytest.approx(0.006 * np.exp(-0.5))
    assert hazard(alignment=1.0, effect=0.0) == pytest.approx(0.006)
    assert hazard(factor=2.0) == pytest.approx(0.012)
    assert hazard(base=0.2, unrest=1.0) == 0.25
    assert hazard(base=0.0, unrest=1.0) == 0.0


unit = st.floats(0.0, 1.0)
country = arrays(float, (HOSTS, MEMBERS), elements=unit)


@given(
    st.floats(0.0, 0.2),
    arrays(float, (HOSTS, MEMBERS), elements=st.floats(-2.5, 1.5)),
    country,
    arrays(float, (HOSTS, MEMBERS), elements=st.floats(0.0, 4.0)),
    arrays(float, (POWERS, HOSTS, MEMBERS), elements=st.floats(-1.0, 1.0)),
    st.floats(0.0, 3.0),
    arrays(float, (POWERS, 1, MEMBERS), elements=st.floats(0.2, 5.0)),
)
def test_hazard_is_a_chance_that_falls_with_order_and_friendship(
    base: float,
    stability: np.ndarray,
    unrest: np.ndarray,
    distress: np.ndarray,
    alignment: np.ndarray,
    effect: float,
    factor: np.ndarray,
) -> None:
    level, per = np.full(MEMBERS, base), np.full(MEMBERS, effect)

    def chance(s: float = 0.0, u: float = 0.0, d: float = 0.0, a: float = 0.0) -> np.ndarray:
        return projects.hazard(
            level, stability + s, unrest + u, distress + d, alignment + a, per, factor
        )

    plain = chance()
    assert plain.shape == (POWERS, HOSTS, MEMBERS)
    assert (plain >= 0.0).all()
    assert (plain <= 0.25).all()
    assert (chance(s=0.5) <= plain).all()
    assert (chance(a=0.5) <= plain).all()
    assert (chance(u=0.5) >= plain).all()
    assert (chance(d=0.5) >= plain).all()
    free = (plain < 0.2) & (plain > 0.0)
    np.testing.assert_allclose(
        chance(s=0.1)[free], (plain * np.exp(-0.03))[free], rtol=1e-9, atol=1e-15
    )


inside = st.floats(0.0, 1.0, exclude_max=True)
phases = st.integers(-8, 400)


@given(inside, inside, phases)
def test_a_draw_is_the_first_number_rotated_by_the_second(
    first: float, second: float, phase: int
) -> None:
    drawn = draws(first, second, float(phase))
    assert 0.0 <= drawn <= 1.0
    turns = first + second * phase - drawn
    assert turns == pytest.approx(round(turns), abs=1e-9)


@pytest.mark.parametrize("phase", [-8.0, 0.0, 7.0, 131.0])
def test_draws_are_uniform_whatever_the_phase(phase: float) -> None:
    def drawn(seed: int) -> np.ndarray:
        return draws(*np.random.default_rng(seed).random((2, 20_000)), phase)

    assert stats.kstest(drawn(3), "uniform").pvalue > 1e-3
    one_after = np.corrcoef(drawn(3), drawn(4))[0, 1]
    assert abs(one_after) < 0.03, "one quarter tells nothing of the next"


@given(phases, phases)
def test_two_projects_are_independent_on_a_whole_grid(one: int, other: int) -> None:
    """Over all pairs of n even numbers, n prime, every pair of draws comes once: exactly.

    Where the phases differ by a multiple of n the grid cannot tell them apart.
    """
    n = 31
    grid = np.arange(n) / n
    first, second = (x.ravel() for x in np.meshgrid(grid, grid))
    place = [
        np.rint(draws(first, second, float(phase)) * n).astype(int) % n for phase in (one, other)
    ]
    together = np.bincount(place[0] * n + place[1], minlength=n * n).reshape(n, n)
    if (one - other) % n:
        np.testing.assert_array_equal(together, 1)
    else:
        np.testing.assert_array_equal(together, n * np.eye(n, dtype=int))


@pytest.mark.parametrize(("one", "other"), [(0, 1), (8, 9), (8, 10), (-1, 0), (-8, 160)])
def test_two_projects_both_stop_as_often_as_chance_has_it(one: int, other: int) -> None:
    """Both below 0.1 one time in a hundred, whatever the phases: no common bad quarter."""
    first, second = np.random.default_rng(5).random((2, 200_000))
    low = [draws(first, second, np.array(float(p))) < 0.1 for p in (one, other)]
    spread = np.sqrt(0.01 * 0.99 / 200_000)
    assert (low[0] & low[1]).mean() == pytest.approx(0.01, abs=4 * spread)


def test_projects_of_one_phase_have_one_fate() -> None:
    """Why two windows of a pair, and two quarters, must not share a phase."""
    first, second = np.random.default_rng(6).random((2, 100))
    drawn = draws(first, second, np.array([[8.0], [8.0], [9.0]]))
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert not (drawn[0] == drawn[2]).any()
