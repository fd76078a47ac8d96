"""What memberships, unrest and Afghanistan change on links, in aid and in alliances."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from steppe import axes
from steppe.agents import accession
from steppe.clock import Quarter
from steppe.environment.relations import Relations
from steppe.laws import organisations as law
from steppe.model import CentralAsia
from steppe.world.past import FIRST

from ...models import new_model
from .scene import CHN, EAEU, IND, JPN, KAZ, KGZ, MEMBERS, RUS, TJK, TKM, TUR, UZB, P, at, undone

SOFT = axes.CHANNELS.index("soft")


def tariff_change(model: CentralAsia, host: int) -> np.ndarray:
    model.look_at_borders()
    return model.tariffs[host]


@pytest.fixture
def model(built: CentralAsia) -> Iterator[CentralAsia]:
    """A model after the record; whatever a test sets is undone after it."""
    r, state = built.relations, built.state
    names = [(r, name) for name in ("quarter", "t", "around")]
    with undone(built, [r.wish, state.log_real, state.remittances], names) as model:
        yield model


def link(name: str) -> int:
    return axes.LINKS.index(name)


def days(r: Relations) -> np.ndarray:
    """Return the change of border days over the days themselves, (link, member)."""
    own = r.values.over("link.{link}.border_days")
    return r.links().border_days / np.maximum(own, 1e-9)


# --- organisations at borders --------------------------------------------------------------------


def test_nothing_changes_under_the_memberships_of_the_base(model: CentralAsia) -> None:
    changes = model.relations.links()
    assert not changes.border_days.any() and not changes.freight.any()


def test_accession_opens_borders_within_and_closes_some_without(model: CentralAsia) -> None:
    """Uzbekistan: -0.3 by rail with Kazakhstan, 1.05 with outsiders; with Kyrgyzstan both end.

    Where one side was in and the other not, the outer border of 2017 goes with it: 0.7/1.05.
    """
    r, v = model.relations, model.values
    at(model, "2019Q1")
    before = days(r)
    v["uzbekistan.eaeu"][:] = [0.0, 1.0, 1.0]
    v["organisations.effects"][:] = [1.0, 1.0, 0.5]
    change = days(r) - before
    for name, expected in (
        ("kaz_uzb_rail", 0.7 / 1.05 - 1.0),
        ("beyneu_samarkand_rail", 0.7 / 1.05 - 1.0),
        ("uzb_tkm_rail", 1.05 - 1.0),
        ("uzb_tjk_rail", 1.05 - 1.0),
    ):
        np.testing.assert_allclose(
            change[link(name)], [0.0, expected, 0.5 * expected], atol=1e-12, err_msg=name
        )
    assert not change[link("urumqi_dostyk")].any()


def test_leaving_brings_back_the_border_of_the_base(model: CentralAsia) -> None:
    """A Kyrgyzstan that leaves: 1.05/0.6 of the days at Kordai by road."""
    r, v = model.relations, model.values
    at(model, "2017Q2")
    v["kyrgyzstan.eaeu"][:] = 0.0
    np.testing.assert_allclose(days(r)[link("kaz_kgz_road")], 1.05 / 0.6 - 1.0)


def test_a_decision_of_the_host_opens_its_border_and_frees_it_from_tariffs_alike(
    model: CentralAsia,
) -> None:
    r, v = model.relations, model.values
    at(model, "2019Q1")
    v["tajikistan.eaeu"][:] = [0.0, 1.0, 0.0]
    r.politics.accession[TJK] = [0.0, 0.0, 1.0]
    change = days(r)[link("osh_dushanbe_road")]
    assert change[0] > change[1] == change[2]
    tariff = tariff_change(model, TJK)
    np.testing.assert_allclose(tariff[CHN, 2], v["trade.customs_union_tariff"][2])
    np.testing.assert_array_equal(tariff[:, 0], 0.0)
    np.testing.assert_array_equal(tariff[RUS], 0.0)
    assert r.diplomacy.union(r.quarter, r.t)[TJK].tolist() == [0.0, 1.0, 1.0]


def test_a_weaker_union_gives_back_time_at_its_inner_borders(model: CentralAsia) -> None:
    r, v = model.relations, model.values
    at(model, "2017Q2")
    v["organisation.EAEU"][:] = [1.0, 0.5, 0.0]
    change = days(r)[link("moscow_saryagash_rail")]
    np.testing.assert_allclose(change, [0.0, 0.85 / 0.7 - 1.0, 1.0 / 0.7 - 1.0], atol=1e-12)


def test_turkmen_accession_to_traceca_cheapens_its_ferry(model: CentralAsia) -> None:
    """From half to whole in November 2023: (1 - .15)/(1 - .075) of the days, .92/.96 of freight."""
    r = model.relations
    at(model, "2024Q1")
    ferry = link("turkmenbashi_baku_ferry")
    np.testing.assert_allclose(days(r)[ferry], 0.85 / 0.925 - 1.0)
    freight = model.values.over("link.{link}.freight")[ferry]
    np.testing.assert_allclose(r.links().freight[ferry], freight * (0.92 / 0.96 - 1.0))


def test_business_follows_those_who_signed(model: CentralAsia) -> None:
    """Turkmenistan signed the Belt and Road memorandum in January 2023 only."""
    diplomacy = model.relations.diplomacy
    for when, t, expected in (("2020Q1", 12, 0.0), ("2024Q1", 28, 0.3)):
        quarter = Quarter.parse(when) - FIRST
        diplomacy._belong(diplomacy._joint(quarter, t), quarter, t)
        np.testing.assert_allclose(diplomacy.attraction[CHN, TKM], expected)
        np.testing.assert_allclose(diplomacy.attraction[CHN, KAZ], 0.3)


# --- hosts' own decisions ------------------------------------------------------------------------


def decide(model: CentralAsia) -> np.ndarray:
    for host in model.hosts:
        host.decide()
    return model.relations.wish.copy()


def test_hosts_decide_once_a_year_and_only_where_they_may(model: CentralAsia) -> None:
    v, r = model.values, model.relations
    v["accession.rate"][:], v["accession.threshold"][:] = 1.0, -10.0
    r._choices[:] = 0.5
    at(model, "2018Q1")
    assert not decide(model).any(), "the switch is off"
    v["organisations.endogenous"][:] = [0.0, 1.0, 1.0]
    wish = decide(model)
    np.testing.assert_array_equal(wish[UZB], [0.0, 1.0, 1.0])
    assert not wish[KAZ].any(), "a member has nothing to join"
    at(model, "2018Q2")
    r.politics.accession[:] = 0.0
    assert not decide(model).any()


def test_hosts_weigh_the_last_quarters_pressure(model: CentralAsia) -> None:
    """Russia writes this quarter's in the same phase: the order of states must not matter."""
    v, r = model.values, model.relations
    at(model, "2018Q1")
    v["organisations.endogenous"][:], v["accession.rate"][:] = 1.0, 1.0
    v["accession.pressure"][:], v["accession.threshold"][:] = 10.0, 5.0
    r._choices[:] = 0.5
    seen = r.pressure_seen
    r.pressure_seen = np.full_like(seen, 1.0)
    r.politics.pressure[:] = 0.0
    assert decide(model)[UZB].all()
    r.pressure_seen = np.zeros_like(seen)
    r.politics.pressure[:] = 1.0
    assert not decide(model)[UZB].any()
    r.pressure_seen = seen


def test_a_host_weighs_its_own_trade_migrants_and_freedom(
    model: CentralAsia, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six inputs by hand for Tajikistan; members of the union count as far as they belong."""
    v, r = model.values, model.relations
    at(model, "2019Q1")
    v["uzbekistan.eaeu"][:], v["kyrgyzstan.eaeu"][:] = [0.0, 0.5, 1.0], 0.0
    weighed: list[tuple[np.ndarray, ...]] = []

    def recorded(*inputs: np.ndarray) -> np.ndarray:
        weighed.append(inputs)
        return np.zeros(MEMBERS)

    monkeypatch.setattr(law, "accession_utility", recorded)
    accession.decision(model, TJK)
    market, migrants, pressure, leaning, freedom, objections, weights = weighed[0]
    around, politics, money = r.around, r.politics, r.money
    flows = (around.imports + around.exports)[TJK]
    host = axes.HOST.start
    members = flows[RUS] + flows[host + KAZ] + v["uzbekistan.eaeu"] * flows[host + UZB]
    np.testing.assert_allclose(market, members / flows.sum(axis=0))
    gdp = 1e3 * around.gdp[host + TJK]
    np.testing.assert_allclose(migrants, 4.0 * around.remittances[TJK] / gdp)
    np.testing.assert_array_equal(pressure, r.pressure_seen[TJK])
    np.testing.assert_array_equal(leaning, politics.position[axes.ISSUES.index("integration"), TJK])
    ties = 4.0 * flows[:P] + money.debt[:, TJK] + money.capital[:, TJK]
    share = ties / ties.sum(axis=0)
    spread = (share**2).sum(axis=0)
    hedged = -2.0 * v["hosts.hedging"] * (share[RUS] - spread) / np.maximum(spread, 0.2)
    own_will = v["hosts.hedging"] * v["accession.autonomy"] * v["tajikistan.autonomy"]
    np.testing.assert_allclose(freedom, np.minimum(hedged, 0.0) - own_will)
    minded = (politics.share[:, TJK] * v.over("{power}.wary_of_russia")).sum(axis=0)
    np.testing.assert_allclose(objections, -v["hosts.heed"] * minded / 0.15)
    motives = ("market", "migrants", "pressure", "leaning")
    np.testing.assert_array_equal(weights, [v[f"accession.{motive}"] for motive in motives])


def test_what_is_decided_counts_from_settlement_on(model: CentralAsia) -> None:
    r = model.relations
    r.wish[UZB] = 1.0
    assert not r.diplomacy.customs_union()[UZB].any()
    r.politics.accession[:] = r.wish
    assert r.diplomacy.customs_union()[UZB].all()


def test_the_willing_join_and_turkmenistan_does_not() -> None:
    """Chances of a year by host, at the registry's figures."""
    model = CentralAsia("baseline", 64, collect=False, parameters={"organisations.endogenous": 1.0})
    while model.quarter.year < 2030:
        model.step()
    inside = (model.state.politics.membership[EAEU] > 0.9).mean(axis=-1)
    assert inside[TJK] > inside[UZB] > inside[TKM]
    assert inside[TKM] < 0.1
    assert min(inside[KAZ], inside[KGZ]) > 0.8


# --- migrants ------------------------------------------------------------------------------------


def test_migrants_rights_raise_what_they_send_by_and_by(model: CentralAsia) -> None:
    at(model, "2019Q1")
    v, host = model.values, next(h for h in model.hosts if h.host == TJK)
    model.t = 8
    r = model.relations
    r.politics.pressure[:], r.pressure_before[:] = 0.0, 0.0
    model.state.politics.migrants[:] = 0.0
    v["migrants.union_gain"][:], v["migrants.adjustment"][:] = 0.2, 0.5
    model.look_at_borders()
    host.observe()
    calm = model.state.remittances[TJK].copy()
    v["tajikistan.eaeu"][:] = 1.0
    model.look_at_borders()
    host.observe()
    np.testing.assert_allclose(model.state.remittances[TJK] / calm, np.exp(0.1))
    host.observe()
    np.testing.assert_allclose(model.state.remittances[TJK] / calm, np.exp(0.15))
    model.t = -1


# --- unrest --------------------------------------------------------------------------------------


def test_unrest_shuts_the_borders_of_the_host_alone(model: CentralAsia) -> None:
    r, v = model.relations, model.values
    at(model, "2017Q2")
    v["kyrgyzstan.unrest"][:] = [0.0, 0.5, 1.0]
    added = r.links().border_days
    for name in ("kaz_kgz_road", "irkeshtam_road", "fergana_tashkent_rail"):
        np.testing.assert_allclose(added[link(name)], [0.0, 2.5, 5.0])
    assert not added[link("kaz_uzb_rail")].any()
    v["unrest.effects"][:] = 0.0
    assert not r.links().border_days.any()


def test_the_record_knows_unrest_before_a_run(model: CentralAsia) -> None:
    secure = model.relations.insecurity
    quarter = Quarter.parse("2010Q2") - FIRST
    np.testing.assert_array_equal(secure.unrest(quarter, -1)[KGZ], 1.0)
    np.testing.assert_array_equal(secure.unrest(quarter, 5)[KGZ], 0.0)


def test_unrest_takes_from_growth_that_nobody_has_observed(model: CentralAsia) -> None:
    host = next(h for h in model.hosts if h.host == KGZ)
    v, loss = model.values, model.values["unrest.growth_loss"].copy()
    v["kyrgyzstan.unrest"][:] = 1.0
    model.t = Quarter.parse("2022Q1") - Quarter.of(2017)
    assert not host._unrest_loss().any(), "observed growth holds it already"
    model.t = Quarter.parse("2030Q1") - Quarter.of(2017)
    np.testing.assert_allclose(host._unrest_loss(), -loss)
    np.testing.assert_allclose(host._unrest_loss(), -loss * 0.3)
    host.unrest_before[:] = 0.0
    model.t = -1


# --- Afghanistan ---------------------------------------------------------------------------------


def test_war_reaches_the_links_beside_it(model: CentralAsia) -> None:
    r, v = model.relations, model.values
    at(model, "2019Q1")
    v["afghanistan.conflict"][:] = [0.75, 1.0, 0.25]
    changes = r.links()
    road, bridge = link("trans_afghan"), link("termez_hairatan")
    np.testing.assert_allclose(changes.conflict[road], [0.0, 0.25, -0.5])
    np.testing.assert_allclose(changes.conflict[bridge], [0.0, 0.25 * 0.47, -0.5 * 0.47])
    np.testing.assert_allclose(changes.border_days[road], [0.0, 1.5, -3.0])
    v["afghanistan.spillover"][:] = 0.0
    assert not r.links().conflict.any()


def test_aid_answers_a_war_that_nobody_budgeted_for(model: CentralAsia) -> None:
    secure, v = model.relations.insecurity, model.values
    v["japan.afghanistan_aid"][:] = 0.5
    quarter = Quarter.parse("2030Q1") - FIRST
    v["afghanistan.conflict"][:] = [0.5, 1.0, 0.3]
    np.testing.assert_allclose(
        secure.aid_factor(quarter, 52)[JPN], [1.0, np.exp(0.25), np.exp(-0.1)]
    )
    np.testing.assert_array_equal(secure.aid_factor(quarter, -1), 1.0)
    pull = secure.aid_pull(quarter, 52)[JPN]
    np.testing.assert_allclose(pull[TJK], [0.25, 0.5, 0.15])
    np.testing.assert_allclose(pull[KAZ], 0.0)
    before = secure.aid_pull(Quarter.parse("2001Q2") - FIRST, -1)[JPN]
    after = secure.aid_pull(Quarter.parse("2001Q4") - FIRST, -1)[JPN]
    np.testing.assert_allclose(
        after / np.where(before > 0.0, before, 1.0), [[0.0], *[[5.0]] * 4] * np.ones(3)
    )


def test_a_war_next_door_strengthens_allies(model: CentralAsia) -> None:
    secure, v = model.relations.insecurity, model.values
    quarter = Quarter.parse("2030Q1") - FIRST
    v["afghanistan.conflict"][:] = 1.0
    factor = secure.alliance_factor(quarter, 52)
    np.testing.assert_allclose(factor[TJK], 1.0 + 0.8 * 0.5)
    np.testing.assert_allclose(factor[KAZ], 1.0)


# --- soft power and the treaty -------------------------------------------------------------------


def test_channels_multiply_what_schooling_does(model: CentralAsia) -> None:
    """Kinship for Turkey but not in Tajikistan, solidarity for Japan, the association for both."""
    diplomacy, v = model.relations.diplomacy, model.values
    v["soft.turkic"][:], v["soft.pan_asian"][:], v["soft.friendship"][:] = 0.5, 0.3, 0.2
    v["soft.jacafa"][:] = [0.0, 1.0, 1.0]
    v["soft.channels"][:] = [1.0, 1.0, 0.0]
    factor = diplomacy._channels(diplomacy.setting.friendship.size - 1, 10)
    np.testing.assert_allclose(factor[TUR, KGZ], [1.5, 1.7, 1.0])
    np.testing.assert_allclose(factor[TUR, TJK], [1.0, 1.2, 1.0])
    np.testing.assert_allclose(factor[JPN, TJK], [1.3, 1.5, 1.0])
    np.testing.assert_allclose(factor[[CHN, RUS, IND]], 1.0)
    record = diplomacy._channels(Quarter.parse("2010Q1") - FIRST, -1)
    np.testing.assert_allclose(record[TUR, KGZ, :2], 1.7)


def test_what_is_liked_is_bought(model: CentralAsia) -> None:
    """Trade moves by the pull times what was gained since the start, at a quarter's speed."""
    host = next(h for h in model.hosts if h.host == KGZ)
    v, politics = model.values, model.state.politics
    v["soft.trade_pull"][:], v["trade.adjustment"][:] = [0.0, 0.5, 0.5], 0.2
    v["soft.channels"][:] = [1.0, 1.0, 0.0]
    tie = model.state.tie_import
    kept, model.t = tie.copy(), 0
    host.weigh_ties()
    before = tie[KGZ, TUR].copy()
    tie[:] = kept
    politics.channel[TUR, KGZ, SOFT] += 0.1
    host.weigh_ties()
    np.testing.assert_allclose(tie[KGZ, TUR] - before, [0.0, 0.2 * 0.05, 0.0], atol=1e-12)
    tie[:], model.t = kept, -1


def test_the_treaty_draws_its_parties_nearer_to_japan_since_the_votes() -> None:
    votes = axes.ISSUES.index("un_votes")
    model = new_model("backcast_2000", MEMBERS)
    diplomacy, v = model.relations.diplomacy, model.values
    v["influence.treaty_pull"][:] = 0.2
    before = diplomacy._minds(Quarter.parse("2008Q1") - FIRST, 28)
    after = diplomacy._minds(Quarter.parse("2010Q1") - FIRST, 36)
    gap = diplomacy.powers[votes, JPN] - diplomacy.politics.position[votes]
    np.testing.assert_allclose(after[votes], before[votes] + 0.2 * gap)
    np.testing.assert_array_equal(np.delete(after, votes, axis=0), np.delete(before, votes, axis=0))
    forward = new_model("baseline", MEMBERS).relations.diplomacy
    quarter = Quarter.parse("2030Q1") - FIRST
    np.testing.assert_array_equal(forward._minds(quarter, 52), forward.own)


def test_however_strong_the_zone_a_mind_stays_between_the_poles() -> None:
    model = CentralAsia("backcast_2009", MEMBERS, collect=False)
    model.values["organisation.CANWFZ"][:] = [0.0, 20.0, 20.0]
    model.values["influence.treaty_pull"][:] = 1.0
    model.values["influence.opinion_rate"][:] = 1.0
    for _ in range(12):
        model.step()
    politics = model.state.politics
    assert (np.abs(politics.position) <= 1.0).all()
    assert (np.abs(politics.alignment) <= 1.0).all()
