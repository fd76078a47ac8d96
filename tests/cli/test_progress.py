"""What a terminal shows while a command works, and a file does not."""

from __future__ import annotations

import io
import sys

import pytest

from steppe.cli.progress import waiting


class Screen(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "shown"), [(Screen(), True), (io.StringIO(), False)])
def test_waiting_is_shown_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, shown: bool
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream)
    with waiting("making the report"):
        pass
    assert ("making the report" in stream.getvalue()) == shown
    assert shown or stream.getvalue() == ""
