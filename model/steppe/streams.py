"""Random streams: one per (seed, member, process), so that no draw depends on any other.

A member's shocks are the same alone, in any chunk and on any worker, and a mechanism that is
switched off never shifts another's draws: a scenario and its baseline share their futures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.random import PCG64, SFC64, Generator, SeedSequence
from numpy.typing import NDArray

Array = NDArray[np.float64]


def process_key(name: str) -> int:
    """Return a stable 64-bit key of a process name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")


class Draws[T: np.float32 | np.float64]:
    """Random numbers of a process, (quarter, cell, member), kept once a member's number.

    ``drawn`` (number, quarter, cell) as they were drawn, ``place`` (member,) says which number each
    member has: members of many points of a sweep share numbers.
    """

    def __init__(self, drawn: NDArray[T], place: NDArray[np.intp]) -> None:
        self._drawn = drawn
        self._place = None if np.array_equal(place, np.arange(len(drawn))) else place

    def __len__(self) -> int:
        return int(self._drawn.shape[1])

    def __getitem__(self, quarter: int) -> NDArray[T]:
        """Return a quarter's numbers, (cell, member)."""
        found = np.ascontiguousarray(self._drawn[:, quarter].T)
        return found if self._place is None else np.take(found, self._place, axis=1)

    def whole(self) -> NDArray[T]:
        """Return the numbers of all quarters, (quarter, cell, member)."""
        return np.stack([self[quarter] for quarter in range(len(self))])


def normals(
    seed: int, members: Sequence[int], process: str, quarters: int, cells: int
) -> Draws[np.float64]:
    """Return standard normal shocks (quarter, cell, member) of one process.

    ``members`` are the members' numbers, each of which may occur several times.  Each member has a
    stream of its own, drawn quarter by quarter: a longer run begins with the shocks of a shorter.
    """
    numbers, place = np.unique(members, return_inverse=True)
    shocks = np.empty((len(numbers), quarters, cells))
    for row, stream in zip(shocks, _streams(seed, numbers, process), strict=True):
        stream.standard_normal(out=row)
    return Draws(shocks, place)


def chances(
    seed: int, members: Sequence[int], process: str, quarters: int, cells: int
) -> Draws[np.float32]:
    """Return uniform numbers in [0, 1) (quarter, cell, member) of one process, as normals.

    Single precision: they decide between outcomes, and half the memory is half the memory.
    """
    numbers, place = np.unique(members, return_inverse=True)
    drawn = np.empty((len(numbers), quarters, cells), np.float32)
    for row, stream in zip(drawn, _streams(seed, numbers, process), strict=True):
        stream.random(out=row, dtype=np.float32)
    return Draws(drawn, place)


def _streams(seed: int, numbers: NDArray[np.int64], process: str) -> Iterator[Generator]:
    """Yield the stream of every member's number."""
    key = process_key(process)
    for number in numbers:
        yield Generator(SFC64(SeedSequence((seed, int(number), key))))


def uniforms(seed: int, members: Sequence[int], name: str) -> Array:
    """Return one uniform draw in (0, 1) a member: member k takes the k-th number of the stream."""
    numbers = np.asarray(members, np.int64)
    first, last = int(numbers.min()), int(numbers.max())
    source = PCG64(SeedSequence((seed, process_key(name))))
    draws = Generator(source.advance(first)).random(last - first + 1)[numbers - first]
    return np.clip(draws, 2.0**-53, 1.0 - 2.0**-53)
