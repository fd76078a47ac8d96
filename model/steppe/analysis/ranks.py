"""Rank correlations and trends over cells, for many members at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def ranks(values: Array) -> Array:
    """Return ranks 1..n along the first axis, (n, ...): ties share their mean rank."""
    below = (values[None] < values[:, None]).sum(axis=1)
    alike = (values[None] == values[:, None]).sum(axis=1)
    result: Array = below + 0.5 * (alike + 1)
    return result


def spearman(first: Array, second: Array) -> Array:
    """Return Spearman's rank correlation along the first axis; NaN where one side is constant.

    Both (n, ...) of shapes that broadcast against each other.
    """
    a, b = ranks(first), ranks(second)
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = (a * b).sum(axis=0) / np.sqrt((a * a).sum(axis=0) * (b * b).sum(axis=0))
    return result


def slope(values: Array, years: Sequence[int]) -> Array:
    """Return the least-squares slope a year along the first axis, (...); NaN years are left out."""
    when = np.array(years, float).reshape(-1, *[1] * (values.ndim - 1))
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    when = np.where(known, when, 0.0)
    held = np.where(known, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(known, when - when.sum(axis=0) / count, 0.0)
        result: Array = (centred * held).sum(axis=0) / (centred * centred).sum(axis=0)
    return result
