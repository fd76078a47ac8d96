"""History: how far the base year's ties lie from what size and geography alone would give."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.laws import gravity
from steppe.parameters import Values
from steppe.world.base import Base

Array = NDArray[np.float64]

ERODING = tuple(axes.POWERS.index(code) for code in ("CHN", "RUS", "TUR"))
"""Powers whose residuals erode: the gravity intercept is the median over their pairs."""

SMALLEST = 0.1
"""Trade below this counts as this in logs, mn USD a year."""


def residuals(base: Base, values: Values) -> Array:
    """Return log deviations of the base year's trade from its gravity potential.

    Result (power, host, member); ``values`` holds the members' gravity elasticities.
    """
    total = base.trade.sum(axis=2)
    both = total[axes.POWER, axes.HOST] + total[axes.HOST, axes.POWER].T
    size = np.log(base.gdp[axes.POWER])[:, None] + np.log(base.gdp[axes.HOST])
    where = base.geography
    potential = gravity.potential(
        where.log_distance[..., None],
        where.contiguity[..., None],
        where.language[..., None],
        values["trade.gravity_distance"],
        values["trade.gravity_contiguity"],
        values["trade.gravity_language"],
    )
    log_trade = np.log(np.maximum(both, SMALLEST))[..., None]
    return gravity.residuals(log_trade, size[..., None], potential, ERODING)
