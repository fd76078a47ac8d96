"""``steppe batch``: several scenarios over the same members, and one index of what came of them."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from steppe import provenance
from steppe.cli.codes import DONE, INTERRUPTED, SOME_FAILED, USAGE
from steppe.cli.interruption import Interruption
from steppe.cli.progress import say
from steppe.cli.run import carry_out
from steppe.cli.usage import UsageError, call, check_memory, trajectory_metrics, worker_count
from steppe.record import BATCH, INDEX, RUNS, RecordError, RunFolder, RunRecord, folder_name, runs
from steppe.record.files import put, reason, write_whole
from steppe.record.form import timestamp
from steppe.record.summary import COLUMNS, cells
from steppe.results import Known
from steppe.scenario import Problems, family
from steppe.scenario.family import Entry
from steppe.scenario.problems import clip

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
    with Interruption() as stop:
        try:
            hands = worker_count(workers)
            entries = family.entries(names, set_values=set_values, members=members, seed=seed)
            kept = trajectory_metrics(trajectories, entries[0].own)
            check_memory(entries[0].own.members, hands)
            place = _place(out, resume, entries)
        except (Problems, RecordError, UsageError) as problem:
            say(problem)
            return USAGE
        command = call(
            "batch",
            names,
            set_values,
            members=members,
            seed=seed,
            out=out,
            workers=workers,
            trajectories=trajectories,
        )
        done = _finished(place, entries) if resume else {}
        known = Known(e.parent.digest() for e in entries if e.parent is not None)
        whole = _Batch(place, entries, command, _began(place))
        try:
            place.mkdir(parents=True, exist_ok=True)
            whole.write()
        except OSError as failure:
            say(f"cannot write {place}: {reason(failure)}; choose another --out")
            return USAGE
        error: str | None = None
        for number, entry in enumerate(entries, start=1):
            own = entry.own
            if stop():
                break
            if own.digest() in done:
                whole.add(done[own.digest()])
                continue
            if not quiet:
                say(f"{number} of {len(entries)}: {own.name}, {own.members} members")
                for note in entry.notes:
                    say(f"note: {note}")
            try:
                folder = RunFolder.create(
                    place, own, command, own.members, own.seed, trajectories=kept
                )
                carry_out(
                    folder, own, entry.parent, stop, hands, kept, quiet, debug, known, figures
                )
                whole.add(folder)
                if folder.record["status"] == "failed":
                    say(f"{own.name} failed: {folder.record['error']}")
                whole.write()
            except RecordError as failure:
                error = str(failure)
                break
            except OSError as failure:
                error = f"cannot write {place / INDEX}: {reason(failure)}"
                break
        with suppress(OSError):
            whole.write()
    return whole.report(stop, as_json, quiet, error)


@dataclass
class _Batch:
    """A batch at work: its folder, its scenarios and, in ``rows``, what became of them so far."""

    place: Path
    entries: list[Entry]
    command: Sequence[str]
    began: str
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, run: RunFolder | RunRecord) -> None:
        """Add what became of the next scenario."""
        record = run.record
        self.rows.append(
            {
                "scenario": record["scenario"]["name"],
                "title": record["scenario"]["title"],
                "parent": record["scenario"]["parent"],
                "run": run.path.name,
                "status": record["status"],
                "error": record["error"],
                "members": record["members"],
                "seed": record["seed"],
            }
        )

    def write(self) -> None:
        """Write the index, every headline outcome of every run, and the batch's own record."""
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow([*HEAD, *COLUMNS])
        for row in self.rows:
            head = [row[name] or "" for name in HEAD]
            try:
                summary = RunRecord.open(self.place / row["run"]).summary()
            except RecordError:
                summary = []
            for outcome in summary:
                writer.writerow([*head, *cells(outcome)])
            if not summary:
                writer.writerow([*head, *[""] * len(COLUMNS)])
        waiting = [e.own.name for e in self.entries][len(self.rows) :]
        record = {
            "kind": "batch",
            "command": list(self.command),
            "started": self.began,
            "members": self.entries[0].own.members,
            "seed": self.entries[0].own.seed,
            "runs": self.rows,
            "waiting": waiting,
        }
        text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
        write_whole(self.place / INDEX, lambda file: put(file, table.getvalue()))
        write_whole(self.place / BATCH, lambda file: put(file, text))

    def report(self, stop: Interruption, as_json: bool, quiet: bool, error: str | None) -> int:
        """Print what came of the batch and return its exit code."""
        failed = [row for row in self.rows if row["status"] == "failed"]
        if as_json:
            print(
                json.dumps({"batch": str(self.place), "error": error, "runs": self.rows}),
                flush=True,
            )
        elif not quiet:
            width = max((len(row["scenario"]) for row in self.rows), default=0)
            for row in self.rows:
                print(f"{row['scenario']:<{width}}  {row['status']:<11}  {row['run']}")
        if error is not None:
            say(error)
            return SOME_FAILED
        if stop():
            whole = sum(row["status"] == "done" for row in self.rows)
            again = f"go on with --resume --out {self.place}"
            say(f"interrupted after {whole} of {len(self.entries)} scenarios; {again}")
            return INTERRUPTED
        if not quiet:
            say(f"index: {self.place / INDEX}")
        if failed:
            say(f"{len(failed)} of {len(self.entries)} scenarios failed")
            return SOME_FAILED
        return DONE


def _place(out: str | os.PathLike[str] | None, resume: bool, entries: list[Entry]) -> Path:
    """Return the batch's folder, where nothing of another batch lies."""
    if out is None:
        if resume:
            raise UsageError("--resume: error: name the batch's folder: --out DIR")
        digest = "".join(e.own.digest() for e in entries)[:64]
        return RUNS / folder_name("batch", datetime.now(UTC), digest)
    place = Path(out)
    if place.exists() and not place.is_dir():
        raise UsageError(f"{place}: error: a batch is a folder, this is a file")
    try:
        holds = place.is_dir() and any(place.iterdir())
    except OSError as failure:
        raise UsageError(f"{place}: error: cannot be read: {reason(failure)}") from None
    if holds and not resume:
        raise UsageError(f"{place}: error: holds something; --resume goes on with a batch")
    if holds:
        _refuse_another(place, entries)
    return place


def _refuse_another(place: Path, entries: list[Entry]) -> None:
    """Refuse to go on with another batch: its index would lose what it has."""
    if not (place / BATCH).is_file():
        raise UsageError(f"{place}: error: holds no batch to go on with")
    try:
        record = json.loads((place / BATCH).read_text(encoding="utf-8"))
        there = [str(row["scenario"]) for row in record["runs"]] + record["waiting"]
        known = int(record["members"]), int(record["seed"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        told = "damaged; begin another batch in a new folder"
        raise UsageError(f"{place / BATCH}: error: {told}") from None
    own = entries[0].own
    if known != (own.members, own.seed):
        raise UsageError(
            f"{place}: error: the batch there has {known[0]} members and seed {known[1]}, this one "
            f"{own.members} and {own.seed}; name a new folder"
        )
    left_out = [name for name in there if name not in {e.own.name for e in entries}]
    if left_out:
        raise UsageError(
            f"{place}: error: the batch there has the scenario {clip(left_out[0])}, too; name all "
            "of its scenarios, or a new folder"
        )


def _finished(place: Path, entries: list[Entry]) -> dict[str, RunRecord]:
    """Return the runs of the folder that are done and undamaged, by their scenario's hash.

    Those of another version of steppe or its data are run again.
    """
    wanted = {e.own.digest(): e.own for e in entries}
    version, data = provenance.software()["version"], {"sha256": provenance.data_hash()}
    found = {}
    for run in runs(place):
        if (run.record["software"] or {}).get("version") != version:
            continue
        if run.record.get("data") != data:
            continue
        digest = run.record["scenario"].get("sha256")
        own = wanted.get(digest)
        same = own is not None and (own.members, own.seed) == (
            run.record["members"],
            run.record["seed"],
        )
        if same and run.status == "done" and not run.damaged():
            found[digest] = run
    return found


def _began(place: Path) -> str:
    """Return when the batch in a folder began: now, if there is none."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((place / BATCH).read_text(encoding="utf-8"))["started"])
    return timestamp()
