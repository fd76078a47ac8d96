"""From agreed offers to works: what the record begins with, what is taken, built and told."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import axes
from steppe.chronicle import KINDS, Chronicle, Log
from steppe.clock import Quarter
from steppe.environment.construction import Construction
from steppe.environment.works import Works
from steppe.parameters import Values, registry
from steppe.world.base import base_state
from steppe.world.money import by_window
from steppe.world.network import network
from steppe.world.offers import Offers, no_offers
from steppe.world.state import State, initial_state

MEMBERS = 3
P, H, S, W = len(axes.POWERS), len(axes.HOSTS), len(axes.SECTORS), len(axes.WINDOWS)
JPN, CHN, RUS, TUR, IND = range(P)
KAZ, UZB, TKM, KGZ, TJK = range(H)
TRANSPORT, POWER = axes.SECTORS.index("transport"), axes.SECTORS.index("power")
START = Quarter.of(2017)
LINKS = len(axes.LINKS)


def of_pair(power: int, host: int, amount: np.ndarray) -> np.ndarray:
    """Money of one power for one host among that of all, (power, host, member)."""
    field = np.zeros((len(axes.POWERS), len(axes.HOSTS), len(amount)))
    field[power, host] = amount
    return field


def construction(drawn: float = 0.5, quarters: int = 4) -> tuple[Construction, State, Values, Log]:
    names = registry()
    values = Values(names, names.defaults(2017)[:, None] + np.zeros(MEMBERS))
    state, log = initial_state(base_state(2017), network(), MEMBERS), Log()
    completion, opened = (values.over(f"link.{{link}}.{x}").copy() for x in ("completion", "open"))
    uniform = np.zeros((quarters, 2, P * H, MEMBERS))
    uniform[:, 0] = drawn  # the second number does not turn it
    made = Construction(
        state.money,
        state.politics,
        Works(state, completion, opened),
        values,
        log,
        uniform.reshape(quarters, 2 * P * H, MEMBERS),
    )
    return made, state, values, log


def one_offer(amount: list[float], accepted: list[bool], sector: int = POWER) -> Offers:
    """China's commercial offer to Kyrgyzstan, beside the banks."""
    offers = no_offers(MEMBERS)
    cell = CHN, 1, KGZ
    offers.amount[cell], offers.accepted[cell] = amount, accepted
    offers.sector[cell], offers.mode[cell] = sector, 1
    return offers


def told(log: Log, kind: str) -> Chronicle:
    rows = log.rows(START, range(MEMBERS))
    return Chronicle(rows.rows[rows["kind"] == KINDS.index(kind)])


def test_the_record_begins_with_works_in_every_stage() -> None:
    """A flow of 10 a quarter into power stations of L years: 4 stages of 10 L each.

    Paid of them is 0, 15, 45 and 75 %; all of it is booked as granted and spent, none is in purses.
    """
    made, state, values, _ = construction()
    money = state.money
    flow, sector = np.zeros((P, W, H, MEMBERS)), np.full((P, W, H, MEMBERS), POWER)
    flow[JPN, 0, UZB] = [10.0, 0.0, 20.0]
    flow[CHN, 1, KAZ], sector[CHN, 1, KAZ] = 7.0, TRANSPORT
    made.inherit(flow, sector)
    years = values.over("projects.years.{sector}")
    begun = 4.0 * flow[JPN, 0, UZB] * years[POWER]
    np.testing.assert_allclose(money.committed[JPN, UZB, POWER, 0, 0], begun)
    np.testing.assert_allclose(money.disbursed[JPN, UZB, POWER, 0, 0], begun * 1.35 / 4)
    chinese = 28.0 * years[TRANSPORT]
    np.testing.assert_allclose(money.committed[CHN, KAZ, TRANSPORT, 1, 0], chinese)
    assert money.committed.sum() == pytest.approx((begun + chinese).sum())
    for booked in (money.granted, money.spent):
        np.testing.assert_allclose(booked[JPN, 0], begun)
        np.testing.assert_allclose(booked[CHN, 1], chinese)
        assert booked.sum() == pytest.approx((begun + chinese).sum())
    assert not money.purse.any()
    unpaid = made.portfolio.unpaid()
    np.testing.assert_allclose(money.committed, money.disbursed + unpaid)
    stages = np.bincount(made.portfolio.stage)
    assert list(stages) == [5, 5, 5, 5], "each of five works in all four stages"


def test_the_inherited_flow_goes_on_as_it_came() -> None:
    """What the stages pay in an average quarter is the flow itself: 10 of 4 L / 4 moves a year."""
    made, state, values, _ = construction(quarters=1)
    money = state.money
    flow = np.zeros((P, W, H, MEMBERS))
    flow[JPN, 0, UZB] = 10.0
    made.inherit(flow, np.full(flow.shape, POWER))
    years = values.over("projects.years.{sector}")[POWER]
    leave = 1.0 / years  # a quarter's chance to leave a stage
    steps = np.array([0.15, 0.30, 0.30, 0.25])
    expected = (leave * 10.0 * years * steps[:, None]).sum(axis=0)
    np.testing.assert_allclose(expected, 10.0)
    paid, count = np.zeros(MEMBERS), 2000
    rng = np.random.default_rng(9)
    fresh = (made.portfolio.cell, made.portfolio.member, made.portfolio.stage)
    book = made.portfolio
    fresh = (*fresh, book.amount, book.phase, book.pilot, book.plant)
    values["projects.hazard"][:] = 0.0
    for _ in range(count):
        book.cell, book.member, book.stage, book.amount, book.phase, book.pilot, book.plant = (
            x.copy() for x in fresh
        )
        made.uniform[0] = rng.random((2 * P * H, MEMBERS))
        made.build(0, -1, np.ones(MEMBERS), np.ones((LINKS, MEMBERS)))
        paid += money.disbursed_now[JPN, UZB].sum(axis=(0, 1, 2)) / count
    np.testing.assert_allclose(paid, 10.0, rtol=0.06)


def test_what_is_agreed_leaves_the_purse_and_the_rest_is_refused() -> None:
    made, state, _, log = construction()
    money = state.money
    money.purse[:] = money.granted[:] = 500.0
    made.commit(one_offer([120.0, 80.0, 0.0], [True, False, True]), 0, 2)
    np.testing.assert_allclose(money.purse[CHN, 1], [380.0, 500.0, 500.0])
    np.testing.assert_allclose(money.spent[CHN, 1], [120.0, 0.0, 0.0])
    np.testing.assert_allclose(money.committed[CHN, KGZ, POWER, 1, 1], [120.0, 0.0, 0.0])
    assert money.committed.sum() == 120.0
    assert money.purse.sum() == 500.0 * P * W * MEMBERS - 120.0
    np.testing.assert_allclose(money.granted, money.lapsed + money.spent + money.purse)
    assert len(made.portfolio) == 1
    for kind, member, amount in (("committed", 0, 120.0), ("refused", 1, 80.0)):
        rows = told(log, kind)
        assert len(rows["member"]) == 1
        found = {axis: int(rows[axis][0]) for axis in ("power", "host", "sector", "window", "mode")}
        assert found == {"power": CHN, "host": KGZ, "sector": POWER, "window": 1, "mode": 1}
        assert (rows["member"][0], rows["amount"][0]) == (member, amount)
        assert rows["quarter"][0] == START.ordinal + 2


def test_a_purse_spent_whole_is_empty_and_never_below() -> None:
    made, state, _, _ = construction()
    state.money.purse[CHN, 1] = 0.3
    offers = one_offer([0.1] * MEMBERS, [True] * MEMBERS)
    offers.amount[CHN, 1, UZB], offers.accepted[CHN, 1, UZB] = 0.2, True
    made.commit(offers, 0, 0)
    assert (state.money.purse >= 0.0).all()
    np.testing.assert_allclose(state.money.purse[CHN, 1], 0.0, atol=1e-15)


def test_agreements_of_the_record_are_no_news() -> None:
    made, state, _, log = construction()
    state.money.purse[:] = 500.0
    made.commit(one_offer([120.0, 80.0, 1.0], [True, False, True]), 0, -1)
    made.build(0, -1, np.ones(MEMBERS), np.ones((LINKS, MEMBERS)))
    assert len(log.rows(START, range(MEMBERS))["kind"]) == 0
    assert by_window(state.money.committed)[CHN, KGZ, 1].sum() == 121.0


def finish(t: int, sector: int, deflator: float) -> tuple[State, Log]:
    """Carry China's agreement with Kyrgyzstan through its four stages in one year."""
    made, state, values, log = construction()
    values.over("projects.years.{sector}")[:] = 1.0
    state.money.purse[:] = 1e4
    made.commit(one_offer([1000.0, 0.0, 0.0], [True] * MEMBERS, sector), 0, t)
    for quarter in range(4):
        load = np.full((LINKS, MEMBERS), 0.5)
        made.build(quarter, t, np.full(MEMBERS, deflator), load)
    return state, log


def test_completed_works_are_capital_and_told() -> None:
    state, log = finish(3, POWER, 1.0)
    np.testing.assert_allclose(state.money.operating[CHN, KGZ, POWER], [1000.0, 0.0, 0.0])
    assert state.money.operating.sum() == pytest.approx(1000.0)
    rows = told(log, "completed")
    assert list(rows["amount"]) == [1000.0]
    assert not state.link_built.any() and not state.link_added.any(), "no transport, no link"


@pytest.mark.parametrize("deflator", [1.0, 1.25])
def test_completed_transport_goes_on_the_network_in_money_of_the_base(deflator: float) -> None:
    made, by_hand, _, _ = construction()
    money = np.array([1000.0, 0.0, 0.0]) / deflator
    made.works.spend(of_pair(CHN, KGZ, money), np.full((LINKS, MEMBERS), 0.5))
    state, _ = finish(3, TRANSPORT, deflator)
    np.testing.assert_allclose(state.link_built, by_hand.link_built)
    np.testing.assert_allclose(state.link_added, by_hand.link_added)
    assert (state.link_built[:, 0].sum() + state.link_added[:, 0].sum()) > 0.0


def test_transport_of_the_record_is_in_the_base_years_links_already() -> None:
    state, log = finish(-1, TRANSPORT, 1.0)
    assert not state.link_built.any() and not state.link_added.any()
    assert state.money.operating.sum() == pytest.approx(1000.0)
    assert len(log.rows(START, range(MEMBERS))["kind"]) == 0


def test_cancelled_works_are_told_with_what_is_saved() -> None:
    made, state, values, log = construction(drawn=0.3)
    values.over("projects.years.{sector}")[:] = 50.0
    values["projects.hazard"][:] = 0.05
    values.over("{host}.stability")[:] = -10.0  # at the hazard's ceiling of a quarter
    values["projects.multilateral_hazard"][:] = 4.0
    state.money.purse[:] = 1e4
    made.commit(one_offer([200.0, 0.0, 50.0], [True] * MEMBERS), 0, 0)
    made.build(0, 0, np.ones(MEMBERS), np.ones((LINKS, MEMBERS)))
    rows = told(log, "cancelled")
    np.testing.assert_array_equal(rows["member"], [0, 2])
    np.testing.assert_allclose(rows["amount"], [200.0, 50.0])
    assert len(made.portfolio) == 0


def test_a_steadier_power_and_a_multilateral_work_stop_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, state, values, _ = construction()
    values["projects.multilateral_hazard"][:] = 0.5
    state.politics.alignment[:] = 0.0
    made.steadiness[TUR] = [0.5, 1.0, 2.0]
    seen = []
    inner = made.portfolio.build

    def build(speed: np.ndarray, hazard: np.ndarray, *others: object) -> tuple:
        seen.append(hazard)
        return inner(speed, hazard, *others)

    monkeypatch.setattr(made.portfolio, "build", build)
    made.build(0, 0, np.ones(MEMBERS), np.ones((LINKS, MEMBERS)))
    stability = values["kazakhstan.stability"]
    calm = values["projects.hazard"] * np.exp(-0.3 * stability)
    calm = calm * (1.0 + values["kazakhstan.unrest"])
    np.testing.assert_allclose(seen[0][JPN, KAZ, 0], calm)
    np.testing.assert_allclose(seen[0][TUR, KAZ, 0], calm * [0.5, 1.0, 2.0])
    np.testing.assert_allclose(seen[0][:, :, 1], 0.5 * seen[0][:, :, 0])
