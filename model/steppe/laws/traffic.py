"""Traffic: what trade sends over routes and links, and what corridors carry.

Axes: region, pair, route, link, corridor, good, member (always last).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.laws.compiled import compiled
from steppe.world.network import Network

Array = NDArray[np.float64]
Index = NDArray[np.intp]

CORRIDORS = len(axes.CORRIDORS)


def both_ways(network: Network, trade: Array) -> Array:
    """Return trade of each pair, both directions, ``(pair, good, member)``, unit of ``trade``.

    ``trade`` (region, region, good, member).
    """
    result: Array = trade[network.exporter, network.importer]
    result += trade[network.importer, network.exporter]
    return result


def tonnage(value: Array, dollars_per_tonne: Array, overland_share: Array) -> Array:
    """Return what the pairs send over the links, Mt/yr, ``(pair, good, member)``.

    ``value`` (pair, good, member) mn USD/quarter; ``dollars_per_tonne`` USD/t and
    ``overland_share`` 0-1, what moves over links and not by pipeline, tanker or air (good, member).
    """
    result: Array = value * (4.0 * overland_share / dollars_per_tonne)
    return result


def route_flows(network: Network, tonnes: Array, shares: Array) -> Array:
    """Return tonnage on each route over all goods, Mt/yr, ``(route, member)``.

    ``tonnes`` (pair, good, member) Mt/yr; ``shares`` (route, good, member).
    """
    return _route_flows(network.route_pair, tonnes, shares)


@compiled
def _route_flows(route_pair: Index, tonnes: Array, shares: Array) -> Array:
    routes, goods, members = shares.shape
    flow = np.zeros((routes, members))
    for route in range(routes):
        pair = route_pair[route]
        for good in range(goods):
            for m in range(members):
                flow[route, m] += tonnes[pair, good, m] * shares[route, good, m]
    return flow


def link_flows(network: Network, route_flow: Array) -> Array:
    """Return tonnage on each link from that on the routes over it, Mt/yr, ``(link, member)``."""
    return _link_flows(network.route_links, len(network.links), route_flow)


@compiled
def _link_flows(route_links: Index, links: int, route_flow: Array) -> Array:
    routes, members = route_flow.shape
    flow = np.zeros((links, members))
    for route in range(routes):
        for position in range(route_links.shape[0]):
            link = route_links[position, route]
            if link == links:
                break
            for m in range(members):
                flow[link, m] += route_flow[route, m]
    return flow


def smooth(volume: Array, flow: Array, weight: Array) -> Array:
    """Return v' = (1 - w) v + w flow, Mt/yr, ``(link, member)``; ``weight`` w (member,)."""
    result: Array = volume + weight * (flow - volume)
    return result


def corridor_volume(network: Network, route_flow: Array) -> Array:
    """Return tonnage through each corridor, Mt/yr, ``(corridor, member)``."""
    return _by_corridor(network.route_corridor, route_flow)


@compiled
def _by_corridor(route_corridor: Index, route_flow: Array) -> Array:
    routes, members = route_flow.shape
    total = np.zeros((CORRIDORS, members))
    for route in range(routes):
        if route_corridor[route] >= 0:
            total[route_corridor[route]] += route_flow[route]
    return total


def corridor_means(
    network: Network, region: str, value: Array, shares: Array, days: Array, freight: Array
) -> tuple[Array, Array, Array]:
    """Return each corridor's share, days and USD/t in the trade of ``region`` with its pairs.

    ``value`` (pair, good, member) of any unit; ``shares`` (route, good, member); ``days`` and
    ``freight`` (route, member).  All results ``(corridor, member)``, weighted by value over pairs
    and goods; NaN where a corridor carries nothing.  Trade that uses no corridor counts in the
    whole, so that shares may sum to less than 1.
    """
    code = axes.REGIONS.index(region)
    ends = (network.exporter == code) | (network.importer == code)
    means = _corridor_means(
        network.route_pair, network.route_corridor, ends, value, shares, days, freight
    )
    return means[0], means[1], means[2]


@compiled
def _corridor_means(
    route_pair: Index,
    route_corridor: Index,
    ends: NDArray[np.bool_],
    value: Array,
    shares: Array,
    days: Array,
    freight: Array,
) -> Array:
    routes, goods, members = shares.shape
    result = np.zeros((3, CORRIDORS, members))
    whole, carried = np.zeros(members), np.empty(members)
    for route in range(routes):
        pair, corridor = route_pair[route], route_corridor[route]
        if not ends[pair]:
            continue
        carried[:] = 0.0
        for good in range(goods):
            for m in range(members):
                carried[m] += value[pair, good, m] * shares[route, good, m]
        whole += carried
        if corridor >= 0:
            for m in range(members):
                result[0, corridor, m] += carried[m]
                result[1, corridor, m] += carried[m] * days[route, m]
                result[2, corridor, m] += carried[m] * freight[route, m]
    for corridor in range(CORRIDORS):
        for m in range(members):
            used = result[0, corridor, m]
            result[0, corridor, m] = used / whole[m] if whole[m] > 0.0 else 0.0
            result[1, corridor, m] = result[1, corridor, m] / used if used > 0.0 else np.nan
            result[2, corridor, m] = result[2, corridor, m] / used if used > 0.0 else np.nan
    return result
