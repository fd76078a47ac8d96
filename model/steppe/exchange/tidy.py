"""Runs as one tidy CSV table (RFC 4180, UTF-8): a row a value, its unit in a column."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

import numpy as np

from steppe.analysis.compare import outcomes, series_of
from steppe.exchange.problem import ExchangeError
from steppe.exchange.source import Source
from steppe.metrics import DIMENSIONS
from steppe.parameters import registry
from steppe.results import STATISTICS

SERIES = ("run", "scenario", "metric", "series", "quarter", *DIMENSIONS, "unit", *STATISTICS)
"""Columns of a table of series; dimensions that no metric of the table has are left out."""

MEMBERS = ("run", "scenario", "member", "kind", "name", "unit", "value")
"""Columns of a table of members; ``kind`` is ``drawn`` or ``outcome``."""


def write_series(sources: Sequence[Source], file: TextIO) -> None:
    """Write a row a series and quarter."""
    used = {dim for source in sources for one in source.cube.series for dim in one.dims}
    columns = [c for c in SERIES if c not in DIMENSIONS or c in used]
    writer = _writer(file, columns)
    for source in sources:
        for row in _series(source):
            writer.writerow([row[c] for c in columns])


def _series(source: Source) -> Iterator[dict[str, Any]]:
    cube = source.cube
    about = {"run": source.folder, "scenario": source.scenario} | dict.fromkeys(DIMENSIONS, "")
    for i, one in enumerate(cube.series):
        cells = dict(zip(one.dims, one.cell, strict=True))
        named = about | cells | {"metric": one.metric, "series": one.label, "unit": one.unit}
        for quarter, values in zip(cube.quarters, cube.statistics[:, i].tolist(), strict=True):
            yield (
                named
                | {"quarter": quarter}
                | dict(zip(STATISTICS, map(_number, values), strict=True))
            )


def write_members(sources: Sequence[Source], file: TextIO) -> None:
    """Write a row a member and what was drawn or came of it."""
    writer = _writer(file, MEMBERS)
    for source in sources:
        for row in _members(source):
            writer.writerow(row)


def _members(source: Source) -> Iterator[list[Any]]:
    frame = source.run.members()
    table = {str(name): frame[name].to_numpy() for name in frame.columns}
    if "member" not in table:
        raise ExchangeError(f"{source.run.path}: its table of members does not number them")
    held = outcomes(table)
    own = [name for name in held if source.names is None or name.partition("[")[0] in source.names]
    known = registry()
    for name, values in table.items():
        if name == "member" or (name in held and name not in own):
            continue
        kind = "outcome" if name in held else "drawn"
        if kind == "outcome":
            unit = series_of(name).outcome_unit
        else:
            unit = known[name].unit if name in known else ""
        for member, value in zip(table["member"].tolist(), values.tolist(), strict=True):
            yield [source.folder, source.scenario, member, kind, name, unit, _number(value)]


def _writer(file: TextIO, columns: Sequence[str]) -> Any:
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(columns)
    return writer


def _number(value: Any) -> Any:
    """Return a number as it is written: nothing where there is none."""
    if isinstance(value, float):
        return repr(value) if np.isfinite(value) else ""
    return value
