"""The one rule of its own that each power plays by, re-derived by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from steppe import axes
from steppe.agents.power import TRANSPORT
from steppe.agents.powers import RULES
from steppe.agents.prospects import COMMERCIAL, CONCESSIONAL
from steppe.agents.turkey import Turkey
from steppe.model import CentralAsia

from .conftest import CHN, IND, JPN, KAZ, KGZ, MEMBERS, RUS, TJK, TKM, TUR, UZB, H, P, S

FUEL = axes.SECTORS.index("hydrocarbons")


def power(model: CentralAsia, index: int) -> Any:
    return next(agent for agent in model.powers if agent.power == index)


def test_every_power_plays_by_its_own_rules(model: CentralAsia) -> None:
    assert list(RULES) == list(axes.POWERS)
    assert len(set(RULES.values())) == P
    for agent in model.powers:
        assert type(agent) is RULES[agent.code]


# --- Japan ---------------------------------------------------------------------------------------


def test_japan_offers_no_business_above_its_risk_limit_without_a_pilot(model: CentralAsia) -> None:
    v = model.values
    v["japan.risk_limit"][:], v["japan.pilot_needed"][:] = 0.7, 0.35
    model.relations.politics.embedded[:] = 0.34
    model.relations.politics.embedded[RUS, KGZ] = 0.9  # no pilot for Japan
    model.relations.politics.embedded[TUR, UZB] = 0.35
    risk = np.zeros((H, MEMBERS))
    risk[KAZ], risk[UZB], risk[TKM] = 0.7, 2.0, 0.71
    allowed = power(model, JPN).screen(risk)
    np.testing.assert_array_equal(allowed[:, 0], [1.0, 1.0, 0.0, 1.0, 1.0])


def test_what_japan_screens_out_gets_no_commercial_offer_but_aid(model: CentralAsia) -> None:
    agent, r, v = power(model, JPN), model.relations, model.values
    r.politics.embedded[:] = 0.0
    v.over("{host}.stability")[:] = 0.0
    v.over("{host}.unrest")[:] = 0.0
    r.money.distress[:] = 0.0
    v["tajikistan.stability"][:] = -3.0
    v["japan.risk_limit"][:] = 0.7
    r.money.purse[JPN] = 1e5
    shape = (P, 2, H, MEMBERS)
    r.drawn = dict.fromkeys(("count", "sector", "accept"), np.full(shape, 0.999))
    r.drawn["size"] = np.zeros(shape)
    model.prospects.survey()
    agent._offer()
    hard, soft = r.offers.amount[JPN, COMMERCIAL], r.offers.amount[JPN, CONCESSIONAL]
    assert (hard[TJK] == 0.0).all()
    assert (hard[:TJK] > 0.0).all()
    assert (soft[TJK] > 0.0).all()


def test_a_pilot_draws_japans_business_and_not_its_aid(model: CentralAsia) -> None:
    model.relations.politics.embedded[:] = 0.0
    embedded = model.relations.politics.embedded[TUR]
    embedded[:] = np.linspace(0.0, 0.8, H)[:, None]
    agent = power(model, JPN)
    pull = model.values["japan.pilot_pull"]
    assert (pull > 0.0).all()
    np.testing.assert_allclose(agent.leaning(COMMERCIAL), pull * embedded)
    np.testing.assert_array_equal(agent.leaning(CONCESSIONAL), np.zeros((H, MEMBERS)))


# --- Chabahar: India, and Japan beside it --------------------------------------------------------


def test_japan_fears_for_its_gas_by_its_need_and_for_minerals_by_their_bill(
    model: CentralAsia, monkeypatch: pytest.MonkeyPatch
) -> None:
    need, bill = np.array([0.5, 1.0, 2.0]), np.array([1.0, 1.4, 0.7])
    model.values["japan.gas_need"][:] = need
    monkeypatch.setattr(model.rare_earths, "stake", lambda: bill)
    found, usual = power(model, JPN).at_stake(), model.relations.setting.at_stake[JPN]
    factors = {"hydrocarbons": need, "minerals": bill}
    assert usual[[axes.SECTORS.index(name) for name in factors]].all()
    for s, sector in enumerate(axes.SECTORS):
        np.testing.assert_allclose(found[s], usual[s] * factors.get(sector, 1.0))


def test_india_pays_for_what_banks_are_let_to_at_chabahar_in_the_run(model: CentralAsia) -> None:
    """Both, the port alone by the port's sanctions, nothing: parts of what the table gives."""
    v, r = model.values, model.relations
    share = {axes.LINKS[s.link]: s.share for s in r.works.of(IND, -1)}
    assert sorted(share) == ["chabahar_mashhad", "chabahar_port"]
    port = share["chabahar_port"] / sum(share.values())
    v["india.chabahar_finance"][:] = 80.0
    v["india.sanctions_limit"][:] = 0.35
    v["link.chabahar_mashhad.sanctions"][:] = [0.0, 0.36, 0.36]
    v["link.chabahar_port.sanctions"][:] = [0.35, 0.1, 0.4]
    r.t = 4
    np.testing.assert_allclose(power(model, IND).abroad(), [20.0, 20.0 * port, 0.0])
    r.t = -1
    np.testing.assert_array_equal(power(model, IND).abroad(), np.zeros(MEMBERS))


def test_japan_pays_for_chabahar_only_beside_india(model: CentralAsia) -> None:
    v, r = model.values, model.relations
    r.t = 4
    v["link.chabahar_mashhad.sanctions"][:] = [0.0, 0.0, 1.0]
    v["india.chabahar_finance"][:] = [0.0, 80.0, 80.0]
    v["japan.chabahar_finance"][:] = 60.0
    np.testing.assert_allclose(power(model, JPN).abroad(), [0.0, 15.0, 0.0])


# --- China ---------------------------------------------------------------------------------------


def test_chinas_phases_end_by_chance_and_swing_around_one(model: CentralAsia) -> None:
    agent, r, v = power(model, CHN), model.relations, model.values
    v["china.credit_swing"][:], v["china.credit_phase"][:] = 0.4, 10.0
    agent.going = np.array([True, True, False])
    r.credit_cycle[r.quarter] = [0.05, 0.15, 0.0999]
    agent.stir()
    for _ in range(2):  # to ask moves nothing
        np.testing.assert_allclose(agent.appetite(), [0.6, 1.4, 1.4])
    np.testing.assert_array_equal(agent.going, [False, True, True])
    r.quarter = 0
    r.credit_cycle[0] = 0.0
    agent.stir()
    np.testing.assert_allclose(agent.appetite(), [0.6, 1.4, 1.4], err_msg="the first one stands")


def test_chinas_phases_last_as_long_as_told_and_are_as_often_go_as_stop(
    model: CentralAsia,
) -> None:
    agent, r, v = power(model, CHN), model.relations, model.values
    v["china.credit_phase"][:] = 8.0
    rng, ends, going, quarters = np.random.default_rng(6), 0, 0, 4000
    for _ in range(quarters):
        before = agent.going.copy()
        r.credit_cycle[r.quarter] = rng.random(MEMBERS)
        agent.stir()
        ends += int((agent.going != before).sum())
        going += int(agent.going.sum())
    assert ends / (quarters * MEMBERS) == pytest.approx(1.0 / 8.0, abs=0.012)
    assert going / (quarters * MEMBERS) == pytest.approx(0.5, abs=0.08)


def test_resources_draw_and_secure_chinese_loans(model: CentralAsia) -> None:
    """Oil, gas and minerals over all exports of the base years."""
    agent, v = power(model, CHN), model.values
    exports = model.base.trade[axes.HOST]
    part = [(exports[h, :, 0] + exports[h, :, 1]).sum() / exports[h].sum() for h in range(H)]
    assert max(part) - min(part) > 0.2
    expected = np.array(part)[:, None] * v["china.resource_pull"]
    np.testing.assert_allclose(agent.leaning(COMMERCIAL), expected)
    np.testing.assert_array_equal(agent.leaning(CONCESSIONAL), np.zeros((H, MEMBERS)))
    backed = np.array(part)[:, None] * v["china.resource_backing"]
    np.testing.assert_allclose(agent.secured(), backed)
    agent.decide()
    np.testing.assert_allclose(model.relations.secured[CHN], backed)


def test_who_minds_what(model: CentralAsia) -> None:
    """China minds others' routes, Russia routes and, less, oil and gas; the others nothing."""
    r, v = model.relations, model.values
    v["china.opposition"][:], v["russia.opposition"][:] = 0.3, 0.7
    v["russia.pipeline_opposition"][:] = [0.0, 0.5, 0.7]
    model.powers.do("decide")
    strength = {CHN: v["china.opposition"], RUS: v["russia.opposition"]}
    expected = np.zeros((P, P, S, MEMBERS))
    for other in (JPN, TUR, IND):
        expected[CHN, other, TRANSPORT] = strength[CHN]
    for other in (JPN, CHN, TUR, IND):
        expected[RUS, other, TRANSPORT] = strength[RUS]
        expected[RUS, other, FUEL] = v["russia.pipeline_opposition"] * strength[RUS]
    np.testing.assert_allclose(r.opposition, expected)


# --- Russia --------------------------------------------------------------------------------------


def test_russian_money_follows_oil(model: CentralAsia) -> None:
    r, v = model.relations, model.values
    v["russia.oil_response"][:] = [0.0, 0.5, 1.0]
    usual = np.full(MEMBERS, 50.0)
    r.around = replace(r.around, oil=4.0 * usual, oil_usual=usual)
    np.testing.assert_allclose(power(model, RUS).appetite(), [1.0, 2.0, 4.0])


def test_rivals_outside_the_union_meet_pressure(model: CentralAsia) -> None:
    """From a share of .2 on, full a range above it; none where Russia's own union stands."""
    r, v = model.relations, model.values
    r.t, r.quarter = 40, r.quarter + 40
    v.over("{host}.eaeu")[:] = 0.0
    v["kyrgyzstan.eaeu"][:] = 1.0
    v["russia.pressure_start"][:], v["russia.pressure_range"][:] = 0.2, [0.4, 0.8, 0.2]
    full = np.array([0.5, 0.25, 1.0])
    share = r.politics.share
    share[:] = 0.0
    share[RUS] = 0.5
    share[CHN, [UZB, TKM, KGZ]] = 0.3
    share[JPN, [UZB, TKM, KGZ]] = 0.1
    share[CHN, TJK], share[CHN, KAZ] = 0.9, 0.2
    power(model, RUS).decide()
    pressure = r.politics.pressure
    assert r.diplomacy.union(r.quarter, r.t)[UZB, 0] == 0.5, "an observer since 2020"
    np.testing.assert_allclose(pressure[KAZ], 0.0, atol=1e-12)
    np.testing.assert_allclose(pressure[UZB], 0.5 * full)
    np.testing.assert_allclose(pressure[TKM], full)
    np.testing.assert_allclose(pressure[KGZ], 0.0)
    np.testing.assert_allclose(pressure[TJK], np.minimum(3.5 * full, 1.0))


# --- Turkey --------------------------------------------------------------------------------------


def test_turkish_budgets_and_staying_power_swing_with_the_mood(model: CentralAsia) -> None:
    agent, r, v = power(model, TUR), model.relations, model.values
    v["turkey.mood_retention"][:], v["turkey.unpredictability"][:] = 0.8, 0.3
    agent.mood = np.array([1.0, 0.0, -2.0])
    r.moods[r.quarter] = [0.5, 0.0, 1.0]
    agent.stir()
    factor = agent.appetite()
    mood = 0.8 * np.array([1.0, 0.0, -2.0]) + 0.6 * np.array([0.5, 0.0, 1.0])
    np.testing.assert_allclose(agent.mood, mood)
    np.testing.assert_allclose(factor, np.exp(0.3 * mood - 0.045))
    np.testing.assert_allclose(agent.steadiness(), np.exp(-0.3 * mood - 0.045))
    np.testing.assert_allclose(agent.mood, mood, err_msg="to ask moves nothing")
    v["turkey.unpredictability"][:] = 0.0
    np.testing.assert_array_equal(agent.appetite(), np.ones(MEMBERS))
    np.testing.assert_array_equal(agent.steadiness(), np.ones(MEMBERS))


def test_the_mood_has_a_deviation_of_one_and_its_factors_a_mean_of_one(model: CentralAsia) -> None:
    agent, r, v = power(model, TUR), model.relations, model.values
    v["turkey.mood_retention"][:], v["turkey.unpredictability"][:] = 0.6, 0.4
    rng = np.random.default_rng(2)
    agent.mood = rng.standard_normal(MEMBERS)
    moods, factors, stops = [], [], []
    for _ in range(6000):
        r.moods[r.quarter] = rng.standard_normal(MEMBERS)
        agent.stir()
        factors.append(agent.appetite())
        stops.append(agent.steadiness())
        moods.append(agent.mood)
    assert np.std(moods) == pytest.approx(1.0, abs=0.03)
    assert np.mean(factors) == pytest.approx(1.0, abs=0.02)
    assert np.mean(stops) == pytest.approx(1.0, abs=0.02)


def test_the_first_mood_is_the_first_draw(model: CentralAsia) -> None:
    r = model.relations
    agent = power(model, TUR)
    r.quarter = 0
    before = agent.mood.copy()
    agent.stir()
    np.testing.assert_array_equal(agent.mood, before)
    fresh = Turkey(model, "TUR")
    try:
        np.testing.assert_array_equal(fresh.mood, r.moods[0])
    finally:
        fresh.remove()


@pytest.mark.parametrize("p", [JPN, IND])
def test_powers_without_moods_keep_their_budgets(model: CentralAsia, p: int) -> None:
    np.testing.assert_array_equal(power(model, p).appetite(), np.ones(MEMBERS))
    assert power(model, p).steadiness() == 1.0
