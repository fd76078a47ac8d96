"""Influence quarter by quarter: what feeds each channel, and who belongs to what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from steppe import axes
from steppe.clock import Quarter
from steppe.environment.diplomacy import Diplomacy
from steppe.laws import influence
from steppe.model import CentralAsia
from steppe.world.past import FIRST
from steppe.world.surroundings import Surroundings

from ...models import new_model
from .scene import CHN, EAEU, IND, JPN, KAZ, KGZ, MEMBERS, RUS, TJK, TKM, TUR, UZB, H, P, undone

ECONOMIC, INSTITUTIONAL, SECURITY, SOFT = range(len(axes.CHANNELS))
SCHOOLS, POWER = axes.SECTORS.index("education_culture"), axes.SECTORS.index("power")
BEFORE = -1
"""Quarter of the run, before it."""


@pytest.fixture
def model(built: CentralAsia) -> Iterator[CentralAsia]:
    """A model that has lived through the record; whatever a test sets is undone after it."""
    with undone(built) as model:
        yield model


def parts(model: CentralAsia) -> tuple[Diplomacy, Surroundings]:
    return model.relations.diplomacy, model.relations.around


def at(year: int, quarter: int = 1) -> int:
    return Quarter.of(year, quarter) - FIRST


def test_economic_capacity_by_hand(model: CentralAsia) -> None:
    """China in Kazakhstan and Russia in Tajikistan: volumes a year, shares of all partners."""
    diplomacy, around = parts(model)
    half = model.values["influence.half_loss"]
    half *= [0.5, 1.0, 2.0]
    capacity = diplomacy._capacity(around)
    politics, money, v = model.state.politics, model.state.money, model.values
    for p, h in ((CHN, KAZ), (RUS, TJK), (TUR, TKM)):
        gdp = 1000.0 * around.gdp[axes.HOST.start + h]
        bought, sold = 4.0 * around.imports[h, p], 4.0 * around.exports[h, p]
        imports, exports = 4.0 * around.imports[h].sum(0), 4.0 * around.exports[h].sum(0)
        owed = (money.grace + money.amortising)[p, h].sum(axis=0)
        capital = money.operating[p, h].sum(axis=0)
        treaties = v[f"agreements.{axes.NAMES[f'{axes.POWERS[p]}-{axes.HOSTS[h]}']}"]
        volume = (bought + sold + owed + capital) / around.prices
        width = np.clip(0.051 * np.log(1.0 + volume) - 0.05 + treaties, 0.01, 1.0)
        loss = np.minimum(imports / gdp, 0.6) * -np.log(1.0 - bought / imports)
        recorded = loss.copy()
        loss += np.minimum(exports / gdp, 0.6) * -np.log(1.0 - sold / exports)
        shown = sold - 4.0 * around.hidden[h] if p == RUS else sold
        recorded += np.minimum(exports / gdp, 0.6) * -np.log(1.0 - shown / exports)
        recorded /= v["trade.elasticity"]
        if p == RUS:
            loss += 0.4 * 4.0 * around.remittances[h] / gdp
        openness = np.minimum((imports + exports) / gdp, 1.0)
        weight, oil = diplomacy.oil_weight[h], diplomacy.oil_transit[p, h]
        passing = (1.0 - weight) * diplomacy.transit[p, h] + weight * oil
        loss += 0.15 * passing * openness
        loss = loss / v["trade.elasticity"] + 0.15 * owed / gdp + 0.3 * capital / gdp
        np.testing.assert_allclose(politics.bandwidth[p, h], width)
        np.testing.assert_allclose(politics.dependence[p, h], loss / (loss + half))
        np.testing.assert_allclose(politics.recorded[p, h], recorded / (recorded + half))
        np.testing.assert_allclose(capacity[p, h], width * loss / (loss + half))


def test_remittances_are_dependence_on_russia_alone(model: CentralAsia) -> None:
    diplomacy, around = parts(model)
    diplomacy._capacity(around)
    before = model.state.politics.dependence.copy()
    doubled = replace(around, remittances=2.0 * around.remittances + 1.0)
    diplomacy._capacity(doubled)
    after = model.state.politics.dependence
    assert (after[RUS] > before[RUS]).all()
    np.testing.assert_array_equal(np.delete(after, RUS, axis=0), np.delete(before, RUS, axis=0))


def test_the_index_is_of_trade_that_statistics_record(model: CentralAsia) -> None:
    """Gas in Russia's pipes, remittances and debts move what hosts heed and not the index's part.

    Half of Turkmenistan's exports to Russia are hidden: of them the index sees half as much.
    """
    diplomacy, around = parts(model)
    politics, v = model.state.politics, model.values
    share = around.exports[TKM, RUS] / around.exports[TKM].sum(axis=0)
    for part, seen in ((0.0, share), (0.5, 0.5 * share), (1.0, 0.0 * share)):
        hidden = around.hidden.copy()
        hidden[TKM] = part * around.exports[TKM, RUS]
        diplomacy._capacity(replace(around, hidden=hidden, remittances=0.0 * around.remittances))
        before = politics.dependence.copy(), politics.recorded.copy()
        gdp = 1000.0 * around.gdp[axes.HOST.start + TKM]
        bought = 4.0 * around.imports[TKM].sum(axis=0)
        loss = np.minimum(4.0 * around.exports[TKM].sum(axis=0) / gdp, 0.6) * -np.log(1.0 - seen)
        from_russia = 4.0 * around.imports[TKM, RUS] / bought
        loss += np.minimum(bought / gdp, 0.6) * -np.log(1.0 - from_russia)
        loss /= v["trade.elasticity"]
        expected = loss / (loss + v["influence.half_loss"])
        np.testing.assert_allclose(politics.recorded[RUS, TKM], expected)
        model.state.money.grace[RUS, TKM] += 500.0
        diplomacy._capacity(replace(around, hidden=hidden))
        model.state.money.grace[RUS, TKM] -= 500.0
        assert (politics.dependence[RUS, TKM] > before[0][RUS, TKM]).all()
        np.testing.assert_array_equal(politics.recorded, before[1])


def quiet(model: CentralAsia) -> None:
    """No works, no schools, no unrest: nothing but what stands in tables."""
    model.state.money.completed_now[:] = 0.0
    model.state.money.disbursed_now[:] = 0.0
    model.state.money.piloted_done_now[:] = 0.0
    model.state.politics.visible[:] = model.state.politics.taught[:] = 0.0
    model.values.over("{host}.unrest")[:] = 0.0


def test_each_channel_moves_by_its_own_law(model: CentralAsia) -> None:
    diplomacy, around = parts(model)
    quiet(model)
    politics, v = model.state.politics, model.values
    before = politics.channel.copy()
    quarter = at(2017, 2)
    diplomacy.evolve(around, quarter, 1)
    half = v.over("influence.half_life.{channel}")
    kept = 2.0 ** (-0.25 / half)
    capacity = politics.bandwidth * politics.dependence
    economic = before[:, :, ECONOMIC] + (1.0 - kept[ECONOMIC]) * (capacity - before[:, :, ECONOMIC])
    np.testing.assert_allclose(politics.channel[:, :, ECONOMIC], economic)
    joint = diplomacy._joint(quarter, 1)
    for channel, inflow in (
        (INSTITUTIONAL, diplomacy._institutions(joint)),
        (SECURITY, diplomacy._security(joint)),
    ):
        level = before[:, :, channel]
        expected = kept[channel] * level + 0.25 * inflow * (1.0 - level)
        np.testing.assert_allclose(politics.channel[:, :, channel], expected)


def test_history_places_the_channels(model: CentralAsia) -> None:
    diplomacy, around = parts(model)
    v, politics = model.values, model.state.politics
    diplomacy.begin(around, 0, BEFORE)
    half = v.over("influence.half_life.{channel}")
    joint = diplomacy._joint(0, BEFORE)
    for channel, inflow in (
        (INSTITUTIONAL, diplomacy._institutions(joint)),
        (SECURITY, diplomacy._security(joint)),
    ):
        level = np.zeros((P, H, MEMBERS))
        for _ in range(20):
            level = influence.channel(level, half[channel], inflow)
        np.testing.assert_allclose(politics.channel[:, :, channel], level, atol=1e-12)
    culture = v.over("culture.{pair}").reshape(P, H, MEMBERS)
    np.testing.assert_array_equal(politics.channel[:, :, SOFT], culture)
    capacity = politics.bandwidth * politics.dependence
    np.testing.assert_allclose(politics.channel[:, :, ECONOMIC], capacity)


def test_membership_counts_only_where_power_and_host_belong(model: CentralAsia) -> None:
    """Kazakhstan in 2012: CSTO .4, SCO .25 and customs union .8 of Russia; China in the SCO .45.

    India, an observer there, counts half of its .1 until it joins.
    """
    diplomacy, rate = parts(model)[0], model.values["influence.membership_rate"]
    flow = diplomacy._institutions(diplomacy._joint(at(2012), BEFORE)) / rate
    np.testing.assert_allclose(flow[RUS, KAZ], 0.8 + 0.4 + 0.25)
    np.testing.assert_allclose(flow[CHN, KAZ], 0.45)
    np.testing.assert_allclose(flow[RUS, TKM], 0.0)
    np.testing.assert_allclose(flow[TUR, KAZ], 0.5 + 0.08)
    np.testing.assert_allclose(flow[IND, KAZ], 0.05)
    later = diplomacy._institutions(diplomacy._joint(at(2018), 4)) / rate
    np.testing.assert_allclose(later[IND, KAZ], 0.1)


def test_strength_of_an_organisation_scales_its_members_inflow(model: CentralAsia) -> None:
    diplomacy, _ = parts(model)
    before = diplomacy._institutions(diplomacy._joint(at(2018), 4))
    model.values["organisation.SCO"][:] = 2.0
    change = diplomacy._institutions(diplomacy._joint(at(2018), 4)) - before
    rate = model.values["influence.membership_rate"]
    np.testing.assert_allclose(change[CHN, KAZ], 0.45 * rate)
    np.testing.assert_allclose(change[RUS, KAZ], 0.25 * rate)
    assert (change[JPN] == 0.0).all()
    np.testing.assert_allclose(change[:, TKM], 0.0, atol=1e-15)


def test_security_is_alliance_and_arms(model: CentralAsia) -> None:
    """Half a year's rate x (CSTO .3 + SCO .03 + .7 of the arms) for Russia in Kyrgyzstan, 2012.

    What arms weigh is a parameter.
    """
    diplomacy, v = parts(model)[0], model.values
    np.testing.assert_array_equal(v["influence.arms_weight"], 0.7)
    weight = v["influence.arms_weight"][:] = np.array([0.0, 0.7, 1.5])
    flow = diplomacy._security(diplomacy._joint(at(2012), BEFORE)) / v["influence.security_rate"]
    np.testing.assert_allclose(flow[RUS, KGZ], 0.33 + weight * v["arms.russia_kyrgyzstan"])
    np.testing.assert_allclose(flow[RUS, TKM], weight * v["arms.russia_turkmenistan"])
    np.testing.assert_allclose(flow[JPN, KAZ], weight * v["arms.japan_kazakhstan"])


def test_works_and_schools_are_seen_a_quarter_each_quarter(model: CentralAsia) -> None:
    """100 completed alone and 100 beside the banks: 4 x (100 + .3 x 100), a quarter of it.

    Of 100 completed with a pilot .4 are the financier's and .6 the pilot's.
    """
    diplomacy, around = parts(model)
    quiet(model)
    money, politics = model.state.money, model.state.politics
    model.values["projects.multilateral_visibility"][:] = 0.3
    money.completed_now[JPN, UZB, POWER, 0, 0] = 100.0
    money.completed_now[JPN, UZB, POWER, 1, 1] = 100.0
    money.disbursed_now[TUR, KGZ, SCHOOLS, 0, 0] = 8.0
    money.disbursed_now[TUR, KGZ, POWER, 0, 0] = 99.0
    money.completed_now[JPN, TKM, POWER, 1, 2] = 100.0
    money.piloted_done_now[TUR, TKM] = 100.0
    diplomacy.evolve(around, at(2017, 2), 1)
    np.testing.assert_allclose(politics.visible[JPN, UZB], 0.25 * 4 * 130.0)
    np.testing.assert_allclose(politics.visible[JPN, TKM], 0.25 * 4 * 40.0)
    np.testing.assert_allclose(politics.visible[TUR, TKM], 0.25 * 4 * 60.0)
    np.testing.assert_allclose(politics.taught[TUR, KGZ], 0.25 * 4 * 8.0)
    seen = politics.visible[JPN, UZB] + politics.visible[[JPN, TUR], TKM].sum(axis=0)
    assert politics.visible.sum() == pytest.approx(seen.sum())
    assert politics.taught.sum() == pytest.approx(politics.taught[TUR, KGZ].sum())
    quiet_money(model)
    diplomacy.evolve(around, at(2017, 3), 2)
    np.testing.assert_allclose(politics.visible[JPN, UZB], 0.75 * 130.0)


def quiet_money(model: CentralAsia) -> None:
    model.state.money.completed_now[:] = 0.0
    model.state.money.disbursed_now[:] = 0.0
    model.state.money.piloted_done_now[:] = 0.0


def test_works_raise_soft_influence_by_their_law(model: CentralAsia) -> None:
    diplomacy, around = parts(model)
    quiet(model)
    politics, v = model.state.politics, model.values
    before = politics.channel[:, :, SOFT].copy()
    gdp = 1000.0 * around.gdp[axes.HOST.start + KGZ]
    politics.visible[JPN, KGZ] = 0.02 * gdp / 0.75  # what a quarter of forgetting leaves is 2 %
    diplomacy.evolve(around, at(2017, 2), 1)
    kept = 2.0 ** (-0.25 / v["influence.half_life.soft"])
    culture = v["culture.japan_kyrgyzstan"]
    keeps = culture * np.log(2.0) / v["influence.half_life.soft"] / (1.0 - culture)
    keeps = keeps + 0.001  # the dialogue
    level = before[JPN, KGZ]
    expected = kept * level + 0.25 * (0.03 + keeps) * (1.0 - level)
    np.testing.assert_allclose(politics.channel[JPN, KGZ, SOFT], expected, rtol=2e-3)
    without = kept * level + 0.25 * keeps * (1.0 - level)
    gained = politics.channel[JPN, KGZ, SOFT] - without
    np.testing.assert_allclose(gained, 0.25 * 0.03 * (1.0 - level), rtol=2e-2)


def test_unrest_costs_every_power_soft_influence(model: CentralAsia) -> None:
    diplomacy, around = parts(model)
    quiet(model)
    politics = model.state.politics
    before = politics.channel.copy()
    diplomacy.evolve(around, at(2017, 2), 1)
    calm = politics.channel[:, :, SOFT].copy()
    politics.channel[:] = before
    model.values["kyrgyzstan.unrest"][:] = 1.0
    diplomacy.evolve(around, at(2017, 2), 1)
    lost = 1.0 - politics.channel[:, :, SOFT] / calm
    np.testing.assert_allclose(lost[:, KGZ], 0.25 * model.values["influence.unrest_loss"][0])
    np.testing.assert_allclose(np.delete(lost, KGZ, axis=1), 0.0, atol=1e-12)


def test_works_embed_those_who_build_them(model: CentralAsia) -> None:
    """4,000 mn USD of 2010 built by itself take a power 1 - 1/e of the way that is left.

    Turkey builds all its works, China a part; of joint works the pilot alone learns, by its 0.6.
    """
    diplomacy, around = parts(model)
    quiet(model)
    politics = model.state.politics
    before = politics.embedded.copy()
    model.state.money.completed_now[TUR, UZB, POWER, 1, 0] = 4000.0 * around.prices
    model.state.money.completed_now[CHN, TJK, POWER, 1, 0] = 4000.0 * around.prices
    model.state.money.completed_now[JPN, KAZ, POWER, 1, 2] = 4000.0 * around.prices
    model.state.money.piloted_done_now[TUR, KAZ] = 4000.0 / 0.6 * around.prices
    diplomacy.evolve(around, at(2017, 2), 1)
    gained = (politics.embedded - before) / (1.0 - before)
    np.testing.assert_allclose(gained[TUR, [UZB, KAZ]], 1.0 - np.exp(-1.0))
    np.testing.assert_allclose(gained[CHN, TJK], 1.0 - np.exp(-0.9))
    for cell in ((TUR, UZB), (TUR, KAZ), (CHN, TJK)):
        gained[cell] = 0.0
    np.testing.assert_allclose(gained, 0.0, atol=1e-15)


def test_positions_move_towards_the_influential(model: CentralAsia) -> None:
    diplomacy, around = parts(model)
    politics, v = model.state.politics, model.values
    before = politics.position.copy()
    diplomacy.evolve(around, at(2017, 2), 1)
    share, rest = politics.share, politics.autonomy
    for i in range(len(axes.ISSUES)):
        for h in range(H):
            pull = rest[h] * diplomacy.own[i, h]
            for p in range(P):
                pull = pull + share[p, h] * diplomacy.powers[i, p]
            expected = before[i, h] + v["influence.opinion_rate"] * (pull - before[i, h])
            np.testing.assert_allclose(politics.position[i, h], expected, atol=1e-12)
    distance = np.abs(politics.position[:, None] - diplomacy.powers[:, :, None, None])
    np.testing.assert_allclose(politics.alignment, 1.0 - distance)


@pytest.mark.parametrize("case", ["baseline", "backcast_2000"])
def test_shares_sum_to_one_and_channels_stay_within_bounds(case: str) -> None:
    """Identity 10, from the first quarter of the record on."""
    model = CentralAsia(case, 12, collect=False)
    for _ in range(12):
        politics = model.state.politics
        total = politics.share.sum(axis=0) + politics.autonomy
        np.testing.assert_allclose(total, 1.0, rtol=1e-9)
        assert (politics.channel >= 0.0).all()
        assert (politics.channel <= 1.0).all()
        assert (politics.embedded <= 1.0).all()
        assert (np.abs(politics.position) <= 1.0).all()
        model.step()


@pytest.mark.parametrize(
    "fixed",
    [
        {"influence.security_rate": 2.0},
        {"influence.membership_rate": 2.0, "organisation.EAEU": 20.0},
        {"culture.japan_kazakhstan": 0.95, "influence.half_life.soft": 0.25},
    ],
)
def test_channels_stay_within_bounds_for_all_parameters(fixed: dict[str, float]) -> None:
    """The corners of what a scenario may set."""
    model = CentralAsia("baseline", 2, collect=False, parameters=fixed)
    for _ in range(3):
        channel = model.state.politics.channel
        assert np.isfinite(channel).all()
        assert (channel >= 0.0).all()
        assert (channel <= 1.0).all()
        model.step()


def test_kyrgyzstan_joined_the_union_in_2015_and_not_with_the_others(model: CentralAsia) -> None:
    joint = model.relations.diplomacy._joint(at(2012), BEFORE)[EAEU, RUS]
    assert (joint[KAZ] == 1.0).all()
    assert (joint[KGZ] == 0.0).all()


def test_a_host_that_leaves_the_union_is_no_member(model: CentralAsia) -> None:
    model.values["kyrgyzstan.eaeu"][:] = 0.0
    assert (model.relations.diplomacy._joint(at(2026), 36)[EAEU, RUS, KGZ] == 0.0).all()


def test_a_host_that_joins_the_union_is_a_member_of_it(model: CentralAsia) -> None:
    assert (model.relations.diplomacy._joint(at(2018), 4)[EAEU, RUS, TJK] == 0.0).all()
    model.values["tajikistan.eaeu"][:] = 1.0
    assert (model.relations.diplomacy._joint(at(2018), 4)[EAEU, RUS, TJK] == 1.0).all()


def test_an_observer_of_the_union_counts_half_whatever_the_parameter_says(
    model: CentralAsia,
) -> None:
    """Uzbekistan from 2021: an observer's half, or more where a scenario lets it join further."""
    diplomacy = model.relations.diplomacy
    model.values["uzbekistan.eaeu"][:] = [0.0, 0.3, 1.0]
    np.testing.assert_array_equal(diplomacy.union(at(2022), 20)[UZB], [0.5, 0.5, 1.0])
    np.testing.assert_array_equal(diplomacy.union(at(2019), 8)[UZB], [0.0, 0.3, 1.0])
    np.testing.assert_array_equal(diplomacy.union(at(2014), BEFORE)[UZB], [0.0, 0.0, 0.0])


@pytest.mark.parametrize("case", ["baseline", "backcast_2000", "backcast_2009"])
def test_a_run_begins_with_the_observed_votes_and_minds_that_keep_them(case: str) -> None:
    """x0 = (x - sum S_p x_p) / S_0, within -1 to 1: where it is inside, the votes stand still."""
    fresh = CentralAsia(case, MEMBERS, collect=False)
    diplomacy, politics = fresh.relations.diplomacy, fresh.state.politics
    votes = axes.ISSUES.index("un_votes")
    observed = diplomacy.setting.positions[votes, axes.HOST][:, None]
    np.testing.assert_array_equal(politics.position[votes], np.broadcast_to(observed, (H, MEMBERS)))
    pull = sum(politics.share[p] * diplomacy.powers[votes, p] for p in range(P))
    alone = (observed - pull) / politics.autonomy
    np.testing.assert_allclose(diplomacy.own[votes], np.clip(alone, -1.0, 1.0))
    inside = np.abs(alone) < 1.0
    assert inside.any()
    held = politics.autonomy * diplomacy.own[votes] + pull
    expected = np.broadcast_to(observed, held.shape)
    np.testing.assert_allclose(held[inside], expected[inside])


def test_a_run_begins_with_the_alignment_of_the_observed_votes() -> None:
    fresh = new_model("baseline", MEMBERS)
    politics, powers = fresh.state.politics, fresh.relations.diplomacy.powers
    distance = np.abs(politics.position[:, None] - powers[:, :, None, None])
    np.testing.assert_allclose(politics.alignment, 1.0 - distance)
