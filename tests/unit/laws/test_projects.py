"""Construction and cancellation: chances, payments, and draws that no other project moves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from steppe import axes
from steppe.laws import projects
from steppe.world.offers import ORDINARY

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


def drawn_works(rng: np.random.Generator, rows: int, members: int) -> projects.Rows:
    """Return projects of any cell, stage, builder and kind."""
    cells = len(axes.POWERS) * projects.H * projects.S * projects.W * projects.M
    return projects.Rows(
        cell=rng.integers(0, cells, rows),
        member=rng.integers(0, members, rows),
        stage=rng.integers(0, projects.STAGES, rows),
        pilot=rng.integers(-2, len(axes.POWERS), rows),
        amount=rng.uniform(1.0, 900.0, rows),
        phase=rng.integers(0, 400, rows).astype(float),
        plant=rng.uniform(0.5, 3.0, rows) * (rng.random(rows) < 0.2),
    )


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_a_quarter_of_construction_row_by_row(seed: int, with_plants: bool) -> None:
    """Who moves, pays, ends and stops, and where each dollar is booked."""
    rng = np.random.default_rng(seed)
    p, members, count = len(axes.POWERS), 2, 40
    h, s, w, modes = projects.H, projects.S, projects.W, projects.M
    rows = drawn_works(rng, count, members)
    chances = projects.Chances(
        speed=rng.uniform(0.1, 0.6, (s, members)),
        hazard=rng.uniform(0.02, 0.25, (p, h, modes, members)),
        uniform=rng.random((2, p, h, members)),
        alone=rng.uniform(0.5, 2.0, (p, h, members)),
        relief=rng.uniform(0.2, 1.0, (p, h, members)),
        haste=rng.uniform(0.5, 1.0, members),
        risk=rng.uniform(0.5, 1.5, (h, s, members)),
        plants=rng.uniform(0.1, 0.6, members) if with_plants else np.zeros(0),
    )
    shape = p, h, s, w, modes
    cells = int(np.prod(shape))
    places = {
        "disbursed_windows": (p, h, w),
        "completed_sectors": (p, h, s),
        "cancelled_pairs": (p, h),
        "joint_paid": (p, p, h, w),
        "piloted_done": (p, h),
        "built": (),
        "abandoned": (),
    }

    def blank() -> projects.Books:
        return projects.Books(
            **{n: np.zeros((*places.get(n, (cells,)), members)) for n in projects.Books._fields}
        )

    books, wanted = blank(), blank()
    ended = projects.Rows(*(np.zeros_like(column) for column in rows))
    before = projects.Rows(*(column.copy() for column in rows))
    left, completed, cancelled = [], [], []
    for r, (cell, m, started, pilot, amount, phase, plant) in enumerate(zip(*before, strict=True)):
        power, host, sector, window, mode = np.unravel_index(cell, shape)
        first, second = chances.uniform[:, power, host, m]
        number = (first + second * phase) % 1.0
        leave = chances.speed[sector, m]
        stop = chances.hazard[power, host, mode, m] * chances.risk[host, sector, m]
        if pilot != ORDINARY:
            stop *= chances.alone[power, host, m]
        if pilot >= 0:
            stop *= chances.relief[pilot, host, m]
            leave = min(leave / chances.haste[m], 1.0)
        if with_plants and plant > 0.0:
            leave = chances.plants[m]
        stage, paid = int(started), (0.0, 0.15, 0.45, 0.75, 1.0)
        if number < leave:
            step = (paid[stage + 1] - paid[stage]) * amount
            wanted.disbursed_now[cell, m] += step
            wanted.disbursed[cell, m] += step
            wanted.disbursed_windows[power, host, window, m] += step
            if pilot >= 0:
                wanted.joint_paid[pilot, power, host, window, m] += step
            stage += 1
        elif number >= 1.0 - stop:
            unpaid = (1.0 - paid[stage]) * amount
            wanted.cancelled_now[cell, m] += unpaid
            wanted.cancelled[cell, m] += unpaid
            wanted.cancelled_pairs[power, host, m] += unpaid
            wanted.abandoned[m] += plant
            cancelled.append((cell, m, unpaid))
            continue
        if stage == 4:
            wanted.completed_now[cell, m] += amount
            wanted.completed[cell, m] += amount
            wanted.completed_sectors[power, host, sector, m] += amount
            if pilot >= 0:
                wanted.piloted_done[pilot, host, m] += amount
            wanted.built[m] += plant
            completed.append((cell, m, amount))
        else:
            left.append((r, stage))
    kept, done, stopped = projects.build(rows, chances, books, ended)
    assert (kept, done, stopped) == (len(left), len(completed), len(cancelled))
    for name, found, expected in zip(books._fields, books, wanted, strict=True):
        np.testing.assert_allclose(found, expected, err_msg=name)
    order = [r for r, _ in left]
    for name, column, old in zip(rows._fields, rows, before, strict=True):
        expected = [stage for _, stage in left] if name == "stage" else old[order]
        np.testing.assert_array_equal(column[:kept], expected, err_msg=name)
    told = list(zip(ended.cell, ended.member, ended.amount, strict=True))
    assert told[:done] == completed
    assert told[count - stopped :] == cancelled[::-1]


def test_a_dollar_is_booked_in_its_cell_and_mode() -> None:
    rng = np.random.default_rng(8)
    rows = drawn_works(rng, 30, 2)
    shape = len(axes.POWERS), projects.H, projects.S, projects.W, projects.M
    now, total = np.zeros((2, int(np.prod(shape)), 2))
    total += 1.0
    projects.book(now, total, rows.cell, rows.member, rows.amount)
    expected = np.zeros_like(now)
    np.add.at(expected, (rows.cell, rows.member), rows.amount)
    np.testing.assert_allclose(now, expected)
    np.testing.assert_allclose(total, 1.0 + expected)
    by_mode = np.zeros((shape[0], shape[1], shape[4], 2))
    projects.book_modes(by_mode, rows.cell, rows.member, rows.amount)
    np.testing.assert_allclose(by_mode, expected.reshape(*shape, 2).sum(axis=(2, 3)))
