"""Observed trade of powers and hosts, by year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.parameters import read_table

Array = NDArray[np.float64]

FIRST, LAST = 1992, 2016


@dataclass(frozen=True)
class Observations:
    """Annual trade (power, host, year) in mn USD, exports plus imports, missing as zero.

    ``chosen`` is the figure the project uses, ``low`` and ``high`` the smallest and largest that
    any source gives for the same flow.
    """

    chosen: Array
    low: Array
    high: Array

    def years(self, *years: int) -> Array:
        """Return the chosen figures of the given years, (power, host, year)."""
        return self.chosen[:, :, [year - FIRST for year in years]]


@lru_cache(maxsize=1)
def observations() -> Observations:
    """Read the bilateral trade of powers and hosts."""
    shape = (len(axes.POWERS), len(axes.HOSTS), LAST - FIRST + 1)
    fields = {name: np.zeros(shape) for name in ("value_musd", "min_musd", "max_musd")}
    for row in read_table("trade_bilateral"):
        for power, host in (
            (row["exporter"], row["importer"]),
            (row["importer"], row["exporter"]),
        ):
            if power in axes.POWERS and host in axes.HOSTS:
                cell = axes.POWERS.index(power), axes.HOSTS.index(host), int(row["year"]) - FIRST
                for name, field in fields.items():
                    field[cell] += float(row[name] or row["value_musd"])
    return Observations(fields["value_musd"], fields["min_musd"], fields["max_musd"])


@lru_cache(maxsize=1)
def nominal_gdp() -> dict[str, dict[int, float]]:
    """Return nominal GDP, bn USD, by country and year."""
    result: dict[str, dict[int, float]] = {}
    for row in read_table("macro"):
        if row["gdp_nominal_bn"]:
            by_year = result.setdefault(row["country"], {})
            by_year[int(row["year"])] = float(row["gdp_nominal_bn"])
    return result
