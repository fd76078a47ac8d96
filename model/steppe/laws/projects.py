"""Projects: construction in four stages, payments on the way, and what cancels them.

A commitment passes four stages of equal expected length; on leaving them 15, 45, 75 and 100 % of
it have been paid.  Cancellation saves the unpaid part; what was paid is sunk.

Sources: construction times, Flyvbjerg (2014), Project Management Journal 45, and the registry;
cancellation, the 35 % of Belt and Road projects in trouble that AidData (2021) finds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import STEP
from steppe.laws.compiled import compiled
from steppe.world.offers import ORDINARY

Array = NDArray[np.float64]
Index = NDArray[np.intp]

H, S = len(axes.HOSTS), len(axes.SECTORS)
W, M = len(axes.WINDOWS), len(axes.MODES)

STAGES = 4
PAID = np.array([0.0, 0.15, 0.45, 0.75, 1.0])
"""Cumulative part of a commitment that has been paid on entering each stage, and at the end."""
GOVERNANCE = 0.3
"""Fall of the log hazard per point of political stability (WGI)."""


def advance_probability(years: Array) -> Array:
    """Return p = min(1, K dt / L): chance to leave a stage in a quarter, K = 4 stages, dt = 1/4.

    ``years`` L, mean construction time; the mean over all stages is L exactly where L >= 1.
    """
    result: Array = np.minimum(1.0, STAGES * STEP / years)
    return result


def hazard(
    base: Array,
    stability: Array,
    unrest: Array,
    distress: Array,
    alignment: Array,
    per_alignment: Array,
    factor: Array,
) -> Array:
    """Return the chance of cancellation in a quarter, ``(power, host, member)``, below 0.25.

    haz = h0 exp(-0.3 WGI) (1 + unrest)(1 + distress) exp(-a alignment) factor, with ``base`` h0
    1/quarter and ``per_alignment`` a (member,), ``stability`` WGI, ``unrest`` 0-1 and ``distress``
    >= 0 (host, member), ``alignment`` -1 to 1 (power, host, member), ``factor`` of each power
    (power, 1, member).
    """
    country = np.exp(-GOVERNANCE * stability) * (1.0 + unrest) * (1.0 + distress)
    result: Array = base * country * np.exp(-per_alignment * alignment) * factor
    return np.minimum(result, 0.25)


@compiled
def draws(first: float, second: float, phase: float) -> float:
    """Return one uniform number of a project: u = (u1 + phase u2) mod 1.

    ``first`` u1 and ``second`` u2, uniform in 0-1, of the project's pair and member in the quarter;
    ``phase`` a whole number of the project's own.  Numbers of projects with different phases are
    independent, two by two, and no project changes another's.
    """
    rotated = first + second * phase
    return rotated - float(np.floor(rotated))


class Rows(NamedTuple):
    """Projects under construction, a row each in the order of commitment, all (row,).

    ``cell`` flat (power, host, sector, window, mode); ``member``; ``stage`` 0-3; ``pilot`` whose
    contractors build, or a code of :mod:`steppe.world.offers`; ``amount`` mn USD; ``phase``;
    ``plant`` kt a year of rare earths that it will make, 0 for all others.
    """

    cell: Index
    member: Index
    stage: Index
    pilot: Index
    amount: Array
    phase: Array
    plant: Array


class Chances(NamedTuple):
    """What a quarter holds for projects.

    ``speed`` (sector, member): chance to leave a stage; ``hazard`` (power, host, mode, member): of
    cancellation; ``uniform`` two numbers a pair (2, power, host, member); ``alone`` (power, host,
    member) and ``relief`` (pilot, host, member): factors on the hazard of large works without a
    pilot and with; ``haste`` (member,): building time with a pilot over that without; ``risk``
    (host, sector, member): a factor on the hazard; ``plants`` (member,): chance of plants of rare
    earths to leave a stage, that of their sector where it is empty.
    """

    speed: Array
    hazard: Array
    uniform: Array
    alone: Array
    relief: Array
    haste: Array
    risk: Array
    plants: Array


class Books(NamedTuple):
    """Where a quarter's money is booked, mn USD: fields (cell, member) of the quarter and of all
    quarters, the quarter's by ``window``, ``sector`` and ``pair`` (power, host, ..., member), then
    ``joint_paid`` (pilot, financier, host, window, member) and ``piloted_done`` (pilot, host,
    member), and ``built`` and ``abandoned`` plants, kt/yr (member,)."""

    disbursed_now: Array
    disbursed: Array
    completed_now: Array
    completed: Array
    cancelled_now: Array
    cancelled: Array
    disbursed_windows: Array
    completed_sectors: Array
    cancelled_pairs: Array
    joint_paid: Array
    piloted_done: Array
    built: Array
    abandoned: Array


@compiled
def build(rows: Rows, chances: Chances, books: Books, ended: Rows) -> tuple[int, int, int]:
    """Advance, pay, complete and cancel every project for one quarter; close the ranks of the rest.

    A project moves where its number is below the chance to leave a stage and stops, if it does not
    move, where it is above one less the hazard: cancellations from the other end, so that a safer
    work never stops earlier.  ``ended`` takes the rows that were completed from the front and those
    that were cancelled, with what was not paid of them as the amount, from the back.  Returns how
    many remain, were completed and were cancelled.
    """
    members, kept, done, stopped = chances.speed.shape[1], 0, 0, 0
    for r in range(len(rows.cell)):
        cell, m, pilot, amount = rows.cell[r], rows.member[r], rows.pilot[r], rows.amount[r]
        mode, window, sector = cell % M, cell // M % W, cell // (M * W) % S
        host, power = cell // (M * W * S) % H, cell // (M * W * S * H)
        u = chances.uniform
        drawn = draws(u[0, power, host, m], u[1, power, host, m], rows.phase[r])
        leave = chances.speed[sector, m]
        stop = chances.hazard[power, host, mode, m]
        if pilot != ORDINARY:
            stop *= chances.alone[power, host, m]
        if pilot >= 0:
            stop *= chances.relief[pilot, host, m]
            leave = min(leave / chances.haste[m], 1.0)
        stop *= chances.risk[host, sector, m]
        if rows.plant[r] > 0.0 and len(chances.plants) == members:
            leave = chances.plants[m]
        stage = rows.stage[r]
        paid = PAID[stage]
        if drawn < leave:
            step = (PAID[stage + 1] - paid) * amount
            books.disbursed_now[cell, m] += step
            books.disbursed[cell, m] += step
            books.disbursed_windows[power, host, window, m] += step
            if pilot >= 0:
                books.joint_paid[pilot, power, host, window, m] += step
            stage += 1
        elif drawn >= 1.0 - stop:
            stopped += 1
            unpaid = (1.0 - paid) * amount
            books.cancelled_now[cell, m] += unpaid
            books.cancelled[cell, m] += unpaid
            books.cancelled_pairs[power, host, m] += unpaid
            books.abandoned[m] += rows.plant[r]
            _note(ended, len(ended.cell) - stopped, cell, m, unpaid)
            continue
        if stage == STAGES:
            books.completed_now[cell, m] += amount
            books.completed[cell, m] += amount
            books.completed_sectors[power, host, sector, m] += amount
            if pilot >= 0:
                books.piloted_done[pilot, host, m] += amount
            books.built[m] += rows.plant[r]
            _note(ended, done, cell, m, amount)
            done += 1
            continue
        rows.cell[kept], rows.member[kept], rows.stage[kept] = cell, m, stage
        rows.pilot[kept], rows.amount[kept] = pilot, amount
        rows.phase[kept], rows.plant[kept] = rows.phase[r], rows.plant[r]
        kept += 1
    return kept, done, stopped


@compiled
def _note(ended: Rows, place: int, cell: int, member: int, amount: float) -> None:
    """Keep what has ended at a ``place``."""
    ended.cell[place], ended.member[place], ended.amount[place] = cell, member, amount


@compiled
def book(now: Array, total: Array, cell: Index, member: Index, amount: Array) -> None:
    """Add amounts to cells of ``now`` and ``total`` (cell, member), in order."""
    for r in range(len(cell)):
        now[cell[r], member[r]] += amount[r]
        total[cell[r], member[r]] += amount[r]


@compiled
def book_modes(modes: Array, cell: Index, member: Index, amount: Array) -> None:
    """Add amounts to ``modes`` (power, host, mode, member), in order."""
    for r in range(len(cell)):
        power, host = cell[r] // (M * W * S * H), cell[r] // (M * W * S) % H
        modes[power, host, cell[r] % M, member[r]] += amount[r]
