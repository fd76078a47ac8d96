"""Several scenarios abreast: one model object that carries each with members of its own.

Most of the time of a model with few members goes to the interpreter, whatever their number.  Tests
that run many scenarios with few members run them beside each other instead, in one model whose
members are those of the first scenario, then those of the second and so on.  A member is the same
to the bit as in a model of its scenario alone (test_abreast.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe.model import CentralAsia
from steppe.parameters import Values
from steppe.scenario import Scenario

Array = NDArray[np.float64]

MOST = 720
"""Members of a model at most: more gain little and need their memory (600 MB with the rest)."""


class Abreast(CentralAsia):
    """``each`` members of every scenario; all scenarios start and end in the same quarters."""

    def __init__(self, cases: Sequence[Scenario], each: int, *, first_member: int = 0) -> None:
        assert each > 1, "a lone member would be doubled"
        assert len({(case.base, case.horizon, case.seed) for case in cases}) == 1
        self.cases, self.each = tuple(cases), each
        self.own = range(first_member, first_member + each)
        super().__init__(cases[0], [*self.own] * len(cases), collect=False)

    def of(self, number: int) -> slice:
        """Return where the members of a scenario stand on the axis of members."""
        return slice(number * self.each, (number + 1) * self.each)

    def _set_parameters(self, fixed: Any) -> None:
        """Sample each scenario's members and compile its events, then put them side by side."""
        first, numbers = self.case, self.numbers
        engines, initial, base = [], [], []
        self.numbers = self.own
        for case in self.cases:
            self.case = case
            super()._set_parameters(fixed)
            engines.append(self.events)
            initial.append(self.initial)
            base.append(self.base_values.table)
        self.case, self.numbers = first, numbers
        names = self.values.registry
        self.initial = np.concatenate(initial, axis=1)
        self.values = Values(names, self.initial.copy())
        self.base_values = Values(names, np.concatenate(base, axis=1))
        self.events = _Engines(engines, self)  # type: ignore[assignment]


class _Engines:
    """The events of every scenario, each for its own members."""

    def __init__(self, engines: Sequence[Any], model: Abreast) -> None:
        self.engines, self.model = engines, model

    def apply(self, t: int, values: Array, initial: Array, lookup: Any) -> None:
        for number, engine in enumerate(self.engines):
            own = self.model.of(number)
            engine.apply(
                t, values[:, own], initial[:, own], lambda n, c, own=own: lookup(n, c)[own]
            )


def packed[T](
    runs: Iterable[T], each: int, case: Callable[[T], Scenario] = lambda run: run
) -> list[list[T]]:
    """Return runs in as few models as may carry them, in the order in which they came.

    ``case`` tells the scenario of a run; scenarios themselves need no telling.
    """
    alike: dict[Any, list[list[T]]] = {}
    for run in runs:
        of = case(run)
        packs = alike.setdefault((of.base, of.horizon, of.seed), [[]])
        if packs[-1] and (len(packs[-1]) + 1) * each > MOST:
            packs.append([])
        packs[-1].append(run)
    return [pack for packs in alike.values() for pack in packs]
