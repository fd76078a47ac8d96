"""What a run left, beside what the same run gives now, value by value.

Two values are the same to the tolerance when they differ by no more than :data:`TOLERANCE` of the
larger one, or of a millionth of the largest value of their metric where that is more: what is left
of numbers that cancel has no digits of its own to compare.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

TOLERANCE = 1e-9
_LEAST = 1e-6
"""Part of a metric's largest value that a value counts as when it is smaller."""
INPUTS = "(inputs)"
"""Name under which everything that members drew is told."""
MEMBER = "member"


class Verdict(StrEnum):
    """How alike two tables, or all of them, are; in the order from best to worst."""

    bits = "same to the bit"
    tolerance = "same to a tolerance"
    different = "different"


@dataclass
class Part:
    """The values of one metric in one table.

    ``values`` counts those compared, ``unequal`` the ones not equal to the bit, ``apart`` those
    beyond the tolerance, ``members`` the members that have such a one; ``largest`` is the largest
    relative difference.  ``missing`` counts values that there were then and are not now.
    """

    table: str
    metric: str
    values: int = 0
    unequal: int = 0
    apart: int = 0
    missing: int = 0
    largest: float = 0.0
    members: set[int] = field(default_factory=set)

    @property
    def verdict(self) -> Verdict:
        if self.apart or self.missing:
            return Verdict.different
        return Verdict.tolerance if self.unequal else Verdict.bits

    def as_json(self) -> dict[str, Any]:
        return {
            "table": self.table,
            "metric": self.metric,
            "verdict": self.verdict.value,
            "values": self.values,
            "unequal": self.unequal,
            "apart": self.apart,
            "missing": self.missing,
            "largest_relative_difference": self.largest if np.isfinite(self.largest) else None,
            "members": len(self.members),
        }


def overall(parts: Iterable[Part]) -> Verdict:
    """Return the worst verdict of all parts."""
    order = list(Verdict)
    return order[max((order.index(part.verdict) for part in parts), default=0)]


def of_members(then: pd.DataFrame, now: pd.DataFrame) -> list[Part]:
    """Compare tables of members: a part a metric, and one for what members drew."""
    then, now = _aligned(then, now, [MEMBER])
    columns = [c for c in then.columns if c != MEMBER]
    numbers = then[MEMBER].to_numpy()
    parts: dict[str, Part] = {}
    largest: dict[str, float] = {}
    for column in columns:
        name = _metric(column)
        size = _size(then[column].to_numpy())
        largest[name] = size if name == INPUTS else max(largest.get(name, 0.0), size)
    for column in columns:
        name = _metric(column)
        part = parts.setdefault(name, Part("members", name))
        if column not in now.columns:
            part.missing += len(then)
            continue
        scale = _size(then[column].to_numpy()) if name == INPUTS else largest[name]
        compare(part, then[column].to_numpy(), now[column].to_numpy(), scale, numbers)
    return list(parts.values())


def of_series(
    then: pd.DataFrame, now: pd.DataFrame, labels: Sequence[str], table: str = "series"
) -> list[Part]:
    """Compare tables of one row a series and quarter (and member): a part a metric.

    ``labels`` names the columns that tell rows apart; the others hold numbers.
    """
    keys = [c for c in (*labels, MEMBER) if c in then.columns and c != "unit"]
    values = [c for c in then.columns if c not in {*labels, MEMBER}]
    parts = []
    present = dict(list(now.groupby("metric", observed=True, sort=False)))
    for name, rows in then.groupby("metric", observed=True, sort=False):
        part = Part(table, str(name))
        parts.append(part)
        after = present.get(name)
        if after is None or any(c not in after.columns for c in (*keys, *values)):
            part.missing += len(rows) * len(values)
            continue
        before, after = _aligned(rows, after, keys)
        scale = max(_size(before[c].to_numpy()) for c in values)
        numbers = before[MEMBER].to_numpy() if MEMBER in before.columns else None
        for column in values:
            compare(part, before[column].to_numpy(), after[column].to_numpy(), scale, numbers)
    return parts


def of_chronicle(then: pd.DataFrame, now: pd.DataFrame) -> list[Part]:
    """Compare what happened: a part a kind; a happening is told by all its words and its amount.

    Happenings are held against each other member by member and in their order; the sentence need
    only be the same to the bit, as it spells amounts in a few digits.
    """
    columns = [c for c in then.columns if c in now.columns]
    exact = [c for c in columns if c not in ("amount", "sentence", "kind")]
    parts = []
    after_all = dict(list(now.groupby("kind", observed=True, sort=False)))
    kinds = list(dict.fromkeys([*then["kind"].astype(str), *now["kind"].astype(str)]))
    for kind in kinds:
        part = Part("chronicle", kind)
        parts.append(part)
        before = then[then["kind"].astype(str) == kind]
        after = after_all.get(kind, now.iloc[:0])
        if len(before) != len(after):
            part.missing += abs(len(before) - len(after))
            counts = [rows[MEMBER].value_counts() for rows in (before, after)]
            differ = counts[0].sub(counts[1], fill_value=0)
            part.members |= {int(m) for m in differ[differ != 0].index}
            part.values += len(before)
            continue
        numbers = before[MEMBER].to_numpy()
        other = np.zeros(len(before), bool)
        for column in exact:
            other |= _texts(before[column]) != _texts(after[column])
        part.apart += int(other.sum())
        part.unequal += int(other.sum())
        part.members |= {int(m) for m in numbers[other]}
        if other.any():
            part.largest = float("inf")
        amounts = [rows["amount"].to_numpy(np.float64) for rows in (before, after)]
        compare(part, amounts[0], amounts[1], _size(amounts[0]), numbers)
        if "sentence" in columns and not part.unequal:
            said = _texts(before["sentence"]) != _texts(after["sentence"])
            part.unequal += int(said.sum())
    return parts


def compare(
    part: Part, then: NDArray[Any], now: NDArray[Any], scale: float, members: NDArray[Any] | None
) -> None:
    """Add the comparison of two columns to a part; ``scale`` is the largest value around."""
    a, b = then.astype(np.float64), now.astype(np.float64)
    part.values += len(a)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    if same.all():
        return
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        size = np.maximum(np.maximum(np.abs(a), np.abs(b)), _LEAST * scale)
        relative = np.where(same, 0.0, np.abs(a - b) / size)
    relative = np.where(np.isnan(relative), np.inf, relative)
    beyond = relative > TOLERANCE
    part.unequal += int(np.count_nonzero(~same))
    part.apart += int(np.count_nonzero(beyond))
    part.largest = max(part.largest, float(relative.max()))
    if members is not None:
        part.members |= {int(m) for m in members[beyond]}


def _aligned(
    then: pd.DataFrame, now: pd.DataFrame, keys: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both with the rows of ``then``; rows that ``now`` lacks are NaN there."""
    if len(then) == len(now) and all(_alike(then[key], now[key]) for key in keys):
        return then, now
    rows = [zip(*(_texts(frame[key]) for key in keys), strict=True) for frame in (then, now)]
    before, after = (["|".join(words) for words in own] for own in rows)
    known = now.set_axis(after, axis=0)
    found = known[~known.index.duplicated()].reindex(before)
    return then, found.reset_index(drop=True).set_axis(then.index, axis=0)


def _alike(then: pd.Series[Any], now: pd.Series[Any]) -> bool:
    """Tell whether two columns of words or numbers hold the same."""
    words = getattr(then, "cat", None)
    if words is not None and hasattr(now, "cat"):
        codes = now.cat.set_categories(words.categories).cat.codes
        return bool((codes.to_numpy() == words.codes.to_numpy()).all()) and bool(
            (now.isna().to_numpy() == then.isna().to_numpy()).all()
        )
    return bool((_texts(then) == _texts(now)).all())


def _metric(column: str) -> str:
    name = column.partition("[")[0]
    return INPUTS if "." in name else name


def _size(values: NDArray[Any]) -> float:
    finite = np.abs(values[np.isfinite(values.astype(np.float64))]).astype(np.float64)
    return float(finite.max()) if finite.size else 0.0


def _texts(column: pd.Series[Any]) -> NDArray[Any]:
    found: NDArray[Any] = column.astype(object).where(column.notna(), "").to_numpy().astype(str)
    return found
