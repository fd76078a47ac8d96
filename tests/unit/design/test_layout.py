"""Points: their number, their spread, and that a longer design begins with the shorter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steppe.design import Variable, make
from steppe.design.layout import DesignError, points_of
from steppe.scenario import Distribution


def some(count: int) -> tuple[Variable, ...]:
    names = ("trade.elasticity", "japan.conversion", "powers.lapse", "powers.temperature")
    return tuple(Variable(n, "1", Distribution("uniform", (1.0, 3.0))) for n in names[:count])


@settings(max_examples=25, deadline=None)
@given(
    method=st.sampled_from(["lhs", "sobol", "morris"]),
    dims=st.integers(2, 4),
    blocks=st.lists(st.integers(1, 9), min_size=1, max_size=3),
    seed=st.integers(0, 1000),
)
def test_a_design_has_its_points_inside_and_begins_like_a_shorter_one(
    method: str, dims: int, blocks: list[int], seed: int
) -> None:
    design = make(method, some(dims), tuple(blocks), seed)
    assert design.values.shape == (points_of(method, dims, sum(blocks)), dims)
    assert ((design.values >= 1.0) & (design.values <= 3.0)).all()
    again = make(method, some(dims), tuple(blocks), seed)
    np.testing.assert_array_equal(design.values, again.values)
    longer = design.extended(5)
    np.testing.assert_array_equal(longer.values[: len(design)], design.values)
    assert len(longer) == points_of(method, dims, sum(blocks) + 5)


def test_a_latin_hypercube_has_one_point_in_every_slice() -> None:
    design = make("lhs", some(3), (40,), 7)
    for column in design.values.T:
        assert sorted(((column - 1.0) / 2.0 * 40).astype(int)) == list(range(40))


def test_a_group_of_saltellis_changes_one_variable_at_a_time() -> None:
    design = make("sobol", some(3), (8,), 7)
    for group in design.values.reshape(8, 5, 3):
        a, *mixed, b = group
        for i, point in enumerate(mixed):
            expected = a.copy()
            expected[i] = b[i]
            np.testing.assert_array_equal(point, expected)


def test_a_trajectory_of_morris_moves_one_variable_two_levels() -> None:
    design = make("morris", some(3), (6,), 7)
    for trajectory in design.values.reshape(6, 4, 3):
        moves = np.abs(np.diff(trajectory, axis=0))
        assert (np.count_nonzero(moves, axis=1) == 1).all()
        assert sorted(np.flatnonzero(m)[0] for m in moves) == [0, 1, 2]
        np.testing.assert_allclose(moves.max(axis=1), 2.0 * 2.0 / 3.0)


def test_a_factorial_has_every_combination_once() -> None:
    levels = [(1.0, 2.0), (0.0, 0.5, 1.0)]
    found = make(
        "factorial",
        tuple(
            Variable(n, "1", Distribution("choice", each))
            for n, each in zip(("trade.elasticity", "japan.conversion"), levels, strict=True)
        ),
        (),
        0,
    )
    assert {tuple(p) for p in found.values} == {(a, b) for a in levels[0] for b in levels[1]}
    assert len(found) == 6
    with pytest.raises(DesignError, match="cannot be made longer"):
        found.extended(2)


def test_what_cannot_be_laid_out_is_told() -> None:
    with pytest.raises(DesignError, match="needs levels"):
        make("factorial", some(2), (), 0)
    with pytest.raises(DesignError, match="more than"):
        make("lhs", some(2), (10**9,), 0)


def test_levels_are_hit_equally_often() -> None:
    one = Variable("trade.elasticity", "1", Distribution("choice", (1.0, 2.0, 5.0)))
    values, counts = np.unique(make("lhs", (one,), (30,), 3).values, return_counts=True)
    assert values.tolist() == [1.0, 2.0, 5.0]
    assert counts.tolist() == [10, 10, 10]
