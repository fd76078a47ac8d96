"""Events during a run: the parameter rows that differ from their start, quarter by quarter.

The value of an event's target moves from what it was before, x, by a weight w in [0, 1]:

    to     (1 - w) x + w amount        by     x + w amount        times    x (1 + w (amount - 1))

with e the quarters since the event began:

    step   w = 1                       ramp   w = min((e + 1) / duration, 1)
    pulse  w = 1 while e < duration    decay  w = 2^(-e / duration)

so that a ramp of 8 quarters moves in the quarter of its start already and arrives in its eighth.
Several events on one target are applied in the order of the scenario, each to the value that the
one before left; the result is kept inside the registry's range.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steppe.clock import Quarter
from steppe.scenario.conditions import Condition, Lookup
from steppe.scenario.distributions import Distribution
from steppe.scenario.resolved import Change, Event, Scenario, Shape
from steppe.scenario.sampling import event_draws

if TYPE_CHECKING:
    from steppe.parameters import Registry

Array = NDArray[np.float64]


@dataclass(slots=True)
class _Compiled:
    """An event with one value per member ``(member,)`` of everything that may differ."""

    row: int
    shape: Shape
    change: Change
    amount: Array
    start: Array
    duration: Array
    condition: Condition | None
    began: Array
    first: float
    """When it begins in the first member."""
    whole: float
    """From when on it acts wholly in every member; never for one that ends or fades."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """When and how an event acts in each member: ``began`` in quarters since the run's start
    (infinity: not yet), ``amount`` in ``unit``, ``duration`` in quarters, all ``(member,)``."""

    event: str
    target: str
    unit: str
    shape: Shape
    change: Change
    began: Array
    amount: Array
    duration: Array


class EventEngine:
    """The events of a scenario for a chunk of members, with the conditions that were met so far.

    ``members`` are the members' numbers; ``worlds`` is the length of the member axis: where it is
    longer the last member is repeated, as a lone one is.  ``seed`` replaces the scenario's.
    """

    def __init__(
        self,
        scenario: Scenario,
        registry: Registry,
        members: Sequence[int],
        seed: int | None = None,
        *,
        worlds: int | None = None,
    ) -> None:
        self.registry = registry
        self.worlds = len(members) if worlds is None else worlds
        seed = scenario.seed if seed is None else seed
        member = np.minimum(np.arange(self.worlds), len(members) - 1)
        self._events: dict[str, _Compiled] = {}
        for event in scenario.events:
            drawn = event_draws(event, members, seed)
            spread = {field: values[member] for field, values in drawn.items()}
            self._events[event.id] = self._compiled(event, spread, scenario.horizon.start)
        self.rows = sorted({e.row for e in self._events.values()})
        """Rows of the parameter table that events may change."""
        bounds = [
            (registry.parameters[row].low, registry.parameters[row].high) for row in self.rows
        ]
        self._low, self._high = np.array(bounds).reshape(-1, 2, 1).swapaxes(0, 1)

    def _compiled(self, event: Event, drawn: dict[str, Array], first: Quarter) -> _Compiled:
        def over_members(field: str, value: float | Quarter | Distribution | None) -> Array:
            if field in drawn:
                return drawn[field]
            number = value.ordinal if isinstance(value, Quarter) else value
            return np.full(self.worlds, np.nan if number is None else number, dtype=np.float64)

        start = over_members("start", event.start) - first.ordinal
        compiled = _Compiled(
            row=self.registry.index[event.target],
            shape=event.shape,
            change=event.change,
            amount=over_members(event.change, event.amount),
            start=start,
            duration=over_members("duration", event.duration),
            condition=event.when,
            began=start,
            first=np.inf,
            whole=np.inf,
        )
        _begin(compiled, start if event.when is None else np.full(self.worlds, np.inf))
        return compiled

    def resume(self, before: EventEngine) -> None:
        """Go on after another scenario's events: a condition that was met then stays met.

        Events of one name must be the same in both as far as they can have begun.
        """
        for name, event in self._events.items():
            if event.condition is not None and name in before._events:
                _begin(event, before._events[name].began)

    @property
    def began(self) -> dict[str, Array]:
        """Return when each event begins ``(member,)``, in quarters since the start of the run.

        Infinity where its condition has not held yet.
        """
        return {name: event.began for name, event in self._events.items()}

    def occurrences(self) -> list[Occurrence]:
        """Return what every event does, in the order of the scenario."""
        parameters = self.registry.parameters
        return [
            Occurrence(
                event=name,
                target=parameters[e.row].name,
                unit=parameters[e.row].unit,
                shape=e.shape,
                change=e.change,
                began=e.began,
                amount=e.amount,
                duration=e.duration,
            )
            for name, e in self._events.items()
        ]

    def apply(self, t: int, values: Array, initial: Array, lookup: Lookup | None = None) -> None:
        """Write the rows of ``values`` ``(parameter, member)`` that events change in quarter ``t``.

        ``t`` counts quarters from the start of the run; ``initial`` holds the values without
        events; ``lookup(metric, cell)`` returns a metric at the end of the quarter before and is
        needed only for conditions.  Call it once a quarter, in order: a condition once met stays.
        """
        for event in self._events.values():
            if event.condition is not None:
                self._latch(event, t, values, lookup)
        values[self.rows] = initial[self.rows]
        for event in self._events.values():
            if t >= event.first:
                weight = 1.0 if t >= event.whole else _weight(event, t)
                values[event.row] = _changed(values[event.row], weight, event)
        values[self.rows] = np.minimum(np.maximum(values[self.rows], self._low), self._high)

    def _latch(self, event: _Compiled, t: int, values: Array, lookup: Lookup | None) -> None:
        """Begin a conditional event in the members in which it is due and its condition held."""
        condition = event.condition
        assert condition is not None
        if condition.name in self.registry:
            current = values[self.registry.index[condition.name]]
        elif lookup is None:
            raise ValueError(f"the condition '{condition}' needs a lookup of metrics")
        else:
            current = lookup(condition.name, condition.cell)
        begins = np.isinf(event.began) & (event.start <= t) & condition.holds(current)
        if begins.any():
            _begin(event, np.where(begins, float(t), event.began))


def _begin(event: _Compiled, began: Array) -> None:
    """Let an event begin in the quarters ``began``, infinity where it does not yet."""
    event.began, event.first = began, float(began.min())
    if event.shape == "step":
        event.whole = float(began.max())
    elif event.shape == "ramp":
        event.whole = float((began + event.duration).max())


def _weight(event: _Compiled, t: int) -> Array:
    """Return how much of the event's change is there in quarter ``t``, ``(member,)``, 0 to 1."""
    active = event.began <= t
    elapsed = np.where(active, t - event.began, 0.0)
    if event.shape == "ramp":
        weight = np.minimum((elapsed + 1.0) / event.duration, 1.0)
    elif event.shape == "pulse":
        weight = (elapsed < event.duration).astype(np.float64)
    elif event.shape == "decay":
        weight = np.exp(elapsed / event.duration * -math.log(2.0))
    else:
        weight = np.ones_like(elapsed)
    return np.where(active, weight, 0.0)


def _changed(before: Array, weight: Array | float, event: _Compiled) -> Array:
    if event.change == "to":
        if isinstance(weight, float):  # it acts wholly
            return event.amount
        return (1.0 - weight) * before + weight * event.amount
    if event.change == "by":
        return before + weight * event.amount
    return before * (1.0 + weight * (event.amount - 1.0))
