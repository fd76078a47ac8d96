"""Turkmen gas: from Russia to China."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from steppe.analysis.patterns.pattern import FIT, TEST, Array, Pattern, first_year, of_years
from steppe.results import Results

GAS = "gas_export"


def _turkmen_gas(buyer: str, first: int, last: int) -> Callable[[Results], Array]:
    return lambda results: of_years(results, f"{GAS}[TKM,{buyer}]", first, last)


def _turn_to_china(results: Results) -> Array:
    """Return the first year from 2009 on in which China takes more than Russia, (member,)."""

    def more(year: int) -> NDArray[np.bool_]:
        china, russia = (_turkmen_gas(buyer, year, year)(results) for buyer in ("CHN", "RUS"))
        turned: NDArray[np.bool_] = china > russia
        return turned

    return first_year(results, more, 2009)


_PRESS = "40-50 bcm before 2009, about 10 after (rusmininfo, 11 July 2011; Reuters, 4 Sept 2013)"
_CUSTOMS = "14.4 bcm to China in 2011 (data/gas.csv), about 10 to Russia (rusmininfo)"

TURKMEN_GAS = (
    Pattern(
        "Turkmen gas to Russia, mean of 2005-08",
        FIT, 2000, "bcm/yr", 40.0, 50.0, (GAS,), _turkmen_gas("RUS", 2005, 2008), _PRESS,
        "2005-08", "gas_export[TKM,RUS], yearly mean",
    ),
    *(
        Pattern(
            "Turkmen gas to Russia, mean of 2010-12",
            TEST, base, "bcm/yr", 5.0, 15.0, (GAS,), _turkmen_gas("RUS", 2010, 2012), _PRESS,
            "2010-12", "gas_export[TKM,RUS], yearly mean", 10.0,
        )
        for base in (2000, 2009)
    ),
    *(
        Pattern(
            "first year China takes more Turkmen gas than Russia",
            TEST, base, "yr", 2009.0, 2012.0, (GAS,), _turn_to_china, _CUSTOMS,
            "2009-16", "gas_export[TKM,CHN] above gas_export[TKM,RUS] over the year", 2011.0,
        )
        for base in (2000, 2009)
    ),
)  # fmt: skip
