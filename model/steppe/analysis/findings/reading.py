"""A sweep's points and outcomes as arrays, whole or not yet, made by this version or another."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from steppe.analysis.findings.problem import FindingError
from steppe.design import Design
from steppe.record.files import reason
from steppe.scenario.problems import clip, nearest
from steppe.sweeps.plan import Plan
from steppe.sweeps.session import plan_of
from steppe.sweeps.store import OUTCOMES, SweepError, SweepFolder

Array = NDArray[np.float64]
Index = NDArray[np.int64]

POINT, MEMBER = "point", "member"


@dataclass(frozen=True)
class Source:
    """A sweep to find something out from; ``labels`` are its outcome columns in order."""

    folder: SweepFolder
    record: Mapping[str, Any]
    plan: Plan
    labels: tuple[str, ...]

    @property
    def design(self) -> Design:
        return self.plan.design

    @property
    def names(self) -> tuple[str, ...]:
        """Return the parameters that vary."""
        return tuple(v.name for v in self.design.variables)


@dataclass(frozen=True)
class Points:
    """The points of a sweep that all members have been computed at.

    ``numbers`` (point,) are their places in the design, ``values`` (point, variable) their
    parameters, ``outcomes`` (point, member) by label, NaN where an outcome has no value;
    ``planned`` counts the points of the whole design.
    """

    numbers: Index
    values: Array
    outcomes: Mapping[str, Array]
    planned: int

    def __len__(self) -> int:
        return len(self.numbers)

    def notes(self) -> list[str]:
        """Return a sentence when points of the design are missing."""
        missing = self.planned - len(self)
        if not missing:
            return []
        return [
            f"{missing:,} of {self.planned:,} points are not computed, or not for all members: "
            "they are left out"
        ]


def opened(path: str | os.PathLike[str]) -> Source:
    """Open a sweep; ``SweepError`` or :class:`FindingError` when there is nothing to find out."""
    folder = SweepFolder(path)
    record = folder.record()
    plan = plan_of(folder, record)
    return Source(folder, record, plan, _labels(folder))


def read(source: Source, labels: Sequence[str]) -> Points:
    """Read outcomes of a sweep; every part is held against its hash."""
    points, members = len(source.design), source.plan.members
    seen = np.zeros(points * members, bool)
    outcomes = {label: np.full(points * members, np.nan) for label in labels}
    for table, _ in source.folder.outcomes():
        rows = _rows(table, source, seen)
        seen[rows] = True
        for label, values in outcomes.items():
            values[rows] = _column(table, label, source)
    whole = np.flatnonzero(np.logical_and.reduce(seen.reshape(points, members), axis=1))
    if not len(whole):
        raise FindingError(
            f"{source.folder.path}: no point of this sweep is computed for all members yet; go on "
            f"with steppe sweep --resume --out {source.folder.path}"
        )
    return Points(
        whole,
        source.design.values[whole],
        {label: v.reshape(points, members)[whole] for label, v in outcomes.items()},
        points,
    )


def chosen(source: Source, words: Sequence[str], argument: str = "metric") -> list[str]:
    """Return the outcomes that words name: labels, or metrics with all their cells."""
    found: dict[str, None] = {}
    for word in words:
        own = [c for c in source.labels if c == word or c.partition("[")[0] == word]
        if not own:
            raise FindingError(unknown(word, source.labels), argument)
        found |= dict.fromkeys(own)
    if not found:
        raise FindingError("name an outcome, such as influence_share[JPN,UZB]", argument)
    return list(found)


def unknown(word: str, labels: Sequence[str]) -> str:
    """Return a sentence on an outcome that a sweep does not have, with the nearest that it has."""
    name, bracket, _ = word.partition("[")
    metrics = dict.fromkeys(c.partition("[")[0] for c in labels)
    if name in metrics and bracket:
        own = [c for c in labels if c.partition("[")[0] == name]
        near = nearest(word, own)
        hint = f"did you mean '{near}'?" if near else f"it has {_some(own)}"
        return f"the sweep has no outcome '{clip(word)}' ({clip(hint, 200)})"
    near = nearest(name, metrics)
    close = [c for c in labels if c.partition("[")[0] == near]
    cell = next((c for c in close if c.partition("[")[2] == word.partition("[")[2]), near)
    hint = f" (did you mean '{clip(str(cell))}'?)" if near else ""
    return f"the sweep has no outcome '{clip(word)}'{hint}"


def means(values: Array) -> Array:
    """Return the mean over the members that have a value (point,), NaN where none has."""
    known = np.isfinite(values)
    count = known.sum(axis=1)
    parts = np.where(known, values, 0.0) / np.maximum(count, 1)[:, None]
    found: Array = np.where(count > 0, parts.sum(axis=1), np.nan)
    return found


def _labels(folder: SweepFolder) -> tuple[str, ...]:
    """Return the outcome columns of the first part."""
    first = next(iter(sorted((folder.path / OUTCOMES).glob("part-*.parquet"))), None)
    if first is None:
        raise FindingError(
            f"{folder.path}: this sweep has no outcomes yet; go on with "
            f"steppe sweep --resume --out {folder.path}"
        )
    try:
        names = pq.read_schema(first).names
    except OSError as error:
        if error.errno is not None:
            raise SweepError(f"cannot read {first}: {reason(error)}") from None
        raise SweepError(f"{first}: damaged; resume the sweep to compute it again") from None
    except pa.ArrowException:
        raise SweepError(f"{first}: damaged; resume the sweep to compute it again") from None
    return tuple(n for n in names if n not in (POINT, MEMBER))


def _rows(table: pa.Table, source: Source, seen: NDArray[np.bool_]) -> Index:
    """Return the places of a part's rows among all; SweepError when they are not the sweep's."""
    foreign = SweepError(f"{source.folder.path}: a part holds rows that are not of this sweep")
    if not {POINT, MEMBER} <= set(table.column_names):
        raise foreign
    point, member = (table.column(name).to_numpy() for name in (POINT, MEMBER))
    if not (np.issubdtype(point.dtype, np.integer) and np.issubdtype(member.dtype, np.integer)):
        raise foreign
    members = source.plan.members
    inside = (point >= 0) & (point < len(source.design)) & (member >= 0) & (member < members)
    if not inside.all():
        raise foreign
    rows: Index = point.astype(np.int64) * members + member
    if len(np.unique(rows)) < len(rows) or seen[rows].any():
        raise SweepError(f"{source.folder.path}: a run is in two parts; resume the sweep")
    return rows


def _column(table: pa.Table, label: str, source: Source) -> Array:
    if label not in table.column_names:
        raise SweepError(f"{source.folder.path}: a part has no outcome {clip(label)}")
    values = table.column(label).to_numpy(zero_copy_only=False)
    if not np.issubdtype(values.dtype, np.number):
        raise SweepError(f"{source.folder.path}: {clip(label)} holds something else than numbers")
    found: Array = values.astype(np.float64)
    return found


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > len(names[:3]) else "")
