"""Customs: what a host's tariffs have changed since the base year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.parameters import Values
from steppe.world.state import H, R

Array = NDArray[np.float64]

_RUSSIA = axes.REGIONS.index("RUS")


def tariff_change(
    values: Values, base_values: Values, host: int, union: Array | None = None
) -> Array:
    """Return the log change of the host's tariff on each supplier, ``(region, member)``.

    A member of the customs union pays the union's tariff on suppliers outside it; tariffs on single
    powers come on top.  ``union`` (host, member) is who belongs to it now, by the hosts' own
    decisions too; without it the parameters say so.
    """
    members = values.table.shape[1]
    change = np.zeros((R, members))
    now = values.over("{host}.eaeu") if union is None else union
    for members_now, sign in ((now, 1.0), (base_values.over("{host}.eaeu"), -1.0)):
        outside = np.ones((R, members))
        outside[_RUSSIA] = 0.0
        outside[axes.HOST] -= members_now
        change += sign * values["trade.customs_union_tariff"] * members_now[host] * outside
    change[axes.POWER] += values.over("tariff.{pair}")[host::H]
    return change
