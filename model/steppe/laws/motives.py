"""Why a power offers money where: the six motives (the choice they lead to: ``choice``).

Each motive is a field over hosts and sectors that is brought to a standard deviation of about one
at the start of the run (:func:`spread`), so that weights compare.  Axes: host, sector, member.

Source: hurdle of irreversible extraction, Dixit and Pindyck (1994), Investment under Uncertainty.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NEED_LIMITS = -1.0, 1.5
SMALLEST_SPREAD = 1e-6
SMALLEST_RATE = 1e-6
"""Interest, 1/yr, below which money is free."""


def worth_of_income(rate: Array, building: Array, life: Array | float, hurdle: Array) -> Array:
    """Return what a dollar a year is worth at the start of works, over the hurdle, (..., member).

    [1 - exp(-r T)] / r exp(-r L) / hurdle, with ``rate`` r 1/yr, ``building`` L years, ``life`` T
    years and ``hurdle`` >= 1 the real-options multiple that irreversible extraction must clear.
    Shapes broadcast.
    """
    some = np.maximum(rate, SMALLEST_RATE)
    annuity = -np.expm1(-some * life) / some
    result: Array = annuity * np.exp(-rate * building) / hurdle
    return result


def present_value(income: Array, worth: Array) -> Array:
    """Return the net present value per dollar, y w - 1, shapes broadcast.

    ``income`` y the yearly surplus per dollar built, ``worth`` w of a dollar a year.
    """
    result: Array = income * worth - 1.0
    return result


def crowding(operating: Array, gdp: Array, absorption: Array) -> Array:
    """Return what capital in place leaves of the income from more, 1 / (1 + Op / (a Y)), 0-1.

    ``operating`` Op, mn USD, that all powers have in the host's sector (host, sector, member);
    ``gdp`` Y mn USD/yr (host, member); ``absorption`` a (member,): capital over GDP at which the
    next project earns half.  The best fields and sites go first.
    """
    result: Array = 1.0 / (1.0 + operating / (absorption * gdp[:, None]))
    return result


SECURITY_UNIT = 0.4
"""Standard deviation of potential over hosts in the sectors that can be secured."""


def security(at_stake: Array, potential: Array) -> Array:
    """Return what is at stake x what the host can supply, over 0.4, (host, sector, member).

    ``at_stake`` (sector, member): own import bill over GDP x concentration of suppliers, over the
    mean of the powers in each sector; ``potential`` 0-1 (host, sector, 1).  The unit is the same
    for all powers: one that imports none has nothing to secure.
    """
    result: Array = at_stake[None] * potential / SECURITY_UNIT
    return result


def need(gdp_per_head: Array, line: Array, wanted: Array) -> Array:
    """Return ln(line / GDP per head), clipped, plus what the host wants built, (host, sector, m).

    ``gdp_per_head`` (host, member) and ``line`` (member,) USD/yr; ``wanted`` 0-1 (host, sector, 1).
    """
    poverty = np.clip(np.log(line / gdp_per_head), *NEED_LIMITS)
    result: Array = poverty[:, None] + wanted
    return result


def graduation(gdp_per_head: Array, line: Array) -> Array:
    """Return the factor on concessional offers, min(1, line / GDP per head), ``(host, member)``.

    ``gdp_per_head`` (host, member) and ``line`` (member,) in the same dollars a year.
    """
    result: Array = np.minimum(1.0, line / gdp_per_head)
    return result


def spread(field: Array) -> Array:
    """Return the standard deviation of a field over all axes but the last, ``(member,)``.

    A field that does not vary gives 1, so that dividing by it keeps zeros zero.
    """
    flat = field.reshape(-1, field.shape[-1])
    mean = np.add.reduce(flat, axis=0) / len(flat)
    gap = flat - mean
    deviation = np.sqrt(np.add.reduce(gap * gap, axis=0) / len(flat))
    result: Array = np.where(deviation > SMALLEST_SPREAD, deviation, 1.0)
    return result
