"""The market of rare earths, quarter by quarter: what China lets out, who gets it at what price."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.chronicle import Log
from steppe.clock import PER_YEAR
from steppe.laws import rare_earth_clearing, rare_earth_learning
from steppe.laws import rare_earths as laws
from steppe.laws.rare_earth_market import (
    CHINA,
    JAPAN,
    KAZAKHSTAN,
    Market,
    Quarter,
    Rules,
    at_the_usual_price,
)
from steppe.parameters import Values
from steppe.streams import Draws
from steppe.world.past import FIRST
from steppe.world.rare_earths import BUYERS, MINES_OBSERVED, MarketPast, RareEarths
from steppe.world.state import State
from steppe.world.surroundings import Surroundings

Array = NDArray[np.float64]

_ABROAD = [axes.MINERS.index(code) for code in ("USA", "AUS", "RUS", "IND", "ROW")]
"""Mines outside China but those of Kazakhstan, which are plants of their own."""
_REGIONS = [axes.REGIONS.index(code) for code in axes.USERS]
_POWER_OF_JAPAN = axes.POWERS.index("JPN")
_OF_MINERS = ("cost", "potential", "build_years", "tie")


class RareEarthMarket:
    """Moves ``state.rare_earths``; quarters are counted from the start of the record.

    China writes ``restriction``; construction reports what plants in Kazakhstan were completed.
    """

    def __init__(
        self,
        past: MarketPast,
        state: State,
        values: Values,
        log: Log,
        normals: Callable[[str, int], Draws[Any]],
        chances: Callable[[str, int], Draws[Any]],
    ) -> None:
        self.past, self.state, self.values, self.log = past, state, values, log
        self.here = state.rare_earths
        self.shocks = np.ascontiguousarray(normals("rare_earth_tension", 1).whole()[:, 0])
        self.chances = chances("rare_earth_plants", 2).whole()
        members = state.members
        self.before = np.zeros(members)
        """Restriction of the quarter before, (member,)."""
        self.risen = np.zeros(members)
        """How far the restriction rose in the last quarter that ended, 0-2 (member,)."""
        self.limit = np.full(members, np.inf)
        """Quota and leakage, kt/yr (member,)."""
        self.served_needs = np.ones(members)
        """Part of the buyers' use that was served, (member,)."""
        self.plants = np.zeros(members)
        """Kazakh plants built and begun, kt/yr (member,)."""
        self.lasting = np.zeros(members)
        """Kazakh plants that stood before the run: the base year's trade holds them, kt/yr."""
        self.on = values["rare_earths.market"]
        self.at_usual_price = np.zeros_like(self.here.use)
        """Use at the usual price, thrift learned, kt/yr (user, member)."""
        self._rules = _rules(values)
        self._begin()

    def _begin(self) -> None:
        """Place mines, stocks and habits at the start of the record, at the usual price."""
        here, values = self.here, self.values
        wanted = self.past.wanted[:, 0, None] + np.zeros_like(here.use)
        self.unit = at_the_usual_price(self._rules.cost, self._rules.supply_response)
        """Part of its capacity that each mine gives at the usual price, (miner, member)."""
        here.capacity[:] = self.past.mined[:, 0, None] / self.unit
        here.output[:] = self.past.mined[:, 0, None]
        others = np.add.reduce(here.output[1:], axis=0)
        here.exports[:] = np.add.reduce(wanted[BUYERS], axis=0) - others
        here.capacity[CHINA] = (wanted[CHINA] + here.exports) / (
            1.0 - values["rare_earths.china_slack"]
        )
        here.usual_exports[:] = here.exports
        years = np.stack([self._rules.japans_stockpile, self._rules.stockpile])
        here.stock[:] = years * wanted[BUYERS]
        here.to_japan[:] = (1.0 - values["rare_earths.passed_on"]) * wanted[JAPAN]

    # --- what agents read and write --------------------------------------------------------------

    def recorded(self, quarter: int) -> float:
        """Return the restriction that the record holds, 0 where it holds none."""
        return float(self.past.restriction[quarter])

    def known(self, quarter: int) -> bool:
        """Tell whether China's policy of the quarter is on record."""
        return bool(self.past.recorded[quarter])

    def stir(self, quarter: int) -> None:
        """Move the tension between China and Japan."""
        kept = self.values["china.tension_retention"]
        fresh = np.sqrt(1.0 - kept * kept) * self.shocks[quarter]
        self.here.tension[:] = kept * self.here.tension + fresh

    def restrict(self, quarter: int, chosen: Array, t: int) -> None:
        """Set the quarter's restriction: what China chose, what a scenario sets, or the record."""
        here = self.here
        self.before[:] = here.restriction
        policy = chosen * float(not self.known(quarter)) + self.recorded(quarter)
        level = np.maximum(policy, self.values["rare_earths.restriction"]) * self.on
        here.restriction[:] = level
        if t >= 0:
            member = np.flatnonzero(level > self.before)
            self.log.add(t, "restricted", member, 0.0, power=axes.POWERS.index("CHN"))

    def room_for_a_plant(self) -> Array:
        """Return 1 where Kazakhstan could take another plant, (member,)."""
        size = self.values["rare_earths.plant_size"]
        room = self.values.over("rare_earths.potential.{miner}")[KAZAKHSTAN] - self.plants
        result: Array = (room >= size).astype(np.float64) * self.on
        return result

    def worth_a_plant(self) -> NDArray[np.bool_]:
        """Tell where a Kazakh plant pays at the price that is expected and the risk remembered."""
        cost = np.log(self.values.over("rare_earths.cost.{miner}")[KAZAKHSTAN])
        return laws.worth_building(self._feared(), cost, self.values["rare_earths.hurdle"])

    def _feared(self) -> Array:
        """Return the log price that is expected with the risk of Chinese supplies, (member,).

        That is what contracts with mines elsewhere are worth to Japan.
        """
        risk = np.log1p(self.values["rare_earths.risk_aversion"] * self.here.memory)
        result: Array = self.here.expected + risk
        return result

    def add_plants(self, begun: Array, completed: Array, abandoned: Array) -> None:
        """Book Kazakh plants, kt/yr (member,): begun, put to work, given up."""
        self.plants += begun - abandoned
        self.here.capacity[KAZAKHSTAN] += completed

    def stake(self) -> Array:
        """Return the factor on what Japan has at stake in minerals, (member,)."""
        factor = laws.stake(
            self.here.bill, self.here.usual_bill, self.values["japan.security_response"]
        )
        return np.where(self.on > 0.0, factor, 1.0)

    def plants_sell(self) -> tuple[Array, Array]:
        """Return what the run's Kazakh plants sell to Japan, by contract, and to others.

        mn USD/quarter, (member,) each; the sum is ``revenue``.
        """
        here = self.here
        made = np.maximum(here.output[KAZAKHSTAN], laws.SMALLEST)
        to_japan = here.revenue * np.minimum(
            here.given[rare_earth_clearing.OF_KAZAKHSTAN] / made, 1.0
        )
        return to_japan, here.revenue - to_japan

    # --- the quarter -----------------------------------------------------------------------------

    def clear(self, around: Surroundings, quarter: int, t: int) -> None:
        """Find the price at which the world market clears; deliver, ration, use and store."""
        if t < 0:
            self._follow_the_record(quarter)
        given = Quarter(
            reference=self._reference(quarter, t),
            prices=around.prices,
            income=around.gdp[_POWER_OF_JAPAN],
            quota=float(self.past.quota[quarter]),
            known=self.recorded(quarter),
            first=quarter == 0,
            running=t >= 0,
        )
        rare_earth_clearing.clear(self._market(), self._rules, given)

    def evolve(self) -> None:
        """Learn thrift, remember, expect, and build mines."""
        rare_earth_learning.evolve(self._market(), self._rules)

    def start(self) -> None:
        """Begin the run: what stands in Kazakhstan is in the base year's trade already."""
        self.lasting[:] = self.here.capacity[KAZAKHSTAN]

    def _market(self) -> Market:
        """Return the state and what lasts for a quarter, as the kernels take it."""
        return Market(*_state_of(self.here), *self._lasting_for_a_quarter())

    def _lasting_for_a_quarter(self) -> tuple[Any, ...]:
        needs = self.limit, self.at_usual_price, self.served_needs
        return *needs, self.lasting, self.before, self.risen

    def _follow_the_record(self, quarter: int) -> None:
        """Place mines outside China as they were observed; begin what was begun before the run."""
        here, past = self.here, self.past
        if FIRST.year + quarter // PER_YEAR <= MINES_OBSERVED:
            here.capacity[_ABROAD] = past.mined[_ABROAD, quarter, None] / self.unit[_ABROAD]
        here.under_way[:, 0] += past.begun[:, quarter, None] * self.on

    def _reference(self, quarter: int, t: int) -> Array:
        """Return use at the usual price, kt/yr (user, member)."""
        values = self.values
        elasticity = values.over("rare_earths.income.{user}")
        if t < 0:
            income = self.past.income[:, quarter, None]
        else:
            income = self.past.base_income[:, None] + self.state.log_real[_REGIONS]
        electric = values["rare_earths.electrification"] * self.past.electric[quarter]
        grown = elasticity * income + electric
        result: Array = self.past.wanted[:, quarter, None] * np.exp(grown)
        return result

    def _years(self) -> Array:
        """Return stocks over yearly use, (buyer, member)."""
        v = self.values
        return np.stack([v["japan.rare_earth_stockpile"], v["rare_earths.stockpile"]])


_state_of = attrgetter(*(field.name for field in fields(RareEarths)))


def _rules(values: Values) -> Rules:
    """Return the market's parameters as its kernels take them: views that events move."""
    of_miners = {name: values.over(f"rare_earths.{name}.{{miner}}") for name in _OF_MINERS}
    japans = {"japans_stockpile": values["japan.rare_earth_stockpile"]}
    others = [name for name in Rules._fields if name not in of_miners | japans]
    own = {name: values[f"rare_earths.{name}"] for name in others}
    return Rules(**own, **japans, **of_miners)
