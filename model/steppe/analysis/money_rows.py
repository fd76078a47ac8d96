"""Money beside what is on record: Japan's net aid, China's and Turkey's money by host.

The record of China is one total a host for 2000-21 and is read for the hosts' parts only.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.analysis.variants import Kept
from steppe.clock import PER_YEAR
from steppe.parameters import read_table

Array = NDArray[np.float64]

PERIODS = ((2001, 2003), (2004, 2006), (2007, 2009))
"""Years over which aid is averaged: a loan is paid out in lumps."""
TURKISH = (2010, 2016)
_JPN, _CHN, _TUR = (axes.POWERS.index(code) for code in ("JPN", "CHN", "TUR"))


@lru_cache(maxsize=1)
def record() -> dict[str, Array]:
    """Return what is on record: aid (period, host), china and tika (host,), parts summing to 1."""
    hosts, rows = len(axes.HOSTS), read_table("finance_observed")
    aid, china, tika = np.zeros((len(PERIODS), hosts)), np.zeros(hosts), np.zeros(hosts)
    for row in rows:
        if row["host"] not in axes.HOSTS:
            continue
        host, value, year = (
            axes.HOSTS.index(row["host"]),
            float(row["value"]),
            int(row["last_year"]),
        )
        what = row["donor"], row["measure"]
        if what == ("JPN", "net_oda"):
            for period, (first, last) in enumerate(PERIODS):
                if first <= year <= last:
                    aid[period, host] += value / (last - first + 1)
        elif what == ("CHN", "commitments"):
            china[host] = value
        elif what == ("TUR", "oda"):
            tika[host] = value
    return {"aid": aid, "china": china / china.sum(), "tika": tika / tika.sum()}


def scored(kept: Kept) -> dict[str, Array]:
    """Return what :func:`scores` reads of a backcast from 2000, members last."""
    results = kept.results
    assert results.trajectories is not None
    shape = (-1, PER_YEAR, len(axes.POWERS), len(axes.HOSTS), results.members)
    aid, committed = (
        results.trajectories[name].reshape(shape).sum(axis=1) for name in ("oda_net", "committed")
    )
    start = results.quarters[0].year

    def years(path: Array, first: int, last: int) -> Array:
        return path[first - start : last - start + 1]

    given = np.stack([years(aid[:, _JPN], *period).mean(axis=0) for period in PERIODS])
    turkish = years(aid[:, _TUR], *TURKISH).sum(axis=0)
    return {"aid": given, "china": committed[:, _CHN].sum(axis=0), "tika": turkish}


def scores(simulated: Mapping[str, Array]) -> dict[str, float]:
    """Return the mean errors of the median over members: aid in mn USD a year, parts in pp."""
    found = {"aid": float(np.abs(np.median(simulated["aid"], axis=-1) - record()["aid"]).mean())}
    for name in ("china", "tika"):
        sums = np.maximum(simulated[name], 0.0)
        parts = sums / np.maximum(sums.sum(axis=0), 1e-9)
        found[name] = 100.0 * float(np.abs(np.median(parts, axis=-1) - record()[name]).mean())
    return found
