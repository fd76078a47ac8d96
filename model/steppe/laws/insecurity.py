"""Insecurity: what unrest in a host and conflict next to it do to income, borders, aid, alliances.

Axes: host, power, member (always last).

Sources: Hadzi-Vaskov, Pienknagura and Ricci (2023), B.E. Journal of Macroeconomics 23: output is
1 % lower six quarters after a large unrest event; border closures of 2010, IWPR.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAST_NEED = -1.0


def unrest_growth(loss: Array, recovery: Array, unrest: Array, before: Array) -> Array:
    """Return d ln Y of the quarter, -L (u - r u before), ``(member,)``.

    ``loss`` L of output at full unrest, share; ``recovery`` r 0-1, the part that comes back in the
    quarter after; ``unrest`` u and u ``before``, of the quarter before.  Once all is quiet
    L (1 - r) sum u is lost for good.
    """
    result: Array = -loss * (unrest - recovery * before)
    return result


def aid_factor(response: Array, change: Array) -> Array:
    """Return exp(b D), the factor on a power's concessional budget, ``(member,)``.

    ``response`` b to a full rise of the neighbour's conflict; ``change`` D of conflict, -1 to 1,
    against what the power's usual budgets hold already.
    """
    result: Array = np.exp(response * change)
    return result


def aid_pull(response: Array, exposure: Array, concern: Array, conflict: Array) -> Array:
    """Return b e_h k c, what draws aid to hosts beside the conflict, units of motives, (host, m).

    ``response`` b of the power (member,), ``exposure`` e 0-1 (host, member), ``concern`` k 0-1 and
    ``conflict`` c 0-1 (member,).
    """
    result: Array = response * exposure * (concern * conflict)
    return result


def alliance_factor(weight: Array, exposure: Array, change: Array, unrest: Array) -> Array:
    """Return 1 + w max(e D + u, -1), the factor on what alliances add to security influence.

    ``weight`` w 0-1 (member,); ``exposure`` e and ``unrest`` u (host, member) and ``change`` D of
    the neighbour's conflict (member,): who is threatened leans on allies.  Result (host, member).
    """
    need = np.maximum(exposure * change + unrest, LEAST_NEED)
    result: Array = 1.0 + weight * need
    return result
