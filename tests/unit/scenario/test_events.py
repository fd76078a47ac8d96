"""The event engine: shapes, changes, conditions, combination, chunks."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from steppe.parameters import Registry
from steppe.scenario import EventEngine, Scenario, sample

Array = NDArray[np.float64]
Loads = Callable[..., Scenario]

DAYS = "link.chabahar_mashhad.days"


def path(case: Scenario, registry: Registry, target: str = DAYS, count: int = 2) -> Array:
    """Return the target's values ``(quarter, member)`` over the first twelve quarters."""
    initial = sample(case, registry, range(count)).table
    values = initial.copy()
    engine = EventEngine(case, registry, range(count))
    row = registry.index[target]
    steps = []
    for t in range(12):
        engine.apply(t, values, initial)
        steps.append(values[row].copy())
    return np.array(steps)


def one(case: Scenario, registry: Registry, target: str = DAYS) -> list[float]:
    return [float(v) for v in path(case, registry, target)[:, 0]]


def event(body: str) -> str:
    return f"events:\n  - {{id: x, target: {DAYS}, start: 2017Q3, {body}}}\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("shape: step, to: 10", [6, 6, 10, 10, 10, 10, 10, 10]),
        ("shape: step, by: -2", [6, 6, 4, 4, 4, 4, 4, 4]),
        ("shape: step, times: 2", [6, 6, 12, 12, 12, 12, 12, 12]),
        ("shape: ramp, to: 10, duration: 4", [6, 6, 7, 8, 9, 10, 10, 10]),
        ("shape: ramp, by: -2, duration: 2", [6, 6, 5, 4, 4, 4, 4, 4]),
        ("shape: ramp, times: 2, duration: 3", [6, 6, 8, 10, 12, 12, 12, 12]),
        ("shape: ramp, to: 10, duration: 1", [6, 6, 10, 10, 10, 10, 10, 10]),
        ("shape: pulse, to: 10, duration: 3", [6, 6, 10, 10, 10, 6, 6, 6]),
        ("shape: pulse, times: 0.5, duration: 1", [6, 6, 3, 6, 6, 6, 6, 6]),
        ("shape: decay, by: 8, duration: 2", [6, 6, 14, 6 + 8 / 2**0.5, 10, 6 + 8 / 8**0.5, 8]),
        ("shape: decay, to: 14, duration: 1", [6, 6, 14, 10, 8, 7, 6.5, 6.25]),
    ],
)
def test_shapes(loads: Loads, registry: Registry, body: str, expected: list[float]) -> None:
    found = one(loads(event(body)), registry)
    assert found[: len(expected)] == pytest.approx(expected, rel=1e-14)


def test_a_reached_value_is_reached_exactly(loads: Loads, registry: Registry) -> None:
    found = one(loads(event("shape: ramp, to: 0.7, duration: 3")), registry)
    assert found[4:] == [0.7] * 8


def test_events_on_one_target_combine_in_their_order(loads: Loads, registry: Registry) -> None:
    first = f"  - {{id: a, target: {DAYS}, shape: step, to: 10, start: 2017Q2}}\n"
    second = f"  - {{id: b, target: {DAYS}, shape: step, times: 2, start: 2017Q3}}\n"
    assert one(loads("events:\n" + first + second), registry)[:4] == [6, 10, 20, 20]
    assert one(loads("events:\n" + second + first), registry)[:4] == [6, 10, 10, 10]


def test_the_result_stays_in_the_registry_s_range(loads: Loads, registry: Registry) -> None:
    assert one(loads(event("shape: step, by: 99")), registry)[2] == 100.0
    body = (
        f"  - {{id: a, target: {DAYS}, shape: step, by: 99, start: 2017Q2}}\n"
        f"  - {{id: b, target: {DAYS}, shape: step, by: -20, start: 2017Q2}}\n"
    )
    assert one(loads("events:\n" + body), registry)[1] == 85.0  # only the sum is cut


def test_rows_without_events_and_the_start_are_left_alone(loads: Loads, registry: Registry) -> None:
    case = loads(event("shape: step, to: 10"))
    initial = sample(case, registry, range(2)).table
    before, values = initial.copy(), initial.copy()
    other = registry.index["japan.conversion"]
    values[other] = 0.77
    engine = EventEngine(case, registry, range(2))
    assert engine.rows == [registry.index[DAYS]]
    engine.apply(5, values, initial)
    assert (values[other] == 0.77).all()
    assert (initial == before).all()


def test_the_start_may_change_while_the_run_goes_on(loads: Loads, registry: Registry) -> None:
    case = loads(event("shape: step, by: 1"))
    initial = sample(case, registry, range(2)).table
    values = initial.copy()
    engine = EventEngine(case, registry, range(2))
    engine.apply(2, values, initial)
    initial[registry.index[DAYS]] = 20.0
    engine.apply(3, values, initial)
    assert (values[registry.index[DAYS]] == 21.0).all()


def conditional(case: Scenario, registry: Registry, metric: Callable[[int], Any]) -> Array:
    """Return the days over twelve quarters when a metric is ``metric(t)`` before quarter t."""
    initial = sample(case, registry, range(3)).table
    values = initial.copy()
    engine = EventEngine(case, registry, range(3))
    asked: list[tuple[str, tuple[str, ...]]] = []
    steps = []
    for t in range(12):

        def lookup(name: str, cell: tuple[str, ...], t: int = t) -> Array:
            asked.append((name, cell))
            return np.asarray(metric(t), dtype=float)

        engine.apply(t, values, initial, lookup)
        steps.append(values[registry.index[DAYS]].copy())
    assert set(asked) <= {("corridor_share", ("chabahar",))}
    return np.array(steps)


WHEN = "when: 'corridor_share[chabahar] > 0.05'"


def test_a_condition_is_latched_per_member(loads: Loads, registry: Registry) -> None:
    case = loads(event(f"shape: step, to: 10, {WHEN}"))

    def share(t: int) -> list[float]:
        return [0.0, 0.06 if t == 4 else 0.0, 0.06 if t == 1 else 0.05]

    found = conditional(case, registry, share)
    assert found[:, 0].tolist() == [6.0] * 12  # never held
    assert found[:, 1].tolist() == [6.0] * 4 + [10.0] * 8  # held once: begins then and stays
    assert found[:, 2].tolist() == [6.0] * 12  # held before the start only


def test_a_conditional_ramp_runs_from_where_it_began(loads: Loads, registry: Registry) -> None:
    case = loads(event(f"shape: ramp, to: 10, duration: 2, {WHEN}"))
    found = conditional(case, registry, lambda t: [1.0 if t >= 6 else 0.0] * 3)
    assert found[:, 0].tolist() == [6.0] * 6 + [8.0] + [10.0] * 5


def test_a_condition_on_a_parameter_reads_it_as_the_last_quarter_left_it(
    loads: Loads, registry: Registry
) -> None:
    body = (
        "events:\n"
        f"  - {{id: b, target: {DAYS}, shape: step, to: 10, start: 2017Q1,"
        " when: 'japan.conversion >= 0.9'}\n"
        "  - {id: a, target: japan.conversion, shape: step, to: 0.9, start: 2017Q3}\n"
    )
    assert one(loads(body), registry)[:5] == [6, 6, 6, 10, 10]


def test_a_metric_s_condition_needs_a_lookup(loads: Loads, registry: Registry) -> None:
    case = loads(event(f"shape: step, to: 10, {WHEN}"))
    with pytest.raises(ValueError, match="needs a lookup"):
        path(case, registry)


SAMPLED = f"""\
events:
  - id: x
    target: {DAYS}
    shape: ramp
    to: {{uniform: [1, 90]}}
    start: {{uniform: [2017Q1, 2019Q1]}}
    duration: {{uniform: [1, 12]}}
  - id: y
    target: {DAYS}
    shape: decay
    times: {{lognormal: [1, 0.2]}}
    start: 2018Q1
    duration: 3
uncertainties:
  {DAYS}: {{triangular: [1, 6, 9]}}
"""


def test_a_member_is_the_same_in_any_chunk(loads: Loads, registry: Registry) -> None:
    case = loads(SAMPLED)
    whole = path(case, registry, count=37)
    assert len(np.unique(whole[11])) == 37
    for first, count in ((0, 2), (3, 5), (36, 1), (11, 20)):
        initial = sample(case, registry, range(first, first + count)).table
        values = initial.copy()
        engine = EventEngine(case, registry, range(first, first + count))
        for t in range(12):
            engine.apply(t, values, initial)
            expected = whole[t, first : first + count]
            assert (values[registry.index[DAYS]] == expected).all()


def test_a_lone_member_is_doubled(loads: Loads, registry: Registry) -> None:
    case = loads(SAMPLED)
    initial = np.repeat(sample(case, registry, [5]).table, 2, axis=1)
    values = initial.copy()
    engine = EventEngine(case, registry, [5], case.seed, worlds=2)
    engine.apply(11, values, initial)
    row = values[registry.index[DAYS]]
    assert row[0] == row[1] == path(case, registry, count=8)[11, 5]


def test_the_sampled_fields_are_reported(loads: Loads, registry: Registry) -> None:
    case = loads(SAMPLED)
    varied = sample(case, registry, range(50)).varied
    fields = ("event.x.start", "event.x.to", "event.x.duration", "event.y.times")
    assert tuple(varied) == (DAYS, *fields)
    assert set(varied["event.x.start"] * 4 % 1) == {0.0}
    assert varied["event.x.start"].min() >= 2017.0 and varied["event.x.start"].max() <= 2019.0
    engine = EventEngine(case, registry, range(50))
    assert (engine.began["x"] == (varied["event.x.start"] - 2017.0) * 4).all()


def test_an_engine_can_be_sent_to_another_process(loads: Loads, registry: Registry) -> None:
    engine = EventEngine(loads(event(f"shape: step, to: 10, {WHEN}")), registry, range(2))
    assert pickle.loads(pickle.dumps(engine)).rows == engine.rows
