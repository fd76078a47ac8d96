"""Outlook: the surroundings of a quarter, from the tables before the run, from the state in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR
from steppe.parameters import Values
from steppe.world.base import Base
from steppe.world.past import FIRST, Past
from steppe.world.paths import Paths
from steppe.world.state import State
from steppe.world.surroundings import MN_PER_BN, Surroundings

Array = NDArray[np.float64]

_RUSSIA = axes.REGIONS.index("RUS")
PRICE_YEAR = 2010.5
"""Middle of the year in whose dollars thresholds in dollars are meant: a unit, no behaviour."""


class Outlook:
    """Gives :class:`Surroundings` for every quarter of the record and of the run."""

    def __init__(self, past: Past, base: Base, paths: Paths, state: State, values: Values) -> None:
        self.past, self.base, self.paths, self.state = past, base, paths, state
        self.values = values
        first = (min(base.years) - FIRST.year) * PER_YEAR
        self.base_quarters = range(first, first + len(base.years) * PER_YEAR)
        """Quarters of the base years, counted from the start of the record."""
        start = past.oil[0] if past.quarters else paths.oil_base
        self.oil_usual = np.full(state.members, start)

    def before(self, quarter: int, inflation: Array) -> Surroundings:
        """Return an observed quarter, counted from the start of the record.

        ``inflation`` of dollar prices, 1/yr (member,).
        """
        past, members = self.past, self.state.members
        year = FIRST.year + (quarter + 0.5) / PER_YEAR

        def spread(series: Array) -> Array:
            return np.repeat(series[..., quarter, None], members, axis=-1)

        gdp = spread(past.gdp)
        oil = spread(past.oil)
        self._remember(oil)
        return Surroundings(
            gdp=gdp,
            gdp_per_head=gdp[axes.HOST] * MN_PER_BN / spread(past.population),
            imports=spread(past.imports),
            exports=spread(past.exports),
            hidden=spread(past.hidden),
            remittances=spread(past.remittances),
            oil=oil,
            oil_usual=self.oil_usual.copy(),
            deflator=np.ones(members),
            prices=np.exp(inflation * (year - PRICE_YEAR)),
        )

    def now(self, year: float, deflator: Array, inflation: Array) -> Surroundings:
        """Return the state's incomes and prices of this quarter and trade of the last."""
        state = self.state
        self._remember(state.oil)
        imports = np.add.reduce(state.trade[:, axes.HOST], axis=2).swapaxes(0, 1)
        exports = np.add.reduce(state.trade[axes.HOST], axis=2)
        exports[:, _RUSSIA] += state.hidden_gas
        exports[:, axes.ROW_INDEX] -= state.hidden_gas
        return Surroundings(
            gdp=state.gdp,
            gdp_per_head=state.gdp_per_head,
            imports=imports,
            exports=exports,
            hidden=state.hidden_gas.copy(),
            remittances=state.remittances,
            oil=state.oil.copy(),
            oil_usual=self.oil_usual.copy(),
            deflator=deflator,
            prices=np.exp(inflation * (year - PRICE_YEAR)),
        )

    def _remember(self, oil: Array) -> None:
        self.oil_usual += (oil - self.oil_usual) / self.values["energy.oil_memory"]
