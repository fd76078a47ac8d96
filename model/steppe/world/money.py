"""Money between powers and hosts: purses, projects, debt.  mn current USD unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import prod

import numpy as np
from numpy.typing import NDArray

from steppe import axes

Array = NDArray[np.float64]

P, H, S = len(axes.POWERS), len(axes.HOSTS), len(axes.SECTORS)
W, M = len(axes.WINDOWS), len(axes.MODES)


def over_cells(field: Array) -> Array:
    """Sum a project field over sector and what follows it: (power, host, member)."""
    power, host, sector, *cells, members = field.shape
    part = np.add.reduce(field.reshape(power, host, sector, prod(cells) * members), axis=2)
    total: Array = np.add.reduce(part.reshape(power, host, prod(cells), members), axis=2)
    return total


def by_sector(field: Array) -> Array:
    """Sum a project field over window and mode: (power, host, sector, member)."""
    total: Array = np.add.reduce(field.reshape(*field.shape[:3], W * M, -1), axis=3)
    return total


def by_window(field: Array) -> Array:
    """Sum a project field over sector and mode: (power, host, window, member)."""
    total: Array = np.add.reduce(np.add.reduce(field, axis=2), axis=3)
    return total


@dataclass(slots=True)
class Money:
    """Stocks and flows of money of ``members`` worlds, member last.

    - ``purse`` (power, window); ``granted``, ``lapsed``, ``spent`` (power, window): cumulative
      authority, what lapsed and what was committed: granted = lapsed + spent + purse;
      ``abroad`` (power, window): the part of ``spent`` that went into works outside the hosts.
    - ``pledged_now`` (power, host): this quarter's announcements; ``pool`` (power, host): those
      still open.
    - ``committed``, ``disbursed``, ``cancelled``, ``completed``, (power, host, sector, window,
      mode): cumulative; ``*_now``: this quarter's.
    - ``committed_modes`` (power, host, mode), ``disbursed_windows`` (power, host, window),
      ``completed_sectors`` (power, host, sector), ``cancelled_pairs`` (power, host): this quarter's
      fields summed, as they are booked.
    - ``formed_now`` (power, host): consortia that the power financed, a number; ``piloted_now``,
      ``fees_now``, ``piloted_done_now`` (pilot, host): what this quarter was committed to works of
      others that the power builds, its fees in that, and such works completed; ``joint_paid_now``
      (pilot, financier, host, window): disbursed for such works.  All of it is the financier's
      money and stands in its own columns too.
    - ``operating`` (power, host, sector): capital of completed projects.
    - ``grace``, ``amortising`` (power, host, window): debt; ``loans``, ``interest``, ``principal``,
      ``interest_paid``, ``arrears``, ``written_off``: this quarter's flows of it.
    - ``due`` (host,): debt service that falls due this quarter; ``distress`` (host,) 0-4.
    - ``infrastructure_gap`` (host,): log of infrastructure capital over its trend.
    """

    purse: Array
    granted: Array
    lapsed: Array
    spent: Array
    abroad: Array
    pledged_now: Array
    pool: Array
    committed: Array
    disbursed: Array
    cancelled: Array
    completed: Array
    committed_now: Array
    disbursed_now: Array
    cancelled_now: Array
    completed_now: Array
    committed_modes: Array
    disbursed_windows: Array
    completed_sectors: Array
    cancelled_pairs: Array
    formed_now: Array
    piloted_now: Array
    fees_now: Array
    piloted_done_now: Array
    joint_paid_now: Array
    operating: Array
    grace: Array
    amortising: Array
    loans: Array
    interest: Array
    principal: Array
    interest_paid: Array
    arrears: Array
    written_off: Array
    due: Array
    distress: Array
    infrastructure_gap: Array

    by_sector = staticmethod(by_sector)
    by_window = staticmethod(by_window)

    @property
    def debt(self) -> Array:
        """What hosts owe, (power, host, member) mn USD."""
        result: Array = np.add.reduce(self.grace + self.amortising, axis=2)
        return result

    @property
    def capital(self) -> Array:
        """Operating capital (power, host, member) mn USD."""
        result: Array = np.add.reduce(self.operating, axis=2)
        return result


_SHAPES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("purse", "granted", "lapsed", "spent", "abroad"), (P, W)),
    **dict.fromkeys(("pledged_now", "pool"), (P, H)),
    **dict.fromkeys(("formed_now", "piloted_now", "fees_now", "piloted_done_now"), (P, H)),
    "joint_paid_now": (P, P, H, W),
    "committed_modes": (P, H, M),
    "disbursed_windows": (P, H, W),
    "completed_sectors": (P, H, S),
    "cancelled_pairs": (P, H),
    "operating": (P, H, S),
    **dict.fromkeys(
        ("grace", "amortising", "loans", "interest", "principal", "interest_paid"), (P, H, W)
    ),
    **dict.fromkeys(("arrears", "written_off"), (P, H, W)),
    **dict.fromkeys(("due", "distress", "infrastructure_gap"), (H,)),
}
_PROJECT = (P, H, S, W, M)


def no_money(members: int) -> Money:
    """Return empty stocks and flows for ``members`` worlds."""
    shapes = {f.name: _SHAPES.get(f.name, _PROJECT) for f in fields(Money)}
    return Money(**{name: np.zeros((*shape, members)) for name, shape in shapes.items()})
