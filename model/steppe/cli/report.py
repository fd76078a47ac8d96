"""``steppe report``: one self-contained HTML file on a run, sweep, batch or two runs."""

from __future__ import annotations

from pathlib import Path

from steppe.cli.codes import DONE, USAGE
from steppe.cli.progress import say, waiting
from steppe.record import RecordError


def run(first: str, second: str | None = None, *, out: Path | None = None) -> int:
    """Make the report, print its path and return the exit code."""
    from steppe.report import ReportError
    from steppe.report.making import made

    try:
        with waiting("making the report"):
            path = made(first, second, out)
    except (ReportError, RecordError) as problem:
        say(f"error: {problem}")
        return USAGE
    print(path)
    return DONE
