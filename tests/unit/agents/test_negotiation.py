"""How a host weighs what is on the table, against sums by hand, and what it signs."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import axes
from steppe.agents.host import Host
from steppe.model import CentralAsia
from steppe.world.offers import ORDINARY, no_offers

from .conftest import CHN, JPN, KGZ, MEMBERS, RUS, TJK, TKM, TUR, UZB, H, P, S, W

TRANSPORT, POWER = axes.SECTORS.index("transport"), axes.SECTORS.index("power")
CORRIDORS, INTEGRATION = axes.ISSUES.index("corridors"), axes.ISSUES.index("integration")


def host(model: CentralAsia, index: int) -> Host:
    return next(agent for agent in model.hosts if agent.host == index)


def answer(model: CentralAsia, index: int) -> None:
    model.look_at_powers()
    host(model, index).negotiate()


def worth_of(model: CentralAsia, index: int, sector: np.ndarray) -> np.ndarray:
    """Worth to the host of an ordinary offer of each power and window in ``sector``."""
    table = no_offers(MEMBERS)
    table.amount[:, :, index] = 1.0
    table.sector[:, :, index] = sector
    model.look_at_powers()
    return host(model, index).worth(table)


def utility_by_hand(model: CentralAsia, h: int, p: int, w: int, sector: int, m: int) -> float:
    """Acceptance of one offer in one member, in plain numbers."""
    r = model.relations
    table, names = model.values.table[:, m], model.values.registry.index

    def value(name: str) -> float:
        return float(table[names[name]])

    around, money, politics = r.around, r.money, r.politics
    gdp = 1000.0 * around.gdp[axes.HOST.start + h, m]
    ties, owed = [], []
    for q in range(P):
        trade = 4.0 * (around.imports[h, q, m] + around.exports[h, q, m])
        debt = (money.grace + money.amortising)[q, h, :, m].sum()
        ties.append(trade + debt + money.operating[q, h, :, m].sum())
        owed.append(debt * (1.0 - r.secured[q, h, m]))
    part = [tie / sum(ties) for tie in ties]
    herfindahl = sum(x * x for x in part)
    total = -2.0 * value("hosts.hedging") * (part[p] - herfindahl) / max(herfindahl, 0.2)
    excess = max(sum(owed) / gdp - 0.20, 0.0) / 0.15
    pair = f"{axes.NAMES[axes.POWERS[p]]}_{axes.NAMES[axes.HOSTS[h]]}"
    loans = f"{axes.NAMES[axes.POWERS[p]]}.commercial_loans"
    lent = value(f"loan_share.{pair}" if w == 0 else loans)
    total -= value("hosts.debt_aversion") * min(excess * excess, 6.0) * lent
    share = politics.share[:, h, m]
    total += value("hosts.favour") * (share[p] - share.mean()) / 0.15
    local = value(f"{axes.NAMES[axes.POWERS[p]]}.local_content")
    total += value("hosts.local_content") * local
    total += value("hosts.need") * r.setting.wanted[h, sector]
    total += 0.5 * value("hosts.return") * r.setting.endowment[h, sector]
    total += 0.8 * value("hosts.need") if w == 0 else 0.0
    listens = max(1.0 + politics.position[INTEGRATION, h, m], 0.0)
    minded = sum(
        share[q] * r.opposition[q, p, sector, m] * (listens if q == RUS else 1.0) for q in range(P)
    )
    total -= value("hosts.heed") * minded / 0.15
    if sector == TRANSPORT:
        total += value("hosts.route_preference") * politics.alignment[CORRIDORS, p, h, m]
    return float(total)


@pytest.mark.parametrize("h", range(H))
def test_the_worth_of_an_offer_by_hand(model: CentralAsia, h: int) -> None:
    rng = np.random.default_rng(h)
    sector = rng.integers(0, S, (P, W, MEMBERS))
    sector[CHN, 1] = TRANSPORT
    r = model.relations
    r.money.amortising[CHN, h, 1] = 400.0 * r.around.gdp[axes.HOST.start + h]
    r.secured[CHN, h] = 0.2
    r.opposition[:] = rng.random(r.opposition.shape)
    worth = worth_of(model, h, sector)
    for p, w, m in np.ndindex(P, W, MEMBERS):
        expected = utility_by_hand(model, h, p, w, int(sector[p, w, m]), m)
        assert worth[p, w, m] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def table(model: CentralAsia, h: int) -> None:
    """Nothing on any table but what a test puts there; one sector for all."""
    offers = model.relations.offers
    offers.amount[:] = 0.0
    offers.sector[:] = POWER
    offers.accepted[:] = True
    offers.pilot[:] = ORDINARY
    model.values["hosts.exclusive_from"][:] = 1e9
    model.relations.drawn = {"accept": np.full((P, W, H, MEMBERS), 0.5)}
    model.values.over("{host}.reluctance")[h] = 0.0


def test_a_host_signs_when_the_draw_is_below_its_chance(model: CentralAsia) -> None:
    table(model, UZB)
    r = model.relations
    r.offers.amount[:, :, UZB] = 50.0
    worth = worth_of(model, UZB, r.offers.sector[:, :, UZB])
    chance = 1.0 / (1.0 + np.exp(-worth / 0.5))
    rng = np.random.default_rng(5)
    signed = np.zeros_like(chance)
    for _ in range(50):
        drawn = rng.random(chance.shape)
        r.drawn["accept"][:, :, UZB] = drawn
        answer(model, UZB)
        np.testing.assert_array_equal(r.offers.accepted[:, :, UZB], drawn < chance)
        signed += r.offers.accepted[:, :, UZB]
    assert 0 < signed.sum() < 50 * signed.size
    model.values["uzbekistan.reluctance"][:] = 100.0
    answer(model, UZB)
    assert not r.offers.accepted[:, :, UZB].any()


def test_what_was_not_offered_is_not_signed(model: CentralAsia) -> None:
    table(model, KGZ)
    offers = model.relations.offers
    model.values["kyrgyzstan.reluctance"][:] = -100.0
    answer(model, KGZ)
    assert not offers.accepted[:, :, KGZ].any()
    offers.amount[JPN, 0, KGZ, 1] = 3.0
    offers.accepted[:] = True
    answer(model, KGZ)
    expected = np.zeros((P, W, MEMBERS), bool)
    expected[JPN, 0, 1] = True
    np.testing.assert_array_equal(offers.accepted[:, :, KGZ], expected)
    assert offers.accepted[:, :, TJK].all(), "a host answers for itself only"


def test_of_large_works_of_a_kind_one_is_signed_and_small_ones_beside_it(
    model: CentralAsia,
) -> None:
    """Large from 120 mn USD of 2010 on: the better of two is built, a smaller third as well."""
    table(model, TKM)
    r = model.relations
    model.values["hosts.exclusive_from"][:] = 120.0
    model.values["turkmenistan.reluctance"][:] = -100.0
    price = r.around.prices
    offers = r.offers
    offers.amount[CHN, 1, TKM] = 121.0 * price
    offers.amount[JPN, 1, TKM] = 121.0 * price
    offers.amount[TUR, 1, TKM] = 119.0 * price
    offers.amount[RUS, 1, TKM] = 500.0 * price
    offers.sector[RUS, 1, TKM] = TRANSPORT
    worth = worth_of(model, TKM, r.offers.sector[:, :, TKM])
    answer(model, TKM)
    signed = offers.accepted[:, 1, TKM]
    np.testing.assert_array_equal(signed[JPN], worth[JPN, 1] > worth[CHN, 1])
    np.testing.assert_array_equal(signed[CHN], worth[JPN, 1] <= worth[CHN, 1])
    assert signed[TUR].all()
    assert signed[RUS].all(), "a route is no rival of a power station"
