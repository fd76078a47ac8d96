"""Telling: what of relations goes into the chronicle, beside what construction and lending note."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.chronicle import Log
from steppe.clock import PER_YEAR
from steppe.environment.diplomacy import Diplomacy
from steppe.environment.works import Works
from steppe.world.setting import Setting

Array = NDArray[np.float64]

P, H = len(axes.POWERS), len(axes.HOSTS)
ENOUGH = 0.99
"""Membership of the union, 0-1, that counts as joined."""
_UNION = axes.ORGANISATIONS.index("EAEU")


class Teller:
    """Tells what opened, who joined what, announcements, and what a year's works abroad cost."""

    def __init__(
        self, log: Log, setting: Setting, works: Works, diplomacy: Diplomacy, members: int
    ) -> None:
        self.log, self.setting, self.works, self.diplomacy = log, setting, works, diplomacy
        self._everybody = np.arange(members)
        self._spent_this_year = np.zeros((P, members))
        self._opened = works.opened()
        self._union = diplomacy.customs_union() > ENOUGH

    def count(self, spent: Array) -> None:
        """Add a quarter's spending (power, member), mn USD, in transit countries to the year's."""
        self._spent_this_year += spent

    def note_pledges(self, t: int, power: int, announced: Array) -> None:
        """Write announcements (host, member) of a power into the chronicle."""
        if t >= 0 and announced.any():
            host, member = np.nonzero(announced > 0.0)
            self.log.add(t, "announced", member, announced[host, member], power=power, host=host)

    def tell(self, quarter: int, t: int) -> None:
        """Write into the chronicle what the quarter brought; ``quarter`` is that of the record."""
        self._tell_of_links(t)
        if (quarter + 1) % PER_YEAR == 0:
            power, member = np.nonzero(self._spent_this_year)
            amount = self._spent_this_year[power, member]
            self.log.add(t, "spent", member, amount, power=power)
            self._spent_this_year[:] = 0.0
        self._tell_of_organisations(quarter, t)
        self._tell_of_the_union(t)

    def _tell_of_links(self, t: int) -> None:
        opened = self.works.opened()
        link, member = np.nonzero(opened > self._opened)
        self.log.add(t, "opened", member, 0.0, link=link)
        self._opened = opened

    def _tell_of_organisations(self, quarter: int, t: int) -> None:
        """Tell who joined and left by the table."""
        status = self.setting.members[:, :, quarter]
        change = status - self.setting.members[:, :, quarter - 1]
        change[_UNION, axes.HOST] = 0.0  # told by the parameter
        for body, region in np.argwhere(change != 0.0):
            kind = "joined" if status[body, region] == 1.0 else "left"
            if kind == "left" and change[body, region] > 0.0:
                continue  # an observer's seat
            place = {"power": region} if region < P else {"host": region - P}
            self.log.add(t, kind, self._everybody, 0.0, organisation=body, **place)

    def _tell_of_the_union(self, t: int) -> None:
        """Tell which hosts joined and left the customs union."""
        union = self.diplomacy.customs_union() > ENOUGH
        for kind, which in (("joined", union & ~self._union), ("left", self._union & ~union)):
            host, member = np.nonzero(which)
            self.log.add(t, kind, member, 0.0, host=host, organisation=_UNION)
        self._union = union
