"""Lending: what disbursed loans leave behind, and what the hosts pay of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.chronicle import Log
from steppe.laws import debt
from steppe.parameters import Values
from steppe.world.money import Money, by_window
from steppe.world.surroundings import Surroundings

Array = NDArray[np.float64]

P, H = len(axes.POWERS), len(axes.HOSTS)
WORTH_TELLING = 1.0
"""Arrears of a quarter, mn USD, below which the chronicle is silent."""


class Lending:
    """Debts of hosts to powers; ``before`` (power, host) mn USD at the start of the record."""

    def __init__(self, money: Money, values: Values, log: Log, before: Array) -> None:
        self.money, self.values, self.log = money, values, log
        money.amortising[:, :, 0] = before[..., None]
        self._of_loans = np.empty((3, *money.loans.shape))

    def serve(self, around: Surroundings, t: int) -> None:
        """Lend the loan part of what was disbursed, serve the debts, note what is not paid."""
        values, money = self.values, self.money
        rates, grace, terms = self._terms()
        money.loans[:] = self.lent() * by_window(money.disbursed_now)
        relief = values.over("relief.{pair}").reshape(P, H, 1, -1)
        kept = 1.0 - relief
        due = debt.falls_due(kept * money.grace, kept * money.amortising, rates, grace, terms)
        money.due[:] = np.add.reduce(np.add.reduce(due, axis=2), axis=0)
        able = debt.ability(money.due, around.earnings, values["debt.service_limit"])
        service = debt.quarter(
            money.grace, money.amortising, money.loans, rates, grace, terms, relief, able
        )
        money.grace[:], money.amortising[:] = service.grace, service.amortising
        money.interest[:], money.principal[:] = service.interest, service.principal
        money.interest_paid[:], money.arrears[:] = service.interest_paid, service.arrears
        money.written_off[:] = service.written_off
        money.distress[:] = debt.distress(
            money.due, around.earnings, values["debt.distress_threshold"]
        )
        if t >= 0:
            behind = np.add.reduce(service.arrears, axis=2)
            power, host, member = np.nonzero(behind > WORTH_TELLING)
            self.log.add(t, "arrears", member, behind[power, host, member], power=power, host=host)

    def _terms(self) -> tuple[Array, Array, Array]:
        """Return interest 1/yr, grace and term in years, each (power, host, window, member)."""
        values, (rates, grace, terms) = self.values, self._of_loans
        rates[:, :, 0] = values.over("loan_rate.{pair}").reshape(P, H, -1)
        np.add(
            rates[:, :, 0], values.over("{power}.commercial_spread")[:, None], out=rates[:, :, 1]
        )
        grace[:, :, 0], grace[:, :, 1] = values["debt.grace"], values["debt.commercial_grace"]
        maturity = values.over("{power}.maturity")
        terms[:, :, 0] = maturity[:, None]
        terms[:, :, 1] = (maturity * values["debt.commercial_maturity"])[:, None]
        return rates, grace, terms

    def lent(self) -> Array:
        """Return the part of disbursement that is lent, (power, host, window, member)."""
        part = np.empty_like(self.money.loans)
        part[:, :, 0] = self.values.over("loan_share.{pair}").reshape(P, H, -1)
        part[:, :, 1] = self.values.over("{power}.commercial_loans")[:, None]
        return part
