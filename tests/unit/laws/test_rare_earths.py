"""Laws of the rare-earth market against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppe.laws import rare_earths as laws


def of(*values: float) -> np.ndarray:
    return np.array(values, float)


def column(*values: float) -> np.ndarray:
    return np.array(values, float)[:, None]


parts = st.floats(0.0, 1.0)
amounts = st.floats(0.0, 100.0)


def test_a_mine_runs_full_from_its_cost_on_and_by_a_power_below() -> None:
    """K min(1, (P/c)^u): half the cost at u = 2 leaves a quarter."""
    price = np.log(of(0.5, 1.0, 3.0))
    output = laws.mine_output(of(8.0, 8.0, 8.0), price, np.zeros(3), of(2.0, 2.0, 2.0))
    np.testing.assert_allclose(output, [2.0, 8.0, 8.0])


def test_china_exports_what_it_does_not_use_up_to_the_limit() -> None:
    exports = laws.chinese_exports(
        of(100.0, 100.0, 60.0), of(70.0, 70.0, 70.0), of(20.0, 50.0, 9.0)
    )
    np.testing.assert_allclose(exports, [20.0, 30.0, 0.0])


def test_a_restriction_cuts_usual_exports_but_for_what_leaks() -> None:
    limit = laws.export_limit(
        of(50.0, 50.0, 50.0, 50.0),
        of(0.0, 0.5, 1.0, 2.0),
        of(0.4, 0.4, 0.4, 0.4),
        of(12, 12, 12, 12),
    )
    np.testing.assert_allclose(limit, [np.inf, 52.0, 42.0, 42.0])


def test_behind_a_quota_the_last_mine_sets_the_price_inside() -> None:
    """p = ln c + ln(sold/K)/u: at 81 of 100 and u = 2 nine tenths of the cost."""
    inside = laws.domestic_price(
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
    use = laws.desired_use(of(30.0), np.log(of(16.0)), of(0.25), np.log(of(2.0)))
    np.testing.assert_allclose(use, 7.5)


def test_thrift_is_learned_fast_lost_slowly_and_ends_at_the_long_elasticity() -> None:
    args = of(0.2), of(0.5), of(0.15), of(0.02)
    price = np.log(of(10.0))
    first = laws.thrift(of(0.0), price, *args)
    np.testing.assert_allclose(first, 0.15 * 0.3 * np.log(10.0))
    learned = of(0.0)
    for _ in range(400):
        learned = laws.thrift(learned, price, *args)
    use = laws.desired_use(of(1.0), price, of(0.2), learned)
    np.testing.assert_allclose(use, 10.0**-0.5)
    np.testing.assert_allclose(laws.thrift(of(0.3), of(0.0), *args), 0.3 * 0.98)
    np.testing.assert_allclose(laws.thrift(of(0.3), of(-1.0), *args), 0.3 * 0.98)


def test_stocks_double_in_panic_and_halve_at_four_times_the_expected_price() -> None:
    def target(panic: float, over: float) -> float:
        found = laws.stock_target(
            of(0.5), of(40.0), of(panic), of(0.5), of(1.0), np.log(of(2.0 * over)), np.log(of(2.0))
        )
        return float(found[0])

    assert target(0.0, 1.0) == pytest.approx(20.0)
    assert target(1.0, 1.0) == pytest.approx(40.0)
    assert target(0.0, 4.0) == pytest.approx(10.0)


def test_purchases_close_the_gap_of_stocks_within_what_can_be_got() -> None:
    bought = laws.purchases(
        of(20.0, 20.0, 2.0), of(10.0, 10.0, 0.0), of(6.0, 6.0, 9.0), of(2, 2, 2), of(np.inf, 25, 99)
    )
    np.testing.assert_allclose(bought, [28.0, 25.0, 0.0])


def test_the_price_clears_a_market_with_constant_elasticities() -> None:
    """C P^-e = K P^u: ln P = ln(C/K)/(e + u)."""
    use, elasticity, mined = of(60.0, 45.0, 80.0), of(0.2, 0.4, 0.3), 50.0

    def excess(price: np.ndarray) -> np.ndarray:
        return use * np.exp(-elasticity * price) - mined * np.exp(1.5 * price)

    found = laws.clearing_price(excess, np.full(3, -4.0), np.full(3, 4.0))
    np.testing.assert_allclose(found, np.log(use / mined) / (elasticity + 1.5), atol=2e-7)


def test_a_market_that_cannot_clear_ends_at_its_ceiling_or_floor() -> None:
    ends = laws.clearing_price(lambda price: of(1.0, -1.0), of(-3.0, -3.0), of(2.0, 2.0))
    np.testing.assert_allclose(ends, [2.0, -3.0], atol=1e-6)


def test_needs_are_met_before_hoards() -> None:
    """Supply of 12: needs of 6 and 4 are whole, the rest of 2 goes by wants of 10 and 30."""
    wanted, need = column(16.0, 34.0), column(6.0, 4.0)
    np.testing.assert_allclose(laws.deliveries(wanted, need, of(12.0)), column(6.5, 5.5))
    np.testing.assert_allclose(laws.deliveries(wanted, need, of(5.0)), column(3.0, 2.0))
    np.testing.assert_allclose(laws.deliveries(wanted, need, of(50.0)), wanted)


@given(a=amounts, b=amounts, x=parts, y=parts, supply=st.floats(0.0, 300.0))
def test_deliveries_take_all_supply_or_all_wants(
    a: float, b: float, x: float, y: float, supply: float
) -> None:
    wanted, need = column(a, b), column(a * x, b * y)
    given_out = laws.deliveries(wanted, need, of(supply))
    assert given_out.sum() == pytest.approx(min(supply, a + b), rel=1e-9, abs=1e-9)
    assert (given_out <= wanted * (1 + 1e-12)).all()


@given(use=amounts, bought=amounts, stock=amounts)
def test_use_and_stock_account_for_every_tonne(use: float, bought: float, stock: float) -> None:
    met, after = laws.served(of(use), of(bought), of(stock))
    assert met[0] <= use and after[0] >= 0.0
    assert stock + 0.25 * (bought - met[0]) == pytest.approx(after[0], rel=1e-12, abs=1e-12)
    if after[0] > 1e-9:
        assert met[0] == use, "nobody goes without while there is a stock"


def test_a_premium_moves_sources_by_the_elasticity() -> None:
    """A fully remembered risk of one doubles the price in Japanese eyes: an eighth at sigma 3."""
    weight = laws.source_weights(column(80.0, 20.0), column(np.log(2.0), 0.0), of(3.0))
    np.testing.assert_allclose(weight, column(10.0, 20.0))


def test_full_sources_pass_their_part_to_the_others() -> None:
    given_out, left = laws.allocate(of(30.0), column(1.0, 1.0, 1.0), column(2.0, 100.0, 100.0))
    np.testing.assert_allclose(given_out, column(2.0, 14.0, 14.0))
    np.testing.assert_allclose(left, 0.0, atol=1e-12)
    given_out, left = laws.allocate(of(30.0), column(1.0, 1.0), column(2.0, 3.0))
    np.testing.assert_allclose(given_out, column(2.0, 3.0))
    np.testing.assert_allclose(left, 25.0)


@given(
    amount=amounts,
    w=st.lists(parts, min_size=4, max_size=4),
    c=st.lists(amounts, min_size=4, max_size=4),
)
def test_what_sources_give_and_leave_is_what_was_asked(
    amount: float, w: list[float], c: list[float]
) -> None:
    given_out, left = laws.allocate(of(amount), column(*w), column(*c))
    assert (given_out <= column(*c)).all()
    assert given_out.sum() + left[0] == pytest.approx(amount, rel=1e-9, abs=1e-9)


def test_concentration_of_two_equal_sources_is_a_half() -> None:
    np.testing.assert_allclose(laws.concentration(column(7.0, 7.0, 0.0)), 0.5)


def test_panic_rises_with_steps_and_calms_down() -> None:
    assert laws.panic(of(0.5), of(1.0), of(1.0), of(0.3))[0] == pytest.approx(1.35)
    assert laws.panic(of(1.9), of(2.0), of(1.0), of(0.3))[0] == 2.0


def test_memory_learns_from_restrictions_and_forgets_only_while_china_is_cheaper() -> None:
    cheaper = np.array([True, False, False, True])
    found = laws.memory(
        of(0.5, 0.5, 0.0, 0.5), of(0, 0, 2.0, 1.0), cheaper, np.full(4, 0.4), np.full(4, 0.1)
    )
    np.testing.assert_allclose(found, [0.45, 0.5, 0.4, 0.45 + 0.2 * 0.55])


def test_expectations_follow_prices() -> None:
    np.testing.assert_allclose(laws.expectation(of(0.0), of(2.0), of(0.15)), 0.3)


def test_the_stake_is_one_at_the_usual_bill_and_bounded() -> None:
    found = laws.stake(of(3.0, 9.0, 1e9, 0.0), of(3.0, 3.0, 3.0, 3.0), np.full(4, 0.5))
    np.testing.assert_allclose(found[:3], [1.0, np.sqrt(1.5), np.sqrt(2.0)], rtol=1e-6)
    assert found[3] < 1e-5


def test_the_gate_opens_at_the_hurdle() -> None:
    cost = np.log(column(2.0))
    open_at = laws.worth_building(np.log(of(2.9, 3.0001)), cost, of(1.5, 1.5))
    assert open_at.tolist() == [[False, True]]


def test_a_mine_takes_its_years_on_average() -> None:
    """The mean of the Erlang lead time: sum over quarters of what is not yet built."""
    years = column(4.0)
    capacity, under_way = np.zeros((1, 1)), np.zeros((1, laws.STAGES, 1))
    under_way[:, 0] = 1.0
    waited = 0.0
    for _ in range(800):
        waited += 0.25 * float(under_way.sum())
        capacity, under_way = laws.build(
            capacity, under_way, np.zeros((1, 1)), years, np.zeros((1, 1))
        )
    assert waited == pytest.approx(4.0, rel=1e-6)
    assert capacity[0, 0] == pytest.approx(1.0)


def test_mines_given_up_never_open() -> None:
    under_way = np.ones((1, laws.STAGES, 1))
    capacity, left = laws.build(column(2.0), under_way, column(0.0), column(4.0), column(1.0))
    assert capacity[0, 0] == 2.0 and not left.any()


def test_china_plans_with_slack_fast_up_and_slowly_down() -> None:
    up, down = of(0.25), of(0.03)
    assert laws.planned_capacity(of(100.0), of(99.0), of(0.1), up, down)[0] == pytest.approx(102.5)
    assert laws.planned_capacity(of(100.0), of(72.0), of(0.1), up, down)[0] == pytest.approx(99.4)
