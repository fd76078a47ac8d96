"""Corridors: days, risks and costs of the network as shippers meet them in a quarter.

The parts are :mod:`steppe.laws.links`, :mod:`steppe.laws.routes` and :mod:`steppe.laws.traffic`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe.laws.links import Changes, links_of, no_changes, on_links, shippers_of
from steppe.laws.routes import along_routes, route_costs, route_openness, route_shares
from steppe.laws.traffic import link_flows, route_flows, smooth
from steppe.parameters import Values
from steppe.world.network import Network

Array = NDArray[np.float64]

SETTLING_ROUNDS = 40
"""Rounds of the damped iteration that finds a run's first volumes; 25 more move none by 1e-3."""
SETTLING_WEIGHT = 0.25
LEAST_MOVED = 1e-9
"""Part over land that a good has at least when a mean density is taken: nothing else reads it."""
_OF_GOODS = "value_of_time", "dollars_per_tonne", "overland_share"


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


class Goods(NamedTuple):
    """What shippers weigh of goods: ``value_of_time`` 1/day, ``dollars_per_tonne`` USD/t and the
    part ``overland`` of their value that moves over links, 0-1, all (good, member)."""

    value_of_time: Array
    dollars_per_tonne: Array
    overland: Array


def goods_of(values: Values, weight: Array | None = None) -> Goods:
    """Return the goods as shippers see them, in so far as ``trade.one_good`` keeps them apart.

    ``weight`` (good, 1), parts of trade that sum to 1: where goods are one, all have the mean value
    of time and part over land, and the density at which all weighs what it does apart.
    """
    own = Goods(*(values.over(f"corridors.{name}.{{good}}") for name in _OF_GOODS))
    part = values["trade.one_good"]
    if weight is None or not part.any():
        return own
    moved = weight * np.maximum(own.overland, LEAST_MOVED)
    common = Goods(
        value_of_time=np.add.reduce(weight * own.value_of_time),
        dollars_per_tonne=np.add.reduce(moved) / np.add.reduce(moved / own.dollars_per_tonne),
        overland=np.add.reduce(weight * own.overland),
    )
    return Goods(*((1.0 - part) * a + part * b for a, b in zip(own, common, strict=True)))


def transport(
    network: Network,
    values: Values,
    volume: Array,
    changes: Changes | None = None,
    goods: Goods | None = None,
) -> Transport:
    """Return days, freight, route shares and costs at ``volume`` (link, member) Mt/yr.

    Reads the current rows ``link.*`` and ``corridors.*``; ``volume`` is the smoothed modelled
    tonnage, to which the background traffic is added; ``changes`` come on top; ``goods`` are those
    of the registry unless given.
    """
    goods = goods_of(values) if goods is None else goods
    if changes is None:
        changes = no_changes(len(network.links), network.routes, volume.shape[-1])
    met, openness = on_links(
        links_of(values), shippers_of(values), network.spread, np.ascontiguousarray(volume), changes
    )
    days, variance, freight, risk = along_routes(network, met)
    days += changes.route_days
    costs = route_costs(
        days,
        variance,
        freight,
        risk,
        goods.dollars_per_tonne,
        goods.value_of_time,
        values["corridors.delay_aversion"],
    )
    shares, log_cost = route_shares(
        network,
        costs,
        route_openness(network, openness),
        values["corridors.route_sensitivity"],
        values["corridors.fallback_cost"],
    )
    return Transport(met[0], days, freight, shares, log_cost)


def settled_volume(
    network: Network, values: Values, tonnes: Array, goods: Goods | None = None
) -> Array:
    """Return the volume (link, member) Mt/yr that the choice of routes for ``tonnes`` reproduces.

    The start of a run: ``tonnes`` (pair, good, member) Mt/yr are those of the base year.  Damped
    iteration, because undamped choice swings between congested links.
    """
    volume = np.zeros((len(network.links), tonnes.shape[-1]))
    weight = np.full(tonnes.shape[-1], SETTLING_WEIGHT)
    for _ in range(SETTLING_ROUNDS):
        shares = transport(network, values, volume, goods=goods).shares
        flow = link_flows(network, route_flows(network, tonnes, shares))
        volume = smooth(volume, flow, weight)
    return volume
