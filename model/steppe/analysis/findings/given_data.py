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
    order = np.argsort(outcome, kind="stable")
    ranked = outcome[order]
    last = np.append(ranked[1:] != ranked[:-1], True)
    found = [_of(slices(values[:, i])[order], ranked, last) for i in range(values.shape[1])]
    pawn, first = np.array(found).T
    return pawn, first


def slices(values: Array) -> Index:
    """Return the slice of each point along one parameter (point,), numbered from 0."""
    count = max(FEWEST_SLICES, min(SLICES, len(values) // POINTS_OF_A_SLICE))
    levels, place = np.unique(values, return_inverse=True)
    if len(levels) <= max(FEWEST_SLICES, min(SLICES, len(values) // POINTS_OF_A_LEVEL)):
        return np.asarray(place, np.int64)
    edges = np.quantile(values, np.arange(1, count) / count)
    cut: Index = np.searchsorted(np.unique(edges), values, side="right").astype(np.int64)
    return np.unique(cut, return_inverse=True)[1].astype(np.int64)


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
    largest = [indices(values, rng.permutation(outcome))[0].max() for _ in range(times)]
    return float(np.quantile(largest, 0.95))


def _of(place: Index, ranked: Array, last: NDArray[np.bool_]) -> tuple[float, float]:
    """Return both indices of one parameter.

    ``place`` holds the slices of the points in the order of their outcomes ``ranked``; ``last``
    marks the last of equal outcomes, where distribution functions are read.
    """
    n, count = len(place), int(place.max()) + 1
    if count == 1:
        return 0.0, 0.0
    inside = place[:, None] == np.arange(count)
    size = inside.sum(axis=0)
    below = np.cumsum(inside, axis=0)[last] / size
    everywhere = np.flatnonzero(last)[:, None] + 1.0
    distance = np.abs(below - everywhere / n).max(axis=0)
    centre = np.bincount(place, weights=ranked, minlength=count) / size
    within = ranked - centre[place]
    whole = ranked - ranked.mean()
    spread = float(whole @ whole) / (n - 1)
    rest = float(within @ within) / (n - count) if n > count else 0.0
    first = 1.0 - rest / spread if spread > 0.0 else 0.0
    return float(np.median(distance)), first
