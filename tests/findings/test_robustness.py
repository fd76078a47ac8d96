"""Regret and satisficing of strategies whose outcomes are known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from steppe.analysis.findings import FindingError
from steppe.analysis.findings.robustness import Crossing, crossed, robustness

NAMES = ("china.budget", "japan.aid")
POINTS = np.array([[c, a] for c in (0.5, 1.0) for a in (0.0, 1.0, 2.0)])
"""Two states of China, three levels of the lever, in the order of a factorial design."""
OUTCOME = np.array(
    [
        [1.0, 2.0],  # china 0.5: aid 0, 1, 2
        [2.0, 3.0],
        [4.0, 1.0],
        [1.0, 1.0],  # china 1.0
        [1.5, 2.0],
        [0.0, 0.5],
    ]
)
"""(point, member)"""


@pytest.fixture
def crossing() -> Crossing:
    found = crossed(NAMES, POINTS, ["japan.aid"])
    assert found is not None
    return found


def test_points_are_strategies_by_states(crossing: Crossing) -> None:
    assert crossing.levers == ("japan.aid",) and crossing.others == ("china.budget",)
    assert crossing.strategies.tolist() == [[0.0], [1.0], [2.0]]
    assert crossing.states.tolist() == [[0.5], [1.0]]
    assert crossing.points.tolist() == [[0, 3], [1, 4], [2, 5]]
    shuffled = np.random.default_rng(1).permutation(len(POINTS))
    other = crossed(NAMES, POINTS[shuffled], ["japan.aid"])
    assert other is not None
    assert shuffled[other.points].tolist() == crossing.points.tolist()


def test_regret_is_against_the_best_in_the_same_world(crossing: Crossing) -> None:
    found = robustness(crossing, OUTCOME, {"japan.aid": 0.0})
    assert found.worlds == 4
    by = {row.levels["japan.aid"]: row for row in found.strategies}
    # best of each world: 4 and 3 (china 0.5), 1.5 and 2 (china 1)
    assert by[0.0].mean_regret == pytest.approx(np.mean([3, 1, 0.5, 1]))
    assert by[1.0].largest_regret == 2.0
    assert by[2.0].mean_regret == pytest.approx(np.mean([0, 2, 1.5, 1.5]))
    assert [by[a].best for a in (0.0, 1.0, 2.0)] == [0.0, 0.75, 0.25]
    assert found.strategies[0].levels == {"japan.aid": 1.0}
    # the reference's median world has 1: worlds at least as good
    assert found.level == 1.0
    assert [by[a].satisfies for a in (0.0, 1.0, 2.0)] == [1.0, 1.0, 0.5]
    assert by[2.0].satisfies_by_state == (1.0, 0.0)


def test_turning_a_lever(crossing: Crossing) -> None:
    found = robustness(crossing, OUTCOME, {"japan.aid": 0.0})
    first, second = found.turns
    assert (first.lever, first.reference, first.level) == ("japan.aid", 0.0, 1.0)
    assert (first.helps, first.harms, first.least) == (1.0, 0.0, 1.0)
    assert first.median == pytest.approx(1.0)
    assert (second.helps, second.harms) == (0.25, 0.75)
    assert (second.least, second.state) == (0.0, 1), "it never helps when China spends"


def test_less_may_be_better(crossing: Crossing) -> None:
    more, less = (
        robustness(crossing, OUTCOME * sign, {"japan.aid": 0.0}, less=sign < 0) for sign in (1, -1)
    )
    for a, b in zip(more.strategies, less.strategies, strict=True):
        assert a.levels == b.levels
        assert a.regret_95 == pytest.approx(b.regret_95)
        assert a.satisfies == b.satisfies
        assert a.median == pytest.approx(-b.median)
        assert a.low == pytest.approx(-b.high)
    assert [t.helps for t in more.turns] == [t.helps for t in less.turns]
    assert less.turns[0].median == pytest.approx(-more.turns[0].median)
    assert less.level == -1.0


def test_a_condition_says_what_is_good_enough(crossing: Crossing) -> None:
    found = robustness(crossing, OUTCOME, {}, good=OUTCOME > 1.6)
    by = {row.levels["japan.aid"]: row for row in found.strategies}
    assert found.level is None
    assert [by[a].satisfies for a in (0.0, 1.0, 2.0)] == [0.25, 0.75, 0.25]


def test_worlds_without_a_value_are_left_out_for_all(crossing: Crossing) -> None:
    holed = OUTCOME.copy()
    holed[2, 0] = np.nan
    found = robustness(crossing, holed, {"japan.aid": 0.0})
    assert (found.worlds, found.left_out) == (3, 1)
    by = {row.levels["japan.aid"]: row for row in found.strategies}
    assert by[0.0].mean_regret == pytest.approx(np.mean([1, 0.5, 1]))
    gone = OUTCOME.copy()
    gone[3:] = np.nan
    found = robustness(crossing, gone, {"japan.aid": 0.0})
    assert found.turns[1].state == 0
    assert np.isnan(found.strategies[0].satisfies_by_state[1])


def test_rounding_is_no_regret(crossing: Crossing) -> None:
    found = robustness(crossing, 1.0 + 1e-15 * OUTCOME, {"japan.aid": 0.0})
    assert all(row.largest_regret == 0.0 and row.best == 1.0 for row in found.strategies)
    assert all((t.helps, t.harms, t.median) == (0.0, 0.0, 0.0) for t in found.turns)


def test_states_that_a_strategy_lacks_are_left_out() -> None:
    found = crossed(NAMES, POINTS[:5], ["japan.aid"])
    assert found is not None
    assert (found.states.tolist(), found.states_left_out) == ([[0.5]], 1)


def test_what_is_not_crossed() -> None:
    rng = np.random.default_rng(1)
    assert crossed(NAMES, rng.random((20, 2)), ["japan.aid"]) is None
    assert crossed(NAMES, POINTS[:1], ["japan.aid"]) is None
    assert crossed(NAMES, POINTS[[0, 3]], ["japan.aid"]) is None, "one strategy"


def test_all_parameters_may_be_levers() -> None:
    found = crossed(NAMES, POINTS, list(NAMES))
    assert found is not None
    assert (len(found.strategies), len(found.states), found.others) == (6, 1, ())
    result = robustness(found, OUTCOME, {"china.budget": 1.0, "japan.aid": 0.0})
    turn = next(t for t in result.turns if t.lever == "china.budget")
    assert (turn.reference, turn.level) == (1.0, 0.5)
    assert turn.helps == pytest.approx(np.mean([0, 1, 1, 1, 1, 1]))


def test_one_world_is_no_test(crossing: Crossing) -> None:
    holed = np.full_like(OUTCOME, np.nan)
    holed[:3, 0] = 1.0
    with pytest.raises(FindingError, match="fewer than two worlds"):
        robustness(crossing, holed, {})
