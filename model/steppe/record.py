"""What a run leaves behind, and reading it back.

A run is a folder ``<scenario>-<UTC time>-<6 hex of the scenario's hash>``.  Its ``record.json`` is
written before the first quarter with status ``running`` and closed at the end, whether the run was
done, failed or was interrupted; it names the software, the inputs and the sha256 of every other
file.  Files appear whole or not at all.

Opening a record and its summary needs neither pandas nor pyarrow.
"""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import numpy as np

from steppe import metrics, migrations, provenance
from steppe import results as outcomes
from steppe.metrics import Series
from steppe.migrations import SCHEMA_VERSION
from steppe.results import Band, Outcome, Results

if TYPE_CHECKING:
    import pandas as pd

    from steppe.scenario import Scenario

RECORD = "record.json"
SCENARIO = "scenario.yaml"

_BANDS = ("", "parent_", "difference_")
_QUANTILES = ("median", "q05", "q95")
SUMMARY = ("outcome", "unit", *(band + q for band in _BANDS for q in _QUANTILES), "rose")
"""Columns of ``summary.csv``; those about the parent scenario are empty when there is none."""

Status = Literal["running", "done", "failed", "interrupted"]

_LONGEST_NAME = 60

_ROOM = 8192
"""Bytes that the first ``record.json`` takes at least, so that the closing one fits in its place
when the disk is full."""


class RecordError(Exception):
    """A run's folder cannot be written or read; the message is one sentence for the user."""


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
                "scenario": {
                    "name": scenario.name,
                    "title": scenario.title,
                    "parent": scenario.parent,
                    "start": str(scenario.horizon.start),
                    "end": str(scenario.horizon.end),
                    "sha256": digest,
                },
                "members": members,
                "seed": seed,
                "trajectories": list(trajectories),
                "rerun_of": None if rerun_of is None else dict(rerun_of),
                "quarters": {
                    "planned": scenario.horizon.end - scenario.horizon.start + 1,
                    "completed": 0,
                },
                "started": _timestamp(now),
                "finished": None,
                "software": provenance.software(),
                "data": {"sha256": provenance.data_hash()},
                "environment": provenance.environment(),
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
            write_whole(folder.path / SCENARIO, lambda f: _put(f, scenario.dump()))
        except OSError as error:
            if folder.path in made:
                for name in (RECORD, SCENARIO):
                    (folder.path / name).unlink(missing_ok=True)
            for empty in reversed(made):
                _remove_empty(empty)
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
        self._write("summary.csv", lambda f: _put(f, _summary(rows)))

    def close(self, status: Status, error: str | None = None) -> None:
        """Close the record: status, resources and the sha256 of every other file."""
        self.record |= {
            "status": status,
            "error": error,
            "finished": _timestamp(datetime.now(UTC)),
            "resources": {
                "wall_seconds": round(time.perf_counter() - self._wall, 3),
                "cpu_seconds": round(provenance.cpu_seconds() - self._cpu, 3),
                "peak_memory_mb": provenance.peak_memory_mb(),
                **({"stage_seconds": self._stages} if self._stages else {}),
            },
        }
        try:
            names = [n for n in provenance.files_below(self.path) if n != RECORD]
            self.record["files"] = {n: provenance.sha256(self.path / n) for n in names}
            self._save()
        except OSError as failure:
            raise RecordError(
                f"cannot close the record of {self.path}: {reason(failure)}"
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
            write_whole(self.path / RECORD, lambda f: _put(f, f"{text}\n".ljust(room)))
        except OSError:
            if not any(_write_over(self.path / RECORD, t) for t in (text, short)):
                raise

    def _write(self, name: str, content: Callable[[IO[bytes]], None]) -> None:
        try:
            write_whole(self.path / name, content)
        except OSError as error:
            raise RecordError(f"cannot write {self.path / name}: {reason(error)}") from error


def write_whole(path: Path, content: Callable[[IO[bytes]], None]) -> None:
    """Write a file so that it is there whole or not at all, even when the machine stops.

    A failure leaves what was there before and gives the space of the attempt back; the error names
    the file.
    """
    attempt = path.with_name(f".{path.name}.tmp")
    try:
        with open(attempt, "wb") as file:
            content(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(attempt, path)
    except BaseException as error:
        attempt.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)
        raise


def _write_over(path: Path, text: str) -> bool:
    """Write a text over what a file holds, which needs no new space; False when it is too long."""
    try:
        with open(path, "r+b") as file:
            content = text.encode("utf-8", "replace")
            if len(content) >= os.fstat(file.fileno()).st_size:
                return False
            file.write(content.ljust(os.fstat(file.fileno()).st_size - 1) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    return True


def folder_name(scenario: str, now: datetime, digest: str) -> str:
    """Return the name of a run's folder."""
    plain = re.sub(r"[^\w.-]+", "_", scenario).lstrip(".-")[:_LONGEST_NAME] or "scenario"
    return f"{plain}-{now:%Y%m%dT%H%M%SZ}-{digest[:6]}"


@dataclass(frozen=True)
class RunRecord:
    """A run that was left behind: ``record`` is its ``record.json``, ``path`` its folder."""

    path: Path
    record: Mapping[str, Any]

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> RunRecord:
        """Open a run's folder; :class:`RecordError` says in one sentence why it is not one."""
        path = Path(path)
        if not os.path.exists(path):
            raise RecordError(f"{path}: there is no such run")
        if not path.is_dir():
            raise RecordError(f"{path}: a run is a folder, this is a file")
        file = path / RECORD
        if not os.path.isfile(file):
            raise RecordError(f"{path}: not a run, it holds no {RECORD}")
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise RecordError(f"cannot read {file}: {reason(error)}") from error
        except (ValueError, RecursionError) as error:
            raise RecordError(f"{file}: damaged, it is not valid JSON") from error
        return cls(path, _checked(file, record))

    @property
    def status(self) -> Status:
        """``running`` also stands for a run that was killed before it could close its record."""
        status: Status = self.record["status"]
        return status

    def damaged(self) -> list[str]:
        """Return the files that are missing or not as the run left them."""
        return [name for name in self.record["files"] if not self._intact(name)]

    def series(self) -> pd.DataFrame:
        """Return ``series.parquet``: a row a series and quarter with its statistics."""
        return self._table("series.parquet")

    def members(self) -> pd.DataFrame:
        """Return ``members.parquet``: a row a member with what was drawn and what came of it."""
        return self._table("members.parquet")

    def trajectories(self) -> pd.DataFrame:
        """Return ``trajectories.parquet``: a row a series, quarter and member."""
        return self._table("trajectories.parquet")

    def chronicle(self, member: int | None = None) -> pd.DataFrame:
        """Return ``chronicle.parquet``: a row for everything that happened, in one member or all.

        Runs of older versions lack some columns.
        """
        return self._table(
            "chronicle.parquet", None if member is None else [("member", "=", member)]
        )

    def scenario(self) -> Scenario:
        """Return the scenario as the run resolved it."""
        from steppe.scenario import Problems, loads

        try:
            return loads(self._text("scenario.yaml"), name=self.record["scenario"]["name"])
        except Problems as problems:
            raise RecordError(
                f"{self.path / 'scenario.yaml'}: not valid for this version of steppe: "
                f"{problems.problems[0].message}"
            ) from problems

    def summary(self) -> list[Outcome]:
        """Return the rows of ``summary.csv``."""
        try:
            return [_outcome(row) for row in csv.DictReader(io.StringIO(self._text("summary.csv")))]
        except (KeyError, ValueError, TypeError, AttributeError, csv.Error) as error:
            raise RecordError(f"{self.path / 'summary.csv'}: damaged") from error

    def _intact(self, name: str) -> bool:
        try:
            return bool(provenance.sha256(self.path / name) == self.record["files"][name])
        except (OSError, ValueError):  # a name with a null byte is no file either
            return False

    def _present(self, name: str) -> Path:
        """Return the path of a file that is as the run left it."""
        file = self.path / name
        if not os.path.isfile(file):
            told = "" if self.status == "done" else f" (its status is {self.status})"
            raise RecordError(f"{self.path}: this run has no {name}{told}")
        if name in self.record["files"] and not self._intact(name):
            raise RecordError(f"{file}: damaged or changed since the run (its sha256 differs)")
        return file

    def _text(self, name: str) -> str:
        file = self._present(name)
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RecordError(f"cannot read {file}: {reason(error)}") from error

    def _table(self, name: str, only: list[tuple[str, str, int]] | None = None) -> pd.DataFrame:
        import pyarrow as pa
        import pyarrow.parquet as pq

        file = self._present(name)
        try:
            frame: pd.DataFrame = pq.read_table(file, filters=only).to_pandas()
        except (OSError, pa.ArrowException) as error:
            raise RecordError(f"{file}: damaged, it is not a readable Parquet file") from error
        return frame


def runs(parent: str | os.PathLike[str]) -> Iterator[RunRecord]:
    """Yield the runs below ``parent`` by name; folders that are no runs are passed over."""
    for path in sorted(Path(parent).iterdir()) if os.path.isdir(parent) else []:
        try:
            yield RunRecord.open(path)
        except RecordError:
            continue


def reason(error: Exception) -> str:
    """Return why the system refused, in its own words but short."""
    number = getattr(error, "errno", None)
    if number == errno.ENOSPC:
        return "no space left on the disk"
    return os.strerror(number).lower() if number is not None else str(error)


_ABSENT = type(None)

_FORM: dict[str, type | tuple[type, ...]] = {
    "status": str,
    "error": (str, _ABSENT),
    "command": list,
    "scenario": dict,
    "scenario.name": str,
    "scenario.title": str,
    "scenario.start": str,
    "scenario.end": str,
    "scenario.parent": (str, _ABSENT),
    "members": int,
    "seed": int,
    "trajectories": list,
    "rerun_of": (dict, _ABSENT),
    "quarters": dict,
    "quarters.planned": int,
    "quarters.completed": int,
    "started": str,
    "software": (dict, _ABSENT),
    "software.version": (str, _ABSENT),
    "software.git": (dict, _ABSENT),
    "software.git.commit": (str, _ABSENT),
    "not_finite": (dict, _ABSENT),
    "not_finite.outcomes": (int, _ABSENT),
    "not_finite.members": (int, _ABSENT),
    "resources": (dict, _ABSENT),
    "files": dict,
}
"""What a reader relies on in a ``record.json``, outer keys before inner ones."""


def _checked(file: Path, record: Any) -> dict[str, Any]:
    """Return a record, also an older one, in the form of this version's; else RecordError."""
    try:
        record = migrations.upgraded(record)
    except ValueError as error:
        raise RecordError(f"{file}: {error}") from None
    for key, form in _FORM.items():
        value = record
        for word in key.split("."):
            value = None if value is None else value.get(word)
        if not isinstance(value, form):
            raise RecordError(f"{file}: damaged, {key!r} is missing or wrong")
    if not all(isinstance(digest, str) for digest in record["files"].values()):
        raise RecordError(f"{file}: damaged, 'files' is missing or wrong")
    found: dict[str, Any] = record
    return found


def _summary(rows: Sequence[Outcome]) -> str:
    """Return the text of ``summary.csv``, six significant digits a number."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(SUMMARY)
    for row in rows:
        bands = (row.band, row.parent, row.difference)
        numbers = [getattr(band, q, None) for band in bands for q in _QUANTILES]
        writer.writerow(
            [row.series.label, row.series.outcome_unit, *map(_spelled, [*numbers, row.rose])]
        )
    return text.getvalue()


def _spelled(number: float | None) -> str:
    return "" if number is None or not np.isfinite(number) else f"{number:.6g}"


def _outcome(row: Mapping[str, str]) -> Outcome:
    """Return the outcome of one row of ``summary.csv``."""
    bands = [Band(*(float(row[prefix + q] or "nan") for q in _QUANTILES)) for prefix in _BANDS]
    compared = any(row[prefix + q] for prefix in _BANDS[1:] for q in _QUANTILES)
    metric, _, inside = row["outcome"].partition("[")
    cell = tuple(inside.removesuffix("]").split(",")) if inside else ()
    dims = metrics.BY_NAME[metric].dims if metric in metrics.BY_NAME else ()
    return Outcome(
        Series(metric, dims, cell, row["unit"], row["unit"]),
        bands[0],
        bands[1] if compared else None,
        bands[2] if compared else None,
        float(row["rose"]) if row["rose"] else None,
    )


def _put(file: IO[bytes], text: str) -> None:
    file.write(text.encode("utf-8", "replace"))


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return


def _refusal(parent: Path, path: Path, error: OSError) -> str:
    """Return why a run's folder cannot be made, with the way out."""
    if isinstance(error, FileExistsError) and os.path.lexists(path):
        return f"{path}: already exists; wait a second and run again, or choose another --out"
    nearest = next((p for p in (parent, *parent.parents) if os.path.exists(p)), parent)
    if not os.path.isdir(nearest):
        return f"{nearest}: is a file, runs need a folder; choose another --out"
    return f"cannot write a run to {parent}: {reason(error)}; choose another --out"


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
