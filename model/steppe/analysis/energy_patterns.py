"""Patterns of energy that the backcasts are judged by: Turkmen gas turns from Russia to China."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe import axes, ensemble, scenario
from steppe.clock import PER_YEAR
from steppe.results import Results

Array = NDArray[np.float64]

METRIC = "gas_export"
BACKCASTS = {2009: "backcast_2009", 2000: "backcast_2000"}
"""Base year of each backcast and its scenario."""
NEVER = 2017.0
"""Year for a member in which China does not pass Russia before the end of 2016."""
PRESS = (
    "40-50 bcm a year before 2009 and about 10 after: rusmininfo, 11 July 2011; Reuters, "
    "4 September 2013"
)
CUSTOMS = "14.4 bcm to China in 2011 (data/gas.csv) against about 10 to Russia (rusmininfo)"


@dataclass(frozen=True)
class Pattern:
    """One pattern: its target, what the members say, and whether their median meets it.

    ``band``: 5 and 95 % of members.
    """

    name: str
    label: str
    target_low: float
    target_high: float
    median: float
    band: tuple[float, float]
    passed: bool
    source: str


def patterns(members: int = 100, workers: int = 1) -> list[Pattern]:
    """Run both backcasts and judge them."""
    runs = {
        base: ensemble.run(
            scenario.load(name), members=members, workers=workers, trajectories=(METRIC,)
        )
        for base, name in BACKCASTS.items()
    }
    return judged(runs)


def judged(runs: Mapping[int, Results]) -> list[Pattern]:
    """Return the patterns of finished backcasts, by base year, that kept ``gas_export``.

    The rupture of April 2009, dates and contracts are given; volumes by buyer are the model's.
    """
    found = []
    for base, results in runs.items():
        russia, china = (yearly(results, buyer) for buyer in ("RUS", "CHN"))
        first = base + 1
        if first <= 2005:
            found.append(
                _pattern(
                    f"turkmen_gas_to_russia_before_{base}",
                    f"Turkmen gas to Russia, mean of 2005-08, bcm a year (base {base})",
                    (40.0, 50.0),
                    russia[2005 - first : 2009 - first].mean(axis=0),
                    PRESS,
                )
            )
        found.append(
            _pattern(
                f"turkmen_gas_to_russia_after_{base}",
                f"Turkmen gas to Russia, mean of 2010-12, bcm a year (base {base})",
                (5.0, 15.0),
                russia[2010 - first : 2013 - first].mean(axis=0),
                PRESS,
            )
        )
        years = np.arange(first, first + len(russia))
        passed = (china > russia) & (years >= 2009)[:, None]
        year = np.where(passed.any(axis=0), years[passed.argmax(axis=0)], NEVER)
        found.append(
            _pattern(
                f"turkmen_gas_turns_to_china_{base}",
                f"First year in which China takes more Turkmen gas than Russia (base {base})",
                (2009.0, 2012.0),
                year,
                CUSTOMS,
            )
        )
    return found


def yearly(results: Results, buyer: str) -> Array:
    """Return Turkmen gas to a buyer by calendar year, (year, member) bcm a year."""
    if results.trajectories is None or METRIC not in results.trajectories:
        raise ValueError(f"the run did not keep the trajectories of {METRIC}")
    cells = [s.cell for s in results.series if s.metric == METRIC]
    path = results.trajectories[METRIC][:, cells.index((axes.HOSTS[2], buyer))]
    whole: Array = path.reshape(-1, PER_YEAR, path.shape[-1]).mean(axis=1)
    return whole


def _pattern(
    name: str, label: str, target: Sequence[float], members: Array, source: str
) -> Pattern:
    low, median, high = (float(x) for x in np.quantile(members, [0.05, 0.5, 0.95]))
    inside = bool(target[0] <= median <= target[1])
    return Pattern(name, label, target[0], target[1], median, (low, high), inside, source)
