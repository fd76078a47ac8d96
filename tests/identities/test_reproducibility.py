"""To the bit: a member is the same alone, in any chunk and with agents in any order."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import ensemble, scenario
from steppe.metrics import METRICS
from steppe.model import CentralAsia

QUARTERS = 24
"""Long enough for events, congestion and every feedback to act."""


def path(first: int, members: int, case: str = "baseline") -> np.ndarray:
    """Return all recorded series (quarter, series, member) of a chunk."""
    model = CentralAsia(case, range(first, first + members), collect=False)
    return np.stack([_after_a_step(model) for _ in range(QUARTERS)])[:, :, :members]


def _after_a_step(model: CentralAsia) -> np.ndarray:
    model.step()
    return np.concatenate([metric.values(model.state) for metric in METRICS])


@pytest.fixture(scope="module")
def whole() -> np.ndarray:
    return path(0, 256)


@pytest.mark.parametrize(
    ("first", "members"), [(0, 1), (37, 1), (255, 1), (0, 7), (101, 7), (64, 64)]
)
def test_a_member_is_the_same_in_any_chunk(whole: np.ndarray, first: int, members: int) -> None:
    """Identity 11."""
    alone = path(first, members)
    same = alone.view(np.uint64) == whole[:, :, first : first + members].view(np.uint64)
    nan = np.isnan(alone) & np.isnan(whole[:, :, first : first + members])
    assert (same | nan).all()


def test_the_order_of_agents_does_not_matter(whole: np.ndarray) -> None:
    model = CentralAsia("baseline", 7, collect=False)
    order = np.random.default_rng(5)
    for t in range(QUARTERS):
        for agents in (model.powers, model.hosts, model.agents):
            agents.random.seed(int(order.integers(1 << 30)))
            agents.shuffle(inplace=True)
        block = _after_a_step(model)[:, :7]
        assert np.array_equal(block, whole[t, :, :7], equal_nan=True)


def test_removing_every_event_reproduces_the_parent_to_the_bit() -> None:
    """Identity 11: a scenario without its own events is its parent."""
    own = ("rail", "rail_capacity", "port_phase_2", "waiver")
    text = "title: Nothing of its own\nextends: chabahar_completion\nevents:\n"
    text += "".join(f"  - {{id: {name}, remove: true}}\n" for name in own)
    without = scenario.loads(text, name="without")
    for quarter_a, quarter_b in zip(_steps("baseline"), _steps(without), strict=True):
        assert np.array_equal(quarter_a, quarter_b, equal_nan=True)


def _steps(case: str | scenario.Scenario) -> list[np.ndarray]:
    model = CentralAsia(case, 5, collect=False)
    return [_after_a_step(model) for _ in model.quarters]


@pytest.mark.parametrize("chunk", [7, 64])
def test_an_ensemble_is_the_same_in_any_chunks(chunk: int) -> None:
    short = scenario.loads(
        "title: Short\nextends: baseline\nhorizon: {start: 2017Q1, end: 2019Q4}\n", name="short"
    )
    one = ensemble.run(short, members=20, chunk=20)
    many = ensemble.run(short, members=20, chunk=chunk, workers=2)
    assert np.array_equal(one.statistics, many.statistics, equal_nan=True)
    for column, values in one.table.items():
        assert np.array_equal(values, many.table[column], equal_nan=True), column


def test_a_scenario_and_its_parent_share_their_futures_until_they_part() -> None:
    parent, child = _steps("baseline"), _steps("trans_siberian_closure")
    quarters = [str(q) for q in CentralAsia("baseline", 1, collect=False).quarters]
    closure = quarters.index("2027Q1")
    for t in range(closure):
        assert np.array_equal(parent[t], child[t], equal_nan=True)
    assert not np.array_equal(parent[closure], child[closure], equal_nan=True)
