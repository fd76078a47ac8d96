"""Routes: what their links sum to, what they cost, and how shippers choose among them.

Axes: link, route, pair, good, member (always last); ``network`` says which links make a route and
which routes serve a pair.

Sources: route choice, McFadden (1974) logit and its log-sum as the pair's cost; value of time in
transit, Hummels and Schaur (2013, American Economic Review 103).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.laws.compiled import compiled
from steppe.world.network import Network

Array = NDArray[np.float64]
Index = NDArray[np.intp]

MOST = 600.0
"""Largest exponent of the weight of the way that always remains."""


def along_routes(network: Network, field: Array) -> Array:
    """Return the sums of fields (field, link, member) over each route, (field, route, member)."""
    return _along(network.route_links, field)


@compiled
def _along(route_links: Index, field: Array) -> Array:
    fields, links, members = field.shape
    total = np.zeros((fields, route_links.shape[1], members))
    for f in range(fields):
        for route in range(route_links.shape[1]):
            for position in range(route_links.shape[0]):
                link = route_links[position, route]
                if link == links:
                    break
                for m in range(members):
                    total[f, route, m] += field[f, link, m]
    return total


def route_openness(network: Network, openness: Array) -> Array:
    """Return the product of ``openness`` (link, member) 0-1 over the links of each route.

    A link that is half open lets half the trade that would choose it pass, which keeps the pair's
    cost smooth; one shut link (0) shuts the route exactly.  Result ``(route, member)``.
    """
    return _through(network.route_links, openness)


@compiled
def _through(route_links: Index, openness: Array) -> Array:
    links, members = openness.shape
    product = np.ones((route_links.shape[1], members))
    for route in range(route_links.shape[1]):
        for position in range(route_links.shape[0]):
            link = route_links[position, route]
            if link == links:
                break
            for m in range(members):
                product[route, m] *= openness[link, m]
    return product


def route_costs(
    days: Array,
    variance: Array,
    freight: Array,
    risk: Array,
    dollars_per_tonne: Array,
    value_of_time: Array,
    delay_aversion: Array,
) -> Array:
    """Return c = ln(1 + F/u + vot (T + kappa sd) + rho), ``(route, good, member)``.

    Of each route: ``days`` T and their ``variance`` sd^2; ``freight`` F USD/t; ``risk`` rho, share
    of value, all ``(route, member)``.  ``dollars_per_tonne`` u USD/t and ``value_of_time`` vot
    1/day ``(good, member)``; ``delay_aversion`` kappa ``(member,)``.
    """
    costs = _costs(days, variance, freight, risk, dollars_per_tonne, value_of_time, delay_aversion)
    np.log(costs, out=costs)
    return costs


@compiled
def _costs(
    days: Array,
    variance: Array,
    freight: Array,
    risk: Array,
    dollars_per_tonne: Array,
    value_of_time: Array,
    delay_aversion: Array,
) -> Array:
    """Return 1 + F/u + vot (T + kappa sd) + rho, (route, good, member)."""
    routes, members = days.shape
    goods = len(value_of_time)
    cost = np.empty((routes, goods, members))
    tonnes = 1.0 / dollars_per_tonne
    felt = np.empty(members)
    for route in range(routes):
        for m in range(members):
            felt[m] = days[route, m] + delay_aversion[m] * np.sqrt(variance[route, m])
        for good in range(goods):
            for m in range(members):
                cost[route, good, m] = (
                    freight[route, m] * tonnes[good, m] + felt[m] * value_of_time[good, m]
                ) + (1.0 + risk[route, m])
    return cost


def route_shares(
    network: Network, costs: Array, openness: Array, sensitivity: Array, fallback: Array
) -> tuple[Array, Array]:
    """Return shares P ``(route, good, member)`` and costs ln tau ``(pair, good, member)``.

    P_r = z_r exp(-mu c_r) / sum, over the routes of a pair;
    ln tau = -(1/mu) ln[sum z_r exp(-mu c_r) + exp(-mu F)].

    ``costs`` c (route, good, member); ``openness`` z (route, member) 0-1; ``sensitivity`` mu and
    ``fallback`` F ``(member,)``: the log cost of the way that always remains, too dear to matter
    beside an open route.  Without an open route ln tau = F and the pair's shares are 0, otherwise
    they sum to 1.  An added route never raises ln tau.
    """
    pair = network.route_pair
    lowest, shares, whole = _exponents(pair, network.pairs, costs, sensitivity, fallback)
    np.exp(shares, out=shares)
    np.exp(whole, out=whole)
    _share_out(pair, openness, shares, whole)
    np.log(whole, out=whole)
    whole /= sensitivity
    lowest -= whole
    return shares, lowest


@compiled
def _exponents(
    route_pair: Index, pairs: int, costs: Array, sensitivity: Array, fallback: Array
) -> tuple[Array, Array, Array]:
    """Return each pair's lowest cost c0, mu (c0 - c) of its routes and mu (c0 - F)."""
    routes, goods, members = costs.shape
    lowest = np.full((pairs, goods, members), np.inf)
    for route in range(routes):
        of_pair = lowest[route_pair[route]]
        for good in range(goods):
            for m in range(members):
                of_pair[good, m] = min(of_pair[good, m], costs[route, good, m])
    exponent = np.empty_like(costs)
    for route in range(routes):
        of_pair = lowest[route_pair[route]]
        for good in range(goods):
            for m in range(members):
                exponent[route, good, m] = sensitivity[m] * (
                    of_pair[good, m] - costs[route, good, m]
                )
    remaining = np.empty_like(lowest)
    for pair in range(pairs):
        for good in range(goods):
            for m in range(members):
                over = sensitivity[m] * (lowest[pair, good, m] - fallback[m])
                remaining[pair, good, m] = min(over, MOST)
    return lowest, exponent, remaining


@compiled
def _share_out(route_pair: Index, openness: Array, weight: Array, whole: Array) -> None:
    """Turn weights of routes (route, good, member) into shares; add their sums to ``whole``."""
    routes, goods, members = weight.shape
    total = np.zeros_like(whole)
    for route in range(routes):
        of_pair = total[route_pair[route]]
        for good in range(goods):
            for m in range(members):
                weight[route, good, m] *= openness[route, m]
                of_pair[good, m] += weight[route, good, m]
    whole += total
    for pair in range(len(total)):
        for good in range(goods):
            for m in range(members):
                if total[pair, good, m] == 0.0:
                    total[pair, good, m] = 1.0
    for route in range(routes):
        of_pair = total[route_pair[route]]
        for good in range(goods):
            for m in range(members):
                weight[route, good, m] /= of_pair[good, m]
