"""What a power does in each phase: purses, motives and offers, re-derived by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from steppe import axes
from steppe.agents.offering import MOTIVES
from steppe.agents.power import TRANSPORT, Power
from steppe.agents.prospects import COMMERCIAL, CONCESSIONAL
from steppe.laws import choice, motives, offers
from steppe.model import CentralAsia

from .conftest import CHN, IND, JPN, KAZ, MEMBERS, RUS, TKM, TUR, UZB, H, P, S, W

BALANCE, NETWORK = MOTIVES.index("balance"), MOTIVES.index("network")


def power(model: CentralAsia, index: int) -> Power:
    return next(agent for agent in model.powers if agent.power == index)


def grants(model: CentralAsia, p: int, rivalry: np.ndarray | float = 1.0) -> np.ndarray:
    """What a power without moods grants in the quarter: b Y / 4 x path x own x rivalry."""
    v, r, name = model.values, model.relations, axes.NAMES[axes.POWERS[p]]
    rates = np.stack([v[f"{name}.{window}_budget"] for window in axes.WINDOWS])
    yearly = rates * 1000.0 * r.around.gdp[p]
    return yearly / 4.0 * r.setting.ramp[p, r.quarter] * v[f"{name}.budget"] * rivalry


def no_pledges(model: CentralAsia, p: int) -> None:
    r = model.relations
    r.setting = replace(r.setting, pledges=np.zeros_like(r.setting.pledges))
    r.money.pool[p] = 0.0


def fund(agent: Power) -> None:
    agent.model.prospects.survey()
    agent._fund()


def offer(agent: Power) -> None:
    agent.model.prospects.survey()
    agent._offer()


def risk_of(agent: Power) -> np.ndarray:
    agent.model.prospects.survey()
    return agent._risk()


def test_a_purse_lapses_and_is_granted_its_part_of_gdp(model: CentralAsia) -> None:
    """A' = A (1 - lapse) + B, and granted = lapsed + spent + purse stays so."""
    agent, money = power(model, JPN), model.relations.money
    no_pledges(model, JPN)
    money.purse[JPN] = [[100.0], [300.0]]
    model.values["japan.rivalry_response"][:] = 0.0
    before = {n: getattr(money, n)[JPN].copy() for n in ("granted", "lapsed", "spent")}
    fund(agent)
    lapse, granted = model.values["powers.lapse"], grants(model, JPN)
    assert (granted > 1.0).all()
    expected = np.array([[100.0], [300.0]]) * (1.0 - lapse) + granted
    np.testing.assert_allclose(money.purse[JPN], expected)
    np.testing.assert_allclose(money.granted[JPN] - before["granted"], granted)
    np.testing.assert_allclose(money.lapsed[JPN] - before["lapsed"], lapse * [[100.0], [300.0]])
    np.testing.assert_array_equal(money.spent[JPN], before["spent"])


def test_rivals_raise_a_budget_by_the_rise_of_the_mean_threat(model: CentralAsia) -> None:
    """A mean threat .1 above that of 1997: half a unit of the response."""
    agent, politics, money = power(model, JPN), model.relations.politics, model.relations.money
    no_pledges(model, JPN)
    politics.threat_before[JPN] = 0.3
    politics.threat[JPN] = 0.4
    model.values["powers.balancing"][:] = [0.0, 0.5, 1.0]
    model.values["japan.rivalry_response"][:] = 1.2
    before = money.granted[JPN].copy()
    fund(agent)
    factor = 1.0 + np.array([0.0, 0.5, 1.0]) * 1.2 * 0.1 / 0.2
    np.testing.assert_allclose(money.granted[JPN] - before, grants(model, JPN, factor))


def test_the_opening_purse_is_the_one_that_stands_still(model: CentralAsia) -> None:
    agent, r = power(model, JPN), model.relations
    no_pledges(model, JPN)
    r.quarter = 0
    r.politics.threat_before[:] = r.politics.threat
    r.money.purse[JPN] = 0.0
    fund(agent)
    flow, tau = grants(model, JPN), model.values["japan.spending_time"]
    purse = r.money.purse[JPN]
    np.testing.assert_allclose(purse / tau + model.values["powers.lapse"] * purse, flow)
    np.testing.assert_allclose(agent.treasury.first_grant, flow)


def test_pledges_fade_and_a_part_becomes_commercial_authority(model: CentralAsia) -> None:
    """80 open, 40 new: a quarter of the yearly decay of 80 goes, none of the new yet."""
    agent, r, v = power(model, JPN), model.relations, model.values
    no_pledges(model, JPN)
    r.politics.threat_before[:] = r.politics.threat
    r.money.pool[JPN, UZB] = 80.0
    v["pledge.japan_uzbekistan"][:] = 40.0
    r.t = 3
    granted = r.money.granted[JPN].copy()
    fund(agent)
    faded = 0.25 * v["powers.pledge_decay"] * 80.0
    np.testing.assert_allclose(r.money.pool[JPN, UZB], 120.0 - faded)
    np.testing.assert_array_equal(r.money.pledged_now[JPN, UZB], 40.0)
    np.testing.assert_array_equal(r.money.pledged_now[JPN].sum(axis=0), 40.0)
    extra = r.money.granted[JPN] - granted - grants(model, JPN)
    np.testing.assert_allclose(extra[COMMERCIAL], v["powers.pledge_conversion"] * faded)
    np.testing.assert_allclose(extra[CONCESSIONAL], 0.0, atol=1e-9)


def test_pledges_by_parameter_count_in_the_run_only(model: CentralAsia) -> None:
    """Before it those of the table do: an event of the run must not change the record."""
    agent, r = power(model, JPN), model.relations
    no_pledges(model, JPN)
    model.values["pledge.japan_uzbekistan"][:] = 40.0
    announced = np.zeros_like(r.setting.pledges)
    announced[JPN, KAZ, r.quarter] = 9.0
    r.setting = replace(r.setting, pledges=announced)
    for t, expected in ((-1, 0.0), (0, 40.0)):
        r.t = t
        fund(agent)
        np.testing.assert_array_equal(r.money.pledged_now[JPN, UZB], expected)
        np.testing.assert_array_equal(r.money.pledged_now[JPN, KAZ], 9.0)
        assert r.money.pledged_now[JPN].sum() == MEMBERS * (9.0 + expected)


def test_announced_money_is_told_in_the_run_only(model: CentralAsia) -> None:
    agent, r = power(model, JPN), model.relations
    model.values["pledge.japan_uzbekistan"][:] = [0.0, 40.0, 7.0]

    def told() -> list[tuple[int, int, float]]:
        rows = r.log.rows(model.case.horizon.start, range(MEMBERS))
        return [
            (int(host), int(member), float(amount))
            for host, member, amount in zip(
                rows["host"], rows["member"], rows["amount"], strict=True
            )
        ]

    before = told()
    fund(agent)
    assert told() == before, "the record before the run is no news"
    r.t = 3
    fund(agent)
    assert told() == [*before, (UZB, 1, 40.0), (UZB, 2, 7.0)]


def motives_of(agent: Power) -> list[list[np.ndarray]]:
    """Return the motives of each window in their units, (host, sector, member)."""
    risk = risk_of(agent)
    seen = agent.offering.motives(risk, agent.at_stake())
    if agent.offering.unit is None:
        agent.offering.unit = agent.offering._units(seen)
    network = np.zeros((H, S, MEMBERS))
    network[:, TRANSPORT] = seen.served
    fields = {
        "security": seen.security,
        "balance": (choice.balance(seen.threat) * seen.balancing)[:, None],
        "network": network,
        "need": seen.need,
        "caution": -risk[:, None],
    }
    windows = []
    for window in range(W):
        fields["return"] = motives.present_value(seen.income, seen.worth[window])
        windows.append([fields[m] / u for m, u in zip(MOTIVES, agent.offering.unit, strict=True)])
    return windows


@pytest.mark.parametrize("p", range(P))
def test_motives_have_a_spread_of_one_where_they_vary(model: CentralAsia, p: int) -> None:
    agent = power(model, p)
    agent.offering.unit = None
    commercial = motives_of(agent)[COMMERCIAL]
    where = {"network": [TRANSPORT], "caution": [0]}
    for name, field in zip(MOTIVES, commercial, strict=True):
        if name in ("balance", "security"):
            continue  # their units are common to the powers
        over = np.broadcast_to(field, (H, S, MEMBERS))[:, where.get(name, list(range(S)))]
        deviation = over.std(axis=(0, 1))
        flat = deviation == 0.0
        np.testing.assert_allclose(np.where(flat, 1.0, deviation), 1.0, err_msg=name)
        assert name == "network" or not flat.any(), name


@pytest.mark.parametrize("p", range(P))
def test_security_is_what_is_at_stake_times_potential_in_units_of_04(
    model: CentralAsia, p: int
) -> None:
    """The unit is no power's own: who imports little weighs it little."""
    agent, setting = power(model, p), model.relations.setting
    agent.offering.unit = None
    expected = (setting.at_stake[p] * setting.potential / 0.4)[..., None] + np.zeros(MEMBERS)
    if p == JPN:  # its stake in minerals follows the bill for rare earths
        expected[:, axes.SECTORS.index("minerals")] *= model.rare_earths.stake()
    for window in motives_of(agent):
        field = np.broadcast_to(window[MOTIVES.index("security")], (H, S, MEMBERS))
        np.testing.assert_allclose(field, expected)


def test_the_scale_of_the_first_quarter_stays(model: CentralAsia) -> None:
    """A later field is measured by what was usual at the start."""
    agent = power(model, RUS)
    before = motives_of(agent)[COMMERCIAL]
    model.values.over("{host}.stability")[:] *= 2.0
    after = motives_of(agent)[COMMERCIAL]
    caution = MOTIVES.index("caution")
    rise = (after[caution] - before[caution]) * agent.offering.unit[caution]
    np.testing.assert_allclose(rise[:, 0], 0.5 * model.values.over("{host}.stability"), atol=1e-12)


@pytest.mark.parametrize("p", [JPN, CHN])
def test_balance_is_the_threat_above_its_mean_in_units_of_006(model: CentralAsia, p: int) -> None:
    threat = model.relations.politics.threat[p]
    threat[:] = np.linspace(0.1, 0.5, H)[:, None]
    model.values["powers.balancing"][:] = [0.0, 0.5, 1.0]
    agent = power(model, p)
    agent.offering.unit = None
    for window in range(W):
        pull = np.broadcast_to(motives_of(agent)[window][BALANCE], (H, S, MEMBERS))
        expected = (np.linspace(0.1, 0.5, H) - 0.3)[:, None, None] / 0.06 * np.array([0, 0.5, 1])
        np.testing.assert_allclose(pull, np.broadcast_to(expected, pull.shape), atol=1e-12)


def test_networks_draw_money_into_transport_only(model: CentralAsia) -> None:
    r = model.relations
    field = motives_of(power(model, CHN))[COMMERCIAL][NETWORK]
    assert (np.delete(field, TRANSPORT, axis=1) == 0.0).all()
    assert (field[:, TRANSPORT].max(axis=0) > 0.0).all()
    by_hand, reliance = np.zeros((H, MEMBERS)), r.logistics.reliance()
    for site in r.works.sites:
        if site.power == CHN and site.host >= 0:
            by_hand[site.host] += site.share * reliance[CHN, site.link]
    scale = power(model, CHN).offering.unit[NETWORK]
    np.testing.assert_allclose(field[:, TRANSPORT] * scale, by_hand)


def test_dear_oil_makes_extraction_earn_more_and_nothing_else(model: CentralAsia) -> None:
    """Oil at half the usual price, at it and at twice: incomes of fields and mines in proportion,
    of all sectors by what capital in place leaves of them."""
    r, v = model.relations, model.values
    usual = np.full(MEMBERS, 60.0)
    dear = np.array([0.5, 1.0, 2.0])
    r.around = replace(r.around, oil=dear * usual, oil_usual=usual)
    r.crowding = np.random.default_rng(2).random((H, S, MEMBERS))
    model.prospects.survey()
    plain = v.over("projects.income.{sector}") * r.setting.endowment[..., None] * r.crowding
    for s, sector in enumerate(axes.SECTORS):
        factor = dear if sector in ("hydrocarbons", "minerals") else 1.0
        np.testing.assert_allclose(model.prospects.income[:, s], plain[:, s] * factor)


def test_dearer_money_is_worth_less_in_the_commercial_window(model: CentralAsia) -> None:
    soft, hard = (w[MOTIVES.index("return")] for w in motives_of(power(model, CHN)))
    assert (model.values["china.commercial_spread"] > 0.0).all()
    earns = model.relations.setting.endowment > 0.0
    assert (soft[earns] > hard[earns]).all()


def numbers(model: CentralAsia, rng: np.random.Generator) -> None:
    """Draw the random numbers of a quarter's offers anew."""
    shape = (P, W, H, MEMBERS)
    r = model.relations
    r.drawn = {name: rng.random(shape) for name in ("count", "sector", "accept")}
    r.drawn["size"] = rng.standard_normal(shape)


@pytest.mark.parametrize("window", range(W))
def test_offers_never_exceed_the_purse(model: CentralAsia, window: int) -> None:
    r, rng = model.relations, np.random.default_rng(4)
    bound = 0
    for quarter in range(40):
        numbers(model, rng)
        r.drawn["count"] = 0.9 + 0.1 * r.drawn["count"]  # more at once than a purse holds
        r.quarter = 30 + quarter
        for p in range(P):
            r.money.purse[p, window] = rng.lognormal(4.0, 2.0, MEMBERS)
            offer(power(model, p))
            amount = r.offers.amount[p, window]
            assert (amount >= 0.0).all()
            total, purse = amount.sum(axis=0), r.money.purse[p, window]
            assert (total <= purse * (1.0 + 1e-12)).all()
            bound += int((total > 0.999 * purse).sum())
            financed = r.setting.profile[p, window][r.offers.sector[p, window]]
            assert (financed[amount > 0.0] > 0.0).all(), "only what the power finances"
    assert bound > 10, "purses that bind were among them"


def test_each_host_is_served_first_in_its_turn(
    model: CentralAsia, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[int] = []
    monkeypatch.setattr(offers, "draw", lambda *inputs: turns.append(inputs[9]))
    for quarter in range(30, 37):
        model.relations.quarter = quarter
        offer(power(model, CHN))
    assert turns == [0, 1, 2, 3, 4, 0, 1]


def test_what_is_reserved_for_a_proposal_is_offered_to_nobody(model: CentralAsia) -> None:
    """All of a purse in one member, half of it in another: as offers of what is left of it."""
    r, agent, rng = model.relations, power(model, JPN), np.random.default_rng(6)
    numbers(model, rng)
    r.drawn["count"][:] = 0.999
    r.money.purse[JPN, COMMERCIAL] = 3000.0
    r.reserved[JPN, COMMERCIAL] = [0.0, 1500.0, 3000.0]
    offer(agent)
    found = r.offers.amount[JPN, COMMERCIAL].copy()
    assert found[:, 0].sum() > 1500.0 > 0.0 == found[:, 2].sum()
    r.money.purse[JPN, COMMERCIAL], r.reserved[JPN] = [3000.0, 1500.0, 0.0], 0.0
    offer(agent)
    np.testing.assert_array_equal(r.offers.amount[JPN, COMMERCIAL], found)


def drawn_by_hand(model: CentralAsia, p: int, window: int) -> np.ndarray:
    """What clubs (commercial) and Afghanistan (aid) add to the pull of hosts at the end of 2016."""
    v, r = model.values, model.relations
    if window == COMMERCIAL:
        joint = r.diplomacy._joint(r.quarter, -1)[:, p]
        return (r.setting.business[:, p, None, None] * joint).sum(axis=0)
    response = v[f"{axes.NAMES[axes.POWERS[p]]}.afghanistan_aid"]
    exposed = np.array([0.0, 0.6, 0.5, 0.2, 1.0])[:, None]
    return response * exposed * 0.75


def shares_by_hand(model: CentralAsia, agent: Power, window: int) -> tuple[np.ndarray, np.ndarray]:
    """Utilities as decision 0011 has them, and hosts' parts of the window: (before, after)."""
    v, r, p = model.values, model.relations, agent.power
    name = axes.NAMES[axes.POWERS[p]]
    risk = risk_of(agent)
    pull = sum(
        v[f"{name}.{axes.WINDOWS[window]}_{motive}"] * field
        for motive, field in zip(MOTIVES, motives_of(agent)[window], strict=True)
        if window == COMMERCIAL or motive != "security"  # aid finances nothing that secures fuel
    )
    culture = v.over("culture.{pair}").reshape(P, H, -1)[p]
    near = v["powers.affinity"] * r.affinity[p]
    near = near + v["powers.kinship"] * np.log(np.maximum(culture, 0.01))
    pull = pull + (near + agent.leaning(window) + drawn_by_hand(model, p, window))[:, None]
    gdp = r.around.gdp[axes.HOST]
    utility = (v[f"{name}.size_preference"] * np.log(gdp))[:, None] + pull / v["powers.temperature"]
    if window == COMMERCIAL:
        open_now = np.log(1.0 + r.money.pool[p] / (200.0 * r.around.prices))
        utility = utility + (v["powers.pledge_pull"] * open_now)[:, None]
        allowed = np.broadcast_to(agent.screen(risk), (H, MEMBERS))
    else:
        allowed = np.minimum(1.0, v["powers.graduation"] * r.around.prices / r.around.gdp_per_head)
    weight = r.setting.profile[p, window][:, None] * np.exp(utility)
    plain = weight.sum(axis=1) / weight.sum(axis=(0, 1))
    kept = weight.sum(axis=1) * allowed
    if window == CONCESSIONAL:
        return plain, kept / weight.sum(axis=(0, 1))
    return plain, kept / kept.sum(axis=0)


@pytest.mark.parametrize("window", range(W))
@pytest.mark.parametrize("p", [JPN, CHN, TUR])
def test_mean_offers_are_the_hosts_share_of_what_the_purse_gives_a_quarter(
    model: CentralAsia, p: int, window: int
) -> None:
    """E[number x size] = share A / tau: 600 quarters of 3 members on an even grid of chances."""
    r, v, agent = model.relations, model.values, power(model, p)
    v["powers.offer_spread"][:] = 0.3
    name = axes.NAMES[axes.POWERS[p]]
    tau = v[f"{name}.spending_time"]
    r.money.pool[p, UZB] = 400.0
    _, share = shares_by_hand(model, agent, window)
    mean = v[f"{name}.{axes.WINDOWS[window]}_offer"] * (r.around.gdp[axes.HOST] / 20.0) ** 0.35
    purse = 3.0 * tau * mean.max(axis=0)
    r.money.purse[p, window] = purse
    rng, draws = np.random.default_rng(1), 600
    grid = (np.arange(draws) + 0.5) / draws
    uniform = np.stack([rng.permutation(grid) for _ in range(H * MEMBERS)])
    counted = uniform.reshape(H, MEMBERS, draws)
    total, sums = np.zeros((H, MEMBERS)), np.zeros(MEMBERS)
    for draw in range(draws):
        numbers(model, rng)
        r.drawn["count"][p, window] = counted[:, :, draw]
        offer(agent)
        total += r.offers.amount[p, window] / draws
        sums += r.offers.amount[p, window].sum(axis=0) > 0.99 * purse
    assert (sums < 0.02 * draws).all(), "the purse hardly ever binds here"
    expected = share * purse / tau
    np.testing.assert_allclose(total, expected, rtol=0.08, atol=0.02 * expected.max())


@pytest.mark.parametrize("window", range(W))
def test_what_is_expected_of_a_quarter_is_the_share_of_the_purse_whatever_is_drawn(
    model: CentralAsia, window: int
) -> None:
    r, agent = model.relations, power(model, CHN)
    r.money.purse[CHN, window] = [100.0, 300.0, 0.0]
    _, share = shares_by_hand(model, agent, window)
    by_hand = share * [100.0, 300.0, 0.0] / model.values["china.spending_time"]
    rng = np.random.default_rng(8)
    for _ in range(2):
        numbers(model, rng)
        offer(agent)
        np.testing.assert_allclose(r.expected[CHN, window], by_hand)


@pytest.mark.parametrize(("sectors", "part"), [((1, 3, 5), 1.0), ((0, 2, 4, 6), 0.0)])
def test_infrastructure_is_power_transport_and_water_in_what_is_expected(
    model: CentralAsia, sectors: tuple[int, ...], part: float
) -> None:
    r, agent = model.relations, power(model, CHN)
    profile = np.zeros_like(r.setting.profile)
    profile[:, :, list(sectors)] = 1.0 / len(sectors)
    r.setting = replace(r.setting, profile=profile)
    r.money.purse[CHN] = 200.0
    numbers(model, np.random.default_rng(9))
    offer(agent)
    assert (r.expected[CHN, COMMERCIAL] > 0.0).all()
    np.testing.assert_allclose(
        r.expected_works[CHN, COMMERCIAL], part * r.expected[CHN, COMMERCIAL], rtol=1e-9
    )


def test_what_a_richer_host_no_longer_gets_goes_to_nobody(model: CentralAsia) -> None:
    r, agent = model.relations, power(model, JPN)
    numbers(model, np.random.default_rng(3))
    r.drawn["count"][JPN] = 0.97
    r.drawn["size"][JPN] = -1.0
    r.money.purse[JPN] = 1e5
    model.values["japan.concessional_need"][:] = 0.0  # heads move graduation and nothing else

    def inherited(heads: np.ndarray) -> np.ndarray:
        """Parts of the window without the graininess of offers: what the record begins with."""
        r.around = replace(r.around, gdp_per_head=heads * r.around.prices)
        r.quarter = 0
        offer(agent)
        taken = model.values["hosts.expected_acceptance"]
        return r.inherited[JPN, CONCESSIONAL] / (taken * agent.treasury.first_grant[CONCESSIONAL])

    agent.treasury.first_grant = np.ones((W, MEMBERS))
    model.values["hosts.expected_acceptance"][:] = [0.3, 0.7, 1.0]
    heads = np.full((H, MEMBERS), 3000.0)
    poor = inherited(heads)
    np.testing.assert_allclose(poor.sum(axis=0), 1.0)
    heads[KAZ] = 9000.0
    rich = inherited(heads)
    np.testing.assert_allclose(rich[KAZ], 0.5 * poor[KAZ])
    np.testing.assert_allclose(rich[UZB:], poor[UZB:])


def test_pledges_draw_business_and_not_aid(model: CentralAsia) -> None:
    r, agent = model.relations, power(model, JPN)
    model.values["japan.risk_limit"][:] = 100.0
    agent.treasury.first_grant = np.ones((W, MEMBERS))
    r.quarter = 0

    def parts(pool: float) -> np.ndarray:
        r.money.pool[JPN] = 0.0
        r.money.pool[JPN, TKM] = pool * r.around.prices
        offer(agent)
        return r.inherited[JPN] / model.values["hosts.expected_acceptance"]

    none, many = parts(0.0), parts(200.0)
    np.testing.assert_array_equal(many[CONCESSIONAL], none[CONCESSIONAL])
    odds = [part[COMMERCIAL, TKM] / (1.0 - part[COMMERCIAL, TKM]) for part in (none, many)]
    pull = model.values["powers.pledge_pull"] * np.log(2.0)
    np.testing.assert_allclose(odds[1] / odds[0], np.exp(pull))


def test_works_abroad_take_at_most_half_of_the_quarters_commercial_authority(
    model: CentralAsia,
) -> None:
    agent, r = power(model, IND), model.relations
    no_pledges(model, IND)
    r.t = 0
    v = model.values
    v["india.chabahar_finance"][:] = [0.0, 4.0, 5000.0]
    for link in ("chabahar_port", "chabahar_mashhad"):
        v[f"link.{link}.sanctions"][:] = 0.0
    r.money.purse[IND] = 20.0
    r.politics.threat_before[:] = r.politics.threat
    before = r.money.spent[IND].copy()
    fund(agent)
    granted = grants(model, IND)[COMMERCIAL]
    whole = 20.0 * (1.0 - v["powers.lapse"]) + granted
    spent = np.array([0.0, 1.0, 0.5 * granted[2]])
    assert (0.5 * granted > 1.0).all() and (0.5 * granted < 1250.0).all()
    np.testing.assert_allclose(r.spent_abroad[IND], spent)
    np.testing.assert_allclose(r.money.purse[IND, COMMERCIAL], whole - spent, atol=1e-9)
    np.testing.assert_allclose(r.money.spent[IND, COMMERCIAL] - before[COMMERCIAL], spent)
    assert (r.money.purse[IND, COMMERCIAL] >= 0.5 * granted).all(), "half is left for hosts"


def test_risk_is_instability_distress_and_unrest(model: CentralAsia) -> None:
    r, v = model.relations, model.values
    r.money.distress[:] = 0.4
    r.secured[CHN] = 0.25
    v["uzbekistan.stability"][:], v["uzbekistan.unrest"][:] = -1.5, 0.2
    np.testing.assert_allclose(risk_of(power(model, JPN))[UZB], 1.5 + 0.4 + 0.2)
    np.testing.assert_allclose(risk_of(power(model, CHN))[UZB], 1.5 + 0.3 + 0.2)


def test_the_threat_is_the_rivals_share_weighed_by_wariness(model: CentralAsia) -> None:
    r, v = model.relations, model.values
    power(model, JPN)._weigh_rivals()
    share = r.politics.share
    weighed = sum(
        v[f"japan.wary_of_{axes.NAMES[axes.POWERS[other]]}"] * share[other] for other in range(1, P)
    )
    remembered = v["japan.restriction_wariness"] * model.state.rare_earths.memory
    weighed = weighed + remembered * v["japan.wary_of_china"] * share[axes.POWERS.index("CHN")]
    np.testing.assert_allclose(r.politics.threat[JPN], (1.0 - share[JPN]) * weighed)
    assert not (r.politics.threat[JPN] == r.politics.threat_before[JPN]).all()
    r.quarter = 0
    power(model, JPN)._weigh_rivals()
    np.testing.assert_array_equal(r.politics.threat[JPN], r.politics.threat_before[JPN])


def test_graduation_is_the_laws(model: CentralAsia) -> None:
    """Shares by hand here and kept() agree on the parts of the concessional window."""
    plain, after = shares_by_hand(model, power(model, JPN), CONCESSIONAL)
    around = model.relations.around
    allowed = motives.graduation(
        around.gdp_per_head / around.prices, model.values["powers.graduation"]
    )
    np.testing.assert_allclose(after, plain * allowed)


def test_contractors_put_a_part_of_their_fees_into_business_of_their_own(
    model: CentralAsia,
) -> None:
    agent, money = power(model, TUR), model.relations.money
    before = money.granted[TUR].copy()
    fees = np.arange(float(H))[:, None] * 10.0
    money.fees_now[TUR] = 0.0
    fund(agent)
    without = money.granted[TUR] - before
    money.fees_now[TUR] = fees
    before = money.granted[TUR].copy()
    fund(agent)
    aid, business = (money.granted[TUR] - before) - without
    np.testing.assert_allclose(aid, 0.0, atol=1e-9)
    reinvested = model.values["consortia.reinvested"]
    assert (reinvested > 0.0).all()
    np.testing.assert_allclose(business, reinvested * fees.sum())
