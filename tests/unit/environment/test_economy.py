"""Exogenous economies and energy prices, quarter by quarter against their laws."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import axes
from steppe.environment.economy import Economy
from steppe.environment.history import residuals
from steppe.model import CentralAsia
from steppe.world.paths import paths

from ...models import new_model

CHN, RUS = axes.REGIONS.index("CHN"), axes.REGIONS.index("RUS")
MEMBERS = 3
UNKNOWN = 4 * (2032 - 2017)
"""A quarter of a forward run after all observations and outlooks."""


@pytest.fixture
def model() -> CentralAsia:
    return new_model("baseline", MEMBERS)


def economy(model: CentralAsia, shock: float = 0.0) -> Economy:
    """An economy whose every shock is ``shock``, in a quarter that nobody has observed."""
    shocks = np.full_like(model.macro_shocks, shock)
    uranium = np.full((len(shocks), 1, shocks.shape[-1]), shock)
    made = Economy(model.paths, model.state, model.values, shocks, uranium)
    made.t = UNKNOWN
    model.state.log_oil[:] = np.log(100.0)
    return made


def test_oil_reverts_to_its_long_run_and_takes_shocks(model: CentralAsia) -> None:
    v = model.values
    economy(model).advance_prices()
    pull = 1 - np.exp(-v["energy.oil_reversion"] / 4)
    drift = v["growth.dollar_inflation"] * model.paths.years_since_oil[UNKNOWN]
    assert model.paths.years_since_oil[UNKNOWN] == pytest.approx(2032.125 - 2025.5)
    expected = np.log(100.0) + pull * (np.log(v["energy.oil_long_run"]) + drift - np.log(100.0))
    np.testing.assert_allclose(np.log(model.state.oil), expected)
    economy(model, shock=1.0).advance_prices()
    shocked = expected + 0.5 * v["energy.oil_volatility"]
    np.testing.assert_allclose(np.log(model.state.oil), shocked)


def test_lng_follows_oil_in_part(model: CentralAsia) -> None:
    economy(model, shock=1.0).advance_prices()
    above = np.log(model.state.oil) - np.log(model.paths.oil[UNKNOWN])
    expected = np.log(model.paths.lng[UNKNOWN]) + model.values["energy.lng_pass_through"] * above
    np.testing.assert_allclose(np.log(model.state.lng_history[0]), expected)


def test_growth_after_the_outlook_is_trend_shift_and_own_shock(model: CentralAsia) -> None:
    v = model.values
    before = model.state.log_real[CHN].copy()
    economy(model, shock=2.0).advance(CHN)
    expected = (v["china.growth"] + v["china.growth_shift"]) / 4 + v["growth.shock_power"]
    np.testing.assert_allclose(model.state.log_real[CHN] - before, expected)


def test_growth_in_the_outlook_is_the_outlook_and_the_members_shift(model: CentralAsia) -> None:
    made = economy(model)
    made.t = 4 * (2027 - 2017)
    before = model.state.log_real[CHN].copy()
    made.advance(CHN)
    published = model.paths.real[CHN, made.t] - model.paths.real[CHN, made.t - 1]
    expected = published + model.values["china.growth_shift"] / 4
    np.testing.assert_allclose(model.state.log_real[CHN] - before, expected)
    assert 0.02 < 4 * published < 0.06


def test_dollar_prices_after_the_last_observation(model: CentralAsia) -> None:
    v, s = model.values, model.state
    cell = axes.PARTNERS.index("CHN")
    s.exchange[cell] = 0.3
    made = economy(model, shock=1.0)
    made.advance_prices()
    made.advance(CHN)
    exchange = 0.3 * v["growth.exchange_retention"] + 0.5 * v["growth.exchange_shock"]
    drift = v["growth.dollar_inflation"] * model.paths.quarters_since_price[CHN, UNKNOWN] / 4
    expected = model.paths.price[CHN, UNKNOWN] + drift + exchange
    np.testing.assert_allclose(s.log_price[CHN], expected)
    s.exchange[:] = 0.0
    calm = economy(model)
    calm.advance(RUS)
    without = s.log_price[RUS].copy()
    model.state.oil[:] *= np.exp(0.2)
    calm.advance(RUS)
    np.testing.assert_allclose(s.log_price[RUS] - without, 0.2 * v["energy.russian_price_oil"])


def test_uranium_reverts_to_its_long_run_and_takes_shocks(model: CentralAsia) -> None:
    v, s = model.values, model.state
    moved = economy(model, 1.0)
    s.log_uranium[:] = np.log(30.0)
    moved.advance_prices()
    goal = np.log(v["uranium.long_run"])
    goal = goal + v["growth.dollar_inflation"] * model.paths.years_since_uranium[UNKNOWN]
    pull = 1.0 - np.exp(-v["uranium.reversion"] / 4)
    expected = np.log(30.0) + pull * (goal - np.log(30.0)) + 0.5 * v["uranium.volatility"]
    np.testing.assert_allclose(s.log_uranium, expected)
    np.testing.assert_allclose(s.uranium, np.exp(expected))


def test_uranium_is_observed_to_2016() -> None:
    run = new_model("backcast_2000", 2)
    run.step()
    np.testing.assert_allclose(run.state.uranium, run.paths.uranium[0])
    whole = run.paths.uranium[24:28].mean()
    assert whole == pytest.approx(99.24, abs=0.01), "the mean of 2007, data/commodity_prices.csv"


def test_gas_stays_off_the_railways(model: CentralAsia) -> None:
    model.step()
    logistics, pair = model.logistics, model.network.pair_index[axes.HOST.start + 2, CHN]
    value = logistics._value(model.state.trade, model.pipelines.value)[pair, 0]
    traded = model.state.trade[axes.HOST.start + 2, CHN, 0] + model.state.trade[CHN, 7, 0]
    gas = model.pipelines.value[2, axes.PARTNERS.index("CHN")]
    np.testing.assert_allclose(value, np.maximum(traded - gas, 0.0), atol=1e-9)
    assert (gas > 0.8 * traded).all()


def test_base_volumes_are_the_base_years_trade_in_tonnes(model: CentralAsia) -> None:
    """A year's trade over the links: about 11 Mt modelled through Dostyk and Khorgos in 2017."""
    links = [axes.LINKS.index(name) for name in ("urumqi_dostyk", "urumqi_khorgos")]
    crossing = model.logistics.base_volume[links].sum(axis=0)
    assert ((crossing > 6) & (crossing < 16)).all()


def test_the_base_years_costs_are_its_own_whatever_a_scenario_sets() -> None:
    """Setting a link's state is a change from the base, not another base."""
    plain = new_model("baseline", MEMBERS)
    built = CentralAsia(
        "baseline",
        MEMBERS,
        collect=False,
        parameters={"link.chabahar_mashhad.completion": 1.0, "link.trans_siberian_rail.open": 0.0},
    )
    np.testing.assert_array_equal(built.logistics.base_cost, plain.logistics.base_cost)
    plain.step()
    built.step()
    kaz = axes.HOSTS.index("KAZ")
    assert (plain.cost_change(kaz)[0] < built.cost_change(kaz)[0]).all(), "Japan pays for closure"


def test_without_response_congestion_stays_at_the_base() -> None:
    frozen = new_model("backcast_2009", MEMBERS)
    assert (frozen.values["corridors.congestion_response"] == 0.0).all()
    frozen.step()
    first = frozen.state.link_days[axes.LINKS.index("urumqi_dostyk")].copy()
    for _ in range(8):
        frozen.step()
    np.testing.assert_array_equal(frozen.state.link_days[axes.LINKS.index("urumqi_dostyk")], first)


def test_shocks_depend_on_the_seed_the_member_and_the_process() -> None:
    one, other = (CentralAsia("baseline", MEMBERS, rng=seed, collect=False) for seed in (1, 2))
    assert not np.array_equal(one.macro_shocks, other.macro_shocks)
    assert not np.array_equal(one.macro_shocks[:, :, 0], one.macro_shocks[:, :, 1])
    again = CentralAsia("baseline", MEMBERS, rng=1, collect=False)
    assert np.array_equal(one.macro_shocks, again.macro_shocks)
    assert abs(one.macro_shocks.mean()) < 0.1
    assert one.macro_shocks.std() == pytest.approx(1.0, abs=0.05)


def test_priors_and_processes_have_streams_of_their_own() -> None:
    one, other = (CentralAsia("baseline", MEMBERS, rng=seed, collect=False) for seed in (1, 2))
    assert not np.array_equal(one.varied["trade.elasticity"], other.varied["trade.elasticity"])
    walks = one.disturbances._walks
    imports, exports = walks[0][2].whole(), walks[1][2].whole()
    cells = min(imports.shape[1], one.macro_shocks.shape[1])
    imports, exports = imports[:, :cells], exports[:, :cells]
    assert not np.array_equal(imports, exports)
    assert not np.array_equal(imports, one.macro_shocks[:, :cells])


def test_sanctions_that_a_scenario_sets_are_a_change_from_the_base() -> None:
    free = CentralAsia(
        "baseline",
        MEMBERS,
        collect=False,
        parameters={"link.chabahar_mashhad.sanctions": 0.0},
    )
    plain = new_model("baseline", MEMBERS)
    np.testing.assert_array_equal(free.logistics.base_cost, plain.logistics.base_cost)


def test_the_rest_of_the_world_grows_as_the_outlook_says(model: CentralAsia) -> None:
    """Slower than the world with China and India, 3.2 % a year in 2025-30 by the IMF's outlook."""
    row = model.paths.real[axes.ROW_INDEX]
    yearly = row[4 * (2029 - 2017)] - row[4 * (2028 - 2017)]
    assert 0.02 < yearly < 0.031


def test_heads_and_concentration_by_hand(model: CentralAsia) -> None:
    model.step()
    s, uzb = model.state, axes.HOSTS.index("UZB")
    assert s.population[uzb] == pytest.approx(31.8, rel=0.02), "millions in 2017"
    per_head = s.real_gdp[6] * s.price_level[6] * 1000.0 / s.population[uzb]
    np.testing.assert_allclose(s.gdp_per_head[uzb], per_head)
    assert ((per_head > 1_300) & (per_head < 1_800)).all(), "USD a year"
    total = s.trade.sum(axis=2)
    both = total[6] + total[:, 6]
    share = both / both.sum(axis=0)
    np.testing.assert_allclose(s.partner_hhi[uzb], (share**2).sum(axis=0))


def test_gas_is_first_sold_at_the_prices_observed_before_the_run(model: CentralAsia) -> None:
    """Japan's LNG cost about 6.8 USD/MMBtu in 2016, far below the base's mean of 2014-16."""
    model.step()
    assert (model.state.lng_history[2] < 8.0).all()
    assert model.paths.lng_base > 10.0


@pytest.mark.parametrize("quarters", [9, 22, 34])
def test_a_shorter_run_sees_the_same_world(model: CentralAsia, quarters: int) -> None:
    """No figure of a quarter depends on where the run ends, also in the middle of a year."""
    short = paths(model.quarters[0], quarters)
    for name in ("real", "price", "openness", "oil", "lng", "population"):
        whole = getattr(model.paths, name)[..., :quarters]
        np.testing.assert_array_equal(getattr(short, name), whole, err_msg=name)


def test_past_gas_prices_move_on_by_one_quarter_each() -> None:
    model = new_model("baseline", MEMBERS)
    model.economy.t = 0
    history = model.state.lng_history
    history[:] = np.array([7.0, 8.0, 9.0])[:, None]
    model.economy.advance_prices()
    np.testing.assert_array_equal(history[1:], np.tile([[7.0], [8.0]], MEMBERS))


def test_residuals_are_trade_both_ways_over_size_and_distance(model: CentralAsia) -> None:
    """Less their median over the pairs of China, Russia and Turkey."""
    base, v, where = model.base, model.values, model.base.geography
    total, gdp = base.trade.sum(axis=2), base.gdp
    found = residuals(base, v)
    by_hand = np.empty_like(found)
    for p, h in np.ndindex(found.shape[:2]):
        here = axes.HOST.start + h
        flow = max(total[p, here] + total[here, p], 0.1)
        allowed = (
            v["trade.gravity_contiguity"] * where.contiguity[p, h]
            + v["trade.gravity_language"] * where.language[p, h]
            - v["trade.gravity_distance"] * where.log_distance[p, h]
        )
        by_hand[p, h] = np.log(flow / (gdp[p] * gdp[here])) - allowed
    eroding = [axes.POWERS.index(code) for code in ("CHN", "RUS", "TUR")]
    by_hand -= np.median(by_hand[eroding].reshape(-1, found.shape[-1]), axis=0)
    np.testing.assert_allclose(found, by_hand, atol=1e-12)


def test_growth_after_the_fit_window_goes_half_way_back_to_the_worlds() -> None:
    model = new_model("backcast_2000", MEMBERS)
    model.values["kazakhstan.growth_shift"][:] = 0.0
    economy, kazakhstan = model.economy, axes.REGIONS.index("KAZ")
    mean, world = model.values["kazakhstan.growth"], model.values["growth.world"]
    np.testing.assert_allclose(economy.trend(kazakhstan, 35), mean / 4)
    np.testing.assert_allclose(economy.trend(kazakhstan, 36), (mean + world) / 8)
    before, after = economy.expected(0, 35), economy.expected(0, 36)
    for usual, left in zip(before, after, strict=True):
        assert usual.all()
        np.testing.assert_allclose(left, 0.5 * usual)


def test_powers_keep_their_growth_after_the_fit_window() -> None:
    model = new_model("backcast_2000", MEMBERS)
    model.values["china.growth"][:] = 0.07
    model.paths.published[CHN] = 0.0
    shift = model.values["china.growth_shift"]
    np.testing.assert_allclose(model.economy.trend(CHN, 40), (0.07 + shift) / 4)
