"""The portfolio: every project under construction in every member, and the money it moves.

Projects are rows of columns, not cells of a dense array: a member has some eighty under way,
spread over hundreds of cells.  Rows stand in the order of commitment, so that sums over a member's
projects do not depend on who else is in the chunk.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.laws import projects
from steppe.world.money import Money
from steppe.world.offers import ORDINARY

Array = NDArray[np.float64]
Index = NDArray[np.intp]

_SHAPE = (
    len(axes.POWERS),
    len(axes.HOSTS),
    len(axes.SECTORS),
    len(axes.WINDOWS),
    len(axes.MODES),
)
CELLS = int(np.prod(_SHAPE))
_POWER, _HOST, _SECTOR, _WINDOW, _MODE = np.unravel_index(np.arange(CELLS), _SHAPE)
"""Where each flat cell stands on each axis."""


class Ground(NamedTuple):
    """What the builders' knowledge of a host does to large works.

    ``alone`` (power, host, member): factor on the hazard of a power's large works; ``relief``
    (pilot, host, member): factor on it with this pilot; ``haste`` (member,): building time with a
    pilot over that without.
    """

    alone: Array
    relief: Array
    haste: Array


class Portfolio:
    """Projects under construction of a chunk of ``members`` worlds; money goes into ``money``."""

    def __init__(self, money: Money, members: int) -> None:
        self.money, self.members = money, members
        self.cell = np.zeros(0, np.intp)
        self.member = np.zeros(0, np.intp)
        self.stage = np.zeros(0, np.intp)
        self.amount = np.zeros(0)
        self.phase = np.zeros(0)
        self.pilot = np.zeros(0, np.intp)
        """Whose contractors build, or a code of :mod:`steppe.world.offers`."""
        self.plant = np.zeros(0)
        """kt a year of rare earths that a project will make, 0 for all others."""
        pairs = np.ones((len(axes.POWERS), len(axes.HOSTS), members))
        self._even = Ground(alone=pairs, relief=pairs, haste=np.ones(members))
        self.built, self.abandoned = np.zeros((2, members))
        """Plants completed and given up in the quarter, kt/yr (member,)."""

    def __len__(self) -> int:
        return len(self.cell)

    def commit(
        self,
        cell: Index,
        member: Index,
        amount: Array,
        phase: float | Array,
        pilot: Index | None = None,
        fee: Array | None = None,
        plant: float | Array = 0.0,
    ) -> None:
        """Begin projects: ``cell`` flat (power, host, sector, window, mode), ``amount`` mn USD.

        ``phase``, a whole number, tells the projects of one pair and window apart in later draws.
        ``pilot`` and ``fee``, mn USD, as in the offers; none of them has a pilot where None.
        ``plant``: kt a year of rare earths, for plants.
        """
        money = self.money
        money.committed_now[:] = 0.0
        projects.book(_flat(money.committed_now), _flat(money.committed), cell, member, amount)
        for field in (
            money.committed_modes,
            money.formed_now,
            money.piloted_now,
            money.fees_now,
        ):
            field[:] = 0.0
        projects.book_modes(money.committed_modes, cell, member, amount)
        if pilot is not None and fee is not None:
            joint = np.flatnonzero(pilot >= 0)
            who, host, where = pilot[joint], _HOST[cell[joint]], member[joint]
            np.add.at(money.formed_now, (_POWER[cell[joint]], host, where), 1.0)
            np.add.at(money.piloted_now, (who, host, where), amount[joint])
            np.add.at(money.fees_now, (who, host, where), fee[joint])
        self._append(cell, member, 0, amount, phase, pilot, plant)

    def inherit(self, cell: Index, member: Index, stage: int, amount: Array) -> None:
        """Take over projects that began before the record and stand in ``stage``.

        What has been paid of them is booked as disbursed.
        """
        money = self.money
        nowhere = np.zeros((CELLS, self.members))
        projects.book(nowhere, _flat(money.committed), cell, member, amount)
        paid = projects.PAID[stage] * amount
        projects.book(nowhere, _flat(money.disbursed), cell, member, paid)
        self._append(cell, member, stage, amount, -1.0 - stage)

    def _append(
        self,
        cell: Index,
        member: Index,
        stage: int,
        amount: Array,
        phase: float | Array,
        pilot: Index | None = None,
        plant: float | Array = 0.0,
    ) -> None:
        """Add rows behind the others; those of the two windows of a pair differ in phase."""
        self.cell = np.concatenate([self.cell, cell])
        self.member = np.concatenate([self.member, member])
        self.stage = np.concatenate([self.stage, np.full(len(cell), stage, np.intp)])
        self.amount = np.concatenate([self.amount, amount])
        self.phase = np.concatenate([self.phase, 2.0 * phase + _WINDOW[cell]])
        builders = np.full(len(cell), ORDINARY, np.intp) if pilot is None else pilot
        self.pilot = np.concatenate([self.pilot, builders])
        self.plant = np.concatenate([self.plant, plant + np.zeros(len(cell))])

    def build(
        self,
        speed: Array,
        hazard: Array,
        uniform: Array,
        ground: Ground | None = None,
        sector_risk: Array | None = None,
        plant_speed: Array | None = None,
    ) -> tuple[Index, Index, Array, Index, Index, Array]:
        """Advance, pay, complete and cancel for one quarter.

        ``speed`` (sector, member): chance to leave a stage; ``hazard`` (power, host, mode, member):
        chance of cancellation; ``uniform`` two numbers a pair (2, power, host, member);
        ``ground`` what moves both for large works, nothing when None; ``sector_risk`` (host,
        sector, member) a factor on the hazard; ``plant_speed`` (member,): chance of plants of rare
        earths to leave a stage.  Returns cells, members and amounts of what was completed, then of
        what was cancelled (the unpaid part).
        """
        if ground is None:
            ground = self._even
        if sector_risk is None:
            sector_risk = np.ones((len(axes.HOSTS), len(axes.SECTORS), self.members))
        chances = projects.Chances(
            speed,
            hazard,
            np.ascontiguousarray(uniform, np.float64),
            *ground,
            sector_risk,
            np.zeros(0) if plant_speed is None else plant_speed,
        )
        rows = self._rows()
        ended = projects.Rows(*self._like(rows))
        kept, done, stopped = projects.build(rows, chances, self._books(), ended)
        self.cell, self.member, self.stage = (
            x[:kept] for x in (rows.cell, rows.member, rows.stage)
        )
        self.pilot = rows.pilot[:kept]
        self.amount, self.phase, self.plant = (
            x[:kept] for x in (rows.amount, rows.phase, rows.plant)
        )
        cancelled = slice(len(ended.cell) - stopped, None)
        return (
            ended.cell[:done],
            ended.member[:done],
            ended.amount[:done],
            ended.cell[cancelled][::-1],
            ended.member[cancelled][::-1],
            ended.amount[cancelled][::-1],
        )

    def _rows(self) -> projects.Rows:
        return projects.Rows(
            self.cell, self.member, self.stage, self.pilot, self.amount, self.phase, self.plant
        )

    @staticmethod
    def _like(rows: projects.Rows) -> list[Any]:
        return [np.empty_like(column) for column in rows]

    def _books(self) -> projects.Books:
        """Return where the quarter's money is booked, with empty columns for the quarter's own."""
        money = self.money
        for field in (
            money.disbursed_now,
            money.completed_now,
            money.cancelled_now,
            money.disbursed_windows,
            money.completed_sectors,
            money.cancelled_pairs,
            money.joint_paid_now,
            money.piloted_done_now,
            self.built,
            self.abandoned,
        ):
            field[:] = 0.0
        return projects.Books(
            _flat(money.disbursed_now),
            _flat(money.disbursed),
            _flat(money.completed_now),
            _flat(money.completed),
            _flat(money.cancelled_now),
            _flat(money.cancelled),
            money.disbursed_windows,
            money.completed_sectors,
            money.cancelled_pairs,
            money.joint_paid_now,
            money.piloted_done_now,
            self.built,
            self.abandoned,
        )

    def unpaid(self) -> Array:
        """Return commitments not yet paid, mn USD, (power, host, sector, window, mode, member)."""
        field = np.zeros((*_SHAPE, self.members))
        left = (1.0 - projects.PAID[self.stage]) * self.amount
        projects.book(_flat(np.zeros_like(field)), _flat(field), self.cell, self.member, left)
        return field


def flat_cell(power: int | Index, host: Index, sector: Index, window: Index, mode: Index) -> Index:
    """Return the flat index of cells (power, host, sector, window, mode)."""
    _, hosts, sectors, windows, modes = _SHAPE
    cells: Index = (((power * hosts + host) * sectors + sector) * windows + window) * modes + mode
    return cells


def unflat(cell: Index) -> tuple[Index, ...]:
    """Return power, host, sector, window and mode of flat cells."""
    return _POWER[cell], _HOST[cell], _SECTOR[cell], _WINDOW[cell], _MODE[cell]


def _flat(field: Array) -> Array:
    """Return a project field as (cell, member), a view."""
    return field.reshape(CELLS, field.shape[-1])
