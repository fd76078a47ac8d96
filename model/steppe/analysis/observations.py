"""Observed trade of powers and hosts, by year, how it was seen, and how far off it may be.

Statistics see trade through reporters.  The figure of a flow is its exporter's (FOB) or its
importer's (CIF), whoever reports: Uzbekistan never does, Turkmenistan and Tajikistan hardly.  What
is sold on to a third country stands in some sources and not in others.  :func:`observed` turns
trade of the model into what reporters would have written down, :func:`error` states how far their
figures may lie from the truth (docs/decisions/0025).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.environment.history import SMALLEST
from steppe.parameters import read_table

Array = NDArray[np.float64]

FIRST, LAST = 1992, 2016

CIF_MARGIN = 0.1
"""Freight and insurance in a CIF figure over FOB: the IMF's Direction of Trade Statistics (Yearbook
2017) takes 6 % for mirror figures of any country; more for landlocked ones [prior]."""
LEAST_ERROR = 0.1
"""Smallest error of a pair's figure in a year, log points: sources that agree share reporters, and
whether a figure is CIF or FOB alone moves it by as much as :data:`CIF_MARGIN`."""


@dataclass(frozen=True)
class Observations:
    """Annual trade (power, host, year) in mn USD, exports plus imports, missing as zero.

    ``chosen`` is the figure the project uses, ``low`` and ``high`` the smallest and largest that
    any source gives for the same flow; ``cif`` is the part of the chosen figure that the importer
    reported, 0-1 (0 where there is no trade).
    """

    chosen: Array
    low: Array
    high: Array
    cif: Array

    def years(self, *years: int) -> Array:
        """Return the chosen figures of the given years, (power, host, year)."""
        return self.chosen[:, :, [year - FIRST for year in years]]


@lru_cache(maxsize=1)
def observations() -> Observations:
    """Read the bilateral trade of powers and hosts."""
    shape = (len(axes.POWERS), len(axes.HOSTS), LAST - FIRST + 1)
    fields = {name: np.zeros(shape) for name in ("value_musd", "min_musd", "max_musd")}
    imported = np.zeros(shape)
    for row in read_table("trade_bilateral"):
        for power, host in (
            (row["exporter"], row["importer"]),
            (row["importer"], row["exporter"]),
        ):
            if power in axes.POWERS and host in axes.HOSTS:
                cell = axes.POWERS.index(power), axes.HOSTS.index(host), int(row["year"]) - FIRST
                for name, field in fields.items():
                    field[cell] += float(row[name] or row["value_musd"])
                if row["source"].rpartition(":")[2] == row["importer"]:
                    imported[cell] += float(row["value_musd"])
    chosen = fields["value_musd"]
    cif = imported / np.where(chosen > 0.0, chosen, 1.0)
    return Observations(chosen, fields["min_musd"], fields["max_musd"], cif)


def observed(trade: Array, base: int, years: Sequence[int]) -> Array:
    """Return trade (power, host, year, member) as those who report in ``years`` would write it.

    The model starts from the figures of the base year as they were reported then, CIF in part.
    When in a later year more of the pair's trade is the importer's figure, or less, the same trade
    reads higher or lower: y = x (1 + m c_t)/(1 + m c_base), c the part reported CIF, m the
    margin.  A flow without any report is no observation: NaN.
    """
    seen = observations()
    columns = [year - FIRST for year in years]
    margin = 1.0 + CIF_MARGIN * seen.cif
    factor = margin[:, :, columns] / margin[:, :, [base - FIRST]]
    reported = seen.chosen[:, :, columns] > 0.0
    result: Array = trade * np.where(reported, factor, np.nan)[..., None]
    return result


def error(years: Sequence[int]) -> Array:
    """Return the stated error of the chosen figures, log points, (power, host, year).

    Half the log range of the sources, at least :data:`LEAST_ERROR`; read as one standard
    deviation.  Two draws of a normal lie 1.13 deviations apart on average, so half their
    distance is a cautious figure for reporters, a bold one for trade that none of them sees.
    """
    low, high = source_range(years)
    result: Array = np.maximum(0.5 * np.log(high / low), LEAST_ERROR)
    return result


def source_range(years: Sequence[int]) -> tuple[Array, Array]:
    """Return the smallest and largest figure of any source, (power, host, year), mn USD.

    Below ``SMALLEST`` mn USD a figure counts as that.
    """
    seen = observations()
    columns = [year - FIRST for year in years]
    return (
        np.maximum(seen.low[:, :, columns], SMALLEST),
        np.maximum(seen.high[:, :, columns], SMALLEST),
    )


@lru_cache(maxsize=1)
def nominal_gdp() -> dict[str, dict[int, float]]:
    """Return nominal GDP, bn USD, by country and year."""
    result: dict[str, dict[int, float]] = {}
    for row in read_table("macro"):
        if row["gdp_nominal_bn"]:
            by_year = result.setdefault(row["country"], {})
            by_year[int(row["year"])] = float(row["gdp_nominal_bn"])
    return result
