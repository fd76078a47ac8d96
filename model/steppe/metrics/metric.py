"""What a metric is: its dimensions, unit and formula, and the series that its cells become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Literal

import numpy as np

from steppe import axes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steppe.world.state import State

    Array = NDArray[np.float64]

DIMENSIONS = (
    "exporter",
    "importer",
    "good",
    "power",
    "host",
    "sector",
    "corridor",
    "link",
    "country",
    "channel",
    "organisation",
    "destination",
    "pipeline",
)
"""Every dimension that a metric may have: the columns of ``series.parquet``, in order."""

OUTCOME_QUARTERS = 20
"""Quarters at the end of a run that an outcome averages unless its metric says otherwise."""

Summary = Literal["mean", "last", "sum"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One registered metric.

    ``codes`` holds the codes of each dimension; ``summary`` says how a member's path becomes its
    outcome: the mean of the last ``OUTCOME_QUARTERS`` quarters, the last quarter or the sum of all;
    ``recorded`` (dims...) marks the cells that are kept, all when None; ``outcome`` tells whether
    the cells become columns of the member table by default; ``headline`` whether they belong in a
    run's closing table.
    """

    name: str
    dims: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    unit: str
    description: str
    formula: Callable[[State], Array]
    summary: Summary = "mean"
    recorded: NDArray[np.bool_] | None = None
    outcome: bool = True
    headline: bool = False

    @property
    def series(self) -> tuple[Series, ...]:
        """Return the recorded cells in the order of :meth:`values`."""
        cells = list(product(*self.codes))
        outcome_unit = self.unit.removesuffix("/quarter") if self.summary == "sum" else self.unit
        keep = np.ones(len(cells), bool) if self.recorded is None else self.recorded.ravel()
        return tuple(
            Series(self.name, self.dims, cell, self.unit, outcome_unit)
            for cell, kept in zip(cells, keep, strict=True)
            if kept
        )

    @property
    def recorded_cells(self) -> int:
        """Return the number of recorded cells: the rows of :meth:`values`."""
        if self.recorded is None:
            return prod(len(codes) for codes in self.codes)
        return int(np.count_nonzero(self.recorded))

    def values(self, state: State) -> Array:
        """Return the recorded cells ``(series, member)`` of the state, in the metric's unit."""
        field = self.formula(state)
        flat = field.reshape(-1, field.shape[-1])
        return flat if self.recorded is None else flat[self.recorded.ravel()]

    def write(self, state: State, out: Array) -> None:
        """Write the recorded cells of the state into ``out`` (series, member)."""
        field = self.formula(state)
        flat = field.reshape(-1, field.shape[-1])
        if self.recorded is None:
            out[:] = flat
        else:
            np.compress(self.recorded.ravel(), flat, axis=0, out=out)


@dataclass(frozen=True, slots=True)
class Series:
    """One recorded cell of a metric; its label is the outcome column's name.

    ``unit`` is that of a quarter's value, ``outcome_unit`` that of a member's outcome: a sum over
    the run is no flow any more.
    """

    metric: str
    dims: tuple[str, ...]
    cell: tuple[str, ...]
    unit: str
    outcome_unit: str

    @property
    def label(self) -> str:
        return f"{self.metric}[{','.join(self.cell)}]" if self.cell else self.metric


PAIR = ("power", "host")
PAIRED = (axes.POWERS, axes.HOSTS)
"""Dimensions of a metric of a power in a host, and their codes."""


def concentration(parts: Array) -> Array:
    """Return the sum of squared shares of powers; ``parts`` (power, host, member) >= 0."""
    share = parts / np.maximum(np.add.reduce(parts, axis=0), 1e-9)
    total: Array = np.add.reduce(share * share, axis=0)
    return total
