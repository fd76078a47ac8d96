"""The folder of a run while the run goes on."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from steppe import provenance
from steppe import results as outcomes
from steppe.migrations import SCHEMA_VERSION
from steppe.record import files, summary
from steppe.record.form import RECORD, SCENARIO, RecordError, Status, about, timestamp
from steppe.results import Results

if TYPE_CHECKING:
    from steppe.scenario import Scenario

_LONGEST_NAME = 60

_ROOM = 8192
"""Bytes that the first ``record.json`` takes at least, so that the closing one fits in its place
when the disk is full."""


class RunFolder:
    """The folder of a run while the run goes on.

    ``path`` is the folder, ``record`` what its ``record.json`` holds.
    """

    def __init__(self, path: Path, record: dict[str, Any]) -> None:
        self.path = path
        self.record = record
        self._stages: dict[str, float] = {}
        self._wall = time.perf_counter()
        self._cpu = provenance.cpu_seconds()

    @classmethod
    def create(
        cls,
        parent: str | os.PathLike[str],
        scenario: Scenario,
        command: Sequence[str],
        members: int,
        seed: int,
        *,
        trajectories: Sequence[str] = (),
        rerun_of: Mapping[str, Any] | None = None,
        now: datetime | None = None,
    ) -> RunFolder:
        """Create the folder below ``parent`` (made when absent): the scenario, a record that runs.

        ``trajectories`` names the metrics kept by member; ``rerun_of`` the run that this repeats.
        Raises :class:`RecordError` when that cannot be done; then nothing is left behind.
        """
        now, parent = now or datetime.now(UTC), Path(parent)
        digest = scenario.digest()
        folder = cls(
            parent / folder_name(scenario.name, now, digest),
            {
                "schema_version": SCHEMA_VERSION,
                "status": "running",
                "error": None,
                "command": list(command),
                "scenario": about(scenario),
                "members": members,
                "seed": seed,
                "trajectories": list(trajectories),
                "rerun_of": None if rerun_of is None else dict(rerun_of),
                "quarters": {
                    "planned": scenario.horizon.end - scenario.horizon.start + 1,
                    "completed": 0,
                },
                "started": timestamp(now),
                "finished": None,
                **provenance.origin(),
                "not_finite": None,
                "resources": None,
                "files": {},
            },
        )
        made: list[Path] = []
        try:
            chain = (parent, *parent.parents)
            for missing in reversed([p for p in chain if not os.path.exists(p)]):
                missing.mkdir(exist_ok=True)
                made.append(missing)
            folder.path.mkdir()
            made.append(folder.path)
            folder._save(room=_ROOM)
            files.write_whole(folder.path / SCENARIO, lambda f: files.put(f, scenario.dump()))
        except OSError as error:
            if folder.path in made:
                for name in (RECORD, SCENARIO):
                    (folder.path / name).unlink(missing_ok=True)
            for empty in reversed(made):
                files.remove_empty(empty)
            raise RecordError(_refusal(parent, folder.path, error)) from error
        return folder

    def write(self, results: Results, parent: Results | None = None) -> None:
        """Write what the run found, as far as it came; ``parent`` goes into ``summary.csv`` only.

        Raises :class:`RecordError` when the disk refuses; files written before stay.
        """
        from steppe import tables

        self.record["quarters"]["completed"] = results.completed
        self._stages = {stage: round(s, 3) for stage, s in results.timings.items()}
        self.record["not_finite"] = outcomes.not_finite(results)
        self._write("members.parquet", lambda f: tables.write(f, [tables.members(results)]))
        self._write("series.parquet", lambda f: tables.write(f, [tables.series(results)]))
        self._write("chronicle.parquet", lambda f: tables.write(f, tables.chronicle(results)))
        if results.trajectories:
            self._write(
                "trajectories.parquet", lambda f: tables.write(f, tables.trajectories(results))
            )
        self.summarise(results, parent)

    def summarise(self, results: Results, parent: Results | None = None) -> None:
        """Write ``summary.csv`` (again), with the parent's bands when its results are at hand."""
        rows = outcomes.outcomes(results, parent, outcomes.headline(results))
        self._write("summary.csv", lambda f: files.put(f, summary.written(rows)))

    def close(self, status: Status, error: str | None = None) -> None:
        """Close the record: status, resources and the sha256 of every other file."""
        self.record |= {
            "status": status,
            "error": error,
            "finished": timestamp(),
            "resources": {
                "wall_seconds": round(time.perf_counter() - self._wall, 3),
                "cpu_seconds": round(provenance.cpu_seconds() - self._cpu, 3),
                "peak_memory_mb": provenance.peak_memory_mb(),
                **({"stage_seconds": self._stages} if self._stages else {}),
            },
        }
        try:
            self.record["files"] = files.checksums(self.path, besides=(RECORD,))
            self._save()
        except OSError as failure:
            raise RecordError(
                f"cannot close the record of {self.path}: {files.reason(failure)}"
            ) from failure

    def abandon(self) -> None:
        """Close the record as interrupted, when the process is about to end, as far as it goes."""
        for attempt in self.path.rglob(".*.tmp"):
            attempt.unlink(missing_ok=True)
        with suppress(RecordError):
            self.close("interrupted")

    def _save(self, room: int = 0) -> None:
        """Write the record, of ``room`` bytes at least; over the old one when the disk is full."""
        text = json.dumps(self.record, indent=2, ensure_ascii=False, allow_nan=False)
        short = json.dumps(self.record, ensure_ascii=False, allow_nan=False)
        try:
            files.write_whole(self.path / RECORD, lambda f: files.put(f, f"{text}\n".ljust(room)))
        except OSError:
            if not any(files.write_over(self.path / RECORD, t) for t in (text, short)):
                raise

    def _write(self, name: str, content: Callable[[IO[bytes]], None]) -> None:
        try:
            files.write_whole(self.path / name, content)
        except OSError as error:
            raise RecordError(f"cannot write {self.path / name}: {files.reason(error)}") from error


def folder_name(scenario: str, now: datetime, digest: str) -> str:
    """Return the name of a run's folder."""
    plain = re.sub(r"[^\w.-]+", "_", scenario).lstrip(".-")[:_LONGEST_NAME] or "scenario"
    return f"{plain}-{now:%Y%m%dT%H%M%SZ}-{digest[:6]}"


def _refusal(parent: Path, path: Path, error: OSError) -> str:
    """Return why a run's folder cannot be made, with the way out."""
    if isinstance(error, FileExistsError) and os.path.lexists(path):
        return f"{path}: already exists; wait a second and run again, or choose another --out"
    nearest = next((p for p in (parent, *parent.parents) if os.path.exists(p)), parent)
    if not os.path.isdir(nearest):
        return f"{nearest}: is a file, runs need a folder; choose another --out"
    return f"cannot write a run to {parent}: {files.reason(error)}; choose another --out"
