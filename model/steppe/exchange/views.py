"""The tables of many runs as one: what ``steppe query`` sees below the names of its views.

A view is an Arrow data set over the Parquet files of all runs.  Files are opened for their columns
only when a query names the view, and read as far as it needs.  Runs of other versions unite by the
names of their columns; what one does not have is null.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow import fs

from steppe.record.catalogue import Catalogue, Entry, copies, scenario_of
from steppe.record.files import spellable

RUN = "run"

_TEXT = ("title", "parent", "start", "end")

RUNS_SCHEMA = pa.schema(
    [
        (RUN, pa.string()),
        ("kind", pa.string()),
        ("scenario", pa.string()),
        *((name, pa.string()) for name in _TEXT),
        ("status", pa.string()),
        ("members", pa.int64()),
        ("seed", pa.int64()),
        ("quarters", pa.int64()),
        ("started", pa.timestamp("s", tz="UTC")),
        ("finished", pa.timestamp("s", tz="UTC")),
        ("seconds", pa.float64()),
        ("id", pa.string()),
        ("copy_of", pa.string()),
        ("scenario_sha256", pa.string()),
        ("data_sha256", pa.string()),
        ("code_sha256", pa.string()),
        ("version", pa.string()),
        ("commit", pa.string()),
        ("error", pa.string()),
    ]
)
"""Columns of ``runs``: a row a run, sweep or batch."""

FILES = {
    "members": ("run", "members.parquet"),
    "series": ("run", "series.parquet"),
    "chronicle": ("run", "chronicle.parquet"),
    "trajectories": ("run", "trajectories.parquet"),
    "design": ("sweep", "design.parquet"),
    "outcomes": ("sweep", "outcomes/part-*.parquet"),
}
"""By view: the kind of folder that has it, and its files there."""

VIEWS = ("runs", *FILES)

LEAST: Mapping[str, Sequence[str]] = {
    "members": ("member",),
    "series": ("metric", "quarter", "unit"),
    "chronicle": ("quarter", "member", "kind"),
    "trajectories": ("metric", "quarter", "member", "value"),
    "design": ("point",),
    "outcomes": ("point", "member"),
}
"""Columns without which a file is none of a view; they are there when no run is, too."""

_NUMBERS = {"member": pa.int64(), "point": pa.int64(), "value": pa.float64()}


@dataclass(frozen=True)
class View:
    """A table or data set below a name, and sentences on files that were passed over."""

    data: Any
    problems: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


def runs(found: Catalogue) -> View:
    """Return the table of runs, sweeps and batches."""
    twins = copies(found.entries)
    rows = [_row(entry, twins.get(entry.path)) for entry in found.entries]
    problems = tuple(f"{file} cannot be read: its run is left out" for file in found.cannot)
    return View(pa.Table.from_pylist(rows, schema=RUNS_SCHEMA), problems)


def _row(entry: Entry, twin: Path | None) -> dict[str, Any]:
    record = entry.record

    def at(*path: str) -> Any:
        found: Any = record
        for word in path:
            found = found.get(word) if isinstance(found, dict) else None
        return found

    about = {name: _text(at("scenario", name)) for name in _TEXT}
    return {
        RUN: _text(entry.path),
        "kind": entry.kind,
        "scenario": _text(scenario_of(record)),
        **about,
        "status": _text(at("status")),
        "members": _whole(at("members")),
        "seed": _whole(at("seed")),
        "quarters": _whole(at("quarters", "completed")),
        "started": _moment(at("started")),
        "finished": _moment(at("finished")),
        "seconds": _number(at("resources", "wall_seconds")),
        "id": entry.identity,
        "copy_of": _text(twin),
        "scenario_sha256": _text(at("scenario", "sha256")),
        "data_sha256": _text(at("data", "sha256")),
        "code_sha256": _text(at("software", "sha256")),
        "version": _text(at("software", "version")),
        "commit": _text(at("software", "git", "commit")),
        "error": _text(at("error")),
    }


def _text(value: Any) -> str | None:
    return None if value is None else spellable(str(value))


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and abs(value) < 1 << 63 else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _moment(value: Any) -> Any:
    from datetime import datetime

    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def view(
    name: str,
    found: Catalogue,
    without: frozenset[Path] = frozenset(),
    stop: Callable[[], bool] = lambda: False,
) -> View:
    """Return a view over all files of its kind but those in ``without``, or until ``stop``."""
    kind, pattern = FILES[name]
    schemas: list[pa.Schema] = []
    files: list[tuple[Path, str]] = []
    problems: list[str] = []
    known: dict[pa.Schema, int] = {}
    for entry in found.entries:
        if entry.kind != kind:
            continue
        if stop():
            break
        for file in _files(entry.path, pattern):
            if file in without:
                continue
            try:
                schema = _schema(file)
                lacking = [c for c in LEAST[name] if c not in schema.names]
                if lacking:
                    raise ValueError(f"it has no column {lacking[0]}")
                own = [c for c in schema.names if c != RUN]
                if len({RUN, *(c.lower() for c in own)}) <= len(own):  # DuckDB knows no case
                    raise ValueError("two of its columns have the same name")
            except UnicodeEncodeError:
                problems.append(f"{file} has a name that is not UTF-8: it is left out")
                continue
            except (OSError, pa.ArrowException, ValueError) as error:
                plain = isinstance(error, ValueError) and not isinstance(error, pa.ArrowException)
                told = str(error) if plain else "no readable Parquet file"
                problems.append(f"{file} is damaged ({told}): it is left out")
                continue
            if schema not in known:
                known[schema] = len(schemas)
                schemas.append(schema)
            files.append((file, str(entry.path)))
    return View(_united(name, schemas, files), tuple(problems), tuple(file for file, _ in files))


def _files(folder: Path, pattern: str) -> list[Path]:
    """Return the files of a folder below a name, or of one of its folders."""
    if "*" not in pattern:
        file = folder / pattern
        return [file] if file.is_file() else []
    below, _, name = pattern.partition("/")
    return sorted(file for file in (folder / below).glob(name) if file.is_file())


def _schema(file: Path) -> pa.Schema:
    """Return the columns of a Parquet file, words as plain text."""
    plain = []
    for column in pq.read_schema(file).remove_metadata():
        form = column.type
        if pa.types.is_dictionary(form):
            form = form.value_type
        plain.append(pa.field(column.name, form))
    return pa.schema(plain)


def _united(name: str, schemas: list[pa.Schema], files: list[tuple[Path, str]]) -> Any:
    least = [(c, _NUMBERS.get(c, pa.string())) for c in LEAST[name]]
    if not files:
        return pa.schema([(RUN, pa.string()), *least]).empty_table()
    columns: dict[str, pa.DataType] = {}
    for schema in schemas:
        for column in schema:
            held = columns.setdefault(column.name, column.type)
            columns[column.name] = _common(held, column.type)
    columns.pop(RUN, None)
    schema = pa.schema([(RUN, pa.string()), *columns.items()])
    return ds.FileSystemDataset.from_paths(
        [os.path.abspath(file) for file, _ in files],
        schema=schema,
        format=ds.ParquetFileFormat(),
        filesystem=fs.LocalFileSystem(),
        partitions=[ds.field(RUN) == run for _, run in files],
    )


def _common(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """Return a type that holds the values of both."""
    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    numbers = [pa.types.is_integer(t) or pa.types.is_floating(t) for t in (one, other)]
    return pa.float64() if all(numbers) else pa.string()
