"""What the hosts' trend growth holds already of trade, resources, remittances and works.

Growth that was observed, or that an outlook expects, is the whole of it: what came from opening to
trade, dearer resources, remittances and foreign works included.  Only what departs from the usual
course of these drivers may therefore move growth away from its trend.  Baselines of computable
models are calibrated so: Fouré, Bénassy-Quéré and Fontagné (2013), Economics of Transition 21.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR, Quarter
from steppe.parameters import read_table
from steppe.world.base import BASE_YEARS
from steppe.world.paths import LAST_FIT

Array = NDArray[np.float64]


class Drivers(NamedTuple):
    """Changes of a quarter, all logs but remittances, which are relative to GDP.

    ``own_share`` of expenditure on own goods; ``resources``, their real revenue; ``remittances``;
    ``infrastructure`` over its trend.  (host, quarter), or of one host and quarter.
    """

    own_share: Array
    resources: Array
    remittances: Array
    infrastructure: Array


@cache
def expected_drivers(start: Quarter, quarters: int) -> Drivers:
    """Return the usual course of the drivers in a run from ``start``, each (host, quarter).

    In backcasts it is the mean course of the fit window throughout; forward, year by year, that of
    the baseline, nothing after its end.
    """
    shape = len(Drivers._fields), len(axes.HOSTS), quarters
    result = np.zeros(shape)
    forward = start.year == max(BASE_YEARS)
    window = max(BASE_YEARS) if forward else min(BASE_YEARS)
    length = LAST_FIT + 1 - min(BASE_YEARS)
    years = [(start + t).year for t in range(quarters)]
    for row in read_table("growth_drivers"):
        if int(row["base"]) != window:
            continue
        changes = [float(row[name]) / PER_YEAR for name in Drivers._fields]
        host = axes.HOSTS.index(row["host"])
        if forward:
            when = [t for t, year in enumerate(years) if year == int(row["year"])]
            result[:, host, when] = np.array(changes)[:, None]
        else:
            result[:, host] += np.array(changes)[:, None] / length
    return Drivers(*result)
