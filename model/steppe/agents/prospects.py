"""Prospects: what all powers see alike in a quarter, before each weighs it by its own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.laws import motives, offers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steppe.model import CentralAsia

    Array = NDArray[np.float64]

P, H, S, W = len(axes.POWERS), len(axes.HOSTS), len(axes.SECTORS), len(axes.WINDOWS)
CONCESSIONAL, COMMERCIAL = range(W)
EXTRACTION = [axes.SECTORS.index("hydrocarbons"), axes.SECTORS.index("minerals")]
LEAST_CULTURE = 0.01


class Prospects:
    """The hosts as investors see them this quarter; :meth:`survey` takes them in.

    - ``size`` ln Y and ``relative`` size of offers (host, member), ``gdp`` bn USD/yr.
    - ``income`` 1/yr of a dollar built and the ``need`` motive (host, sector, member); ``worth``
      of a dollar a year at each power's rates (power, window, host, sector, member).
    - ``instability`` of the country, distress apart, and what ``graduated`` hosts still get of aid,
      0-1 (host, member).
    - ``drawn`` (power, window, host, member): ties of culture, clubs and Afghanistan, in units of
      motives; ``aid`` (power, member): factor of Afghanistan on concessional budgets.
    - ``announced`` (power, host, member): new pledges, mn USD.
    """

    size: Array
    relative: Array
    gdp: Array
    income: Array
    need: Array
    instability: Array
    graduated: Array
    drawn: Array
    aid: Array
    announced: Array

    def __init__(self, model: CentralAsia) -> None:
        self.model = model
        v, members = model.values, model.state.members
        self._terms = (
            v.over("loan_rate.{pair}"),
            v.over("{power}.commercial_spread"),
            v.over("projects.years.{sector}"),
            v["projects.life"],
            v["projects.hurdle"],
        )
        self._kept = tuple(np.full_like(term, np.nan) for term in self._terms)
        self.worth = np.empty((P, W, H, S, members))

    def survey(self) -> None:
        """Take in the quarter."""
        relations, v = self.model.relations, self.model.values
        around, quarter, t = relations.around, relations.quarter, relations.t
        heads = around.gdp_per_head / around.prices
        self.gdp = around.gdp[axes.HOST]
        self.size, self.relative = np.log(self.gdp), offers.relative_size(self.gdp)
        self.need = motives.need(heads, v["powers.poverty_line"], relations.plants.wanted)
        self.graduated = motives.graduation(heads, v["powers.graduation"])
        unrest = relations.insecurity.unrest(quarter, t)
        self.instability = unrest - v.over("{host}.stability")
        self.aid = relations.insecurity.aid_factor(quarter, t)
        self.drawn = self._drawn()
        known = relations.setting.pledges[:, :, quarter, None]
        self.announced = known + v.over("pledge.{pair}").reshape(P, H, -1) * float(t >= 0)
        self.income = self._income()
        if any((now != then).any() for now, then in zip(self._terms, self._kept, strict=True)):
            self._weigh_income()

    def _income(self) -> Array:
        """Return yearly incomes per dollar: oil's price moves those of extraction."""
        relations, v = self.model.relations, self.model.values
        income = v.over("projects.income.{sector}") * relations.setting.endowment[..., None]
        dear = relations.around.oil / relations.around.oil_usual
        for sector in EXTRACTION:
            income[:, sector] *= dear
        income *= relations.crowding
        return income

    def _weigh_income(self) -> None:
        """Discount a dollar a year at each power's rates, once a parameter of it has moved."""
        rates, spread, years, life, hurdle = self._kept = tuple(x.copy() for x in self._terms)
        soft = rates.reshape(P, H, 1, -1)
        multiple = np.ones_like(years)
        multiple[EXTRACTION] = hurdle
        for window, rate in ((CONCESSIONAL, soft), (COMMERCIAL, soft + spread[:, None, None])):
            self.worth[:, window] = motives.worth_of_income(rate, years, life, multiple)

    def _drawn(self) -> Array:
        """Return what ties of all kinds add to the pull of hosts on each window's money."""
        relations, v = self.model.relations, self.model.values
        culture = np.maximum(v.over("culture.{pair}").reshape(P, H, -1), LEAST_CULTURE)
        near = v["powers.affinity"] * relations.affinity + v["powers.kinship"] * np.log(culture)
        drawn = np.empty((P, W, H, self.model.state.members))
        afghan = relations.insecurity.aid_pull(relations.quarter, relations.t)
        drawn[:, CONCESSIONAL] = near + afghan
        drawn[:, COMMERCIAL] = near + relations.diplomacy.attraction
        return drawn
