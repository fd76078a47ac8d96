"""The plan of a sweep: rows (point, member) in order, cut into blocks that are computed together.

Row r belongs to point r // M and member r mod M, M members a point: the members of a point differ
by their numbers only, and all points share the same members, so that points are compared pairwise.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe.design import Design
from steppe.scenario import Scenario
from steppe.sweeps.work import Index, Job, own_software

BLOCK, LARGE_BLOCK = 256, 512
"""Rows of a block: of one part file, and of the arrays of one model object."""
MANY = 16 * BLOCK
"""Rows from which on blocks are large: they need more memory, and leave workers idle at the end."""

MOST_MEMBERS = 100_000


def fitting(rows: int) -> int:
    """Return how many rows a block of a sweep with so many rows should have."""
    return LARGE_BLOCK if rows >= MANY else BLOCK


@dataclass(frozen=True)
class Plan:
    """What a sweep computes; ``scenario`` leaves free what the design varies."""

    scenario: Scenario
    design: Design
    members: int
    seed: int
    block: int = BLOCK

    @property
    def rows(self) -> int:
        return len(self.design) * self.members

    @property
    def blocks(self) -> int:
        return -(-self.rows // self.block)

    def numbers(self, block: int) -> tuple[Index, Index]:
        """Return points and members of a block's rows."""
        rows = np.arange(block * self.block, min((block + 1) * self.block, self.rows))
        return rows // self.members, rows % self.members

    def job(self, block: int) -> Job:
        """Return the work of a block."""
        points, members = self.numbers(block)
        return Job(
            block,
            self.scenario,
            self.seed,
            tuple(v.name for v in self.design.variables),
            points,
            members,
            np.ascontiguousarray(self.design.values[points].T),
            own_software(),
        )

    def inputs(self, block: int) -> str:
        """Return the hash of everything that a block's outcomes depend on."""
        points, members = self.numbers(block)
        total = hashlib.sha256(self._common().encode())
        for array in (points, members, self.design.values[points]):
            total.update(np.ascontiguousarray(array).tobytes())
        return total.hexdigest()

    def _common(self) -> str:
        names = [v.name for v in self.design.variables]
        return json.dumps([self.scenario.digest(), self.seed, names, *own_software()])

    def shared(self, share: tuple[int, int]) -> Iterator[int]:
        """Yield the blocks of one of several shares: ``(1, 3)`` is the first of three."""
        return iter(range(share[0] - 1, self.blocks, share[1]))


def content_hash(columns: dict[str, NDArray[np.generic]]) -> str:
    """Return the hash of a table's columns, whatever file they were kept in."""
    total = hashlib.sha256()
    for name, values in columns.items():
        total.update(f"{name}\0{values.dtype.str}\0{len(values)}\0".encode())
        total.update(np.ascontiguousarray(values).tobytes())
    return total.hexdigest()
