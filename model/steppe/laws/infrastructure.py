"""What completed works do: income through infrastructure capital, and links of the network.

Source: output elasticity of infrastructure, Bom and Ligthart (2014), Journal of Economic Surveys
28.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.clock import STEP
from steppe.laws.compiled import compiled

Array = NDArray[np.float64]
Index = NDArray[np.intp]

EASY_LOAD = 0.6
"""Traffic over capacity up to which nobody widens a link."""


def capital_gap(gap: Array, depreciation: Array, extra: Array) -> Array:
    """Return x' = x (1 - dep dt) + extra, the log of infrastructure over its trend, (host, member).

    ``gap`` x; ``depreciation`` 1/yr (member,); ``extra`` the quarter's completed infrastructure
    beyond what the trend holds already, over the capital on trend.  Logs are first-order in works,
    so a year of works that is one per cent of the capital raises x by 0.01.
    """
    result: Array = gap * (1.0 - depreciation * STEP) + extra
    return result


def urgency(load: Array) -> Array:
    """Return the part of the money for a link that is spent on it, ``(member,)``, 0-1.

    ``load`` traffic over capacity: nothing up to 0.6, all from 1 on, linear between [prior].
    """
    return np.clip((load - EASY_LOAD) / (1.0 - EASY_LOAD), 0.0, 1.0)


@compiled
def build_links(
    link: Index,
    per_mt: Array,
    whole: Array,
    money: Array,
    urgency: Array,
    completion: Array,
    built: Array,
    added: Array,
) -> None:
    """Complete links with the money of sites, one site after the other, then add capacity to them.

    A site (site,) is on a ``link``, where a Mt/yr costs ``per_mt`` mn USD and completion from 0 to
    1 ``whole`` mn USD, 0 where nothing is left to complete; ``money`` mn USD and ``urgency`` 0-1
    (site, member).  ``completion`` 0-1 (link, member); ``built`` 0-1 and ``added`` Mt/yr (link,
    member) are what works of the run made, added to in place.
    """
    for site in range(len(link)):
        at = link[site]
        for m in range(money.shape[1]):
            rest = money[site, m]
            if whole[site] > 0.0:
                left = max(1.0 - completion[at, m] - built[at, m], 0.0) * whole[site]
                used = min(rest, left)
                built[at, m] += used / whole[site]
                rest -= used
            added[at, m] += rest * urgency[site, m] / per_mt[site]
