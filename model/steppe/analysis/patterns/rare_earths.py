"""Rare earths: prices, Japan's imports and who mines, in the crisis of 2010-12."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from steppe import axes
from steppe.analysis.patterns.pattern import FIT, TEST, Array, Pattern, largest, mean
from steppe.parameters import read_table
from steppe.results import Results

PRICE, JAPAN = "ree_price", "ree_china_share_of_japan_imports"
PEAK = "2010Q3", "2012Q2"
"""Quarters in which the price peaked."""


def _peak_over_2009(results: Results) -> Array:
    return largest(results, PRICE, *PEAK) / mean(results, PRICE, "2009Q1", "2009Q4")


def _2015_over_peak(results: Results) -> Array:
    return mean(results, PRICE, "2015Q1", "2015Q4") / largest(results, PRICE, *PEAK)


def _chinas_part_of_output(year: int) -> Callable[[Results], Array]:
    def measure(results: Results) -> Array:
        when = f"{year}Q1", f"{year}Q4"
        mined = {code: mean(results, f"ree_output[{code}]", *when) for code in axes.MINERS}
        part: Array = mined["CHN"] / np.add.reduce(list(mined.values()))
        return part

    return measure


def seen(year: int) -> float:
    """Return China's part of what all miners dug out, by the table of observed output."""
    mined = {
        row["country"]: float(row["output_kt"])
        for row in read_table("rare_earth_mines")
        if int(row["year"]) == year
    }
    return mined["CHN"] / sum(mined.values())


def _chinas_part_of_imports(first: str, last: str) -> Callable[[Results], Array]:
    return lambda results: mean(results, JAPAN, first, last)


_PRICES = "Lynas, composition of Mt Weld, and unit values of Chinese exports, 2009-15"
_IMPORTS = "Japan's trade statistics 2008-14; CEPII BACI by weight"
_OUTPUT = "Energy Institute (USGS), mine output; China's from 2010 on are its own quotas"
_BY_WEIGHT = "direct shipments from China over all imports, t"

RARE_EARTHS = (
    *(
        Pattern(
            "rare-earth price, peak of 2010-12 over 2009",
            TEST, 2000, "1", 8.0, 26.0, (PRICE,), _peak_over_2009, _PRICES,
            "2009-12", "largest quarter of 2010Q3-2012Q2 over the mean of 2009", 158.6 / 7.1,
        ),
        Pattern(
            "rare-earth price of 2015 over the peak",
            TEST, 2000, "1", 0.05, 0.25, (PRICE,), _2015_over_peak, _PRICES,
            "2010-15", "mean of 2015 over the largest quarter of 2010Q3-2012Q2",
        ),
        Pattern(
            "China's part of Japan's rare-earth imports, 2001-09",
            FIT, 2000, "1", 0.80, 0.90, (JAPAN,),
            _chinas_part_of_imports("2001Q1", "2009Q4"), _IMPORTS,
            "2001-09", _BY_WEIGHT, 0.852,
        ),
        Pattern(
            "China's part of Japan's rare-earth imports, 2009-10",
            TEST, 2000, "1", 0.80, 0.90, (JAPAN,),
            _chinas_part_of_imports("2009Q1", "2010Q4"), _IMPORTS,
            "2009-10", _BY_WEIGHT, 0.810,
        ),
    ),
    *(
        Pattern(
            "China's part of Japan's rare-earth imports, 2012",
            TEST, base, "1", 0.45, 0.60, (JAPAN,),
            _chinas_part_of_imports("2012Q1", "2012Q4"), _IMPORTS,
            "2012", _BY_WEIGHT, 0.5385,
        )
        for base in (2000, 2009)
    ),
    *(
        Pattern(
            f"China's part of rare-earth mine output, {year}",
            TEST, base, "1", low, high, ("ree_output",), _chinas_part_of_output(year), _OUTPUT,
            str(year), "China's mines over those of all seven miners, t", seen(year),
        )
        for base in (2000, 2009)
        for year, low, high in ((2010, 0.91, 0.95), (2014, 0.82, 0.88))
    ),
)  # fmt: skip
