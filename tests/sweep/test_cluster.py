"""A real Dask cluster: workers and client are killed at random moments, the scheduler is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from steppe.sweeps import HandsError, hands, sweep

from .cases import request, rows, same

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]

SESSIONS = 8
"""Sessions of one sweep.  In each a worker is killed, and later the client: while it is at work, or
by itself in the middle of a write."""

CLIENT = """
import os, random, signal, sys
from pathlib import Path
from steppe.sweeps import sweep
from tests.sweep.cases import request

folder, address, dies = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
count, replace = 0, os.replace
def dying(*paths):
    global count
    count += "part-" in str(paths[1])
    if count == dies:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*paths)
os.replace = dying
sweep(request(samples=40, block=3), out=folder, resume=True, scheduler=address)
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Start a scheduler and two workers, each under a nanny that starts it again."""
    file = tmp_path / "scheduler.json"
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    where = ["--scheduler-file", str(file)]
    worker = ["worker", "--nthreads", "1", "--memory-limit", "0", "--no-dashboard"]
    worker += ["--local-directory", str(tmp_path)]
    with (tmp_path / "log").open("w") as log:
        started = [
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{role}", *options, *where],
                stdout=log,
                stderr=log,
                env=environment(),
            )
            for role, *options in (scheduler, worker, worker)
        ]
        deadline = time.monotonic() + 90
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        try:
            yield json.loads(file.read_text())["address"]
        finally:
            for process in started:
                process.terminate()
            for process in started:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                process.kill()
                process.wait()


def environment() -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    return os.environ | {"PYTHONPATH": path}


def client(folder: Path, address: str, dies: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(folder), address, str(dies)],
        env=environment(),
        stderr=subprocess.DEVNULL,
    )


def wait_for_a_part(folder: Path, at_work: subprocess.Popen[bytes]) -> None:
    """Wait until the client has written another part, or has ended."""
    before = len(list(folder.glob("outcomes/part-*")))
    deadline = time.monotonic() + 60
    while (
        len(list(folder.glob("outcomes/part-*"))) <= before
        and at_work.poll() is None
        and time.monotonic() < deadline
    ):
        time.sleep(0.01)


def a_worker(address: str) -> int:
    """Return the process number of one of the cluster's workers."""
    from distributed import Client

    with Client(address, set_as_default=False, timeout=30) as here:
        numbers = here.run(os.getpid)
    return random.choice(sorted(numbers.values()))


def test_killed_workers_and_clients_leave_the_rows_of_an_undisturbed_sweep(
    address: str, tmp_path: Path
) -> None:
    chance = random.Random(20261122)
    folder = tmp_path / "sweep"
    ended = 0
    for session in range(SESSIONS):
        itself = session % 2 == 1  # between a temporary file and its name
        at_work = client(folder, address, chance.randint(3, 5) if itself else 10**6)
        wait_for_a_part(folder, at_work)
        time.sleep(chance.uniform(0.0, 0.3))
        with suppress(ProcessLookupError):
            os.kill(a_worker(address), signal.SIGKILL)
        wait_for_a_part(folder, at_work)
        time.sleep(chance.uniform(0.0, 0.3))
        if not itself:
            at_work.kill()
        ended += at_work.wait(120) == 0
    assert ended < SESSIONS / 2, "it was killed while there was work"
    done = sweep(request(samples=40, block=3), out=folder, resume=True, scheduler=address)
    assert done.complete
    assert done.progress.failed_points == 0
    sweep(request(samples=40, block=50), out=tmp_path / "calm")
    same(rows(folder), rows(tmp_path / "calm"))


def test_a_lost_scheduler_is_told_and_what_is_done_is_kept(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands, "SECONDS_TO_START", 3)
    folder = tmp_path / "sweep"

    def on_part(progress: object) -> None:
        for process in psutil.process_iter(["cmdline"]):
            if str(tmp_path / "scheduler.json") in (process.info["cmdline"] or []) and (
                "distributed.cli.dask_scheduler" in process.info["cmdline"]
            ):
                process.kill()

    with pytest.raises(HandsError, match="scheduler"):
        sweep(request(samples=40), out=folder, scheduler=address, on_part=on_part)
    assert 0 < len(list(folder.glob("outcomes/part-*"))) < 30
    done = sweep(request(samples=40), out=folder, resume=True)
    assert done.complete
    with pytest.raises(HandsError, match="no scheduler answers"):
        sweep(request(), out=tmp_path / "none", scheduler="tcp://127.0.0.1:9")
