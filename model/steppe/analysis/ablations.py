"""What each mechanism is worth: both backcasts without it, on the same members, on every score.

A mechanism earns a score when the backcast without it is worse there, beyond the noise of members
and by more than a trifle; it costs one when the backcast without it is better.  Noise: three times
the standard error of the difference over resampled members, the same in both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import scenario
from steppe.analysis import influence_check, validate
from steppe.analysis.nulls import FULL, MISSING, NULLS, Null
from steppe.analysis.score_rows import FIT, READS, ROWS, TEST, WINDOWS, Row, Sample, scores_of
from steppe.analysis.sheets import Sheet
from steppe.analysis.variants import run as run_variants

Array = NDArray[np.float64]

RESAMPLES = 60
"""Draws of members behind a standard error."""
BEYOND = 3.0
"""Standard errors from which on a difference is no noise."""


@dataclass(frozen=True)
class Change:
    """A score of the full model, of the model without a mechanism, and the difference's error."""

    row: Row
    full: float
    without: float
    error: float

    @property
    def change(self) -> float:
        return self.without - self.full

    @property
    def beyond(self) -> bool:
        """Tell whether the difference is no noise and no trifle."""
        row = self.row
        least = row.matters * (abs(self.full) if row.relative else 1.0)
        return abs(self.change) > max(BEYOND * self.error, least)

    @property
    def earns(self) -> bool:
        """Tell whether the model is worse without the mechanism."""
        return self.beyond and self.change * self.row.better < 0.0

    @property
    def costs(self) -> bool:
        """Tell whether the model is better without the mechanism."""
        return self.beyond and self.change * self.row.better > 0.0

    @property
    def told(self) -> str:
        """Return the difference in a cell: * the mechanism earns, ! it costs, . nothing moves."""
        if self.change == 0.0:
            return "."
        return f"{self.change:+{self.row.form}}" + (
            "*" if self.earns else "!" if self.costs else ""
        )


@dataclass(frozen=True)
class Ablations:
    """The full model's scores and, by null, how each changes."""

    members: int
    full: dict[str, float]
    changes: dict[str, tuple[Change, ...]]
    turned: dict[str, tuple[str, ...]]
    """Patterns that pass with a mechanism and fail without it (or, with ``+``, the reverse)."""

    def earned(self, name: str, label: str | None = None) -> list[str]:
        """Return the scores that a mechanism earns, all or those of a label."""
        return [
            c.row.name
            for c in self.changes[name]
            if c.earns and (label is None or c.row.label == label)
        ]

    def cost(self, name: str) -> list[str]:
        """Return the scores that are better without a mechanism."""
        return [c.row.name for c in self.changes[name] if c.costs]

    @property
    def idle(self) -> list[str]:
        """Return the nulls whose mechanism earns nothing on any score."""
        return [name for name in self.changes if not self.earned(name)]

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON object."""
        return {
            "members": self.members,
            "full": self.full,
            "idle": self.idle,
            "missing": MISSING,
            "nulls": {
                name: {
                    "earns": self.earned(name),
                    "costs": self.cost(name),
                    "patterns_turned": list(self.turned[name]),
                    "change": {c.row.name: c.change for c in changes},
                    "error": {c.row.name: c.error for c in changes},
                }
                for name, changes in self.changes.items()
            },
        }

    def sheets(self) -> list[Sheet]:
        """Return the tables for a reader."""
        trade = [r for r in ROWS if r.name.startswith("20") and r.short != "end"]
        bands = [r for r in ROWS if r.name.startswith(("coverage", "patterns"))]
        others = [r for r in ROWS if r.name.startswith(("influence", "money"))]
        windows = "; ".join(f"{w.base} -> {w.name} {w.label}" for w in WINDOWS)
        marks = "* worse without it beyond noise: it earns; ! better without it; . nothing moves."
        return [
            self._sheet(
                f"Trade without each mechanism: {windows}",
                trade,
                ("Change of the share error (pp), the log error and the CRPS, window by window; "
                 f"first line: the full model, {self.members} members. " + marks,),
            ),
            self._sheet(
                "Bands and patterns without each mechanism",
                [r for r in bands if not r.short.startswith("p50")],
                ("p90: distance of the bands' coverage from 90 %; in, miss: patterns inside "
                 "their range, and mean distance outside in widths of the range. " + marks,),
            ),
            self._sheet(
                "Influence and money without each mechanism",
                others,
                ("index, trend: rank correlation with the published index and with its slopes; "
                 "votes, turn: with agreement in the United Nations and with its slopes. Mean "
                 "errors: aid, Japan's net aid by host and three years of 2001-09, mn USD a year; "
                 "china, tika: hosts' parts of China's commitments (2001-16 beside the record's "
                 "2000-21) and of Turkey's aid of 2010-16, pp. " + marks,),
            ),
            self._sheet(
                f"The hosts' product without each mechanism: {windows}",
                [r for r in ROWS if r.name.startswith("product")],
                ("Change of the mean absolute log error of real growth since the base year and of "
                 "GDP in dollars, window by window. " + marks,),
            ),
            Sheet(
                "What each mechanism earns",
                ("without", "earns fit", "earns test", "costs", "patterns lost (+ won)"),
                tuple(self._verdict(name) for name in self.changes),
                (f"Scores: {sum(r.label == FIT for r in ROWS)} on fit years, "
                 f"{sum(r.label == TEST for r in ROWS)} on test years. Earning nothing on any: "
                 + (", ".join(self.idle) or "none") + ".",
                 *(f"{name}: {why}." for name, why in MISSING.items())),
            ),
        ]  # fmt: skip

    def _sheet(self, title: str, rows: Sequence[Row], notes: tuple[str, ...]) -> Sheet:
        names = {row.name for row in rows}
        full = ("full model", *(format(self.full[row.name], row.form) for row in rows))
        body = tuple(
            (name, *(c.told for c in changes if c.row.name in names))
            for name, changes in self.changes.items()
        )
        return Sheet(title, ("without", *(row.short for row in rows)), (full, *body), notes)

    def _verdict(self, name: str) -> tuple[str, ...]:
        earned = [str(len(self.earned(name, label)) or "-") for label in (FIT, TEST)]
        lost = sum(not pattern.startswith("+") for pattern in self.turned[name])
        won = len(self.turned[name]) - lost
        turned = f"{lost}" + (f" (+{won})" if won else "") if self.turned[name] else "-"
        return name, *earned, str(len(self.cost(name)) or "-"), turned


def run(
    members: int = 100,
    nulls: Sequence[Null] = NULLS,
    *,
    on_part: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Ablations | None:
    """Run both backcasts in full and without each mechanism, and score them; None if stopped."""
    variants = [FULL, *(null.variant for null in nulls)]
    samples: list[dict[str, Sample]] = []
    for base, name in validate.BACKCASTS.items():
        watch = influence_check.WATCH if base == influence_check.BASE else None
        kept = run_variants(
            scenario.load(name), variants, members, READS, watch, on_part=on_part, stop=stop
        )
        if kept is None:
            return None
        samples.append({v.name: Sample(base, kept.pop(v.name)) for v in variants})
    return _compared(members, samples, nulls)


def _compared(
    members: int, samples: Sequence[Mapping[str, Sample]], nulls: Sequence[Null]
) -> Ablations:
    """Score every variant, and draw members again for the errors of the differences."""
    draws = np.random.default_rng(1).integers(members, size=(RESAMPLES, members))

    def both(name: str) -> list[Sample]:
        return [sample[name] for sample in samples]

    full = both(FULL.name)
    point, drawn = scores_of(full), [scores_of(full, draw) for draw in draws]
    changes: dict[str, tuple[Change, ...]] = {}
    turned: dict[str, tuple[str, ...]] = {}
    for null in nulls:
        own = both(null.name)
        without = scores_of(own)
        again = [scores_of(own, draw) for draw in draws]
        changes[null.name] = tuple(
            Change(
                row,
                point[row.name],
                without[row.name],
                float(
                    np.std([b[row.name] - a[row.name] for a, b in zip(drawn, again, strict=True)])
                ),
            )
            for row in ROWS
        )
        turned[null.name] = tuple(_turned(full, own))
    return Ablations(members, point, changes, turned)


def _turned(full: Sequence[Sample], without: Sequence[Sample]) -> list[str]:
    """Return the patterns that only one of two variants reproduces."""
    found = []
    for one, other in zip(full, without, strict=True):
        for pattern, a, b in zip(one.patterns, one.medians(), other.medians(), strict=True):
            before, after = (pattern.low <= value <= pattern.high for value in (a, b))
            if before != after:
                found.append(("+" if after else "") + f"{pattern.base} {pattern.name}")
    return found
