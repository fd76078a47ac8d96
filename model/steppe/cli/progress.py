"""Progress of a run on stderr: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class Progress:
    """Shows how far each part of the work is, when ``shown`` and on a terminal."""

    def __init__(self, shown: bool) -> None:
        self._bar: Bar | None = None
        if shown and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.completed:.0f}/{task.total:.0f} quarters"),
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

    def part(self, label: str, quarters: int) -> Callable[[int, int], None]:
        """Return the callback ``on_quarter(done, total)`` of one part of the work."""
        bar = self._bar
        if bar is None:
            return lambda done, total: None
        task: TaskID = bar.add_task(label, total=quarters)
        return lambda done, total: bar.update(task, completed=done, total=total)
