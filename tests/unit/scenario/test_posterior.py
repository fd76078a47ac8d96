"""What a scenario takes from the calibrated sample: joint rows, a member's the same everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import scenario
from steppe.design import released, variables
from steppe.parameters import registry
from steppe.scenario import Problems, posterior
from steppe.scenario.values import prior

NAMES = tuple(posterior.columns())
TEXT = "title: t\nextends: baseline\nuncertainties:\n"


def _case(names=NAMES, more=""):
    return scenario.loads(TEXT + "".join(f"  {n}: posterior\n" for n in names) + more, name="t")


def _rows():
    return np.array([posterior.columns()[name].arguments for name in NAMES]).T


def test_the_shipped_sample_lies_within_the_priors() -> None:
    assert len(NAMES) > 5
    names = registry()
    for name, column in posterior.columns().items():
        low, high = prior(names[name]).support
        assert low <= min(column.arguments) < max(column.arguments) <= high
        assert not name.endswith("growth_shift"), "belongs to the years of the window"


def test_a_member_takes_one_row_for_all_parameters() -> None:
    drawn = scenario.sample(_case(), registry(), range(50)).varied
    taken = np.array([drawn[name] for name in NAMES]).T
    rows = {tuple(row) for row in _rows()}
    assert all(tuple(row) in rows for row in taken)
    assert len({tuple(row) for row in taken}) > 30


def test_a_members_row_is_its_own() -> None:
    case = _case()
    whole = scenario.sample(case, registry(), range(20)).table
    np.testing.assert_array_equal(
        scenario.sample(case, registry(), [7, 3, 7]).table, whole[:, [7, 3, 7]]
    )


def test_other_parameters_keep_their_draws() -> None:
    free = scenario.loads(TEXT + "".join(f"  {n}: prior\n" for n in NAMES), name="t")
    one, other = (scenario.sample(c, registry(), range(9)).table for c in (free, _case()))
    index = registry().index
    rest = [i for name, i in index.items() if name not in NAMES]
    np.testing.assert_array_equal(one[rest], other[rest])


def test_what_a_scenario_says_itself_comes_first() -> None:
    drawn = scenario.sample(_case(NAMES[1:], f"  {NAMES[0]}: prior\n"), registry(), range(30))
    values = set(posterior.columns()[NAMES[0]].arguments)
    assert not values & set(drawn.varied[NAMES[0]].tolist())


def test_the_resolved_scenario_reads_back() -> None:
    case = _case()
    assert scenario.loads(case.dump(), name="t") == case


def test_a_design_takes_the_columns_quantiles() -> None:
    case = _case()
    (found,) = variables([NAMES[0]], case, registry())
    u = np.linspace(0.0, 1.0, 101)
    values = found.values(u)
    assert (np.diff(values) >= 0.0).all()
    column = np.sort(posterior.columns()[NAMES[0]].arguments)
    assert (values[0], values[-1]) == (column[0], column[-1])
    left = scenario.sample(released(case, [NAMES[0]]), registry(), range(5)).varied
    assert NAMES[0] not in left
    assert NAMES[1] in left


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("  hosts.hedging: posterior\n", "hosts.hedging was not calibrated: write prior"),
        ("  trade.erosion: posteror\n", "prior or posterior, found a text"),
    ],
)
def test_mistakes_are_told(line: str, told: str) -> None:
    with pytest.raises(Problems) as caught:
        scenario.loads(TEXT + line, name="t")
    assert told in str(caught.value)
