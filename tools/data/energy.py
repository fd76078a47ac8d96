"""Pipeline gas as trade statistics record it, and world prices of what the hosts sell."""

from __future__ import annotations

from functools import cache

import pandas as pd

from data import extracts, trade
from data.extracts import HOSTS, POWERS, region
from data.table import Table, ordered

MT_PER_BCM = 0.72
"""Million tonnes in a billion cubic metres of pipeline gas."""
PIPELINE_GAS = 271121
LARGEST_SHARE = 0.97
"""Largest part of a pair's total that one fuel may be: more cannot stand in that pair's figures."""


def stands_under(year: int, exporter: str, importer: str, value: float) -> str:
    """Return the region in whose trade with ``exporter`` a gas delivery is recorded.

    A delivery larger than the pair's whole recorded trade cannot be part of it.  Turkmen gas sold
    to Russia is the case: Russia's statistics never held it, Turkmenistan's world total does.
    """
    code = region(importer)
    if code == "ROW":
        return "ROW"
    return code if value <= trade.pairs().loc[year, (exporter, code)] else "ROW"


@cache
def gas() -> pd.DataFrame:
    """Return recorded pipeline gas: year, exporter, destination, buyer, value, volume, source."""
    frame = extracts.read("exports_fuels").query("hs6 == @PIPELINE_GAS")
    frame = frame[frame.exporter.isin(HOSTS) & ~frame.importer.isin(HOSTS)]
    rows = []
    for r in frame.itertuples():
        volume = r.tonnes / 1e6 / MT_PER_BCM if r.tonnes > 0 else float("nan")
        place = stands_under(r.year, r.exporter, r.importer, r.value_musd)
        rows.append((r.year, r.exporter, place, r.importer, r.value_musd, volume, r.source))
    for r in extracts.read("gas_facts").itertuples():
        none = float("nan")
        rows.append((r.year, r.exporter, "ROW", r.buyer, none, float(r.volume_bcm), r.source))
    columns = ["year", "exporter", "destination", "buyer", "value_musd", "volume_bcm", "source"]
    return pd.DataFrame(rows, columns=columns)


def gas_table() -> Table:
    buyers = (*POWERS, "IRN", "AFG", "PAK", "ROW")
    return Table(
        notes=(
            "Pipeline gas that the hosts sold outside the five hosts, by year. Units: mn "
            "current USD and bcm a year. destination = the region in whose recorded trade with "
            "the exporter the value stands; buyer = who took the gas where that is known (ROW: "
            "not specified). A delivery larger than the pair's whole recorded trade is booked "
            "to ROW. Turkmen gas bought by Russia stands under ROW from 2000 on: Russia's trade "
            "statistics do not hold it (28-330 mn USD in all), Turkmenistan's world total does: "
            "5.8 bn in 2008, 0.8 in 2009. Values and volumes: BACI HS 271121, tonnes / 0.72 Mt "
            "per bcm; BACI's tonnes understate Turkmen deliveries of 2006-09. Rows without a "
            "value are volumes from other sources for buyers that BACI lacks. No volume: BACI "
            "gives no tonnes. No row: no figure, not zero."
        ),
        frame=ordered(gas(), year=None, exporter=HOSTS, destination=extracts.REGIONS, buyer=buyers),
        decimals={"value_musd": 3, "volume_bcm": 3},
    )


def fuel_exports(years: tuple[int, ...]) -> dict[tuple[str, str], float]:
    """Return the recorded exports of HS 27 raw fuels, mean over ``years``, mn USD, by pair."""
    frame = extracts.read("exports_fuels").query("year in @years")
    sums: dict[tuple[str, str], float] = {}
    for r in frame.itertuples():
        place = region(r.importer)
        if r.hs6 == PIPELINE_GAS and r.exporter in HOSTS and r.importer not in HOSTS:
            place = stands_under(r.year, r.exporter, r.importer, r.value_musd)
        pair = (r.exporter, place)
        sums[pair] = sums.get(pair, 0.0) + r.value_musd / len(years)
    return sums


def uranium_table() -> Table:
    return Table(
        notes=(
            "Uranium mined by the hosts. Unit: tonnes of U a year; 2.5998 pounds of U3O8 hold a kg "
            "of U. Other hosts mine none. No figure for 2016."
        ),
        frame=extracts.read("uranium"),
        decimals={"tonnes_u": 0},
    )


def prices_table() -> Table:
    frame = extracts.read("commodity_prices")
    return Table(
        notes=(
            "World prices, yearly means. Unit: in the column `unit`, current USD. lng_japan is "
            "the Japanese import price, CIF; lng_jkm the Japan Korea Marker; "
            "lng_indonesia_japan the IMF's Indonesian LNG in Japan (lng_japan is the longer "
            "series); german_border_gas Russian gas at the German border. The IMF's series end "
            "in 2016."
        ),
        frame=frame[["year", "series", "value", "unit", "source"]],
        decimals={"value": 3},
    )
