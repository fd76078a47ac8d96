"""The portfolio: every project under construction in every member, and the money it moves.

Projects are rows of columns, not cells of a dense array: a member has some eighty under way,
spread over hundreds of cells.  Rows stand in the order of commitment, so that sums over a member's
projects do not depend on who else is in the chunk.
"""

from __future__ import annotations

from dataclasses import dataclass

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
_PAIR = _POWER * len(axes.HOSTS) + _HOST
_BACKED = _PAIR * len(axes.MODES) + _MODE
_SITE = _HOST * len(axes.SECTORS) + _SECTOR
"""Flat place of each cell in fields (power, host), (power, host, mode) and (host, sector)."""


@dataclass(frozen=True, slots=True)
class Ground:
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
        _add(money.committed_now, cell, member, amount)
        _add(money.committed, cell, member, amount)
        for field in (money.formed_now, money.piloted_now, money.fees_now):
            field[:] = 0.0
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
        _add(money.committed, cell, member, amount)
        _add(money.disbursed, cell, member, projects.PAID[stage] * amount)
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
        money = self.money
        pair, sector = _PAIR[self.cell], _SECTOR[self.cell]
        drawn = projects.draws(
            self._of_row(uniform[0], pair), self._of_row(uniform[1], pair), self.phase
        )
        chance = self._of_row(speed, sector)
        stop = self._of_row(hazard, _BACKED[self.cell])
        if ground is not None:
            self._on_the_ground(chance, stop, ground)
        if plant_speed is not None:
            chance = np.where(self.plant > 0.0, plant_speed[self.member], chance)
        moves = drawn < chance
        if sector_risk is not None:
            stop *= self._of_row(sector_risk, _SITE[self.cell])
        stops = ~moves & (drawn >= 1.0 - stop)
        # cancellations from the other end: a safer work never stops earlier
        paid = projects.PAID[self.stage]
        step = np.where(moves, (projects.PAID[self.stage + 1] - paid) * self.amount, 0.0)
        paying = self.cell[moves], self.member[moves], step[moves]
        self.stage = self.stage + moves
        done = self.stage == projects.STAGES
        completed = self.cell[done], self.member[done], self.amount[done]
        cancelled = self.cell[stops], self.member[stops], ((1.0 - paid) * self.amount)[stops]
        for now, total, rows in (
            (money.disbursed_now, money.disbursed, paying),
            (money.completed_now, money.completed, completed),
            (money.cancelled_now, money.cancelled, cancelled),
        ):
            now[:] = 0.0
            _add(now, *rows)
            _add(total, *rows)
        self._note_pilots(moves, done, step)
        self.built[:] = self.abandoned[:] = 0.0
        np.add.at(self.built, completed[1], self.plant[done])
        np.add.at(self.abandoned, cancelled[1], self.plant[stops])
        stays = ~(done | stops)
        self.cell, self.member, self.stage = self.cell[stays], self.member[stays], self.stage[stays]
        self.amount, self.phase = self.amount[stays], self.phase[stays]
        self.pilot, self.plant = self.pilot[stays], self.plant[stays]
        return *completed, *cancelled

    def _on_the_ground(self, chance: Array, stop: Array, ground: Ground) -> None:
        """Change the chances of large works to leave a stage and to be cancelled, in place."""
        large = np.flatnonzero(self.pilot != ORDINARY)
        cell, member, pilot = self.cell[large], self.member[large], self.pilot[large]
        stop[large] *= np.take(ground.alone, _PAIR[cell] * self.members + member)
        joint = pilot >= 0
        large, cell, member, pilot = large[joint], cell[joint], member[joint], pilot[joint]
        place = (pilot * len(axes.HOSTS) + _HOST[cell]) * self.members + member
        stop[large] *= np.take(ground.relief, place)
        chance[large] = np.minimum(chance[large] / ground.haste[member], 1.0)

    def _note_pilots(self, moves: NDArray[np.bool_], done: NDArray[np.bool_], step: Array) -> None:
        """Book what was paid for works with a pilot, and what the pilots completed."""
        money = self.money
        money.joint_paid_now[:] = 0.0
        money.piloted_done_now[:] = 0.0
        joint = np.flatnonzero(moves & (self.pilot >= 0))
        cell, member, pilot = self.cell[joint], self.member[joint], self.pilot[joint]
        place = pilot, _POWER[cell], _HOST[cell], _WINDOW[cell], member
        np.add.at(money.joint_paid_now, place, step[joint])
        whole = np.where(done[joint], self.amount[joint], 0.0)
        np.add.at(money.piloted_done_now, (pilot, _HOST[cell], member), whole)

    def _of_row(self, field: Array, place: Index) -> Array:
        """Return each row's number in a field (..., member) at a flat place of the other axes."""
        return np.take(field, place * self.members + self.member)

    def unpaid(self) -> Array:
        """Return commitments not yet paid, mn USD, (power, host, sector, window, mode, member)."""
        field = np.zeros((*_SHAPE, self.members))
        left = (1.0 - projects.PAID[self.stage]) * self.amount
        _add(field, self.cell, self.member, left)
        return field


def flat_cell(power: int | Index, host: Index, sector: Index, window: Index, mode: Index) -> Index:
    """Return the flat index of cells (power, host, sector, window, mode)."""
    cells: Index = np.ravel_multi_index(
        np.broadcast_arrays(power, host, sector, window, mode),
        _SHAPE,
    ).astype(np.intp)
    return cells


def unflat(cell: Index) -> tuple[Index, ...]:
    """Return power, host, sector, window and mode of flat cells."""
    return _POWER[cell], _HOST[cell], _SECTOR[cell], _WINDOW[cell], _MODE[cell]


def _add(field: Array, cell: Index, member: Index, amount: Array) -> None:
    """Add amounts to cells of ``field`` (power, host, sector, window, mode, member), in order."""
    np.add.at(field.reshape(CELLS, -1), (cell, member), amount)
