"""Crews: the chunks of an ensemble at work, in this process or spread over several.

A crew holds the chunks' models and advances all of them by a quarter at a time.  Whatever the crew,
a member's path is the same to the bit.
"""

from __future__ import annotations

import multiprocessing
import signal
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from steppe.metrics import METRICS
from steppe.model import CentralAsia
from steppe.scenario import Scenario

Array = NDArray[np.float64]

Varied = dict[str, Array]
Rows = list[dict[str, Any]]


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
        return CentralAsia(
            self.scenario, self.members, first_member=self.first, rng=self.seed, collect=False
        )


class Crew(Protocol):
    """Chunks that advance together."""

    varied: list[Varied]
    """What each chunk's members sampled, by name."""

    def advance(self) -> list[Array]:
        """Advance a quarter; return all recorded series (series, member), one array a chunk."""

    def chronicle(self) -> list[Rows]:
        """Return what has happened, one list a chunk; the crew is done with its work after it."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


class LocalCrew:
    """All chunks in this process, one after the other."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._models = [chunk.build() for chunk in chunks]
        self.varied = [model.varied for model in self._models]

    def advance(self) -> list[Array]:
        return [_advanced(model) for model in self._models]

    def chronicle(self) -> list[Rows]:
        return [model.chronicle() for model in self._models]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._models.clear()


class ProcessCrew:
    """Chunks dealt out to worker processes that advance at the same time."""

    def __init__(self, chunks: Sequence[Chunk], workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        hands = min(workers, len(chunks))
        self._dealt = [range(hand, len(chunks), hands) for hand in range(hands)]
        for dealt in self._dealt:
            ours, theirs = context.Pipe()
            part = [chunks[i] for i in dealt]
            process = context.Process(target=_serve, args=(theirs, part), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        self._chunks = len(chunks)
        self.varied: list[Varied] = self._gathered()

    def advance(self) -> list[Array]:
        for pipe in self._pipes:
            pipe.send(True)
        blocks: list[Array] = self._gathered()
        return blocks

    def chronicle(self) -> list[Rows]:
        for pipe in self._pipes:
            pipe.send(False)
        rows: list[Rows] = self._gathered()
        return rows

    def _gathered[T](self) -> list[T]:
        """Return every worker's answer, in the order of the chunks."""
        result: list[T | None] = [None] * self._chunks
        for pipe, dealt in zip(self._pipes, self._dealt, strict=True):
            try:
                answer = pipe.recv()
            except (EOFError, ConnectionError):
                raise CrewError("a worker process ended unexpectedly") from None
            if isinstance(answer, str):
                raise CrewError(answer)
            for chunk, value in zip(dealt, answer, strict=True):
                result[chunk] = value
        return [value for value in result if value is not None]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(timeout=10)
            if process.is_alive():
                process.kill()


def crew(chunks: Sequence[Chunk], workers: int) -> Crew:
    """Return a crew for the chunks: this process for one worker or one chunk, else processes."""
    if workers <= 1 or len(chunks) <= 1:
        return LocalCrew(chunks)
    return ProcessCrew(chunks, workers)


def _advanced(model: CentralAsia) -> Array:
    """Advance a model by a quarter; return its recorded series (series, member)."""
    model.step()
    block = np.concatenate([metric.values(model.state) for metric in METRICS], axis=0)
    return block[:, : model.members]


def _serve(pipe: Connection, chunks: Sequence[Chunk]) -> None:
    """Work in a process of its own: answer each request with the chunks' next quarter."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides what Ctrl-C means
    try:
        with LocalCrew(chunks) as local:
            pipe.send(local.varied)
            while pipe.recv():
                pipe.send(local.advance())
            pipe.send(local.chronicle())
    except (EOFError, ConnectionError):
        return
    except Exception:
        pipe.send(f"a worker process failed:\n{traceback.format_exc()}")
