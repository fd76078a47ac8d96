"""The offers of a quarter: at most one from each window of each power to each host."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe import axes

Array = NDArray[np.float64]


ORDINARY, ALONE = -1, -2
"""In place of a pilot: a work that needs none, and a large one that has none."""


@dataclass(slots=True)
class Offers:
    """What is on the table, (power, window, host, member).

    ``amount`` mn USD, 0 where nothing is offered; ``sector`` and ``mode`` indices; ``accepted``;
    ``pilot`` the power whose contractors build it, or :data:`ORDINARY` or :data:`ALONE`; ``fee``
    what the pilot gets, part of the amount.
    """

    amount: Array
    sector: NDArray[np.intp]
    mode: NDArray[np.intp]
    accepted: NDArray[np.bool_]
    pilot: NDArray[np.intp]
    fee: Array


def no_offers(members: int) -> Offers:
    """Return an empty table for ``members`` worlds."""
    shape = len(axes.POWERS), len(axes.WINDOWS), len(axes.HOSTS), members
    return Offers(
        np.zeros(shape),
        np.zeros(shape, np.intp),
        np.zeros(shape, np.intp),
        np.zeros(shape, bool),
        np.full(shape, ORDINARY, np.intp),
        np.zeros(shape),
    )
