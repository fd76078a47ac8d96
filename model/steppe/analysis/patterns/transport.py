"""Transport: what a day, a distance, a port and a border reform are worth, in runs of their own.

No trade statistics hold these; they are answers of the model to a change, or closed forms over its
members, held against what is published on delays, distance and the port of Chabahar.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from steppe import axes, scenario
from steppe.analysis.patterns.own_runs import own
from steppe.analysis.patterns.pattern import FIT, TEST, Array, Found, Pattern, hold
from steppe.clock import Quarter
from steppe.laws import corridors
from steppe.model import CentralAsia

BORDER = "kaz_uzb_rail"
"""The border that the reform halves: Saryagash, the busiest one among hosts."""
LOOK = Quarter.of(2019, 4)
"""Quarter at which the reform is looked at: before the pandemic's own border delays."""
PORT = "chabahar_port_phase_1"
"""Event of the baseline by which the port grows from 2.5 to 8.5 Mt a year."""
_REFORM = f"""
title: A border reform
extends: baseline
events:
  - {{id: reform, target: link.{BORDER}.border_days, shape: step, times: 0.5, start: 2017Q2}}
"""
_WITHOUT_PORT = f"""
title: The port does not grow
extends: baseline
events:
  - {{id: {PORT}, remove: true}}
"""
_CHABAHAR = axes.CORRIDORS.index("chabahar")


def _delay(model: CentralAsia) -> Array:
    """Return the fall of trade in the long run for a day more on every route, 0-1, (member,).

    1 - (1 + v/tau)^-theta: v the good's value of a day, tau the pair's cost factor, theta the trade
    elasticity; mean of power-host pairs and goods by their trade.
    """
    values, pairs = model.values, _power_host(model)
    cost = np.exp(model.logistics.transport.log_cost[pairs])
    day = values.over("corridors.value_of_time.{good}")
    lost = 1.0 - (1.0 + day / cost) ** -values["trade.elasticity"]
    trade = model.base.trade
    network = model.network
    weight = (
        trade[network.exporter[pairs], network.importer[pairs]]
        + trade[network.importer[pairs], network.exporter[pairs]]
    )[..., None]
    fall: Array = np.add.reduce(np.add.reduce(lost * weight, axis=0), axis=0) / weight.sum()
    return fall


def _distance(model: CentralAsia) -> Array:
    """Return theta times the slope of log transport cost on log distance, (member,).

    Ordinary least squares over the power-host pairs, mean of the goods.
    """
    pairs = _power_host(model)
    network, where = model.network, model.base.geography.log_distance
    log_km = np.array(
        [
            where[min(a, b), max(a, b) - len(axes.POWERS)]
            for a, b in zip(network.exporter[pairs], network.importer[pairs], strict=True)
        ]
    )
    centred = log_km - log_km.mean()
    cost = model.logistics.transport.log_cost[pairs].mean(axis=1)
    slope = (cost * centred[:, None]).sum(axis=0) / (centred * centred).sum()
    elasticity: Array = model.values["trade.elasticity"] * slope
    return elasticity


def _power_host(model: CentralAsia) -> Any:
    """Return the network's pairs of a power and a host."""
    powers, hosts = len(axes.POWERS), len(axes.POWERS) + len(axes.HOSTS)
    ends = np.sort(np.stack([model.network.exporter, model.network.importer]), axis=0)
    return np.flatnonzero((ends[0] < powers) & (ends[1] >= powers) & (ends[1] < hosts))


def _eaten(before: CentralAsia, after: CentralAsia) -> Array:
    """Return the part of the reform's gain in days that the traffic it draws takes back."""
    link = axes.LINKS.index(BORDER)
    network, values = after.network, after.values
    old, new = (m.logistics.transport.link_days[link] for m in (before, after))
    unmoved = corridors.transport(network, values, _volume(before)).link_days[link]
    moved = corridors.transport(network, values, _volume(after)).link_days[link]
    part: Array = (moved - unmoved) / (old - new + moved - unmoved)
    return part


def _volume(model: CentralAsia) -> Array:
    volume: Array = model.state.link_volume
    return volume


def hold_transport(members: int, stop: Callable[[], bool] | None = None) -> list[Found] | None:
    """Run what the patterns of transport need and hold them; None when stopped."""
    start = CentralAsia("backcast_2000", members, collect=False)
    start.step()
    found = [hold(DELAY, _delay(start)), hold(DISTANCE, _distance(start))]
    del start
    cases = [scenario.load("baseline"), *(scenario.loads(t) for t in (_WITHOUT_PORT, _REFORM))]
    models = [CentralAsia(case, members, collect=False) for case in cases]
    through: list[list[Array]] = [[] for _ in models]
    while models[0].t < LOOK - models[0].quarters[0]:
        if stop is not None and stop():
            return None
        for model, carried in zip(models, through, strict=True):
            model.step()
            carried.append(model.state.corridor_volume[_CHABAHAR].copy())
    here, without = (np.mean(carried[-8:], axis=0) for carried in through[:2])
    found += [hold(CHABAHAR, here), hold(CAPACITY_ALONE, here - without)]
    found.append(hold(EATEN, _eaten(models[0], models[2])))
    return found


_TEU = (
    "Chabahar: 225-9,126 TEU in each of the port's years to March 2019-23, 64,245 in the next "
    "(infralog.in), all trades and not the hosts' alone, at 12 t"
)

DELAY = own(
    "fall of trade for a day of delay", FIT, 2000, "1", 0.01, 0.07,
    source="Djankov, Freund and Pham (2010): 1 % and more, up to 6 or 7 % for perishables; Hummels "
    "and Schaur (2013): 0.6-2.1 % ad valorem",
    years="2001",
    quantity="closed form over members: a day more on every route, all trade settled",
)  # fmt: skip
DISTANCE = own(
    "distance elasticity of trade through transport cost", FIT, 2000, "1", 0.7, 1.2,
    source="Head and Mayer (2014), Handbook of International Economics 4: mean 0.93 to 1.1",
    years="2001", quantity="trade.elasticity times the slope of log cost on log km over 25 pairs",
)  # fmt: skip
CHABAHAR = own(
    "hosts' traffic through Chabahar, 2018-19", TEST, 2017, "Mt/yr", 0.0, 0.11, source=_TEU,
    years="2018-19", quantity="corridor_volume[chabahar] in the baseline: 8.5 Mt/yr of capacity",
)  # fmt: skip
CAPACITY_ALONE = own(
    "traffic that Chabahar's port alone brings", TEST, 2017, "Mt/yr", -0.01, 0.11, source=_TEU,
    years="2018-19", quantity="corridor_volume[chabahar] with 8.5 less with 2.5 Mt/yr of capacity",
)  # fmt: skip
EATEN = own(
    "part of a border reform's gain eaten by congestion", TEST, 2017, "1", 0.01, 0.99,
    source="Target of the model's design: some of it, not all; CAREC CPMM: rail dwell 21 to 52 "
    "hours in 2019-21 when yards could pass less",
    years="2019", quantity="days at the border of Kazakhstan and Uzbekistan halved from 2017Q2",
)  # fmt: skip

TRANSPORT: tuple[Pattern, ...] = (DELAY, DISTANCE, CHABAHAR, CAPACITY_ALONE, EATEN)
