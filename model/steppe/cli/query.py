"""``steppe query``: SQL over many runs, read only."""

from __future__ import annotations

import csv
import json
import math
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from steppe.cli import layout, table
from steppe.cli.codes import DONE, FAILED, INTERRUPTED, USAGE
from steppe.cli.files import CannotWrite, free, whole
from steppe.cli.interruption import Interruption
from steppe.cli.progress import say
from steppe.exchange import ExchangeError
from steppe.exchange.query import Session
from steppe.record import RUNS
from steppe.record.catalogue import catalogue
from steppe.scenario.problems import clip, nearest

FORMATS = ("table", "csv", "json", "parquet")

MOST, MOST_ON_A_TERMINAL = 10_000, 100
"""Rows that a table shows."""

CELLS = 500_000
"""Cells of an answer that Python holds at a time."""

_LONGEST = 500

type Answer = pa.RecordBatchReader


def run(
    sql: str,
    *,
    places: Sequence[Path] = (),
    form: str | None = None,
    out: Path | None = None,
    force: bool = False,
) -> int:
    """Print or write the answer to a query and return the exit code."""
    with Interruption() as stop:
        try:
            form = _form(form, out)
            _check(places, out, force)
            found = catalogue(tuple(dict.fromkeys(places)) or (RUNS,))
            with Session(found, lambda text: say(f"warning: {text}")) as session:
                done = _answered(session, sql, form, out, stop)
        except ExchangeError as problem:
            option = {"out": "--out: ", "in": "--in: ", "format": "--format: "}.get(
                problem.argument, ""
            )
            say(clip(f"{option}error: {problem}", 1_000))
            return USAGE
        except CannotWrite as problem:
            say(f"error: {problem}")
            return FAILED
    if not done:
        say("interrupted")
        return INTERRUPTED
    return DONE


def _form(form: str | None, out: Path | None) -> str:
    """Return the format: the one named, else what the file's name ends with, else a table."""
    if form is None and out is not None:
        form = out.suffix.lower().removeprefix(".")
        if form not in FORMATS:
            raise ExchangeError("name the --format csv, json or parquet of the file", "out")
    if form is None:
        return "table"
    if form not in FORMATS:
        near = nearest(form, FORMATS)
        hint = f" (did you mean '{near}'?)" if near else ""
        raise ExchangeError(f"'{clip(form)}' is none of {', '.join(FORMATS)}{hint}", "format")
    if form == "parquet" and out is None:
        raise ExchangeError("parquet is no text: name a file with --out", "format")
    return form


def _check(places: Sequence[Path], out: Path | None, force: bool) -> None:
    for place in places:
        if "\0" in str(place) or not place.is_dir():
            raise ExchangeError(f"there is no folder {clip(str(place), 200)}", "in")
    if out is not None:
        free(out, force)


class _Stopped(Exception):
    """The user has interrupted the query."""


def _answered(
    session: Session, sql: str, form: str, out: Path | None, stop: Callable[[], bool]
) -> bool:
    """Write the answer to its place; False when it was interrupted, and nothing is written."""
    write = {"table": _table, "csv": _csv, "json": _json, "parquet": _parquet}[form]

    def fill(path: Path) -> None:
        if not session.ask(sql, lambda answer: write(answer, path), stop):
            raise _Stopped

    try:
        if out is not None:
            whole(out, fill)
            return True
        with tempfile.TemporaryDirectory(prefix="steppe-") as place:
            answer = Path(place) / "answer"
            fill(answer)
            with open(answer, encoding="utf-8", newline="") as file:
                shutil.copyfileobj(file, sys.stdout)
    except _Stopped:
        return False
    return True


def _text(path: Path) -> TextIO:
    return open(path, "w", encoding="utf-8", errors="replace", newline="")


def _parts(answer: Answer) -> Iterator[pa.RecordBatch]:
    """Yield the rows in parts of at most :data:`CELLS` cells: tables have a thousand columns."""
    rows = max(1, CELLS // max(1, len(answer.schema)))
    for batch in answer:
        for start in range(0, batch.num_rows, rows):
            yield batch.slice(start, rows)


def _table(answer: Answer, path: Path) -> None:
    """Write a table for a reader, as wide as the terminal."""
    width = layout.terminal()
    most = MOST if width is None else MOST_ON_A_TERMINAL
    columns = [clip(name, _LONGEST) for name in _unlike(answer.schema.names)]
    cells: list[list[str]] = []
    more = False
    for batch in answer:
        taken = batch.slice(0, most + 1 - len(cells))
        values = [taken.column(i).to_pylist() for i in range(taken.num_columns)]
        cells += [[_cell(value) for value in row] for row in zip(*values, strict=True)]
        if len(cells) > most:
            cells, more = cells[:most], True
            break
    with _text(path) as file:
        file.write("\n".join(layout.laid_out(columns, cells, columns, width)) + "\n")
    if more:
        say(f"note: the first {most:,} rows; --format csv, json or parquet has all")


def _unlike(columns: Sequence[str]) -> list[str]:
    """Return the names of columns, which SQL lets be the same: ``mean``, ``mean_1``."""
    found: dict[str, None] = {}
    for name in columns:
        own, number = name, 0
        while own in found:
            number += 1
            own = f"{name}_{number}"
        found[own] = None
    return list(found)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return table.number(value)
    return clip(_spelled(value), _LONGEST)


def _csv(answer: Answer, path: Path) -> None:
    with _text(path) as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(_unlike(answer.schema.names))
        for batch in _parts(answer):
            values = [batch.column(i).to_pylist() for i in range(batch.num_columns)]
            for row in zip(*values, strict=True):
                writer.writerow([_number(v) if isinstance(v, float) else _spelled(v) for v in row])


def _json(answer: Answer, path: Path) -> None:
    """Write a list of objects, an object a line."""
    columns = _unlike(answer.schema.names)
    with _text(path) as file:
        before = "["
        for batch in _parts(answer):
            for row in batch.rename_columns(columns).to_pylist():
                text = json.dumps(_plain(row), ensure_ascii=False, allow_nan=False)
                file.write(f"{before}\n{text}")
                before = ","
        file.write("[]\n" if before == "[" else "\n]\n")


def _parquet(answer: Answer, path: Path) -> None:
    columns = _unlike(answer.schema.names)
    named = [field.with_name(name) for field, name in zip(answer.schema, columns, strict=True)]
    try:
        with pq.ParquetWriter(path, pa.schema(named), compression="zstd") as writer:
            for batch in answer:
                writer.write_batch(batch.rename_columns(columns))
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        raise ExchangeError(
            f"this answer cannot be a Parquet file: {clip(str(error), 200)}"
        ) from None


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else ""


def _spelled(value: Any) -> str:
    """Return a value as text: nothing for null, ISO 8601 for times, JSON for lists."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    found = _plain(value)
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value)
