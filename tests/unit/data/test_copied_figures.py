"""Figures copied by hand from the source files, against the shipped tables."""

from __future__ import annotations

import pytest

COPIED = [
    # UN Comtrade through WITS, mn USD
    ("trade_bilateral", {"year": 2000, "exporter": "TJK", "importer": "RUS"}, 237.32036),
    ("trade_bilateral", {"year": 2009, "exporter": "CHN", "importer": "KGZ"}, 5227.522345),
    ("trade_bilateral", {"year": 2016, "exporter": "TKM", "importer": "CHN"}, 5563.29466),
    ("trade_bilateral", {"year": 2016, "exporter": "CHN", "importer": "KAZ"}, 8292.320845),
    ("trade_bilateral", {"year": 1995, "exporter": "JPN", "importer": "UZB"}, 81.0874),
    # Correlates of War 4.0
    ("trade_bilateral", {"year": 2014, "exporter": "UZB", "importer": "TKM"}, 226.0),
    ("trade_totals", {"year": 2000, "host": "TKM", "flow": "export"}, 2505.2),
    ("trade_totals", {"year": 2009, "host": "KGZ", "flow": "import"}, 8223.8198),
    ("trade_totals", {"year": 2014, "host": "UZB", "flow": "import"}, 15033.9348),
    # WITS for Kazakhstan's imports, BACI for its exports of 2016
    ("trade_totals", {"year": 2009, "host": "KAZ", "flow": "import"}, 28405.1389),
    ("trade_totals", {"year": 2016, "host": "KAZ", "flow": "export"}, 39407.1593),
    ("openness", {"year": 1999, "country": "CHN"}, 194930.7785),
    # BACI HS 271121
    ("gas", {"year": 2008, "exporter": "TKM", "buyer": "ROW"}, 5841.514777),
    ("gas", {"year": 2016, "exporter": "TKM", "buyer": "CHN"}, 5480.838516),
    # World Bank, Penn World Table
    ("macro.gdp_nominal_bn", {"year": 2009, "country": "KAZ"}, 115.308686941),
    ("macro.gdp_nominal_bn", {"year": 2018, "country": "UZB"}, 52.870108214),
    ("macro.gdp_real_bn", {"year": 2019, "country": "CHN"}, 20572.606),
    ("macro.population_mn", {"year": 2016, "country": "UZB"}, 31.284568),
    # prices: EIA, IMF, Energy Institute
    ("commodity_prices", {"year": 2008, "series": "brent"}, 96.94),
    ("commodity_prices", {"year": 2009, "series": "uranium"}, 46.6715),
    ("commodity_prices", {"year": 2011, "series": "cotton"}, 154.6083),
    ("commodity_prices", {"year": 1998, "series": "copper"}, 1653.7075),
    ("commodity_prices", {"year": 2012, "series": "lng_japan"}, 16.1724),
    # World Bank, Mkrtchyan, IMF, GeoDist
    ("remittances", {"year": 2008, "host": "TJK"}, 44.12654),
    ("remittances", {"year": 2013, "host": "KGZ"}, 31.05641),
    ("tariffs", {"year": 2015, "country": "UZB", "measure": "applied_simple_mean"}, 13.66),
    ("tariffs", {"year": 2009, "country": "KAZ", "measure": "external_average"}, 6.5),
    ("tariffs", {"year": 2010, "country": "KAZ", "measure": "external_average"}, 10.3),
    ("growth_outlook", {"year": 2023, "country": "UZB"}, 6.309),
    ("growth_outlook", {"year": 2026, "country": "KGZ"}, 9.3),
    ("growth_outlook.weo_pct", {"year": 2026, "country": "KGZ"}, 5.266),
    ("distances.distw", {"origin": "CHN", "destination": "KAZ"}, 4007.851),
    ("distances.distcap", {"origin": "TUR", "destination": "TKM"}, 2213.76),
]
VALUE = {
    "trade_bilateral": ("value_musd", 0.0006),
    "trade_totals": ("value_musd", 0.0006),
    "openness": ("world_exports_musd", 0.0006),
    "gas": ("value_musd", 0.0006),
    "macro": ("", 0.0006),
    "commodity_prices": ("value", 0.006),
    "remittances": ("remittances_pct_gdp", 0.0006),
    "tariffs": ("tariff_pct", 0.006),
    "growth_outlook": ("growth_pct", 0.0006),
    "distances": ("", 0.06),
}
"""The column that is meant, and half of the last decimal that the table keeps."""


@pytest.mark.parametrize(("where", "key", "figure"), COPIED)
def test_figure(table, where, key, figure):
    name, _, column = where.partition(".")
    default, tolerance = VALUE[name]
    rows = table(name)
    for field, wanted in key.items():
        rows = rows[rows[field] == wanted]
    assert len(rows) == 1
    assert rows.iloc[0][column or default] == pytest.approx(figure, abs=tolerance)


def test_volume_of_gas_from_its_tonnes(table):
    gas = table("gas").query("year == 2016 and exporter == 'TKM' and buyer == 'CHN'").iloc[0]
    assert gas.volume_bcm == pytest.approx(21027092.883 / 0.72 / 1e6, abs=0.001)


def test_dates_of_accession(table):
    members = table("memberships").set_index(["organisation", "country", "status"])["date"]
    assert members["WTO", "KAZ", 1] == "2015-11-30"
    assert members["WTO", "CHN", 1] == "2001-12-11"
    assert members["SCO", "IND", 1] == "2017-06-09"
    assert members["EAEU", "KGZ", 1] == "2015-08-12"
    assert members["CUSTOMS_UNION", "KAZ", 1] == "2010-01-01"
