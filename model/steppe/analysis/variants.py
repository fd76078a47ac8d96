"""Variants of one scenario beside each other: the same members under other fixed parameters.

One model object carries every variant with members of its own; their numbers repeat, so that
member k meets the same shocks and the same draws of all other parameters in each (common random
numbers), and a variant that fixes a parameter at the value it has anyway is the same to the bit.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from steppe import metrics, scenario
from steppe.clock import span
from steppe.model import CentralAsia
from steppe.parameters import Registry, registry
from steppe.results import Results
from steppe.scenario import Scenario
from steppe.world.past import FIRST, past
from steppe.world.state import State

Array = NDArray[np.float64]

MOST = 256
"""Members of a model at most: more gain little and need their memory."""

Watch = Mapping[str, Callable[[State], Array]]
"""What is kept beside metrics, by name: (cell..., member) of the state at a quarter's end."""


@dataclass(frozen=True)
class Variant:
    """Parameters that are fixed for all members, and events that do not happen.

    ``fixed`` takes names of the registry and patterns of them (``*.conversion``).
    """

    name: str
    fixed: Mapping[str, float] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def values(self, names: Registry) -> dict[str, float]:
        """Return the parameters by name; ``KeyError`` for a pattern that none has."""
        found: dict[str, float] = {}
        for pattern, value in self.fixed.items():
            meant = [p.name for p in names if fnmatchcase(p.name, pattern)]
            if not meant:
                raise KeyError(f"{self.name}: no parameter is called {pattern}")
            found |= dict.fromkeys(meant, value)
        return found


@dataclass(frozen=True)
class Kept:
    """What is kept of a variant: trajectories as of a run, and what was watched.

    ``watched`` (quarter, cell..., member) and ``lived``, the same of the years before the run, from
    the first quarter of the record on.
    """

    results: Results
    watched: dict[str, Array]
    lived: dict[str, Array]


def run(
    case: Scenario,
    variants: Sequence[Variant],
    members: int,
    reads: Sequence[str] = (),
    watch: Watch | None = None,
    *,
    lived: Watch | None = None,
    on_part: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> dict[str, Kept] | None:
    """Run ``members`` members of every variant and return what is kept, by name; None if stopped.

    ``reads`` names metrics whose trajectories are kept; ``watch`` and ``lived`` are kept from each
    quarter's state, of the run and of the years before it.  ``on_part`` is called with (done, all).
    """
    names = [variant.name for variant in variants]
    if len(set(names)) != len(names):
        raise ValueError("two variants have one name")
    if members < 2:
        raise ValueError(f"members must be at least 2, found {members}")
    parts = list(_parts(variants, members))
    slots: dict[str, list[_Slot]] = {name: [] for name in names}
    for done, (group, numbers) in enumerate(parts):
        if stop is not None and stop():
            return None
        model = _Beside(_without(case, group[0].without), group, numbers, lived or {})
        taken = _taken(model, reads, watch or {}, stop)
        if taken is None:
            return None
        for place, variant in enumerate(group):
            own = slice(place * len(numbers), (place + 1) * len(numbers))
            slots[variant.name].append(
                _Slot(*({n: p[..., own] for n, p in t.items()} for t in taken))
            )
        vars(model).clear()  # a model and its agents refer to each other: let them go
        gc.collect()
        if on_part is not None:
            on_part(done + 1, len(parts))
    return {name: _kept(case, members, slots[name]) for name in names}


@dataclass(frozen=True)
class _Slot:
    """Some members of a variant: trajectories, what was watched, and what was lived before."""

    paths: dict[str, Array]
    watched: dict[str, Array]
    lived: dict[str, Array]


class _Beside(CentralAsia):
    """``numbers`` of every variant, one variant after the other on the axis of members."""

    def __init__(
        self, case: Scenario, group: Sequence[Variant], numbers: Sequence[int], lived: Watch
    ) -> None:
        self._watch, self.before = lived, {name: [] for name in lived}
        fixed = _fixed(case, group, numbers)
        super().__init__(case, [*numbers] * len(group), parameters=fixed, collect=False)

    before: dict[str, list[Array]]

    def _lived(self, quarter: int) -> None:
        for name, formula in self._watch.items():
            self.before[name].append(formula(self.state).copy())


def _fixed(case: Scenario, group: Sequence[Variant], numbers: Sequence[int]) -> dict[str, Array]:
    """Return what the variants fix, one value a member: elsewhere what it has by the scenario."""
    names = registry()
    told = [variant.values(names) for variant in group]
    wanted = list(dict.fromkeys(name for values in told for name in values))
    if not wanted:
        return {}
    table = scenario.sample(case, names, numbers).table
    return {
        name: np.concatenate(
            [
                np.full(len(numbers), v[name]) if name in v else table[names.index[name]]
                for v in told
            ]
        )
        for name in wanted
    }


def _taken(
    model: _Beside, reads: Sequence[str], watch: Watch, stop: Callable[[], bool] | None
) -> tuple[dict[str, Array], dict[str, Array], dict[str, Array]] | None:
    """Run the model to its end; return trajectories, what was watched and what was lived."""
    paths: dict[str, list[Array]] = {name: [] for name in reads}
    seen: dict[str, list[Array]] = {name: [] for name in watch}
    for _ in model.quarters:
        if stop is not None and stop():
            return None
        model.step()
        for name, kept in paths.items():
            kept.append(metrics.BY_NAME[name].values(model.state).copy())
        for name, formula in watch.items():
            seen[name].append(formula(model.state).copy())

    def stacked(lists: Mapping[str, list[Array]]) -> dict[str, Array]:
        return {name: np.stack(each) for name, each in lists.items() if each}

    return stacked(paths), stacked(seen), stacked(model.before)


def _parts(variants: Sequence[Variant], members: int) -> Iterator[tuple[list[Variant], range]]:
    """Yield which variants and which members share a model: few models, each member number once.

    Variants that leave out the same events may share one.
    """
    groups: dict[tuple[str, ...], list[Variant]] = {}
    for variant in variants:
        groups.setdefault(variant.without, []).append(variant)
    for group in groups.values():
        for first in range(0, len(group), MOST // 2):
            some = group[first : first + MOST // 2]
            count = -(-members // max(1, -(-members * len(some) // MOST)))
            starts = [*range(0, members, max(count, 2))]
            if len(starts) > 1 and members - starts[-1] < 2:  # a lone member would be doubled
                starts[-1] -= 1
            for at, end in zip(starts, [*starts[1:], members], strict=True):
                yield some, range(at, end)


def _without(case: Scenario, events: tuple[str, ...]) -> Scenario:
    """Return the scenario without some of its events; those it does not have change nothing."""
    if not events:
        return case
    return replace(case, events=tuple(e for e in case.events if e.id not in events))


def _kept(case: Scenario, members: int, slots: Sequence[_Slot]) -> Kept:
    def joined(parts: Sequence[dict[str, Array]]) -> dict[str, Array]:
        return {name: np.concatenate([p[name] for p in parts], axis=-1) for name in parts[0]}

    quarters = span(case.horizon.start, case.horizon.end)
    results = Results(
        scenario=case,
        seed=case.seed,
        members=members,
        quarters=quarters,
        completed=len(quarters),
        series=tuple(s for m in metrics.METRICS for s in m.series),
        statistics=np.empty((0, 0, 0)),
        table={"member": np.arange(members)},
        trajectories=joined([slot.paths for slot in slots]),
    )
    watched = joined([slot.watched for slot in slots])
    return Kept(results, watched, joined([slot.lived for slot in slots]))


def lived_years(case: Scenario) -> range:
    """Return the years before the run of which ``lived`` keeps four quarters each."""
    return range(FIRST.year, FIRST.year + past(case.horizon.start).quarters // 4)
