"""Layout of the Parquet tables of a run: results -> Arrow tables -> file.

Codes are dictionary-coded, with one dictionary a column for all tables of a run; a dimension that
a metric lacks is null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import IO, TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from steppe import axes, sentences
from steppe.chronicle import KINDS, WITHOUT_AMOUNT, Chronicle
from steppe.metrics import DIMENSIONS, Series
from steppe.results import STATISTICS, Results

if TYPE_CHECKING:
    from numpy.typing import NDArray

LABELS = ("metric", "quarter", *DIMENSIONS, "unit")
"""Columns that tell the rows of a series apart, in order."""

CHRONICLE = (
    "quarter",
    "member",
    "kind",
    "actors",
    "host",
    "sector",
    "window",
    "mode",
    "link",
    "organisation",
    "partner",
    "amount",
    "sentence",
)
"""Columns of ``chronicle.parquet``; a happening without an actor, host, ... has nulls there."""

_ROW_GROUP = 131_072
"""Happenings put into words at a time, so that memory does not grow with an ensemble."""


def members(results: Results) -> pa.Table:
    """Return the member table: one row a member, its number as an integer."""
    return pa.table(
        {
            name: values.astype(np.int64) if name == "member" else values
            for name, values in results.table.items()
        }
    )


def series(results: Results) -> pa.Table:
    """Return the statistics: one row a series and quarter that was reached, series by series."""
    done, count = results.completed, len(results.series)
    words = _words(results)
    rows = np.repeat(np.arange(count), done)
    columns = {
        name: _coded(words[name], [_label(s, name) for s in results.series], rows)
        for name in LABELS
        if name != "quarter"
    }
    columns["quarter"] = _coded(words["quarter"], words["quarter"], np.tile(np.arange(done), count))
    table = {name: columns[name] for name in LABELS}
    for i, name in enumerate(STATISTICS):
        table[name] = pa.array(results.statistics[:done, :, i].T.ravel())
    return pa.table(table)


def trajectories(results: Results) -> Iterator[pa.Table]:
    """Yield one table a metric: a row a series, quarter and member, in that order.

    Columns other than the value share their memory between series.
    """
    words = _words(results)
    done = results.completed
    for metric, paths in (results.trajectories or {}).items():
        count = paths.shape[-1]
        constant = _constants(words, done * count)
        quarter = _coded(words["quarter"], words["quarter"], np.repeat(np.arange(done), count))
        member = pa.array(np.tile(np.arange(count), done))
        blocks = []
        for cell, one in enumerate(s for s in results.series if s.metric == metric):
            block = {name: constant(name, _label(one, name)) for name in LABELS}
            block |= {"quarter": quarter, "member": member}
            block["value"] = pa.array(paths[:done, cell].ravel())
            blocks.append(pa.record_batch(block))
        yield pa.Table.from_batches(blocks)


def chronicle(results: Results) -> Iterator[pa.Table]:
    """Yield what happened, one row a happening, in tables of a bounded size (one when empty)."""
    happened = results.chronicle
    for start in range(0, max(1, len(happened)), _ROW_GROUP):
        yield _happenings(Chronicle(happened.rows[start : start + _ROW_GROUP], happened.texts))


def _happenings(part: Chronicle) -> pa.Table:
    codes = {"kind": KINDS, "actors": axes.POWERS, "host": axes.HOSTS, "sector": axes.SECTORS}
    codes |= {"window": axes.WINDOWS, "mode": axes.MODES, "link": axes.LINKS}
    codes |= {"organisation": axes.ORGANISATIONS, "partner": axes.POWERS}
    columns = {
        name: _named(words, part["power" if name == "actors" else name])
        for name, words in codes.items()
    }
    silent = np.isin(part["kind"], [KINDS.index(kind) for kind in WITHOUT_AMOUNT])
    columns |= {
        "quarter": sentences.quarters(part),
        "member": pa.array(part["member"].astype(np.int64)),
        "amount": pa.array(part["amount"], mask=silent),
        "sentence": sentences.sentences(part),
    }
    return pa.table({name: columns[name] for name in CHRONICLE})


def _named(words: Sequence[str], codes: NDArray[np.integer]) -> pa.DictionaryArray:
    """Return the column of the words with these codes, null where a code is -1."""
    index = codes.astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(index, mask=index < 0), pa.array(words))


def write(file: IO[bytes], tables: Iterable[pa.Table]) -> None:
    """Write tables of one schema, each as one row group."""
    writer = None
    try:
        for table in tables:
            if writer is None:
                codes = [f.name for f in table.schema if pa.types.is_dictionary(f.type)]
                writer = pq.ParquetWriter(
                    file, table.schema, compression="zstd", use_dictionary=codes
                )
            writer.write_table(table, row_group_size=max(1, len(table)))
        if writer is not None:
            writer.close()
    finally:
        if writer is not None:
            writer.is_open = False  # after a failure it must not write to the closed file


def _label(one: Series, name: str) -> str | None:
    """Return what a series has in a column of :data:`LABELS`."""
    if name in ("metric", "unit"):
        word: str = getattr(one, name)
        return word
    return one.cell[one.dims.index(name)] if name in one.dims else None


def _words(results: Results) -> dict[str, list[str]]:
    """Return the dictionary of each column of :data:`LABELS`."""
    words = {
        name: list(dict.fromkeys(w for s in results.series if (w := _label(s, name)) is not None))
        for name in LABELS
    }
    return words | {"quarter": [str(q) for q in results.quarters]}


def _coded(
    words: Sequence[str], own: Sequence[str | None], rows: NDArray[np.intp]
) -> pa.DictionaryArray:
    """Return the column whose row ``r`` holds ``own[rows[r]]``."""
    index = {word: i for i, word in enumerate(words)}
    codes = np.array([-1 if w is None else index[w] for w in own] or [-1], dtype=np.int32)
    taken = codes[rows]
    return pa.DictionaryArray.from_arrays(
        pa.array(taken, mask=taken < 0), pa.array(words, pa.string())
    )


def _constants(
    words: dict[str, list[str]], rows: int
) -> Callable[[str, str | None], pa.DictionaryArray]:
    """Return a function that gives a column of one word, the same column when asked again."""

    @cache
    def constant(name: str, word: str | None) -> pa.DictionaryArray:
        return _coded(words[name], [word], np.zeros(rows, np.intp))

    return constant
