"""From a member's path to its outcomes: a mean of the last years, a sum or the last quarter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.metrics import METRICS, OUTCOME_QUARTERS, Metric, Series
from steppe.scenario import Scenario
from steppe.world.state import State

Array = NDArray[np.float64]


def outcome_metrics(scenario: Scenario) -> list[Metric]:
    """Return the metrics whose cells are columns of a member table, in the registry's order."""
    wanted = set(scenario.metrics)
    return [m for m in METRICS if m.outcome or m.name in wanted]


def outcome_series(scenario: Scenario) -> list[Series]:
    """Return the columns of a member table, in order."""
    return [series for metric in outcome_metrics(scenario) for series in metric.series]


class Outcomes:
    """Adds the quarters of a chunk up to outcomes ``(series, member)``, one metric at a time."""

    def __init__(self, scenario: Scenario, members: int) -> None:
        self.metrics = outcome_metrics(scenario)
        self.first_late = scenario.horizon.quarters - OUTCOME_QUARTERS
        self.last = scenario.horizon.quarters - 1
        self.members = members
        cells = [len(m.series) for m in self.metrics]
        ends = np.cumsum(cells)
        self._rows = [slice(e - c, e) for e, c in zip(ends, cells, strict=True)]
        self._sums = np.zeros((int(ends[-1]), members))
        self._counts = np.zeros((int(ends[-1]), members))

    def take(self, t: int, state: State) -> None:
        """Add quarter ``t``; quarters in which a metric is undefined for a member do not count."""
        for metric, rows in zip(self.metrics, self._rows, strict=True):
            due = {"sum": True, "last": t == self.last, "mean": t >= self.first_late}
            if not due[metric.summary]:
                continue
            values = metric.values(state)[:, : self.members]
            if metric.summary == "mean":
                known = ~np.isnan(values)
                self._sums[rows] += np.where(known, values, 0.0)
                self._counts[rows] += known
            else:
                self._sums[rows] += values
                self._counts[rows] = 1.0

    def table(self) -> Array:
        """Return the outcomes ``(series, member)``, NaN where a metric was never defined."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self._sums / np.where(self._counts > 0.0, self._counts, np.nan)
