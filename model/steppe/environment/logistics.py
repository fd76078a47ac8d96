"""Logistics: what shippers meet on the network, quarter by quarter, and what its links carry."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR
from steppe.laws import corridors, traffic
from steppe.laws.links import Changes
from steppe.parameters import Values
from steppe.world.base import Base
from steppe.world.network import Network
from steppe.world.state import PARTNER_INDEX, State

Array = NDArray[np.float64]

_HYDROCARBONS = axes.GOODS.index("hydrocarbons")
_JAPAN = "JPN"


class Logistics:
    """Costs, route choice and volumes of the network for the members of one state.

    The base year's costs are those at its own link states, ``base_values``, with the volumes that
    its trade settles to: costs change from them, so that an unchanged network changes nothing.
    """

    def __init__(
        self, network: Network, base: Base, base_values: Values, values: Values, state: State
    ) -> None:
        self.network, self.state = network, state
        # A region's pairs, in the order of the region axis; the last row (no pair) never changes.
        self._pairs_of_host = network.pair_index[axes.HOST]
        self._change = np.zeros((network.pairs + 1, len(axes.GOODS), state.members))
        value = self._value(base.trade[..., None] / PER_YEAR, base.gas_value[..., None] / PER_YEAR)
        total = np.add.reduce(value, axis=0)
        self.weight = total / np.add.reduce(total)
        """Part of each good in the base year's trade but gas, (good, 1)."""
        goods = self._goods(base_values)
        tonnes = self._weigh(value, goods, 1.0)
        self.base_volume = corridors.settled_volume(network, base_values, tonnes, goods)
        base_transport = corridors.transport(network, base_values, self.base_volume, goods=goods)
        self.base_cost = base_transport.log_cost
        self.route_flow = traffic.route_flows(network, tonnes, base_transport.shares)
        """Tonnage on each route, Mt/yr, (route, member)."""
        self.transport = corridors.transport(
            network, values, self.base_volume, goods=self._goods(values)
        )
        state.link_volume[:] = self.base_volume
        self._passes = np.array([network.passes(code) for code in axes.POWERS])

    def survey(self, values: Values, changes: Changes | None = None) -> None:
        """Compute days, freight, route shares and costs at last quarter's smoothed volumes."""
        response = values["corridors.congestion_response"]
        volume = self.base_volume + response * (self.state.link_volume - self.base_volume)
        goods = self._goods(values)
        self.transport = corridors.transport(self.network, values, volume, changes, goods)
        self.state.link_days[:] = self.transport.link_days
        np.subtract(self.transport.log_cost, self.base_cost, out=self._change[:-1])

    def cost_change(self, host: int) -> Array:
        """Return the change of ln tau with each partner of the host, (region, good, member)."""
        change: Array = self._change[self._pairs_of_host[host]]
        return change

    def load(self, gas_value: Array, values: Values, deflator: Array) -> None:
        """Put the quarter's trade on the network: flows by link, corridors' shares and means.

        ``gas_value`` (host, partner, member) mn USD/quarter is in pipelines; ``deflator`` (member,)
        is the dollar price of a tonne over the base year's.
        """
        state, network, moved = self.state, self.network, self.transport
        value = self._value(state.trade, gas_value)
        goods = self._goods(values)
        tonnes = self._weigh(value, goods, deflator)
        flow = self.route_flow = traffic.route_flows(network, tonnes, moved.shares)
        state.link_flow[:] = traffic.link_flows(network, flow)
        state.corridor_volume[:] = traffic.corridor_volume(network, flow)
        overland = value * goods.overland
        share, days, cost = traffic.corridor_means(
            network, _JAPAN, overland, moved.shares, moved.route_days, moved.route_freight
        )
        state.corridor_share[:], state.corridor_days[:], state.corridor_cost[:] = share, days, cost

    def reliance(self) -> Array:
        """Return how much of each power's trade with the hosts runs over each link, 0-1.

        Result (power, link, member), by tonnage on the routes of the last quarter.
        """
        network, flow = self.network, self.route_flow
        result = np.empty((len(axes.POWERS), len(network.links), flow.shape[-1]))
        for power in range(len(axes.POWERS)):
            ends = (network.exporter == power) | (network.importer == power)
            own = np.where(ends[network.route_pair, None], flow, 0.0)
            total = np.add.reduce(own, axis=0)
            result[power] = traffic.link_flows(network, own) / np.maximum(total, 1e-12)
        return result

    def transit(self) -> Array:
        """Return how much of each host's trade passes through each power, 0-1.

        Result (power, host, member), by tonnage on the routes of the last quarter; trade with the
        power itself does not count as passing through.
        """
        network, flow = self.network, self.route_flow
        result = np.zeros((len(axes.POWERS), len(axes.HOSTS), flow.shape[-1]))
        ends = np.stack([network.exporter, network.importer])[:, network.route_pair]
        for host in range(len(axes.HOSTS)):
            mine = (ends == axes.HOST.start + host).any(axis=0)
            total = np.maximum(np.add.reduce(flow[mine], axis=0), 1e-12)
            for power in range(len(axes.POWERS)):
                passing = mine & self._passes[power] & ~(ends == power).any(axis=0)
                result[power, host] = np.add.reduce(flow[passing], axis=0) / total
        return result

    def settle_volumes(self, values: Values) -> None:
        """Let the quarter's flows enter the volumes that congestion will read."""
        state = self.state
        state.link_volume[:] = traffic.smooth(
            state.link_volume, state.link_flow, values["corridors.smoothing"]
        )

    def _goods(self, values: Values) -> corridors.Goods:
        return corridors.goods_of(values, self.weight)

    def _value(self, trade: Array, gas_value: Array) -> Array:
        """Return trade of each pair, both ways, without pipeline gas, (pair, good, member)."""
        value = traffic.both_ways(self.network, trade)
        for host in range(len(axes.HOSTS)):
            pairs = self._pairs_of_host[host][PARTNER_INDEX]
            value[pairs, _HYDROCARBONS] -= gas_value[host]
        return np.maximum(value, 0.0, out=value)

    @staticmethod
    def _weigh(value: Array, goods: corridors.Goods, deflator: float | Array) -> Array:
        return traffic.tonnage(value, goods.dollars_per_tonne * deflator, goods.overland)
