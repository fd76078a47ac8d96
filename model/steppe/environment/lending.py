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
        values = self.values
        soft = values.over("loan_rate.{pair}").reshape(P, H, -1)
        dear = soft + values.over("{power}.commercial_spread")[:, None]
        whole = np.zeros_like(soft)
        term = values.over("{power}.maturity")[:, None] + whole
        grace = values["debt.grace"] + whole, values["debt.commercial_grace"] + whole
        return (
            np.stack([soft, dear], axis=2),
            np.stack(grace, axis=2),
            np.stack([term, term * values["debt.commercial_maturity"]], axis=2),
        )

    def lent(self) -> Array:
        """Return the part of disbursement that is lent, (power, host, window, member)."""
        soft = self.values.over("loan_share.{pair}").reshape(P, H, -1)
        hard = self.values.over("{power}.commercial_loans")[:, None] + np.zeros_like(soft)
        return np.stack([soft, hard], axis=2)
