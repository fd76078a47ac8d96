"""What a report is about: what the folders hold that were named."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steppe.record import BATCH, INDEX, RECORD, RecordError, RunRecord, kind_of, run_folder
from steppe.report.problem import ReportError
from steppe.scenario import shipped
from steppe.scenario.problems import clip, nearest


@dataclass(frozen=True)
class Batch:
    """A batch's folder: its ``batch.json`` and the runs that it names."""

    path: Path
    record: dict[str, Any]


@dataclass(frozen=True)
class SweepAt:
    """A sweep's folder, not yet read."""

    path: Path


Subject = RunRecord | SweepAt | Batch


def opened(given: str) -> Subject:
    """Open the folder of a run, sweep or batch, or its name in ``./runs``.

    Raises ``RecordError`` or :class:`ReportError`.
    """
    folder = run_folder(given)
    if folder is None:
        raise ReportError(_none(given))
    if (folder / BATCH).is_file():
        return _batch(folder)
    if kind_of(folder) == "sweep":
        return SweepAt(folder)
    return RunRecord.open(folder)


def run_of(given: str) -> RunRecord:
    """Open one side of a comparison."""
    found = opened(given)
    if not isinstance(found, RunRecord):
        kind = "a sweep" if isinstance(found, SweepAt) else "a batch"
        raise ReportError(f"{clip(given, 200)}: {kind}; only two runs can be compared")
    return found


def _none(given: str) -> str:
    """Return why a name is nothing to report on, and what to do."""
    shown = clip(given, 200)
    path = Path(given)
    try:
        if path.is_dir():
            return f"{shown}: holds no {RECORD} and no {BATCH}: no run, sweep or batch"
        if path.is_file():
            return f"{shown}: a run, sweep or batch is a folder, this is a file"
    except (OSError, ValueError):
        pass
    if given in shipped.names():
        return f"{shown}: a scenario, not a run; first: steppe run {given}"
    names = [p.name for p in Path("runs").iterdir()] if Path("runs").is_dir() else []
    near = nearest(given, names)
    hint = f" (did you mean '{near}'?)" if near else ""
    return f"{shown}: there is no such run, sweep or batch{hint}"


def _batch(folder: Path) -> Batch:
    damaged = f"{folder}: damaged, its {BATCH} or {INDEX} cannot be read"
    try:
        record = json.loads((folder / BATCH).read_text(encoding="utf-8"))
        for row in record["runs"]:
            for key in ("scenario", "title", "run", "status"):
                if not isinstance(row[key], str):
                    raise ReportError(damaged)
        list(map(str, record["waiting"])), int(record["members"]), int(record["seed"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise ReportError(damaged) from None
    return Batch(folder, record)


__all__ = ["Batch", "RecordError", "Subject", "SweepAt", "opened", "run_of"]
