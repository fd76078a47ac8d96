"""What is said on stderr: sentences, and the progress of a run as a bar on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


def say(text: object) -> None:
    """Print a line on stderr; what cannot be said, as after a hangup, does not end a run."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            print(text, file=sys.stderr, flush=True)


@contextmanager
def waiting(label: str) -> Iterator[None]:
    """Show on a terminal that work without parts to count goes on."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(label):
        yield


class Progress:
    """Shows how far each part of the work is, when ``shown`` and on a terminal."""

    def __init__(self, shown: bool) -> None:
        self._bar: Bar | None = None
        if shown and sys.stderr is not None and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.completed:.0f}/{task.total:.0f} {task.fields[unit]}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def part(self, label: str, total: int, unit: str = "quarters") -> Callable[[int, int], None]:
        """Return the callback ``(done, total)`` of one part of the work, counted in ``unit``."""
        bar = self._bar
        if bar is None:
            return lambda done, total: None
        task: TaskID = bar.add_task(label, total=total, unit=unit)
        return lambda done, total: bar.update(task, completed=done, total=total)
