"""The world economy: exogenous GDP, dollar price levels and energy prices of every member.

In observed quarters every member has the observed figure; after that each has its own shocks
around published outlooks, and after the outlooks around the trend parameters.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import ROOT_QUARTER, STEP
from steppe.laws import energy
from steppe.parameters import Values
from steppe.world.drivers import Drivers, expected_drivers
from steppe.world.paths import Paths
from steppe.world.state import State

Array = NDArray[np.float64]

_RUSSIA = axes.REGIONS.index("RUS")
_HOSTS = range(axes.HOST.start, axes.HOST.stop)


class Economy:
    """Moves the exogenous part of ``state`` along ``paths``.

    ``shocks`` (quarter, cell, member): standard normal; cells are the regions' growth, the powers'
    and the rest of the world's real exchange rates, then oil.
    """

    CELLS = len(axes.REGIONS) + len(axes.PARTNERS) + 1

    def __init__(
        self, paths: Paths, state: State, values: Values, shocks: Array, uranium_shocks: Array
    ) -> None:
        """``uranium_shocks`` (quarter, 1, member): standard normal."""
        self.paths, self.state, self.values, self.shocks = paths, state, values, shocks
        self.uranium_shocks = uranium_shocks
        self.drivers = expected_drivers(paths.start, paths.real.shape[1])
        self.t = 0
        state.lng_history[:] = paths.lng_before[:, None]
        state.uranium[:] = paths.uranium_base
        state.log_uranium[:] = np.log(paths.uranium[0])

    def trend(self, region: int, t: int) -> Array:
        """Return a host's trend growth over quarter ``t``, (member,), in logs a quarter."""
        shift = self.values.over("{region}.growth_shift")[region] * STEP
        published = t < self.paths.published.shape[1] and self.paths.published[region, t] > 0.0
        if not published:
            result: Array = self._usual_growth(region, t) * STEP + shift
            return result
        step = self.paths.real[region, t] - self.paths.real[region, t - 1]
        unknown = 1.0 - self.paths.outturn[t]
        grown: Array = step + shift * unknown
        return grown

    def _usual_growth(self, region: int, t: int) -> Array:
        """Return growth without an observation or an outlook, (member,) 1/yr.

        A host's growth of the fit window goes on in part once the window is over.
        """
        usual: Array = self.values.over("{region}.growth")[region]
        if region not in _HOSTS or not self.paths.after_window(t):
            return usual
        kept = self.values["growth.persistence"]
        result: Array = kept * usual + (1.0 - kept) * self.values["growth.world"]
        return result

    def expected(self, host: int, t: int) -> Drivers:
        """Return the changes of the drivers over quarter ``t`` that trend growth holds already.

        Each () or, after the fit window, (member,): the same part of them goes on as of growth.
        """
        kept = self.values["growth.persistence"] if self.paths.after_window(t) else 1.0
        return Drivers(*(change[host, t] * kept for change in self.drivers))

    def observed(self, region: int, t: int) -> bool:
        """Tell whether growth over quarter ``t`` is observed: it holds all that happened."""
        known = self.paths.published.shape[1]
        return bool(t < known and self.paths.published[region, t] * self.paths.outturn[t] > 0.0)

    def start(self, region: int, years: float) -> None:
        """Place a region at the run's first quarter, ``years`` after the base year's middle."""
        if self.paths.published[region, 0] > 0.0:
            self.state.log_real[region] = self.paths.real[region, 0]
        else:
            self.state.log_real[region] = self._usual_growth(region, 0) * years

    def advance(self, region: int) -> None:
        """Move a power (or the rest of the world) into quarter ``t``: real GDP and prices."""
        state, values, t = self.state, self.values, self.t
        unknown = 1.0 - self.paths.outturn[t]
        if t > 0:
            shock = values["growth.shock_power"] * ROOT_QUARTER * self.shocks[t, region]
            state.log_real[region] += self.trend(region, t) + unknown * shock
        since = self.paths.quarters_since_price[region, t]
        price = self.paths.price[region, t] + values["growth.dollar_inflation"] * (STEP * since)
        if since > 0:
            cell = axes.PARTNERS.index(axes.REGIONS[region])
            exchange = state.exchange[cell]
            exchange *= values["growth.exchange_retention"]
            drawn = self.shocks[t, len(axes.REGIONS) + cell]
            exchange += values["growth.exchange_shock"] * ROOT_QUARTER * drawn
            price = price + exchange
            if region == _RUSSIA:
                oil = np.log(state.oil) - self.paths.log_oil_at_last_price
                price = price + values["energy.russian_price_oil"] * oil
        state.log_price[region] = price

    def advance_prices(self) -> None:
        """Move oil and LNG into quarter ``t``: observed, then a log Ornstein-Uhlenbeck process."""
        state, values, t = self.state, self.values, self.t
        observed = np.log(self.paths.oil[t])
        if self.paths.oil_observed[t]:
            state.log_oil[:] = observed
        else:
            drift = values["growth.dollar_inflation"] * self.paths.years_since_oil[t]
            gap = np.log(values["energy.oil_long_run"]) + drift - state.log_oil
            pull = -np.expm1(-values["energy.oil_reversion"] * STEP)
            shock = values["energy.oil_volatility"] * ROOT_QUARTER * self.shocks[t, -1]
            state.log_oil += pull * gap + shock
        oil = state.log_oil + values["energy.oil_shift"]
        state.oil[:] = np.exp(oil)
        lng = np.log(self.paths.lng[t]) + values["energy.lng_pass_through"] * (oil - observed)
        need = values["energy.lng_need_response"] * np.log(values["japan.gas_need"])
        lng = lng + need + values["energy.lng_shift"]
        state.lng_history[1:] = state.lng_history[:-1].copy()
        state.lng_history[0] = np.exp(lng)
        self._advance_uranium()

    def _advance_uranium(self) -> None:
        """Move the uranium price: observed, then a log Ornstein-Uhlenbeck process."""
        state, values, t = self.state, self.values, self.t
        if self.paths.uranium_observed[t]:
            state.log_uranium[:] = np.log(self.paths.uranium[t])
        else:
            drift = values["growth.dollar_inflation"] * self.paths.years_since_uranium[t]
            state.log_uranium[:] = energy.log_price_step(
                state.log_uranium,
                np.log(values["uranium.long_run"]) + drift,
                values["uranium.reversion"],
                values["uranium.volatility"],
                self.uranium_shocks[t, 0],
            )
        state.uranium[:] = np.exp(state.log_uranium + values["uranium.shift"])

    def uranium_change(self) -> Array:
        """Return the log change of the uranium price from the base year, (member,)."""
        result: Array = np.log(self.state.uranium) - np.log(self.paths.uranium_base)
        return result

    def oil_change(self) -> Array:
        """Return the log change of the oil price from the base year, (member,)."""
        result: Array = np.log(self.state.oil) - np.log(self.paths.oil_base)
        return result

    def gas_price_change(self) -> Array:
        """Return the log change from the base of the LNG price that gas is sold at, (member,)."""
        result: Array = np.log(self.state.lng_history[2]) - np.log(self.paths.lng_base)
        return result

    def russian_gdp(self) -> Array:
        """Return the log change of Russia's dollar GDP from the base year, (member,)."""
        result: Array = self.state.log_real[_RUSSIA] + self.state.log_price[_RUSSIA]
        return result
