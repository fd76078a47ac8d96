"""A worker process of the engine: models that begin at the present and run to the end.

Each worker has a slot for a first pass and one for a second: a first pass goes before, quarter by
quarter, but for every fourth.  Results go through memory that both processes see: nothing large is
pickled.
"""

from __future__ import annotations

import gc
import os
import signal
import traceback
import warnings
from collections import OrderedDict
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import guard
from steppe.chronicle import Chronicle
from steppe.scenario import Scenario

Paths = NDArray[np.float32]

PASSES = (range(0, 64), range(64, 200))
"""Numbers of the members of the first and of the second pass."""
MOST_QUARTERS = 60
"""Quarters from the present to the end of the longest run."""

_SECOND = 4
"""Of so many quarters one is a second pass's while a first pass runs, so that it ends some day."""
_MOST_STATES = 6
"""Models at the present that are kept in memory; others wait in a file."""


@dataclass(frozen=True)
class Job:
    """A pass of a scenario: ``history`` names the years before the present that it shares."""

    number: int
    slot: int
    case: Scenario
    history: str


@dataclass(frozen=True)
class Cancel:
    """Nobody waits for a job any more."""

    number: int


@dataclass(frozen=True)
class Forget:
    """The years before the present of this name are let go."""

    history: str


@dataclass(frozen=True)
class Ready:
    """The worker has imported what it needs."""


@dataclass(frozen=True)
class Done:
    """A job's paths lie in its slot: (series, quarter, member) from the present on."""

    number: int
    slot: int
    series: int
    quarters: int
    chronicle: Chronicle
    """Events of the whole run, and what happened from the present on."""
    seconds: float


@dataclass(frozen=True)
class Failed:
    """A job has failed: one sentence, and where for whoever mends it."""

    number: int
    sentence: str
    trace: str = field(repr=False)


def room(slot: int, series: int) -> int:
    """Return the bytes of a slot's memory."""
    return series * MOST_QUARTERS * len(PASSES[slot]) * np.dtype(np.float32).itemsize


def history_file(folder: str, history: str, slot: int, kind: str) -> Path:
    """Return the file of the years before the present: ``paths``, ``rows`` or ``state``."""
    return Path(folder, f"{history}-{slot}.{kind}")


def serve(pipe: Connection, slots: tuple[Any, ...], folder: str) -> None:
    """Work in a process of its own until the main one closes the pipe or is gone."""
    for number in guard.MAIN_DECIDES:
        signal.signal(number, signal.SIG_IGN)
    warnings.simplefilter("ignore", RuntimeWarning)  # a member that is not finite says so in NaN
    with suppress(EOFError, ConnectionError, KeyboardInterrupt):
        _Desk(pipe, slots, folder).work()


class _Desk:
    """The jobs of a worker, at most one a slot."""

    def __init__(self, pipe: Connection, slots: tuple[Any, ...], folder: str) -> None:
        import steppe.crews
        import steppe.model  # noqa: F401  what takes long is there before the first job

        self._pipe, self._slots, self._folder = pipe, slots, folder
        self._jobs: dict[int, tuple[Job, Generator[None, None, Done]]] = {}
        self._states: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        gc.collect()
        gc.freeze()

    def work(self) -> None:
        """Take jobs and advance the most urgent by a quarter, again and again."""
        self._pipe.send(Ready())
        turn = 0
        while True:
            while self._pipe.poll(0 if self._jobs else None):
                message = self._pipe.recv()
                if message is None:
                    return
                if isinstance(message, Cancel):
                    self._cancel(message.number)
                elif isinstance(message, Forget):
                    for slot in range(len(PASSES)):
                        self._states.pop((message.history, slot), None)
                elif isinstance(message, Job):
                    self._jobs[message.slot] = message, self._run(message)
            if self._jobs:
                turn += 1
                self._advance(max(self._jobs) if turn % _SECOND == 0 else min(self._jobs))

    def _advance(self, slot: int) -> None:
        job, run = self._jobs[slot]
        try:
            next(run)
        except StopIteration as done:
            del self._jobs[slot]
            self._pipe.send(done.value)
        except Exception as error:
            del self._jobs[slot]
            sentence = "there is not enough memory" if isinstance(error, MemoryError) else ""
            told = sentence or f"{type(error).__name__}: {' '.join(str(error).split())}"
            self._pipe.send(Failed(job.number, told[:300], traceback.format_exc()))
        if slot not in self._jobs:
            gc.collect()  # it looks at few objects: the rest is frozen

    def _cancel(self, number: int) -> None:
        for slot, (job, run) in list(self._jobs.items()):
            if job.number == number:
                run.close()
                del self._jobs[slot]

    def _run(self, job: Job) -> Generator[None, None, Done]:
        """Advance a job, a quarter at a time, and return what it leaves."""
        from time import process_time

        from steppe import pickling
        from steppe.crews import METRIC_CELLS, advanced
        from steppe.model import CentralAsia

        begun = process_time()
        gc.disable()
        members = PASSES[job.slot]
        if (state := self._state(job)) is None:
            state = yield from self._history(job)
        model: CentralAsia = pickling.restored(CentralAsia, state)
        try:
            model.take_up(job.case)
            yield
            quarters = len(model.quarters) - (model.t + 1)
            shape = sum(METRIC_CELLS), quarters, len(members)
            out = np.frombuffer(self._slots[job.slot], np.float32, int(np.prod(shape)))
            out = out.reshape(shape)
            for t in range(quarters):
                out[:, t] = advanced(model)
                yield
            happened = model.chronicle()
            return Done(job.number, job.slot, *shape[:2], happened, process_time() - begun)
        finally:
            vars(model).clear()  # it and its agents refer to each other: let them go
            gc.enable()

    def _history(self, job: Job) -> Generator[None, None, bytes]:
        """Live through the years before the present and keep what they leave."""
        from steppe import pickling
        from steppe.crews import METRIC_CELLS, advanced
        from steppe.model import CentralAsia
        from steppe.seminar.settings import ACTS_FROM, history_of

        members = PASSES[job.slot]
        case = history_of(job.case)
        model = CentralAsia(case, members, rng=case.seed, collect=False)
        yield
        quarters = ACTS_FROM - case.horizon.start
        paths = np.empty((sum(METRIC_CELLS), quarters, len(members)), np.float32)
        for t in range(quarters):
            paths[:, t] = advanced(model)
            yield
        log = model.relations.log
        rows = log.rows(case.horizon.start, members).rows
        log.forget()
        state = pickling.state_of(model)
        vars(model).clear()
        for kind, save in (
            ("paths", lambda file: np.save(file, paths)),
            ("rows", lambda file: np.save(file, rows)),
            ("state", lambda file: file.write(state)),
        ):
            self._write(history_file(self._folder, job.history, job.slot, kind), save)
            yield
        self._remember(job, state)
        return state

    def _state(self, job: Job) -> bytes | None:
        """Return the model at the present, if this worker or another has made it."""
        kept = self._states.get((job.history, job.slot))
        if kept is None:
            file = history_file(self._folder, job.history, job.slot, "state")
            with suppress(FileNotFoundError):
                kept = file.read_bytes()
        if kept is not None:
            self._remember(job, kept)
        return kept

    def _remember(self, job: Job, state: bytes) -> None:
        self._states[job.history, job.slot] = state
        self._states.move_to_end((job.history, job.slot))
        while len(self._states) > _MOST_STATES:
            self._states.popitem(last=False)

    def _write(self, path: Path, save: Any) -> None:
        """Write a file that appears whole; it may be there already, made by another worker."""
        half = path.with_name(f"{path.name}.{os.getpid()}")
        with half.open("wb") as file:
            save(file)
        half.replace(path)
