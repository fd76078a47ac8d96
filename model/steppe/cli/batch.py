"""``steppe batch``: several scenarios over the same members, and one index of what came of them."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from steppe.cli.codes import DONE, INTERRUPTED, SOME_FAILED, USAGE
from steppe.cli.interruption import Interruption
from steppe.cli.progress import open_streams, say
from steppe.cli.run import (
    UsageError,
    carry_out,
    check_memory,
    trajectory_metrics,
)
from steppe.record import BATCH, INDEX, RecordError, RunFolder, RunRecord, folder_name, runs
from steppe.record.files import reason, write_whole
from steppe.record.summary import COLUMNS, cells
from steppe.results import Known
from steppe.scenario import Problems, family
from steppe.scenario.family import Entry

HEAD = ("scenario", "parent", "run", "status")
"""Columns of ``index.csv`` before those of a run's ``summary.csv``."""


def batch(
    names: Sequence[str],
    *,
    members: int | None = None,
    seed: int | None = None,
    set_values: Sequence[str] = (),
    out: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    trajectories: str | None = None,
    figures: bool = False,
    resume: bool = False,
    as_json: bool = False,
    quiet: bool = False,
    debug: bool = False,
) -> int:
    """Run scenarios one after the other and return the exit code.

    All have the members and the seed of the first, unless told: member k meets the same shocks in
    every scenario.  Nothing runs before every file is known to be good.
    """
    open_streams()
    with Interruption() as stop:
        try:
            if workers is not None and workers < 1:
                raise UsageError(f"--workers {workers}: error: must be at least 1")
            entries = family.entries(names, set_values=set_values, members=members, seed=seed)
            kept = trajectory_metrics(trajectories, entries[0].own)
            check_memory(entries[0].own.members, workers or 1)
            place = _place(out, resume, entries)
        except (Problems, RecordError, UsageError) as problem:
            say(problem)
            return USAGE
        done = _finished(place, entries) if resume else {}
        known = Known(e.parent.digest() for e in entries if e.parent is not None)
        rows: list[dict[str, Any]] = []
        command = _command(names, members, seed, set_values, out, workers, trajectories)
        for number, entry in enumerate(entries, start=1):
            own = entry.own
            if stop():
                break
            if own.digest() in done:
                rows.append(_row(done[own.digest()].path, done[own.digest()].record))
                continue
            if not quiet:
                say(f"{number} of {len(entries)}: {own.name}, {own.members} members")
                for note in entry.notes:
                    say(f"note: {note}")
            try:
                folder = RunFolder.create(
                    place, own, command, own.members, own.seed, trajectories=kept
                )
            except RecordError as failure:
                say(failure)
                return _report(place, entries, rows, stop, as_json, quiet, str(failure))
            carry_out(
                folder, own, entry.parent, stop, workers or 1, kept, quiet, debug, known, figures
            )
            rows.append(_row(folder.path, folder.record))
            if folder.record["status"] == "failed":
                say(f"{own.name} failed: {folder.record['error']}")
            try:
                _write(place, entries, rows, command)
            except OSError as failure:
                told = f"cannot write {place / INDEX}: {reason(failure)}"
                return _report(place, entries, rows, stop, as_json, quiet, told)
        with suppress(OSError):
            _write(place, entries, rows, command)
    return _report(place, entries, rows, stop, as_json, quiet)


def _place(out: str | os.PathLike[str] | None, resume: bool, entries: list[Entry]) -> Path:
    """Return the batch's folder, where nothing of another batch lies."""
    if out is None:
        if resume:
            raise UsageError("--resume: error: name the batch's folder: --out DIR")
        digest = "".join(e.own.digest() for e in entries)[:64]
        return Path("runs") / folder_name("batch", datetime.now(UTC), digest)
    place = Path(out)
    if place.exists() and not place.is_dir():
        raise UsageError(f"{place}: error: a batch is a folder, this is a file")
    if place.is_dir() and any(place.iterdir()) and not resume:
        raise UsageError(f"{place}: error: holds something; --resume goes on with a batch")
    if resume and place.is_dir() and any(place.iterdir()) and not (place / BATCH).is_file():
        raise UsageError(f"{place}: error: holds no batch to go on with")
    return place


def _finished(place: Path, entries: list[Entry]) -> dict[str, RunRecord]:
    """Return the runs of the folder that are done and undamaged, by their scenario's hash."""
    wanted = {e.own.digest(): e.own for e in entries}
    found = {}
    for run in runs(place):
        digest = run.record["scenario"].get("sha256")
        own = wanted.get(digest)
        same = own is not None and (own.members, own.seed) == (
            run.record["members"],
            run.record["seed"],
        )
        if same and run.status == "done" and not run.damaged():
            found[digest] = run
    return found


def _row(path: Path, record: dict[str, Any] | Any) -> dict[str, Any]:
    return {
        "scenario": record["scenario"]["name"],
        "title": record["scenario"]["title"],
        "parent": record["scenario"]["parent"],
        "run": path.name,
        "status": record["status"],
        "error": record["error"],
        "members": record["members"],
        "seed": record["seed"],
    }


def _write(
    place: Path, entries: list[Entry], rows: list[dict[str, Any]], command: Sequence[str]
) -> None:
    """Write the index: every headline outcome of every run, and what became of each scenario."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([*HEAD, *COLUMNS])
    for row in rows:
        head = [row[name] or "" for name in HEAD]
        try:
            summary = RunRecord.open(place / row["run"]).summary()
        except RecordError:
            summary = []
        for outcome in summary:
            writer.writerow([*head, *cells(outcome)])
        if not summary:
            writer.writerow([*head, *[""] * len(COLUMNS)])
    waiting = [e.own.name for e in entries][len(rows) :]
    record = {"kind": "batch", "command": list(command), "runs": rows, "waiting": waiting}
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    write_whole(place / INDEX, lambda file: _put(file, table.getvalue()))
    write_whole(place / BATCH, lambda file: _put(file, text))


def _put(file: Any, text: str) -> None:
    file.write(text.encode())


def _report(
    place: Path,
    entries: list[Entry],
    rows: list[dict[str, Any]],
    stop: Interruption,
    as_json: bool,
    quiet: bool,
    error: str | None = None,
) -> int:
    """Print what came of the batch and return its exit code."""
    failed = [row for row in rows if row["status"] == "failed"]
    if as_json:
        print(json.dumps({"batch": str(place), "error": error, "runs": rows}), flush=True)
    elif not quiet:
        width = max((len(row["scenario"]) for row in rows), default=0)
        for row in rows:
            print(f"{row['scenario']:<{width}}  {row['status']:<11}  {row['run']}")
    if error is not None:
        say(error)
        return SOME_FAILED
    if stop():
        say(f"interrupted after {len(rows)} of {len(entries)} scenarios; go on with --resume")
        return INTERRUPTED
    if not quiet:
        say(f"index: {place / INDEX}")
    if failed:
        say(f"{len(failed)} of {len(entries)} scenarios failed")
        return SOME_FAILED
    return DONE


def _command(
    names: Sequence[str],
    members: int | None,
    seed: int | None,
    set_values: Sequence[str],
    out: str | os.PathLike[str] | None,
    workers: int | None,
    trajectories: str | None,
) -> list[str]:
    options = {
        "--members": members,
        "--seed": seed,
        "--out": out,
        "--workers": workers,
        "--trajectories": trajectories,
    }
    given = [[k, str(v)] for k, v in options.items() if v is not None]
    sets = [word for text in set_values for word in ("--set", text)]
    return ["steppe", "batch", *map(str, names), *sets, *(w for pair in given for w in pair)]
