"""Tables of observations in the format of ``steppe validate --against``: reading and refusing.

A CSV file with the columns ``series,year,value`` and, if wanted, ``low,high,source``.  ``series``
is a label as in ``trade_total[CHN,UZB]`` (quotes around it are not needed; ``*`` in a place sums
over it), ``year`` a calendar year, ``value`` the year's figure: a flow per quarter is summed
over the year, all else is its mean, a metric whose outcome is the last quarter's the year's last.
``low`` and ``high`` span what sources say.  Lines that start with ``#`` are notes.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from steppe import metrics
from steppe.metrics import Metric
from steppe.scenario import Problem, Problems
from steppe.scenario.problems import clip, nearest

NEEDED, ALLOWED = ("series", "year", "value"), ("low", "high", "source")
MOST_BYTES = 20_000_000
MOST_PROBLEMS = 20
_LABEL = re.compile(r"(?P<metric>\w+)(?:\[(?P<cell>[^\]]*)\])?$")
_BRACKETS = re.compile(r"\[[^\]\"]*\]")
_INSIDE = ";"
"""Stands for the commas inside the brackets of a label while a line is split."""


@dataclass(frozen=True)
class Observation:
    """One figure: ``rows`` are the cells of ``metric`` that the label sums; ``line`` its place."""

    label: str
    metric: Metric
    rows: tuple[int, ...]
    year: int
    value: float
    low: float | None
    high: float | None
    source: str
    line: int


def read(path: Path, years: Sequence[int]) -> list[Observation]:
    """Return the observations of a file; :class:`Problems` tells every line that is wrong.

    ``years`` are those that the run covers.
    """
    lines = _lines(path)
    found, problems = [], []
    header = [name.strip().lower() for name in next(lines, (0, []))[1]]
    _check_header(path, header)
    seen: dict[tuple[str, int], int] = {}
    for number, cells in lines:
        try:
            one = _observation(header, cells, number, years)
            if (first := seen.setdefault((one.label, one.year), number)) != number:
                raise ValueError(f"'{one.label}' has a figure for {one.year} on line {first}, too")
            found.append(one)
        except ValueError as error:
            problems.append(Problem(str(path), str(error), number))
    if problems:
        if len(problems) > MOST_PROBLEMS:
            rest = len(problems) - MOST_PROBLEMS
            problems = [*problems[:MOST_PROBLEMS], Problem(str(path), f"{rest} more such lines")]
        raise Problems(problems)
    if not found:
        raise Problems([Problem(str(path), "holds no observations, only a header")])
    return found


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each line that is no note."""

    def refuse(message: str) -> Problems:
        return Problems([Problem(str(path), message)])

    if not path.exists():
        raise refuse("there is no such file")
    if not path.is_file():
        raise refuse("is not a file")
    if path.stat().st_size > MOST_BYTES:
        raise refuse(f"is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise refuse("is not text in UTF-8") from None
    except OSError as error:
        raise refuse(f"cannot be read: {error.strerror}") from None
    if not any(line.strip() and not line.startswith("#") for line in text.splitlines()):
        raise refuse("is empty")
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            whole = _BRACKETS.sub(lambda m: m[0].replace(",", _INSIDE), line)
            try:
                yield number, [cell.strip() for cell in next(csv.reader([whole], strict=True))]
            except csv.Error as error:
                raise refuse(f"line {number} is no CSV: {error}") from None


def _check_header(path: Path, header: Sequence[str]) -> None:
    missing = [name for name in NEEDED if name not in header]
    unknown = [name for name in header if name not in (*NEEDED, *ALLOWED)]
    wanted = f"{','.join(NEEDED)}[,{','.join(ALLOWED)}]"
    if missing:
        message = f"the first line must name the columns {wanted}: no '{missing[0]}'"
        raise Problems([Problem(str(path), message, 1)])
    if unknown or len(set(header)) < len(header):
        odd = unknown[0] if unknown else next(n for n in header if list(header).count(n) > 1)
        message = f"unknown or repeated column '{clip(odd, 40)}': the columns are {wanted}"
        raise Problems([Problem(str(path), message, 1)])


def _observation(
    header: Sequence[str], cells: Sequence[str], line: int, years: Sequence[int]
) -> Observation:
    if len(cells) > len(header):
        raise ValueError(f"{len(cells)} cells in a table of {len(header)} columns")
    row = dict(zip(header, [*cells, *[""] * (len(header) - len(cells))], strict=True))
    metric, rows, label = resolve(row["series"].replace(_INSIDE, ","))
    if not row["year"].isascii() or not row["year"].isdigit():
        raise ValueError(f"'{clip(row['year'], 40)}' is no year")
    year = int(row["year"]) if len(row["year"]) <= 4 else -1
    if year not in years:
        raise ValueError(
            f"the year {clip(row['year'], 40)} lies outside the run, {years[0]} to {years[-1]}"
        )
    value = _number(row["value"], "value")
    low, high = (_number(row[name], name) if row.get(name) else None for name in ("low", "high"))
    if (low is not None and low > value) or (high is not None and high < value):
        raise ValueError("the value lies outside low and high")
    return Observation(label, metric, rows, year, value, low, high, row.get("source", ""), line)


def _number(text: str, column: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text:
        raise ValueError(f"'{clip(text, 40)}' in column '{column}' is no number")
    return value


def resolve(text: str) -> tuple[Metric, tuple[int, ...], str]:
    """Return metric, cells and plain label of a series; ``ValueError`` for an unknown one."""
    match = _LABEL.match(text.replace(" ", ""))
    name = match["metric"] if match else text
    metric = metrics.BY_NAME.get(name)
    if match is None or metric is None:
        raise ValueError(f"unknown series '{clip(text, 60)}'{_meant(name, metrics.BY_NAME)}")
    asked = match["cell"].split(",") if match["cell"] else []
    shape = f"{name}[{','.join(metric.dims)}]" if metric.dims else name
    if len(asked) != len(metric.dims):
        raise ValueError(f"'{clip(text, 60)}' does not name a series of {shape}")
    chosen = []
    for code, dim, codes in zip(asked, metric.dims, metric.codes, strict=True):
        if code == "*":
            chosen.append(tuple(codes))
        elif code in codes:
            chosen.append((code,))
        else:
            raise ValueError(
                f"unknown {dim} '{clip(code, 40)}' in '{clip(text, 60)}'{_meant(code, codes)}"
            )
    labels = [series.label for series in metric.series]
    wanted = [f"{name}[{','.join(cell)}]" if cell else name for cell in product(*chosen)]
    rows = tuple(labels.index(label) for label in wanted if label in labels)
    if not rows:
        raise ValueError(f"'{clip(text, 60)}' is not among the series that runs record")
    return metric, rows, f"{name}[{','.join(asked)}]" if asked else name


def _meant(name: str, known: Sequence[str] | dict[str, Metric]) -> str:
    near = nearest(name, known)
    return f" (did you mean '{near}'?)" if near else ""
