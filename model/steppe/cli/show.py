"""``steppe show`` of a run: what ran, when, how it ended, its headline outcomes and its files."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

from steppe.cli import table
from steppe.cli.codes import DONE, USAGE
from steppe.cli.progress import say
from steppe.record import RECORD, RecordError, RunRecord
from steppe.results import Outcome

_STATUS = {
    "done": "done",
    "failed": "failed",
    "interrupted": "interrupted",
    "running": "not closed: still running, or killed",
}


def show_run(path: str | os.PathLike[str], as_json: bool = False) -> int:
    """Print a run and return the exit code: 2 when ``path`` is not a run."""
    try:
        run = RunRecord.open(path)
        rows = run.summary() if _has(run, "summary.csv") else []
    except RecordError as error:
        say(error)
        return USAGE
    damaged = run.damaged()
    if as_json:
        answer = {
            "run": str(run.path),
            "record": run.record,
            "outcomes": table.data(rows),
            "damaged": damaged,
        }
        print(json.dumps(answer, ensure_ascii=False))
    else:
        print("\n".join(_lines(run, rows)))
    for name in damaged:
        say(f"warning: {run.path / name} is not as the run left it")
    return DONE


def _has(run: RunRecord, name: str) -> bool:
    return (run.path / name).is_file()


def _lines(run: RunRecord, rows: list[Outcome]) -> list[str]:
    record = run.record
    about, quarters = record["scenario"], record["quarters"]
    resources = record.get("resources") or {}
    spent = [
        f"{resources['wall_seconds']} s" if "wall_seconds" in resources else "",
        f"{resources['peak_memory_mb']} MB at most" if resources.get("peak_memory_mb") else "",
    ]
    software = record.get("software") or {}
    source = software.get("git") or {}
    commit = (source.get("commit") or "")[:12] + (" with changes" if source.get("dirty") else "")
    facts = {
        "scenario": f"{about['name']}: {about['title']}",
        "extends": about.get("parent") or "",
        "status": _STATUS.get(run.status, run.status) + _because(record.get("error")),
        "quarters": f"{about['start']} to {about['end']}, {quarters['completed']} of "
        f"{quarters['planned']} completed",
        "members": f"{record['members']}, seed {record['seed']}",
        "started": record["started"],
        "spent": ", ".join(s for s in spent if s),
        "software": f"steppe {software.get('version', '?')} {commit}".rstrip(),
        "rerun of": str((record.get("rerun_of") or {}).get("run", "")),
        "command": shlex.join(str(word) for word in record["command"]),
    }
    text = [f"{name:<10}{value}" for name, value in facts.items() if value]
    if rows:
        text += ["", *table.lines(rows, about["name"], about.get("parent"))]
        text += table.not_finite(record.get("not_finite"), record["members"])
    return [*text, "", "files", *(f"  {line}" for line in _files(run.path, record["files"]))]


def _because(error: str | None) -> str:
    return f": {error}" if error else ""


def _files(folder: Path, names: dict[str, str]) -> list[str]:
    """Return the files with their sizes."""
    listed = [RECORD, *names]
    return [f"{_size(folder / name):>9}  {folder / name}" for name in listed]


def _size(path: Path) -> str:
    try:
        return f"{path.stat().st_size / 1e3:,.1f} kB"
    except (OSError, ValueError):
        return "missing"
