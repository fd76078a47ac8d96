"""Indices from any points: PAWN and the correlation ratio, from slices of each parameter.

A parameter's range is cut into slices of equal numbers of points (one a level where it has few).
PAWN is the median over slices of the largest distance between the distribution of the outcome in
a slice and its distribution at all points (Kolmogorov and Smirnov's statistic); the correlation
ratio is the part of the variance that lies between slices, corrected for chance: an estimate of the
first-order Sobol index, from below where the outcome bends inside a slice.

Pianosi and Wagener (2018), Environmental Modelling & Software 108, 197-207; McKay (1997),
Reliability Engineering & System Safety 57, 267-279, corrected as Kelley's epsilon squared.  PAWN is
that of SALib, which leaves the largest value of a parameter in no slice (a test holds them
together), in a twentieth of the time: a bootstrap takes hundreds of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Pair = tuple[Array, Array]

SLICES, FEWEST_SLICES = 10, 2
POINTS_OF_A_SLICE = 15
"""Points that a slice should have: fewer points, fewer slices."""
POINTS_OF_A_LEVEL = 4
"""Points that a level must have to be a slice of its own."""


def indices(values: Array, outcome: Array) -> Pair:
    """Return PAWN and first-order indices (variable,) of points (point, variable)."""
    return _indices([slices(values[:, i]) for i in range(values.shape[1])], outcome)


def _indices(places: Sequence[Index], outcome: Array) -> Pair:
    """Return both indices (variable,) from the slices (point,) of each parameter."""
    order = np.argsort(outcome, kind="stable")
    ranked = outcome[order]
    last = np.append(ranked[1:] != ranked[:-1], True)
    pawn, first = np.array([_of(place[order], ranked, last) for place in places]).T
    return pawn, first


def slices(values: Array) -> Index:
    """Return the slice of each point along one parameter (point,), numbered from 0."""
    count = max(FEWEST_SLICES, min(SLICES, len(values) // POINTS_OF_A_SLICE))
    ordered = np.sort(values)
    levels = 1 + np.count_nonzero(ordered[1:] != ordered[:-1])
    if levels <= max(FEWEST_SLICES, min(SLICES, len(values) // POINTS_OF_A_LEVEL)):
        return np.unique(values, return_inverse=True)[1].astype(np.int64)
    edges = np.quantile(ordered, np.arange(1, count) / count)
    cut = np.searchsorted(np.unique(edges), values, side="right")
    number: Index = np.cumsum(np.bincount(cut) > 0) - 1  # a slice without points has no number
    return number[cut]


def resampled(values: Array, outcome: Array, groups: Index, times: int, seed: int) -> Pair:
    """Return the indices (resample, variable) of bootstrap samples of whole groups of points."""
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(groups == g) for g in np.unique(groups)]
    pawn, first = np.empty((2, times, values.shape[1]))
    for t in range(times):
        drawn = rng.integers(len(members), size=len(members))
        rows = np.concatenate([members[i] for i in drawn])
        if np.ptp(outcome[rows]) > 0.0:
            pawn[t], first[t] = indices(values[rows], outcome[rows])
        else:
            pawn[t], first[t] = 0.0, 0.0
    return pawn, first


def without_effect(values: Array, outcome: Array, times: int, seed: int) -> float:
    """Return what PAWN of all parameters stays below in 95 % of samples where none has an effect.

    Outcomes are dealt anew to the points, which leaves their distribution and undoes all effects.
    """
    rng = np.random.default_rng([seed, 1])
    places = [slices(values[:, i]) for i in range(values.shape[1])]
    largest = [_indices(places, rng.permutation(outcome))[0].max() for _ in range(times)]
    return float(np.quantile(largest, 0.95))


def _of(place: Index, ranked: Array, last: NDArray[np.bool_]) -> tuple[float, float]:
    """Return both indices of one parameter.

    ``place`` holds the slices of the points in the order of their outcomes ``ranked``; ``last``
    marks the last of equal outcomes, where distribution functions are read.
    """
    n, count = len(place), int(place.max()) + 1
    if count == 1:
        return 0.0, 0.0
    size = np.bincount(place, minlength=count)
    distance = _distances(place, size, last)
    centre = np.bincount(place, weights=ranked, minlength=count) / size
    within = ranked - centre[place]
    whole = ranked - ranked.mean()
    spread = float(whole @ whole) / (n - 1)
    rest = float(within @ within) / (n - count) if n > count else 0.0
    first = 1.0 - rest / spread if spread > 0.0 else 0.0
    return float(np.median(distance)), first


def _distances(place: Index, size: Index, last: NDArray[np.bool_]) -> Array:
    """Return the largest distance (slice,) of each slice's distribution function from that of all.

    Between two points of a slice its function is level and the other one rises: so they are
    farthest apart at a point of the slice, or just before one.
    """
    n = len(place)
    order = np.argsort(place.astype(np.min_scalar_type(len(size))), kind="stable")
    own = place[order]
    tie: Index = (np.cumsum(last) - last)[order]
    ends = np.append(0, np.flatnonzero(last) + 1)  # points up to a tie, and before it
    begin = np.append(0, np.cumsum(size)[:-1])
    rank = np.arange(n) - begin[own]
    opens = np.append(True, (own[1:] != own[:-1]) | (tie[1:] != tie[:-1]))
    closes = np.append(opens[1:], True)
    at = np.where(closes, np.abs((rank + 1) / size[own] - ends[tie + 1] / n), 0.0)
    before = np.where(opens, np.abs(rank / size[own] - ends[tie] / n), 0.0)
    found: Array = np.maximum.reduceat(np.maximum(at, before), begin)
    return found
