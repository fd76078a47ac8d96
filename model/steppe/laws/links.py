"""Links of the transport network: days, charges and risk, by load, works and politics.

Congestion reads the smoothed volume of past quarters: a fixed point within a quarter does not
converge at realistic overloads.

Source: delay by load, US Bureau of Public Roads (1964), Traffic Assignment Manual.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe.laws.compiled import compiled
from steppe.parameters import Values

Array = NDArray[np.float64]

BPR_FACTOR = 0.15
"""Delay at full load over free-flow time, by the definition of capacity (BPR 1964)."""
LOAD_LIMIT = 2.0
"""Load beyond which no further delay is counted: queues are turned away."""


@compiled
def link_days(
    days: float,
    gain: float,
    completion: float,
    border_days: float,
    traffic: float,
    capacity: float,
    power: float,
) -> float:
    """Return T = (T0 (1 - g q) + B) [1 + 0.15 min(v/K, 2)^beta], days.

    ``days`` T0 on the way and ``border_days`` B, days; ``gain`` g saved by completed works;
    ``completion`` q 0-1; ``traffic`` v modelled and background and ``capacity`` K, Mt/yr;
    ``power`` beta.

    The load slows the border too: on these links the gauge change and the customs yard run out
    first (CPMM rail dwell rose from 21 to 52 hours in 2019-21, when controls cut what yards could
    pass).  So part of what a border reform gains is eaten by the traffic that it draws.
    """
    load = min(max(traffic / capacity, 1e-12), LOAD_LIMIT)
    delay = 1.0 + BPR_FACTOR * float(np.exp(power * np.log(load)))
    return (days * (1.0 - gain * completion) + border_days) * delay


@compiled
def link_freight(freight: float, gain: float, completion: float) -> float:
    """Return freight and border charges F0 (1 - gF q), USD/t."""
    return freight * (1.0 - gain * completion)


@compiled
def link_risk(
    sanctions: float,
    conflict: float,
    alignment: float,
    level: float,
    per_sanctions: float,
    per_conflict: float,
    per_alignment: float,
    loss: float,
) -> float:
    """Return rho = loss logistic(b0 + b1 sanctions + b2 conflict - b3 alignment), share of value.

    ``sanctions``, ``conflict`` 0-1 and ``alignment`` of the link's owner with those who ship over
    it, -1 to 1; the coefficients b0-b3 and ``loss``.  The result is the expected loss on the link.
    """
    odds = level + per_sanctions * sanctions + per_conflict * conflict - per_alignment * alignment
    return loss / (1.0 + float(np.exp(-odds)))


class Links(NamedTuple):
    """The parameters of links, ``link.<id>.<field>``, all (link, member)."""

    days: Array
    gain: Array
    freight: Array
    freight_gain: Array
    border_days: Array
    capacity: Array
    background: Array
    completion: Array
    open: Array
    sanctions: Array
    conflict: Array
    alignment: Array


class Shippers(NamedTuple):
    """The parameters ``corridors.<field>``: how load and risk are felt, all (member,)."""

    congestion_power: Array
    delay_spread: Array
    risk_level: Array
    risk_sanctions: Array
    risk_conflict: Array
    risk_alignment: Array
    risk_loss: Array


class Changes(NamedTuple):
    """What a run's own works and politics change on the links, all (link, member) but one.

    ``completion`` 0-1 and ``capacity`` Mt/yr are added; a link is open where ``opened`` is 1;
    ``border_days`` days, ``freight`` USD/t and ``conflict`` 0-1 are added, and to the days of whole
    routes ``route_days`` (route, member): what concerns some pairs only.
    """

    completion: Array
    capacity: Array
    opened: Array
    border_days: Array
    freight: Array
    conflict: Array
    route_days: Array


def no_changes(links: int, routes: int, members: int) -> Changes:
    """Return that nothing changes."""
    none = np.zeros((links, members))
    return Changes(none, none, none, none, none, none, np.zeros((routes, members)))


def links_of(values: Values) -> Links:
    """Return the links' parameters of the quarter."""
    return Links(*(values.over(f"link.{{link}}.{name}") for name in Links._fields))


def shippers_of(values: Values) -> Shippers:
    """Return how shippers feel load and risk in the quarter."""
    return Shippers(*(values[f"corridors.{name}"] for name in Shippers._fields))


@compiled
def on_links(
    link: Links, shippers: Shippers, spread: Array, volume: Array, changes: Changes
) -> tuple[Array, Array]:
    """Return what shippers meet on links (field, link, member) and how open they are, 0-1.

    Fields: days T, the variance of days, freight and charges USD/t, risk rho.  ``spread`` (link,):
    standard deviation of days over days; ``volume`` (link, member) Mt/yr, smoothed, to which the
    background traffic is added.
    """
    links, members = volume.shape
    met, openness = np.empty((4, links, members)), np.empty((links, members))
    for k in range(links):
        for m in range(members):
            completion = min(link.completion[k, m] + changes.completion[k, m], 1.0)
            days = link_days(
                link.days[k, m],
                link.gain[k, m],
                completion,
                max(link.border_days[k, m] + changes.border_days[k, m], 0.0),
                volume[k, m] + link.background[k, m],
                link.capacity[k, m] + changes.capacity[k, m],
                shippers.congestion_power[m],
            )
            deviation = shippers.delay_spread[m] * (spread[k] * days)
            freight = max(link.freight[k, m] + changes.freight[k, m], 0.0)
            met[0, k, m], met[1, k, m] = days, deviation * deviation
            met[2, k, m] = link_freight(freight, link.freight_gain[k, m], completion)
            met[3, k, m] = link_risk(
                link.sanctions[k, m],
                min(max(link.conflict[k, m] + changes.conflict[k, m], 0.0), 1.0),
                link.alignment[k, m],
                shippers.risk_level[m],
                shippers.risk_sanctions[m],
                shippers.risk_conflict[m],
                shippers.risk_alignment[m],
                shippers.risk_loss[m],
            )
            openness[k, m] = max(link.open[k, m], changes.opened[k, m])
    return met, openness
