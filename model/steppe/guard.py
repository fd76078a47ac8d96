"""Scripts without ``if __name__ == "__main__":``.

Worker processes import the script that starts them.  Without that line they would start its work
again, before they have begun their own.  Signals to the whole process group are not for them.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker

WORKER = "steppe worker"
"""How the names of worker processes begin."""

_NAMES = (WORKER, "Dask Worker process")

LEFT = 83
"""Exit code of a worker process that left the import of such a script."""

SENTENCE = (
    'start work with several workers below `if __name__ == "__main__":`, because worker processes '
    "import the script that starts them"
)


def leave_import() -> None:
    """End a worker process that came here while it imports the script that started it."""
    process = multiprocessing.current_process()
    if getattr(process, "_inheriting", False) and process.name.startswith(_NAMES):
        raise SystemExit(LEFT)


def unguarded() -> bool:
    """Tell whether the script of this process starts its work again when a worker imports it."""
    probe = multiprocessing.get_context("spawn").Process(target=_nothing, name=WORKER, daemon=True)
    probe.start()
    probe.join()
    return probe.exitcode == LEFT


def _nothing() -> None: ...


MAIN_DECIDES = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Signals to the whole process group, as from Ctrl-C: workers leave them to the main process."""


@contextmanager
def signals_held() -> Iterator[None]:
    """Hold the signals back from here and, for good, from the processes started meanwhile.

    A process inherits the mask from its first moment, before it could say itself that it ignores
    them; here they arrive when the block ends at the latest.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, MAIN_DECIDES)
    try:
        resource_tracker.ensure_running()  # some versions of it unblock signals when it starts
        signal.pthread_sigmask(signal.SIG_BLOCK, MAIN_DECIDES)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
