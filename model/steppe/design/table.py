"""Points of a sweep from a CSV table: a column a parameter, a row a point."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from steppe.design.layout import GIVEN, MOST_POINTS, Design
from steppe.design.variables import Variable
from steppe.parameters import Parameter, Registry
from steppe.scenario import Distribution, Problem, Problems
from steppe.scenario.problems import Report, clip
from steppe.scenario.units import convert, parse
from steppe.scenario.values import in_range

Array = NDArray[np.float64]

_HEADER = re.compile(r"\s*(?P<name>[^\[\]]+?)\s*(?:\[(?P<unit>[^\[\]]*)\])?\s*")

MOST_PROBLEMS = 20
"""Mistakes told at once: a column in the wrong unit would fill the screen."""

MOST_BYTES = 1 << 30


def read_points(path: Path, registry: Registry) -> Design:
    """Read a table of points: headings are parameters, ``name`` or ``name [unit]``.

    A column ``point`` is passed over: points are numbered by row from 0.  Lines that begin with #
    are notes.  :class:`Problems` tells every mistake with its line.
    """
    whole = _text(path)
    report = Report()

    def slip(line: int, message: str) -> None:
        report.add(Problem(str(path), message, line=line))
        if len(report.problems) >= MOST_PROBLEMS:
            report.raise_if_any()

    lines = enumerate(whole.splitlines(), start=1)
    kept = [(n, line) for n, line in lines if line.strip() and not line.startswith("#")]
    if not kept:
        raise Problems([Problem(str(path), "holds no points: give a line of headings and points")])
    numbers = [number for number, _ in kept]
    rows: list[list[str]] = []
    for number, text in kept:  # line by line: a quote left open does not swallow the next ones
        try:
            rows += csv.reader([text], strict=True)
        except csv.Error as error:
            slip(number, f"cannot be read: {error}")
    report.raise_if_any()
    columns = _columns(rows[0], numbers[0], registry, slip, report)
    report.raise_if_any()
    if not columns:
        slip(numbers[0], "no column is a parameter")
    if len(rows) == 1:
        slip(numbers[0], "there are headings, but no points below them")
    if len(rows) - 1 > MOST_POINTS:
        slip(numbers[0], f"more than {MOST_POINTS:,} points")
    report.raise_if_any()
    values = np.empty((len(rows) - 1, len(columns)))
    for r, (line, row) in enumerate(zip(numbers[1:], rows[1:], strict=True)):
        if len(row) != len(rows[0]):
            slip(line, f"{len(row)} values under {len(rows[0])} headings")
            continue
        for c, (place, parameter, unit) in enumerate(columns):
            try:
                values[r, c] = _value(row[place], parameter, unit)
            except ValueError as error:
                told = str(error)
                slip(line, told if parameter.name in told else f"{parameter.name}: {told}")
    report.raise_if_any()
    found = tuple(
        Variable(p.name, p.unit, _spanned(values[:, c])) for c, (_, p, _) in enumerate(columns)
    )
    return Design(GIVEN, found, 0, (len(values),), values)


def _text(path: Path) -> str:
    def refuse(message: str) -> Problems:
        return Problems([Problem(str(path), message)])

    try:
        if path.stat().st_size > MOST_BYTES:
            raise refuse("larger than 1 GB: no table of points")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise refuse("not a text in UTF-8") from None
    except (OSError, ValueError) as error:
        raise refuse(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _columns(
    headings: list[str],
    line: int,
    registry: Registry,
    slip: Callable[[int, str], None],
    report: Report,
) -> list[tuple[int, Parameter, str]]:
    """Return place, parameter and unit of every column of parameters."""
    columns: list[tuple[int, Parameter, str]] = []
    seen = set()
    for place, heading in enumerate(headings):
        match = _HEADER.fullmatch(heading)
        name = match["name"] if match else heading.strip()
        if name == "point":
            continue
        if name not in registry:
            hint = report.hint(name, registry.index)
            slip(line, f"column {place + 1}: unknown parameter '{clip(name)}'{hint}")
        elif name in seen:
            slip(line, f"column {place + 1}: {name} has two columns")
        else:
            seen.add(name)
            columns.append((place, registry[name], (match["unit"] or "") if match else ""))
    return columns


def _value(text: str, parameter: Parameter, unit: str) -> float:
    number, given = parse(text.strip())
    unit = given or unit
    value = convert(f"{number} {unit}" if unit else number, parameter.unit)
    in_range(value, parameter)
    return value


def _spanned(values: Array) -> Distribution:
    """Return the span of a column as a record tells it."""
    low, high = float(values.min()), float(values.max())
    return Distribution("uniform", (low, high)) if low < high else Distribution("choice", (low,))
