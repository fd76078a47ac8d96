"""Patterns of history beside trade that the backcasts are held against.

A pattern is one figure of each member's backcast and the range in which history lies.  ``fit``:
the figure lies in years on which parameters may be chosen; ``development test``: it lies after
them, was visible to the authors and was not used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import axes, metrics
from steppe.clock import Quarter
from steppe.results import Results

Array = NDArray[np.float64]

FIT, TEST = "fit", "development test"


@dataclass(frozen=True)
class Pattern:
    """One pattern: ``measure`` takes the results of the backcast from ``base`` to (member,).

    It passes when the median over members lies within ``low`` and ``high``; ``reads`` names the
    metrics whose trajectories it needs.
    """

    name: str
    label: str
    base: int
    unit: str
    low: float
    high: float
    reads: tuple[str, ...]
    measure: Callable[[Results], Array]
    source: str


@dataclass(frozen=True)
class Found:
    """What the members of a backcast say of a pattern."""

    pattern: Pattern
    median: float
    q05: float
    q95: float

    @property
    def passed(self) -> bool:
        return self.pattern.low <= self.median <= self.pattern.high

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON object."""
        p = self.pattern
        return {
            **{"name": p.name, "label": p.label, "base": p.base, "unit": p.unit},
            **{"low": p.low, "high": p.high, "median": self.median},
            **{"q05": self.q05, "q95": self.q95, "pass": self.passed, "source": p.source},
        }


def check(results: Results, base: int) -> list[Found]:
    """Hold the backcast from ``base`` against its patterns."""
    found = []
    for pattern in PATTERNS:
        if pattern.base == base:
            values = pattern.measure(results)
            low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
            found.append(Found(pattern, float(middle), float(low), float(high)))
    return found


def path(results: Results, label: str) -> Array:
    """Return one series by its label, (quarter, member); ``KeyError`` when it was not kept."""
    name = label.partition("[")[0]
    labels = [series.label for series in metrics.BY_NAME[name].series]
    if results.trajectories is None:
        raise KeyError(name)
    kept: Array = results.trajectories[name][:, labels.index(label)]
    return kept


def mean(results: Results, label: str, first: str, last: str) -> Array:
    """Return the mean of a series over quarters, (member,)."""
    average: Array = _cut(results, label, first, last).mean(axis=0)
    return average


def largest(results: Results, label: str, first: str, last: str) -> Array:
    """Return the largest value of a series over quarters, (member,)."""
    peak: Array = _cut(results, label, first, last).max(axis=0)
    return peak


def _cut(results: Results, label: str, first: str, last: str) -> Array:
    start = results.quarters[0]
    rows = slice(Quarter.parse(first) - start, Quarter.parse(last) - start + 1)
    return path(results, label)[rows]


# --- rare earths ---------------------------------------------------------------------------------

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


def _chinas_part_of_imports(first: str, last: str) -> Callable[[Results], Array]:
    return lambda results: mean(results, JAPAN, first, last)


_PRICES = "Lynas, composition of Mt Weld, and unit values of Chinese exports, 2009-15"
_IMPORTS = "Japan's trade statistics 2008-14; CEPII BACI by weight"
_OUTPUT = "Energy Institute (USGS), mine output; China's from 2010 on are its own quotas"

RARE_EARTHS = (
    *(
        Pattern(
            "rare-earth price, peak of 2010-12 over 2009",
            TEST, 2000, "1", 8.0, 26.0, (PRICE,), _peak_over_2009, _PRICES,
        ),
        Pattern(
            "rare-earth price of 2015 over the peak",
            TEST, 2000, "1", 0.05, 0.25, (PRICE,), _2015_over_peak, _PRICES,
        ),
        Pattern(
            "China's part of Japan's rare-earth imports, 2001-09",
            FIT, 2000, "1", 0.80, 0.90, (JAPAN,),
            _chinas_part_of_imports("2001Q1", "2009Q4"), _IMPORTS,
        ),
        Pattern(
            "China's part of Japan's rare-earth imports, 2009-10",
            TEST, 2000, "1", 0.80, 0.90, (JAPAN,),
            _chinas_part_of_imports("2009Q1", "2010Q4"), _IMPORTS,
        ),
    ),
    *(
        Pattern(
            "China's part of Japan's rare-earth imports, 2012",
            TEST, base, "1", 0.45, 0.60, (JAPAN,),
            _chinas_part_of_imports("2012Q1", "2012Q4"), _IMPORTS,
        )
        for base in (2000, 2009)
    ),
    *(
        Pattern(
            f"China's part of rare-earth mine output, {year}",
            TEST, base, "1", low, high, ("ree_output",), _chinas_part_of_output(year), _OUTPUT,
        )
        for base in (2000, 2009)
        for year, low, high in ((2010, 0.91, 0.95), (2014, 0.82, 0.88))
    ),
)  # fmt: skip

# --- gas -----------------------------------------------------------------------------------------

GAS = "gas_export"
NEVER = 2017.0
"""Year for a member in which China does not pass Russia before the end of 2016."""


def _turkmen_gas(buyer: str, first: int, last: int) -> Callable[[Results], Array]:
    return lambda results: mean(results, f"{GAS}[TKM,{buyer}]", f"{first}Q1", f"{last}Q4")


def _turn_to_china(results: Results) -> Array:
    """Return the first year from 2009 on in which China takes more than Russia, (member,)."""
    first = max(results.quarters[0].year, 2009)
    years = range(first, int(NEVER))
    more = np.array(
        [_turkmen_gas("CHN", y, y)(results) > _turkmen_gas("RUS", y, y)(results) for y in years]
    )
    turned: Array = np.where(more.any(axis=0), first + more.argmax(axis=0), NEVER)
    return turned


_PRESS = "40-50 bcm before 2009, about 10 after (rusmininfo, 11 July 2011; Reuters, 4 Sept 2013)"
_CUSTOMS = "14.4 bcm to China in 2011 (data/gas.csv), about 10 to Russia (rusmininfo)"

TURKMEN_GAS = (
    Pattern(
        "Turkmen gas to Russia, mean of 2005-08",
        FIT, 2000, "bcm/yr", 40.0, 50.0, (GAS,), _turkmen_gas("RUS", 2005, 2008), _PRESS,
    ),
    *(
        Pattern(
            "Turkmen gas to Russia, mean of 2010-12",
            TEST, base, "bcm/yr", 5.0, 15.0, (GAS,), _turkmen_gas("RUS", 2010, 2012), _PRESS,
        )
        for base in (2000, 2009)
    ),
    *(
        Pattern(
            "first year China takes more Turkmen gas than Russia",
            TEST, base, "yr", 2009.0, 2012.0, (GAS,), _turn_to_china, _CUSTOMS,
        )
        for base in (2000, 2009)
    ),
)  # fmt: skip

PATTERNS: tuple[Pattern, ...] = (*RARE_EARTHS, *TURKMEN_GAS)

READS = tuple(dict.fromkeys(name for pattern in PATTERNS for name in pattern.reads))
"""Metrics whose trajectories the patterns need."""
