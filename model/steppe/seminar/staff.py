"""The main process's end of a worker: pipe, shared memory, threads that write and listen."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

import numpy as np

from steppe import guard
from steppe.seminar.worker import PASSES, Done, Paths, serve

type Hear = Callable[[Worker, Any, Paths | None], None]


class Worker:
    """A worker process (spawned: the page's threads and sockets stay here).

    ``hear(worker, message, paths)`` is called in the event loop with what it says and the paths of
    a job that is done; the message is None when it has ended.  ``slots`` holds the run of each pass
    that it works at.
    """

    def __init__(
        self,
        place: int,
        memory: Sequence[int],
        folder: str,
        hear: Hear,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        guard.leave_import()
        context = multiprocessing.get_context("spawn")
        self._told = (place, tuple(memory), folder, hear, loop)
        self.slots: list[Any] = [None] * len(PASSES)
        self.ready = False
        self.memory = [context.RawArray("b", size) for size in memory]
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=serve,
            args=(theirs, tuple(self.memory), folder),
            name=f"{guard.WORKER} {place}",
            daemon=True,
        )
        with guard.signals_held():
            self._process.start()
        theirs.close()  # the worker's copy is the only one: when it ends, ours reads the end
        self._letters: SimpleQueue[Any] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._write, daemon=True),
            threading.Thread(target=self._listen, args=(hear, loop), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def send(self, message: Any) -> None:
        """Tell the worker something, without waiting; if it is gone, the listener says so."""
        self._letters.put(message)

    def successor(self) -> Worker:
        """Return a new worker in the place of this one, which has ended."""
        self.end()
        return Worker(*self._told)

    def end(self) -> None:
        """End the process; it may take a moment, until the quarter that it computes is over."""
        self.send(None)
        self._process.join(timeout=2)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        for thread in self._threads:
            thread.join(timeout=2)
        self._pipe.close()

    def _write(self) -> None:
        """Send what is told, until it is None: a worker that is busy reads between two quarters."""
        while True:
            message = self._letters.get()
            with suppress(OSError):
                self._pipe.send(message)
            if message is None:
                return

    def _listen(self, hear: Hear, loop: asyncio.AbstractEventLoop) -> None:
        """Pass on what the worker says, until it ends; take results out of the shared memory."""
        while True:
            try:
                message = self._pipe.recv()
            except Exception:  # the end, or half a message of one that was killed
                message = None
            paths = self._taken(message) if isinstance(message, Done) else None
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(hear, self, message, paths)
            if message is None:
                return

    def _taken(self, done: Done) -> Paths:
        """Return a copy of a job's paths (series, quarter, member)."""
        shape = done.series, done.quarters, len(PASSES[done.slot])
        memory = np.frombuffer(self.memory[done.slot], np.float32, int(np.prod(shape)))
        return memory.reshape(shape).copy()
