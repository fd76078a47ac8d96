"""Quantiles over members, as :func:`steppe.ensemble.summarise` has them, to the bit.

Without its compiled loops, so that the page's process need not load the model.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)


def bands(values: NDArray[np.float32] | Array) -> Array:
    """Return quantiles over the last axis, (..., member) -> (..., 5).

    Over the members that have a value (NaN is none); NaN where no member has one.
    """
    ordered = np.sort(np.asarray(values, np.float64), axis=-1)  # NaN last
    known = np.count_nonzero(~np.isnan(ordered), axis=-1)[..., None]
    last = np.maximum(known - 1, 0)
    position = last * np.array(QUANTILES)
    low = position.astype(np.intp)
    part = position - low
    high = np.minimum(low + 1, last)
    below = np.take_along_axis(ordered, low, axis=-1)
    above = np.take_along_axis(ordered, high, axis=-1)
    with np.errstate(invalid="ignore"):
        found: Array = below * (1.0 - part) + above * part
    return np.where(known > 0, found, np.nan)
