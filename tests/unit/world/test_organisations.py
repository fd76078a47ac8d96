"""Tables of memberships, borders and dated politics as arrays."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from steppe import axes
from steppe.clock import Quarter
from steppe.parameters import read_table
from steppe.scenario.shipped import folder
from steppe.world.organisations import STATES, borders, dated, memberships, spillover
from steppe.world.past import FIRST

EAEU, SCO, TRACECA = (axes.ORGANISATIONS.index(code) for code in ("EAEU", "SCO", "TRACECA"))


def test_every_party_is_a_state_and_every_border_a_link() -> None:
    for row in read_table("link_borders"):
        assert row["link"] in axes.LINKS
        assert set(row["parties"].split()) <= set(STATES)
        assert len(row["parties"].split()) >= 2, "a border has two sides"


def test_effects_lie_on_links_of_their_mode_and_anchors() -> None:
    found, mode = borders(), {row["link"]: row["mode"] for row in read_table("links")}
    names = {axes.LINKS[link] for link in found.link[found.organisation == EAEU]}
    assert {"kaz_uzb_rail", "kaz_kgz_road", "moscow_saryagash_rail"} <= names
    assert all(mode[name] in ("road", "rail") for name in names)
    caspian = {axes.LINKS[link] for link in found.link[found.organisation == TRACECA]}
    assert caspian == {"aktau_baku_ferry", "turkmenbashi_baku_ferry", "baku_tbilisi_kars"}
    china = axes.ORGANISATIONS.index("BRI")
    for parties in found.parties[:, found.organisation == china].T:
        assert STATES.index("CHN") in parties


def test_no_slot_holds_a_link_twice_and_all_hold_every_row() -> None:
    found = borders()
    rows = np.concatenate(found.slots)
    assert sorted(rows) == list(range(len(found.link)))
    for slot in found.slots:
        assert len(set(found.link[slot])) == len(slot)


def test_borders_of_a_host_are_where_it_is_a_party() -> None:
    crossed = borders().crossed
    kyrgyz = {axes.LINKS[i] for i in np.flatnonzero(crossed[axes.HOSTS.index("KGZ")])}
    expected = {row["link"] for row in read_table("link_borders") if "KGZ" in row["parties"]}
    assert kyrgyz == expected
    assert "kaz_kgz_road" in kyrgyz


@pytest.mark.parametrize(
    ("body", "state", "year", "status"),
    [
        (SCO, "PAK", 2016, 0.5),
        (SCO, "PAK", 2018, 1.0),
        (SCO, "IRN", 2024, 1.0),
        (TRACECA, "CAU", 2000, 1.0),
        (TRACECA, "TKM", 2020, 0.5),
        (TRACECA, "TKM", 2024, 1.0),
        (EAEU, "IRN", 2024, 0.0),
    ],
)
def test_transit_states_belong_too(body: int, state: str, year: int, status: float) -> None:
    assert memberships(np.array([year + 0.1]))[body, STATES.index(state), 0] == status


def test_a_dated_series_holds_until_its_next_row() -> None:
    level = dated("unrest.KGZ", FIRST, 80)
    for quarter, expected in (("2005Q1", 0.0), ("2005Q2", 0.6), ("2005Q3", 0.0), ("2010Q3", 1.0)):
        assert level[Quarter.parse(quarter) - FIRST] == expected
    late = dated("afghan_conflict", Quarter.parse("2010Q1"), 4)
    np.testing.assert_array_equal(late, 0.85)


def test_the_record_starts_each_base_at_its_own_conflict() -> None:
    """The driver at a base is the conflict on the trans-Afghan road in the table of link states."""
    level = dated("afghan_conflict", FIRST, 120)
    for row in read_table("link_states"):
        if row["link"] == "trans_afghan":
            base = int(row["base"])
            before = Quarter.of(base) - FIRST - 1
            assert level[before] == float(row["conflict"])


@pytest.mark.parametrize("name", ["baseline", "backcast_2000"])
def test_events_of_runs_are_the_records(name: str) -> None:
    """Unrest, conflict, the association: dates and levels of the scenarios stand in the table."""
    case = yaml.safe_load((folder() / f"{name}.yaml").read_text(encoding="utf-8"))
    series = {f"{axes.NAMES[host]}.unrest": f"unrest.{host}" for host in axes.HOSTS}
    series |= {"afghanistan.conflict": "afghan_conflict", "soft.jacafa": "jacafa"}
    events = [event for event in case["events"] if event["target"] in series]
    assert len(events) >= 4
    for event in events:
        level = dated(series[event["target"]], FIRST, 140)
        start = Quarter.parse(event["start"]) - FIRST
        assert level[start] != level[start - 1], event["id"]
        if isinstance(event["to"], dict):
            low, high = event["to"]["uniform"]
            assert low <= level[start] <= high, event["id"]
        else:
            assert level[start] == event["to"], event["id"]
        if event["shape"] == "pulse":
            span = level[start : start + event["duration"]]
            assert (span == event["to"]).all() and level[start + event["duration"]] == 0.0


def test_the_road_from_karachi_carries_the_conflict_whole() -> None:
    share = spillover()[:, 0]
    assert share[axes.LINKS.index("trans_afghan")] == 1.0
    assert 0.0 < share[axes.LINKS.index("termez_hairatan")] < 1.0
    assert share[axes.LINKS.index("trans_siberian_rail")] == 0.0
