"""Scripts without ``if __name__ == "__main__":``.

Worker processes import the script that starts them.  Without that line they would start its work
again, before they have begun their own.
"""

from __future__ import annotations

import multiprocessing

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
