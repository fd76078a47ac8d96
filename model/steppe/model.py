"""The model: ten states trade, invest and gain influence, one quarter in five phases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from steppe import axes, metrics, pickling, scenario, streams
from steppe.agents.host import Host
from steppe.agents.power import Power
from steppe.agents.powers import RULES
from steppe.agents.prospects import Prospects
from steppe.agents.standing import standing, wishes
from steppe.chronicle import Chronicle
from steppe.clock import PER_YEAR, Quarter, span
from steppe.environment.customs import tariff_changes
from steppe.environment.disturbances import Disturbances
from steppe.environment.economy import Economy
from steppe.environment.history import residuals
from steppe.environment.logistics import Logistics
from steppe.environment.outlook import Outlook
from steppe.environment.pipelines import Pipelines
from steppe.environment.rare_earths import RareEarthMarket
from steppe.environment.relations import Relations
from steppe.laws import ties, trade
from steppe.parameters import Values, registry
from steppe.world.base import base_state
from steppe.world.network import network
from steppe.world.past import FIRST, past
from steppe.world.paths import paths
from steppe.world.rare_earths import market_past
from steppe.world.setting import setting
from steppe.world.state import PARTNER_INDEX, G, H, K, R, initial_state

Array = NDArray[np.float64]


_HYDROCARBONS = axes.GOODS.index("hydrocarbons")  # the first sector, too
_PIPED = axes.HOSTS.index("KAZ")
"""The host whose oil has routes of its own."""


class CentralAsia(mesa.Model):  # type: ignore[type-arg]
    """``members`` parallel worlds of ten states, advanced together a quarter a step.

    ``case`` is a scenario or the name or path of one.  ``members`` is how many worlds there are or
    their numbers, which may repeat: a member's path depends on its number, its parameters and the
    seed only.  ``rng`` is the seed (an integer), the scenario's when None; a generator gives one.
    ``parameters`` and further keywords fix parameters, for all members or with one value each
    ``(member,)``: ``{"trade.elasticity": 3.0}`` or ``trade__elasticity=3.0``.

    With ``collect`` a Mesa ``DataCollector`` keeps the means over the members of the headline
    metrics and of those that the scenario names.
    """

    def __init__(
        self,
        case: str | scenario.Scenario = "baseline",
        members: int | Sequence[int] = 1,
        *,
        rng: Any = None,
        parameters: Mapping[str, float | Array] | None = None,
        collect: bool = True,
        **fixed: float,
    ) -> None:
        loaded = scenario.load(case) if isinstance(case, str) else case
        numbers = range(members) if isinstance(members, int) else members
        if len(numbers) < 1:
            raise ValueError(f"members must be at least 1, found {members}")
        seed = _seed(rng, loaded.seed)
        super().__init__(rng=seed)
        self.case, self.numbers, self.members, self.seed = loaded, numbers, len(numbers), seed
        self.quarters = span(loaded.horizon.start, loaded.horizon.end)
        self.t = -1
        self.base = base_state(loaded.base)
        self.network = network()
        self.paths = paths(loaded.horizon.start, len(self.quarters))
        fixed.pop("scenario", None)  # SolaraViz passes Mesa's own of that name, which means nothing
        overrides = {name.replace("__", "."): value for name, value in fixed.items()}
        self._set_parameters({**(parameters or {}), **overrides})
        worlds = self.initial.shape[1]
        self.residual = residuals(self.base, self.base_values)
        self.state = initial_state(self.base, self.network, worlds)
        self.logistics = Logistics(
            self.network, self.base, self.base_values, self.values, self.state
        )
        self.macro_shocks = self._drawn("macro", Economy.CELLS).whole()
        self.economy = Economy(
            self.paths,
            self.state,
            self.values,
            self.macro_shocks,
            self._drawn("uranium", 1).whole(),
        )
        self.disturbances = Disturbances(
            self.base,
            self.state,
            self._drawn("imports", Disturbances.CELLS),
            self._drawn("exports", Disturbances.CELLS),
        )
        self.pipelines = Pipelines(
            self.base,
            self.paths.lng_base,
            self.state,
            self.values,
            self.base_values,
            self._years(0),
        )
        self.supply = np.zeros((R, worlds))
        self.demand = np.zeros((K, worlds))
        self.imports = np.zeros((H, R, G, worlds))
        self.output = np.zeros((H, G, worlds))
        elapsed = self._years(0)
        for host in range(H):
            self.economy.start(axes.HOST.start + host, elapsed)
        for partner in PARTNER_INDEX:
            self.economy.start(int(partner), elapsed)
        self.relations = self._relations()
        self._weigh_oil()
        self.rare_earths = self._rare_earths()
        self.prospects = Prospects(self)
        for code in axes.POWERS:
            RULES[code](self, code)
        for code in axes.HOSTS:
            Host(self, code)
        self.powers = self.agents.select(agent_type=Power)
        self.hosts = self.agents.select(agent_type=Host)
        self._live_through_the_past()
        self.look_at_borders()
        self.datacollector = _collector(loaded) if collect else None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy the model with arrays that share memory as they are."""
        return pickling.restored, (type(self), pickling.state_of(self))

    # --- one quarter ---------------------------------------------------------------------------

    def step(self) -> None:
        """Advance one quarter: observe, decide, negotiate, settle, evolve."""
        self.t += 1
        self._observe()
        self._decide()
        self._negotiate()
        self._settle()
        self._evolve()
        self.running = self.t + 1 < len(self.quarters)

    def _observe(self) -> None:
        """Apply the quarter's events and shocks; read economies, prices, routes and ties."""
        self.events.apply(self.t, self.values.table, self.initial, self.lookup)
        self.economy.t = self.t
        self.economy.advance_prices()
        self.powers.do("observe")
        self.economy.advance(axes.ROW_INDEX)
        self.look_at_borders()
        self.hosts.do("observe")
        self.disturbances.advance(self.t, self.values)
        self.logistics.survey(self.values, self.relations.links())
        self._weigh_markets()
        self.hosts.do("weigh_ties")
        self.relations.observe(self._record(self.t), self.t, self._deflator(), self._year(self.t))

    def _decide(self) -> None:
        """Let every state choose its offers and rules."""
        self.prospects.survey()
        self.agents.do("decide")

    def _negotiate(self) -> None:
        """Form consortia, settle rival bids, and let every host answer what it was offered."""
        self.relations.size_up()
        self.powers.do("seek_pilot")
        self.look_at_powers()
        self.hosts.do("negotiate")

    def look_at_borders(self) -> None:
        """Tell hosts who is in the customs union, what its tariffs are and whom Russia presses."""
        self.union, self.pressed = (
            self.relations.diplomacy.customs_union(),
            self.relations.pressed(),
        )
        self.tariffs = tariff_changes(self.values, self.base_values, self.union)

    def look_at_powers(self) -> None:
        """Tell hosts how the powers stand with them, before any of them answers."""
        self.standing, self.wishes = standing(self), wishes(self)

    def _settle(self) -> None:
        """Pay and build, serve debts; clear trade: gas by contract, imports by demand, exports by
        supply."""
        self.relations.settle()
        self.pipelines.conflict_added = self.relations.insecurity.on_links()[0]
        works = self.relations.money.completed_sectors[:, :, _HYDROCARBONS]
        self.pipelines.build(works, self.relations.around.deflator, self.values)
        self._clear_rare_earths()
        self.pipelines.deliver(self.values, self.years_since_base)
        self.hosts.do("buy")
        self.hosts.do("sell")
        self.hosts.do("receive")
        self.logistics.load(self.pipelines.value, self.values, self._deflator())
        self._weigh_oil()

    def _evolve(self) -> None:
        """Carry stocks into the next quarter and record."""
        self.agents.do("evolve")
        self.relations.evolve()
        self.rare_earths.evolve()
        self.logistics.settle_volumes(self.values)
        if self.datacollector is not None:
            self.datacollector.collect(self)

    # --- what agents and laws read ---------------------------------------------------------------

    @property
    def quarter(self) -> Quarter:
        """The quarter that was simulated last."""
        return self.quarters[max(self.t, 0)]

    @property
    def first_quarter(self) -> bool:
        return self.t == 0

    @property
    def years_since_base(self) -> float:
        """Years from the base year's middle to the middle of this quarter."""
        return self._years(self.t)

    def cost_change(self, host: int) -> Array:
        """Return the change of ln tau with each partner of the host, (region, good, member)."""
        return self.logistics.cost_change(host)

    def lookup(self, name: str, cell: tuple[str, ...]) -> Array:
        """Return a metric's cell or a parameter, ``(member,)``, as events' conditions read it."""
        if name in metrics.BY_NAME:
            if self.first_quarter:  # nothing has been measured yet: no condition holds
                return np.full(self.state.members, np.nan)
            metric = metrics.BY_NAME[name]
            index = tuple(codes.index(c) for codes, c in zip(metric.codes, cell, strict=True))
            value: Array = metric.formula(self.state)[index]
            return value
        return self.values[name]

    def chronicle(self) -> Chronicle:
        """Return what has happened so far, one row a happening, by event and member."""
        start, numbers = self.case.horizon.start, self.numbers
        return Chronicle.concat(
            [
                scenario.chronicle(self.events, start, numbers, self.t + 1),
                self.relations.log.rows(start, numbers),
            ]
        )

    # --- parts of the phases ---------------------------------------------------------------------

    def _weigh_markets(self) -> None:
        """Compute suppliers' capacity and destinations' pull, logs from the base year."""
        s, v = self.state, self.values
        openness = self.paths.openness[:, self.t, None]
        self.supply = trade.supply_capacity(
            s.log_real,
            s.log_price,
            openness,
            v["trade.supply_size"],
            v["trade.supply_price"],
            v["trade.supply_openness"],
        )
        ties.adjust(s.world_supply, self.supply[axes.ROW_INDEX], v["trade.adjustment"])
        self.demand = (
            v["trade.destination_size"] * s.log_real[PARTNER_INDEX]
            + v["trade.destination_price"] * s.log_price[PARTNER_INDEX]
        )

    def _weigh_oil(self) -> None:
        """Tell diplomacy how much of the hosts' trade is oil, and whose land it crosses."""
        s, diplomacy = self.state, self.relations.diplomacy
        fuels = np.add.reduce(s.trade[axes.HOST, :, _HYDROCARBONS], axis=1)
        oil = fuels - np.add.reduce(self.pipelines.value, axis=1)
        bought = np.add.reduce(np.add.reduce(s.trade[:, axes.HOST], axis=2), axis=0)
        sold = np.add.reduce(np.add.reduce(s.trade[axes.HOST], axis=2), axis=1)
        diplomacy.oil_weight[_PIPED] = (oil / np.maximum(bought + sold, 1e-9))[_PIPED]
        diplomacy.oil_transit[:] = self.pipelines.oil_transit()

    def _deflator(self) -> Array:
        """Return the dollar price of a tonne of goods over the base year's, (member,)."""
        inflation: Array = np.exp(self.values["growth.dollar_inflation"] * self.years_since_base)
        return inflation

    def _year(self, t: int) -> float:
        return self.case.horizon.start.year + (t + 0.5) / PER_YEAR

    def _years(self, t: int) -> float:
        return self._year(t) - self.base.middle

    def _record(self, t: int) -> int:
        """Return the quarter counted from the start of the record."""
        return self.case.horizon.start - FIRST + t

    def _relations(self) -> Relations:
        start, quarters = self.case.horizon.start, len(self.quarters)
        return Relations(
            setting(start, quarters),
            Outlook(past(start), self.base, self.paths, self.state, self.values),
            self.logistics,
            self.state,
            self.values,
            self.base_values,
            self._numbers(streams.normals),
            self._numbers(streams.chances),
        )

    def _rare_earths(self) -> RareEarthMarket:
        start, quarters = self.case.horizon.start, len(self.quarters)
        return RareEarthMarket(
            market_past(start, quarters, self.base.years),
            self.state,
            self.values,
            self.relations.log,
            self._numbers(streams.normals),
            self._numbers(streams.chances),
        )

    def _clear_rare_earths(self) -> None:
        """Put finished plants to work and clear the market of rare earths."""
        relations = self.relations
        self.rare_earths.add_plants(*relations.construction.plants())
        self.rare_earths.clear(relations.around, relations.quarter, relations.t)

    def _numbers(self, draw: Any) -> Any:
        """Return a drawer of random numbers of the record and the run, (quarter, cell, member)."""
        start, quarters = self.case.horizon.start, len(self.quarters)
        whole = past(start).quarters + quarters

        def drawn(process: str, cells: int) -> Any:
            return draw(self.seed, self._worlds(), process, whole, cells)

        return drawn

    def _live_through_the_past(self) -> None:
        """Let powers and hosts deal with each other in the observed years before the run.

        Each member enters the run with the projects, debts and influence that its own parameters
        make of that record.
        """
        relations = self.relations
        for quarter in range(relations.outlook.past.quarters):
            relations.observe(quarter, -1, self._deflator(), 0.0)
            self.prospects.survey()
            self.powers.do("decide")
            self._negotiate()
            relations.settle()
            self._clear_rare_earths()
            relations.evolve()
            self.rare_earths.evolve()
            self._lived(quarter)
        relations.start()
        self.rare_earths.start()

    def _lived(self, quarter: int) -> None:
        """Take note of a quarter of the record that was lived through: nothing here."""

    def _set_parameters(self, fixed: Mapping[str, float | Array]) -> None:
        """Sample the members' parameters, compile events and keep the base year's own values."""
        names = registry()
        sampled = scenario.sample(self.case, names, self.numbers, self.seed)
        self.varied = sampled.varied
        table = _padded(sampled.table)
        for name, value in fixed.items():
            if name not in names:
                near = ", ".join(names.near(name)) or "none is like it"
                raise KeyError(f"unknown parameter {name!r} (did you mean {near}?)")
            low, high = names[name].low, names[name].high
            given = np.asarray(value, np.float64)
            outside = given[~((given >= low) & (given <= high))]
            if outside.size:
                told = f"{name} must lie between {low:g} and {high:g}"
                raise ValueError(f"{told}, found {outside.flat[0]:g}")
            table[names.index[name]] = _padded(given) if given.ndim else given
            self.varied.pop(name, None)
        self.initial = table
        self.values = Values(names, table.copy())
        base = table.copy()
        defaults = names.defaults(self.case.base)
        for template, rows in names.rows.items():
            if _describes_the_world(template):
                base[rows] = defaults[rows, None]
        self.base_values = Values(names, base)
        self.events = self._events()

    def take_up(self, case: scenario.Scenario) -> None:
        """Go on with another scenario, at the start of the run or between two quarters.

        Only events that cannot have begun yet may differ: members' parameters are those of the
        scenario before, and its horizon.
        """
        before, self.case = self.events, case
        self.varied = scenario.sample(case, registry(), self.numbers, self.seed).varied
        self.events = self._events()
        self.events.resume(before)

    def _events(self) -> scenario.EventEngine:
        return scenario.EventEngine(
            self.case, registry(), self.numbers, self.seed, worlds=self.initial.shape[1]
        )

    def _drawn(self, process: str, cells: int) -> streams.Draws[np.float64]:
        """Return a process's shocks of the whole run, (quarter, cell, member)."""
        return streams.normals(self.seed, self._worlds(), process, len(self.quarters), cells)

    def _worlds(self) -> Sequence[int]:
        """Return the members' numbers; a lone member is doubled."""
        return self.numbers if len(self.numbers) > 1 else [*self.numbers] * 2


def _describes_the_world(template: str) -> bool:
    """Tell whether a row is a figure of the base year rather than of behaviour.

    The base year's costs always use its own figures of links, memberships and Afghanistan, so that
    setting one in a scenario is a change from the base and not another base.
    """
    of_state = "{host}.eaeu", "organisation.{organisation}", "afghanistan.conflict"
    return template.startswith(("link.", "pipeline.")) or template in of_state


def _padded(array: Array) -> Array:
    """Return the array with at least two members: a lone one is doubled.

    NumPy's kernels may differ in the last bit for a last axis of length one.
    """
    return array if array.shape[-1] > 1 else np.repeat(array, 2, axis=-1)


def _seed(rng: Any, default: int) -> int:
    """Return the run's seed: an integer as given, drawn from a generator, or the scenario's."""
    if rng is None:
        return default
    if isinstance(rng, int | np.integer):
        return int(rng)
    return int(np.random.default_rng(rng).integers(2**31))


def _collector(case: scenario.Scenario) -> mesa.DataCollector:
    """Return a collector of the headline metrics and the scenario's: means over the members."""
    reporters = {}
    for metric in metrics.METRICS:
        if metric.headline or metric.name in case.metrics:
            for i, series in enumerate(metric.series):
                reporters[series.label] = partial(_mean, metric=metric.name, series=i)
    return mesa.DataCollector(model_reporters=reporters)


def _mean(model: CentralAsia, *, metric: str, series: int) -> float:
    """Return one series of a metric as the mean over the members."""
    values = metrics.BY_NAME[metric].values(model.state)[series]
    return float(np.mean(values[: model.members]))
