"""Promises: what a tour announces beside what is paid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from steppe import axes, ensemble, scenario
from steppe.analysis.patterns.own_runs import own
from steppe.analysis.patterns.pattern import TEST, Array, Found, Pattern, hold, path
from steppe.clock import Quarter
from steppe.results import Results

ANNOUNCED, PAID = "announced", "disbursed"
FIRST, LAST = Quarter.of(2026), Quarter.of(2030, 4)
"""The five years for which the summit of December 2025 set its target."""

PROMISES: Pattern = own(
    "Japan: announced over paid in five years", TEST, 2017, "1", 2.0, 40.0,
    source="Pledges of 26 bn USD on the visit of 2015 beside 0.7 bn known to be signed, 37 times; "
    "twice is the least that 'far above' can mean (data/finance_observed.csv)",
    years="2026-30", quantity="announced[JPN] over disbursed[JPN] in abe_visit, host sums",
)  # fmt: skip


def hold_promises(members: int, stop: Callable[[], bool] | None = None) -> list[Found] | None:
    """Run the tour and hold what it announces against what is paid; None when stopped."""
    case = scenario.load("abe_visit")
    done = LAST - case.horizon.start + 1
    seen = 0

    def enough() -> bool:
        nonlocal seen
        seen += 1
        return seen > done or (stop is not None and stop())

    results = ensemble.run(case, members=members, trajectories=(ANNOUNCED, PAID), stop=enough)
    if results.completed < done:
        return None
    paid = _of_japan(results, PAID)
    return [hold(PROMISES, _of_japan(results, ANNOUNCED) / np.where(paid > 0.0, paid, np.nan))]


def _of_japan(results: Results, metric: str) -> Array:
    start = results.quarters[0]
    rows = slice(FIRST - start, LAST - start + 1)
    of_hosts = [path(results, f"{metric}[JPN,{h}]")[rows].sum(axis=0) for h in axes.HOSTS]
    total: Array = np.add.reduce(of_hosts)
    return total
