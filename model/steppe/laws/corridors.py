"""Corridors: days, risks and costs of routes, how shippers choose among them, what links carry.

Axes: link, route, pair, good, member (always last); ``network`` says which links make a route and
which routes serve a pair.  Congestion reads the smoothed volume of past quarters: a fixed point
within a quarter does not converge at realistic overloads.

Sources: delay by load, US Bureau of Public Roads (1964), Traffic Assignment Manual; route choice,
McFadden (1974) logit and its log-sum as the pair's cost; value of time in transit, Hummels and
Schaur (2013, American Economic Review 103).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.parameters import Values
from steppe.world.network import Network

Array = NDArray[np.float64]

BPR_FACTOR = 0.15
"""Delay at full load over free-flow time, by the definition of capacity (BPR 1964)."""
LOAD_LIMIT = 2.0
"""Load beyond which no further delay is counted: queues are turned away."""
SETTLING_ROUNDS = 40
"""Rounds of the damped iteration that finds a run's first volumes; 25 more move none by 1e-3."""
SETTLING_WEIGHT = 0.25
LINK_ROWS = (
    "days",
    "gain",
    "freight",
    "freight_gain",
    "border_days",
    "capacity",
    "background",
    "completion",
    "open",
    "sanctions",
    "conflict",
    "alignment",
)
"""The parameters of a link, ``link.<id>.<row>``."""


def link_days(
    days: Array,
    gain: Array,
    completion: Array,
    border_days: Array,
    traffic: Array,
    capacity: Array,
    power: Array,
) -> Array:
    """Return T = (T0 (1 - g q) + B) [1 + 0.15 min(v/K, 2)^beta], days, ``(link, member)``.

    ``days`` T0 on the way and ``border_days`` B, days; ``gain`` g saved by completed works;
    ``completion`` q 0-1; ``traffic`` v modelled and background and ``capacity`` K, Mt/yr, all
    ``(link, member)``; ``power`` beta ``(member,)``.

    The load slows the border too: on these links the gauge change and the customs yard run out
    first (CPMM rail dwell rose from 21 to 52 hours in 2019-21, when controls cut what yards could
    pass).  So part of what a border reform gains is eaten by the traffic that it draws.
    """
    load = np.clip(traffic / capacity, 1e-12, LOAD_LIMIT)
    delay = 1.0 + BPR_FACTOR * np.exp(power * np.log(load))
    result: Array = (days * (1.0 - gain * completion) + border_days) * delay
    return result


def link_freight(freight: Array, gain: Array, completion: Array) -> Array:
    """Return freight and border charges F0 (1 - gF q), USD/t, ``(link, member)``."""
    result: Array = freight * (1.0 - gain * completion)
    return result


def link_risk(
    sanctions: Array,
    conflict: Array,
    alignment: Array,
    level: Array,
    per_sanctions: Array,
    per_conflict: Array,
    per_alignment: Array,
    loss: Array,
) -> Array:
    """Return rho = loss logistic(b0 + b1 sanctions + b2 conflict - b3 alignment), share of value.

    ``sanctions``, ``conflict`` 0-1 and ``alignment`` of the link's owner with those who ship over
    it, -1 to 1, ``(link, member)``; the coefficients b0-b3 and ``loss`` ``(member,)``.  Result
    ``(link, member)``: the expected loss on the link.
    """
    odds = level + per_sanctions * sanctions + per_conflict * conflict - per_alignment * alignment
    result: Array = loss / (1.0 + np.exp(-odds))
    return result


def along_routes(network: Network, field: Array) -> Array:
    """Return the sum of ``field`` (link, member) over the links of each route, (route, member)."""
    padded = np.concatenate([field, np.zeros_like(field[:1])])
    total: Array = padded[network.route_links[0]]
    for links in network.route_links[1:]:
        total += padded[links]
    return total


def route_openness(network: Network, openness: Array) -> Array:
    """Return the product of ``openness`` (link, member) 0-1 over the links of each route.

    A link that is half open lets half the trade that would choose it pass, which keeps the pair's
    cost smooth; one shut link (0) shuts the route exactly.  Result ``(route, member)``.
    """
    padded = np.concatenate([openness, np.ones_like(openness[:1])])
    total: Array = padded[network.route_links[0]]
    for links in network.route_links[1:]:
        total *= padded[links]
    return total


def route_costs(
    days: Array,
    deviation: Array,
    freight: Array,
    risk: Array,
    dollars_per_tonne: Array,
    value_of_time: Array,
    delay_aversion: Array,
) -> Array:
    """Return c = ln(1 + F/u + vot (T + kappa sd) + rho), ``(route, good, member)``.

    Of each route: ``days`` T and their standard ``deviation`` sd, days; ``freight`` F USD/t;
    ``risk`` rho, share of value, all ``(route, member)``.  ``dollars_per_tonne`` u USD/t and
    ``value_of_time`` vot 1/day ``(good, member)``; ``delay_aversion`` kappa ``(member,)``.
    """
    cost: Array = freight[:, None, :] * (1.0 / dollars_per_tonne)
    cost += (days + delay_aversion * deviation)[:, None, :] * value_of_time
    cost += (1.0 + risk)[:, None, :]
    return np.log(cost, out=cost)


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
    pairs = (network.pairs, *costs.shape[1:])
    lowest = costs[: network.pairs].copy()
    for first, count in network.slots[1:]:
        np.minimum(lowest[:count], costs[first : first + count], out=lowest[:count])
    shares = np.empty_like(costs)
    total = np.zeros(pairs)
    for first, count in network.slots:
        slot = slice(first, first + count)
        weight = np.subtract(lowest[:count], costs[slot], out=shares[slot])
        weight *= sensitivity
        np.exp(weight, out=weight)
        weight *= openness[slot, None, :]
        total[:count] += weight
    remaining = np.exp(np.minimum(sensitivity * (lowest - fallback), 600.0))
    log_cost = lowest - np.log(total + remaining) / sensitivity
    total[total == 0.0] = 1.0
    for first, count in network.slots:
        shares[first : first + count] /= total[:count]
    return shares, log_cost


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
    carried = tonnes[network.route_pair]
    carried *= shares
    flow: Array = carried[:, 0].copy()
    for good in range(1, carried.shape[1]):
        flow += carried[:, good]
    return flow


def link_flows(network: Network, route_flow: Array) -> Array:
    """Return tonnage on each link from that on the routes over it, Mt/yr, ``(link, member)``."""
    uses = route_flow[network.route_at]
    total = np.zeros((len(network.links), route_flow.shape[-1]))
    for first, count in network.link_slots:
        total[:count] += uses[first : first + count]
    flow = np.empty_like(total)
    flow[network.link_order] = total
    return flow


def smooth(volume: Array, flow: Array, weight: Array) -> Array:
    """Return v' = (1 - w) v + w flow, Mt/yr, ``(link, member)``; ``weight`` w (member,)."""
    result: Array = volume + weight * (flow - volume)
    return result


def corridor_volume(network: Network, route_flow: Array) -> Array:
    """Return tonnage through each corridor, Mt/yr, ``(corridor, member)``."""
    total = np.zeros((len(axes.CORRIDORS), route_flow.shape[-1]))
    for corridor in range(len(axes.CORRIDORS)):
        routes = np.flatnonzero(network.route_corridor == corridor)
        np.add.reduce(route_flow[routes], axis=0, out=total[corridor])
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
    of_region = ends[network.route_pair]
    mine = np.flatnonzero(of_region)
    sent = value[network.route_pair[mine]]
    carried = np.add.reduce(sent * shares[mine], axis=1)
    whole = np.add.reduce(carried, axis=0)
    result = np.zeros((3, len(axes.CORRIDORS), value.shape[-1]))
    for corridor in range(len(axes.CORRIDORS)):
        inside = network.route_corridor[mine] == corridor
        routes = mine[inside]
        total = np.add.reduce(carried[inside], axis=0)
        used = np.where(total > 0.0, total, np.nan)
        result[0, corridor] = total / _or_one(whole)
        result[1, corridor] = np.add.reduce(carried[inside] * days[routes], axis=0) / used
        result[2, corridor] = np.add.reduce(carried[inside] * freight[routes], axis=0) / used
    return result[0], result[1], result[2]


def _or_one(total: Array) -> Array:
    """Return ``total`` with 1 where it is 0, to divide by."""
    return np.where(total > 0.0, total, 1.0)


@dataclass(frozen=True, slots=True)
class Transport:
    """What shippers meet in a quarter.

    ``link_days`` (link, member) days; ``route_days`` (route, member) days; ``route_freight``
    (route, member) USD/t; ``shares`` (route, good, member); ``log_cost`` ln tau (pair, good,
    member).
    """

    link_days: Array
    route_days: Array
    route_freight: Array
    shares: Array
    log_cost: Array


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run's own works and politics change on the links, all (link, member) but one.

    ``completion`` 0-1 and ``capacity`` Mt/yr are added; a link is open where ``opened`` is 1;
    ``border_days`` days, ``freight`` USD/t and ``conflict`` 0-1 are added, and to the days of whole
    routes ``route_days`` (route, member): what concerns some pairs only.
    """

    completion: Array
    capacity: Array
    opened: Array
    border_days: Array
    freight: Array | None = None
    conflict: Array | None = None
    route_days: Array | None = None


def transport(
    network: Network, values: Values, volume: Array, changes: Changes | None = None
) -> Transport:
    """Return days, freight, route shares and costs at ``volume`` (link, member) Mt/yr.

    Reads the current rows ``link.*`` and ``corridors.*``; ``volume`` is the smoothed modelled
    tonnage, to which the background traffic is added; ``changes`` come on top.
    """
    link = {name: values.over(f"link.{{link}}.{name}") for name in LINK_ROWS}
    if changes is not None:
        link["completion"] = np.minimum(link["completion"] + changes.completion, 1.0)
        link["capacity"] = link["capacity"] + changes.capacity
        link["open"] = np.maximum(link["open"], changes.opened)
        link["border_days"] = np.maximum(link["border_days"] + changes.border_days, 0.0)
        if changes.freight is not None:
            link["freight"] = np.maximum(link["freight"] + changes.freight, 0.0)
        if changes.conflict is not None:
            link["conflict"] = np.clip(link["conflict"] + changes.conflict, 0.0, 1.0)
    days = link_days(
        link["days"],
        link["gain"],
        link["completion"],
        link["border_days"],
        volume + link["background"],
        link["capacity"],
        values["corridors.congestion_power"],
    )
    deviation = values["corridors.delay_spread"] * (network.spread[:, None] * days)
    freight = link_freight(link["freight"], link["freight_gain"], link["completion"])
    risk = link_risk(
        link["sanctions"],
        link["conflict"],
        link["alignment"],
        values["corridors.risk_level"],
        values["corridors.risk_sanctions"],
        values["corridors.risk_conflict"],
        values["corridors.risk_alignment"],
        values["corridors.risk_loss"],
    )
    route_days = along_routes(network, days)
    if changes is not None and changes.route_days is not None:
        route_days += changes.route_days
    route_freight = along_routes(network, freight)
    costs = route_costs(
        route_days,
        np.sqrt(along_routes(network, deviation * deviation)),
        route_freight,
        along_routes(network, risk),
        values.over("corridors.dollars_per_tonne.{good}"),
        values.over("corridors.value_of_time.{good}"),
        values["corridors.delay_aversion"],
    )
    shares, log_cost = route_shares(
        network,
        costs,
        route_openness(network, link["open"]),
        values["corridors.route_sensitivity"],
        values["corridors.fallback_cost"],
    )
    return Transport(days, route_days, route_freight, shares, log_cost)


def settled_volume(network: Network, values: Values, tonnes: Array) -> Array:
    """Return the volume (link, member) Mt/yr that the choice of routes for ``tonnes`` reproduces.

    The start of a run: ``tonnes`` (pair, good, member) Mt/yr are those of the base year.  Damped
    iteration, because undamped choice swings between congested links.
    """
    volume = np.zeros((len(network.links), tonnes.shape[-1]))
    weight = np.full(tonnes.shape[-1], SETTLING_WEIGHT)
    for _ in range(SETTLING_ROUNDS):
        shares = transport(network, values, volume).shares
        flow = link_flows(network, route_flows(network, tonnes, shares))
        volume = smooth(volume, flow, weight)
    return volume
