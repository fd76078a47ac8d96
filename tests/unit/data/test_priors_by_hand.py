"""Tables written by hand: known codes, shares in range, links that exist, costs that agree."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from steppe import axes

DATA = Path(__file__).resolve().parents[3] / "model" / "steppe" / "data"
WINDOWS = ["concessional", "commercial"]
TABLES = ("sector_profiles", "host_sectors", "link_works", "budget_ramps")
BASES = (2001, 2010, 2017)
CROSSES = {"kaz_tkm_iran_rail": {"KAZ", "TKM"}, "kashgar_osh_andijan_rail": {"KGZ", "UZB"}}
"""Hosts that a link crosses beyond those of its two ends and its owner."""


@pytest.fixture
def works(table):
    frame = table("link_works")
    return frame.fillna({"host": "", "power": ""})


@pytest.mark.parametrize("name", TABLES)
def test_notes_name_the_unit_and_the_readme_names_the_table(name):
    text = (DATA / f"{name}.csv").read_text(encoding="utf-8")
    notes = " ".join(line for line in text.splitlines() if line.startswith("# "))
    assert "Unit" in notes
    assert "rior" in notes
    assert f"`{name}.csv`" in (DATA / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TABLES)
def test_every_row_gives_a_reason(table, name):
    sources = table(name).source
    assert sources.notna().all()
    assert (sources.str.startswith("[prior] ") | sources.str.startswith("china_profile")).all()
    assert sources.str.len().min() > len("[prior] ") + 5


def test_profiles_cover_everything_and_sum_to_one(table):
    frame = table("sector_profiles")
    wanted = pd.MultiIndex.from_product([axes.POWERS, WINDOWS, axes.SECTORS])
    assert list(map(tuple, frame[["power", "window", "sector"]].to_numpy())) == list(wanted)
    assert frame.share.between(0, 1).all()
    assert frame.groupby(["power", "window"]).share.sum().to_list() == pytest.approx([1.0] * 10)


def test_hosts_cover_every_sector_with_shares(table):
    frame = table("host_sectors")
    wanted = pd.MultiIndex.from_product([axes.HOSTS, axes.SECTORS])
    assert list(map(tuple, frame[["host", "sector"]].to_numpy())) == list(wanted)
    assert frame.endowment.between(0, 1).all()
    assert frame.need.between(0, 1).all()


def test_what_hosts_want_follows_what_they_ask_for(table):
    need = table("host_sectors").pivot(index="host", columns="sector", values="need")
    assert need.loc["KGZ"].idxmax() == "transport"
    assert need.loc["TJK"].idxmax() == "agriculture_water"
    assert need.loc["UZB"].idxmax() == "power"
    assert need.loc["KAZ"].idxmax() == "transport"


def test_measured_supply_and_endowment_agree_in_rank(table):
    measured = table("supply_potential").query("base == 2017 and sector == 'minerals'")
    prior = table("host_sectors").query("sector == 'minerals'")
    both = measured.merge(prior, on="host").set_index("host")
    assert both.potential.idxmax() == both.endowment.idxmax() == "KAZ"
    assert both.potential.idxmin() == both.endowment.idxmin() == "TKM"


def test_works_lie_on_links_that_touch_the_host(table, works):
    links = table("links").set_index("link")
    country = table("nodes").set_index("node").country
    assert set(works.link) <= set(links.index)
    for row in works.itertuples():
        link = links.loc[row.link]
        touched = {country[link["from"]], country[link["to"]], link.owner}
        touched |= CROSSES.get(row.link, set())
        if row.host:
            assert row.host in touched, (row.host, row.link)
        else:
            assert link.owner in {"IRN", "PAK", "AFG", "CAU"}, row.link


def test_works_split_at_most_the_whole_money(works):
    assert set(works.host) == {*axes.HOSTS, ""}
    assert set(works.power) == set(axes.POWERS)
    assert not works.duplicated(["host", "power", "link"]).any()
    paid = works
    assert paid.share.between(0, 1, inclusive="right").all()
    sums = paid.groupby(["host", "power"]).share.sum()
    assert sums.between(0.4 - 1e-9, 0.8 + 1e-9).all()
    pairs = sums.drop("", level="host").index
    assert set(pairs) == {(host, power) for host in axes.HOSTS for power in axes.POWERS}


def test_costs_belong_to_the_link(works):
    assert (works.musd_per_mt > 0).all()
    costs = works.groupby("link")[["musd_per_mt", "completion_musd"]].nunique(dropna=False)
    assert (costs == 1).all(axis=None)


def test_completion_is_priced_where_and_only_where_works_remain_at_some_base(table, works):
    states = table("link_states")
    assert set(states.base) == set(BASES)
    unfinished = set(states[states.completion < 1].link)
    priced = set(works[works.completion_musd.notna()].link)
    assert priced == unfinished & set(works.link)


def test_ramps_run_forward_in_time_and_cover_every_power(table):
    frame = table("budget_ramps")
    assert list(frame.power.unique()) == list(axes.POWERS)
    assert set(frame.use) == {"all", "forward"}
    assert frame.factor.between(0.05, 3).all()
    for _, ramp in frame.groupby("power"):
        assert ramp.year.is_monotonic_increasing
        assert ramp.year.is_unique
        assert ramp.use.iloc[0] == "all"
        assert (ramp.use == "forward").is_monotonic_increasing


def test_a_backcast_cannot_see_past_its_fit_window(table):
    ramps = table("budget_ramps")
    assert ramps[ramps.use == "all"].year.max() <= 2009
    assert ramps[ramps.use == "forward"].year.min() > 2009


def test_chinas_ramp_follows_its_profile(table):
    profile = table("china_profile").set_index("year").factor_to_gdp
    ramp = table("budget_ramps").query("power == 'CHN'").set_index("year").factor
    for year in (2013, 2016, 2018):
        nearby = profile.loc[year - 2 : year + 2].mean()
        assert ramp[year] == pytest.approx(nearby, abs=0.15)
    assert ramp[2021] == pytest.approx(profile[2021], abs=0.05)
    assert ramp[2001] == pytest.approx(profile.loc[2000:2003].mean(), abs=0.1)
