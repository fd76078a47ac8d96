"""A run that was left behind, read back."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steppe.record import files, summary
from steppe.record.form import BATCH, RECORD, SCENARIO, RecordError, Status, checked
from steppe.results import Outcome

if TYPE_CHECKING:
    import pandas as pd

    from steppe.scenario import Scenario


RUNS = Path("runs")
"""Where runs are kept."""


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
        if os.path.isfile(path / BATCH):
            raise RecordError(f"{path}: a batch of runs; name the folder of one of them")
        if not os.path.isfile(file):
            raise RecordError(f"{path}: not a run, it holds no {RECORD}")
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise RecordError(f"cannot read {file}: {files.reason(error)}") from error
        except (ValueError, RecursionError) as error:
            raise RecordError(f"{file}: damaged, it is not valid JSON") from error
        if isinstance(record, dict) and record.get("kind") == "sweep":
            raise RecordError(f"{path}: a sweep, not a run; steppe status tells how far it is")
        return cls(path, checked(file, record))

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
        return self.table("series.parquet")

    def members(self) -> pd.DataFrame:
        """Return ``members.parquet``: a row a member with what was drawn and what came of it."""
        return self.table("members.parquet")

    def trajectories(self) -> pd.DataFrame:
        """Return ``trajectories.parquet``: a row a series, quarter and member."""
        return self.table("trajectories.parquet")

    def chronicle(self, member: int | None = None) -> pd.DataFrame:
        """Return ``chronicle.parquet``: a row for everything that happened, in one member or all.

        Runs of older versions lack some columns.
        """
        return self.table(
            "chronicle.parquet", only=None if member is None else [("member", "=", member)]
        )

    def scenario(self) -> Scenario:
        """Return the scenario as the run resolved it."""
        from steppe.scenario import Problems, loads

        try:
            return loads(self._text(SCENARIO), name=self.record["scenario"]["name"])
        except Problems as problems:
            raise RecordError(
                f"{self.path / 'scenario.yaml'}: not valid for this version of steppe: "
                f"{problems.problems[0].message}"
            ) from problems

    def summary(self) -> list[Outcome]:
        """Return the rows of ``summary.csv``."""
        try:
            return [
                summary.outcome(row)
                for row in csv.DictReader(io.StringIO(self._text("summary.csv")))
            ]
        except (KeyError, ValueError, TypeError, AttributeError, csv.Error) as error:
            raise RecordError(f"{self.path / 'summary.csv'}: damaged") from error

    def _intact(self, name: str) -> bool:
        return files.intact(self.path / name, self.record["files"][name])

    def present(self, name: str) -> Path:
        """Return the path of a file that is as the run left it; RecordError when it is not."""
        file = self.path / name
        if not os.path.isfile(file):
            told = "" if self.status == "done" else f" (its status is {self.status})"
            raise RecordError(f"{self.path}: this run has no {name}{told}")
        if name in self.record["files"] and not self._intact(name):
            raise RecordError(f"{file}: damaged or changed since the run (its sha256 differs)")
        return file

    def _text(self, name: str) -> str:
        file = self.present(name)
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RecordError(f"cannot read {file}: {files.reason(error)}") from error

    def table(
        self,
        name: str,
        columns: list[str] | None = None,
        only: list[tuple[str, str, Any]] | None = None,
    ) -> pd.DataFrame:
        """Return a Parquet file of the run, or some of its columns and the rows that fit."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        file = self.present(name)
        try:
            with open(file, "rb") as source:  # a name need not be UTF-8, as Arrow wants it
                read = pq.read_table(source, columns=columns, filters=only)
            frame: pd.DataFrame = read.to_pandas()
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


def kind_of(folder: Path) -> object:
    """Return of what a folder's ``record.json`` is: ``sweep``; None for a run's, and for none."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return record.get("kind") if isinstance(record, dict) else None


def run_folder(name: str) -> Path | None:
    """Return the folder of a run, or of a sweep or batch, given by path or by its name in ./runs.

    None when it is none.
    """
    for folder in (Path(name), RUNS / name):
        try:
            if name and any((folder / file).is_file() for file in (RECORD, BATCH)):
                return folder
        except (OSError, ValueError):
            return None
    return None
