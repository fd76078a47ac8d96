"""Worker processes: what ends them, what does not, and that none stays behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from steppe import guard, scenario
from steppe.crews import Chunk, CrewError, LocalCrew, ProcessCrew

TEXT = "title: T\nextends: baseline\nhorizon: {start: 2017Q1, end: 2018Q4}\n"

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(scope="module")
def chunks() -> list[Chunk]:
    own = scenario.loads(TEXT, name="small")
    return [Chunk(own, 3, first, 2) for first in (0, 2)]


class Struck(ProcessCrew):
    """Workers that get every signal before they could say that they ignore it, and later."""

    def _gathered(self):
        for process in self._processes:
            for number in SIGNALS:
                os.kill(process.pid, number)
        return super()._gathered()


def test_workers_leave_signals_to_the_main_process_from_their_first_moment(chunks):
    with Struck(chunks, 2) as crew, LocalCrew(chunks) as alone:
        for ours, theirs in zip(alone.advance(), crew.advance(), strict=True):
            assert np.array_equal(ours, theirs, equal_nan=True)
        processes = crew._processes
    assert [p.exitcode for p in processes] == [0, 0]


def test_a_signal_while_workers_start_is_not_lost():
    came = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: came.append(number))
    try:
        with guard.signals_held():
            os.kill(os.getpid(), signal.SIGTERM)
        assert came == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("work", ["advance", "chronicle"])
def test_a_killed_worker_is_said_and_takes_the_others_with_it(chunks, work):
    with pytest.raises(CrewError, match="^a worker process ended unexpectedly$"):  # noqa: SIM117
        with ProcessCrew(chunks, 2) as crew:
            crew._processes[0].kill()
            crew._processes[0].join()
            getattr(crew, work)()
    assert multiprocessing.active_children() == []


def test_a_worker_that_cannot_start_leaves_no_other_behind(chunks):
    broken = replace(chunks[1], scenario=None)
    with pytest.raises(CrewError, match="^a worker process failed: AttributeError: ") as caught:
        ProcessCrew([chunks[0], broken], 2)
    assert "Traceback" in caught.value.__notes__[0]
    assert multiprocessing.active_children() == []


@dataclass(frozen=True)
class Overflowing(Chunk):
    """A chunk whose numbers are too large."""

    def build(self):
        np.exp(np.full(3, 1e6))
        warnings.warn("overflow", RuntimeWarning, stacklevel=1)
        return super().build()


def test_workers_say_nothing_about_numbers_too_large(chunks, capfd, monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2])  # where workers find this module
    own = chunks[0]
    loud = [Overflowing(own.scenario, own.seed, first, 2) for first in (0, 2)]
    with ProcessCrew(loud, 2):
        pass
    assert "Warning" not in capfd.readouterr().err
