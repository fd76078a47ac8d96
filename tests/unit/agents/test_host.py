"""What a host does in each phase, re-derived by hand from the state before it."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import axes
from steppe.agents.host import Host
from steppe.model import CentralAsia
from steppe.parameters import read_table
from steppe.world.state import PARTNER_INDEX

from ...models import new_model
from .conftest import CHN, JPN, KAZ, MEMBERS, RUS, TJK


@pytest.fixture
def model() -> CentralAsia:
    """A model in its first quarter's observe phase, with nothing to weigh but what a test sets."""
    model = new_model("baseline", MEMBERS)
    model.t = 0
    model.economy.t = 0
    model.economy.advance_prices()
    model.logistics.survey(model.base_values)  # costs at the base: no change
    model.supply = np.zeros_like(model.supply)
    model.demand = np.zeros_like(model.demand)
    return model


def host(model: CentralAsia, index: int) -> Host:
    return next(agent for agent in model.hosts if agent.host == index)


def test_ties_erode_from_their_residual_on_both_sides(model: CentralAsia) -> None:
    agent, v = host(model, KAZ), model.values
    agent.weigh_ties()
    rate = v["trade.erosion"] * v.over("{power}.erosion_factor")
    expected = -model.residual[:, KAZ] * (1 - np.exp(-rate * model.years_since_base))
    for tie in (model.state.tie_import[KAZ, axes.POWER], model.state.tie_export[KAZ, :5]):
        np.testing.assert_allclose(tie, v["trade.adjustment"] * expected)
    assert (expected[JPN] == 0.0).all(), "Japan's gap persists"
    assert (expected[RUS] * model.residual[RUS, KAZ] < 0.0).all()
    assert model.years_since_base == pytest.approx(2017.125 - 2015.5)


def test_market_access_raises_a_powers_exports_only(model: CentralAsia) -> None:
    agent = host(model, KAZ)
    agent.weigh_ties()
    before = model.state.tie_import[KAZ].copy(), model.state.tie_export[KAZ].copy()
    model.state.tie_import[:], model.state.tie_export[:] = 0.0, 0.0
    model.values["china.market_access"][:] = 0.5
    agent.weigh_ties()
    gained = model.state.tie_import[KAZ] - before[0]
    np.testing.assert_allclose(gained[CHN], 0.5 * model.values["trade.adjustment"])
    assert (np.delete(gained, CHN, axis=0) == 0.0).all()
    assert (model.state.tie_export[KAZ] == before[1]).all()


def test_suppliers_and_buyers_pull_through_their_own_ties(model: CentralAsia) -> None:
    model.values["trade.erosion"][:] = 0.0
    model.supply[CHN], model.demand[CHN] = 0.3, 0.7
    host(model, KAZ).weigh_ties()
    speed = model.values["trade.adjustment"]
    np.testing.assert_allclose(model.state.tie_import[KAZ, CHN], 0.3 * speed)
    np.testing.assert_allclose(model.state.tie_export[KAZ, CHN], 0.7 * speed)


def test_costs_and_tariffs_act_through_the_trade_elasticity(model: CentralAsia) -> None:
    model.values["trade.erosion"][:] = 0.0
    pair = model.network.pair_index[axes.REGIONS.index("JPN"), axes.REGIONS.index("KAZ")]
    model.logistics._change[pair] = 0.1
    model.values["tariff.japan_kazakhstan"][:] = 0.05
    model.look_at_borders()
    host(model, KAZ).weigh_ties()
    pull = model.values["trade.elasticity"] * model.values["trade.adjustment"]
    s = model.state
    for cost in (s.cost_import[KAZ, JPN], s.cost_export[KAZ, JPN]):
        np.testing.assert_allclose(cost, np.broadcast_to(-0.1 * pull, cost.shape))
    np.testing.assert_allclose(s.tie_import[KAZ, JPN], -0.05 * pull)
    assert (s.tie_export[KAZ, JPN] == 0.0).all(), "a host's tariff is on its imports"
    assert (s.cost_import[KAZ, CHN] == 0.0).all()


@pytest.mark.parametrize("index", [KAZ, TJK])
def test_shocks_of_imports_and_exports_reach_their_own_side(model: CentralAsia, index: int) -> None:
    def flows() -> tuple[np.ndarray, np.ndarray]:
        for phase in ("buy", "sell", "receive"):
            model.hosts.do(phase)
        total = model.state.trade.sum(axis=2)
        region = axes.HOST.start + index
        return total[CHN, region].copy(), total[region, CHN].copy()

    bought, sold = flows()
    model.state.noise_import[index, CHN] = 0.2
    more_bought, same_sold = flows()
    assert (more_bought > bought).all()
    np.testing.assert_allclose(same_sold, sold)
    model.state.noise_import[:] = 0.0
    model.state.noise_export[index, CHN] = 0.2
    same_bought, more_sold = flows()
    np.testing.assert_allclose(same_bought, bought)
    assert (more_sold > sold).all()


def test_dearer_oil_raises_the_value_of_hydrocarbons_only(model: CentralAsia) -> None:
    agent, v = host(model, KAZ), model.values
    model.state.log_price[:] = model.state.log_real[:] = 0.0
    model.state.uranium[:] = model.paths.uranium_base

    def output(change: float) -> np.ndarray:
        model.state.oil[:] = model.paths.oil_base * np.exp(change)
        agent.buy()
        agent.sell()
        return model.output[KAZ].copy()

    same, dear = output(0.0), output(0.5)
    np.testing.assert_allclose(same, np.broadcast_to(agent.base_output, same.shape))
    np.testing.assert_allclose(dear[0] / same[0], np.exp(0.5 * v["trade.oil_pass_through"]))
    np.testing.assert_allclose(dear[1:], same[1:])


def test_a_hosts_dollar_prices_move_what_it_sells_but_for_the_part_that_follows_oil(
    model: CentralAsia,
) -> None:
    """Hydrocarbons by what oil leaves of them, minerals by what uranium does, the rest whole."""
    agent, v = host(model, KAZ), model.values
    model.state.log_price[:] = model.state.log_real[:] = 0.0
    model.state.uranium[:] = model.paths.uranium_base
    model.state.oil[:] = model.paths.oil_base
    level = np.array([-0.2, 0.0, 0.3])
    model.state.log_price[agent.region] = level
    agent.buy()
    agent.sell()
    risen = v["trade.export_price"] * level
    uranium = agent.uranium_part * v["uranium.effect"]
    expected = np.tile(np.exp(risen), (len(axes.GOODS), 1))
    expected[0] = np.exp((1.0 - v["trade.oil_pass_through"]) * risen)
    expected[1] = (1.0 - uranium) * np.exp(risen) + uranium
    np.testing.assert_allclose(model.output[KAZ] / agent.base_output, expected)


def test_dollar_prices_follow_russia_and_oil_after_the_last_observation(
    model: CentralAsia,
) -> None:
    s, v, paths, region = model.state, model.values, model.paths, axes.HOST.start + KAZ
    last = int(paths.prices_observed.sum()) - 1
    assert str(model.quarters[last]) == "2022Q2"
    model.t = last
    host(model, KAZ).observe()
    np.testing.assert_array_equal(s.log_price[region], paths.price[region, last])
    model.t = last + 8
    s.log_price[RUS] = paths.price[RUS, last] + 0.4
    s.oil[:] = paths.oil[last] * np.exp(0.3)
    host(model, KAZ).observe()
    b, oil = v["kazakhstan.price_pass_through"], v["kazakhstan.oil_pass_through"]
    moved = 0.4 * b + 0.3 * oil + (1 - b - oil) * v["growth.dollar_inflation"] * 2.0
    np.testing.assert_allclose(s.log_price[region], paths.price[region, last] + moved)
    change = s.log_real[RUS] + s.log_price[RUS]
    russia = np.exp(v["growth.remittance_elasticity"] * change)
    np.testing.assert_allclose(s.remittances[KAZ], model.base.remittances[KAZ] / 4 * russia)


def test_in_backcasts_the_hosts_prices_are_simulated_from_the_base_on() -> None:
    model = new_model("backcast_2009", MEMBERS)
    assert not model.paths.prices_observed.any()
    model.step()
    s, v = model.state, model.values
    b, oil = v["kazakhstan.price_pass_through"], v["kazakhstan.oil_pass_through"]
    drift = (1 - b - oil) * v["growth.dollar_inflation"] * (2010.125 - 2009.5)
    expected = b * s.log_price[RUS] + oil * np.log(s.oil / model.paths.oil_base) + drift
    np.testing.assert_allclose(s.log_price[axes.HOST.start + KAZ], expected)


def test_growth_re_derived(model: CentralAsia) -> None:
    """Trend, and own-goods share, resource price, remittances over quarterly GDP and works beyond
    what the table calls usual in Tajikistan in 2017; the host's shock."""
    rows = read_table("growth_drivers")
    found = [r for r in rows if r["base"] == "2017" and r["host"] == "TJK" and r["year"] == "2017"]
    usual = {key: float(found[0][key]) / 4.0 for key in list(found[0])[3:]}
    for _ in range(2):
        model.step()
    s, v, region = model.state, model.values, axes.HOST.start + TJK
    before = s.log_real[region].copy()
    own, remitted = s.own_share[TJK].copy(), s.remittance_ratio[TJK].copy()
    resource = s.resource_price[TJK].copy()
    s.remittances[TJK] *= 1.5
    s.trade[region, :, :2] *= 1.2
    s.oil[:] *= 1.3
    base_gdp = model.base.gdp[region] * 1000.0 / 4.0
    gdp = base_gdp * np.exp(before + s.log_price[region])
    flows = model.base.trade / 4.0
    cap = v["growth.openness_cap"]
    bought = s.trade[:, region].sum(axis=(0, 1)) / gdp
    bought *= np.minimum(1.0, cap * base_gdp / flows[:, region].sum())
    sold = s.trade[region].sum(axis=(0, 1)) / gdp
    sold *= np.minimum(1.0, cap * base_gdp / flows[region].sum())
    own_change = np.log(1 - bought / (1 + bought - sold)) - own
    gas = model.base.gas_value[TJK].sum() / 4.0
    fuels, ores = flows[region, :, 0].sum() - gas, flows[region, :, 1].sum()
    lng = s.lng_history[2] / model.paths.lng_base
    drift = v["growth.dollar_inflation"] * model.years_since_base
    oil = s.oil / model.paths.oil_base
    index = fuels * oil + gas * lng + ores * np.exp(drift)
    price = np.log(index / (fuels + gas + ores)) - drift
    remittance_change = s.remittances[TJK] / gdp - remitted
    expected = (
        model.economy.trend(region, model.t + 1)
        - v["growth.trade_gain"] / v["trade.elasticity"] * (own_change - usual["own_share"])
        + v["growth.resource_effect"] * (price - resource - usual["resources"])
        + v["growth.remittance_effect"] * (remittance_change - usual["remittances"])
        + v["growth.shock_host"] * 0.5 * model.macro_shocks[model.t, region]
        + v["growth.infrastructure_elasticity"] * (0.03 - usual["infrastructure"])
    )
    assert (np.abs(remittance_change) > 0.01).all()
    model.relations.capital.growth[TJK] = 0.03
    host(model, TJK).evolve()
    np.testing.assert_allclose(s.log_real[region] - before, expected, rtol=1e-9)


def test_no_quarter_moves_income_beyond_its_bound(model: CentralAsia) -> None:
    """Infrastructure that would give or take the ninefold gives or takes the limit."""
    model.step()
    s, region, limit = model.state, axes.HOST.start + TJK, model.values["growth.quarterly_limit"]
    before = s.log_real[region].copy()
    model.relations.capital.growth[TJK] = np.linspace(-9.0, 9.0, MEMBERS) * 1e3
    host(model, TJK).evolve()
    moved = s.log_real[region] - before
    np.testing.assert_allclose(moved[[0, -1]], [-limit[0], limit[-1]])


def test_kazakh_revenue_counts_routes_that_are_shut_and_dear_and_uranium(
    model: CentralAsia,
) -> None:
    model.step()
    s, kaz = model.state, host(model, KAZ)
    rng = np.random.default_rng(2)
    model.pipelines.oil_served, model.pipelines.oil_kept = rng.uniform(0.3, 1.0, (2, MEMBERS))
    s.oil[:] *= 1.3
    s.uranium[:] *= 2.0
    region = axes.HOST.start + KAZ
    flows = model.base.trade[region] / 4.0
    gas = model.base.gas_value[KAZ].sum() / 4.0
    fuels, ores = flows[:, 0].sum() - gas, flows[:, 1].sum()
    drift = model.values["growth.dollar_inflation"] * model.years_since_base
    kept = model.pipelines.oil_served * model.pipelines.oil_kept
    oil = fuels * s.oil / model.paths.oil_base * kept
    part = kaz.uranium_part * model.values["uranium.effect"]
    assert (part > 0.05).all()
    price = (1.0 - part) * np.exp(drift) + part * s.uranium / model.paths.uranium_base
    revenue = oil + model.pipelines.value[KAZ].sum(axis=0) + ores * price
    kaz.evolve()
    expected = np.log(revenue / (fuels + gas + ores)) - drift
    np.testing.assert_allclose(s.resource_price[KAZ], expected)


def test_quarterly_growth_never_meets_its_bound_in_the_baseline(model: CentralAsia) -> None:
    fresh = CentralAsia("baseline", 20, collect=False)
    fresh.step()
    while fresh.running:
        before = fresh.state.log_real[axes.HOST].copy()
        fresh.step()
        moved = np.abs(fresh.state.log_real[axes.HOST] - before)
        assert (moved < 0.8 * fresh.values["growth.quarterly_limit"]).all()


def test_partners_are_powers_and_the_rest_of_the_world() -> None:
    assert [axes.REGIONS[i] for i in PARTNER_INDEX] == list(axes.PARTNERS)
