"""Trade: when China passes Russia."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.analysis.observations import observations
from steppe.analysis.patterns.pattern import NEVER, TEST, Array, Pattern, first_year, of_years
from steppe.results import Results

TOTAL = "trade_total"
FIVE = axes.HOSTS
FOUR = tuple(code for code in axes.HOSTS if code != "KAZ")
"""The four: without Kazakhstan, whose trade is larger than theirs together."""
SINCE = 2001


def _overtaking(hosts: Sequence[str]) -> Callable[[Results], Array]:
    """Return a measure of the first year in which China trades more with ``hosts`` than Russia."""

    def measure(results: Results) -> Array:
        def more(year: int) -> NDArray[np.bool_]:
            china, russia = (
                np.add.reduce([of_years(results, f"{TOTAL}[{p},{h}]", year, year) for h in hosts])
                for p in ("CHN", "RUS")
            )
            ahead: NDArray[np.bool_] = china > russia
            return ahead

        return first_year(results, more, SINCE)

    return measure


def seen(hosts: Sequence[str]) -> float:
    """Return the first year in which the observed trade of China is the larger one."""
    known = observations()
    rows = [axes.HOSTS.index(code) for code in hosts]
    china, russia = (
        known.years(*range(SINCE, NEVER))[axes.POWERS.index(code), rows].sum(axis=0)
        for code in ("CHN", "RUS")
    )
    return float(SINCE + (china > russia).argmax())


_SOURCE = "data/trade_bilateral.csv: chosen figures; 2010 by the sources' smallest ones"
_QUANTITY = "trade_total[CHN] above trade_total[RUS], sums over the hosts and the year"

TRADE = tuple(
    Pattern(
        f"year China passes Russia in trade, {name}",
        TEST, 2000, "yr", 2008.0, 2014.0, (TOTAL,), _overtaking(hosts), _SOURCE,
        "2001-16", _QUANTITY, seen(hosts),
    )
    for name, hosts in (("five states", FIVE), ("four (no KAZ)", FOUR))
)  # fmt: skip
