"""Ctrl-C, SIGTERM and a hangup as a polite request; a second one ends the process at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn, Self

from steppe.cli.codes import INTERRUPTED

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Interruption:
    """While entered, the first signal is only noted; calling the object tells whether one came.

    The second one calls ``last_act``, when there is one, and ends the process with exit code 130;
    a third one does not wait for that.
    """

    def __init__(self) -> None:
        self.requested = False
        self.last_act: Callable[[], None] | None = None
        self._before: dict[signal.Signals, Any] = {}
        self._ending = False

    def __call__(self) -> bool:
        return self.requested

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if number == _HANGUP and signal.getsignal(number) == signal.SIG_IGN:
                    continue  # started by nohup
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            self._end()
        self.requested = True

    def _end(self) -> NoReturn:
        """End the process without any of the usual goodbyes."""
        try:
            if self.last_act is not None and not self._ending:
                self._ending = True
                self.last_act()
            with suppress(OSError, ValueError, AttributeError):  # stderr may be closed
                if sys.stderr.isatty():
                    sys.stderr.write("\x1b[?25h")  # a progress bar hides the cursor
                    sys.stderr.flush()
        finally:
            os._exit(INTERRUPTED)


_HANGUP = getattr(signal, "SIGHUP", None)
