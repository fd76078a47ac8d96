"""Works: what completed transport projects and works abroad add to the links of the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.laws import infrastructure
from steppe.parameters import read_table
from steppe.world.state import State

Array = NDArray[np.float64]

ROUNDING = 1e-9
ABROAD = ""
"""The host of works in transit countries."""


@dataclass(frozen=True)
class Site:
    """Where a power's money for one host goes: ``share`` of it on ``link``.

    ``per_mt`` mn USD per added Mt/yr; ``whole`` mn USD from completion 0 to 1, 0 where nothing is
    left to complete.
    """

    power: int
    host: int
    link: int
    share: float
    per_mt: float
    whole: float


class Works:
    """Turns money into completion and capacity of links, in the state of every member."""

    def __init__(self, state: State, completion: Array, open_before: Array) -> None:
        """``completion`` (link, member) is read each quarter, ``open_before`` at the start."""
        self.state, self.completion = state, completion
        self.sites = sites = _sites()
        self._power, self._host, self._link = (
            np.array([getattr(site, name) for site in sites], np.intp)
            for name in ("power", "host", "link")
        )
        self._share, self._per_mt, self._whole = (
            np.array([getattr(site, name) for site in sites])
            for name in ("share", "per_mt", "whole")
        )
        self._at_home = np.lexsort((self._host, self._power))
        self._at_home = self._at_home[self._host[self._at_home] >= 0]
        """Sites in the hosts, those of a pair together."""
        self._abroad = {p: self._sites_abroad(p) for p in range(len(axes.POWERS))}
        """Sites of each power in transit countries, and the part of its money for each."""
        self.waiting = (open_before < 0.5) & (completion < 0.5)
        """Links (link, member) that do not exist yet: they open when completed."""

    def of(self, power: int, host: int) -> list[Site]:
        """Return the sites of a power in a host; ``host`` -1 for works abroad."""
        return [s for s in self.sites if s.power == power and s.host == host]

    def spend(self, money: Array, load: Array) -> None:
        """Put ``money`` (power, host, member), mn USD of the base year, on the powers' sites.

        ``load`` (link, member): traffic over capacity.  Unfinished works take their share; a link
        in being takes of it what its load asks for (:func:`steppe.laws.infrastructure.urgency`),
        and the rest goes into roads that the network does not hold.
        """
        at, share = self._at_home, self._share[self._at_home, None]
        given = money[self._power[at], self._host[at]] * share
        self._build(at, given, infrastructure.urgency(load[self._link[at]]))

    def abroad(self, power: int, allowed: Callable[[int], Array]) -> Array | float:
        """Return the part of the power's works abroad on links that are ``allowed`` (member,)."""
        at, part = self._abroad[power]
        return sum(p * allowed(self.sites[i].link) for i, p in zip(at, part, strict=True))

    def spend_abroad(self, power: int, money: Array, allowed: Callable[[int], Array]) -> None:
        """Put ``money`` (member,) mn USD on works in transit countries, on ``allowed`` links."""
        at, part = self._abroad[power]
        if not len(at):
            return
        let = [allowed(self.sites[i].link) for i in at]
        whole = np.maximum(sum(p * x for p, x in zip(part, let, strict=True)), ROUNDING)
        given = [money * p * x / whole for p, x in zip(part, let, strict=True)]
        self._build(at, np.stack(given), np.ones((len(at), len(money))))

    def _sites_abroad(self, power: int) -> tuple[NDArray[np.intp], tuple[float, ...]]:
        """Return the sites of a power's works abroad and the part of its money for each."""
        at = np.flatnonzero((self._power == power) & (self._host < 0))
        total = sum(self.sites[i].share for i in at)
        return at, tuple(self.sites[i].share / total for i in at)

    def _build(self, at: NDArray[np.intp], money: Array, urgency: Array) -> None:
        """Complete the links of the sites ``at`` first, then add capacity to them.

        ``money`` mn USD and ``urgency`` 0-1, (site, member).
        """
        infrastructure.build_links(
            self._link[at],
            self._per_mt[at],
            self._whole[at],
            money,
            urgency,
            self.completion,
            self.state.link_built,
            self.state.link_added,
        )

    def opened(self) -> Array:
        """Return 1 where a link that did not exist is completed, (link, member)."""
        done = self.completion + self.state.link_built >= 1.0 - ROUNDING
        return (self.waiting & done).astype(np.float64)


def _sites() -> list[Site]:
    sites = []
    for row in read_table("link_works"):
        sites.append(
            Site(
                power=axes.POWERS.index(row["power"]),
                host=axes.HOSTS.index(row["host"]) if row["host"] != ABROAD else -1,
                link=axes.LINKS.index(row["link"]),
                share=float(row["share"]),
                per_mt=float(row["musd_per_mt"]),
                whole=float(row["completion_musd"] or 0.0),
            )
        )
    return sites
