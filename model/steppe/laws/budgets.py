"""Budgets and purses of the powers: what the rivalry adds, what is granted, what lapses.

Axes: power, window, host, member (always last).  Money is mn current USD, flows are a quarter's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.clock import PER_YEAR
from steppe.world.surroundings import MN_PER_BN

Array = NDArray[np.float64]

THREAT_UNIT = 0.2
"""Rise of the threat that adds ``phi`` to a budget: the spread of influence shares over hosts."""
RESPONSE_LIMITS = 0.5, 2.0
"""Least and largest factor that rivalry puts on a budget."""


def threat(wariness: Array, share: Array, own: int) -> Array:
    """Return Th_h = (1 - S_own,h) sum_r salience_r S_rh, ``(host, member)``, 0 to about 1.

    ``wariness`` (power, member): how much this power minds each rival (its own row is ignored);
    ``share`` (power, host, member) influence shares; ``own`` the power's index.
    """
    total = np.zeros(share.shape[1:])
    for rival in range(len(share)):
        if rival != own:
            total += wariness[rival] * share[rival]
    result: Array = (1.0 - share[own]) * total
    return result


def rivalry(response: Array, threat_now: Array, threat_before: Array) -> Array:
    """Return clip[1 + phi (Th - Th0) / 0.2, 0.5, 2], the factor of rivalry on a budget, (member,).

    ``threat_now`` and ``threat_before`` (host, member): the mean over hosts counts; ``response``
    phi (member,).
    """
    hosts = len(threat_now)
    rise = np.add.reduce(threat_now - threat_before, axis=0) / hosts
    result: Array = np.clip(1.0 + response * rise / THREAT_UNIT, *RESPONSE_LIMITS)
    return result


def grant(rate: Array, gdp: Array, factor: Array) -> Array:
    """Return the authority of a quarter, B = b Y factor / 4, mn USD, ``(window, member)``.

    ``rate`` b share of GDP a year (window, member); ``gdp`` Y bn USD/yr (member,); ``factor``
    (member,) or (window, member): the power's own path, rivalry and whatever else moves it.
    """
    result: Array = rate * gdp * (MN_PER_BN / PER_YEAR) * factor
    return result


def opening_purse(authority: Array, tau: Array, lapse: Array) -> Array:
    """Return A(0) = tau B / (1 + lapse tau), mn USD, the purse whose outflow is ``authority``.

    ``authority`` B mn USD/quarter (window, member); ``tau`` quarters and ``lapse`` 1/quarter
    (member,).
    """
    result: Array = tau * authority / (1.0 + lapse * tau)
    return result
