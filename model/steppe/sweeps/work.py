"""The work of a sweep: a block of rows (point, member) -> their outcomes, wherever it is done."""

from __future__ import annotations

import os
import platform
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

import steppe
from steppe import provenance
from steppe.model import CentralAsia
from steppe.results import MAY_BE_UNDEFINED
from steppe.scenario import Scenario
from steppe.summary import Outcomes, outcome_series
from steppe.world.state import State

Array = NDArray[np.float64]
Index = NDArray[np.int64]

LONGEST_MESSAGE = 400


class Stopped(Exception):
    """The work was given up half-way because the sweep is ending."""


class OtherSoftware(RuntimeError):
    """A worker has another version of the model or of its data than the client."""


@dataclass(frozen=True)
class Job:
    """Rows to compute: ``points`` and ``members`` (row,), ``values`` (variable, row) by name.

    ``software`` is what the client runs: a worker with another version refuses the job.
    """

    number: int
    scenario: Scenario
    seed: int
    names: tuple[str, ...]
    points: Index
    members: Index
    values: Array
    software: tuple[str, str]

    def only(self, rows: Index) -> Job:
        """Return the job of some of its rows."""
        return Job(
            self.number,
            self.scenario,
            self.seed,
            self.names,
            self.points[rows],
            self.members[rows],
            np.ascontiguousarray(self.values[:, rows]),
            self.software,
        )


@dataclass(frozen=True)
class Failure:
    """A point that could not be computed for some members, and why."""

    point: int
    members: tuple[int, ...]
    parameters: dict[str, float]
    message: str

    def data(self) -> dict[str, Any]:
        return {
            "point": self.point,
            "members": list(self.members),
            "parameters": self.parameters,
            "message": self.message,
        }


@dataclass(frozen=True)
class Answer:
    """What came of a job: its table, the failures, and what it took."""

    number: int
    table: pa.Table
    failures: tuple[Failure, ...]
    seconds: float
    worker: str
    peak_memory_mb: float | None


@cache
def own_software() -> tuple[str, str]:
    """Return this installation's version and the hash of its data and parameters."""
    return steppe.__version__, provenance.data_hash()


def compute(job: Job, stop: Callable[[], bool] | None = None) -> Answer:
    """Compute a job; a point that fails is told and the others go on.

    Raises :class:`Stopped` when ``stop`` says so and :class:`OtherSoftware`.
    """
    if job.software != own_software():
        raise OtherSoftware(
            f"a worker has steppe {own_software()[0]} with data {own_software()[1][:12]}, the "
            f"client {job.software[0]} with data {job.software[1][:12]}: install the same"
        )
    began = time.perf_counter()
    failures: list[Failure] = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            values, kept = simulate(job, stop), np.arange(len(job.points))
        except (Stopped, MemoryError):
            raise
        except Exception:
            values, kept = _one_by_one(job, stop, failures)
    values, kept = _finite(job, values, kept, failures)
    labels = [s.label for s in outcome_series(job.scenario)]
    columns = {"point": job.points[kept], "member": job.members[kept]}
    table = pa.table(columns | dict(zip(labels, values, strict=True)))
    return Answer(
        job.number,
        table,
        tuple(sorted(failures, key=lambda f: (f.point, f.members))),
        time.perf_counter() - began,
        f"{platform.node()}:{os.getpid()}",
        provenance.peak_memory_mb(),
    )


def simulate(
    job: Job,
    stop: Callable[[], bool] | None = None,
    watch: Callable[[State], None] | None = None,
) -> Array:
    """Return the outcomes ``(series, row)``; ``watch`` sees the state of every quarter."""
    model = CentralAsia(
        job.scenario,
        [int(m) for m in job.members],
        rng=job.seed,
        parameters=dict(zip(job.names, job.values, strict=True)),
        collect=False,
    )
    model.relations.log.silent = True
    members, quarters = len(job.members), job.scenario.horizon.quarters
    outcomes = Outcomes(job.scenario, members)
    try:
        for t in range(quarters):
            if stop is not None and stop():
                raise Stopped
            model.step()
            if watch is not None:
                watch(model.state)
            outcomes.take(t, lambda m: m.values(model.state)[:, :members], t == quarters - 1)
    finally:
        vars(model).clear()  # a model and its agents hold each other: the arrays go now
    return outcomes.table()


def _one_by_one(
    job: Job, stop: Callable[[], bool] | None, failures: list[Failure]
) -> tuple[Array, Index]:
    """Compute point by point, so that one that fails does not take the others along."""
    found, kept = [], []
    for point in np.unique(job.points):
        rows = np.flatnonzero(job.points == point)
        try:
            found.append(simulate(job.only(rows), stop))
            kept.append(rows)
        except (Stopped, MemoryError):
            raise
        except Exception as error:
            failures.append(failure(job, rows, told(error)))
    if not found:
        return np.empty((len(outcome_series(job.scenario)), 0)), np.empty(0, np.int64)
    return np.concatenate(found, axis=1), np.concatenate(kept)


def _finite(job: Job, values: Array, kept: Index, failures: list[Failure]) -> tuple[Array, Index]:
    """Leave out the rows with outcomes too large to compute with, and tell which."""
    series = outcome_series(job.scenario)
    may = np.array([s.metric in MAY_BE_UNDEFINED for s in series])[:, None]
    wrong = np.where(may, np.isinf(values), ~np.isfinite(values))
    bad = np.logical_or.reduce(wrong, axis=0)
    for point in np.unique(job.points[kept[bad]]):
        here = bad & (job.points[kept] == point)
        label = series[int(np.flatnonzero(np.logical_or.reduce(wrong[:, here], axis=1))[0])].label
        failures.append(failure(job, kept[here], f"{label} is not a finite number"))
    return values[:, ~bad], kept[~bad]


def failure(job: Job, rows: Index, message: str) -> Failure:
    """Return the failure of rows that belong to one point."""
    return Failure(
        int(job.points[rows[0]]),
        tuple(int(m) for m in job.members[rows]),
        {name: float(v[rows[0]]) for name, v in zip(job.names, job.values, strict=True)},
        message,
    )


def told(error: Exception) -> str:
    """Return an error as one line, with the place in the code that raised it."""
    text = " ".join(str(error).split())[:LONGEST_MESSAGE]
    place = traceback.extract_tb(error.__traceback__)
    where = f" ({place[-1].name}, line {place[-1].lineno})" if place else ""
    return f"{type(error).__name__}: {text}{where}"
