"""Laws of the rare-earth market against closed forms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from steppe.laws import rare_earths as laws
from steppe.laws.rare_earth_clearing import clear, clearing_price
from steppe.laws.rare_earth_learning import evolve
from steppe.laws.rare_earth_market import BUYERS, KAZAKHSTAN, Market, Quarter, Rules
from steppe.world.rare_earths import MINERS


def each(law: Callable[..., float], *arguments: np.ndarray) -> np.ndarray:
    """The law of one member, for every member."""
    return np.vectorize(law, otypes=[float])(*arguments)


def of(*values: float) -> np.ndarray:
    return np.array(values, float)


parts = st.floats(0.0, 1.0)
amounts = st.floats(0.0, 100.0)


def test_a_mine_runs_full_from_its_cost_on_and_by_a_power_below() -> None:
    """K min(1, (P/c)^u): half the cost at u = 2 leaves a quarter."""
    price = np.log(of(0.5, 1.0, 3.0))
    output = each(laws.mine_output, of(8.0, 8.0, 8.0), price, np.zeros(3), of(2.0, 2.0, 2.0))
    np.testing.assert_allclose(output, [2.0, 8.0, 8.0])


def test_china_exports_what_it_does_not_use_up_to_the_limit() -> None:
    exports = each(
        laws.chinese_exports, of(100.0, 100.0, 60.0), of(70.0, 70.0, 70.0), of(20.0, 50.0, 9.0)
    )
    np.testing.assert_allclose(exports, [20.0, 30.0, 0.0])


def test_a_restriction_cuts_usual_exports_but_for_what_leaks() -> None:
    limit = each(
        laws.export_limit,
        of(50.0, 50.0, 50.0, 50.0),
        of(0.0, 0.5, 1.0, 2.0),
        of(0.4, 0.4, 0.4, 0.4),
        of(12, 12, 12, 12),
    )
    np.testing.assert_allclose(limit, [np.inf, 52.0, 42.0, 42.0])


def test_behind_a_quota_the_last_mine_sets_the_price_inside() -> None:
    """p = ln c + ln(sold/K)/u: at 81 of 100 and u = 2 nine tenths of the cost."""
    inside = each(
        laws.domestic_price,
        np.log(of(5.0, 5.0, 0.7)),
        np.array([True, False, True]),
        of(81.0, 81.0, 81.0),
        of(100.0, 100.0, 100.0),
        np.zeros(3),
        of(2.0, 2.0, 2.0),
    )
    np.testing.assert_allclose(np.exp(inside), [0.9, 5.0, 0.7])


def test_use_falls_with_price_and_thrift() -> None:
    """30 at 16 times the price, eS = 0.25, and a thrift of ln 2: a quarter."""
    use = each(laws.desired_use, of(30.0), np.log(of(16.0)), of(0.25), np.log(of(2.0)))
    np.testing.assert_allclose(use, 7.5)


def test_thrift_is_learned_fast_lost_slowly_and_ends_at_the_long_elasticity() -> None:
    args = of(0.2), of(0.5), of(0.15), of(0.02)
    price = np.log(of(10.0))
    first = each(laws.thrift, of(0.0), price, *args)
    np.testing.assert_allclose(first, 0.15 * 0.3 * np.log(10.0))
    learned = of(0.0)
    for _ in range(400):
        learned = each(laws.thrift, learned, price, *args)
    use = each(laws.desired_use, of(1.0), price, of(0.2), learned)
    np.testing.assert_allclose(use, 10.0**-0.5)
    np.testing.assert_allclose(each(laws.thrift, of(0.3), of(0.0), *args), 0.3 * 0.98)
    np.testing.assert_allclose(each(laws.thrift, of(0.3), of(-1.0), *args), 0.3 * 0.98)


def test_stocks_double_in_panic_and_halve_at_four_times_the_expected_price() -> None:
    def target(panic: float, over: float) -> float:
        found = each(
            laws.stock_target,
            of(0.5),
            of(40.0),
            of(panic),
            of(0.5),
            of(1.0),
            np.log(of(2.0 * over)),
            np.log(of(2.0)),
        )
        return float(found[0])

    assert target(0.0, 1.0) == pytest.approx(20.0)
    assert target(1.0, 1.0) == pytest.approx(40.0)
    assert target(0.0, 4.0) == pytest.approx(10.0)


def test_purchases_close_the_gap_of_stocks_within_what_can_be_got() -> None:
    bought = each(
        laws.purchases,
        of(20.0, 20.0, 2.0),
        of(10.0, 10.0, 0.0),
        of(6.0, 6.0, 9.0),
        of(2, 2, 2),
        of(np.inf, 25, 99),
    )
    np.testing.assert_allclose(bought, [28.0, 25.0, 0.0])


def blank_market(members: int = 1) -> tuple[Market, Rules]:
    """Return a market and rules that are all zero."""
    here = Market(
        **{name: np.zeros(members) for name in Market._fields}
        | {"capacity": np.zeros((MINERS, members)), "output": np.zeros((MINERS, members))}
        | {"stock": np.zeros((BUYERS, members)), "under_way": np.zeros((MINERS, 3, members))}
        | {name: np.zeros((3, members)) for name in ("use", "thrift", "at_usual_price")}
        | {name: np.zeros((BUYERS, members)) for name in ("imports", "unmet")}
        | {"given": np.zeros((8, members))}
    )
    by_miner = ("cost", "potential", "build_years", "tie")
    rules = Rules(
        **{name: np.zeros(members) for name in Rules._fields}
        | {name: np.zeros((MINERS, members)) for name in by_miner}
    )
    return here, rules


def market_of(capacity: float, cost: float, response: float, elasticity: float) -> float:
    """The log price at which a use of 60 at price 1 meets one mine abroad, without any stocks."""
    here, rules = blank_market()
    rules.cost[:], rules.price_cap[:] = cost, 50.0
    rules.supply_response[:], rules.short_elasticity[:] = response, elasticity
    here.capacity[3] = capacity
    use, target = of(25.0, 35.0), of(0.0, 0.0)
    return clearing_price(here, rules, use, target, np.inf, 0.0, 0)


@pytest.mark.parametrize(("mined", "elasticity"), [(50.0, 0.2), (40.0, 0.4), (80.0, 0.3)])
def test_the_price_clears_a_market_with_constant_elasticities(
    mined: float, elasticity: float
) -> None:
    """C P^-e = K (P/c)^u below the cost c: ln P = [ln(C/K) + u ln c]/(e + u)."""
    found = market_of(mined, 9.0, 1.5, elasticity)
    by_hand = (np.log(60.0 / mined) + 1.5 * np.log(9.0)) / (elasticity + 1.5)
    assert found == pytest.approx(by_hand, abs=2e-7)
    assert found < np.log(9.0)


def test_a_market_that_cannot_clear_ends_at_its_ceiling_or_floor() -> None:
    assert market_of(1.0, 1.0, 1.5, 0.2) == pytest.approx(np.log(50.0), abs=1e-6)
    assert market_of(1e9, 1.0, 1.5, 0.2) == pytest.approx(np.log(0.02), abs=1e-6)


def drawn_market(rng: np.random.Generator) -> tuple[Market, Rules]:
    """Return a market of one member with mines, stocks, a quota and a ceiling at random."""
    here, rules = blank_market()
    here.capacity[:] = rng.uniform(0.0, 60.0, (MINERS, 1)) * (rng.random((MINERS, 1)) < 0.7)
    here.stock[:] = rng.uniform(0.0, 20.0, (BUYERS, 1))
    here.limit[:] = rng.choice([rng.uniform(0.0, 60.0), np.inf])
    rules.cost[:] = rng.uniform(0.3, 12.0, (MINERS, 1))
    rules.price_cap[:] = rng.uniform(1.5, 60.0)
    rules.supply_response[:] = rng.uniform(0.5, 3.0)
    rules.short_elasticity[:] = rng.uniform(0.05, 0.6)
    rules.stock_response[:] = rng.uniform(0.1, 2.0)
    rules.stock_speed[:] = rng.uniform(0.2, 4.0)
    return here, rules


@settings(max_examples=200)
@given(st.integers(0, 2**32 - 1))
def test_the_clearing_price_is_the_zero_of_excess_demand(seed: int) -> None:
    """Beside Brent's method on the laws of use, stocks and mines, whatever their curves."""
    rng = np.random.default_rng(seed)
    here, v = drawn_market(rng)
    use, target = rng.uniform(1.0, 60.0, BUYERS), rng.uniform(0.0, 40.0, BUYERS)
    access, own_use = rng.choice([rng.uniform(0.0, 30.0), np.inf]), rng.uniform(0.0, 40.0)

    def excess(price: float) -> float:
        total = 0.0
        for b in range(BUYERS):
            total += laws.purchases(
                laws.desired_use(use[b], price, v.short_elasticity[0], 0.0),
                target[b] * np.exp(-v.stock_response[0] * price),
                here.stock[b, 0],
                v.stock_speed[0],
                access if b == 0 else np.inf,
            )
        for miner in range(MINERS):
            log_cost = np.log(v.cost[miner, 0])
            mined = laws.mine_output(here.capacity[miner, 0], price, log_cost, v.supply_response[0])
            if miner == 0:
                mined = laws.chinese_exports(mined, own_use, here.limit[0])
            total -= mined
        return float(total)

    found = clearing_price(here, v, use, target, access, own_use, 0)
    low, high = np.log(0.02), np.log(v.price_cap[0])
    step = (high - low) / 2**26
    if excess(low) <= 0.0:
        assert found == pytest.approx(low, abs=step)
    elif excess(high) > 0.0:
        assert found == pytest.approx(high, abs=step)
    elif excess(high) == 0.0:  # demand and supply may both be nothing over a range of prices
        assert excess(found + step) <= 0.0 < excess(found - 2.0 * step)
    else:
        assert found == pytest.approx(brentq(excess, low, high, xtol=1e-13), abs=2.0 * step)


def test_needs_are_met_before_hoards() -> None:
    """Supply of 12: needs of 6 and 4 are whole, the rest of 2 goes by wants of 10 and 30."""
    wanted, need = of(16.0, 34.0), of(6.0, 4.0)
    np.testing.assert_allclose(laws.deliveries(wanted, need, 12.0), of(6.5, 5.5))
    np.testing.assert_allclose(laws.deliveries(wanted, need, 5.0), of(3.0, 2.0))
    np.testing.assert_allclose(laws.deliveries(wanted, need, 50.0), wanted)


@given(a=amounts, b=amounts, x=parts, y=parts, supply=st.floats(0.0, 300.0))
def test_deliveries_take_all_supply_or_all_wants(
    a: float, b: float, x: float, y: float, supply: float
) -> None:
    wanted, need = of(a, b), of(a * x, b * y)
    given_out = laws.deliveries(wanted, need, supply)
    assert given_out.sum() == pytest.approx(min(supply, a + b), rel=1e-9, abs=1e-9)
    assert (given_out <= wanted * (1 + 1e-12)).all()


@given(use=amounts, bought=amounts, stock=amounts)
def test_use_and_stock_account_for_every_tonne(use: float, bought: float, stock: float) -> None:
    met, after = laws.served(use, bought, stock)
    assert met <= use and after >= 0.0
    assert stock + 0.25 * (bought - met) == pytest.approx(after, rel=1e-12, abs=1e-12)
    if after > 1e-9:
        assert met == use, "nobody goes without while there is a stock"


def test_a_premium_moves_sources_by_the_elasticity() -> None:
    """A fully remembered risk of one doubles the price in Japanese eyes: an eighth at sigma 3."""
    weight = each(laws.source_weight, of(80.0, 20.0), of(np.log(2.0), 0.0), of(3.0))
    np.testing.assert_allclose(weight, of(10.0, 20.0))


def test_full_sources_pass_their_part_to_the_others() -> None:
    given_out, left = laws.allocate(30.0, of(1.0, 1.0, 1.0), of(2.0, 100.0, 100.0))
    np.testing.assert_allclose(given_out, of(2.0, 14.0, 14.0))
    np.testing.assert_allclose(left, 0.0, atol=1e-12)
    given_out, left = laws.allocate(30.0, of(1.0, 1.0), of(2.0, 3.0))
    np.testing.assert_allclose(given_out, of(2.0, 3.0))
    np.testing.assert_allclose(left, 25.0)


@given(
    amount=amounts,
    w=st.lists(parts, min_size=4, max_size=4),
    c=st.lists(amounts, min_size=4, max_size=4),
)
def test_what_sources_give_and_leave_is_what_was_asked(
    amount: float, w: list[float], c: list[float]
) -> None:
    given_out, left = laws.allocate(amount, of(*w), of(*c))
    assert (given_out <= of(*c)).all()
    assert given_out.sum() + left == pytest.approx(amount, rel=1e-9, abs=1e-9)


def test_concentration_of_two_equal_sources_is_a_half() -> None:
    np.testing.assert_allclose(laws.concentration(of(7.0, 7.0, 0.0)), 0.5)


def test_panic_rises_with_steps_and_calms_down() -> None:
    assert each(laws.panic, of(0.5), of(1.0), of(1.0), of(0.3))[0] == pytest.approx(1.35)
    assert each(laws.panic, of(1.9), of(2.0), of(1.0), of(0.3))[0] == 2.0


def test_memory_learns_from_restrictions_and_forgets_only_while_china_is_cheaper() -> None:
    cheaper = np.array([True, False, False, True])
    found = each(
        laws.memory,
        of(0.5, 0.5, 0.0, 0.5),
        of(0, 0, 2.0, 1.0),
        cheaper,
        np.full(4, 0.4),
        np.full(4, 0.1),
    )
    np.testing.assert_allclose(found, [0.45, 0.5, 0.4, 0.45 + 0.2 * 0.55])


def test_expectations_follow_prices() -> None:
    np.testing.assert_allclose(each(laws.expectation, of(0.0), of(2.0), of(0.15)), 0.3)


def test_the_stake_is_one_at_the_usual_bill_and_bounded() -> None:
    found = laws.stake(of(3.0, 9.0, 1e9, 0.0), of(3.0, 3.0, 3.0, 3.0), np.full(4, 0.5))
    np.testing.assert_allclose(found[:3], [1.0, np.sqrt(1.5), np.sqrt(2.0)], rtol=1e-6)
    assert found[3] < 1e-5


def test_the_gate_opens_at_the_hurdle() -> None:
    cost = np.log(of(2.0))[:, None]
    open_at = laws.worth_building(np.log(of(2.9, 3.0001)), cost, of(1.5, 1.5))
    assert open_at.tolist() == [[False, True]]


def test_a_mine_takes_its_years_on_average() -> None:
    """The mean of the Erlang lead time: sum over quarters of what is not yet built."""
    capacity, under_way = 0.0, np.zeros(laws.STAGES)
    under_way[0] = 1.0
    waited = 0.0
    for _ in range(800):
        waited += 0.25 * float(under_way.sum())
        capacity += laws.build(under_way, 0.0, 4.0, 0.0)
    assert waited == pytest.approx(4.0, rel=1e-6)
    assert capacity == pytest.approx(1.0)


def test_mines_given_up_never_open() -> None:
    under_way = np.ones(laws.STAGES)
    assert laws.build(under_way, 0.0, 4.0, 1.0) == 0.0
    assert not under_way.any()


def test_china_plans_with_slack_fast_up_and_slowly_down() -> None:
    up, down = 0.25, 0.03
    assert laws.planned_capacity(100.0, 99.0, 0.1, up, down) == pytest.approx(102.5)
    assert laws.planned_capacity(100.0, 72.0, 0.1, up, down) == pytest.approx(99.4)


MEMBERS = 3


def lived_market(rng: np.random.Generator) -> tuple[Market, Rules]:
    """Return a market of several members in any state, and rules of the usual size."""
    here, v = blank_market(MEMBERS)
    for name, values in here._asdict().items():
        values[:] = rng.uniform(0.1, 1.0, values.shape) * (40.0 if name in LARGE else 1.0)
    here.price[:] = rng.normal(0.5, 1.0, MEMBERS)
    here.expected[:] = rng.normal(0.5, 0.7, MEMBERS)
    here.restriction[:] = rng.choice([0.0, 1.0, 2.0], MEMBERS)
    here.before[:] = rng.choice([0.0, 1.0, 2.0], MEMBERS)
    for values in v:
        values[:] = rng.uniform(0.05, 0.9, values.shape)
    v.long_elasticity[:] = v.short_elasticity + rng.uniform(0.0, 0.5, MEMBERS)
    v.cost[:] = rng.uniform(0.5, 6.0, v.cost.shape)
    v.potential[:] = rng.uniform(20.0, 150.0, v.cost.shape)
    v.build_years[:] = rng.uniform(1.0, 8.0, v.cost.shape)
    v.hurdle[:], v.market[:] = rng.uniform(1.0, 2.0, MEMBERS), [1.0, 1.0, 0.0]
    v.price_cap[:], v.stock_speed[:] = 50.0, rng.uniform(0.5, 4.0, MEMBERS)
    v.usual_quarters[:], v.bill_quarters[:] = rng.uniform(1.0, 90.0, (2, MEMBERS))
    v.passed_on_most[:] = v.passed_on + rng.uniform(0.0, 1.0, MEMBERS) * (1.0 - v.passed_on)
    return here, v


LARGE = ("capacity", "output", "use", "imports", "exports", "usual_exports", "to_japan", "limit")
seeds = st.integers(0, 2**32 - 1)


@given(seeds)
def test_a_quarter_is_learned_from_member_by_member(seed: int) -> None:
    """Thrift by the price each sees, fear by restrictions and want, mines by fear and hope."""
    rng = np.random.default_rng(seed)
    here, v = lived_market(rng)
    old = Market(*(values.copy() for values in here))
    evolve(here, v)
    for m in range(MEMBERS):
        on, price, level = v.market[m] > 0.0, old.price[m], old.restriction[m]
        seen = old.inside[m], price, price
        gap = (v.long_elasticity[m] - v.short_elasticity[m]) * np.maximum(seen, 0.0)
        gap = gap - old.thrift[:, m]
        thrift = old.thrift[:, m] + np.where(gap > 0.0, v.thrift_up[m], v.thrift_down[m]) * gap
        risen = max(level - old.before[m], 0.0)
        panic = old.panic[m] * (1.0 - v.panic_decay[m])
        panic = min(panic + v.panic_rise[m] * (risen + 1.0 - old.served_needs[m]), 2.0)
        cheaper = price < np.log(v.cost[1:, m]).mean()
        memory = old.memory[m] * (1.0 - v.memory_decay[m] * cheaper)
        memory += v.memory_rise[m] * level / 2.0 * (1.0 - memory)
        expected = old.expected[m] + v.expectation_speed[m] * (price - old.expected[m])
        assert here.risen[m] == risen
        np.testing.assert_allclose(here.thrift[:, m], on * thrift)
        assert here.panic[m] == pytest.approx(on * panic)
        assert here.memory[m] == pytest.approx(on * memory)
        assert here.expected[m] == pytest.approx(on * expected)
        calm = (level == 0.0) / v.usual_quarters[m]
        usual = old.usual_exports[m] + calm * (old.exports[m] - old.usual_exports[m])
        assert here.usual_exports[m] == pytest.approx(usual)
        to_japan = old.to_japan[m] + calm * (old.given[0, m] - old.to_japan[m])
        assert here.to_japan[m] == pytest.approx(to_japan)
        bill = old.usual_bill[m] + (old.bill[m] - old.usual_bill[m]) / v.bill_quarters[m]
        assert here.usual_bill[m] == pytest.approx(bill)
        feared = expected + np.log1p(v.risk_aversion[m] * memory)
        for miner in range(MINERS):
            mines_by_hand(here, old, v, miner, m, feared, on)
        abroad = old.at_usual_price[1:, m].sum() - old.output[1:, m].sum()
        asked = old.at_usual_price[0, m] + min(max(abroad, 0.0), old.limit[m])
        gap = asked / (1.0 - v.china_slack[m])
        built = old.capacity[0, m] + old.under_way[0, :, m][-1] * left_in_a_quarter(
            v, old, m, feared
        )
        gap -= built
        plan = built + (v.china_up[m] if gap > 0.0 else v.china_down[m]) * gap
        assert here.capacity[0, m] == pytest.approx(min(plan, v.potential[0, m]))


def left_in_a_quarter(v: Rules, old: Market, m: int, feared: float) -> float:
    """Return the part of China's last stage that is completed in the quarter."""
    stopped = v.give_up[m] if feared < np.log(v.cost[0, m]) and v.market[m] > 0.0 else 0.0
    return (1.0 - stopped) * min(1.0, 0.75 / v.build_years[0, m])


def mines_by_hand(
    here: Market, old: Market, v: Rules, miner: int, m: int, feared: float, on: bool
) -> None:
    """Assert what is under way at a miner, and its capacity, a quarter later."""
    log_cost, stages = np.log(v.cost[miner, m]), old.under_way[miner, :, m]
    planned = miner in (0, KAZAKHSTAN)
    started = 0.0
    if not planned and feared >= log_cost + np.log(v.hurdle[m]):
        room = v.potential[miner, m] - stages.sum() - old.capacity[miner, m]
        started = v.start_share[m] * max(room, 0.0) * on
    kept = stages * (1.0 - v.give_up[m] * (on and feared < log_cost))
    leaves = kept * min(1.0, 0.75 / v.build_years[miner, m])
    arrives = np.concatenate([[started], leaves[:-1]])
    np.testing.assert_allclose(here.under_way[miner, :, m], kept - leaves + arrives, atol=1e-12)
    if miner > 0:
        assert here.capacity[miner, m] == pytest.approx(old.capacity[miner, m] + leaves[-1])


@given(seeds, st.booleans(), st.booleans())
def test_a_quarter_of_the_market_member_by_member(seed: int, first: bool, running: bool) -> None:
    """Use, wants, sales, rationing, sources and bills at the price that clears."""
    rng = np.random.default_rng(seed)
    here, v = lived_market(rng)
    known = float(rng.choice([0.0, 1.0]))
    given_in = Quarter(
        reference=rng.uniform(5.0, 60.0, (3, MEMBERS)),
        prices=rng.uniform(0.8, 1.5, MEMBERS),
        income=rng.uniform(4e3, 6e3, MEMBERS),
        quota=float(rng.choice([np.inf, rng.uniform(5.0, 40.0)])),
        known=known,
        first=first,
        running=running,
    )
    old = Market(*(values.copy() for values in here))
    clear(here, v, given_in)
    for m in range(MEMBERS):
        on, e = v.market[m] > 0.0, v.short_elasticity[m]
        reference, thrift = given_in.reference[:, m], old.thrift[:, m]
        at_usual = reference * np.exp(-thrift)
        np.testing.assert_allclose(here.at_usual_price[:, m], at_usual)
        level = old.restriction[m] if old.restriction[m] > known else 0.0
        cut = laws.export_limit(old.usual_exports[m], level, v.quota_cut[m], v.leakage[m])
        limit = min(given_in.quota + v.leakage[m], cut) if on else np.inf
        assert here.limit[m] == pytest.approx(limit)
        stopped = v.stop[m] * np.clip(level - 1.0, 0.0, 1.0)
        own = at_usual[0] * (np.exp(-e * old.inside[m]) if on else 1.0)
        own = min(own, old.capacity[0, m]) if on else own
        abroad = old.output[1:, m].sum()
        access = np.inf
        if stopped > 0.0:
            access = (1.0 - stopped) * old.to_japan[m] + v.reach[m] * abroad
            access += v.passed_on_most[m] * old.exports[m]
        years = np.array([v.japans_stockpile[m], v.stockpile[m]])
        target = years * reference[1:] * (1.0 + v.stock_fear[m] * old.panic[m])
        target = target * np.exp(v.stock_response[m] * old.expected[m])
        price = 0.0
        if on:
            old.limit[m] = limit
            price = clearing_price(old, v, at_usual[1:], target, access, own, m)
        assert here.price[m] == pytest.approx(price, abs=1e-6)
        price = here.price[m]
        use = at_usual[1:] * np.exp(-e * price)
        target = target * np.exp(-v.stock_response[m] * price)
        wanted = np.maximum(use + v.stock_speed[m] * (target - old.stock[:, m]), 0.0)
        wanted[0] = min(wanted[0], access)
        need = np.minimum(np.maximum(use - 4.0 * old.stock[:, m], 0.0), wanted)
        worked = np.minimum(np.exp(price) / v.cost[:, m], 1.0) ** v.supply_response[m]
        mined = old.capacity[:, m] * worked
        exports = min(limit, max(mined[0] - own, 0.0))
        if not on:
            exports = max(wanted.sum() - mined[1:].sum(), 0.0)
        sold = min(1.0, wanted.sum() / max(exports + mined[1:].sum(), 1e-12))
        assert here.exports[m] == pytest.approx(exports * sold)
        np.testing.assert_allclose(here.output[1:, m], mined[1:] * sold, atol=1e-9)
        assert here.output[0, m] == pytest.approx(own + exports * sold)
        bought = laws.deliveries(wanted, need, here.exports[m] + here.output[1:, m].sum())
        np.testing.assert_allclose(here.imports[:, m].sum(), bought.sum(), atol=1e-9)
        assert here.imports[0, m] == pytest.approx(here.given[:, m].sum(), abs=1e-9)
        for b in range(BUYERS):
            met, stock = laws.served(use[b], here.imports[b, m], old.stock[b, m])
            assert here.use[1 + b, m] == pytest.approx(met)
            assert here.unmet[b, m] == pytest.approx(use[b] - met, abs=1e-9)
            assert here.stock[b, m] == pytest.approx(stock, abs=1e-9)
        assert here.use[0, m] == pytest.approx(own)
        assert here.served_needs[m] == pytest.approx(here.use[1:, m].sum() / use.sum())
        sources_by_hand(here, old, v, bought[0], stopped, m)
        bills_by_hand(here, old, v, given_in, m)


def sources_by_hand(
    here: Market, old: Market, v: Rules, bought: float, stopped: float, m: int
) -> None:
    """Assert where Japan's imports come from: China, those who pass its goods on, each miner."""
    exports, mined = here.exports[m], here.output[1:, m]
    passed, most = v.passed_on[m] * exports, v.passed_on_most[m] * exports
    fear = 1.0 + v.risk_aversion[m] * old.memory[m]
    direct = v.tie[0, m] * (exports - passed) * (1.0 - stopped) * fear ** -v.source_elasticity[m]
    weight = np.concatenate([[direct, passed], v.tie[1:, m] * mined])
    limit = np.concatenate([[exports - most, most], v.reach[m] * mined])
    if stopped > 0.0:
        limit[0] = min(limit[0], (1.0 - stopped) * old.to_japan[m])
    place = 1 + KAZAKHSTAN  # after China come those who pass its goods on
    contract = min(v.offtake[m] * here.output[KAZAKHSTAN, m], bought)
    limit[place] = max(limit[place] - contract, 0.0)
    given_out, _ = laws.allocate(bought - contract, weight, limit)
    given_out[place] += contract
    np.testing.assert_allclose(here.given[:, m], given_out, atol=1e-9)


def bills_by_hand(here: Market, old: Market, v: Rules, given_in: Quarter, m: int) -> None:
    """Assert Japan's bill, its usual one at first, and what the run's Kazakh plants earn."""
    dollars = v.usual_price[m] * np.exp(here.price[m]) * given_in.prices[m]
    origin = np.concatenate([[here.given[:2, m].sum()], here.given[2:, m]])
    risk = 1.0 + v.risk_aversion[m] * old.memory[m]
    bill = dollars * risk * here.imports[0, m] / (1e3 * given_in.income[m])
    bill *= laws.concentration(origin)
    assert here.bill[m] == pytest.approx(bill)
    assert here.usual_bill[m] == pytest.approx(bill if given_in.first else old.usual_bill[m])
    earned = 0.0
    if given_in.running:
        capacity = old.capacity[KAZAKHSTAN, m]
        part = max(capacity - old.lasting[m], 0.0) / max(capacity, 1e-12)
        earned = dollars * part * here.output[KAZAKHSTAN, m] / 4.0
    assert here.revenue[m] == pytest.approx(earned)
