"""Who computes the blocks of a sweep: this process, local worker processes or a Dask cluster."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, Protocol

import pyarrow as pa

from steppe import guard
from steppe.sweeps.work import Answer, Job, OtherSoftware, Stopped, compute

IN_FLIGHT = 2
"""Blocks that a worker has at a time: one at work, one waiting."""

ALLOWED_DEATHS = 3
"""Workers that a block may outlive before it is held to be the cause."""

LOST = "the scheduler is lost, or has cancelled the work"

SECONDS_TO_START = 30
PATIENCE = 0.2
"""Seconds after which a wait looks whether the sweep is to end."""


_OF_WORKERS = {
    "distributed.nanny.pre-spawn-environ": {
        **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1),
        **dict.fromkeys(("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"), 256 << 20),
    },
    "distributed.worker.profile.enabled": False,
}
"""Settings of local workers.  Dask has them give every freed block of memory back to the system at
once, which makes a quarter's arrays cost twice their computation; its profiler is not looked at."""


class HandsError(Exception):
    """The cluster cannot go on; the message is one sentence."""


class Died(Exception):
    """A block's workers died again and again."""


class Hands(Protocol):
    """Computes jobs, several at a time, and gives answers in the order in which they come."""

    def free(self) -> bool:
        """Tell whether another job may be given."""

    def give(self, job: Job) -> None: ...

    def next(self) -> tuple[int, Answer | Exception] | None:
        """Return the next block's number and answer; None when the sweep is to end."""


class OwnHands:
    """This process, a block at a time."""

    def __init__(self, stop: Callable[[], bool]) -> None:
        self._stop = stop
        self._jobs: list[Job] = []

    def free(self) -> bool:
        return not self._jobs

    def give(self, job: Job) -> None:
        self._jobs.append(job)

    def next(self) -> tuple[int, Answer | Exception] | None:
        job = self._jobs.pop()
        try:
            return job.number, compute(job, self._stop)
        except Stopped:
            return None
        except Exception as error:
            return job.number, error


class ClusterHands:
    """The workers of a Dask cluster; a job is sent once, its table comes back as Arrow."""

    def __init__(self, client: Any, stop: Callable[[], bool]) -> None:
        self._client, self._stop = client, stop
        self._waiting: set[Any] = set()
        self._ended: SimpleQueue[Any] = SimpleQueue()

    def free(self) -> bool:
        try:
            threads: int = sum(self._client.nthreads().values())
        except (OSError, TimeoutError):
            raise HandsError(LOST) from None
        return len(self._waiting) < IN_FLIGHT * max(threads, 1)

    def give(self, job: Job) -> None:
        key = f"steppe-block-{job.number}-{os.urandom(6).hex()}"
        future = self._client.submit(_computed, job, key=key, pure=False)
        self._waiting.add(future)
        future.add_done_callback(self._ended.put)

    def next(self) -> tuple[int, Answer | Exception] | None:
        while True:
            try:
                future = self._ended.get(timeout=PATIENCE)
            except Empty:
                if self._stop():
                    return None
                if self._client.status not in ("running", "connecting"):
                    raise HandsError(LOST) from None
            else:
                self._waiting.discard(future)
                return self._taken(future)

    def _taken(self, future: Any) -> tuple[int, Answer | Exception]:
        from distributed import KilledWorker

        number = int(future.key.split("-")[2])
        try:
            if future.status in ("cancelled", "lost"):
                raise HandsError(LOST)
            return number, _unpacked(future.result())
        except KilledWorker:
            return number, Died(f"{ALLOWED_DEATHS} workers died while they computed it")
        except OtherSoftware as error:
            raise HandsError(str(error)) from None
        except (OSError, TimeoutError, CancelledError):
            raise HandsError(LOST) from None
        except HandsError:
            raise
        except Exception as error:
            return number, error


@contextmanager
def local_cluster(workers: int, stop: Callable[[], bool]) -> Iterator[ClusterHands]:
    """Start worker processes on this machine, one thread each, and end them afterwards."""
    _quiet()
    import dask
    import distributed

    dask.config.set(_OF_WORKERS)
    start: Any = distributed.LocalCluster
    connect: Any = distributed.Client
    try:
        cluster = start(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",
            silence_logs=logging.CRITICAL,
            memory_limit=0,
        )
    except RuntimeError as error:
        told = guard.SENTENCE if guard.unguarded() else f"no worker processes start here: {error}"
        raise HandsError(told) from None
    with cluster, connect(cluster, set_as_default=False) as client:
        yield ClusterHands(client, stop)


@contextmanager
def remote_cluster(address: str, stop: Callable[[], bool]) -> Iterator[ClusterHands]:
    """Work with the workers of a running scheduler, which may come and go."""
    _quiet()
    try:
        client = _client(address, timeout=SECONDS_TO_START, set_as_default=False)
    except (OSError, ValueError) as error:
        told = " ".join(str(error).split())[:200]
        raise HandsError(f"no scheduler answers at {address}: {told}") from None
    with client:
        yield ClusterHands(client, stop)


def _client(*arguments: Any, **options: Any) -> Any:
    """Connect to a scheduler; a client that never could says nothing when it is thrown away."""
    import distributed

    class Client(distributed.Client):
        def __del__(self) -> None: ...

    connect: Any = Client
    return connect(*arguments, **options)


def _computed(job: Job) -> dict[str, Any]:
    """Compute a job on a worker; its table as an Arrow stream."""
    answer = compute(job)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, answer.table.schema) as stream:
        stream.write_table(answer.table)
    return {**vars(answer), "table": sink.getvalue().to_pybytes()}


def _unpacked(data: dict[str, Any]) -> Answer:
    with pa.ipc.open_stream(data["table"]) as stream:
        return Answer(**{**data, "table": stream.read_all()})


def _quiet() -> None:
    """Keep the cluster's own notices from the user, and bound how often a block may kill."""
    import dask

    for name in (
        "distributed",
        "distributed.nanny",
        "distributed.worker",
        "distributed.client",
        "distributed.scheduler",
        "distributed.core",
        "distributed.comm",
        "tornado",
        "asyncio",
        "bokeh",
    ):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    dask.config.set(
        {
            "distributed.scheduler.allowed-failures": ALLOWED_DEATHS,
            "distributed.logging": {"distributed": "critical"},
        }
    )
