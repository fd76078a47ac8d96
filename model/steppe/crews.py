"""Crews: the chunks of an ensemble at work, in this process or spread over several.

A crew holds the chunks' models and advances all of them by a quarter at a time.  Whatever the crew,
a member's path is the same to the bit.
"""

from __future__ import annotations

import multiprocessing
import signal
import traceback
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from steppe import guard, starts
from steppe.chronicle import Chronicle
from steppe.metrics import METRICS
from steppe.model import CentralAsia
from steppe.scenario import Scenario

Array = NDArray[np.float64]

Varied = dict[str, Array]

METRIC_CELLS = tuple(metric.recorded_cells for metric in METRICS)
"""Number of series of each metric."""

ENDED = "a worker process ended unexpectedly"


class CrewError(RuntimeError):
    """A worker process failed; the message says how."""


@dataclass(frozen=True)
class Chunk:
    """Members ``first`` to ``first + members - 1`` of a scenario run with ``seed``."""

    scenario: Scenario
    seed: int
    first: int
    members: int

    def build(self) -> CentralAsia:
        """Return the chunk's model at the start of its run."""
        numbers = range(self.first, self.first + self.members)
        return starts.at_start(self.scenario, numbers, self.seed)


class Crew(Protocol):
    """Chunks that advance together."""

    varied: list[Varied]
    """What each chunk's members sampled, by name."""

    def advance(self) -> list[Array]:
        """Advance a quarter; return all recorded series (series, member), one array a chunk."""

    def chronicle(self) -> list[Chronicle]:
        """Return what has happened, chunk by chunk; the crew is done with its work after it."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


class LocalCrew:
    """All chunks in this process, one after the other."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._models = [chunk.build() for chunk in chunks]
        self.varied = [model.varied for model in self._models]

    def advance(self) -> list[Array]:
        return [advanced(model) for model in self._models]

    def chronicle(self) -> list[Chronicle]:
        return [model.chronicle() for model in self._models]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for model in self._models:  # a model and its agents refer to each other: let them go
            vars(model).clear()
        self._models.clear()


class ProcessCrew:
    """Chunks dealt out to worker processes that advance at the same time."""

    def __init__(self, chunks: Sequence[Chunk], workers: int) -> None:
        self._pipes: list[Connection] = []
        self._processes: list[SpawnProcess] = []
        hands = min(workers, len(chunks))
        self._dealt = [range(hand, len(chunks), hands) for hand in range(hands)]
        self._chunks = len(chunks)
        try:
            with guard.signals_held():
                for _ in self._dealt:
                    self._start()
            for pipe, dealt in zip(self._pipes, self._dealt, strict=True):
                self._tell(pipe, [chunks[i] for i in dealt])
            self.varied: list[Varied] = self._gathered()
        except BaseException:
            self.__exit__()
            raise

    def advance(self) -> list[Array]:
        self._ask(True)
        blocks: list[Array] = self._gathered()
        return blocks

    def chronicle(self) -> list[Chronicle]:
        self._ask(False)
        happened: list[Chronicle] = self._gathered()
        return happened

    def _start(self) -> None:
        """Start a worker.

        Its chunks follow by the pipe: what a process is started with fills another pipe that
        nobody would ever empty if it ended before it had read it.
        """
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        name = f"{guard.WORKER} {len(self._processes) + 1}"
        process = context.Process(target=_serve, args=(theirs,), name=name, daemon=True)
        process.start()
        theirs.close()  # the worker's copy is the only one: when it ends, ours reads the end
        self._pipes.append(ours)
        self._processes.append(process)

    def _ask(self, onward: bool) -> None:
        """Ask every worker for its next quarter, or for what has happened."""
        for pipe in self._pipes:
            self._tell(pipe, onward)

    def _tell(self, pipe: Connection, what: object) -> None:
        """Send a worker something; :class:`CrewError` when it is gone."""
        try:
            pipe.send(what)
        except OSError:
            raise CrewError(self._why_ended()) from None

    def _gathered[T](self) -> list[T]:
        """Return every worker's answer, in the order of the chunks."""
        result: list[T | None] = [None] * self._chunks
        for pipe, dealt in zip(self._pipes, self._dealt, strict=True):
            try:
                answer = pipe.recv()
            except (EOFError, OSError):
                raise CrewError(self._why_ended()) from None
            if isinstance(answer, _Failure):
                error = CrewError(f"a worker process failed: {answer.sentence}")
                error.add_note(answer.trace)
                raise error
            for chunk, value in zip(dealt, answer, strict=True):
                result[chunk] = value
        return [value for value in result if value is not None]

    def _why_ended(self) -> str:
        """Return why a worker is gone; it closes its pipe a moment before its exit code is here."""
        for process in self._processes:
            process.join(timeout=1)
        left = any(process.exitcode == guard.LEFT for process in self._processes)
        return guard.SENTENCE if left else ENDED

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(timeout=10)
            if process.is_alive():
                process.kill()
                process.join()


def crew(chunks: Sequence[Chunk], workers: int) -> Crew:
    """Return a crew for the chunks: this process for one worker or one chunk, else processes."""
    if workers <= 1 or len(chunks) <= 1:
        return LocalCrew(chunks)
    return ProcessCrew(chunks, workers)


def advanced(model: CentralAsia) -> Array:
    """Advance a model by a quarter; return its recorded series (series, member)."""
    model.step()
    block = np.empty((sum(METRIC_CELLS), model.state.members))
    first = 0
    for metric, cells in zip(METRICS, METRIC_CELLS, strict=True):
        metric.write(model.state, block[first : first + cells])
        first += cells
    return block[:, : model.members]


@dataclass(frozen=True)
class _Failure:
    """What a worker sends in place of an answer when it fails."""

    sentence: str
    trace: str


def _serve(pipe: Connection) -> None:
    """Work in a process of its own: take chunks, answer each request with their next quarter.

    The process ends when the main one closes its end of the pipe or is gone.
    """
    for number in guard.MAIN_DECIDES:
        signal.signal(number, signal.SIG_IGN)
    warnings.simplefilter("ignore", RuntimeWarning)  # what is not finite, the main process counts
    try:
        with LocalCrew(pipe.recv()) as local:
            pipe.send(local.varied)
            while pipe.recv():
                pipe.send(local.advance())
            pipe.send(local.chronicle())
    except (EOFError, ConnectionError):
        return
    except Exception as error:
        told = "out of memory" if isinstance(error, MemoryError) else sentence_of(error)
        with suppress(OSError):
            pipe.send(_Failure(told, traceback.format_exc()))


def sentence_of(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
