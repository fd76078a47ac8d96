"""What an ensemble gives back, and its outcomes summed up over members for a reader."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from steppe import metrics
from steppe.chronicle import Chronicle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steppe.clock import Quarter
    from steppe.scenario import Scenario

    Array = NDArray[np.float64]

STATISTICS = ("mean", "q05", "q25", "q50", "q75", "q95")
"""Order of the last axis of :attr:`Results.statistics`."""


NOISE = 1e-9
"""Relative difference of two outcomes up to which they are the same but for rounding."""

MAY_BE_UNDEFINED = frozenset(
    {"corridor_days", "corridor_cost", "gas_price", "ree_china_share_of_japan_imports"}
)
"""Metrics that have no value (NaN) where nobody uses the corridor, sells gas or imports."""


@dataclass
class Results:
    """Everything that a run of an ensemble leaves in memory.

    ``completed`` counts the quarters that were simulated: fewer than ``quarters`` when the run was
    stopped.  ``statistics`` (quarter, series, 6) over members is NaN for quarters not reached.
    ``table`` holds the member table, one array (member,) a column: ``member``, every varied
    parameter, every outcome.  ``trajectories`` holds, by metric, (quarter, cell, member) with cells
    in the order of ``Metric.series``.  ``chronicle`` holds what happened, by quarter and member.
    ``timings`` gives seconds by stage of the work.
    """

    scenario: Scenario
    seed: int
    members: int
    quarters: tuple[Quarter, ...]
    completed: int
    series: tuple[metrics.Series, ...]
    statistics: Array
    table: dict[str, NDArray[Any]]
    trajectories: dict[str, Array] | None = None
    chronicle: Chronicle = field(default_factory=Chronicle)
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return self.completed == len(self.quarters)

    @property
    def outcomes(self) -> dict[str, metrics.Series]:
        """Return the outcome columns of the table by label, in the order of the series."""
        return {s.label: s for s in self.series if s.label in self.table}


@dataclass(frozen=True, slots=True)
class Band:
    """Median and 90 % band over members; NaN when no member has a value."""

    median: float
    q05: float
    q95: float

    @property
    def width(self) -> float:
        return self.q95 - self.q05


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome over members, and how it differs from the parent scenario's, member by member.

    ``difference`` is the band of the paired differences (this scenario less its parent), ``rose``
    the share of members in which the outcome is larger than in the parent.  Differences within
    rounding (:data:`NOISE`) are zero.
    """

    series: metrics.Series
    band: Band
    parent: Band | None = None
    difference: Band | None = None
    rose: float | None = None

    @property
    def moved(self) -> float:
        """Return the size of the median difference in widths of the parent's 90 % band."""
        if self.parent is None or self.difference is None:
            return 0.0
        size = abs(self.difference.median)
        if not size > 0.0:  # also NaN
            return 0.0
        return size / self.parent.width if self.parent.width > 0.0 else np.inf


class Known:
    """Complete results by their scenario's hash, as far as they are ``wanted`` again."""

    def __init__(self, wanted: Iterable[str] = ()) -> None:
        self._wanted = set(wanted)
        self._results: dict[str, Results] = {}

    def get(self, case: Scenario) -> Results | None:
        return self._results.get(case.digest())

    def keep(self, case: Scenario, results: Results) -> None:
        if case.digest() in self._wanted and results.complete:
            self._results[case.digest()] = results


@contextmanager
def no_number_warnings() -> Iterator[None]:
    """Silence NumPy's warnings: :func:`not_finite` counts what is not finite."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def headline(results: Results) -> tuple[str, ...]:
    """Return the names of the headline metrics: the scenario's own, else the registry's."""
    return results.scenario.metrics or tuple(m.name for m in metrics.METRICS if m.headline)


def outcomes(
    results: Results, parent: Results | None = None, only: tuple[str, ...] | None = None
) -> list[Outcome]:
    """Return the outcomes of the metrics ``only`` (all when None), in the order of that choice.

    ``parent`` must hold the same members.  A member without a value (a corridor that nobody uses
    has no days) is left out of the bands.
    """
    found = results.outcomes
    if only is not None:
        found = {label: s for name in only for label, s in found.items() if s.metric == name}
    return [_outcome(label, series, results, parent) for label, series in found.items()]


def not_finite(results: Results) -> dict[str, int]:
    """Return how many ``outcomes`` and ``members`` are concerned where a value is not finite.

    Such values come from numbers too large to compute with.  A corridor that nobody uses has no
    days and no cost, and a run stopped early has no outcomes yet: neither counts.
    """
    outcomes, members = 0, np.zeros(results.members, dtype=bool)
    for label, series in results.outcomes.items():
        values = results.table[label]
        wrong = np.isinf(values) if series.metric in MAY_BE_UNDEFINED else ~np.isfinite(values)
        if wrong.any() and (results.complete or not np.isnan(values).all()):
            outcomes += 1
            members |= wrong
    return {"outcomes": outcomes, "members": int(np.count_nonzero(members))}


def _outcome(
    label: str, series: metrics.Series, results: Results, parent: Results | None
) -> Outcome:
    here = results.table[label]
    if parent is None or label not in parent.table:
        return Outcome(series, _band(here))
    there = parent.table[label]
    with np.errstate(invalid="ignore", over="ignore"):
        difference = here - there
        size = np.maximum(np.abs(here), np.abs(there))
        noise = np.isfinite(difference) & (np.abs(difference) <= NOISE * size)
    difference = np.where(noise, 0.0, difference)
    paired = difference[np.isfinite(difference)]
    rose = float(np.mean(paired > 0.0)) if len(paired) else None
    return Outcome(series, _band(here), _band(there), _band(difference), rose)


def _band(values: Array) -> Band:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return Band(np.nan, np.nan, np.nan)
    q05, median, q95 = np.quantile(finite, [0.05, 0.5, 0.95])
    return Band(float(median), float(q05), float(q95))
