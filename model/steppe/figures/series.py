"""Bands over time as figures read them from a run's results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe import metrics
from steppe.clock import PER_YEAR, Quarter
from steppe.results import STATISTICS, Results

Array = NDArray[np.float64]

MEAN, Q05, Q25, Q50, Q75, Q95 = range(len(STATISTICS))
"""Columns of ``Results.statistics``."""


@dataclass(frozen=True)
class Bands:
    """One metric over the simulated quarters.

    ``time`` ``(quarter,)`` holds mid-quarters in years; ``values`` ``(quarter, cell, 6)`` the
    statistics in the metric's unit, in the order of ``Results.statistics``; ``cells`` the codes.
    """

    cells: tuple[tuple[str, ...], ...]
    time: Array
    values: Array

    def __contains__(self, cell: object) -> bool:
        return cell in self.cells

    def of(self, *cell: str) -> Array:
        """Return the statistics ``(quarter, 6)`` of one cell; ``KeyError`` when not recorded."""
        if cell not in self.cells:
            raise KeyError(cell)
        return self.values[:, self.cells.index(cell)]

    def closing(self, *cell: str) -> Array:
        """Return the means ``(6,)`` of the statistics over the last quarters, NaN where none is."""
        last = self.of(*cell)[-metrics.OUTCOME_QUARTERS :]
        return np.array([_mean(column) for column in last.T])


def bands(results: Results, metric: str) -> Bands:
    """Return the bands of ``metric`` for the quarters that were simulated."""
    rows = [i for i, s in enumerate(results.series) if s.metric == metric]
    return Bands(
        cells=tuple(results.series[i].cell for i in rows),
        time=mid_quarters(results.quarters[: results.completed]),
        values=results.statistics[: results.completed, rows],
    )


def mid_quarters(quarters: Iterable[Quarter]) -> Array:
    """Return the middle of each quarter in years: 2017Q1 is 2017.125."""
    return np.array([(q.ordinal + 0.5) / PER_YEAR for q in quarters])


def _mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
