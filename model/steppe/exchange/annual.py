"""From quarters to calendar years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from steppe.clock import PER_YEAR, Quarter

Array = NDArray[np.float64]
Rule = Literal["sum", "mean", "end"]
"""How four quarters become a year: a flow's sum, a rate's mean, what stands at the year's end."""


@dataclass(frozen=True)
class Years:
    """The whole calendar years of a run: ``numbers``, and ``first``, the place of their quarters.

    ``left_out`` names quarters of years that are not whole.
    """

    numbers: tuple[int, ...]
    first: int
    left_out: tuple[str, ...]

    def of(self, values: Array, rule: Rule) -> Array:
        """Return values (quarter, ...) by year (year, ...); NaN where a quarter has none."""
        whole = values[self.first : self.first + PER_YEAR * len(self.numbers)]
        by_year = whole.reshape(len(self.numbers), PER_YEAR, *values.shape[1:])
        if rule == "end":
            return by_year[:, -1]
        summed: Array = np.add.reduce(by_year, axis=1)
        return summed if rule == "sum" else summed / PER_YEAR


def years(quarters: Sequence[str]) -> Years:
    """Return the whole years of consecutive quarters, written ``2017Q1``."""
    parsed = [Quarter.parse(text) for text in quarters]
    first = next((i for i, q in enumerate(parsed) if q.quarter == 1), len(parsed))
    count = (len(parsed) - first) // PER_YEAR
    last = first + PER_YEAR * count
    numbers = tuple(parsed[first + PER_YEAR * i].year for i in range(count))
    return Years(numbers, first, (*quarters[:first], *quarters[last:]))
