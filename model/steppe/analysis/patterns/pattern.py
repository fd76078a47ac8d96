"""What a pattern is, how a run is held against it, and how figures are read from a run.

A pattern is one figure of each member's backcast and the range in which history lies.  ``fit``:
the figure lies in years on which parameters may be chosen; ``development test``: it lies after
them, was visible to the authors and was not used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import metrics
from steppe.clock import Quarter
from steppe.results import Results

Array = NDArray[np.float64]

FIT, TEST = "fit", "development test"
NEVER = 2017
"""Year for a member in which something does not happen before the end of 2016."""


@dataclass(frozen=True)
class Pattern:
    """One pattern: ``measure`` takes the results of the backcast from ``base`` to (member,).

    It passes when the median over members lies within ``low`` and ``high``; ``reads`` names the
    metrics whose trajectories it needs.  ``years`` names the years that are looked at, ``quantity``
    says what is measured, ``observed`` is history's own figure where one is on record.  Patterns
    with runs of their own have no ``measure``.
    """

    name: str
    label: str
    base: int
    unit: str
    low: float
    high: float
    reads: tuple[str, ...]
    measure: Callable[[Results], Array]
    source: str
    years: str = ""
    quantity: str = ""
    observed: float | None = None


@dataclass(frozen=True)
class Found:
    """What the members of a backcast say of a pattern."""

    pattern: Pattern
    median: float
    q05: float
    q95: float
    q25: float = float("nan")
    q75: float = float("nan")

    @property
    def passed(self) -> bool:
        return self.pattern.low <= self.median <= self.pattern.high

    @property
    def miss(self) -> float:
        """Return how far the median lies outside, 0 inside.

        In widths of the range, which is the pattern's tolerance.
        """
        p = self.pattern
        outside = max(p.low - self.median, self.median - p.high, 0.0)
        return outside / (p.high - p.low)

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON object."""
        p = self.pattern
        return {
            **{"name": p.name, "label": p.label, "base": p.base, "unit": p.unit},
            **{"low": p.low, "high": p.high, "median": self.median},
            **{"q05": self.q05, "q95": self.q95, "q25": self.q25, "q75": self.q75},
            **{"pass": self.passed, "miss": self.miss, "observed": p.observed},
            **{"years": p.years, "quantity": p.quantity, "source": p.source},
        }


def hold(pattern: Pattern, values: Array) -> Found:
    """Return what members say of a pattern; members without a value (NaN) are left out."""
    low, lower, middle, upper, high = (
        float(q) for q in np.nanquantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
    )
    return Found(pattern, middle, low, high, lower, upper)


def path(results: Results, label: str) -> Array:
    """Return one series by its label, (quarter, member); ``KeyError`` when it was not kept."""
    name = label.partition("[")[0]
    labels = [series.label for series in metrics.BY_NAME[name].series]
    if results.trajectories is None:
        raise KeyError(name)
    kept: Array = results.trajectories[name][:, labels.index(label)]
    return kept


def mean(results: Results, label: str, first: str, last: str) -> Array:
    """Return the mean of a series over quarters, (member,)."""
    average: Array = _cut(results, label, first, last).mean(axis=0)
    return average


def largest(results: Results, label: str, first: str, last: str) -> Array:
    """Return the largest value of a series over quarters, (member,)."""
    peak: Array = _cut(results, label, first, last).max(axis=0)
    return peak


def of_years(results: Results, label: str, first: int, last: int) -> Array:
    """Return the mean of a series over whole years, (member,)."""
    return mean(results, label, f"{first}Q1", f"{last}Q4")


def first_year(results: Results, more: Callable[[int], NDArray[np.bool_]], since: int) -> Array:
    """Return the first year from ``since`` on in which ``more`` holds, :data:`NEVER` if none."""
    start = max(results.quarters[0].year, since)
    held = np.array([more(year) for year in range(start, NEVER)])
    found: Array = np.where(held.any(axis=0), start + held.argmax(axis=0), NEVER).astype(float)
    return found


def _cut(results: Results, label: str, first: str, last: str) -> Array:
    start = results.quarters[0]
    rows = slice(Quarter.parse(first) - start, Quarter.parse(last) - start + 1)
    return path(results, label)[rows]
