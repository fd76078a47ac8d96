"""Rare earths: who mined how much, what China let out, what was used and what it cost."""

from __future__ import annotations

import pandas as pd

from data import extracts
from data.table import Table, ordered

MINERS = ("CHN", "USA", "AUS", "RUS", "IND", "KAZ", "ROW")
REPROCESSORS = ("Europe_other", "Southeast_Asia", "Other_East_Asia")
"""Groups without mines of their own to speak of before 2016: they sell on what China sold them."""
ANCHORS = (2000, 2009)
"""Years with a figure of China's own use."""
BEFORE_THE_SLUMP = {2000: (2000,), 2009: (2005, 2009)}
"""Years of Japanese imports behind each anchor: buyers ran stocks down in the slump of 2009."""


def mined() -> pd.DataFrame:
    """Return mine output (country, year, kt), what the model does not name as ROW."""
    frame = extracts.read("rare_earth_mines")
    frame["country"] = [c if c in MINERS else "ROW" for c in frame.country]
    return frame.groupby(["country", "year"], as_index=False).kt.sum()


def mines_table() -> Table:
    return Table(
        notes=(
            "Rare earths mined by country. Unit: kt of oxide a year. ROW: Brazil, Madagascar, "
            "Thailand and others. China's figures of 2006-08 and 2009 are estimates, those "
            "from 2010 on its "
            "quotas of output: the fall of 2010 is a break, and mining without a licence is in "
            "neither. Kazakhstan stands under ROW until it has a figure of its own. Output from "
            "2010 on is an observation that no parameter is chosen by."
        ),
        frame=ordered(
            mined().rename(columns={"kt": "output_kt"}).assign(source="ei_2026_minerals"),
            country=MINERS,
            year=None,
        ),
        decimals={"output_kt": 3},
    )


def japanese_imports(year: int) -> float:
    """Return what Japan imported of rare earths, kt."""
    bought = extracts.read("rare_earth_japan").query("year == @year")
    return float(bought.quantity_kt.sum())


def use_table() -> Table:
    """Return what was wanted at usual prices: China's use, Japan's imports and the remainder."""
    china = extracts.read("rare_earth_china").query("measure == 'domestic_use'")
    world = mined().groupby("year").kt.sum()
    rows = []
    for year in ANCHORS:
        own = float(china.loc[china.year == year, "kt"].iloc[0])
        years = BEFORE_THE_SLUMP[year]
        japan = sum(japanese_imports(y) for y in years) / len(years)
        rows += [
            (year, "CHN", own, "ibtimes_usgs"),
            (year, "JPN", japan, "baci_raw: imports, mean of " + " and ".join(map(str, years))),
            (year, "ROW", world[year] - own - japan, "ei_2026_minerals: world output less the two"),
        ]
    return Table(
        notes=(
            "What users of rare earths wanted at the usual prices before 2010, on which the "
            "model's demand is anchored. Unit: kt of oxide a year. China's own use, Japan's "
            "imports (gross weight; for 2009 the mean with 2005, because stocks were run down in "
            "the slump), and "
            "what is left of the world's output (ROW)."
        ),
        frame=pd.DataFrame(rows, columns=["year", "user", "kt", "source"]),
        decimals={"kt": 2},
        sources=("ei_2026_minerals",),
    )


def policy_table() -> Table:
    """Return China's export quotas, kt a year by quarter, and how it restricted exports."""
    china = extracts.read("rare_earth_china").query("measure == 'quota'")
    events = extracts.read("rare_earth_events")
    rows = []
    for row in china.itertuples():
        halves = (1, 2) if pd.isna(row.half) else (int(row.half),)
        for half in halves:
            for quarter in (2 * half - 1, 2 * half):
                name = f"{row.year}Q{quarter}"
                rate = row.kt if pd.isna(row.half) else 2 * row.kt
                rows.append((name, rate, _restriction(events, name), row.source))
    frame = pd.DataFrame(rows, columns=["quarter", "quota_kt", "restriction", "source"])
    return Table(
        notes=(
            "China's quotas on exports of rare earths by quarter. Unit: kt a year (the batches of "
            "2010, cut in its middle, at twice their size; the second batches of 2013 and 2014 "
            "taken as "
            "the first), and how it restricted: 0 not, 1 by quotas far below earlier exports, 2 by "
            "a stop to one buyer. The stop to Japan of 2010 took two months of two quarters, and "
            "December made good for it: exports to Japan in 2010Q4 were 6.0 kt, above the year's "
            "mean. Quotas of 1998-2008 lay above or near exports and are left out. No quota from "
            "2015 on and no restriction to the end of 2024."
        ),
        frame=ordered(frame, quarter=None),
        decimals={"quota_kt": 3, "restriction": 0},
        sources=("gta_2092", "pmreview_quota"),
    )


def _restriction(events: pd.DataFrame, quarter: str) -> int:
    found = events[(events["from"] <= quarter) & (events["to"] >= quarter)]
    return int(found.restriction.iloc[0]) if len(found) else 0


def observed_table() -> Table:
    """Return what the market's outcomes are held against."""
    china = extracts.read("rare_earth_china").query("measure == 'exports'")
    prices = extracts.read("rare_earth_prices")
    japan = extracts.read("rare_earth_japan")
    rows = [("china_exports", int(r.year), r.kt, "kt", r.source) for r in china.itertuples()]
    rows += [
        (f"price_{r.series}", int(r.year), r.usd_per_kg, "USD/kg", r.source)
        for r in prices.itertuples()
    ]
    for year, part in japan.groupby("year"):
        if year < 2000:
            continue
        weight = part.set_index("supplier").quantity_kt
        through = weight.reindex(REPROCESSORS).sum()
        rows += [
            ("japan_imports", int(year), weight.sum(), "kt", "baci_raw"),
            ("japan_share_china", int(year), weight["China"] / weight.sum(), "1", "baci_raw"),
            ("japan_share_reprocessors", int(year), through / weight.sum(), "1", "baci_raw"),
        ]
    frame = pd.DataFrame(rows, columns=["measure", "year", "value", "unit", "source"])
    return Table(
        notes=(
            "Rare earths as observed: China's exports (kt), prices (USD/kg: a basket of the "
            "composition of Mt Weld; the unit value of China's exports, that of 2009 rough), "
            "Japan's imports (kt, gross weight) and the shares by weight that came from China and "
            "through those who sell on or refine (Europe, South-East and other East Asia). Figures "
            "from 2010 on are observations that no parameter is chosen by. Units in the column."
        ),
        frame=ordered(frame, measure=None, year=None),
        decimals={"value": 4},
    )
