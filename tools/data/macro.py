"""Size of the economies, their expected growth, and the money that migrants send home."""

from __future__ import annotations

import pandas as pd

from data import extracts
from data.extracts import HOSTS, REGIONS, STATES
from data.table import Table, ordered

DRIFT = 1.02
"""Yearly drift of the dollar price level where no series of it can be used."""
PRICE_BASE = 2017
"""Year whose dollars the real series are in."""
UZB_ANCHOR = 2018
"""First whole year of Uzbekistan's unified exchange rate: its nominal GDP is taken as it stands."""
FULL_COVERAGE_AFTER = 2003
"""Last year in which Kyrgyz and Tajik remittances were largely unrecorded."""
YEARS = range(1992, 2023)


def gdp() -> pd.DataFrame:
    """Return nominal and real GDP, bn USD, and population, mn, by country and year."""
    frame = extracts.read("macro").set_index(["country", "year"])
    nominal = frame["gdp_nominal_bn"].unstack("country").loc[YEARS]
    people = frame["population_mn"].unstack("country").loc[YEARS]
    real = _chained(frame["gdp_real_bn"].unstack("country").loc[YEARS])

    nominal["ROW"] = nominal["WLD"] - nominal[list(STATES)].sum(axis=1)
    people["ROW"] = people["WLD"] - people[list(STATES)].sum(axis=1)
    price = pd.Series({year: DRIFT ** (year - PRICE_BASE) for year in YEARS})
    real["ROW"] = nominal["ROW"] / price
    nominal["UZB"] = _real_growth_with_drift(real["UZB"], nominal.loc[UZB_ANCHOR, "UZB"])

    long = {"gdp_nominal_bn": nominal, "gdp_real_bn": real, "population_mn": people}
    parts = [wide[list(REGIONS)].stack().rename(name) for name, wide in long.items()]
    return pd.concat(parts, axis=1).rename_axis(["year", "country"]).reset_index()


def _chained(real: pd.DataFrame) -> pd.DataFrame:
    """Continue the real series after its last year with the growth rates of the WEO."""
    rates = extracts.read("growth_outlook").query("source == 'weo_2025_10'")
    growth = rates.pivot(index="year", columns="country", values="growth_pct")
    for country in STATES:
        for year in YEARS:
            if pd.isna(real.loc[year, country]):
                step = 1 + growth.loc[year, country] / 100
                real.loc[year, country] = real.loc[year - 1, country] * step
    return real


def _real_growth_with_drift(real: pd.Series, anchor: float) -> pd.Series:
    """Return nominal GDP rebuilt as real growth x 2 % a year around the anchor year's value."""
    drift = pd.Series({year: DRIFT ** (year - UZB_ANCHOR) for year in real.index})
    return anchor * real / real[UZB_ANCHOR] * drift


def macro_table() -> Table:
    return Table(
        notes=(
            "Size of the ten states and of the rest of the world, by year. Units: bn current "
            "USD, bn 2017 USD, mn persons. gdp_real_bn is an index: national prices, levels at "
            "purchasing power for the ten states, but dollar GDP / 1.02^(year - 2017) for ROW; "
            "compare growth, never levels between countries. Real GDP 1992-2019: Penn World "
            "Table 10 (rgdpna); 2020- 22: chained with the growth rates of the IMF World "
            "Economic Outlook, October 2025. ROW = world - the ten. Its nominal value uses "
            "Uzbekistan's published series. Uzbekistan's nominal GDP is REBUILT: real growth x "
            "2 % a year around the published value of 2018, the first whole year of the unified "
            "exchange rate. The published dollar series stands at the official rate before "
            "2017-09 (86 bn in 2016, 53 bn in 2018 while real GDP grew 10 %). Rebuilt: 11.3 bn "
            "in 2000 (published 13.8), 24.3 in 2009 (33.7), 46.1 in 2016 (86.1: the parallel "
            "rate was about half the official one), 2022 below the published 81. Ratios "
            "published over GDP (remittances) must use the published series."
        ),
        frame=ordered(gdp(), year=None, country=REGIONS),
        decimals={"gdp_nominal_bn": 3, "gdp_real_bn": 3, "population_mn": 3},
        sources=("wdi_gdp", "wdi_population", "pwt_10", "weo_2025_10"),
    )


def growth_table() -> Table:
    """The newest outlook for every country and year, beside the one that covers them all."""
    frame = extracts.read("growth_outlook")
    weo = frame[frame.source == "weo_2025_10"].set_index(["country", "year"])["growth_pct"]
    breadth = frame.groupby("source").country.nunique().rename("breadth")
    frame = frame.join(breadth, on="source").sort_values(["vintage", "breadth"])
    newest = frame.groupby(["country", "year"], as_index=False).last()
    newest["weo_pct"] = [weo[key] for key in zip(newest.country, newest.year, strict=True)]
    columns = ["country", "year", "growth_pct", "weo_pct"]
    columns += ["institution", "vintage", "status", "source"]
    return Table(
        notes=(
            "Real GDP growth, observed and expected, by country and year; WLD is the world. "
            "Unit: % a year. growth_pct is the newest vintage for that country and year (of two "
            "of the same month the one that covers more hosts); it can jump where the "
            "institution changes: KGZ 9.3 in 2026 (EDB), 5.8 in 2027 (IMF). weo_pct is the IMF "
            "World Economic Outlook of October 2025 throughout: one method, no jumps. The IMF's "
            "Turkmen figures are its own estimates, far below the official growth rates."
        ),
        frame=ordered(newest, country=(*STATES, "WLD"), year=None)[columns],
        decimals={"growth_pct": 3, "weo_pct": 3},
        sources=("weo_2025_10",),
    )


def remittances_table() -> Table:
    frame = extracts.read("remittances").rename(columns={"country": "host"})
    published = extracts.read("macro").set_index(["country", "year"])["gdp_nominal_bn"]
    gdp_bn = [published.get(key, float("nan")) for key in zip(frame.host, frame.year, strict=True)]
    frame["remittances_musd"] = frame.remittances_pct_gdp / 100 * pd.Series(gdp_bn) * 1000
    frame["coverage"] = [_coverage(h, y) for h, y in zip(frame.host, frame.year, strict=True)]
    columns = ["year", "host", "remittances_pct_gdp", "remittances_musd", "coverage", "source"]
    return Table(
        notes=(
            "Personal remittances received, by year and host. Units: % of GDP; mn current USD = "
            "the share x the published nominal GDP of that year (not the rebuilt Uzbek one in "
            "macro). Traps (column coverage). doubtful: Kyrgyz figures to 2003 and Tajik to "
            "2003 are the growth of the recording, not of the flow. official_rate: the Uzbek "
            "share is of a GDP at the official exchange rate until 2017; use the dollars. "
            "single: the only year known. No rows: not recorded (UZB before 2005, TJK before "
            "2002, TKM but for 1996)."
        ),
        frame=ordered(frame, year=None, host=HOSTS)[columns],
        decimals={"remittances_pct_gdp": 3, "remittances_musd": 1},
        sources=("wdi_gdp",),
    )


def _coverage(host: str, year: int) -> str:
    """Return what to distrust in one remittance figure."""
    if host == "TKM":
        return "single"
    if host in ("KGZ", "TJK") and year <= FULL_COVERAGE_AFTER:
        return "doubtful"
    if host == "UZB" and year < UZB_ANCHOR:
        return "official_rate"
    return "ok"
