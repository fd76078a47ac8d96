"""Which works look for a pilot, whom they find, and what the search leaves on the table."""

from __future__ import annotations

import math

import numpy as np
import pytest

from steppe import axes
from steppe.agents.power import Power
from steppe.model import CentralAsia
from steppe.world.offers import ALONE, ORDINARY, no_offers

from .conftest import CHN, IND, JPN, KAZ, KGZ, MEMBERS, RUS, TJK, TKM, TUR, UZB

COMMERCIAL, SOLO, BANKS, JOINT = 1, 0, 1, 2
POWER, WATER = axes.SECTORS.index("power"), axes.SECTORS.index("agriculture_water")


def power(model: CentralAsia, index: int) -> Power:
    return next(agent for agent in model.powers if agent.power == index)


def offer(model: CentralAsia, who: int, host: int, size: float, sector: int = POWER) -> None:
    """One commercial offer of ``size`` mn USD of 2010 in every member, nothing else of ``who``."""
    r = model.relations
    r.offers.amount[who] = 0.0
    r.offers.mode[who] = SOLO
    r.offers.sector[who, COMMERCIAL, host] = sector
    r.offers.amount[who, COMMERCIAL, host] = size * r.around.prices
    r.drawn_pilots = np.zeros_like(r.drawn_pilots)  # whatever has a chance comes about
    r.size_up()


def found(model: CentralAsia, who: int, host: int) -> int:
    power(model, who).seek_pilot()
    cell = who, COMMERCIAL, host
    pilots = np.unique(model.relations.offers.pilot[cell])
    assert len(pilots) == 1
    modes = model.relations.offers.mode[cell]
    assert (modes == (JOINT if pilots[0] >= 0 else modes[0])).all()
    return int(pilots[0])


def test_japan_finds_turkey_in_turkmenistan(model: CentralAsia) -> None:
    offer(model, JPN, TKM, 400.0)
    assert found(model, JPN, TKM) == TUR


@pytest.mark.parametrize("size", [119.0, 121.0])
def test_only_large_works_look_for_a_pilot(model: CentralAsia, size: float) -> None:
    offer(model, JPN, TKM, size)
    assert found(model, JPN, TKM) == (TUR if size > 120.0 else ORDINARY)


def test_simple_works_and_those_beside_the_banks_need_none(model: CentralAsia) -> None:
    offer(model, JPN, UZB, 400.0, WATER)
    assert found(model, JPN, UZB) == ORDINARY
    offer(model, JPN, UZB, 400.0)
    model.relations.offers.mode[JPN, COMMERCIAL, UZB] = BANKS
    assert found(model, JPN, UZB) == ORDINARY
    assert (model.relations.offers.mode[JPN, COMMERCIAL, UZB] == BANKS).all()


def test_china_builds_alone_for_all_mind_it_or_it_minds_them(model: CentralAsia) -> None:
    offer(model, CHN, TKM, 400.0)
    assert found(model, CHN, TKM) == ALONE


def test_a_wary_financier_or_pilot_rules_a_consortium_out(model: CentralAsia) -> None:
    for who in ("japan.wary_of_turkey", "turkey.wary_of_japan"):
        offer(model, JPN, TKM, 400.0)
        model.relations.politics.embedded[IND] = 0.0
        model.values[who][:] = 0.3
        model.relations._know_partners()
        assert found(model, JPN, TKM) == ALONE
        model.values[who][:] = 0.25
        model.relations._know_partners()
        offer(model, JPN, TKM, 400.0)
        assert found(model, JPN, TKM) == TUR


def test_the_best_of_several_pilots_is_taken(model: CentralAsia) -> None:
    """India where it knows the host far better, Turkey where Turkey does."""
    embedded = model.relations.politics.embedded
    embedded[JPN] = 0.0
    embedded[TUR, KAZ], embedded[IND, KAZ] = 0.1, 0.9
    embedded[TUR, UZB], embedded[IND, UZB] = 0.9, 0.1
    model.relations.unpredictable[:] = 0.0
    model.relations.menace[:] = 0.0
    for host, pilot in ((KAZ, IND), (UZB, TUR)):
        offer(model, JPN, host, 400.0)
        assert found(model, JPN, host) == pilot


def test_a_pilot_must_know_the_host_better_than_the_financier(model: CentralAsia) -> None:
    model.relations.politics.embedded[:] = 0.3
    offer(model, JPN, KAZ, 400.0)
    assert found(model, JPN, KAZ) == ALONE


def test_russia_pilots_for_india(model: CentralAsia) -> None:
    model.relations.politics.embedded[TUR] = 0.0
    offer(model, IND, KGZ, 400.0)
    assert found(model, IND, KGZ) == RUS


def test_the_switch_stops_consortia_and_leaves_the_risk(model: CentralAsia) -> None:
    model.values["consortia.possible"][:] = 0.0
    offer(model, JPN, TKM, 400.0)
    assert found(model, JPN, TKM) == ALONE
    assert (model.relations.offers.mode[JPN, COMMERCIAL, TKM] == SOLO).all()
    assert (model.relations.offers.fee[JPN] == 0.0).all()


def by_hand(model: CentralAsia, host: int, m: int) -> float:
    """Surplus per dollar of a Japanese power station with Turkey, in plain numbers."""
    r, names = model.relations, model.values.registry.index

    def value(name: str) -> float:
        return float(model.values.table[names[name], m])

    known = r.politics.embedded[:, host, m]
    hazard = r.construction.hazard(r.quarter, r.t)[JPN, host, m] * (1.0 + 1.5 * (1.0 - known[JPN]))
    years = value("projects.years.power")
    alone = 1.0 - math.exp(-4.0 * years * hazard)
    helped = hazard * math.exp(-value("consortia.pilot_effect") * known[TUR])
    joint = 1.0 - math.exp(-4.0 * years * 0.85 * helped)
    weight = 0.0
    gdp = r.around.gdp[:, m]
    for rival in range(5):
        code = axes.NAMES[axes.POWERS[rival]]
        share = r.setting.rival_trade[rival, TUR, r.quarter] * gdp[rival] / gdp.sum()
        share += r.setting.rival_finance[rival, TUR, r.quarter]
        weight += value(f"japan.wary_of_{code}") * share
    cost = 0.03 + value("consortia.unpredictability") * r.unpredictable[TUR, m]
    cost += 3.0 * value("consortia.rival_weight") * weight
    return 0.8 * (alone - joint) + 0.06 * known[TUR] - cost


@pytest.mark.parametrize("host", [KAZ, UZB, TKM, TJK])
def test_chance_and_fee_by_hand(model: CentralAsia, host: int) -> None:
    """Drawn just below the chance it forms, just above it does not; half the surplus is the fee."""
    r = model.relations
    r.politics.embedded[IND] = 0.0
    r.politics.embedded[JPN] = np.minimum(r.politics.embedded[JPN], 0.02)
    for m in range(MEMBERS):
        surplus = by_hand(model, host, m)
        chance = 1.0 / (1.0 + math.exp(-surplus / 0.03))
        for drawn, forms in ((chance * 0.999, True), (chance * 1.001, False)):
            offer(model, JPN, host, 400.0)
            r.drawn_pilots[JPN, COMMERCIAL, host, m] = drawn
            power(model, JPN).seek_pilot()
            cell = JPN, COMMERCIAL, host, m
            assert r.offers.pilot[cell] == (TUR if forms else ALONE)
            if forms:
                expected = 0.5 * max(surplus, 0.0) * r.offers.amount[cell]
                assert r.offers.fee[cell] == pytest.approx(expected, abs=1e-9)


def test_a_bad_mood_keeps_partners_away(model: CentralAsia) -> None:
    turkey = power(model, TUR)
    model.values["turkey.unpredictability"][:] = 0.5
    turkey.mood[:] = [-1.0, 0.0, 2.0]
    np.testing.assert_allclose(turkey.unpredictability(), [1.0, 0.5, 0.0])


def test_joint_works_are_worth_more_where_the_pilot_hires_more(model: CentralAsia) -> None:
    host, v = next(agent for agent in model.hosts if agent.host == TKM), model.values
    table = no_offers(MEMBERS)
    table.amount[:, :, TKM] = 1.0
    plain = host.worth(table)
    table.pilot[JPN, COMMERCIAL, TKM], table.pilot[TUR, COMMERCIAL, TKM] = TUR, JPN
    added = host.worth(table) - plain
    more = v["turkey.local_content"] - v["japan.local_content"]
    np.testing.assert_allclose(added[JPN, COMMERCIAL], v["hosts.local_content"] * more)
    assert (more > 0.0).all() and (added[TUR] == 0.0).all(), "never less than by itself"
