"""Pipelines: gas and oil outside the share law, by capacity, contract and price."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR, STEP
from steppe.laws import acceptance, energy, gas
from steppe.parameters import Values
from steppe.world.base import Base
from steppe.world.pipelines import NONE, L, pipelines
from steppe.world.state import H, State

Array = NDArray[np.float64]

P = len(axes.POWERS)
_KAZAKHSTAN = axes.HOSTS.index("KAZ")
_HYDROCARBONS = axes.SECTORS.index("hydrocarbons")


class Pipelines:
    """Gas of the hosts by line, its prices, and Kazakhstan's oil by route.

    ``value`` (host, partner, member) is the gas delivered last, mn USD/quarter, by the partner in
    whose trade it is recorded, at first the base year's; ``exportable`` (host, member) bcm/yr what
    hosts could send; ``oil_served`` (member,) the part of Kazakhstan's oil exports that open routes
    hold, relative to the routes open in the base; ``oil_kept`` (member,) what dearer routes leave
    of its price.

    In the base year every line carries its recorded value, which moves with volume, the LNG price
    and the netback share from there on.  A line without a recorded value is priced by the law; what
    it carried in the base year stays inside the other fuel trade.
    """

    def __init__(
        self,
        base: Base,
        lng_base: float,
        state: State,
        values: Values,
        base_values: Values,
        years_at_start: float,
    ) -> None:
        self.base, self.lng_base, self.state = base, lng_base, state
        self.lines = pipelines(base.start)
        state.gas_seller, state.gas_taken = self.lines.seller, self.lines.taken
        members = state.members
        self.value = np.repeat(base.gas_value[..., None] / PER_YEAR, members, axis=2)
        self.exportable = np.zeros((H, members))
        self.oil_served, self.oil_kept = np.ones((2, members))
        self.conflict_added = np.zeros((len(axes.LINKS), members))
        """What Afghanistan adds to the conflict of links since the base, (link, member)."""
        self.open_before = self._routes_open(base_values)
        self.base_netback, self.base_appetite = self._settled(base_values, values)
        state.gas_netback[:] = self.base_netback
        state.pipeline_flow[:L] = self.lines.volume[:, None]
        state.hidden_gas[:] = self._by_host(self.lines.value * self.lines.hidden / PER_YEAR)[
            :, None
        ]
        in_service = np.maximum(self.lines.opened, base.middle)
        age = base.middle + years_at_start - in_service - STEP
        self.age = np.repeat(np.maximum(age, 0.0)[:, None], members, axis=1)
        """Years in service in the run, (line, member); lines open at the base count from it."""
        self._of_host = [np.flatnonzero(self.lines.seller == host) for host in range(H)]
        self._ship_oil(values, years_at_start)

    # --- building --------------------------------------------------------------------------------

    def build(self, completed: Array, deflator: Array, values: Values) -> None:
        """Put completed oil and gas works (power, host, member), mn USD, on lines and fields.

        Works on a line stop in proportion to conflict along it and go into fields once it is
        finished; ``deflator`` (member,): dollar prices over the base year's.
        """
        s, lines = self.state, self.lines
        switch = values["pipelines.projects"]
        real = switch * completed / deflator
        spent = np.add.reduce(
            np.add.reduce(real[:, :, None] * lines.works[..., None], axis=1), axis=0
        )
        spent += switch * values.over("pipeline.{gas_line}.finance") / PER_YEAR
        calm = 1.0 - self._conflict(values)
        unfinished = self._completion(values) < gas.DONE
        for line in np.flatnonzero(lines.cost[:L] > 0.0):
            added = unfinished[line] * calm[line] * spent[line] / lines.cost[line]
            s.pipeline_built[line] = np.minimum(s.pipeline_built[line] + added, 1.0)
        rest = np.ones_like(real)
        for line in np.flatnonzero(lines.works.any(axis=(0, 1))):
            rest -= lines.works[:, :, line, None] * unfinished[line]
        fields = np.add.reduce(real * rest, axis=0) * values.over("{host}.gas_works")
        s.gas_added += fields / (values["gas.field_cost"])

    def completion(self, values: Values) -> Array:
        """Return how far each line is built, 0-1, (line, member)."""
        return self._completion(values)

    def _completion(self, values: Values) -> Array:
        given = values.over("pipeline.{pipeline}.completion")[:L]
        return np.minimum(given + self.state.pipeline_built, 1.0)

    def _conflict(self, values: Values) -> Array:
        """Return conflict along each line, 0-1, (line, member)."""
        conflict = np.zeros((L, self.state.members))
        of_links = values.over("link.{link}.conflict")
        for line in range(L):
            link = self.lines.conflict_link[line]
            if link != NONE:
                conflict[line] = np.clip(of_links[link] + self.conflict_added[link], 0.0, 1.0)
        return conflict

    # --- gas -------------------------------------------------------------------------------------

    def deliver(self, values: Values, years_since_base: float) -> None:
        """Agree on prices, route the quarter's gas and value it at the LNG price of two quarters
        ago; ship the oil."""
        s, lines, terms = self.state, self.lines, _terms(values)
        complete, conflict = self._completion(values), self._conflict(values)
        fields = gas.Fields(s.gas_added, s.log_real[axes.HOST], self.exportable, s.gas_home)
        gas.draw_from_fields(terms, fields, years_since_base)
        passable = terms.open[:L] * (1.0 - terms.conflict_loss * conflict)
        available = terms.capacity * passable * complete
        agreed = gas.agreed_netback(terms, lines.seller, available, self.exportable)
        wanted = gas.ask(
            terms,
            complete,
            conflict,
            agreed,
            lines.volume,
            self.base_appetite,
            s.pipeline_flow,
            s.gas_netback,
            self.age,
        )
        competition = terms.competition
        for host, own in enumerate(self._of_host):
            if len(own):
                asked = wanted[own]
                s.pipeline_flow[own] = asked
                if (np.add.reduce(asked, axis=0) > self.exportable[host]).any():
                    preference = competition * self._preference(own, asked, values)
                    s.pipeline_flow[own] = gas.routed(asked, preference, self.exportable[host])
        self._value(values, competition)
        self._ship_oil(values, years_since_base)

    def _preference(self, own: NDArray[np.intp], wanted: Array, values: Values) -> Array:
        """Return how a seller short of gas likes its lines: by price, and hosts' hedging.

        Hedging looks at what buyers want: looking at last quarter's flows it would swing.
        """
        share, herfindahl = acceptance.concentration(wanted)
        hedging = acceptance.hedging(share, herfindahl, values["hosts.hedging"])
        pays: Array = self.state.gas_netback[own] / values["gas.routing_spread"]
        most = values["gas.hedging_limit"]
        return pays + np.clip(hedging, -most, most)

    def _value(self, values: Values, competition: Array) -> None:
        """Book the gas where statistics record it."""
        s, lines, price = self.state, self.lines, self.state.lng_history[2]
        self.value[:] = lines.unassigned[..., None] / PER_YEAR * (price / self.lng_base)
        worth = gas.worth_of_lines(
            s.pipeline_flow,
            s.gas_netback,
            self.base_netback,
            lines.volume,
            lines.value,
            competition,
            values["gas.netback"],
            price,
            self.lng_base,
        )
        s.hidden_gas[:] = 0.0
        gas.book(worth, lines.seller, lines.recorded, lines.hidden, self.value, s.hidden_gas)

    def _settled(self, base_values: Values, values: Values) -> tuple[Array, Array]:
        """Return the base year's netback shares and appetites, (line, member)."""
        lines = self.lines
        self._of_host = [np.flatnonzero(lines.seller == host) for host in range(H)]
        limit = (
            base_values.over("pipeline.{gas_line}.capacity")
            * base_values.over("pipeline.{pipeline}.completion")[:L]
        )
        limit = limit * base_values.over("pipeline.{pipeline}.open")[:L]
        worth = base_values.over("pipeline.{gas_line}.worth")
        kept = base_values.over("{host}.gas_output") - base_values.over("{host}.gas_use")
        self.exportable[:] = np.maximum(kept, 0.0)
        terms = _terms(values)._replace(worth=worth)
        netback = gas.agreed_netback(terms, lines.seller, limit, self.exportable)
        return netback, gas.appetite(worth, netback, values["gas.buyer_margin"])

    def _by_host(self, field: Array) -> Array:
        """Sum a field of lines (line,) over each host's, (host,)."""
        total = np.zeros(H)
        np.add.at(total, self.lines.seller, field)
        return total

    # --- oil -------------------------------------------------------------------------------------

    @staticmethod
    def _routes_open(values: Values) -> Array:
        """Return how far each oil route is open, 0 where it is not built, (route, member)."""
        built = values.over("pipeline.{pipeline}.completion")[L:] >= gas.DONE
        result: Array = values.over("pipeline.{pipeline}.open")[L:] * built
        return result

    def _ship_oil(self, values: Values, years_since_base: float) -> None:
        """Send Kazakhstan's oil over the routes that are open."""
        s, tariff = self.state, self.lines.tariff[:, None]
        capacity = values.over("pipeline.{oil_route}.capacity")
        spread = values["oil.tariff_spread"]
        wanted = values["oil.exports"] * np.exp(values["oil.growth"] * years_since_base)
        usual = capacity * self.open_before
        now = capacity * self._routes_open(values)
        shipped, would = (np.minimum(wanted, np.add.reduce(held, axis=0)) for held in (now, usual))
        s.pipeline_flow[L:] = energy.oil_flows(now, tariff, spread, shipped)
        self.oil_served[:] = np.where(would > 0.0, shipped / np.where(would > 0.0, would, 1.0), 1.0)
        if (now == usual).all():
            self.oil_kept[:] = 1.0
            return
        means = [
            np.add.reduce(tariff * flow, axis=0) / np.maximum(np.add.reduce(flow, axis=0), 1e-9)
            for flow in (s.pipeline_flow[L:], energy.oil_flows(usual, tariff, spread, would))
        ]
        price = s.oil * energy.BARRELS_PER_TONNE
        self.oil_kept[:] = energy.kept_of_price(price, *means)

    def served(self, host: int) -> Array | float:
        """Return the part of a host's oil exports that open routes hold, (member,)."""
        return self.oil_served if host == _KAZAKHSTAN else 1.0

    def kept(self, host: int) -> Array | float:
        """Return what dearer routes leave of the price of a host's oil, (member,)."""
        return self.oil_kept if host == _KAZAKHSTAN else 1.0

    def oil_transit(self) -> Array:
        """Return the part of each host's oil that crosses each power, (power, host, member)."""
        flow = self.state.pipeline_flow[L:]
        total = np.maximum(np.add.reduce(flow, axis=0), 1e-9)
        share = np.zeros((P, H, self.state.members))
        crossing = np.add.reduce(self.lines.passes[:, :, None] * flow[None], axis=1)
        share[:, _KAZAKHSTAN] = crossing / total
        return share


_OF_LINES = ("capacity", "worth", "contract", "take_or_pay")
_OF_HOSTS = ("output", "growth", "use", "use_elasticity")


def _terms(values: Values) -> gas.Terms:
    """Return the parameters of gas as the kernels take them."""
    of_gas = gas.Terms._fields[6 + len(_OF_HOSTS) :]
    return gas.Terms(
        *(values.over(f"pipeline.{{gas_line}}.{name}") for name in _OF_LINES),
        *(values.over(f"pipeline.{{pipeline}}.{name}") for name in ("open", "completion")),
        *(values.over(f"{{host}}.gas_{name}") for name in _OF_HOSTS),
        *(values[f"gas.{name}"] for name in of_gas),
    )
