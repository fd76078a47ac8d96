"""Who is served when: by workers that only note what they are told."""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from tests.loops import run

from steppe.chronicle import ROW, Chronicle
from steppe.seminar import engine as engine_module
from steppe.seminar.answer import Part
from steppe.seminar.engine import FIRST, WHOLE, Engine, EngineError, Superseded
from steppe.seminar.page.address import Place
from steppe.seminar.page.session import Session
from steppe.seminar.settings import Settings, history_hash
from steppe.seminar.worker import PASSES, Cancel, Done, Failed, Job, Ready, history_file

SERIES = len(engine_module.all_labels())
PAST = Engine._past
NOTHING = np.zeros((SERIES, 36, 1), np.float32), np.empty(0, ROW)


class FakeWorker:
    """Takes jobs and does nothing until :meth:`do` or :meth:`die` is called."""

    every: ClassVar[list[FakeWorker]] = []

    def __init__(self, place: int, memory: Any, folder: str, hear: Any, loop: Any) -> None:
        self.told = (place, memory, folder, hear, loop)
        self.slots: list[Any] = [None] * len(PASSES)
        self.jobs: dict[int, Job] = {}
        self.ready = False
        self.every.append(self)
        hear(self, Ready(), None)

    def send(self, message: Any) -> None:
        if isinstance(message, Job):
            assert message.slot not in {j.slot for j in self.jobs.values()}
            self.jobs[message.number] = message
        elif isinstance(message, Cancel):
            self.jobs.pop(message.number, None)

    def do(self) -> Job:
        """Finish the most urgent job, as a worker does."""
        job = min(self.jobs.values(), key=lambda job: job.slot)
        del self.jobs[job.number]
        paths = np.zeros((SERIES, 60, len(PASSES[job.slot])), np.float32)
        done = Done(job.number, job.slot, SERIES, 60, Chronicle(), 0.0)
        self.told[3](self, done, paths)
        return job

    def fail(self) -> None:
        job = self.jobs.pop(min(self.jobs))
        self.told[3](self, Failed(job.number, "ValueError: no", "trace"), None)

    def die(self) -> None:
        self.told[3](self, None, None)

    def successor(self) -> FakeWorker:
        return FakeWorker(*self.told)

    def end(self) -> None: ...


@pytest.fixture(autouse=True)
def _fakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    FakeWorker.every = []
    monkeypatch.setattr(engine_module, "Worker", FakeWorker)
    monkeypatch.setattr(Engine, "_past", lambda self, history, slot: NOTHING)
    yield


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Leave cycles of objects where they are, as they are for minutes in a large process."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def moved(value: float) -> Settings:
    return Settings().with_lever("china.budget", value)


def at_work() -> list[Job]:
    live = FakeWorker.every
    return [job for worker in live for job in worker.jobs.values()]


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def started(**options: Any) -> Engine:
    """Return an engine whose baseline is there."""
    engine = Engine(**options)
    await engine.start()
    while at_work():
        next(w for w in FakeWorker.every if w.jobs).do()
    await settled()
    assert engine.ready
    return engine


def test_the_baseline_runs_first_and_on_both_workers() -> None:
    async def test() -> None:
        engine = Engine()
        await engine.start()
        assert [len(w.jobs) for w in FakeWorker.every] == [1, 1]
        assert {job.slot for job in at_work()} == {0, 1}
        assert not engine.ready
        asked = asyncio.ensure_future(engine.baseline(WHOLE))
        await settled()
        for worker in FakeWorker.every:
            worker.do()
        assert (await asked).members == WHOLE
        assert (await engine.baseline()).members == FIRST
        await engine.close()

    run(test())


def test_both_passes_run_side_by_side() -> None:
    async def test() -> None:
        engine = await started()
        got = []

        async def show() -> None:
            async for answer in engine.answers(moved(0.5), "a"):
                got.append(answer.members)

        task = asyncio.ensure_future(show())
        await settled()
        assert {job.slot for job in at_work()} == {0, 1}
        next(w for w in FakeWorker.every if any(j.slot == 0 for j in w.jobs.values())).do()
        await settled()
        assert got == [FIRST]
        next(w for w in FakeWorker.every if w.jobs).do()
        await task
        assert got == [FIRST, WHOLE]
        await engine.close()

    run(test())


def test_a_newer_ask_ends_the_older() -> None:
    async def test() -> None:
        engine = await started()
        old = asyncio.ensure_future(engine.ask(moved(0.5), "a", WHOLE))
        await settled()
        new = asyncio.ensure_future(engine.ask(moved(0.6), "a"))
        await settled()
        with pytest.raises(Superseded):
            await old
        assert [job.slot for job in at_work()] == [0]
        next(w for w in FakeWorker.every if w.jobs).do()
        assert (await new).settings == moved(0.6)
        assert engine.waiting == 0
        await engine.close()

    run(test())


def test_what_another_waits_for_goes_on() -> None:
    async def test() -> None:
        engine = await started()
        one = asyncio.ensure_future(engine.ask(moved(0.5), "a"))
        other = asyncio.ensure_future(engine.ask(moved(0.5), "b"))
        await settled()
        assert len(at_work()) == 1  # identical settings run once
        engine.leave("a")
        with pytest.raises(Superseded):
            await one
        next(w for w in FakeWorker.every if w.jobs).do()
        assert (await other).members == FIRST
        await engine.close()

    run(test())


def test_a_closed_tab_ends_its_work() -> None:
    async def test() -> None:
        engine = await started()
        task = asyncio.ensure_future(engine.ask(moved(0.5), "a", WHOLE))
        await settled()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert engine.waiting == 0 and not at_work()
        await engine.close()

    run(test())


def test_owners_take_turns_and_first_passes_go_before() -> None:
    async def test() -> None:
        engine = await started()
        tasks = [asyncio.ensure_future(engine.ask(moved(0.1), "busy", WHOLE))]
        await settled()
        for i in range(4):
            tasks.append(asyncio.ensure_future(engine.ask(moved(0.2 + i / 10), f"owner {i}")))
        await settled()
        order = []
        while at_work():
            worker = next(w for w in FakeWorker.every if w.jobs)
            order.append(worker.do().slot)
            await settled()
        await asyncio.gather(*tasks)
        assert order.index(1) >= 1 and order.count(1) == 1
        assert len(order) == 6
        await engine.close()

    run(test())


def test_a_second_pass_is_not_put_off_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        engine = await started(workers=1)
        (worker,) = FakeWorker.every
        tasks = [asyncio.ensure_future(engine.ask(moved(0.1), "busy"))]
        await settled()
        tasks.append(asyncio.ensure_future(engine.ask(moved(0.2), "calm", WHOLE)))
        await settled()
        assert [job.slot for job in worker.jobs.values()] == [0]
        monkeypatch.setattr(engine_module, "_PATIENCE", 0.0)  # a while later
        worker.do()
        await settled()
        assert sorted(job.slot for job in worker.jobs.values()) == [0, 1]
        while worker.jobs:
            worker.do()
            await settled()
        await asyncio.gather(*tasks)
        await engine.close()

    run(test())


def test_a_hasty_owner_does_not_hold_up_another() -> None:
    async def test() -> None:
        engine = await started(workers=1)
        (worker,) = FakeWorker.every
        hasty = asyncio.ensure_future(engine.ask(moved(0.1), "hasty"))
        await settled()
        calm = asyncio.ensure_future(engine.ask(moved(0.9), "calm"))
        await settled()
        for i in range(2, 6):  # moves again before its first move is there
            hasty = asyncio.ensure_future(engine.ask(moved(i / 10), "hasty"))
            await settled()
            assert len(worker.jobs) == 1
        while not calm.done():
            worker.do()
            await settled()
        assert (await calm).settings == moved(0.9)
        while not hasty.done():
            worker.do()
            await settled()
        await engine.close()

    run(test())


def test_what_was_run_is_kept_within_bounds() -> None:
    async def test() -> None:
        engine = await started(cache_bytes=3 * SERIES * 60 * FIRST * 4)
        for value in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
            task = asyncio.ensure_future(engine.ask(moved(value), "a"))
            await settled()
            next(w for w in FakeWorker.every if w.jobs).do()
            await task
        assert engine.kept_bytes <= 3 * SERIES * 60 * FIRST * 4 + SERIES * 60 * WHOLE * 4
        await engine.ask(moved(0.6), "a")  # known: no worker is asked
        assert not at_work()
        assert (await engine.baseline(WHOLE)).members == WHOLE  # never let go
        one, two = await asyncio.gather(engine.ask(moved(0.6), "a"), engine.ask(moved(0.6), "b"))
        assert one is two
        await engine.close()

    run(test())


def test_what_is_shown_goes_at_once_when_a_newer_move_ends_its_second_pass(
    no_collector: None,
) -> None:
    """Passes take up to 50 MB: none may wait for the garbage collector, or memory runs away."""
    drawn: list[weakref.ref[Part]] = []

    async def test() -> None:
        engine = await started(cache_bytes=1)
        session = Session.of(engine, "tab", Place())
        session.drawn = lambda sight: drawn.append(weakref.ref(sight.variant._parts[0]))
        for value in (0.25, 0.5, 0.75):
            showing = asyncio.ensure_future(session.show(moved(value)))
            await settled()
            next(w for w in FakeWorker.every if w.jobs).do()
            await settled()
            assert not showing.done()  # the second pass is waited for
        engine.leave("tab")
        await showing
        await settled()
        assert [part() is None for part in drawn] == [True, True, False]  # the last is kept
        await engine.close()

    run(test())


def test_a_worker_that_dies_is_replaced_and_its_run_begun_again() -> None:
    async def test() -> None:
        engine = await started()
        task = asyncio.ensure_future(engine.ask(moved(0.5), "a"))
        await settled()
        dead = next(w for w in FakeWorker.every if w.jobs)
        dead.jobs.clear()
        dead.die()
        await settled()
        assert len(at_work()) == 1
        next(w for w in FakeWorker.every if w.jobs).do()
        assert (await task).members == FIRST
        await engine.close()

    run(test())


def test_a_run_that_kills_twice_is_given_up_in_a_sentence() -> None:
    async def test() -> None:
        engine = await started()
        task = asyncio.ensure_future(engine.ask(moved(0.5), "a"))
        for _ in range(2):
            await settled()
            dead = next(w for w in FakeWorker.every if w.jobs)
            dead.jobs.clear()
            dead.die()
        with pytest.raises(EngineError, match="ended twice"):
            await task
        task = asyncio.ensure_future(engine.ask(moved(0.6), "a"))  # others go on
        await settled()
        next(w for w in FakeWorker.every if w.jobs).do()
        assert (await task).members == FIRST
        await engine.close()

    run(test())


def test_an_engine_whose_workers_cannot_live_says_so() -> None:
    async def test() -> None:
        engine = Engine()
        await engine.start()
        task = asyncio.ensure_future(engine.baseline())
        await settled()
        for _ in range(20):
            FakeWorker.every[-1].die()
            await settled()
        with pytest.raises(EngineError):
            await task
        with pytest.raises(EngineError, match="start the seminar again"):
            await engine.ask(moved(0.5), "a")
        await engine.close()

    run(test())


def test_a_failed_run_reaches_those_who_asked_and_nobody_else() -> None:
    async def test() -> None:
        engine = await started()
        bad = asyncio.ensure_future(engine.ask(moved(0.5), "a"))
        await settled()
        next(w for w in FakeWorker.every if w.jobs).fail()
        with pytest.raises(EngineError, match="the run failed: ValueError: no"):
            await bad
        again = asyncio.ensure_future(engine.ask(moved(0.5), "a"))
        await settled()
        next(w for w in FakeWorker.every if w.jobs).do()
        assert (await again).members == FIRST
        await engine.close()

    run(test())


def test_settings_without_a_run_are_refused_before_a_worker_hears_of_them() -> None:
    async def test() -> None:
        engine = await started()
        with pytest.raises(ValueError, match="no scenario"):
            await engine.ask(Settings("nowhere"), "a")
        assert not at_work()
        await engine.close()
        with pytest.raises(EngineError, match="closed"):
            await engine.ask(Settings(), "a")

    run(test())


def test_an_engine_that_was_not_started_says_so() -> None:
    async def test() -> None:
        with pytest.raises(EngineError, match="not been started"):
            await Engine().ask(Settings(), "a")

    run(test())


def test_closing_ends_what_waits() -> None:
    async def test() -> None:
        engine = await started()
        task = asyncio.ensure_future(engine.ask(moved(0.5), "a", WHOLE))
        await settled()
        await engine.close()
        with pytest.raises(EngineError, match="closed"):
            await task

    run(test())


def test_years_before_the_present_are_let_go_when_there_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine_module, "_HISTORIES", 2)

    def past(self: Engine, history: str, slot: int) -> Any:
        self._pasts[history, slot] = NOTHING
        self._forget()
        return NOTHING

    monkeypatch.setattr(Engine, "_past", past)

    async def test() -> None:
        engine = await started()
        for year in range(2018, 2022):
            text = (
                "title: x\nextends: baseline\nevents:\n"
                f"  - {{id: e, target: china.budget, shape: step, times: 2, start: {year}Q1}}\n"
            )
            task = asyncio.ensure_future(engine.ask(Settings(opened=text), "a"))
            await settled()
            next(w for w in FakeWorker.every if w.jobs).do()
            await task
        kept = {history for history, _ in engine._pasts}
        assert len(kept) <= 3
        assert history_hash(Settings()) in kept  # the baseline's stays
        await engine.close()

    run(test())


def test_what_a_killed_server_left_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead, live = (
        tmp_path / "steppe-seminar-999999999-x",
        tmp_path / f"steppe-seminar-{os.getpid()}-x",
    )
    other = tmp_path / "steppe-seminar-notes"
    for folder in (dead, live, other):
        folder.mkdir()

    async def test() -> None:
        engine = await started()
        assert not dead.exists() and live.exists() and other.exists()
        await engine.close()

    run(test())
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([live.name, other.name])


def test_what_a_server_of_the_same_number_left_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / f"steppe-seminar-{os.getpid()}-x"
    left.mkdir()
    os.utime(left, (1e9, 1e9))
    engine_module._sweep()
    assert not left.exists()


def test_years_of_cancelled_runs_go_from_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "_HISTORIES", 2)
    send = FakeWorker.send

    def write(self: FakeWorker, message: Any) -> None:
        send(self, message)
        if isinstance(message, Job):
            for kind in ("paths", "state"):
                history_file(self.told[2], message.history, message.slot, kind).touch()

    monkeypatch.setattr(FakeWorker, "send", write)

    async def test() -> None:
        engine = await started()
        for year in range(2018, 2024):
            text = (
                "title: x\nextends: baseline\nevents:\n"
                f"  - {{id: e, target: china.budget, shape: step, times: 2, start: {year}Q1}}\n"
            )
            task = asyncio.ensure_future(engine.ask(Settings(opened=text), "a"))
            await settled()
            task.cancel()
            await settled()
        names = {file.name.partition("-")[0] for file in Path(engine._folder).iterdir()}
        assert len(names) == 3 and history_hash(Settings()) in names
        await engine.close()

    run(test())


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\x01\x00"])
def test_damaged_years_are_told(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    async def test() -> None:
        engine = await started()
        monkeypatch.setattr(Engine, "_past", PAST)
        for kind in ("paths", "rows"):
            file = history_file(engine._folder, history_hash(Settings()), 0, kind)
            file.write_bytes(content)
        asked = asyncio.ensure_future(engine.ask(moved(0.5), "a"))
        await settled()
        next(w for w in FakeWorker.every if w.jobs).do()
        with pytest.raises(EngineError, match="before the present"):
            await asyncio.wait_for(asked, 5)
        assert engine.waiting == 0
        await engine.close()

    run(test())
