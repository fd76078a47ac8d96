"""What is noticed of a power's works in a host: what people see and what its builders learn.

Axes: power, host, sector, window, mode, member.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR
from steppe.laws.compiled import compiled

Array = NDArray[np.float64]

SMOOTHING = 0.25
"""Weight of a quarter in what people have seen lately: the mean of about a year."""
SCHOOLS = axes.SECTORS.index("education_culture")
SOLO, BANKS, JOINT = (axes.MODES.index(mode) for mode in ("solo", "multilateral", "consortium"))


class Seen(NamedTuple):
    """Parameters: the part of works beside banks (``banks``), of the financier's (``financier``)
    and of the pilot's (``pilot``) joint works that is seen, ``embedding`` mn USD of works that make
    builders known, all (member,); ``builders`` (power, member) the part a power builds itself."""

    banks: Array
    financier: Array
    pilot: Array
    embedding: Array
    builders: Array


@compiled
def smoothed(before: float, now: float) -> float:
    """Return x + (now - x)/4, the mean of about a year."""
    return before + SMOOTHING * (now - before)


@compiled
def embedded(before: float, works: float, unit: float) -> float:
    """Return e + (1 - e)(1 - exp(-works/unit)): how well builders know a country, 0-1."""
    return before + (1.0 - before) * -float(np.expm1(-works / unit))


@compiled
def notice(
    completed: Array,
    disbursed: Array,
    piloted: Array,
    prices: Array,
    v: Seen,
    visible: Array,
    taught: Array,
    known: Array,
) -> None:
    """Smooth what is seen of works and schooling, and let builders embed themselves, in place.

    ``completed`` and ``disbursed`` (power, host, sector, window, mode, member) and ``piloted``
    (pilot, host, member) mn USD/quarter; ``prices`` (member,) over those of 2010; ``visible`` and
    ``taught`` mn USD/yr and ``known`` 0-1 (power, host, member).  Of joint works a part is seen as
    the financier's, the rest as the pilot's, who builds them.
    """
    powers, hosts, sectors, windows, modes, members = completed.shape
    done, schooling = np.empty((modes, members)), np.empty(members)
    for p in range(powers):
        for h in range(hosts):
            done[:], schooling[:] = 0.0, 0.0
            for window in range(windows):
                for mode in range(modes):
                    for sector in range(sectors):
                        for m in range(members):
                            done[mode, m] += completed[p, h, sector, window, mode, m]
                    for m in range(members):
                        schooling[m] += disbursed[p, h, SCHOOLS, window, mode, m]
            for m in range(members):
                built = piloted[p, h, m] * v.pilot[m]
                shown = done[BANKS, m] * v.banks[m] + done[JOINT, m] * v.financier[m] + built
                seen = (done[SOLO, m] + shown) * PER_YEAR
                visible[p, h, m] = smoothed(visible[p, h, m], seen)
                taught[p, h, m] = smoothed(taught[p, h, m], schooling[m] * PER_YEAR)
                works = (done[SOLO, m] + done[BANKS, m]) * v.builders[p, m] + built
                known[p, h, m] = embedded(known[p, h, m], works, v.embedding[m] * prices[m])
