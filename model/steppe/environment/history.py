"""History: how far the base year's ties lie from what size and distance alone would give."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.laws import trade
from steppe.world.base import Base

Array = NDArray[np.float64]


def residuals(base: Base) -> Array:
    """Return log deviations (power, host) of the base year's trade from its gravity potential."""
    total = base.trade.sum(axis=2)
    both = total[axes.POWER, axes.HOST] + total[axes.HOST, axes.POWER].T
    return trade.gravity_residuals(
        both, base.gdp[axes.POWER], base.gdp[axes.HOST], base.gravity_potential
    )
