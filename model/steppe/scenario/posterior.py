"""The calibrated sample: joint rows of parameters that the fit window leaves possible.

``data/posterior.csv`` has a column a parameter and a row a draw.  A member takes one row for all
parameters that its scenario takes from the posterior, so that what hangs together stays together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from steppe.parameters import read_table
from steppe.scenario.distributions import Distribution

Array = NDArray[np.float64]

NAME = "posterior"
"""What a scenario writes, the table's name and that of the members' stream."""


@dataclass(frozen=True, slots=True)
class Posterior(Distribution):
    """One column of the sample, ``arguments`` in the order of its rows."""

    def __post_init__(self) -> None:
        if not self.arguments:
            raise ValueError("the posterior has no rows")

    def ppf(self, u: Array) -> Array:
        """Return quantiles of the column alone, as designs want them."""
        return _picked(np.sort(self.arguments), u)

    def rows(self, u: Array) -> Array:
        """Return the values in the rows at places ``u`` in [0, 1) of the table."""
        return _picked(np.array(self.arguments), u)

    def spelled(self) -> str:
        return NAME


def _picked(values: Array, u: Array) -> Array:
    return values[np.minimum((u * len(values)).astype(np.intp), len(values) - 1)]


@cache
def columns() -> dict[str, Posterior]:
    """Return the sample's columns by parameter."""
    table = read_table(NAME)
    return {
        name: Posterior(NAME, tuple(float(row[name]) for row in table))
        for name in (table[0] if table else ())
    }
