"""What completed works leave in a host beyond what was usual in the base years."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import axes
from steppe.environment.capital import Capital
from steppe.parameters import Values, registry
from steppe.world.money import Money, no_money
from steppe.world.surroundings import Surroundings

MEMBERS = 2
P, H = len(axes.POWERS), len(axes.HOSTS)
JPN, CHN, TUR = (axes.POWERS.index(code) for code in ("JPN", "CHN", "TUR"))
KAZ, UZB = axes.HOSTS.index("KAZ"), axes.HOSTS.index("UZB")
POWER, TRANSPORT, WATER, FUEL = (
    axes.SECTORS.index(s) for s in ("power", "transport", "agriculture_water", "hydrocarbons")
)


def around(gdp: float = 50.0, deflator: float = 1.0) -> Surroundings:
    one = np.ones(MEMBERS)
    none = np.zeros((H, len(axes.REGIONS), MEMBERS))
    return Surroundings(
        gdp=np.full((len(axes.REGIONS), MEMBERS), gdp),
        gdp_per_head=np.ones((H, MEMBERS)),
        imports=none,
        exports=none,
        hidden=np.zeros((H, MEMBERS)),
        remittances=np.zeros((H, MEMBERS)),
        oil=one,
        oil_usual=one,
        deflator=deflator * one,
        prices=one,
    )


def capital(base: range = range(0)) -> tuple[Capital, Money, Values]:
    names = registry()
    values = Values(names, names.defaults(2017)[:, None] + np.zeros(MEMBERS))
    money = no_money(MEMBERS)
    return Capital(money, values, base), money, values


def test_completed_infrastructure_raises_the_gap_by_its_part_of_the_capital() -> None:
    """30 + 20 + 10 of power, transport and water; oil fields are no infrastructure."""
    made, money, values = capital()
    money.completed_now[JPN, UZB, POWER, 0, 0] = 30.0
    money.completed_now[CHN, UZB, TRANSPORT, 1, 1] = 20.0
    money.completed_now[CHN, UZB, WATER, 0, 0] = 10.0
    money.completed_now[CHN, UZB, FUEL, 1, 0] = 999.0
    made.renew(around(gdp=50.0))
    stock = values["growth.infrastructure_ratio"] * 50_000.0
    expected = values["growth.infrastructure_efficiency"] * 60.0 / stock
    np.testing.assert_allclose(made.growth[UZB], expected)
    np.testing.assert_allclose(money.infrastructure_gap[UZB], expected)
    assert not np.delete(made.growth, UZB, axis=0).any()


def test_growth_is_the_change_of_the_gap() -> None:
    """Nothing completed: the gap wears off by a quarter of its depreciation, and growth is that."""
    made, money, values = capital()
    money.infrastructure_gap[:] = 0.08
    made.renew(around())
    worn = 0.08 * values["growth.infrastructure_depreciation"] / 4
    np.testing.assert_allclose(made.growth, np.broadcast_to(-worn, (H, MEMBERS)))


def test_only_works_beyond_the_usual_count_in_money_of_the_quarter() -> None:
    """Usual 40 a quarter at the base's prices are 50 now: 80 completed count as 30."""
    made, money, values = capital()
    made.usual[KAZ] = 40.0
    money.completed_now[CHN, KAZ, POWER, 1, 0] = 80.0
    made.renew(around(gdp=100.0, deflator=1.25))
    stock = values["growth.infrastructure_ratio"] * 100_000.0
    expected = values["growth.infrastructure_efficiency"] * 30.0 / stock
    np.testing.assert_allclose(made.growth[KAZ], expected)
    money.completed_now[:] = 0.0
    money.infrastructure_gap[:] = 0.0
    made.renew(around(gdp=100.0, deflator=1.25))
    assert (made.growth[KAZ] < 0.0).all(), "fewer works than usual slow growth"


def test_the_usual_is_what_was_offered_for_the_base_years_some_quarters_before() -> None:
    """Base quarters 20 to 23: offers of 12 to 15 are paid, those of 8 to 11 completed in them.

    Of the first window only what is lent comes as machinery, of the second all.
    """
    made, _, values = capital(range(20, 24))
    values.over("loan_share.{pair}").reshape(P, H, -1)[JPN, UZB] = [0.4, 1.0]
    for quarter in range(30):
        offered, works = np.zeros((2, P, len(axes.WINDOWS), H, MEMBERS))
        paid, completed = 12 <= quarter < 16, 8 <= quarter < 12
        offered[JPN, 0, UZB] = 10.0 * quarter if paid else 1e6
        offered[JPN, 1, UZB] = [7.0, 0.0] if paid else 1e6
        works[JPN, 0, UZB] = quarter if completed else 1e6
        works[CHN, 1, UZB] = 5.0 if completed else 1e6
        made.remember(quarter, offered, works)
    np.testing.assert_allclose(made.usual_tied[JPN, UZB], [0.4 * 135.0 + 7.0, 135.0])
    np.testing.assert_allclose(made.usual[UZB], 9.5 + 5.0)
    assert made.usual.sum() == pytest.approx(14.5 * MEMBERS), "no other host"
    assert made.usual_tied.sum() == pytest.approx(0.4 * 135.0 + 7.0 + 135.0)


def test_a_run_begins_on_the_trend_and_at_the_usual_pace() -> None:
    made, money, values = capital()
    money.infrastructure_gap[:] = 0.3
    made.usual_tied[CHN, KAZ] = 12.0
    made.tied[:] = 99.0
    made.start(np.full((5, 1), 10.0))
    assert not money.infrastructure_gap.any()
    arriving, usual = made.machinery(KAZ)
    np.testing.assert_array_equal(arriving, usual)
    np.testing.assert_allclose(arriving[CHN], 12.0 * values["projects.machinery"])
    assert not np.delete(arriving, CHN, axis=0).any()
    made.usual_tied[CHN, KAZ] = 1.0
    np.testing.assert_allclose(made.machinery(KAZ)[0][CHN], 12.0 * values["projects.machinery"])


def test_machinery_is_the_tied_part_of_this_quarters_disbursement() -> None:
    made, money, values = capital()
    money.loans[CHN, KAZ] = [[30.0], [500.0]]  # of the second window all counts, lent or not
    money.disbursed_now[CHN, KAZ, FUEL, 0, 0] = 50.0
    money.disbursed_now[CHN, KAZ, FUEL, 1, 0] = 70.0
    made.renew(around())
    arriving, usual = made.machinery(KAZ)
    np.testing.assert_allclose(arriving[CHN], 100.0 * values["projects.machinery"])
    assert not usual.any()


def test_a_pilot_delivers_its_part_of_what_is_bought_for_joint_works() -> None:
    """Japan pays 100 lent by a part and 50 of business for works that Turkey builds; its own
    deliveries shrink by what Turkey's grow, host by host."""
    made, money, values = capital()
    values["loan_share.japan_uzbekistan"][:] = [0.5, 1.0]
    values["consortia.pilot_supplies"][:] = 0.4
    money.loans[JPN, [KAZ, UZB], 0] = 200.0
    money.joint_paid_now[TUR, JPN, UZB, 0], money.joint_paid_now[TUR, JPN, UZB, 1] = 100.0, 50.0
    made.renew(around())
    moved = 0.4 * (np.array([0.5, 1.0]) * 100.0 + 50.0)
    expected = np.zeros((P, H, MEMBERS))
    expected[JPN, [KAZ, UZB]] = 200.0
    expected[JPN, UZB] -= moved
    expected[TUR, UZB] += moved
    np.testing.assert_allclose(made.tied, expected)


def test_operating_capital_wears_off() -> None:
    made, money, values = capital()
    money.operating[:] = 400.0
    made.renew(around())
    left = 400.0 * (1.0 - values["projects.capital_depreciation"] / 4)
    np.testing.assert_allclose(money.operating, np.broadcast_to(left, money.operating.shape))
    assert (left < 400.0).all()
