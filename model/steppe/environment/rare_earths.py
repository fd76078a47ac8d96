"""The market of rare earths, quarter by quarter: what China lets out, who gets it at what price."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.chronicle import Log
from steppe.clock import PER_YEAR
from steppe.laws import rare_earths as laws
from steppe.parameters import Values
from steppe.world.past import FIRST
from steppe.world.rare_earths import BUYERS, MINERS, MINES_OBSERVED, MarketPast
from steppe.world.state import State
from steppe.world.surroundings import MN_PER_BN, Surroundings

Array = NDArray[np.float64]

CHINA, JAPAN = 0, 1
"""Places among the miners and the users; China is the first source, too."""
KAZAKHSTAN = axes.MINERS.index("KAZ")
_ABROAD = [axes.MINERS.index(code) for code in ("USA", "AUS", "RUS", "IND", "ROW")]
"""Mines outside China but those of Kazakhstan, which are plants of their own."""
_PASSED_ON = axes.SOURCES.index(axes.REPROCESSORS)
_OF_KAZAKHSTAN = axes.SOURCES.index("KAZ")
_OTHERS = slice(_PASSED_ON + 1, len(axes.SOURCES))
_REGIONS = [axes.REGIONS.index(code) for code in axes.USERS]
_POWER_OF_JAPAN = axes.POWERS.index("JPN")
FLOOR = float(np.log(0.02))
"""Log of the lowest price."""
SETTLED = 20
"""Quarters over which Japan's usual imports and China's usual exports are taken."""
REMEMBERED = 40
"""Quarters over which the usual import bill is taken, as the usual oil price."""


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
        normals: Callable[[str, int], Array],
        chances: Callable[[str, int], Array],
    ) -> None:
        self.past, self.state, self.values, self.log = past, state, values, log
        self.here = state.rare_earths
        self.shocks = normals("rare_earth_tension", 1)[:, 0]
        self.chances = chances("rare_earth_plants", 2)
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
        self.known_level = 0.0
        """Restriction of the quarter that is on record."""
        self.at_usual_price = np.zeros_like(self.here.use)
        """Use at the usual price, thrift learned, kt/yr (user, member)."""
        self._begin()

    def _begin(self) -> None:
        """Place mines, stocks and habits at the start of the record, at the usual price."""
        here, values = self.here, self.values
        wanted = self.past.wanted[:, 0, None] + np.zeros_like(here.use)
        log_cost = np.log(values.over("rare_earths.cost.{miner}"))
        self.unit = laws.mine_output(
            np.ones_like(log_cost), here.price, log_cost, values["rare_earths.supply_response"]
        )
        """Part of its capacity that each mine gives at the usual price, (miner, member)."""
        here.capacity[:] = self.past.mined[:, 0, None] / self.unit
        here.output[:] = self.past.mined[:, 0, None]
        others = np.add.reduce(here.output[1:], axis=0)
        here.exports[:] = np.add.reduce(wanted[BUYERS], axis=0) - others
        here.capacity[CHINA] = (wanted[CHINA] + here.exports) / (
            1.0 - values["rare_earths.china_slack"]
        )
        here.usual_exports[:] = here.exports
        here.stock[:] = self._years() * wanted[BUYERS]
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
        self.before = here.restriction.copy()
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
        to_japan = here.revenue * np.minimum(here.given[_OF_KAZAKHSTAN] / made, 1.0)
        return to_japan, here.revenue - to_japan

    # --- the quarter -----------------------------------------------------------------------------

    def clear(self, around: Surroundings, quarter: int, t: int) -> None:
        """Find the price at which the world market clears; deliver, ration, use and store."""
        here, values = self.here, self.values
        self.known_level = self.recorded(quarter)
        if t < 0:
            self._follow_the_record(quarter)
        reference = self._reference(quarter, t)
        inside = here.inside * self.on
        short, response = (
            values["rare_earths.short_elasticity"],
            values["rare_earths.supply_response"],
        )
        log_cost = np.log(values.over("rare_earths.cost.{miner}"))
        own_use = laws.desired_use(reference[CHINA], inside, short, here.thrift[CHINA])
        own_use = np.where(self.on > 0.0, np.minimum(own_use, here.capacity[CHINA]), own_use)
        self.limit = self._limit(quarter)
        access = self._access()

        self.at_usual_price = reference * np.exp(-here.thrift)
        wanted = reference[BUYERS]
        years, speed = self._years(), values["rare_earths.stock_speed"]
        fear, firm = values["rare_earths.stock_fear"], values["rare_earths.stock_response"]

        usual = np.zeros_like(here.price)
        use_then = laws.desired_use(wanted, usual, short, here.thrift[BUYERS])
        target_then = laws.stock_target(years, wanted, here.panic, firm, fear, usual, here.expected)

        def demand(price: Array) -> tuple[Array, Array]:
            """Return use and purchases: both laws are powers of the price over the usual one."""
            use = use_then * np.exp(-short * price)
            target = target_then * np.exp(-firm * price)
            return use, laws.purchases(use, target, here.stock, speed, access)

        def supply(price: Array) -> tuple[Array, Array]:
            mined = laws.mine_output(here.capacity, price, log_cost, response)
            return laws.chinese_exports(mined[CHINA], own_use, self.limit), mined

        def excess(price: Array) -> Array:
            exports, mined = supply(price)
            others = np.add.reduce(mined[1:], axis=0)
            result: Array = np.add.reduce(demand(price)[1], axis=0) - exports - others
            return result

        ceiling = np.log(values["rare_earths.price_cap"])
        price = laws.clearing_price(excess, np.full_like(ceiling, FLOOR), ceiling) * self.on
        use, asked = demand(price)
        exports, mined = supply(price)
        others = np.add.reduce(mined[1:], axis=0)
        total = np.add.reduce(asked, axis=0)
        # without a market China delivers what is asked for
        exports = np.where(self.on > 0.0, exports, np.maximum(total - others, 0.0))
        sold = np.minimum(1.0, total / np.maximum(exports + others, laws.SMALLEST))
        exports, mined[1:] = exports * sold, mined[1:] * sold
        need = np.clip(use - PER_YEAR * here.stock, 0.0, asked)
        bought = laws.deliveries(asked, need, exports + np.add.reduce(mined[1:], axis=0))
        here.price[:], here.exports[:] = price, exports
        here.output[CHINA], here.output[1:] = own_use + exports, mined[1:]
        limited = exports >= self.limit * (1.0 - 1e-6)
        here.inside[:] = laws.domestic_price(
            price, limited, own_use + exports, here.capacity[CHINA], log_cost[CHINA], response
        )
        bought[0], bought[1] = self._source(bought[0], bought[1])
        met, here.stock[:] = laws.served(use, bought, here.stock)
        here.imports[:] = bought
        here.use[CHINA], here.use[BUYERS] = own_use, met
        here.unmet[:] = use - met
        self.served_needs = np.add.reduce(met, axis=0) / np.add.reduce(use, axis=0)
        self._value(around, quarter, t)

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

    def _limit(self, quarter: int) -> Array:
        """Return quota and leakage, kt/yr: the recorded quota, or the cut of a restriction."""
        here, values = self.here, self.values
        leakage = values["rare_earths.leakage"]
        quota = self.past.quota[quarter] + leakage
        cut = laws.export_limit(
            here.usual_exports, self._own_level(), values["rare_earths.quota_cut"], leakage
        )
        return np.where(self.on > 0.0, np.minimum(quota, cut), np.inf)

    def _access(self) -> Array:
        """Return what each buyer can get, kt/yr (buyer, member): a stop bars Japan from China."""
        here, values = self.here, self.values
        stopped = self._stopped()
        passed_on = values["rare_earths.passed_on_most"] * here.exports
        elsewhere = values["rare_earths.reach"] * np.add.reduce(here.output[1:], axis=0)
        open_to_japan = (1.0 - stopped) * here.to_japan + passed_on + elsewhere
        return np.stack(
            [np.where(stopped > 0.0, open_to_japan, np.inf), np.full_like(stopped, np.inf)]
        )

    def _stopped(self) -> Array:
        """Return the part of direct exports to Japan that is stopped, 0-1, (member,)."""
        stop = self.values["rare_earths.stop"]
        result: Array = stop * np.clip(self._own_level() - 1.0, 0.0, 1.0)
        return result

    def _own_level(self) -> Array:
        """Return the restriction where it goes beyond the record, whose own quotas are known.

        The stop to Japan of 2010 is on record with what it came to in its quarters: nothing.
        """
        level = self.here.restriction
        return np.where(level > self.known_level, level, 0.0)

    def _source(self, japan: Array, rest: Array) -> tuple[Array, Array]:
        """Divide Japan's imports over sources; what no source gives goes to the others."""
        here, values = self.here, self.values
        fear = np.log1p(values["rare_earths.risk_aversion"] * here.memory)
        stopped = self._stopped()
        passed = values["rare_earths.passed_on"]
        available, premium = np.zeros_like(here.given), np.zeros_like(here.given)
        ties = values.over("rare_earths.tie.{miner}")
        available[CHINA] = ties[CHINA] * (1.0 - passed) * here.exports * (1.0 - stopped)
        available[_PASSED_ON] = passed * here.exports
        available[_OTHERS] = ties[1:] * here.output[1:]
        premium[CHINA] = fear
        limit = np.empty_like(here.given)
        most = values["rare_earths.passed_on_most"] * here.exports
        limit[CHINA] = np.minimum(
            here.exports - most, np.where(stopped > 0.0, (1.0 - stopped) * here.to_japan, np.inf)
        )
        limit[_PASSED_ON] = most
        limit[_OTHERS] = values["rare_earths.reach"] * here.output[1:]
        bound = np.minimum(values["rare_earths.offtake"] * here.output[KAZAKHSTAN], japan)
        limit[_OF_KAZAKHSTAN] = np.maximum(limit[_OF_KAZAKHSTAN] - bound, 0.0)
        weight = laws.source_weights(available, premium, values["rare_earths.source_elasticity"])
        here.given[:], left = laws.allocate(japan - bound, weight, limit)
        here.given[_OF_KAZAKHSTAN] += bound
        return np.add.reduce(here.given, axis=0), rest + left

    def _value(self, around: Surroundings, quarter: int, t: int) -> None:
        """Value Japan's imports and what the run's Kazakh plants earn."""
        here, values = self.here, self.values
        dollars = values["rare_earths.usual_price"] * np.exp(here.price) * around.prices
        income = around.gdp[_POWER_OF_JAPAN] * MN_PER_BN
        risk = 1.0 + values["rare_earths.risk_aversion"] * here.memory
        origin = here.given[_PASSED_ON:].copy()
        origin[0] += here.given[CHINA]  # what is passed on was dug in China
        here.bill[:] = dollars * risk * here.imports[0] / income * laws.concentration(origin)
        if quarter == 0:
            here.usual_bill[:] = here.bill
        here.revenue[:] = 0.0
        if t >= 0:
            new = np.maximum(here.capacity[KAZAKHSTAN] - self.lasting, 0.0)
            part = new / np.maximum(here.capacity[KAZAKHSTAN], laws.SMALLEST)
            here.revenue[:] = dollars * part * here.output[KAZAKHSTAN] / PER_YEAR

    def start(self) -> None:
        """Begin the run: what stands in Kazakhstan is in the base year's trade already."""
        self.lasting[:] = self.here.capacity[KAZAKHSTAN]

    def evolve(self) -> None:
        """Learn thrift, remember, expect, and build mines."""
        here, values, on = self.here, self.values, self.on
        short, long = values["rare_earths.short_elasticity"], values["rare_earths.long_elasticity"]
        prices = np.stack([here.inside, here.price, here.price])
        up, down = values["rare_earths.thrift_up"], values["rare_earths.thrift_down"]
        here.thrift[:] = laws.thrift(here.thrift, prices, short, long, up, down)
        self.risen = np.maximum(here.restriction - self.before, 0.0)
        alarm = self.risen + (1.0 - self.served_needs)
        here.panic[:] = laws.panic(
            here.panic, alarm, values["rare_earths.panic_rise"], values["rare_earths.panic_decay"]
        )
        costs = np.log(values.over("rare_earths.cost.{miner}"))
        cheaper = here.price < self._cost_elsewhere(costs)
        here.memory[:] = laws.memory(
            here.memory,
            here.restriction,
            cheaper,
            values["rare_earths.memory_rise"],
            values["rare_earths.memory_decay"],
        )
        here.expected[:] = laws.expectation(
            here.expected, here.price, values["rare_earths.expectation_speed"]
        )
        self._build(costs)
        free = here.restriction == 0.0
        free_part = np.where(free, 1.0 / SETTLED, 0.0)
        here.usual_exports += free_part * (here.exports - here.usual_exports)
        here.to_japan += free_part * (here.given[CHINA] - here.to_japan)
        here.usual_bill += (here.bill - here.usual_bill) / REMEMBERED
        there = (on > 0.0).astype(np.float64)
        here.thrift *= there
        here.panic *= there
        here.memory *= there
        here.expected *= there

    @staticmethod
    def _cost_elsewhere(log_cost: Array) -> Array:
        """Return the mean log cost of the mines outside China, (member,)."""
        result: Array = np.add.reduce(log_cost[1:], axis=0) / (MINERS - 1)
        return result

    def _build(self, log_cost: Array) -> None:
        """Begin, go on with, give up and complete mines; China's follow its plan."""
        here, values, on = self.here, self.values, self.on
        whole = np.add.reduce(here.under_way, axis=1) + here.capacity
        potential = values.over("rare_earths.potential.{miner}")
        room = np.maximum(potential - whole, 0.0)
        feared = self._feared()
        worth = laws.worth_building(feared, log_cost, values["rare_earths.hurdle"])
        started = np.where(worth, values["rare_earths.start_share"] * room, 0.0) * on
        started[CHINA] = started[KAZAKHSTAN] = 0.0
        hopeless = (feared < log_cost) & (on > 0.0)
        stopped = np.where(hopeless, values["rare_earths.give_up"], 0.0)
        years = values.over("rare_earths.build_years.{miner}")
        here.capacity[:], here.under_way[:] = laws.build(
            here.capacity, here.under_way, started, years, stopped
        )
        others = np.add.reduce(here.output[1:], axis=0)
        abroad = np.maximum(np.add.reduce(self.at_usual_price[BUYERS], axis=0) - others, 0.0)
        sales = self.at_usual_price[CHINA] + np.minimum(abroad, self.limit)
        planned = laws.planned_capacity(
            here.capacity[CHINA],
            sales,
            values["rare_earths.china_slack"],
            values["rare_earths.china_up"],
            values["rare_earths.china_down"],
        )
        here.capacity[CHINA] = np.minimum(planned, potential[CHINA])
