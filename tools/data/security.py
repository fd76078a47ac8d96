"""How much each power depends on foreign fuels and minerals, and what the hosts could supply."""

from __future__ import annotations

import pandas as pd

from data import extracts
from data.extracts import HOSTS, POWERS
from data.table import Table

YEARS = {2001: (2000,), 2010: (2009,), 2017: (2014, 2016)}
"""Years of imports behind each base."""
OUTPUT_YEARS = {2001: (2000,), 2010: (2009,), 2017: (2014, 2015, 2016)}
"""Years of output behind each base; uranium ends in 2015."""
COMMODITIES = {
    "hydrocarbons": ("crude_oil", "lng", "pipeline_gas"),
    "minerals": ("rare_earths", "uranium_ore_concentrate"),
}
EXPORTERS = {
    ("RUS", "hydrocarbons"): COMMODITIES["hydrocarbons"],
    ("CHN", "minerals"): ("rare_earths",),
}
"""What a power sells far more of than it buys: no bill."""

BARRELS_PER_TONNE = 7.33
USD_PER_1000_M3 = 35.8
"""Dollars per thousand cubic metres of gas at one dollar per mn Btu."""
TOE_PER_1000_M3 = 0.86
"""Tonnes of oil equivalent in a thousand cubic metres of gas (36 GJ)."""
LB_U3O8_PER_TONNE_U = 2599.8
INDIA_OIL_2000 = 36.0
"""[prior] India's own oil output of 2000, Mt."""
GAS_SUPPLIERS = {2000: (2008,), 2009: (2008,), 2014: (2015, 2016), 2016: (2015, 2016)}
OIL_SUPPLIERS = (2015,)
"""Years whose press shares stand for Turkey's suppliers."""


def imports(power: str, year: int) -> pd.DataFrame:
    """Return what ``power`` bought: commodity, supplier, mn USD (NaN supplier: not known)."""
    bought = extracts.read("import_suppliers").query("importer == @power and year == @year")
    bought = bought[["commodity", "supplier", "value_musd"]]
    if power == "TUR":
        bought = pd.concat([bought, turkish_fuels(year)], ignore_index=True)
    if (power, year) == ("IND", 2000):
        oil = bought.commodity == "crude_oil"
        bill = (volume("IND", "oil_consumption", year) - INDIA_OIL_2000) * oil_price(year)
        bought.loc[oil, "value_musd"] *= bill / bought.loc[oil, "value_musd"].sum()
    return bought


def turkish_fuels(year: int) -> pd.DataFrame:
    """Return Turkey's oil and gas, all taken as imported: use x world price x press shares."""
    gas_price = price("german_border_gas", year) * USD_PER_1000_M3
    bills = {
        "crude_oil": (volume("TUR", "oil_consumption", year) * oil_price(year), OIL_SUPPLIERS),
        "pipeline_gas": (volume("TUR", "gas_consumption", year) * gas_price, GAS_SUPPLIERS[year]),
    }
    shares = extracts.read("turkey_energy_suppliers")
    rows = []
    for commodity, (bill, years) in bills.items():
        known = shares[(shares.commodity == commodity) & shares.year.isin(years)]
        mean = known.groupby("supplier").share.mean()
        rows += [(commodity, supplier, bill * share) for supplier, share in mean.items()]
        rows.append((commodity, None, bill * (1 - mean.sum())))
    return pd.DataFrame(rows, columns=["commodity", "supplier", "value_musd"])


def volume(country: str, variable: str, year: int) -> float:
    """Return one figure of the Energy Institute, Mt or bcm; 0 where it has none."""
    found = extracts.read("energy_volumes").query(
        "country == @country and variable == @variable and year == @year"
    )
    return float(found["value"].sum())


def price(series: str, year: int) -> float:
    """Return the mean price of a year, in the unit of the series."""
    found = extracts.read("commodity_prices").query("series == @series and year == @year")
    return float(found["value"].iloc[0])


def oil_price(year: int) -> float:
    """Return the price of Brent, USD a tonne (mn USD a million tonnes)."""
    return price("brent", year) * BARRELS_PER_TONNE


def concentration(bought: pd.DataFrame) -> float:
    """Return the Herfindahl index of suppliers, value-weighted over commodities.

    What comes from unknown suppliers is in the bill but adds nothing to the index.
    """
    total = bought.value_musd.sum()
    if total <= 0:
        return 0.0
    index = 0.0
    for _, part in bought.groupby("commodity"):
        bill = part.value_musd.sum()
        shares = part.dropna(subset=["supplier"]).groupby("supplier").value_musd.sum() / bill
        index += bill / total * (shares * shares).sum()
    return index


def import_security_table() -> Table:
    gdp = extracts.read("macro").set_index(["country", "year"])["gdp_nominal_bn"] * 1000
    rows = []
    for base, years in YEARS.items():
        for power in POWERS:
            bought = pd.concat([imports(power, year) for year in years], ignore_index=True)
            size = sum(gdp[power, year] for year in years)
            for sector, commodities in COMMODITIES.items():
                sold = EXPORTERS.get((power, sector), ())
                part = bought[bought.commodity.isin(commodities) & ~bought.commodity.isin(sold)]
                bill = part.value_musd.sum() / size
                source = _source(power, base, sector)
                rows.append((base, power, sector, bill, concentration(part), source))
    columns = ["base", "power", "sector", "bill_to_gdp", "concentration", "source"]
    return Table(
        notes=(
            "How much a power pays for foreign fuels (hydrocarbons: crude oil, LNG, pipeline gas) "
            "and critical minerals, and from how few regions they come, by base. Units: imports "
            "over nominal GDP; Herfindahl index of suppliers (0-1), value-weighted over "
            "commodities, a region such as the Gulf counting as one supplier. base 2001: imports "
            "of 2000; 2010: 2009; 2017: 2014 and 2016. A net exporter has no bill: Russia's "
            "fuels, China's rare earths. PARTIAL: minerals are rare earths (HS 2805.30, 2846) and "
            "uranium ore concentrates (HS 2612.10) only; natural uranium compounds, the usual "
            "form, and battery metals are in no source, so bills are far too small in level: "
            "compare over powers, never with hydrocarbons. Turkey's recorded fuel trade lacks "
            "Iran and most Russian gas: its bill is oil and gas use (own output of under a tenth "
            "neglected) x Brent and the German border price, its suppliers are press shares (oil "
            "2015; gas 2008 for 2001 and 2010). India's crude of 2000 is recorded to a third: "
            "use less 36 Mt of own output [prior] x Brent instead, recorded shares."
        ),
        frame=pd.DataFrame(rows, columns=columns),
        decimals={"bill_to_gdp": 8, "concentration": 3},
        sources=(
            *("baci_raw", "wdi_gdp", "ei_2026_volumes", "eia_brent", "imf_pcps"),
            *("botas_2008", "emra_2016", "epdk_2015"),
        ),
    )


def _source(power: str, base: int, sector: str) -> str:
    if sector == "hydrocarbons" and power == "TUR":
        return "ei_2026_volumes: use x price, press shares"
    if sector == "hydrocarbons" and (power, base) == ("IND", 2001):
        return "ei_2026_volumes: use less own output x price, baci_raw shares"
    return "baci_raw"


def output(host: str, sector: str, base: int) -> float:
    """Return what the host brings out, mean a year: Mt of oil equivalent, or mn USD of minerals."""
    years = OUTPUT_YEARS[base]
    if sector == "hydrocarbons":
        oil = sum(volume(host, "oil_production", year) for year in years)
        gas = sum(volume(host, "gas_production", year) for year in years)
        return (oil + TOE_PER_1000_M3 * gas) / len(years)
    ores = extracts.read("exports_ores").query("exporter == @host and year in @years")
    mined = extracts.read("uranium").query("country == @host and year in @years")
    worth = [
        row.tonnes_u * LB_U3O8_PER_TONNE_U * price("uranium", row.year) / 1e6
        for row in mined.itertuples()
    ]
    uranium = sum(worth) / len(worth) if worth else 0.0
    return float(ores.ores_musd.sum() / len(years) + uranium)


def supply_potential_table() -> Table:
    rows = []
    for base in OUTPUT_YEARS:
        for sector in COMMODITIES:
            outputs = {host: output(host, sector, base) for host in HOSTS}
            largest = max(outputs.values())
            rows += [(base, host, sector, value / largest) for host, value in outputs.items()]
    return Table(
        notes=(
            "What a host could supply, relative to the largest of the five, by base. Unit: 0 to "
            "1. hydrocarbons: output of oil and gas in tonnes of oil equivalent (0.86 per 1000 "
            "m3); output, not exports: Uzbekistan burns four fifths of its gas, and Kyrgyz and "
            "Tajik output (no figure) is taken as 0. minerals: uranium mined x the world price + "
            "exports of ores (HS 26 without uranium). No refined copper, ferro-alloys, aluminium "
            "or gold. base 2001: 2000; 2010: 2009; 2017: mean of 2014-16 (uranium 2014-15)."
        ),
        frame=pd.DataFrame(rows, columns=["base", "host", "sector", "potential"]),
        decimals={"potential": 3},
        sources=("ei_2026_volumes", "bgs_uranium", "imf_pcps", "baci_raw"),
    )
