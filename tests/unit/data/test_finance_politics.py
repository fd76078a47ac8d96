"""Tables of money and politics: figures copied by hand from the sources, and the recipes."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

POWERS = ["JPN", "CHN", "RUS", "TUR", "IND"]
HOSTS = ["KAZ", "UZB", "TKM", "KGZ", "TJK"]
BASES = [2001, 2010, 2017]

COPIED = [
    # World Bank WDI, OECD DAC, mn USD
    ("finance_observed", {"host": "UZB", "first_year": 1998, "measure": "net_oda"}, 103.01),
    ("finance_observed", {"host": "KAZ", "first_year": 2003, "measure": "net_oda"}, 136.27),
    ("finance_observed", {"host": "KAZ", "first_year": 2011, "measure": "net_oda"}, -20.73),
    ("finance_observed", {"host": "TJK", "first_year": 2010, "measure": "net_oda"}, 43.42),
    # AidData
    ("finance_observed", {"host": "KAZ", "measure": "commitments"}, 64.146),
    ("finance_observed", {"host": "TJK", "measure": "commitments"}, 6.256),
    ("finance_observed", {"host": "KGZ", "measure": "loan_rate"}, 2.326),
    # press
    ("finance_observed", {"donor": "TUR", "host": "KGZ", "measure": "oda"}, 603.4),
    ("finance_observed", {"donor": "RUS", "host": "CA5", "measure": "oda"}, 6000),
    ("finance_observed", {"donor": "RUS", "host": "UZB", "measure": "debt_relief"}, 865),
    ("finance_observed", {"donor": "JPN", "host": "TKM", "measure": "pledge"}, 18000),
    ("finance_observed", {"donor": "JPN", "host": "UZB", "measure": "loan"}, 704),
    # World Bank WGI; the last is the mean of 0.04, -0.04 and 0.00
    ("stability", {"base": 2001, "host": "TJK"}, -1.648),
    ("stability", {"base": 2010, "host": "KAZ"}, 0.777),
    # FBIC
    ("influence_observed.fbic", {"year": 2009, "power": "RUS", "host": "KAZ"}, 0.573),
    ("influence_observed.fbic", {"year": 2009, "power": "CHN", "host": "KGZ"}, 0.1779),
    ("influence_later.fbic", {"year": 2001, "power": "CHN", "host": "UZB"}, 0.0533),
    ("influence_later.bandwidth", {"year": 2009, "power": "CHN", "host": "KAZ"}, 0.195),
    ("influence_observed.econb", {"year": 2009, "power": "RUS", "host": "KAZ"}, 1.065),
    ("influence_observed.secd", {"year": 2009, "power": "RUS", "host": "TJK"}, 0.874),
    # roll calls of the General Assembly
    ("un_agreement", {"year": 1999, "power": "JPN", "host": "UZB"}, 0.8065),
    ("un_agreement", {"year": 2009, "power": "CHN", "host": "UZB"}, 0.9067),
    ("un_agreement", {"year": 2000, "power": "IND", "host": "UZB"}, 0.4054),
]
VALUE = {"finance_observed": "value", "stability": "stability", "un_agreement": "agreement"}


def one(frame: pd.DataFrame, key: dict[str, object]) -> pd.Series:
    for field, wanted in key.items():
        frame = frame[frame[field] == wanted]
    assert len(frame) == 1
    return frame.iloc[0]


@pytest.mark.parametrize(("where", "key", "figure"), COPIED)
def test_figure(table, where, key, figure):
    name, _, column = where.partition(".")
    row = one(table(name), key)
    assert row[column or VALUE[name]] == pytest.approx(figure, abs=0.0006)


@pytest.mark.parametrize(
    ("name", "keys", "rows"),
    [
        ("stability", ["base", "host"], 15),
        ("influence_observed", ["year", "power", "host"], 2 * 5 * 18),
        ("influence_later", ["year", "power", "host"], 5 * 16),
        ("un_agreement", ["year", "power", "host"], None),
        ("un_positions", ["base", "state"], 30),
        ("proximity", ["power", "host"], 25),
        ("import_security", ["base", "power", "sector"], 30),
        ("supply_potential", ["base", "host", "sector"], 30),
        ("initial_debt", ["creditor", "host"], 25),
        ("china_profile", ["year"], 22),
    ],
)
def test_every_cell_once_with_known_codes(table, name, keys, rows):
    frame = table(name)
    assert not frame.duplicated(keys).any()
    assert rows is None or len(frame) == rows
    known = {
        "base": BASES,
        "power": POWERS,
        "creditor": POWERS,
        "host": HOSTS,
        "state": POWERS + HOSTS,
        "sector": ["hydrocarbons", "minerals"],
        "year": range(1992, 2022),
    }
    for key in keys:
        assert set(frame[key]) <= set(known[key]), key


def test_observed_finance_holds_what_its_columns_promise(table):
    frame = table("finance_observed")
    assert set(frame.donor) == set(POWERS)
    assert set(frame.host) == {*HOSTS, "CA5"}
    assert (frame.first_year <= frame.last_year).all()
    assert (frame.window == np.where(frame.last_year <= 2009, "fit", "test")).all()
    oda = frame[frame.measure == "net_oda"]
    assert (oda.groupby("host").first_year.agg(["min", "max", "size"]) == [1992, 2012, 21]).all(
        axis=None
    )
    assert frame[frame.measure != "net_oda"].value.min() > 0
    assert set(frame[frame.unit == "%"].measure) == {"loan_rate"}


def test_chinese_commitments_add_up_to_the_published_total(table):
    frame = table("finance_observed")
    assert frame[frame.measure == "commitments"].value.sum() == pytest.approx(105.0, abs=0.05)


def test_japans_aid_of_2008_is_what_the_table_of_the_dac_gives(table):
    oda = table("finance_observed").query("measure == 'net_oda' and first_year == 2008")
    assert oda.value.sum() == pytest.approx(108.48 - 2 * 1.54, abs=0.005)


def test_chinas_profile_is_relative_to_2005_09(table):
    profile = table("china_profile").set_index("year")
    for column in ("factor", "factor_to_gdp"):
        assert profile.loc[2005:2009, column].mean() == pytest.approx(1, abs=1e-4)
    assert profile.factor[2016] / profile.factor[2001] == pytest.approx(142.399 / 7.865, rel=1e-3)


def test_initial_debt_to_japan_is_seven_tenths_of_its_aid(table):
    debt = table("initial_debt").set_index(["creditor", "host"]).musd
    assert debt["JPN", "KGZ"] == pytest.approx(0.7 * (0.82 + 0.78 + 44.49 + 45.8 + 44.27), abs=0.05)
    assert (debt >= 0).all()
    priors = table("initial_debt").query("creditor != 'JPN'").source
    assert priors.str.startswith("prior: ").all()


def test_stability_of_2017_is_a_mean_of_three_years(table):
    assert one(table("stability"), {"base": 2017, "host": "KGZ"}).stability == pytest.approx(
        (-0.80 - 0.88 - 0.65) / 3, abs=0.01
    )


def test_influence_follows_its_published_formula(table):
    frame = table("influence_observed").dropna()
    bandwidth = frame.econb + frame.polb + frame.secb
    formula = 0.1325 * bandwidth * (frame.econd + frame.secd)
    assert len(frame) > 170
    assert (formula - frame.fbic).abs().max() < 0.001


@pytest.mark.parametrize("base", BASES)
def test_positions_span_the_ten_with_japan_on_the_positive_side(table, base):
    position = table("un_positions").query("base == @base").set_index("state").position
    assert (position.min(), position.max()) == (-1, 1)
    assert position["JPN"] > 0.5
    assert position["IND"] == -1
    assert position["CHN"] < position["RUS"] < position["TUR"]


@pytest.mark.usefixtures("recipes")
def test_one_axis_of_disagreement_is_found_again(monkeypatch):
    from data import extracts, politics

    place = {state: i / 9 for i, state in enumerate(extracts.STATES[::-1])}
    pairs = [(a, b, 1 - abs(place[a] - place[b])) for a in place for b in place if a != b]
    frame = pd.DataFrame(pairs, columns=["a", "b", "agreement"]).assign(year=1)
    monkeypatch.setattr(politics, "agreement", lambda: frame)

    found = politics.positions((1,))

    assert found == pytest.approx({state: 2 * x - 1 for state, x in place.items()}, abs=1e-9)


@pytest.mark.usefixtures("recipes")
def test_treaties_are_what_trade_leaves_of_bandwidth(table):
    from data import politics

    traded = table("trade_bilateral").query("year == 2009")
    both = traded[traded.exporter.isin(["RUS", "KAZ"]) & traded.importer.isin(["RUS", "KAZ"])]
    expected = 1.065 - (0.051 * math.log(1 + both.value_musd.sum()) - 0.05)
    assert politics.agreements_bandwidth("RUS", "KAZ") == pytest.approx(expected, abs=1e-5)
    assert politics.agreements_bandwidth("CHN", "KGZ") == 0


def test_proximity_is_a_share_and_follows_history(table):
    frame = table("proximity").set_index(["power", "host"])
    assert frame[["culture", "arms", "agreements"]].to_numpy().min() >= 0
    assert frame[["culture", "arms", "agreements"]].to_numpy().max() <= 1
    for host in HOSTS:
        culture, arms = (frame[column].xs(host, level="host") for column in ("culture", "arms"))
        assert culture.idxmax() == arms.idxmax() == "RUS"
    assert frame.culture["TUR", "TJK"] < frame.culture["TUR"].drop("TJK").min()


def test_bills_are_small_and_sellers_have_none(table):
    frame = table("import_security")
    assert frame.bill_to_gdp.between(0, 0.08).all()
    assert frame.concentration.between(0, 1).all()
    bill = frame.set_index(["base", "power", "sector"]).bill_to_gdp
    for base in BASES:
        assert bill[base, "RUS", "hydrocarbons"] == 0
        assert bill[base, "JPN", "hydrocarbons"] > 100 * bill[base, "JPN", "minerals"]
    assert bill[2001, "CHN", "minerals"] == 0


def test_japans_fuel_bill_of_2000_from_the_recorded_imports(table):
    row = one(table("import_security"), {"base": 2001, "power": "JPN", "sector": "hydrocarbons"})
    assert row.bill_to_gdp == pytest.approx((43143.1 + 12812.5) / 4968359, rel=1e-4)


@pytest.mark.usefixtures("recipes")
def test_concentration_weighs_commodities_and_ignores_unknown_suppliers():
    from data import security

    bought = pd.DataFrame(
        [
            ("oil", "Gulf", 30.0),
            ("oil", "Russia", 30.0),
            ("gas", "Russia", 20.0),
            ("gas", None, 20),
        ],
        columns=["commodity", "supplier", "value_musd"],
    )
    assert security.concentration(bought) == pytest.approx(0.6 * 0.5 + 0.4 * 0.25)
    assert security.concentration(bought[:0]) == 0


def test_potential_is_relative_to_the_largest(table):
    potential = table("supply_potential")
    assert (potential.groupby(["base", "sector"]).potential.max() == 1).all()
    assert potential.potential.between(0, 1).all()
    fuels = potential.query("base == 2010 and sector == 'hydrocarbons'").set_index("host").potential
    expected = (10.87 + 0.86 * 33.3217) / (76.4828 + 0.86 * 26.0137)
    assert fuels["TKM"] == pytest.approx(expected, abs=0.001)
