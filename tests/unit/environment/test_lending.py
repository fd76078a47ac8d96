"""Debts of all pairs at once: the identity, the terms of both windows, relief, arrears told."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import axes
from steppe.chronicle import KINDS, Log
from steppe.clock import Quarter
from steppe.environment.lending import Lending
from steppe.parameters import Values, registry
from steppe.world.money import Money, by_window, no_money
from steppe.world.surroundings import Surroundings

MEMBERS = 3
P, H, W = len(axes.POWERS), len(axes.HOSTS), len(axes.WINDOWS)
JPN, CHN, RUS = (axes.POWERS.index(code) for code in ("JPN", "CHN", "RUS"))
KAZ, UZB, KGZ, TJK = (axes.HOSTS.index(code) for code in ("KAZ", "UZB", "KGZ", "TJK"))
POWER = axes.SECTORS.index("power")


def around(earnings: float) -> Surroundings:
    """A quarter in which every host earns ``earnings``, half of it as remittances."""
    exports = np.zeros((H, len(axes.REGIONS), MEMBERS))
    exports[:, -1] = 0.5 * earnings
    one = np.ones(MEMBERS)
    return Surroundings(
        gdp=np.ones((len(axes.REGIONS), MEMBERS)),
        gdp_per_head=np.ones((H, MEMBERS)),
        imports=exports,
        exports=exports,
        hidden=np.zeros((H, MEMBERS)),
        remittances=np.full((H, MEMBERS), 0.5 * earnings),
        oil=one,
        oil_usual=one,
        deflator=one,
        prices=one,
    )


def lending(before: float = 0.0) -> tuple[Lending, Money, Values, Log]:
    names = registry()
    values = Values(names, names.defaults(2017)[:, None] + np.zeros(MEMBERS))
    money, log = no_money(MEMBERS), Log()
    return Lending(money, values, log, np.full((P, H), before)), money, values, log


def test_old_debt_amortises_at_concessional_terms() -> None:
    _, money, _, _ = lending(70.0)
    np.testing.assert_array_equal(money.amortising[:, :, 0], 70.0)
    assert not money.amortising[:, :, 1].any()
    assert not money.grace.any()


@pytest.mark.parametrize("earnings", [1e6, 60.0, 0.0])
def test_every_pairs_debt_closes_quarter_by_quarter(earnings: float) -> None:
    """Identity 4 per pair and window: D' = D + lent + interest - paid - written off."""
    made, money, values, _ = lending(90.0)
    rng = np.random.default_rng(3)
    values.over("relief.{pair}")[:] = rng.random((P * H, 1)) * 0.01
    for t in range(60):
        money.disbursed_now[:] = rng.exponential(3.0, money.disbursed_now.shape)
        before = money.grace + money.amortising
        made.serve(around(earnings), t - 20)
        flows = money.loans + money.interest - money.principal - money.interest_paid
        expected = before + flows - money.written_off
        np.testing.assert_allclose(money.grace + money.amortising, expected, rtol=1e-12)
        paid = money.principal + money.interest_paid
        due_all = (paid + money.arrears).sum(axis=(0, 2))
        np.testing.assert_allclose(money.due, due_all, rtol=1e-12)
        limit = values["debt.service_limit"] * earnings
        assert (paid.sum(axis=(0, 2)) <= limit * (1.0 + 1e-12) + 1e-9).all()
        if earnings >= 1e6:
            np.testing.assert_allclose(money.arrears, 0.0, atol=1e-12)
        load = money.due / np.maximum(earnings, 1e-9) / values["debt.distress_threshold"]
        np.testing.assert_allclose(money.distress, np.minimum(load, 2.0) ** 2)
    assert (money.arrears > 0.0).all() == (earnings < 1e6)
    if earnings == 0.0:
        assert (money.distress == 4.0).all()
        assert not money.interest_paid.any()


def test_only_the_loan_part_of_each_window_is_lent() -> None:
    made, money, values, _ = lending()
    money.disbursed_now[JPN, UZB, POWER, 0, 0] = 60.0
    money.disbursed_now[JPN, UZB, POWER + 1, 0, 1] = 40.0
    money.disbursed_now[JPN, UZB, POWER, 1, 0] = 10.0
    made.serve(around(1e6), 0)
    soft = values["loan_share.japan_uzbekistan"]
    hard = values["japan.commercial_loans"]
    assert ((soft > 0.0) & (soft < 1.0)).all()
    np.testing.assert_allclose(money.loans[JPN, UZB], [100.0 * soft, 10.0 * hard])
    assert money.loans.sum() == pytest.approx((100.0 * soft + 10.0 * hard).sum())
    np.testing.assert_allclose(money.grace, money.loans, err_msg="new loans are in grace")
    assert not money.amortising.any()
    np.testing.assert_allclose(by_window(money.disbursed_now)[JPN, UZB, 0], 100.0)


def test_terms_of_both_windows() -> None:
    """Soft: the pair's rate, the power's maturity; dear: a spread on it, a shorter life."""
    made, money, values, _ = lending()
    values["loan_rate.china_tajikistan"][:] = 0.02
    values["china.commercial_spread"][:] = 0.03
    values["china.maturity"][:] = 20.0
    values["debt.commercial_maturity"][:] = 0.6
    values["debt.grace"][:], values["debt.commercial_grace"][:] = 5.0, 2.0
    money.amortising[CHN, TJK] = 400.0
    money.grace[CHN, TJK] = 80.0
    made.serve(around(1e6), 0)
    np.testing.assert_allclose(money.interest[CHN, TJK, 0], 480.0 * 0.02 / 4)
    np.testing.assert_allclose(money.interest[CHN, TJK, 1], 480.0 * 0.05 / 4)
    np.testing.assert_allclose(money.principal[CHN, TJK, 0], 400.0 * 0.5 / (20.0 - 5.0))
    np.testing.assert_allclose(money.principal[CHN, TJK, 1], 400.0 * 0.5 / (12.0 - 2.0))
    np.testing.assert_allclose(money.grace[CHN, TJK, 0], 80.0 * (1 - 0.25 / 5.0))
    np.testing.assert_allclose(money.grace[CHN, TJK, 1], 80.0 * (1 - 0.25 / 2.0))


def test_relief_is_forgiven_before_anything_falls_due() -> None:
    """A fifth of 300 of one pair; its service and the host's due fall by a fifth with it."""
    made, money, values, _ = lending()
    money.amortising[RUS, KGZ, 0] = 300.0
    values["relief.russia_kyrgyzstan"][:] = [0.0, 0.2, 1.0]
    made.serve(around(1e6), 0)
    np.testing.assert_allclose(money.written_off[RUS, KGZ, 0], [0.0, 60.0, 300.0])
    np.testing.assert_allclose(money.due[KGZ] / money.due[KGZ, 0], [1.0, 0.8, 0.0])
    np.testing.assert_allclose(money.arrears, 0.0, atol=1e-12)
    assert money.written_off.sum() == pytest.approx(360.0), "nobody else's"
    assert money.debt[RUS, KGZ, 2] == pytest.approx(0.0)


def test_all_creditors_share_what_a_host_can_pay() -> None:
    made, money, values, _ = lending()
    money.amortising[CHN, KGZ, 1] = 4000.0
    money.amortising[JPN, KGZ, 0] = 1000.0
    made.serve(around(40.0), 0)
    paid = (money.principal + money.interest_paid)[:, KGZ].sum(axis=(0, 1))
    np.testing.assert_allclose(paid, values["debt.service_limit"] * 40.0)
    due = money.principal + money.interest_paid + money.arrears
    for p in (CHN, JPN):
        part = (money.principal + money.interest_paid)[p, KGZ].sum(axis=0) / due[p, KGZ].sum(axis=0)
        np.testing.assert_allclose(part, paid / money.due[KGZ])


def test_the_chronicle_tells_arrears_of_a_million_and_more_in_the_run() -> None:
    made, money, _, log = lending()
    money.amortising[CHN, KGZ, 1] = [900.0, 900.0, 0.0]
    money.amortising[JPN, UZB, 0] = [0.0, 0.0, 5.0]
    made.serve(around(0.0), -1)
    start = Quarter.of(2017)
    assert len(log.rows(start, range(MEMBERS))["member"]) == 0, "the record is no news"
    made.serve(around(0.0), 4)
    rows = log.rows(start, range(10, 10 + MEMBERS))
    assert (money.arrears[JPN, UZB, :, 2].sum() > 0.0) and (money.arrears[JPN, UZB].sum() < 1.0)
    np.testing.assert_array_equal(rows["kind"], KINDS.index("arrears"))
    np.testing.assert_array_equal(rows["member"], [10, 11])
    np.testing.assert_array_equal(rows["power"], CHN)
    np.testing.assert_array_equal(rows["host"], KGZ)
    np.testing.assert_array_equal(rows["quarter"], start.ordinal + 4)
    np.testing.assert_allclose(rows["amount"], money.arrears[CHN, KGZ].sum(axis=0)[:2])
