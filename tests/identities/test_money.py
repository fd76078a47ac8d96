"""What the chronicle tells of money, and what an empty budget does.

The accounts of money and influence are in accounts.py, checked by test_soak.py.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from steppe import axes, scenario
from steppe.chronicle import KINDS
from steppe.model import CentralAsia
from steppe.world.money import over_cells

MEMBERS = 6


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
