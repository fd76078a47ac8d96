"""A sweep's folder: its record, design, parts and log, and which parts are good.

    record.json               what is computed, by which software, how it ended
    scenario.yaml             the scenario, without what the design varies
    design.parquet            a row a point: ``point`` and the varied parameters
    members.parquet           a row a member: what all points draw alike
    outcomes/part-*.parquet   a row a point and member: ``point``, ``member``, outcomes
    failures.csv              points that could not be computed, and why
    log.jsonl                 what happened when, a JSON object a line
    findings/                 what was found out from it, a folder a finding

A part appears whole or not at all.  It carries the hash of what it was computed from and of what it
holds: one that is damaged, or of another sweep, is found by that and computed again.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from steppe.record import RUNS, folder_name, reason, write_whole
from steppe.record.files import put
from steppe.sweeps.plan import Plan, content_hash
from steppe.sweeps.work import Answer

RECORD, SCENARIO, DESIGN, MEMBERS = (
    "record.json",
    "scenario.yaml",
    "design.parquet",
    "members.parquet",
)
OUTCOMES, FAILURES, LOG, LOCK = "outcomes", "failures.csv", "log.jsonl", ".lock"
FINDINGS = "findings"

_PART = re.compile(r"part-(\d{6,})\.parquet")
_NOTE = b"steppe"
"""Key of a part's own description in the metadata of its file."""


class SweepError(Exception):
    """A sweep cannot begin or go on; the message is one sentence for the user.

    ``begun`` tells that parts may have been written before.
    """

    begun = False


@dataclass(frozen=True)
class Part:
    """A good part: its block, rows, failures, the size of its file in bytes and its hash."""

    block: int
    path: Path
    rows: int
    failures: tuple[dict[str, Any], ...]
    size: int
    content: str


class SweepFolder:
    """The folder of a sweep; entered, it belongs to this process alone."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._lock = FileLock(str(self.path / LOCK), blocking=False)

    def __enter__(self) -> Self:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout:
            raise SweepError(
                f"{self.path}: another sweep is at work in this folder; wait for it or stop it"
            ) from None
        except OSError as error:
            raise SweepError(f"cannot use {self.path}: {reason(error)}") from error
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def in_use(self) -> bool:
        """Tell whether a process is at work here."""
        if not (self.path / LOCK).exists():
            return False
        try:
            with FileLock(str(self.path / LOCK), blocking=False):
                return False
        except Timeout:
            return True
        except OSError:
            return False

    @property
    def exists(self) -> bool:
        return (self.path / RECORD).is_file()

    # --- the record ------------------------------------------------------------------------------

    def record(self) -> dict[str, Any]:
        """Return what ``record.json`` holds; :class:`SweepError` where it is none of a sweep."""
        file = self.path / RECORD
        if not self.path.is_dir():
            what = "not a sweep, but a file" if self.path.is_file() else "there is no such sweep"
            raise SweepError(f"{self.path}: {what}")
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SweepError(f"{self.path}: not a sweep, it holds no {RECORD}") from None
        except OSError as error:
            raise SweepError(f"cannot read {file}: {reason(error)}") from error
        except (ValueError, RecursionError):
            raise SweepError(f"{file}: damaged, it is not valid JSON") from None
        if not isinstance(record, dict) or record.get("kind") != "sweep":
            raise SweepError(f"{self.path}: not a sweep, but perhaps a run")
        return record

    def save(self, record: Mapping[str, Any]) -> None:
        text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        self.write(RECORD, text)

    def write(self, name: str, content: str | pa.Table) -> None:
        """Write a file of the folder whole; :class:`SweepError` when the disk refuses."""
        path = self.path / name

        def fill(file: IO[bytes]) -> None:
            if isinstance(content, str):
                put(file, content)
            else:
                pq.write_table(content, file, compression="zstd")

        try:
            path.parent.mkdir(exist_ok=True)
            write_whole(path, fill)
        except OSError as error:
            raise SweepError(f"cannot write {path}: {reason(error)}") from error

    def read(self, name: str) -> pa.Table:
        """Return a table of the folder."""
        path = self.path / name
        try:
            return pq.read_table(path)
        except FileNotFoundError:
            raise SweepError(f"{self.path}: this sweep has no {name}") from None
        except (OSError, pa.ArrowException):
            raise SweepError(f"{path}: damaged, it is not a readable Parquet file") from None

    # --- parts -----------------------------------------------------------------------------------

    def put(self, plan: Plan, answer: Answer) -> Part:
        """Write the part of an answer, whole and with what tells that it is good."""
        failures = tuple(f.data() for f in answer.failures)
        note = {
            "block": answer.number,
            "inputs": plan.inputs(answer.number),
            "content": content_hash(_columns(answer.table)),
            "failures": failures,
        }
        table = answer.table.replace_schema_metadata({_NOTE: json.dumps(note)})
        path = self._part(answer.number)
        self.write(f"{OUTCOMES}/{path.name}", table)
        return Part(
            answer.number, path, len(table), failures, path.stat().st_size, str(note["content"])
        )

    def clear_attempts(self) -> None:
        """Remove what a killed process left half-written."""
        for place in (self.path, self.path / OUTCOMES):
            for attempt in place.glob(".*.tmp"):
                with suppress(OSError):
                    attempt.unlink()

    def parts(self, plan: Plan) -> Iterator[Part | tuple[Path, str]]:
        """Yield the plan's good parts, and path and fault of the others."""
        for path in sorted((self.path / OUTCOMES).glob("*.parquet")):
            name = _PART.fullmatch(path.name)
            block = int(name[1]) if name else -1
            if not 0 <= block < plan.blocks or path != self._part(block):
                yield path, "no part of this sweep"
                continue
            yield self._checked(plan, block, path)

    def outcomes(self) -> Iterator[tuple[pa.Table, tuple[dict[str, Any], ...]]]:
        """Yield the table and the failures of every part, whatever version of steppe made it."""
        for path in sorted((self.path / OUTCOMES).glob("part-*.parquet")):
            found = _read_part(path)
            if found is None:
                raise SweepError(f"{path}: damaged; resume the sweep to compute it again")
            table, note = found
            yield table.replace_schema_metadata(None), tuple(note["failures"])

    def _checked(self, plan: Plan, block: int, path: Path) -> Part | tuple[Path, str]:
        found = _read_part(path)
        if found is None or found[1]["block"] != block:
            return path, "damaged"
        table, note = found
        if note["inputs"] != plan.inputs(block):
            return path, "computed from something else"
        size, content = path.stat().st_size, str(note["content"])
        return Part(block, path, len(table), tuple(note["failures"]), size, content)

    def has_part(self, block: int) -> bool:
        return self._part(block).is_file()

    def _part(self, block: int) -> Path:
        return self.path / OUTCOMES / f"part-{block:06d}.parquet"

    # --- failures and the log --------------------------------------------------------------------

    def write_failures(self, failures: list[dict[str, Any]]) -> None:
        """Write ``failures.csv``: a row a point, or nothing when all went well."""
        if not failures:
            with suppress(OSError):
                (self.path / FAILURES).unlink(missing_ok=True)
            return
        names = list(failures[0]["parameters"])
        text = io.StringIO()
        table = csv.writer(text)
        table.writerow(["point", "members", *names, "message"])
        for one in sorted(failures, key=lambda f: (f["point"], f["members"])):
            values = [repr(one["parameters"].get(n)) for n in names]
            table.writerow([one["point"], len(one["members"]), *values, one["message"]])
        self.write(FAILURES, text.getvalue())

    def log(self, event: str, **facts: Any) -> None:
        """Add a line to the log; a full disk does not end a sweep here."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "event": event, **facts}, ensure_ascii=False)
        with suppress(OSError), open(self.path / LOG, "ab") as file:
            put(file, line + "\n")

    def logged(self) -> list[dict[str, Any]]:
        """Return the log, without a line that a killed process left half-written."""
        lines = []
        with suppress(OSError), open(self.path / LOG, encoding="utf-8", errors="replace") as file:
            for line in file:
                with suppress(ValueError, RecursionError):
                    found = json.loads(line)
                    if isinstance(found, dict) and _sound(found):
                        lines.append(found)
        return lines


def default_folder(scenario: str, digest: str) -> Path:
    """Return where a sweep goes when nobody says: below ``runs``."""
    return RUNS / folder_name(f"{scenario}-sweep", datetime.now(UTC), digest)


def _sound(line: Mapping[str, Any]) -> bool:
    """Tell whether a line of the log has the numbers that its event must have."""
    numbers = {"part": ("block", "rows"), "failed": ("point",)}.get(str(line.get("event")), ())
    return all(isinstance(line.get(name), int) for name in numbers) and "time" in line


def _read_part(path: Path) -> tuple[pa.Table, dict[str, Any]] | None:
    """Return a part's table and its description of itself; None when they do not agree."""
    try:
        table = pq.read_table(path)
        note = json.loads((table.schema.metadata or {})[_NOTE])
        if note["content"] != content_hash(_columns(table)):
            return None
        failures = [f for f in note["failures"] if isinstance(f, dict)]
        good = len(failures) == len(note["failures"]) and {"block", "inputs"} <= set(note)
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError):
        return None
    return (table, note) if good else None


def _columns(table: pa.Table) -> dict[str, np.ndarray[Any, Any]]:
    return {name: table.column(name).to_numpy(zero_copy_only=False) for name in table.column_names}
