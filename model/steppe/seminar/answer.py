"""What a run of the engine leaves: members' paths, and what is read off them when it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from steppe import metrics
from steppe.chronicle import KINDS, Chronicle, Rows
from steppe.clock import Quarter, span
from steppe.metrics import OUTCOME_QUARTERS, Series
from steppe.parameters import registry
from steppe.scenario import Scenario, sample
from steppe.seminar.bands import bands
from steppe.seminar.settings import Settings

Array = NDArray[np.float64]
Paths = NDArray[np.float32]

NOISE = 1e-6
"""Differences of outcomes below this part of their size are zero: paths are single precision."""

_SAME = ("kind", "power", "host", "sector", "link", "organisation", "partner")
"""Columns that say whether two happenings are the same, as ``steppe show --often`` counts them."""


class Shown(Protocol):
    """What charts need: an :class:`Answer`, or the stored baseline of the first screen."""

    @property
    def members(self) -> int: ...
    @property
    def quarters(self) -> tuple[Quarter, ...]: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    def series(self, label: str) -> Series:
        """Return metric, unit, codes of a series; ``KeyError`` for one that is not there."""
        ...

    def bands(self, label: str) -> Array:
        """Return quantiles over members, (quarter, 5)."""
        ...

    def at(self, quarter: Quarter, labels: Sequence[str]) -> Array:
        """Return quantiles of several series in one quarter, (label, 5)."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """An outcome of a variant beside the baseline's: (q05, median, q95) over members each.

    ``difference`` is of paired members; ``rose`` and ``fell`` are the shares of members in which it
    is larger and smaller.  ``moved`` is the median difference in widths of the baseline's band.
    """

    label: str
    series: Series
    band: tuple[float, float, float]
    baseline: tuple[float, float, float] | None = None
    difference: tuple[float, float, float] | None = None
    rose: float | None = None
    fell: float | None = None

    @property
    def moved(self) -> float:
        if self.baseline is None or self.difference is None:
            return 0.0
        size, width = abs(self.difference[1]), self.baseline[2] - self.baseline[0]
        return 0.0 if not size > 0.0 else size / width if width > 0.0 else np.inf


@dataclass(frozen=True, slots=True)
class Happening:
    """A sentence of a member's chronicle, without its quarter.

    ``often`` is the share of members in which the same happened (the same kind, actors and place)
    at any time; ``kind`` is one of :data:`steppe.chronicle.KINDS`.
    """

    quarter: Quarter
    kind: str
    sentence: str
    often: float


@dataclass(frozen=True)
class Part:
    """One pass: paths (series, quarter, member) before the present and from it on, and rows."""

    past: Paths
    future: Paths
    before: Rows
    """What happened before the present."""
    chronicle: Chronicle
    """Events of the whole run, and what happened from the present on."""

    @property
    def size(self) -> int:
        """Bytes that belong to this pass alone: the years before the present are shared."""
        return self.future.nbytes + self.chronicle.rows.nbytes


@cache
def all_series() -> dict[str, tuple[int, Series]]:
    """Return place and description of every recorded series by label, in recorded order."""
    listed = (series for metric in metrics.METRICS for series in metric.series)
    return {series.label: (place, series) for place, series in enumerate(listed)}


@cache
def all_labels() -> tuple[str, ...]:
    return tuple(all_series())


class Answer:
    """The paths of the members of one run; bands are computed when they are asked for."""

    def __init__(self, settings: Settings, case: Scenario, parts: Sequence[Part]) -> None:
        self.settings = settings
        self.case = case
        self._parts = tuple(parts)
        self.members = sum(part.future.shape[2] for part in self._parts)
        first, last = case.horizon.start, case.horizon.end
        self.quarters: tuple[Quarter, ...] = span(first, last)
        self._bands: dict[str, Array] = {}

    @property
    def labels(self) -> tuple[str, ...]:
        """Every recorded series, as ``trade_share[JPN,UZB]``."""
        return all_labels()

    def series(self, label: str) -> Series:
        """Return metric, unit, codes of a series; ``KeyError`` for an unknown label."""
        return all_series()[label][1]

    def paths(self, label: str) -> Paths:
        """Return a series of every member, (quarter, member), float32."""
        place = all_series()[label][0]
        found = [np.concatenate([p.past[place], p.future[place]]) for p in self._parts]
        return found[0] if len(found) == 1 else np.concatenate(found, axis=1)

    def bands(self, label: str) -> Array:
        """Return quantiles (5, 25, 50, 75, 95 %) over members, (quarter, 5); NaN where none."""
        if label not in self._bands:
            self._bands[label] = bands(self.paths(label))
        return self._bands[label]

    def difference(self, label: str, other: Answer) -> Array:
        """Return quantiles of this less ``other``, member by member, (quarter, 5).

        Over the members that both have and the quarters that both have.
        """
        return bands(self._differences(label, other))

    def _differences(self, label: str, other: Answer) -> Array:
        members = min(self.members, other.members)
        quarters = min(len(self.quarters), len(other.quarters))
        here = self.paths(label)[:quarters, :members].astype(np.float64)
        there = other.paths(label)[:quarters, :members]
        with np.errstate(invalid="ignore"):
            return here - there

    def at(self, quarter: Quarter, labels: Sequence[str]) -> Array:
        """Return quantiles of several series in one quarter, (label, 5)."""
        return bands(self._values(quarter, labels))

    def difference_at(self, quarter: Quarter, labels: Sequence[str], other: Answer) -> Array:
        """Return quantiles of differences of paired members in one quarter, (label, 5)."""
        members = min(self.members, other.members)
        here = self._values(quarter, labels)[:, :members].astype(np.float64)
        return bands(here - other._values(quarter, labels)[:, :members])

    def _values(self, quarter: Quarter, labels: Sequence[str]) -> Paths:
        """Return several series in one quarter, (label, member)."""
        places = [all_series()[label][0] for label in labels]
        t = quarter - self.quarters[0]
        if not 0 <= t < len(self.quarters):
            raise ValueError(f"{quarter} lies outside {self.quarters[0]} to {self.quarters[-1]}")
        blocks = []
        for part in self._parts:
            past = part.past.shape[1]
            block = part.past[places, t] if t < past else part.future[places, t - past]
            blocks.append(block)
        return np.concatenate(blocks, axis=1)

    # --- outcomes ------------------------------------------------------------------------------

    def outcomes(self, labels: Sequence[str] | None = None) -> dict[str, Array]:
        """Return outcomes by label, (member,): a mean of the last 20 quarters, a sum or the last.

        Those of the headline metrics when no labels are given.
        """
        wanted = self.headline() if labels is None else labels
        return {label: self._outcome(label) for label in wanted}

    def _outcome(self, label: str) -> Array:
        path = self.paths(label).astype(np.float64)
        summary = metrics.BY_NAME[self.series(label).metric].summary
        if summary == "last":
            last: Array = path[-1]
            return last
        if summary == "sum":
            whole: Array = np.add.reduce(path, axis=0)
            return whole
        late = path[-OUTCOME_QUARTERS:]
        known = ~np.isnan(late)
        count = np.add.reduce(known, axis=0)
        total = np.add.reduce(np.where(known, late, 0.0), axis=0)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def headline(self) -> tuple[str, ...]:
        """Return the labels of the headline metrics: the scenario's own, else the registry's."""
        chosen = self.case.metrics or [m.name for m in metrics.METRICS if m.headline]
        return tuple(s.label for name in chosen for s in metrics.BY_NAME[name].series)

    def changes(
        self, other: Answer | None = None, labels: Sequence[str] | None = None
    ) -> list[Change]:
        """Return outcomes with bands, and how they differ from ``other``'s, largest move first."""
        found = []
        for label, here in self.outcomes(labels).items():
            series = self.series(label)
            if other is None:
                found.append(Change(label, series, _three(here)))
                continue
            there = other._outcome(label)
            both = min(len(here), len(there))
            change = difference(here[:both], there[:both])
            paired = change[np.isfinite(change)]
            rose, fell = (
                (float(np.mean(paired > 0.0)), float(np.mean(paired < 0.0)))
                if len(paired)
                else (None, None)
            )
            found.append(
                Change(label, series, _three(here), _three(there), _three(change), rose, fell)
            )
        return sorted(found, key=lambda change: -change.moved) if other is not None else found

    # --- what happened -------------------------------------------------------------------------

    def chronicle(
        self,
        member: int = 0,
        *,
        kinds: Sequence[str] = (),
        since: Quarter | None = None,
    ) -> list[Happening]:
        """Return what happened in one member, in order of time, with how often in all members.

        ``ValueError`` for a member or a kind that is not there.
        """
        if not 0 <= member < self.members:
            raise ValueError(f"there is no member {member}, they are 0 to {self.members - 1}")
        if unknown := [kind for kind in kinds if kind not in KINDS]:
            raise ValueError(f"no happening is of the kind '{unknown[0]}'")
        from steppe.sentences import sentences

        rows, texts = self._happened
        wanted = rows["member"] == member
        if kinds:
            wanted &= np.isin(rows["kind"], [KINDS.index(kind) for kind in kinds])
        if since is not None:
            wanted &= rows["quarter"] >= since.ordinal
        places = np.flatnonzero(wanted)
        places = places[np.argsort(rows["quarter"][places], kind="stable")]
        told = sentences(Chronicle(rows[places], texts)).to_pylist()
        return [
            Happening(
                Quarter(int(rows["quarter"][place])),
                KINDS[rows["kind"][place]],
                sentence.partition(": ")[2],
                float(self._often[place]),
            )
            for place, sentence in zip(places, told, strict=True)
        ]

    @cached_property
    def _happened(self) -> tuple[Rows, tuple[str, ...]]:
        """Everything that happened in all members, in no order, and the sentences of events."""
        whole = Chronicle.concat(
            [c for part in self._parts for c in (part.chronicle, Chronicle(part.before))]
        )
        return whole.rows, whole.texts

    @cached_property
    def _often(self) -> Array:
        """The share of members in which the same as in each row happened, (row,)."""
        rows, texts = self._happened
        # an event's sentence ends with its name in brackets, whatever was drawn for a member
        names = [text.rpartition("(")[2] for text in texts]
        event = np.array([*map(sorted(set(names)).index, names), -1], np.int64)[rows["text"]]
        key = event + 1
        for column in _SAME:
            codes = rows[column] + np.int64(1)
            key = key * (codes.max(initial=0) + 1) + codes
        kinds, which = np.unique(key, return_inverse=True)
        pair = which.astype(np.int64) * self.members + rows["member"]
        each = np.unique(pair) // self.members
        share: Array = np.bincount(each, minlength=len(kinds)) / self.members
        return share[which]

    # --- members -------------------------------------------------------------------------------

    def parameters(self) -> dict[str, Array]:
        """Return what the members drew, (member,) by parameter."""
        return sample(self.case, registry(), range(self.members)).varied

    def table(self, labels: Sequence[str]) -> Any:
        """Return a pandas table to save: label, unit, quarter, mean, q05, q25, q50, q75, q95."""
        import pandas as pd

        names = ["q05", "q25", "q50", "q75", "q95"]
        frames = []
        for label in labels:
            path = self.paths(label).astype(np.float64)
            frame = pd.DataFrame(self.bands(label), columns=names)
            known = ~np.isnan(path)
            total = np.add.reduce(np.where(known, path, 0.0), axis=1)
            count = np.add.reduce(known, axis=1)
            mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
            frame.insert(0, "mean", mean)
            frame.insert(0, "quarter", [str(quarter) for quarter in self.quarters])
            frame.insert(0, "unit", self.series(label).unit)
            frame.insert(0, "label", label)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)


def difference(here: Array, there: Array) -> Array:
    """Return outcomes' differences, (member,); those within rounding are zero."""
    with np.errstate(invalid="ignore", over="ignore"):
        change = here - there
        size = np.maximum(np.abs(here), np.abs(there))
        noise = np.isfinite(change) & (np.abs(change) <= NOISE * size)
    return np.where(noise, 0.0, change)


def _three(values: Array) -> tuple[float, float, float]:
    found = bands(np.where(np.isfinite(values), values, np.nan))
    return float(found[0]), float(found[2]), float(found[4])
