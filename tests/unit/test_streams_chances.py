"""Uniform numbers that decide outcomes: their range, their law, and who may move them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from steppe import streams


def drawn(
    members: int = 4, first: int = 0, process: str = "acceptance", quarters: int = 6, seed: int = 7
) -> np.ndarray:
    return streams.chances(seed, range(first, first + members), process, quarters, 3).whole()


def test_chances_are_uniform_in_every_cell_and_between_nothing_and_one() -> None:
    numbers = drawn(members=400, quarters=40)
    assert numbers.shape == (40, 3, 400)
    assert numbers.min() >= 0.0
    assert numbers.max() < 1.0
    for cell in range(3):
        assert stats.kstest(numbers[:, cell].ravel(), "uniform").pvalue > 1e-3
    flat = numbers.astype(float)
    for other in (flat[1:, :], np.roll(flat, 1, axis=2)[1:], np.roll(flat, 1, axis=1)[1:]):
        assert abs(np.corrcoef(flat[:-1].ravel(), other.ravel())[0, 1]) < 0.02


@pytest.mark.parametrize(("first", "members"), [(0, 1), (3, 1), (2, 3), (5, 4)])
def test_a_members_chances_are_its_own(first: int, members: int) -> None:
    whole = drawn(members=12)
    np.testing.assert_array_equal(drawn(members, first), whole[:, :, first : first + members])


@pytest.mark.parametrize("quarters", [1, 3, 5])
def test_a_longer_run_begins_with_the_chances_of_a_shorter_one(quarters: int) -> None:
    np.testing.assert_array_equal(drawn(quarters=quarters), drawn()[:quarters])


def test_chances_differ_by_process_seed_member_and_quarter() -> None:
    one = drawn()
    assert not (one == drawn(process="construction")).any()
    assert not (one == drawn(seed=8)).any()
    assert len(np.unique(one)) == one.size


def normals_of(members: Sequence[int], quarters: int) -> np.ndarray:
    return streams.normals(7, members, "mood", quarters, 2).whole()


@pytest.mark.parametrize("members", [[3, 3], [5, 2, 5, 2, 2], [2, 1, 0], [4]])
def test_members_that_occur_again_have_their_numbers_again(members: list[int]) -> None:
    draws = streams.normals(7, members, "mood", 6, 2)
    assert len(draws) == 6
    expected = normals_of(range(6), 6)[:, :, members]
    np.testing.assert_array_equal(draws.whole(), expected)
    for quarter in range(6):
        assert draws[quarter].flags.c_contiguous
        np.testing.assert_array_equal(draws[quarter], expected[quarter])


def test_normals_keep_the_same_promises() -> None:
    whole = streams.normals(7, range(9), "mood", 30, 2).whole()
    assert whole.shape == (30, 2, 9)
    part, short = streams.normals(7, range(4, 7), "mood", 30, 2), normals_of(range(9), 11)
    np.testing.assert_array_equal(part.whole(), whole[:, :, 4:7])
    np.testing.assert_array_equal(short, whole[:11])
    assert stats.kstest(whole.ravel(), "norm").pvalue > 1e-3
