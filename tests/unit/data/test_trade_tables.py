"""The trade tables agree with each other and say what an expert expects of the region."""

from __future__ import annotations

import numpy as np
import pytest

POWERS = ("JPN", "CHN", "RUS", "TUR", "IND")
HOSTS = ("KAZ", "UZB", "TKM", "KGZ", "TJK")
GOODS = {"hydrocarbons", "minerals", "chemicals", "agrifood", "manufactures"}
YEARS = {2001: [2000], 2010: [2009], 2017: [2014, 2015, 2016]}
PAIRS = (
    {(p, h) for p in POWERS for h in HOSTS}
    | {(h, p) for p in POWERS for h in HOSTS}
    | {(i, j) for i in HOSTS for j in HOSTS if i != j}
    | {("ROW", h) for h in HOSTS}
    | {(h, "ROW") for h in HOSTS}
)
BASES = pytest.mark.parametrize("base", YEARS)


def base_cells(table, base):
    """Return the base trade as a series (exporter, importer, good)."""
    cells = table("base_trade").query("base == @base")
    return cells.set_index(["exporter", "importer", "good"])["value_musd"].sort_index()


def observed(table, base):
    """Return the observed flow of each pair of states, mean over the base's years."""
    rows = table("trade_bilateral").query("year in @YEARS[@base]")
    return rows.groupby(["exporter", "importer"]).value_musd.sum() / len(YEARS[base])


@BASES
def test_every_modelled_pair_has_every_good_once_and_nothing_is_negative(table, base):
    cells = base_cells(table, base)
    assert cells.index.is_unique
    assert set(cells.index) == {(i, j, g) for i, j in PAIRS for g in GOODS}
    assert (cells >= 0).all()


@BASES
def test_goods_of_a_pair_sum_to_its_observed_trade(table, base):
    sums = base_cells(table, base).groupby(["exporter", "importer"]).sum()
    wanted = observed(table, base)
    for pair in PAIRS:
        if "ROW" not in pair:
            assert sums[pair] == pytest.approx(wanted.get(pair, 0.0), abs=1e-6)


@BASES
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("flow", ["import", "export"])
def test_a_hosts_trade_sums_to_its_observed_total(table, base, host, flow):
    """Within one per cent: the 5 % floor of the rest of the world may add a little."""
    side = "importer" if flow == "import" else "exporter"
    cells = base_cells(table, base)
    modelled = cells[cells.index.get_level_values(side) == host].sum()
    totals = table("trade_totals").query("host == @host and flow == @flow")
    known = totals[totals.year.isin(YEARS[base])].value_musd.mean()
    assert modelled == pytest.approx(known, rel=0.01)


@BASES
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("flow", ["import", "export"])
def test_rest_of_world_follows_its_rule(table, base, host, flow):
    pair = ("ROW", host) if flow == "import" else (host, "ROW")
    rows = table("trade_totals").query("host == @host and flow == @flow")
    rows = rows[rows.year.isin(YEARS[base])]
    total, partners = rows.value_musd.mean(), rows.partners_musd.mean()
    modelled = base_cells(table, base).groupby(["exporter", "importer"]).sum()[pair]
    assert modelled == pytest.approx(max(total - partners, 0.05 * total), rel=1e-6)


def test_yearly_rest_of_world_follows_its_rule(table):
    totals = table("trade_totals")
    rule = np.maximum(totals.value_musd - totals.partners_musd, 0.05 * totals.value_musd)
    np.testing.assert_allclose(totals.row_musd, rule, atol=0.002)


def test_partners_are_the_sum_of_the_pairs(table):
    pairs = table("trade_bilateral")
    for row in table("trade_totals").itertuples():
        side = "importer" if row.flow == "import" else "exporter"
        own = pairs[(pairs.year == row.year) & (pairs[side] == row.host)]
        assert row.partners_musd == pytest.approx(own.value_musd.sum(), abs=0.02)


def test_totals_after_the_last_source_move_with_the_partners(table):
    totals = table("trade_totals").set_index(["host", "flow", "year"])
    for host in ("UZB", "TKM", "KGZ", "TJK"):
        last, later = totals.loc[host, "import", 2014], totals.loc[host, "import", 2016]
        growth = later.partners_musd / last.partners_musd
        assert later.value_musd == pytest.approx(last.value_musd * growth, rel=1e-4)


def test_pairs_lie_within_the_span_of_their_sources(table):
    pairs = table("trade_bilateral")
    assert (pairs.value_musd >= pairs.min_musd.fillna(0) - 0.001).all()
    assert (pairs.value_musd <= pairs.max_musd.fillna(np.inf) + 0.001).all()
    assert not pairs.duplicated(["year", "exporter", "importer"]).any()


@pytest.mark.parametrize(
    ("base", "exporter", "importer", "goods", "least"),
    [
        (2001, "KAZ", "CHN", {"minerals", "hydrocarbons"}, 0.75),
        (2010, "KAZ", "CHN", {"minerals", "hydrocarbons"}, 0.80),
        (2017, "KAZ", "CHN", {"minerals", "hydrocarbons"}, 0.90),
        (2010, "KAZ", "ROW", {"hydrocarbons"}, 0.75),
        (2010, "CHN", "KGZ", {"manufactures"}, 0.90),
        (2010, "UZB", "RUS", {"agrifood", "manufactures"}, 0.80),
        (2001, "UZB", "ROW", {"agrifood"}, 0.45),
        (2010, "TKM", "ROW", {"hydrocarbons"}, 0.90),
        (2017, "TKM", "CHN", {"hydrocarbons"}, 0.96),
        (2010, "TJK", "ROW", {"minerals"}, 0.65),
        (2017, "UZB", "ROW", {"minerals"}, 0.60),
        (2017, "IND", "UZB", {"chemicals"}, 0.45),
    ],
)
def test_a_pair_trades_what_it_is_known_for(table, base, exporter, importer, goods, least):
    cells = base_cells(table, base)[exporter, importer]
    assert cells[sorted(goods)].sum() / cells.sum() >= least


def test_no_pair_is_more_fuel_than_the_cap(table):
    cells = table("base_trade")
    totals = cells.groupby(["base", "exporter", "importer"]).value_musd.transform("sum")
    fuel = cells.good == "hydrocarbons"
    assert (cells.value_musd[fuel] <= 0.97 * totals[fuel] + 1e-6).all()


def test_turkmen_gas_for_russia_stands_under_the_rest_of_the_world(table):
    gas = table("gas").query("exporter == 'TKM' and year >= 2000")
    assert set(gas.destination) == {"CHN", "ROW"}
    row = gas[gas.destination == "ROW"].groupby("year").value_musd.sum()
    assert row[2008] == pytest.approx(5845.2, abs=0.1)
    assert row[2009] == pytest.approx(822.8, abs=0.1)
    assert gas.query("destination == 'CHN'").year.min() == 2010


def test_recorded_gas_fits_into_the_recorded_trade_with_a_power(table):
    pairs = table("trade_bilateral").set_index(["year", "exporter", "importer"])["value_musd"]
    for row in table("gas").query("destination != 'ROW'").itertuples():
        assert row.value_musd <= pairs[row.year, row.exporter, row.destination]
