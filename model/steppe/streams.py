"""Random streams: one per (seed, member, process), so that no draw depends on any other.

A member's shocks are the same alone, in any chunk and on any worker, and a mechanism that is
switched off never shifts another's draws: a scenario and its baseline share their futures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.random import PCG64, SFC64, Generator, SeedSequence
from numpy.typing import NDArray

Array = NDArray[np.float64]


def process_key(name: str) -> int:
    """Return a stable 64-bit key of a process name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")


def normals(seed: int, members: Sequence[int], process: str, quarters: int, cells: int) -> Array:
    """Return standard normal shocks ``(quarter, cell, member)`` of one process.

    ``members`` are the members' numbers, each of which may occur several times.  Each member has a
    stream of its own, drawn quarter by quarter: a longer run begins with the shocks of a shorter.
    The draws lie in memory as they were drawn, the members' one after the other.
    """
    key = process_key(process)
    numbers, place = np.unique(members, return_inverse=True)
    shocks = np.empty((len(numbers), quarters * cells))
    for m, number in enumerate(numbers):
        stream = Generator(SFC64(SeedSequence((seed, int(number), key))))
        stream.standard_normal(out=shocks[m])
    return _seen(shocks, place, quarters, cells)


def chances(
    seed: int, members: Sequence[int], process: str, quarters: int, cells: int
) -> NDArray[np.float32]:
    """Return uniform numbers in [0, 1) ``(quarter, cell, member)`` of one process, as normals.

    Single precision: they decide between outcomes, and half the memory is half the memory.
    """
    key = process_key(process)
    numbers, place = np.unique(members, return_inverse=True)
    drawn = np.empty((len(numbers), quarters * cells), np.float32)
    for m, number in enumerate(numbers):
        stream = Generator(SFC64(SeedSequence((seed, int(number), key))))
        stream.random(out=drawn[m], dtype=np.float32)
    return _seen(drawn, place, quarters, cells)


def _seen[T: np.float32 | np.float64](
    drawn: NDArray[T], place: NDArray[np.intp], quarters: int, cells: int
) -> NDArray[T]:
    """Return the draws (number, draw) as (quarter, cell, member): a view, each member's in a row.

    ``place`` (member,) says which number each member has.
    """
    rows = drawn[place] if len(place) > len(drawn) else drawn
    return rows.reshape(len(place), quarters, cells).transpose(1, 2, 0)


def uniforms(seed: int, members: Sequence[int], name: str) -> Array:
    """Return one uniform draw in (0, 1) a member: member k takes the k-th number of the stream."""
    numbers = np.asarray(members, np.int64)
    first, last = int(numbers.min()), int(numbers.max())
    source = PCG64(SeedSequence((seed, process_key(name))))
    draws = Generator(source.advance(first)).random(last - first + 1)[numbers - first]
    return np.clip(draws, 2.0**-53, 1.0 - 2.0**-53)
