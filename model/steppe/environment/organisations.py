"""Organisations at the borders: what memberships change on the links since the base year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.laws import organisations as law
from steppe.parameters import Values
from steppe.world.organisations import borders
from steppe.world.setting import Setting

Array = NDArray[np.float64]

_UNION = axes.ORGANISATIONS.index("EAEU")
_STRENGTH, _MOST = "organisation.{organisation}", "organisations.most_saved"


class Organisations:
    """Compares border time and charges under today's memberships with those of the base year.

    The base year's figures hold the memberships of the quarter before the run, ``base_quarter``
    from the start of the record, and the hosts' union of ``base_values``.
    """

    def __init__(
        self, setting: Setting, values: Values, base_values: Values, base_quarter: int
    ) -> None:
        self.setting, self.values = setting, values
        self.borders = borders()
        union = base_values.over("{host}.eaeu")
        self.base = self._factors(base_quarter, union, base_values)
        self._seen: tuple[Array, ...] = (np.zeros(0),)
        """Memberships and strengths of the changes that are kept."""
        self._changes: tuple[Array, Array]

    def changes(self, quarter: int, union: Array) -> tuple[Array, Array]:
        """Return the change of border days and of freight on each link, shares, (link, member).

        ``union`` (host, member): who belongs to the customs union.  Zero where nothing has changed.
        """
        seen = (
            self.setting.members[:, :, quarter],
            self.setting.transit_members[:, :, quarter],
            union,
            self.values.over(_STRENGTH),
            self.values[_MOST],
            self.values["organisations.effects"],
        )
        if not all(map(np.array_equal, seen, self._seen)):
            now = self._factors(quarter, union, self.values)
            switch = self.values["organisations.effects"]
            days, freight = (
                switch * (new / old - 1.0) for new, old in zip(now, self.base, strict=True)
            )
            self._seen, self._changes = tuple(np.array(field) for field in seen), (days, freight)
        return self._changes

    def _factors(self, quarter: int, union: Array, values: Values) -> tuple[Array, Array]:
        """Return the factors of all organisations on border days and freight, (link, member)."""
        known, members = self.borders, union.shape[-1]
        table = np.concatenate(
            [self.setting.members[:, :, quarter], self.setting.transit_members[:, :, quarter]],
            axis=1,
        )
        status = np.repeat(table[..., None], members, axis=2)
        status[_UNION, axes.HOST] = union
        all_in, some_in = law.joint(status[known.organisation, known.parties])
        strong, most = values.over(_STRENGTH)[known.organisation], values[_MOST]
        of_days = law.factor(known.border, known.outside, all_in, some_in, strong, most)
        of_freight = law.factor(known.freight, 0.0 * known.freight, all_in, some_in, strong, most)
        result = np.ones((2, len(axes.LINKS), members))
        for rows in known.slots:
            result[0, known.link[rows]] *= of_days[rows]
            result[1, known.link[rows]] *= of_freight[rows]
        return result[0], result[1]

    def crossed(self, hosts: Array) -> Array:
        """Return the largest of a field of hosts (host, member) over those whose border a link
        crosses, (link, member); 0 where it crosses none."""
        result = np.zeros((len(axes.LINKS), hosts.shape[-1]))
        for host, crosses in enumerate(self.borders.crossed):
            if hosts[host].any():
                at = crosses > 0.0
                result[at] = np.maximum(result[at], hosts[host])
        return result
