"""How far a sweep is, as another terminal may ask, and joining what several machines computed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from steppe.sweeps.drive import Progress
from steppe.sweeps.plan import Plan
from steppe.sweeps.session import plan_of
from steppe.sweeps.store import (
    DESIGN,
    MEMBERS,
    OUTCOMES,
    RECORD,
    SCENARIO,
    Part,
    SweepError,
    SweepFolder,
)


@dataclass(frozen=True)
class State:
    """How far a sweep is; ``rate`` in runs a second of the work now or last, None without any."""

    path: Path
    status: str
    scenario: str
    points: int
    members: int
    rows: int
    rows_done: int
    parts: int
    parts_done: int
    failed_points: int
    rejected: int
    rate: float | None
    seconds_left: float | None
    workers: int

    def data(self) -> dict[str, Any]:
        return {**vars(self), "path": str(self.path)}


def state(path: str | os.PathLike[str]) -> State:
    """Read how far the sweep in a folder is; :class:`SweepError` when it is none.

    Quick: parts are counted by the log and their files, and verified only when a sweep resumes.
    """
    folder = SweepFolder(path)
    record = folder.record()
    try:
        return _state(folder, record, folder.logged(), folder.in_use())
    except (AttributeError, KeyError, TypeError, ValueError):
        raise SweepError(f"{folder.path}: the record is damaged or of another version") from None


def _state(
    folder: SweepFolder, record: dict[str, Any], log: list[dict[str, Any]], in_use: bool
) -> State:
    """Return what record, log and parts of a sweep tell, while somebody uses it or nobody does."""
    rows, size = int(record["rows"]), int(record["block"])
    if min(rows, size, int(record["members"])) < 1:
        raise ValueError("a record of a sweep has rows and members")
    there = {n for n in range(int(record["blocks"])) if folder.has_part(n)}
    done: dict[int, dict[str, Any]] = {}
    failed: dict[int, set[int]] = {}
    rejected, began = 0, 0
    block = -1
    for i, line in enumerate(log):
        if line.get("event") == "part":
            block = int(line["block"])
            done[block], failed[block] = line, set()
        elif line.get("event") == "failed" and block in failed:
            failed[block].add(int(line["point"]))
        elif line.get("event") == "rejected":
            rejected += 1
        elif line.get("event") in ("started", "resumed"):
            began = i
    done = {b: line for b, line in done.items() if b in there}
    rows_done = sum(int(line["rows"]) for line in done.values())
    rows_done += sum(min(size, rows - b * size) for b in there - set(done))  # the log is damaged
    current = [line for line in log[began:] if line.get("event") == "part"]
    rate = _rate(log[began], current) if current else None
    status = str(record["status"])
    if status == "running" and not in_use:
        status = "killed"
    left = (rows - rows_done) / rate if rate and status == "running" else None
    return State(
        folder.path,
        status,
        str(record["scenario"]["name"]),
        int(record["design"]["points"]),
        int(record["members"]),
        rows,
        rows_done,
        int(record["blocks"]),
        len(there),
        len(set().union(*(failed[b] for b in done))) if done else 0,
        rejected,
        None if rate is None else round(rate, 2),
        None if left is None else round(left, 1),
        len({line.get("worker") for line in current}),
    )


def merge(paths: Sequence[str | os.PathLike[str]], out: str | os.PathLike[str]) -> Progress:
    """Join the good parts of one sweep that several folders hold in a new folder.

    Raises :class:`SweepError` when they are not of one sweep, when ``out`` holds something, or when
    two folders give different outcomes of the same rows.
    """
    folders = [SweepFolder(path) for path in paths]
    records = [folder.record() for folder in folders]
    plans = [plan_of(*each) for each in zip(folders, records, strict=True)]
    first = max(range(len(plans)), key=lambda i: len(plans[i].design))
    for folder, plan in zip(folders, plans, strict=True):
        _refuse_another(plan, plans[first], folder.path, folders[first].path)
    target = SweepFolder(out)
    if target.path.exists() and (not target.path.is_dir() or any(target.path.iterdir())):
        raise SweepError(f"{target.path}: holds something; name a new or an empty folder")
    own = (SCENARIO, DESIGN, MEMBERS)
    missing = next((n for n in own if not (folders[first].path / n).is_file()), None)
    if missing is not None:
        raise SweepError(f"{folders[first].path}: this sweep has no {missing}")
    with target:
        for name in own:
            shutil.copyfile(folders[first].path / name, target.path / name)
        progress = Progress(plans[first].rows, plans[first].blocks)
        (target.path / OUTCOMES).mkdir()
        for folder in folders:
            for part in folder.parts(plans[first]):
                if isinstance(part, Part):
                    _join(progress, part, target)
        status = "done" if len(progress.done) == plans[first].blocks else "interrupted"
        target.write_failures(progress.failures)
        target.log("merged", folders=[str(p) for p in paths], parts=len(progress.done))
        target.save(
            records[first]
            | {
                "status": status,
                "error": None,
                "merged_from": [str(p) for p in paths],
                "rows_done": progress.rows_done,
                "failed_points": progress.failed_points,
            }
        )
    return progress


def _join(progress: Progress, part: Part, target: SweepFolder) -> None:
    """Take over a part, or hold it against the one that is there."""
    goal = target.path / OUTCOMES / part.path.name
    known = progress.done.get(part.block)
    if known is None or (known.failures and not part.failures):
        shutil.copyfile(part.path, goal)
        progress.done[part.block] = part
        target.log("part", block=part.block, rows=part.rows, bytes=part.size, worker="", seconds=0)
        for one in part.failures:
            target.log("failed", **one)
    elif not part.failures and not known.failures and known.content != part.content:
        raise SweepError(
            f"{known.path} and {part.path} hold different outcomes of the same rows: were they "
            "made on machines of different kinds?"
        )


def _refuse_another(plan: Plan, other: Plan, path: Path, there: Path) -> None:
    same = (
        plan.scenario.digest() == other.scenario.digest()
        and (plan.seed, plan.members, plan.block) == (other.seed, other.members, other.block)
        and plan.design.variables == other.design.variables
        and (plan.design.values == other.design.values[: len(plan.design)]).all()
    )
    if not same:
        raise SweepError(f"{path} and {there} are not parts of one sweep: see their {RECORD}")


def _rate(start: dict[str, Any], parts: list[dict[str, Any]]) -> float | None:
    """Return runs a second since a sweep was begun or resumed."""
    first, last = (datetime.fromisoformat(line["time"]) for line in (start, parts[-1]))
    seconds = (last - first).total_seconds()
    return sum(int(p["rows"]) for p in parts) / seconds if seconds > 0.0 else None
