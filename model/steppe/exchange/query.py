"""SQL over many runs, which can read the views and nothing else.

DuckDB in memory gets the views as Arrow data sets, which are read for it: it has no way of its own
to any file, network, extension or setting, and only a statement that selects is run.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from steppe.exchange import views
from steppe.exchange.problem import ExchangeError, library
from steppe.exchange.views import VIEWS, View
from steppe.record.catalogue import Catalogue
from steppe.scenario.problems import clip, nearest

MEMORY = 0.5
"""Part of the machine's memory that a query may take."""

BATCH = 65_536
"""Rows that are handed on at a time."""

_SETTINGS = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
}

ONLY = "a query reads the views " + ", ".join(VIEWS) + " and nothing else"

_SECONDS = 0.1


class Session:
    """Answers queries on a catalogue; ``said`` gets a sentence for every file passed over."""

    def __init__(
        self, found: Catalogue, said: Callable[[str], None], threads: int | None = None
    ) -> None:
        self._duckdb = library("duckdb", "DuckDB")
        self._found, self._say = found, said
        self._told: set[str] = set()
        self._views: dict[str, View] = {}
        settings: dict[str, Any] = dict(_SETTINGS)
        settings |= {"memory_limit": f"{_memory_mb()}MB", "threads": threads or _processors()}
        self._base = self._duckdb.connect(":memory:", config=settings)
        for name in VIEWS:
            self._register(name, View(pa.schema([(views.RUN, pa.string())]).empty_table()))
        self._base.execute("SET lock_configuration = true")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._base.close()

    def ask(
        self,
        sql: str,
        take: Callable[[pa.RecordBatchReader], None],
        stop: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Hand the answer of a query to ``take``; False when ``stop`` ended it.

        Raises :class:`ExchangeError` with one sentence.  Files that turn out damaged while they are
        read are told and left out, and ``take`` begins again.
        """
        statement = self._statement(sql)
        for name in mentioned(sql):
            self._open(name, stop=stop)
        if stop():
            return False
        error = self._answered(statement, take, stop)
        if error is not None and not stop() and self._leave_out_damaged():
            error = self._answered(statement, take, stop)
        if stop():
            return False
        if error is not None:
            raise self._explained(error)
        return True

    def _statement(self, sql: str) -> Any:
        """Return the only statement of a text, which selects."""
        try:
            sql.encode()
            found = self._base.extract_statements(sql)
        except self._duckdb.Error as error:
            raise self._explained(error) from None
        except UnicodeEncodeError:
            raise ExchangeError("the query is no text in UTF-8", "sql") from None
        if len(found) != 1:
            raise ExchangeError(f"give one query, found {len(found)}", "sql")
        if found[0].type != self._duckdb.StatementType.SELECT:
            kind = str(found[0].type).rpartition(".")[2]
            raise ExchangeError(f"{kind} is refused: a query only selects, and {ONLY}", "sql")
        return found[0]

    def _answered(
        self,
        statement: Any,
        take: Callable[[pa.RecordBatchReader], None],
        stop: Callable[[], bool],
    ) -> Exception | None:
        """Run a statement beside this thread, so that an interruption reaches it."""
        failure: list[Exception] = []

        def work() -> None:
            try:
                take(self._base.sql(statement).to_arrow_reader(BATCH))
            except Exception as error:  # handed over to the thread that waits
                failure.append(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(_SECONDS)
            if stop():
                self._base.interrupt()
        if not failure or stop():
            return None
        told = isinstance(failure[0], (pa.ArrowException, self._duckdb.Error))
        if not told:
            raise failure[0]
        return failure[0]

    # --- views -----------------------------------------------------------------------------------

    def _open(
        self,
        name: str,
        without: frozenset[Path] = frozenset(),
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Put the files of all runs behind a view."""
        if name == "runs":
            made = views.runs(self._found)
        else:
            made = views.view(name, self._found, without, stop)
        for problem in made.problems:
            self._tell(problem)
        self._views[name] = made
        self._register(name, made)

    def _register(self, name: str, made: View) -> None:
        with suppress(self._duckdb.Error):
            self._base.unregister(name)
        self._base.register(name, made.data)

    def _tell(self, problem: str) -> None:
        if problem not in self._told:
            self._told.add(problem)
            self._say(clip(problem, 500))

    def _leave_out_damaged(self) -> bool:
        """Leave files that cannot be read to their end out of the views; tell if there are any."""
        some = False
        for name, made in list(self._views.items()):
            bad = frozenset(file for file in made.files if not _readable(file))
            if bad:
                some = True
                for file in sorted(bad):
                    self._tell(f"{file} is damaged: it is left out")
                self._open(name, bad)
        return some

    # --- what went wrong -------------------------------------------------------------------------

    def _explained(self, error: Exception) -> ExchangeError:
        text = str(error)
        duckdb = self._duckdb
        if isinstance(error, pa.ArrowException):
            return ExchangeError(f"cannot read the runs: {_first_line(text)}", "sql")
        if isinstance(error, duckdb.PermissionException) or _OUTSIDE.search(text):
            return ExchangeError(f"{_first_line(text)}: refused, {ONLY}", "sql")
        if isinstance(error, duckdb.OutOfMemoryException):
            return ExchangeError(
                "the query needs more memory than it may take; select fewer columns or runs", "sql"
            )
        missing = _COLUMN.search(text) or _TABLE.search(text)
        if missing is not None:
            return ExchangeError(self._unknown(missing[1], text), "sql")
        return ExchangeError(_first_line(text), "sql")

    def _unknown(self, name: str, text: str) -> str:
        """Return a sentence on a table or column that there is not, with the nearest one."""
        is_table = _COLUMN.search(text) is None
        known: list[str] = list(VIEWS)
        if not is_table:
            known = list(
                dict.fromkeys(c for v in self._views.values() for c in v.data.schema.names)
            )
        near = nearest(name, known)
        hint = f" (did you mean '{near}'?)" if near else ""
        if is_table:
            return f"there is no table '{clip(name)}'{hint}: {ONLY}"
        return f"there is no column '{clip(name)}'{hint}"


_OUTSIDE = re.compile(r"disabled (?:by|through) configuration|configuration has been locked", re.I)
_COLUMN = re.compile(
    r'(?:Referenced column|Table "[^"]*" does not have a column named|column named) "([^"]+)"'
)
_TABLE = re.compile(r"Table with name (.+?) does not exist")


_COMPOSING = {"query", "query_table", "json_execute_serialized_sql"}
"""Functions that may put the name of a view together from parts."""


def mentioned(sql: str) -> list[str]:
    """Return the views whose names stand somewhere in a query."""
    words = set(re.findall(r"\w+", sql.lower()))
    if words & _COMPOSING:
        return list(VIEWS)
    return [name for name in VIEWS if name in words]


def _readable(file: Path) -> bool:
    """Tell whether a Parquet file can be read to its end."""
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as parquet:
            for _ in parquet.iter_batches(BATCH):
                pass
    except (OSError, pa.ArrowException, ValueError):
        return False
    return True


def _first_line(text: str) -> str:
    """Return what DuckDB says first, without the kind of its exception."""
    first = next((line for line in text.splitlines() if line.strip()), "the query failed")
    kind, colon, said = first.partition(": ")
    told = said if colon and kind.endswith(" Error") else first
    return clip(told.strip().rstrip(".!"), 300)


def _memory_mb() -> int:
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        total = 4 << 30
    return max(256, int(MEMORY * total / 1e6))


def _processors() -> int:
    """Return the processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1
