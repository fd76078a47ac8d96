"""From folders to the file of a report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

from steppe.record import REPORT, RunRecord, reason, write_whole
from steppe.record.files import put
from steppe.report import opening, page
from steppe.report.problem import ReportError
from steppe.report.told import Report
from steppe.scenario.problems import clip

_HEAD = 2_000
"""Bytes at the beginning of a file that tell whether it is a report."""


def made(first: str, second: str | None = None, out: Path | None = None) -> Path:
    """Make the report on a run, sweep or batch, or on how ``second`` differs from ``first``.

    Raises ``RecordError`` or :class:`ReportError`; nothing that is no report is overwritten.
    """
    if second is not None:
        left, right = opening.run_of(first), opening.run_of(second)
        usual = right.path / f"report-against-{left.path.resolve().name}.html"
        place = _place(out or usual)
        return _written(place, _comparison(left, right))
    subject = opening.opened(first)
    place = _place(out or subject.path / REPORT)
    return _written(place, _told(subject)())


def _comparison(left: RunRecord, right: RunRecord) -> Report:
    from steppe.report import of_comparison

    return of_comparison.told(left, right)


def _told(subject: opening.Subject) -> Callable[[], Report]:
    """Return what gathers the report on a subject; only its own imports are made."""
    if isinstance(subject, opening.SweepAt):
        from steppe.report import of_sweep

        return lambda: of_sweep.told(subject.path)
    if isinstance(subject, opening.Batch):
        from steppe.report import of_batch

        return lambda: of_batch.told(subject)
    from steppe.report import of_run

    return lambda: of_run.told(subject)


def _place(path: Path) -> Path:
    """Return where the report goes; :class:`ReportError` where it cannot or must not."""
    shown = clip(str(path), 200)
    try:
        if path.is_dir():
            raise ReportError(f"{shown}: a folder; name the file: --out {shown}/{REPORT}")
        if not path.parent.is_dir():
            raise ReportError(f"{shown}: there is no folder {clip(str(path.parent), 200)}")
        if (path.exists() or path.is_symlink()) and not _ours(path):
            raise ReportError(
                f"{shown}: exists and is no report of steppe, it is left as it is; name another "
                "file with --out, or remove it"
            )
    except (OSError, ValueError) as error:
        told = reason(error) if isinstance(error, OSError) else str(error)
        raise ReportError(f"{shown}: cannot be used: {told}") from None
    return path


def _ours(path: Path) -> bool:
    if not path.is_file():
        return False
    with open(path, "rb") as file:
        return page.MARK.encode() in file.read(_HEAD)


def _written(path: Path, report: Report) -> Path:
    content = page.html(report)

    def fill(file: IO[bytes]) -> None:
        put(file, content)

    try:
        write_whole(path, fill)
    except OSError as error:
        raise ReportError(f"cannot write {path}: {reason(error)}; --out FILE is another") from None
    return path
