"""The engine: answers settings with paths of members, computed on worker processes.

A model's time hardly depends on how many members it has, so that a pass is not divided: one worker
runs the first 64 members while the other runs the next 136.  A first pass goes before second ones,
and owners take turns.  Equal runs are done once, and what was run is kept as far as memory allows.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from steppe.scenario import Scenario
from steppe.seminar.answer import Answer, Change, Happening, Part, Paths, Shown, all_labels
from steppe.seminar.opening import stored_baseline
from steppe.seminar.settings import Settings, hash_of, history_hash, scenario_of
from steppe.seminar.staff import Worker
from steppe.seminar.worker import (
    PASSES,
    Cancel,
    Done,
    Failed,
    Forget,
    Job,
    Ready,
    history_file,
    room,
)

__all__ = [
    "FIRST",
    "WHOLE",
    "Answer",
    "Change",
    "Engine",
    "EngineError",
    "Happening",
    "Shown",
    "Superseded",
    "stored_baseline",
]

FIRST, WHOLE = len(PASSES[0]), sum(map(len, PASSES))
"""Members of the first pass, and of both together."""

_TRIES = 2
"""How often a run is begun whose worker dies."""
_DEATHS = 4
"""Deaths in a row, with nothing done between, after which the engine gives up."""
_PATIENCE = 2.0
"""Seconds after which a second pass may run beside first ones."""
_HISTORIES = 10
"""Kinds of years before the present whose models are kept on disk, some 150 MB each."""
_FOLDER = "steppe-seminar-"
_BEGUN = time.time()
"""When this process began to be a server, for folders that bear its number."""
_BASELINE = Settings()


class Superseded(Exception):
    """A newer ask of the same owner has taken the place of this one: nothing to show."""


class EngineError(RuntimeError):
    """The run failed; ``str`` is one sentence for the page."""


@dataclass(eq=False)
class _Run:
    """A pass that waits or is at work, and who waits for it."""

    number: int
    key: str
    slot: int
    case: Scenario
    history: str
    askers: dict[asyncio.Future[Part], str] = field(default_factory=dict)
    worker: Worker | None = None
    tries: int = 0
    since: float = field(default_factory=time.monotonic)


class Engine:
    """Answers settings; to be used from one event loop.

    ``owner`` names who asks (one view of one browser tab): a newer ask of the same owner with other
    settings ends the older, which raises :class:`Superseded`.
    """

    def __init__(self, *, workers: int = 2, cache_bytes: int = 512 * 2**20) -> None:
        self._count, self._most = workers, cache_bytes
        self._workers: list[Worker] = []
        self._runs: dict[tuple[str, int], _Run] = {}
        self._parts: OrderedDict[tuple[str, int], Part] = OrderedDict()
        self._pasts: OrderedDict[tuple[str, int], tuple[Any, Any]] = OrderedDict()
        self._histories: OrderedDict[str, None] = OrderedDict()
        """Years before the present that a worker was told to make, cancelled ones too."""
        self._answers: WeakValueDictionary[tuple[Settings, int], Answer] = WeakValueDictionary()
        self._baseline: dict[int, Part] = {}
        self._wants: dict[str, str] = {}
        self._served: dict[str, int] = {}
        self.cpu_seconds: dict[int, deque[float]] = {
            slot: deque(maxlen=200) for slot in range(len(PASSES))
        }
        """CPU seconds of the last runs of each pass in their workers."""
        self._numbers = self._turns = self._deaths = 0
        self._folder = ""
        self._closed: str | None = "the engine has not been started"

    # --- asking --------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start the worker processes and the baseline's run; returns before either is ready."""
        if self._workers:
            raise RuntimeError("the engine runs already")
        _sweep()
        self._folder = tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-")
        self._loop = asyncio.get_running_loop()
        self._closed = None
        memory = [room(slot, len(all_labels())) for slot in range(len(PASSES))]
        self._workers = [
            Worker(place, memory, self._folder, self._hear, self._loop)
            for place in range(1, self._count + 1)
        ]
        for slot in range(len(PASSES)):
            self._wanted(_BASELINE, slot)
        self._dispatch()

    async def ask(self, settings: Settings, owner: str, members: int = FIRST) -> Answer:
        """Return the answer with 64 members, or with 200 (for more than 64).

        Ask for both at once (:meth:`answers`): they run side by side.  Raises
        :class:`Superseded`, ``ValueError`` (settings without a run) or :class:`EngineError`, each
        with one sentence.
        """
        if self._closed is not None:
            raise EngineError(self._closed)
        key = hash_of(settings)
        self._supersede(owner, key)
        slots = range(1 if members <= FIRST else len(PASSES))
        waits = [self._wait(settings, slot, owner) for slot in slots]
        self._dispatch()
        try:
            parts = await asyncio.gather(*waits)
        finally:
            # emptied, since a superseded ask's traceback keeps this list and what it holds
            while waits:
                self._drop(waits.pop())
        return self._answer(settings, parts)

    async def answers(self, settings: Settings, owner: str) -> AsyncIterator[Answer]:
        """Yield the answer with 64 members, then the one with 200."""
        whole = asyncio.ensure_future(self.ask(settings, owner, WHOLE))
        try:
            first = await self.ask(settings, owner, FIRST)
            if not whole.done():
                yield first
            yield await whole
        finally:
            whole.cancel()
            await asyncio.wait([whole])

    async def baseline(self, members: int = FIRST) -> Answer:
        """Return the baseline's answer, waiting for it if need be; it is never cancelled."""
        return await self.ask(_BASELINE, "the baseline", members)

    def leave(self, owner: str) -> None:
        """Drop an owner (a closed tab): its waiting work ends unless others wait for it."""
        self._supersede(owner, "")
        self._wants.pop(owner, None)
        self._served.pop(owner, None)

    @property
    def ready(self) -> bool:
        """Whether the baseline's first pass is there: lever moves are quick from now on."""
        return 0 in self._baseline

    @property
    def waiting(self) -> int:
        """Number of passes that wait or are at work."""
        return len(self._runs)

    @property
    def kept_bytes(self) -> int:
        """Bytes of the passes that are kept, the baseline's included."""
        kept = {id(p): p.size for p in (*self._parts.values(), *self._baseline.values())}
        return sum(kept.values())

    async def close(self) -> None:
        """End the worker processes; whoever still waits gets :class:`EngineError`."""
        if self._closed is None:
            self._give_up("the seminar has been closed")
        workers, self._workers = self._workers, []
        for worker in workers:
            await asyncio.to_thread(worker.end)
        if self._folder:
            await asyncio.to_thread(shutil.rmtree, self._folder, True)

    # --- runs ----------------------------------------------------------------------------------

    def _answer(self, settings: Settings, parts: Sequence[Part]) -> Answer:
        """Return the answer of these passes: one object for all who ask for it."""
        key = settings, len(parts)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = Answer(settings, scenario_of(settings), parts)
        return found

    def _supersede(self, owner: str, key: str) -> None:
        """End what an owner waits for under other settings."""
        if self._wants.get(owner) == key:
            return
        self._wants[owner] = key
        for run in list(self._runs.values()):
            if run.key == key:
                continue
            for future in [f for f, who in run.askers.items() if who == owner]:
                if not future.done():
                    future.set_exception(Superseded())
                self._drop(future)

    def _wait(self, settings: Settings, slot: int, owner: str) -> asyncio.Future[Part]:
        """Return a future of a pass, done already where it is known."""
        future: asyncio.Future[Part] = self._loop.create_future()
        known = self._wanted(settings, slot)
        if isinstance(known, Part):
            future.set_result(known)
        else:
            known.askers[future] = owner
        return future

    def _wanted(self, settings: Settings, slot: int) -> Part | _Run:
        """Return a pass that is known, or the run that will give it."""
        key = hash_of(settings), slot
        if settings == _BASELINE and slot in self._baseline:
            return self._baseline[slot]
        if key in self._parts:
            self._parts.move_to_end(key)
            return self._parts[key]
        if key not in self._runs:
            self._numbers += 1
            case = scenario_of(settings)
            self._runs[key] = _Run(self._numbers, key[0], slot, case, history_hash(settings))
        return self._runs[key]

    def _drop(self, future: asyncio.Future[Part]) -> None:
        """Forget that somebody waits; a run that nobody waits for ends, but for the baseline's."""
        if not future.done():
            future.cancel()
        elif not future.cancelled():
            future.exception()  # heard of
        for key, run in list(self._runs.items()):
            if run.askers.pop(future, None) is None or run.askers:
                continue
            if run.key == hash_of(_BASELINE):
                continue
            del self._runs[key]
            if run.worker is not None:
                run.worker.send(Cancel(run.number))
                run.worker.slots[run.slot] = None
        self._dispatch()

    def _dispatch(self) -> None:
        """Hand waiting passes to workers, first ones before second ones."""
        if self._closed is not None:
            return
        for slot in range(len(PASSES)):
            waiting = [r for r in self._runs.values() if r.worker is None and r.slot == slot]
            for run in sorted(waiting, key=self._turn):
                worker = self._free(run)
                if worker is None:
                    continue
                run.worker, run.tries = worker, run.tries + 1
                worker.slots[slot] = run
                self._turns += 1
                for owner in run.askers.values():
                    self._served[owner] = self._turns
                self._histories[run.history] = None
                self._histories.move_to_end(run.history)
                worker.send(Job(run.number, slot, run.case, run.history))
        self._forget()

    def _turn(self, run: _Run) -> tuple[int, int]:
        """Return when a run's turn is: that of the owner who has waited longest for one."""
        last = (self._served.get(owner, 0) for owner in run.askers.values())
        return min(last, default=0), run.number

    def _free(self, run: _Run) -> Worker | None:
        """Return the worker that takes a pass, the idlest, if there is one.

        A second pass goes to an idle one, where it waits behind nobody, unless it has waited long.
        """
        free = [w for w in self._workers if w.slots[run.slot] is None]
        if run.slot > 0 and time.monotonic() - run.since < _PATIENCE:
            free = [w for w in free if all(other is None for other in w.slots)]
        return min(free, key=lambda w: sum(run is not None for run in w.slots), default=None)

    # --- workers -------------------------------------------------------------------------------

    def _hear(self, worker: Worker, message: Any, paths: Paths | None) -> None:
        """Take what a worker says; None when it has ended."""
        if self._closed is not None or worker not in self._workers:
            return
        if message is None:
            self._replace(worker)
        elif isinstance(message, (Done, Failed)):
            slot = next((s for s, r in enumerate(worker.slots) if _is(r, message.number)), None)
            if slot is None:  # cancelled when it was done already
                return
            run = worker.slots[slot]
            worker.slots[slot] = None
            self._deaths = 0
            if isinstance(message, Done):
                assert paths is not None
                self._finish(run, message, paths)
                self._runs.pop((run.key, run.slot), None)
            else:
                self._runs.pop((run.key, run.slot), None)
                self._fail(run, f"the run failed: {message.sentence}")
        elif isinstance(message, Ready):
            worker.ready = True
        self._dispatch()

    def _finish(self, run: _Run, done: Done, paths: Paths) -> None:
        """Keep a pass and give it to those who wait."""
        self.cpu_seconds[run.slot].append(done.seconds)
        try:
            past, before = self._past(run.history, run.slot)
        except (OSError, ValueError, EOFError) as error:  # gone, or damaged
            reason = getattr(error, "strerror", None) or "the file is damaged"
            self._fail(run, f"the years before the present cannot be read: {reason}")
            return
        part = Part(past, paths, before, done.chronicle)
        if run.key == hash_of(_BASELINE):
            self._baseline[run.slot] = part
        self._parts[run.key, run.slot] = part
        while len(self._parts) > 1 and sum(p.size for p in self._parts.values()) > self._most:
            self._parts.popitem(last=False)
        for future in run.askers:
            if not future.done():
                future.set_result(part)

    def _fail(self, run: _Run, sentence: str) -> None:
        for future in run.askers:
            if not future.done():
                future.set_exception(EngineError(sentence))

    def _past(self, history: str, slot: int) -> tuple[Any, Any]:
        """Return paths and rows of the years before the present, shared by all that have them."""
        key = history, slot
        if key not in self._pasts:
            files = [history_file(self._folder, history, slot, kind) for kind in ("paths", "rows")]
            self._pasts[key] = np.load(files[0]), np.load(files[1])
        self._pasts.move_to_end(key)
        return self._pasts[key]

    def _forget(self) -> None:
        """Let go of the years before the present that were not used for longest, but in use."""
        if len(self._histories) <= _HISTORIES:
            return
        used = {run.history for run in self._runs.values()} | {history_hash(_BASELINE)}
        for history in list(reversed(self._histories))[_HISTORIES:]:
            if history in used:
                continue
            del self._histories[history]
            for worker in self._workers:
                worker.send(Forget(history))
            for slot in range(len(PASSES)):
                self._pasts.pop((history, slot), None)
            for file in Path(self._folder).glob(f"{history}-*"):  # halves of killed workers too
                file.unlink(missing_ok=True)

    def _replace(self, worker: Worker) -> None:
        """Put a new process in the place of one that has ended, and begin its runs again."""
        self._deaths += 1
        lost = [run for run in worker.slots if run is not None]
        if self._deaths >= _DEATHS:
            self._give_up("the engine's processes keep ending: start the seminar again")
            return
        place = self._workers.index(worker)
        self._workers[place] = worker.successor()
        for run in lost:
            run.worker = None
            if run.tries >= _TRIES:
                self._runs.pop((run.key, run.slot), None)
                self._fail(run, "the run's process ended twice, perhaps for want of memory")

    def _give_up(self, sentence: str) -> None:
        self._closed = sentence
        runs, self._runs = list(self._runs.values()), {}
        for run in runs:
            self._fail(run, sentence)


def _sweep() -> None:
    """Remove what servers that were killed have left in the folder for temporary files."""
    for left in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        number = left.name.removeprefix(_FOLDER).partition("-")[0]
        if number.isdigit() and not _in_use(left, int(number)):
            shutil.rmtree(left, ignore_errors=True)


def _in_use(folder: Path, number: int) -> bool:
    """Return whether the process that made a folder lives.

    This process's own number may have been another's before: in a container it is always the same.
    """
    if number != os.getpid():
        return _alive(number)
    try:
        return folder.stat().st_mtime >= _BEGUN
    except OSError:
        return True


def _alive(number: int) -> bool:
    if os.name != "posix":  # elsewhere asking would end it
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _is(run: _Run | None, number: int) -> bool:
    return run is not None and run.number == number
