"""A sweep from its plan to its last part: what is missing is computed, the rest is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from steppe.summary import outcome_series
from steppe.sweeps.hands import Hands, HandsError, OwnHands, local_cluster, remote_cluster
from steppe.sweeps.plan import Plan
from steppe.sweeps.store import Part, SweepFolder
from steppe.sweeps.work import Answer, Job, failure, told

Outcome = Literal["done", "failed", "interrupted"]

__all__ = ["HandsError", "Progress", "Work", "drive", "hands"]


@dataclass
class Progress:
    """How far a sweep is: rows and blocks, and what failed."""

    rows: int
    blocks: int
    done: dict[int, Part] = field(default_factory=dict)
    computed: int = 0
    """Rows computed by this call, failures included."""
    seconds: float = 0.0

    @property
    def failures(self) -> list[dict[str, Any]]:
        return [f for part in self.done.values() for f in part.failures]

    @property
    def failed_points(self) -> int:
        return len({f["point"] for f in self.failures})

    @property
    def rows_done(self) -> int:
        return sum(part.rows for part in self.done.values())


@dataclass(frozen=True)
class Work:
    """What a call is to do: which share of the blocks, failed ones again, within which time."""

    share: tuple[int, int] = (1, 1)
    retry_failed: bool = False
    seconds: float = float("inf")


def hands(
    workers: int, scheduler: str | None, stop: Callable[[], bool]
) -> AbstractContextManager[Hands]:
    """Return who computes: a running cluster, worker processes of this machine, or this process."""
    if scheduler is not None:
        return remote_cluster(scheduler, stop)
    if workers > 1:
        return local_cluster(workers, stop)
    return nullcontext(OwnHands(stop))


def drive(
    folder: SweepFolder,
    plan: Plan,
    who: Callable[[], AbstractContextManager[Hands]],
    work: Work = Work(),
    *,
    stop: Callable[[], bool] = lambda: False,
    on_part: Callable[[Progress], None] = lambda progress: None,
) -> Progress:
    """Compute every block of the share that has no good part; return how far it came.

    Parts that are damaged or belong elsewhere are removed, told in the log and computed again.
    Raises :class:`HandsError` when the cluster is lost and ``SweepError`` when the disk refuses;
    what was written before stays good.
    """
    progress = _found(folder, plan, work)
    missing = [block for block in plan.shared(work.share) if block not in progress.done]
    began = time.monotonic()

    def due() -> bool:
        return stop() or time.monotonic() - began >= work.seconds

    if not missing:
        return progress
    with who() as crew:
        for answer in _answers(crew, plan, missing, due, stop):
            part = folder.put(plan, answer)
            progress.done[part.block] = part
            progress.computed += part.rows + sum(len(f["members"]) for f in part.failures)
            progress.seconds = time.monotonic() - began
            _log(folder, answer, part)
            on_part(progress)
    return progress


def _answers(
    crew: Hands,
    plan: Plan,
    missing: list[int],
    due: Callable[[], bool],
    stop: Callable[[], bool],
) -> Iterator[Answer]:
    """Yield answers as they come; at the end of the time what is at work is still waited for."""
    todo = iter(missing)
    waiting = 0
    block: int | None = next(todo)
    while block is not None or waiting:
        while block is not None and not due() and crew.free():
            crew.give(plan.job(block))
            waiting += 1
            block = next(todo, None)
        if not waiting or stop():
            return
        found = crew.next()
        if found is None:
            return
        waiting -= 1
        number, answer = found
        if isinstance(answer, MemoryError):
            raise HandsError("out of memory; use fewer workers")
        yield answer if isinstance(answer, Answer) else _failed(plan.job(number), answer)


def _failed(job: Job, error: Exception) -> Answer:
    """Return the answer of a block that could not be computed at all."""
    message = told(error)
    failures = tuple(
        failure(job, np.flatnonzero(job.points == point), message)
        for point in np.unique(job.points)
    )
    nothing = np.empty(0)
    columns = {"point": job.points[:0], "member": job.members[:0]}
    labels = [s.label for s in outcome_series(job.scenario)]
    table = pa.table(columns | dict.fromkeys(labels, nothing))
    return Answer(job.number, table, failures, 0.0, "", None)


def _found(folder: SweepFolder, plan: Plan, work: Work) -> Progress:
    """Return what is there already, after throwing out what is not good."""
    folder.clear_attempts()
    progress = Progress(plan.rows, plan.blocks)
    for found in folder.parts(plan):
        if isinstance(found, Part) and not (work.retry_failed and found.failures):
            progress.done[found.block] = found
            continue
        path, why = (found.path, "retried") if isinstance(found, Part) else found
        folder.log("rejected", part=path.name, why=why)
        path.unlink(missing_ok=True)
    return progress


def _log(folder: SweepFolder, answer: Answer, part: Part) -> None:
    folder.log(
        "part",
        block=part.block,
        rows=part.rows,
        failures=len(part.failures),
        seconds=round(answer.seconds, 3),
        bytes=part.size,
        worker=answer.worker,
        peak_memory_mb=answer.peak_memory_mb,
    )
    for one in part.failures:
        folder.log("failed", **one)
