"""Accounts of money and influence at every step of every shipped scenario, all priors varying."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from steppe import axes, scenario
from steppe.chronicle import KINDS
from steppe.model import CentralAsia
from steppe.scenario import shipped
from steppe.world.money import by_sector, by_window, over_cells

MEMBERS = 6
SHIPPED = sorted(shipped.names())
TOLERANCE = 1e-9


def close(left: np.ndarray, right: np.ndarray, scale: np.ndarray | float) -> None:
    """Assert that two stocks agree to ``TOLERANCE`` of their scale."""
    assert (np.abs(left - right) <= TOLERANCE * (1.0 + scale)).all()


def check_projects(model: CentralAsia) -> None:
    """Identities 1 and 3."""
    money = model.state.money
    unpaid = model.relations.construction.portfolio.unpaid()
    assert (unpaid >= 0.0).all()
    close(money.committed, money.disbursed + money.cancelled + unpaid, money.committed)
    assert (money.completed <= money.disbursed + TOLERANCE * (1.0 + money.disbursed)).all()
    assert (money.operating[by_sector(money.disbursed) == 0.0] == 0.0).all()


def check_purses(model: CentralAsia) -> None:
    """Identity 2, the purse law."""
    money = model.state.money
    assert (money.purse >= 0.0).all()
    close(money.granted, money.lapsed + money.spent + money.purse, money.granted)
    committed = np.add.reduce(by_window(money.committed), axis=1)
    close(money.spent, committed + money.abroad, money.granted)


def check_influence(model: CentralAsia) -> None:
    """Identity 10."""
    politics = model.state.politics
    whole = np.add.reduce(politics.share, axis=0) + politics.autonomy
    np.testing.assert_allclose(whole, 1.0, rtol=TOLERANCE)
    assert (politics.share > 0.0).all() and (politics.autonomy > 0.0).all()
    for field in (politics.channel, politics.bandwidth, politics.dependence, politics.embedded):
        assert ((field >= 0.0) & (field <= 1.0)).all()
    assert (np.abs(politics.position) <= 1.0).all() and (np.abs(politics.alignment) <= 1.0).all()


@pytest.mark.parametrize("name", SHIPPED)
def test_money_and_influence_add_up_at_every_step(name: str) -> None:
    model = CentralAsia(name, MEMBERS, collect=False)
    assert (model.state.money.committed > 0.0).any(), "the past is on the books"
    check_projects(model)
    check_purses(model)
    check_influence(model)
    while model.running:
        money = model.state.money
        debt, before = money.debt.copy(), money.completed.copy()
        model.step()
        check_projects(model)
        check_purses(model)
        check_influence(model)
        flows = money.loans + money.interest - money.principal - money.interest_paid
        change = np.add.reduce(flows - money.written_off, axis=2)
        close(money.debt, debt + change, money.debt)  # identity 4
        assert (money.debt >= 0.0).all()
        assert (money.completed >= before).all()
        assert (money.arrears >= -TOLERANCE).all()


@pytest.mark.parametrize("name", ["baseline", "backcast_2000"])
def test_the_chronicle_tells_every_dollar(name: str) -> None:
    """Amounts of a kind sum to the series of the same name, per power and year."""
    model = CentralAsia(name, MEMBERS, collect=False)
    told = ("committed", "completed", "cancelled", "announced")
    booked: dict[tuple[str, int], np.ndarray] = defaultdict(lambda: np.zeros((5, MEMBERS)))
    while model.running:
        model.step()
        money, year = model.state.money, model.quarter.year
        for kind in told[:3]:
            flow = over_cells(getattr(money, f"{kind}_now"))
            booked[kind, year] += np.add.reduce(flow, axis=1)
        booked["announced", year] += np.add.reduce(money.pledged_now, axis=1)
    chronicle = model.chronicle()
    years = chronicle["quarter"] // 4
    for (kind, year), amount in booked.items():
        rows = (chronicle["kind"] == KINDS.index(kind)) & (years == year)
        total = np.zeros((len(axes.POWERS), MEMBERS))
        power, member = chronicle["power"][rows], chronicle["member"][rows]
        np.add.at(total, (power, member), chronicle["amount"][rows])
        # tolerances are relative to the year's money: the chronicle tells works abroad apart
        np.testing.assert_allclose(total, amount, rtol=1e-9, atol=1e-6, err_msg=f"{kind} {year}")


def test_a_power_without_budget_neither_commits_nor_lends_again() -> None:
    """Its purse runs out through offers and lapse, and its debts are only paid back."""
    model = CentralAsia(
        scenario.load("baseline"), MEMBERS, collect=False, parameters={"china.budget": 0.0}
    )
    china = axes.POWERS.index("CHN")
    assert (model.state.money.granted[china] == 0.0).all()
    while model.running:
        model.step()
    money = model.state.money
    assert (over_cells(money.committed)[china] == 0.0).all()
    assert (money.debt[china] < 30.0).all(), "what it lent before 1997 is paid back or in arrears"
