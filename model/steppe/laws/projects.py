"""Projects: construction in four stages, payments on the way, and what cancels them.

A commitment passes four stages of equal expected length; on leaving them 15, 45, 75 and 100 % of
it have been paid.  Cancellation saves the unpaid part; what was paid is sunk.

Sources: construction times, Flyvbjerg (2014), Project Management Journal 45, and the registry;
cancellation, the 35 % of Belt and Road projects in trouble that AidData (2021) finds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.clock import STEP

Array = NDArray[np.float64]

STAGES = 4
PAID = np.array([0.0, 0.15, 0.45, 0.75, 1.0])
"""Cumulative part of a commitment that has been paid on entering each stage, and at the end."""
GOVERNANCE = 0.3
"""Fall of the log hazard per point of political stability (WGI)."""


def advance_probability(years: Array) -> Array:
    """Return p = min(1, K dt / L): chance to leave a stage in a quarter, K = 4 stages, dt = 1/4.

    ``years`` L, mean construction time; the mean over all stages is L exactly where L >= 1.
    """
    result: Array = np.minimum(1.0, STAGES * STEP / years)
    return result


def hazard(
    base: Array,
    stability: Array,
    unrest: Array,
    distress: Array,
    alignment: Array,
    per_alignment: Array,
    factor: Array,
) -> Array:
    """Return the chance of cancellation in a quarter, ``(power, host, member)``, below 0.25.

    haz = h0 exp(-0.3 WGI) (1 + unrest)(1 + distress) exp(-a alignment) factor, with ``base`` h0
    1/quarter and ``per_alignment`` a (member,), ``stability`` WGI, ``unrest`` 0-1 and ``distress``
    >= 0 (host, member), ``alignment`` -1 to 1 (power, host, member), ``factor`` of each power
    (power, 1, member).
    """
    country = np.exp(-GOVERNANCE * stability) * (1.0 + unrest) * (1.0 + distress)
    result: Array = base * country * np.exp(-per_alignment * alignment) * factor
    return np.minimum(result, 0.25)


def draws(first: Array, second: Array, phase: Array) -> Array:
    """Return one uniform number a project: u = (u1 + phase u2) mod 1.

    ``first`` u1 and ``second`` u2, uniform in 0-1, of the project's pair and member in the quarter;
    ``phase`` a whole number of the project's own.  Numbers of projects with different phases are
    independent, two by two, and no project changes another's.
    """
    rotated = first + second * phase
    result: Array = rotated - np.floor(rotated)
    return result
