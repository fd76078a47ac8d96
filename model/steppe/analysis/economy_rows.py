"""The hosts' product beside the record: growth since the base year, and dollars.

Real growth is that of national prices; dollars are current.  Both are simulated in a backcast.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.analysis.observations import nominal_gdp
from steppe.analysis.variants import Kept
from steppe.clock import PER_YEAR
from steppe.parameters import read_table

Array = NDArray[np.float64]

READS = ("gdp", "real_gdp")


@lru_cache(maxsize=1)
def real_gdp() -> dict[str, dict[int, float]]:
    """Return real GDP at national prices, an index, by country and year."""
    result: dict[str, dict[int, float]] = {}
    for row in read_table("macro"):
        if row["gdp_real_bn"]:
            result.setdefault(row["country"], {})[int(row["year"])] = float(row["gdp_real_bn"])
    return result


def scored(kept: Kept, base: int) -> dict[str, Array]:
    """Return logs of the hosts' product over the base year's, (host, year, member)."""
    results = kept.results
    assert results.trajectories is not None
    start = np.array([nominal_gdp()[host][base] for host in axes.HOSTS])
    found = {}
    for name, metric in (("real", "real_gdp"), ("dollar", "gdp")):
        path = results.trajectories[metric]
        shape = (-1, PER_YEAR, *path.shape[1:])
        hosts = path.reshape(shape).mean(axis=1)[:, axes.HOST]
        found[name] = np.log(hosts / start[:, None]).transpose(1, 0, 2)
    return found


def observed(name: str, base: int, years: Sequence[int]) -> Array:
    """Return logs of the observed product over the base year's, (host, year)."""
    table = real_gdp() if name == "real" else nominal_gdp()
    hosts = [table[host] for host in axes.HOSTS]
    return np.log([[host[year] / host[base] for year in years] for host in hosts])


def scores(simulated: dict[str, Array], base: int, years: Sequence[int]) -> dict[str, float]:
    """Return the mean absolute log errors of the median over members, hosts and years."""
    columns = [year - base - 1 for year in years]
    return {
        name: float(
            np.abs(np.median(path[:, columns], axis=-1) - observed(name, base, years)).mean()
        )
        for name, path in simulated.items()
    }
