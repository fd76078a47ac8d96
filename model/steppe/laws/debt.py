"""Debt of the hosts to the powers: grace, amortisation, service and what cannot be paid.

Axes: power, host, window, member.  mn current USD; flows are a quarter's.  One array serves
creditor and debtor: the asset of one is the liability of the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe.clock import STEP

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Service:
    """One quarter of a debt, mn USD, all ``(power, host, window, member)``.

    ``grace`` and ``amortising`` are the stocks after the quarter; ``interest`` accrues; ``due`` is
    interest and principal that fall due, of which ``principal`` and ``interest_paid`` are paid and
    ``arrears`` are not (they stay in the debt); ``written_off`` is forgiven.
    """

    grace: Array
    amortising: Array
    interest: Array
    due: Array
    principal: Array
    interest_paid: Array
    arrears: Array
    written_off: Array

    @property
    def paid(self) -> Array:
        result: Array = self.principal + self.interest_paid
        return result


def quarter(
    grace: Array,
    amortising: Array,
    loans: Array,
    rate: Array,
    grace_years: Array,
    maturity: Array,
    relief: Array,
    able: Array,
) -> Service:
    """Move a debt by one quarter: D' = D + loans + interest - service - write-offs.

    Disbursed ``loans`` enter a grace pool that empties at 1/``grace_years``; what leaves it
    amortises at 2/(``maturity`` - grace), the mean life of a straight-line loan.  ``rate`` 1/yr;
    ``relief`` share of the stock that is forgiven in the quarter; ``able`` (host, member) the share
    of what is due that the host can pay.  All else (power, host, window, member).
    """
    kept = 1.0 - relief
    written_off = relief * (grace + amortising)
    grace, amortising = kept * grace, kept * amortising
    interest = STEP * rate * (grace + amortising)
    repayable = _repayable(amortising, grace_years, maturity)
    due = interest + repayable
    share = able[None, :, None]
    interest_paid, principal = share * interest, share * repayable
    released = np.minimum(STEP / np.maximum(grace_years, STEP), 1.0) * grace
    return Service(
        grace=grace - released + loans,
        amortising=amortising + released - principal + (interest - interest_paid),
        interest=interest,
        due=due,
        principal=principal,
        interest_paid=interest_paid,
        arrears=(1.0 - share) * due,
        written_off=written_off,
    )


def falls_due(
    grace: Array, amortising: Array, rate: Array, grace_years: Array, maturity: Array
) -> Array:
    """Return what falls due in the quarter on the present stocks, mn USD, shapes as above."""
    interest = STEP * rate * (grace + amortising)
    result: Array = interest + _repayable(amortising, grace_years, maturity)
    return result


def _repayable(amortising: Array, grace_years: Array, maturity: Array) -> Array:
    """Return the principal of a quarter, 2 dt / (maturity - grace) of what amortises, mn USD."""
    result: Array = np.minimum(2.0 * STEP / np.maximum(maturity - grace_years, 0.5), 1.0)
    return result * amortising


def ability(due: Array, exports: Array, limit: Array) -> Array:
    """Return the share of what is due that a host pays, min(1, limit x income / due), (host, m).

    ``due`` and ``exports`` (with remittances: all that earns foreign money), mn USD/quarter, (host,
    member); ``limit`` (member,): the part of that income that may go to these creditors.
    """
    result: Array = np.minimum(1.0, limit * exports / np.maximum(due, 1e-9))
    return result


def distress(due: Array, exports: Array, threshold: Array) -> Array:
    """Return the square of service over income by its threshold, at most 4, ``(host, member)``.

    About 0 where service is small, 1 at the ``threshold`` (member,).
    """
    load = np.minimum(due / np.maximum(exports, 1e-9) / threshold, 2.0)
    result: Array = load * load
    return result
