"""How much of what differs between points is luck: members meet different shocks at each point.

All points have the same members, so that an outcome splits into what a point does, what a member
draws (alike at all points: it moves no comparison of points) and the rest, which is noise for a
mean over members (two-way analysis of variance without replication).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MUCH = 0.1
"""Noise, as part of the variance between points, from which a reader is warned."""
LITTLE = 0.05
"""Noise that is little enough: what the advised number of members leaves."""


@dataclass(frozen=True)
class Noise:
    """Parts of the variance of all runs that ``points``, ``luck`` of members and the ``rest`` have.

    ``share`` is the part of the variance between means over ``members`` members that is noise,
    ``enough`` the members that would bring it down to :data:`LITTLE`; NaN and None where the
    members are too few to tell, or nothing but noise is there.
    """

    members: int
    points: float
    luck: float
    rest: float
    share: float
    enough: int | None

    @property
    def much(self) -> bool:
        return self.share > MUCH

    def sentence(self) -> str:
        if math.isnan(self.share):
            return "one member a point: how much of the differences is noise cannot be told"
        told = (
            f"noise: {self.share:.1%} of the variance between points is left of the members' luck "
            f"({self.members} members a point)"
        )
        if not self.much:
            return told
        advice = (
            f"{self.enough:,} members a point would bring it to {LITTLE:.0%}"
            if self.enough is not None
            else "points hardly differ by anything else"
        )
        return f"{told}; {advice}"


def noise(values: Array) -> Noise:
    """Split the variance of an outcome (point, member); points without a value do not count."""
    known = values[np.isfinite(values).all(axis=1)]
    points, members = known.shape
    nothing = Noise(members, *(math.nan,) * 4, None)
    if points <= 1 or members <= 1:
        return nothing
    centred = known - known.mean()
    by_point, by_member = centred.mean(axis=1), centred.mean(axis=0)
    left = centred - by_point[:, None] - by_member[None, :]
    of_points = members * float(np.sum(by_point * by_point)) / (points - 1)
    of_members = points * float(np.sum(by_member * by_member)) / (members - 1)
    rest = float(np.sum(left * left)) / ((points - 1) * (members - 1))
    if not of_points > 0.0:
        return nothing
    true = max(0.0, (of_points - rest) / members)
    luck = max(0.0, (of_members - rest) / points)
    whole = true + luck + rest
    share = min(1.0, rest / of_points)
    enough = math.ceil(rest * (1.0 - LITTLE) / (LITTLE * true)) if true > 0.0 else None
    if enough is not None and enough > 10**6:
        enough = None
    return Noise(members, true / whole, luck / whole, rest / whole, share, enough)
