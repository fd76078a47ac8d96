"""Two ensembles side by side: how outcomes differ, member by member where that means something.

Members with the same number, seed and start live through the same shocks.  The difference of two
such members is the scenario's doing, and its band is narrower than those of the two ensembles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import metrics
from steppe.metrics import Series
from steppe.results import NOISE, Band, Outcome

Array = NDArray[np.float64]
Table = Mapping[str, NDArray[Any]]
"""A table of members: ``member``, what was varied and the outcomes, (member,) each."""

MEMBER = "member"
EVENT = "event."
FEWEST = 2
"""Members from which there are bands."""
_PAIRS = 2_000
"""Order statistics of each side that stand for it when all their differences are too many."""


@dataclass(frozen=True)
class Side:
    """One of the two ensembles: its table and what decides whether its members have partners."""

    name: str
    seed: int
    start: str
    table: Table


@dataclass(frozen=True, slots=True)
class Difference:
    """How one outcome differs: second less first, in its unit.

    ``members`` counts the pairs that have a value (unpaired: the members of the smaller side);
    ``mean`` and ``standard_error`` are those of the difference; ``relative`` is its median in parts
    of the first's median, ``greater`` the share of pairs in which the second is greater;
    ``variance_removed`` is 1 - var(difference) / (var(first) + var(second)), the part of the noise
    that pairing takes away.  NaN where there is none.  Differences within rounding are zero.
    """

    series: Series
    members: int
    first: Band
    second: Band
    difference: Band
    mean: float
    standard_error: float
    relative: float
    greater: float
    variance_removed: float

    @property
    def outcome(self) -> Outcome:
        """Return the second's outcome with the first as its parent."""
        greater = None if np.isnan(self.greater) else self.greater
        return Outcome(self.series, self.second, self.first, self.difference, greater)


@dataclass(frozen=True)
class Comparison:
    """Two ensembles compared.

    ``unpaired`` says why members have no partners, nothing when they have; ``members`` counts those
    that both have (unpaired: of the smaller side); ``unlike`` names what was drawn in both but not
    alike, or drawn in one only.
    """

    unpaired: str
    members: int
    unlike: tuple[str, ...]
    rows: tuple[Difference, ...]


def compare(first: Side, second: Side, labels: Sequence[str]) -> Comparison:
    """Return how the second differs from the first in the outcomes ``labels`` that both have.

    ``ValueError`` with a sentence when a table is none of members.
    """
    reason = unpaired(first, second)
    if reason:
        count = min(len(_members(first)), len(_members(second)))
        rows = [
            _apart(label, _values(first, label), _values(second, label))
            for label in labels
            if label in first.table and label in second.table
        ]
        return Comparison(reason, count, (), tuple(rows))
    own, left, right = np.intersect1d(
        _members(first), _members(second), assume_unique=True, return_indices=True
    )
    rows = [
        _paired(label, _values(first, label)[left], _values(second, label)[right])
        for label in labels
        if label in first.table and label in second.table
    ]
    return Comparison("", len(own), unlike(first.table, second.table, left, right), tuple(rows))


def unpaired(first: Side, second: Side) -> str:
    """Return why members of the two cannot be paired; nothing when they can."""
    if first.seed != second.seed:
        return f"the seeds differ, {first.seed} and {second.seed}"
    if first.start != second.start:
        return f"they start in {first.start} and {second.start}"
    return ""


def outcomes(table: Table) -> list[str]:
    """Return the outcome columns of a table: names of parameters and draws have a dot."""
    return [c for c in table if c != MEMBER and "." not in c.partition("[")[0]]


def unlike(
    first: Table, second: Table, left: NDArray[np.intp], right: NDArray[np.intp]
) -> tuple[str, ...]:
    """Return what was drawn in one table only or with other values in partners.

    What an event draws that the other scenario does not have is part of what is compared.
    """
    drawn = [{c for c in table if "." in c.partition("[")[0]} for table in (first, second)]
    alone = {name for name in drawn[0] ^ drawn[1] if not name.startswith(EVENT)}
    both = drawn[0] & drawn[1]
    other = {n for n in both if not np.array_equal(first[n][left], second[n][right])}
    return tuple(sorted(alone | other))


def series_of(label: str) -> Series:
    """Return the series of an outcome's column, without a unit where no metric has its name."""
    metric, _, inside = label.partition("[")
    cell = tuple(inside.removesuffix("]").split(",")) if inside else ()
    known = metrics.BY_NAME.get(metric)
    if known is None:
        return Series(metric, (), cell, "", "")
    of_sum = known.summary == "sum"
    unit = known.unit.removesuffix("/quarter") if of_sum else known.unit
    return Series(metric, known.dims, cell, known.unit, unit)


def band(values: Array) -> Band:
    """Return median and 90 % band; no band of fewer than two values."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return Band(np.nan, np.nan, np.nan)
    if len(finite) < FEWEST:
        return Band(float(finite[0]), np.nan, np.nan)
    low, median, high = np.quantile(finite, [0.05, 0.5, 0.95])
    return Band(float(median), float(low), float(high))


def _members(side: Side) -> NDArray[np.int64]:
    numbers = side.table.get(MEMBER)
    if numbers is None or not np.issubdtype(numbers.dtype, np.number):
        raise ValueError(f"{side.name}: damaged, its table of members does not number them")
    found = numbers.astype(np.int64)
    if len(np.unique(found)) != len(found) or not len(found):
        raise ValueError(f"{side.name}: damaged, its table of members does not number them")
    return found


def _values(side: Side, label: str) -> Array:
    values = side.table[label]
    if not np.issubdtype(values.dtype, np.number):
        raise ValueError(f"{side.name}: damaged, {label} holds something else than numbers")
    return values.astype(np.float64)


def _paired(label: str, first: Array, second: Array) -> Difference:
    known = np.isfinite(first) & np.isfinite(second)
    a, b = first[known], second[known]
    with np.errstate(over="ignore"):
        difference = b - a
    difference = np.where(
        np.abs(difference) <= NOISE * np.maximum(np.abs(a), np.abs(b)), 0.0, difference
    )
    n = len(difference)
    apart = _variance(a) + _variance(b)
    return _difference(
        label,
        n,
        a,
        b,
        band(difference),
        mean=float(difference.mean()) if n else np.nan,
        error=float(np.sqrt(_variance(difference) / n)) if n else np.nan,
        greater=float(np.mean(difference > 0.0)) if n else np.nan,
        removed=float(1.0 - _variance(difference) / apart) if apart > 0.0 else np.nan,
    )


def _apart(label: str, first: Array, second: Array) -> Difference:
    """Compare independent members: every one of the first with every one of the second."""
    a, b = np.sort(first[np.isfinite(first)]), np.sort(second[np.isfinite(second)])
    n = min(len(a), len(b))
    if not n:
        nothing = Band(np.nan, np.nan, np.nan)
        return _difference(label, 0, a, b, nothing, np.nan, np.nan, np.nan, np.nan)
    below = np.searchsorted(a, b - NOISE * np.abs(b), side="left")
    return _difference(
        label,
        n,
        a,
        b,
        band(np.subtract.outer(_thinned(b), _thinned(a)).ravel()),
        mean=float(b.mean() - a.mean()),
        error=float(np.sqrt(_variance(a) / len(a) + _variance(b) / len(b))),
        greater=float(below.sum() / (len(a) * len(b))),
        removed=np.nan,
    )


def _difference(
    label: str,
    members: int,
    first: Array,
    second: Array,
    difference: Band,
    mean: float,
    error: float,
    greater: float,
    removed: float,
) -> Difference:
    here = band(first)
    return Difference(
        series_of(label),
        members,
        here,
        band(second),
        difference,
        mean,
        error,
        difference.median / abs(here.median) if abs(here.median) > 0.0 else np.nan,
        greater,
        removed,
    )


def _variance(values: Array) -> float:
    """Return the variance of a sample, NaN of fewer than two values."""
    return float(np.var(values, ddof=1)) if len(values) >= FEWEST else float("nan")


def _thinned(ordered: Array) -> Array:
    """Return ``_PAIRS`` evenly spaced order statistics, or all values when they are fewer."""
    if len(ordered) <= _PAIRS:
        return ordered
    places = (np.arange(_PAIRS) + 0.5) / _PAIRS
    thinned: Array = ordered[(places * len(ordered)).astype(np.intp)]
    return thinned
