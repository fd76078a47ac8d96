"""Capital: what completed works leave in the hosts, and what of it the base year holds already."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR
from steppe.laws import infrastructure
from steppe.parameters import Values
from steppe.world.money import Money, over_cells
from steppe.world.surroundings import MN_PER_BN, Surroundings

Array = NDArray[np.float64]

P, H = len(axes.POWERS), len(axes.HOSTS)
BUILT = [axes.SECTORS.index(s) for s in ("power", "transport", "agriculture_water")]
"""Sectors whose works are infrastructure."""
GAP_LIMITS = -0.7, 2.0
"""Least and largest log of infrastructure over its trend: what foreign works may take or give."""
LAG_OF_PAYMENT, LAG_OF_COMPLETION = 8, 12
"""Quarters from a commitment to its mean payment and, within the record, to its completion."""


class Capital:
    """Operating capital and infrastructure of the hosts, in ``money``.

    A host's growth and trade before the run went with foreign projects already: only what goes
    beyond the usual disbursement moves them.  In the years before the run nothing is usual yet and
    the gap is not read.  Usual is what the offers of the base years, some quarters earlier,
    amounted to on average.
    """

    def __init__(self, money: Money, values: Values, base_quarters: range) -> None:
        self.money, self.values, self.base_quarters = money, values, base_quarters
        members = money.due.shape[-1]
        self.usual = np.zeros((H, members))
        """Completed infrastructure that growth holds already, mn USD/quarter."""
        self.usual_tied = np.zeros((P, H, members))
        """Disbursement without grants that trade holds already, mn USD/quarter."""
        self.tied = np.zeros((P, H, members))
        """Disbursement without grants in the quarter, mn USD."""
        self.least_gdp = np.zeros((H, members))
        """GDP, bn USD/yr, below which capital on trend does not fall: half of the base year's."""
        self.growth = np.zeros((H, members))
        """Log change of infrastructure over its trend in the quarter."""

    def renew(self, around: Surroundings) -> None:
        """Write off operating capital; add completed works beyond the usual to infrastructure."""
        values, money = self.values, self.money
        hard = over_cells(money.disbursed_now[:, :, :, 1])
        np.add(money.loans[:, :, 0], hard, out=self.tied)
        self._share_deliveries()
        money.operating *= 1.0 - values["projects.capital_depreciation"] / PER_YEAR
        completed = self._completed()
        gdp = np.maximum(around.gdp[axes.HOST], self.least_gdp) * MN_PER_BN
        trend = values["growth.infrastructure_ratio"] * gdp
        beyond = completed - self.usual * around.deflator
        before = money.infrastructure_gap.copy()
        gap = infrastructure.capital_gap(
            before,
            values["growth.infrastructure_depreciation"],
            values["growth.infrastructure_efficiency"] * beyond / trend,
        )
        money.infrastructure_gap[:] = np.minimum(np.maximum(gap, GAP_LIMITS[0]), GAP_LIMITS[1])
        np.subtract(money.infrastructure_gap, before, out=self.growth)

    def _share_deliveries(self) -> None:
        """Let pilots deliver their part of what is bought for joint works."""
        paid, values = self.money.joint_paid_now, self.values
        if not paid.any():
            return
        lent = values.over("loan_share.{pair}").reshape(P, H, -1)
        tied = values["consortia.pilot_supplies"] * (lent * paid[:, :, :, 0] + paid[:, :, :, 1])
        self.tied -= np.add.reduce(tied, axis=0)
        self.tied += np.add.reduce(tied, axis=1)

    def remember(self, quarter: int, offered: Array, works: Array) -> None:
        """Count what a quarter's offers amount to on average towards the usual of the base years.

        ``offered`` and ``works``, its part for infrastructure, (power, window, host, member) mn
        USD/quarter: expectations, so that a lump of one member does not weigh on its whole run.
        They reach trade after the mean lag of payments, growth after that of completions.
        """
        if quarter + LAG_OF_PAYMENT in self.base_quarters:
            lent = self.values.over("loan_share.{pair}").reshape(P, H, -1)
            tied = lent * offered[:, 0] + offered[:, 1]
            self.usual_tied += tied / len(self.base_quarters)
        if quarter + LAG_OF_COMPLETION in self.base_quarters:
            built = np.add.reduce(np.add.reduce(works, axis=1), axis=0)
            self.usual += built / len(self.base_quarters)

    def start(self, gdp: Array) -> None:
        """Stand before the first settlement at the usual pace, with infrastructure on its trend.

        ``gdp`` of the base year, (host, 1) bn USD/yr.
        """
        self.least_gdp[:] = 0.5 * gdp
        self.tied[:] = self.usual_tied
        self.money.infrastructure_gap[:] = 0.0

    def _completed(self) -> Array:
        """Return completed infrastructure of all powers, (host, member) mn USD/quarter."""
        built = over_cells(self.money.completed_now[:, :, BUILT])
        result: Array = np.add.reduce(built, axis=0)
        return result

    def machinery(self, host: int) -> tuple[Array, Array]:
        """Return what arrives as the powers' machinery and what is usual, (power, member).

        A share of disbursements but grants, mn USD/quarter; usual is that of the years before the
        run, which the base year's trade holds already.
        """
        share = self.values["projects.machinery"]
        return share * self.tied[:, host], share * self.usual_tied[:, host]
