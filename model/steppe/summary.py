"""From a member's path to its outcomes: a mean of the last years, a sum or the last quarter."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from steppe.laws.compiled import compiled
from steppe.metrics import METRICS, OUTCOME_QUARTERS, Metric, Series
from steppe.scenario import Scenario

Array = NDArray[np.float64]


def outcome_metrics(scenario: Scenario) -> list[Metric]:
    """Return the metrics whose cells are columns of a member table, in the registry's order."""
    wanted = set(scenario.metrics)
    return [m for m in METRICS if m.outcome or m.name in wanted]


def outcome_series(scenario: Scenario) -> list[Series]:
    """Return the columns of a member table, in order."""
    return [series for metric in outcome_metrics(scenario) for series in metric.series]


def rows_of(chosen: Iterable[Metric]) -> dict[str, slice]:
    """Return by name which rows of an array (series, member) belong to each metric."""
    rows, start = {}, 0
    for metric in chosen:
        rows[metric.name] = slice(start, start + metric.recorded_cells)
        start += metric.recorded_cells
    return rows


class Outcomes:
    """Adds quarters up to the outcomes ``(series, member)`` of members, one metric at a time."""

    def __init__(self, scenario: Scenario, members: int) -> None:
        self._metrics = outcome_metrics(scenario)
        self._rows = rows_of(self._metrics)
        self._first_late = scenario.horizon.quarters - OUTCOME_QUARTERS
        shape = sum(m.recorded_cells for m in self._metrics), members
        self._sums, self._counts = np.zeros((2, *shape))

    def take(self, t: int, values: Callable[[Metric], Array], final: bool = True) -> None:
        """Add quarter ``t``; ``values`` gives a metric's recorded cells (series, member).

        A metric whose last value counts is asked for in quarters that may be the ``final`` one.
        Quarters in which a metric is undefined for a member do not count in a mean.
        """
        due = {"sum": True, "last": final, "mean": t >= self._first_late}
        for metric in self._metrics:
            if not due[metric.summary]:
                continue
            rows = self._rows[metric.name]
            if metric.summary == "mean":
                block = np.ascontiguousarray(values(metric))
                _add_known(self._sums[rows], self._counts[rows], block)
                continue
            if metric.summary == "last":
                self._sums[rows] = values(metric)
            else:
                self._sums[rows] += values(metric)
            self._counts[rows] = 1.0

    def table(self) -> Array:
        """Return the outcomes ``(series, member)``, NaN where a metric was never defined."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self._sums / np.where(self._counts > 0.0, self._counts, np.nan)


@compiled
def _add_known(sums: Array, counts: Array, block: Array) -> None:
    """Add a block (series, member) to ``sums`` and ``counts`` where it has a value."""
    for s in range(block.shape[0]):
        for m in range(block.shape[1]):
            if not np.isnan(block[s, m]):
                sums[s, m] += block[s, m]
                counts[s, m] += 1.0
