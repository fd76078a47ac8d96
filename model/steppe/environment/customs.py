"""Customs: what a host's tariffs have changed since the base year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.parameters import Values
from steppe.world.state import H, P, R

Array = NDArray[np.float64]

_RUSSIA = axes.REGIONS.index("RUS")


def tariff_changes(values: Values, base_values: Values, union: Array) -> Array:
    """Return the log change of hosts' tariffs on each supplier, ``(host, region, member)``.

    A member of the customs union pays the union's tariff on suppliers outside it; tariffs on single
    powers come on top.  ``union`` (host, member) is who belongs to it now, by the hosts' own
    decisions too.
    """
    change = _by_union(union) - _by_union(base_values.over("{host}.eaeu"))
    change *= values["trade.customs_union_tariff"]
    single = values.over("tariff.{pair}").reshape(P, H, -1)
    change[:, axes.POWER] += single.swapaxes(0, 1)
    return change


def _by_union(members: Array) -> Array:
    """Return 1 where a host that is a member buys from outside, 0-1, (host, region, member)."""
    outside = np.ones((R, members.shape[-1]))
    outside[_RUSSIA] = 0.0
    outside[axes.HOST] -= members
    result: Array = members[:, None] * outside
    return result
