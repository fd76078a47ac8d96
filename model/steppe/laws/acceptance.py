"""What a host takes: need and price against debt, dependence on one partner and what others mind.

Axes: power, window, member, for one host.  Hedging emerges from one weight: a partner smaller than
the concentration of ties is welcome, a dominant one is not; weight 0 is the bandwagoning null.

Sources: hedging of small states between great powers, Kuik (2008), Contemporary Southeast Asia 30;
Cooley (2012), Great Games, Local Rules; debt threshold, Reinhart, Rogoff and Savastano (2003),
Brookings Papers: debt intolerance from 15-20 % of output.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

GRANT_VALUE = 0.8
"""Worth of concessional terms beside a need of one."""
DEBT_START, DEBT_SCALE, DEBT_MOST = 0.20, 0.15, 6.0
"""Debt over GDP at which aversion starts, its scale, and its largest value."""
SMALLEST_CONCENTRATION = 0.2
OPPOSITION_UNIT = 0.15
FAVOUR_UNIT = 0.15
TEMPERATURE = 0.5
OVERFLOW = 60.0


def concentration(ties: Array) -> tuple[Array, Array]:
    """Return each power's share of the host's ties and their sum of squares, (power, m), (m,).

    ``ties`` (power, member) mn USD: trade, debt and operating capital.
    """
    share = ties / np.maximum(np.add.reduce(ties, axis=0), 1e-9)
    return share, np.add.reduce(share * share, axis=0)


def hedging(share: Array, herfindahl: Array, weight: Array) -> Array:
    """Return -wA 2 (s_p - HHI)/max(HHI, 0.2), ``(power, member)``; ``weight`` wA (member,)."""
    gap = share - herfindahl
    result: Array = -2.0 * weight * gap / np.maximum(herfindahl, SMALLEST_CONCENTRATION)
    return result


def debt_aversion(debt_to_gdp: Array, weight: Array) -> Array:
    """Return -wD min[((D/Y - 0.20)+ / 0.15)^2, 6], ``(member,)``, for an offer that is lent.

    ``debt_to_gdp`` D/Y: owed to all powers and not secured.
    """
    excess = np.maximum(debt_to_gdp - DEBT_START, 0.0) / DEBT_SCALE
    result: Array = -weight * np.minimum(excess * excess, DEBT_MOST)
    return result


def opposed(share: Array, opposition: Array, weight: Array) -> Array:
    """Return -wC sum_r S_r opposition_rp / 0.15, ``(power, sector, member)``.

    ``share`` (power, member) influence shares, as the host heeds them; ``opposition`` (rival,
    power, sector, member) >= 0: how much each rival minds the bid of each power in each sector.
    """
    minded = np.add.reduce(share[:, None, None] * opposition, axis=0)
    result: Array = -weight * minded / OPPOSITION_UNIT
    return result


def favour(share: Array, weight: Array) -> Array:
    """Return wI (S_p - mean over powers) / 0.15: leverage buys decisions, ``(power, member)``."""
    mean = np.add.reduce(share, axis=0) / len(share)
    result: Array = weight * (share - mean) / FAVOUR_UNIT
    return result


def probability(utility: Array, reluctance: Array) -> Array:
    """Return P = logistic((U - u0) / 0.5); ``reluctance`` u0 of the host (member,)."""
    odds = np.clip((utility - reluctance) / TEMPERATURE, -OVERFLOW, OVERFLOW)
    result: Array = 1.0 / (1.0 + np.exp(-odds))
    return result


def best_bids(
    utility: Array, project: NDArray[np.intp], large: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which bids stay in the contest for exclusive works, ``(bid, member)``.

    Large bids for the same kind of ``project`` (sector index) exclude each other: the one of the
    highest ``utility`` to the host stays, the first of equals.  Small bids (not ``large``) always
    stay.
    """
    earlier = np.tri(len(utility), k=-1, dtype=bool)[:, :, None]
    better = utility[None] > utility[:, None]
    equal = (utility[None] == utility[:, None]) & earlier
    rivals = (project[None] == project[:, None]) & large[None] & large[:, None]
    stays: NDArray[np.bool_] = ~((better | equal) & rivals).any(axis=1)
    return stays
