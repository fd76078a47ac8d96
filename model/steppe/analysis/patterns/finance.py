"""Aid, debt and promises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from steppe import axes
from steppe.analysis.patterns.pattern import FIT, TEST, Array, Pattern, of_years
from steppe.clock import PER_YEAR
from steppe.results import Results

AID, DEBT = "oda_net", "debt_to_gdp"


def _of_japan(results: Results, metric: str, first: int, last: int) -> Array:
    """Return Japan's yearly mean of a flow to the five hosts, mn USD a year, (member,)."""
    of_hosts = [of_years(results, f"{metric}[JPN,{h}]", first, last) for h in axes.HOSTS]
    total: Array = PER_YEAR * np.add.reduce(of_hosts)
    return total


def _hump(results: Results) -> Array:
    return _of_japan(results, AID, 2001, 2004) / _of_japan(results, AID, 2005, 2009)


def _owed_to_china(host: str, year: int) -> Callable[[Results], Array]:
    return lambda results: of_years(results, f"{DEBT}[CHN,{host}]", year, year)


_ODA = "World Bank WDI DC.DAC.JPNL.CD (data/finance_observed.csv)"
_OWED = (
    "Target of the model's design, about 1 % and 15-35 %; Hurley, Morris and Portelance (2018), "
    "CGD Policy Paper 121: 1.5 bn USD to China's Exim Bank in Kyrgyzstan by the end of 2016"
)
FINANCE = (
    Pattern(
        "Japan's net aid to the five hosts, 2008",
        FIT, 2000, "mn USD/yr", 79.0, 132.0, (AID,), lambda r: _of_japan(r, AID, 2008, 2008), _ODA,
        "2008", "oda_net[JPN], sum over hosts and year; 105.4 mn within a quarter", 105.4,
    ),
    Pattern(
        "Japan's net aid, 2001-04 over 2005-09",
        FIT, 2000, "1", 1.27, 2.11, (AID,), _hump, _ODA,
        "2001-09", "the hump: mean of 2001-04 over that of 2005-09; 1.69 within a quarter", 1.69,
    ),
    *(
        Pattern(
            f"{axes.TITLES[host]}'s debt to China over GDP, 2002",
            FIT, 2000, "1", 0.005, 0.02, (DEBT,), _owed_to_china(host, 2002), _OWED,
            "2002", f"debt_to_gdp[CHN,{host}], mean of the year; 1 % within a factor of two", 0.01,
        )
        for host in ("KGZ", "TJK")
    ),
    *(
        Pattern(
            f"{axes.TITLES[host]}'s debt to China over GDP, 2016",
            TEST, base, "1", 0.15, 0.35, (DEBT,), _owed_to_china(host, 2016), _OWED,
            "2016", f"debt_to_gdp[CHN,{host}], mean of the year",
        )
        for base in (2000, 2009)
        for host in ("KGZ", "TJK")
    ),
)  # fmt: skip
