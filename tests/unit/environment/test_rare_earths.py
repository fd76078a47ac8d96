"""The market at work: the record, China's choice, Japan's answers and Kazakhstan's plants."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import axes, scenario
from steppe.chronicle import KINDS
from steppe.clock import Quarter
from steppe.environment.construction import _PLANT
from steppe.environment.portfolio import Portfolio, unflat
from steppe.laws.rare_earth_market import KAZAKHSTAN
from steppe.model import CentralAsia
from steppe.parameters import read_table
from steppe.world.money import no_money, over_cells
from steppe.world.offers import no_offers
from steppe.world.past import FIRST
from steppe.world.rare_earths import market_past

from ...models import new_model

MEMBERS = 6
JPN, CHN = axes.POWERS.index("JPN"), axes.POWERS.index("CHN")
KAZ, MINERALS = axes.HOSTS.index("KAZ"), axes.SECTORS.index("minerals")


def quarter(text: str) -> int:
    return Quarter.parse(text) - FIRST


# --- what is given -------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "years"), [(2001, (2000,)), (2010, (2009,)), (2017, (2014,))])
def test_the_past_of_a_base_holds_no_use_observed_after_it(start: int, years: tuple[int]) -> None:
    given = market_past(Quarter.of(start), 20, years)
    china = axes.USERS.index("CHN")
    last = 19.0 if start == 2001 else 73.0
    assert given.wanted[china, -1] == pytest.approx(last)
    assert given.base_income[china] >= 0.0
    assert (given.income[:, : quarter("2000Q1")] == 0.0).all()


def test_quotas_and_restrictions_are_those_of_the_record() -> None:
    given = market_past(Quarter.of(2001), 64, (2000,))
    assert given.quota[quarter("2008Q4")] == np.inf
    assert given.quota[quarter("2009Q2")] == pytest.approx(50.145)
    assert given.quota[quarter("2012Q3")] == pytest.approx(30.996)
    assert given.quota[quarter("2015Q1")] == np.inf
    seen = [given.restriction[quarter(q)] for q in ("2010Q2", "2010Q3", "2010Q4", "2011Q1")]
    assert seen == [0.0, 1.0, 2.0, 1.0]
    assert given.recorded.all()
    later = market_past(Quarter.of(2017), 96, (2014, 2015, 2016))
    assert later.recorded[quarter("2024Q4")] and not later.recorded[quarter("2025Q1")]


def test_mines_begun_before_a_run_are_known_to_later_bases_only() -> None:
    australia = axes.MINERS.index("AUS")
    assert market_past(Quarter.of(2001), 4, (2000,)).begun.sum() == 0.0
    assert market_past(Quarter.of(2010), 4, (2009,)).begun[australia].sum() == 11.0


def test_mines_outside_china_are_as_observed_to_2009() -> None:
    given = market_past(Quarter.of(2010), 4, (2009,))
    rows = {(r["country"], int(r["year"])): float(r["output_kt"]) for r in table()}
    for miner in ("USA", "RUS", "IND"):
        at = axes.MINERS.index(miner)
        middle = 0.5 * (given.mined[at, quarter("2003Q2")] + given.mined[at, quarter("2003Q3")])
        assert middle == pytest.approx(rows[miner, 2003], abs=0.15)


def table() -> list[dict[str, str]]:
    return read_table("rare_earth_mines")


# --- the market in the record ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def forward() -> CentralAsia:
    return CentralAsia("baseline", 24, collect=False)


def test_a_run_from_2017_starts_with_stocks_memory_and_thrift(forward: CentralAsia) -> None:
    market = forward.state.rare_earths
    assert (market.stock > 3.0).all()
    assert ((market.memory > 0.05) & (market.memory < 0.8)).all(), "2010-14 is half forgotten"
    assert np.median(market.thrift[1:]) > 0.1
    assert (market.capacity[axes.MINERS.index("AUS")] > 3.0).all()
    assert np.median(np.exp(market.price)) == pytest.approx(1.0, abs=0.15)


def test_memory_fades_while_chinese_material_is_cheap() -> None:
    model = CentralAsia("baseline", MEMBERS, collect=False)
    before = model.state.rare_earths.memory.copy()
    for _ in range(8):
        model.step()
    assert (model.state.rare_earths.memory < 0.75 * before).all()


# --- China decides -------------------------------------------------------------------------------


def test_china_restricts_when_tension_is_high_and_the_record_has_ended() -> None:
    """Tension of every level from -10 on restricts: but not before 2025."""
    parameters = {"china.restricts_from": -10.0, "china.stops_from": 20.0}
    model = CentralAsia("baseline", 4, collect=False, parameters=parameters)
    seen = {}
    for _ in range(36):
        model.step()
        seen[str(model.quarter)] = model.state.rare_earths.restriction.copy()
    assert not seen["2024Q4"].any()
    assert (seen["2025Q1"] == 1.0).all()
    told = model.chronicle()
    rows = told["kind"] == KINDS.index("restricted")
    assert rows.sum() == 4
    assert (told["power"][rows] == CHN).all()


def test_tension_is_a_stationary_process_of_unit_spread() -> None:
    model = CentralAsia("baseline", 100, collect=False)
    market = model.rare_earths
    seen = []
    for t in range(len(market.shocks)):
        market.stir(t)
        seen.append(market.here.tension.copy())
    late = np.array(seen[40:])
    assert late.std() == pytest.approx(1.0, abs=0.1)
    lag = np.corrcoef(late[1:].ravel(), late[:-1].ravel())[0, 1]
    assert lag == pytest.approx(0.85, abs=0.03)


# --- plants in Kazakhstan ------------------------------------------------------------------------


def test_a_plant_is_a_project_of_japan_with_a_pace_of_its_own() -> None:
    money = no_money(2)
    portfolio = Portfolio(money, 2)
    cell, member = np.array([_PLANT, _PLANT]), np.array([0, 1])
    portfolio.commit(
        cell, member, np.array([15.0, 15.0]), np.array([3.0, 3.0]), plant=np.array([1.5, 0])
    )
    power, host, sector, _, _ = unflat(cell)
    assert (power == JPN).all() and (host == KAZ).all() and (sector == MINERALS).all()
    still, never = np.zeros((len(axes.SECTORS), 2)), np.zeros((5, 5, 2, 2))
    draws = np.full((2, 5, 5, 2), 0.25)
    for _ in range(4):
        portfolio.build(still, never, draws, plant_speed=np.ones(2))
    assert portfolio.built.tolist() == [1.5, 0.0]
    assert over_cells(money.completed)[JPN, KAZ].tolist() == [15.0, 0.0]


def test_a_plant_given_up_makes_room_and_no_capacity() -> None:
    portfolio = Portfolio(no_money(1), 1)
    portfolio.commit(
        np.array([_PLANT]), np.array([0]), np.array([15.0]), 3.0, plant=np.array([1.5])
    )
    still, surely = np.zeros((len(axes.SECTORS), 1)), np.ones((5, 5, 3, 1))
    portfolio.build(still, surely, np.full((2, 5, 5, 1), 0.25), plant_speed=np.zeros(1))
    assert portfolio.abandoned.tolist() == [1.5] and not portfolio.built.any()


def test_the_spike_of_2011_builds_plants_that_the_price_of_2014_strands() -> None:
    """As Stepnogorsk: opened in 2012, hardly anything made of it by 2014."""
    model = CentralAsia("backcast_2000", 40, collect=False)
    market, output = model.state.rare_earths, {}
    while model.running:
        model.step()
        output[str(model.quarter)] = market.output[KAZAKHSTAN].copy()
    built = market.capacity[KAZAKHSTAN] > 0.0
    assert built.mean() > 0.4
    assert not output["2010Q2"].any()
    used = output["2014Q4"][built] / market.capacity[KAZAKHSTAN][built]
    assert np.median(used) < 0.35
    whole = market.capacity[KAZAKHSTAN] / model.values["rare_earths.plant_size"]
    np.testing.assert_allclose(whole, np.round(whole), atol=1e-9)
    told = model.chronicle()
    equity = 0.49 * 30.0
    rows = (
        (told["kind"] == KINDS.index("committed"))
        & (told["power"] == JPN)
        & (told["host"] == KAZ)
        & (told["sector"] == MINERALS)
        & (np.abs(told["amount"] / equity - 1.0) < 0.15)
    )
    assert rows.sum() >= built.sum(), "the equity is in Japan's books"


def test_plants_fill_the_potential_and_no_more() -> None:
    parameters = {"rare_earths.cost.kazakhstan": 0.1, "rare_earths.plant_chance": 1.0}
    model = CentralAsia("baseline", MEMBERS, collect=False, parameters=parameters)
    potential = model.values.over("rare_earths.potential.{miner}")[KAZAKHSTAN]
    while model.running:
        model.step()
    assert (model.rare_earths.plants <= potential + 1e-9).all()
    np.testing.assert_allclose(model.state.rare_earths.capacity[KAZAKHSTAN], potential)


def test_what_plants_of_the_run_earn_is_kazakh_exports_by_contract_and_to_others() -> None:
    text = """
title: A plant
extends: baseline
set: {rare_earths.plant_chance: 0}
"""
    model = CentralAsia(scenario.loads(text, name="plant"), MEMBERS, collect=False)
    other = CentralAsia(scenario.loads(text, name="plant"), MEMBERS, collect=False)
    model.state.rare_earths.capacity[KAZAKHSTAN] += 100.0
    model.step()
    other.step()
    good = axes.GOODS.index("minerals")
    kazakh = axes.REGIONS.index("KAZ")
    more = model.state.trade[kazakh, :, good] - other.state.trade[kazakh, :, good]
    earned, market = model.state.rare_earths.revenue, model.state.rare_earths
    part = market.given[axes.SOURCES.index("KAZ")] / market.output[KAZAKHSTAN]
    assert ((part > 0.1) & (part < 0.76)).all(), "Japan's contracts are for three quarters at most"
    np.testing.assert_allclose(more[axes.REGIONS.index("JPN")], part * earned, rtol=1e-9)
    np.testing.assert_allclose(more[axes.ROW_INDEX], (1.0 - part) * earned, rtol=1e-6)
    assert (earned > 1.0).all()
    uranium = model.state.energy_revenue[0] - other.state.energy_revenue[0]
    np.testing.assert_allclose(uranium, 0.0, atol=1e-6, err_msg="rare earths are no fuel")
    assert (other.state.rare_earths.revenue == 0.0).all(), "older plants are in the base"


def test_japan_proposes_a_plant_where_it_pays_and_kazakhstan_answers_as_to_any_offer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Members: all is well; no chance; it does not pay; no room; a purse too small; just enough."""
    model = new_model("baseline", MEMBERS)
    model.prospects.survey()
    model.look_at_powers()
    r, v, market = model.relations, model.values, model.rare_earths
    japan = next(a for a in model.powers if a.code == "JPN")
    kazakhstan = next(h for h in model.hosts if h.code == "KAZ")
    cells, business = market.chances[r.quarter], axes.WINDOWS.index("commercial")
    v["rare_earths.plant_chance"][:], cells[0] = 0.5, [0.49, 0.5, 0.49, 0.49, 0.49, 0.49]
    pays, room = np.arange(MEMBERS) != 2, (np.arange(MEMBERS) != 3).astype(float)
    monkeypatch.setattr(market, "worth_a_plant", lambda: pays)
    monkeypatch.setattr(market, "room_for_a_plant", lambda: room)
    size = v["rare_earths.plant_size"]
    equity = size * v["rare_earths.plant_cost"] * v["japan.plant_share"] * r.around.prices
    r.money.purse[JPN, business] = equity * [9.0, 9.0, 9.0, 9.0, 0.999, 1.001]
    japan.propose()
    wanted, plants = np.array([1.0, 0.0, 0.0, 0.0, 0.0, 1.0]), r.construction.proposal
    np.testing.assert_allclose(plants.size, size * wanted)
    np.testing.assert_allclose(plants.equity, equity * wanted)
    np.testing.assert_allclose(r.reserved[JPN, business], equity * wanted)
    table = no_offers(MEMBERS)
    table.amount[JPN, business, KAZ], table.sector[:] = 1.0, MINERALS
    surplus = kazakhstan.worth(table)[JPN, business] - v["kazakhstan.reluctance"]
    chance = 1.0 / (1.0 + np.exp(-surplus / 0.5))
    for side, agreed in ((-1e-6, wanted > 0.0), (1e-6, np.zeros(MEMBERS, bool))):
        cells[1] = chance + side
        kazakhstan._answer_plants()
        np.testing.assert_array_equal(plants.agreed, agreed)


# --- Japan's fears -------------------------------------------------------------------------------


def test_a_restriction_brings_a_package_wariness_and_a_stake() -> None:
    calm = CentralAsia("baseline", MEMBERS, collect=False)
    shaken = CentralAsia("rare_earth_shock", MEMBERS, collect=False)
    japan = {m: next(a for a in m.powers if a.code == "JPN") for m in (calm, shaken)}
    for model in (calm, shaken):
        for _ in range(41):  # to 2027Q1
            model.step()
    assert not np.asarray(japan[calm].emergency()).any()
    package = shaken.values["japan.emergency_package"] * shaken.relations.around.prices
    np.testing.assert_allclose(japan[shaken].emergency(), package)
    for model in (calm, shaken):
        model.step()
    assert (japan[shaken].wariness()[CHN] > 1.02 * japan[calm].wariness()[CHN]).all()
    assert (japan[shaken].at_stake()[MINERALS] > 1.05 * japan[calm].at_stake()[MINERALS]).all()
    others = [i for i in range(len(axes.SECTORS)) if i != MINERALS]
    np.testing.assert_array_equal(japan[shaken].at_stake()[others], japan[calm].at_stake()[others])


def test_every_country_answers_to_its_own_tie_and_potential() -> None:
    """Chinese material and the Kazakh part without a contract, too; China digs what it has."""
    ties = {f"rare_earths.tie.{name}": 0.0 for name in ("united_states", "australia", "russia")}
    ties |= {f"rare_earths.tie.{name}": 0.0 for name in ("india", "rest_of_world")}
    given = []
    for china, kazakhstan in ((1.0, 0.0), (0.1, 0.0), (1.0, 1.0)):
        ties |= {"rare_earths.tie.china": china, "rare_earths.tie.kazakhstan": kazakhstan}
        model = CentralAsia("baseline", MEMBERS, collect=False, parameters=ties)
        model.state.rare_earths.capacity[KAZAKHSTAN] = 3.0
        model.step()
        given.append(model.state.rare_earths.given.copy())
    china, others = axes.SOURCES.index("CHN"), axes.SOURCES.index(axes.REPROCESSORS)
    assert (given[1][china] < given[0][china]).all()
    assert (given[1][others] > given[0][others]).all()
    kazakhstan = axes.SOURCES.index("KAZ")
    assert (given[2][kazakhstan] > given[0][kazakhstan]).all()
    bound = CentralAsia(
        "baseline", 2, collect=False, parameters={"rare_earths.potential.china": 90}
    )
    bound.step()
    np.testing.assert_allclose(bound.state.rare_earths.capacity[0], 90.0)
