"""Passage: what works, organisations, unrest, conflict and pressure change on the links."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.environment.insecurity import Insecurity
from steppe.environment.organisations import Organisations
from steppe.environment.works import Works
from steppe.laws.links import Changes
from steppe.parameters import Values
from steppe.world.network import Network
from steppe.world.state import State

Array = NDArray[np.float64]


class Passage:
    """Gathers what changes on links and routes for the shippers of a quarter."""

    def __init__(
        self,
        network: Network,
        state: State,
        values: Values,
        works: Works,
        organisations: Organisations,
        insecurity: Insecurity,
    ) -> None:
        self.state, self.values, self.works = state, values, works
        self.organisations, self.insecurity = organisations, insecurity
        self._through_russia = _through_russia(network)
        self._on_time = np.zeros((network.routes, state.members))

    def changes(self, quarter: int, t: int, union: Array, pressed: Array) -> Changes:
        """Return what changes on the links, by memberships and pressure of the last quarter.

        ``union`` membership of the customs union and ``pressed`` pressure on hosts, (host, member).
        """
        values = self.values
        shares, charges = self.organisations.changes(quarter, union)
        unrest = self.insecurity.unrest(quarter, max(t, 0))
        conflict, waiting = self.insecurity.on_links()
        closed = self.organisations.crossed(unrest) * values["unrest.border_days"]
        response = values["corridors.works_response"]
        return Changes(
            completion=response * self.state.link_built,
            capacity=response * self.state.link_added,
            opened=response * self.works.opened(),
            border_days=shares * values.over("link.{link}.border_days") + closed + waiting,
            freight=charges * values.over("link.{link}.freight"),
            conflict=conflict,
            route_days=self._held_up(pressed, response * values["russia.pressure_days"]),
        )

    def load(self) -> Array:
        """Return traffic over capacity of the links, (link, member)."""
        background = self.values.over("link.{link}.background")
        capacity = self.values.over("link.{link}.capacity") + self.state.link_added
        load: Array = (self.state.link_volume + background) / capacity
        return load

    def _held_up(self, pressed: Array, days: Array) -> Array:
        """Return what pressure adds to the days of routes through Russia, (route, member).

        Only goods of the hosts that are ``pressed`` (host, member) 0-1 are held up; ``days``
        (member,) at full pressure.
        """
        held = pressed * days
        if not held.any():
            return self._on_time
        result = np.zeros_like(self._on_time)
        for host, routes in enumerate(self._through_russia):
            result[routes] += held[host]
        return result


def _through_russia(network: Network) -> list[NDArray[np.intp]]:
    """Return the routes of each host's trade that pass through Russia."""
    passing = network.passes("RUS")
    ends = np.stack([network.exporter, network.importer])[:, network.route_pair]
    return [
        np.flatnonzero(passing & (ends == axes.HOST.start + host).any(axis=0))
        for host in range(len(axes.HOSTS))
    ]
