"""IAMC tables of runs: model, scenario, region, variable, unit, year, value."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from steppe.exchange import names
from steppe.exchange.annual import Rule, Years, years
from steppe.exchange.names import ENSEMBLE, VARIABLES, Variable
from steppe.exchange.problem import ExchangeError, pyam_library
from steppe.exchange.source import Source
from steppe.extras import quiet
from steppe.metrics import Series
from steppe.results import STATISTICS

Array = NDArray[np.float64]

COLUMNS = ("model", "scenario", "region", "variable", "unit", "year", "value")

PERCENTILES = {"q05": 5.0, "q25": 25.0, "q50": 50.0, "q75": 75.0, "q95": 95.0}
"""Percentiles of the ensemble by the statistic of a run."""

_NOT_PLAIN = re.compile(r"[^\w .,+\-()]+")
_LONGEST = 120


@dataclass(frozen=True)
class Line:
    """A time series: ``values`` (year,) of a variable in a region."""

    scenario: str
    region: str
    variable: str
    unit: str
    values: Array


@dataclass(frozen=True)
class Sheet:
    """The lines of one run and its years; ``notes`` tell what was left out."""

    source: Source
    model: str
    scenario: str
    years: Years
    lines: tuple[Line, ...]
    notes: tuple[str, ...]


def sheets(sources: Sequence[Source], stocks: Rule = "end") -> list[Sheet]:
    """Return a sheet a run; ``stocks`` tells how a year of a stock is made, ``end`` or ``mean``.

    Runs of one scenario get their folders behind the scenario's name.
    """
    plain = [plain_name(source.scenario) for source in sources]
    own = [
        f"{name} ({plain_name(source.folder)})" if plain.count(name) > 1 else name
        for name, source in zip(plain, sources, strict=True)
    ]
    taken = next((name for name in own if own.count(name) > 1), None)
    if taken is not None:
        raise ExchangeError(f"two runs would both be scenario '{taken}': leave one out")
    return [_sheet(source, name, stocks) for source, name in zip(sources, own, strict=True)]


def plain_name(text: str) -> str:
    """Return a text as the name of a scenario: no wildcard, separator or control character."""
    name = _NOT_PLAIN.sub("_", text).strip(" _.")
    return name[:_LONGEST].rstrip() or "scenario"


def write(found: Sequence[Sheet], file: TextIO) -> None:
    """Write sheets as CSV, a row a value; what has no value has no row."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows(found):
        writer.writerow([*row[:-1], repr(row[-1])])


def rows(found: Sequence[Sheet]) -> Iterator[tuple[str, str, str, str, str, int, float]]:
    """Yield the cells under :data:`COLUMNS`."""
    for sheet in found:
        for line in sheet.lines:
            head = sheet.model, sheet.scenario, line.region, line.variable, line.unit
            for year, value in zip(sheet.years.numbers, line.values.tolist(), strict=True):
                if np.isfinite(value):
                    yield (*head, year, value)


def workbook(found: Sequence[Sheet], path: Path) -> None:
    """Write sheets as pyam writes Excel files: data, and what is known of each run as ``meta``."""
    import pandas as pd

    pyam = pyam_library()
    index = [(sheet.model, sheet.scenario) for sheet in found]
    meta = pd.DataFrame(
        [sheet.source.about() for sheet in found],
        index=pd.MultiIndex.from_tuples(index, names=["model", "scenario"]),
    ).drop(columns="scenario")
    with quiet():
        frame: Any = pyam.IamDataFrame(pd.DataFrame(rows(found), columns=list(COLUMNS)), meta=meta)
        frame.to_excel(path)


def _sheet(source: Source, scenario: str, stocks: Rule) -> Sheet:
    cube = source.cube
    calendar = years(cube.quarters)
    if not calendar.numbers:
        raise ExchangeError(f"{source.run.path}: no calendar year of this run is whole")
    notes = []
    if calendar.left_out:
        notes.append(f"{_spanned(calendar.left_out)} left out: the year is not whole")
    lines: list[Line] = []
    for variable in VARIABLES:
        if source.names is None or variable.metric in source.names:
            lines += _Maker(source, scenario, calendar, variable, stocks).lines()
    model = plain_name(source.about()["software"])
    return Sheet(source, model, scenario, calendar, tuple(lines), tuple(notes))


def _spanned(quarters: Sequence[str]) -> str:
    return quarters[0] if len(quarters) == 1 else f"{quarters[0]} to {quarters[-1]}"


class _Maker:
    """Makes the lines of one variable."""

    def __init__(
        self, source: Source, scenario: str, calendar: Years, variable: Variable, stocks: Rule
    ) -> None:
        self.cube, self.scenario, self.calendar = source.cube, scenario, calendar
        self.variable = variable
        self.rule: Rule = stocks if variable.stock else variable.years
        base = names.base_of(source.run.record["scenario"]["start"])
        self.unit = variable.unit.replace("{base}", str(base))

    def lines(self) -> Iterator[Line]:
        """Yield means, then percentiles, cell by cell."""
        own = self.cube.rows(self.variable.metric)
        if not own:
            return
        series = [self.cube.series[row] for row in own]
        statistics = self.cube.statistics[:, own]
        paths = self.cube.paths.get(self.variable.metric)
        for (region, name), cells in _groups(self.variable, series).items():
            mean = self._year(statistics[:, cells, STATISTICS.index("mean")])
            yield self._line(region, name, mean)
            for percentile, values in self._percentiles(statistics, paths, cells):
                yield self._line(region, f"{ENSEMBLE}|{name}|{percentile}th Percentile", values)

    def _percentiles(
        self, statistics: Array, paths: Array | None, cells: list[int]
    ) -> Iterator[tuple[float, Array]]:
        """Yield percentiles of the years: of members where paths were kept, else of quarters."""
        if paths is not None:
            known = self._year(paths[:, cells])  # (year, member)
            for percentile in PERCENTILES.values():
                yield percentile, _quantile(known, percentile / 100.0)
        elif names.percentiles_by_quarter(self.variable):
            for statistic, percentile in PERCENTILES.items():
                yield percentile, self._year(statistics[:, cells, STATISTICS.index(statistic)])

    def _year(self, values: Array) -> Array:
        """Return values (quarter, cell, ...), summed over the cells, by year (year, ...)."""
        summed: Array = np.add.reduce(values, axis=1)
        return self.calendar.of(summed, self.rule)

    def _line(self, region: str, name: str, values: Array) -> Line:
        return Line(self.scenario, region, name, self.unit, values * self.variable.scale)


def _quantile(values: Array, part: float) -> Array:
    """Return a quantile (year,) of the members that have a value, NaN where none has."""
    found = np.full(len(values), np.nan)
    for i, row in enumerate(values):
        known = row[np.isfinite(row)]
        if len(known):
            found[i] = np.quantile(known, part)
    return found


def _groups(variable: Variable, series: Sequence[Series]) -> dict[tuple[str, str], list[int]]:
    """Return by region and name which cells of a metric a variable's values are the sum of."""
    found: dict[tuple[str, str], list[int]] = {}
    for i, one in enumerate(series):
        cell = dict(zip(one.dims, one.cell, strict=True))
        if any(cell[dim] not in codes for dim, codes in variable.within.items()):
            continue
        titles = {dim: names.title(dim, code) for dim, code in cell.items()}
        key = variable.region.format(**titles), variable.name.format(**titles)
        found.setdefault(key, []).append(i)
    return found
