"""What outcomes of a sweep span over its points, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe.analysis.compare import series_of
from steppe.analysis.findings.reading import Points, means
from steppe.report import words
from steppe.results import Band

Array = NDArray[np.float64]

TOLD = 3
"""Outcomes of the first page."""
FEW = 20
"""Points below which 5 to 95 % of them are all of them."""


@dataclass(frozen=True)
class Spread:
    """An outcome over points: its means over members (point,), and its band over points."""

    label: str
    values: Array
    band: Band

    @property
    def width(self) -> float:
        return self.band.width if np.isfinite(self.band.width) else 0.0


def spread_of(label: str, points: Points) -> Spread:
    values = means(points.outcomes[label])
    known = values[np.isfinite(values)]
    if not known.size:
        return Spread(label, values, Band(np.nan, np.nan, np.nan))
    low, middle, high = (float(v) for v in np.quantile(known, [0.05, 0.5, 0.95]))
    return Spread(label, values, Band(middle, low, high))


def largest(spreads: Mapping[str, Spread]) -> list[str]:
    """Return of each metric the outcome that spans most over points."""
    best: dict[str, str] = {}
    for label, own in spreads.items():
        metric = label.partition("[")[0]
        if own.width > 0.0 and (metric not in best or own.width > spreads[best[metric]].width):
            best[metric] = label
    return list(best.values())


def spans(spreads: Mapping[str, Spread], points: int) -> tuple[str, ...]:
    """Return what outcomes span, where no index tells what matters for them."""
    found = tuple(span(spreads[label]) for label in largest(spreads)[:TOLD])
    if found:
        return found
    if points == 1:
        return ("Only one point is computed: there is nothing to compare it with.",)
    return (f"No headline outcome differs between the {points:,} points.",)


def span(own: Spread) -> str:
    name = words.named(series_of(own.label))
    middle = words.value(name.factor * own.band.median, name.unit)
    known = own.values[np.isfinite(own.values)]
    band, over = own.band, "90 % of the points"
    if len(known) < FEW:
        ends = float(known.min()), float(known.max())
        band, over = Band(own.band.median, *ends), words.counted(len(known), "point")
    return f"{name.title}: {words.span(band, name)} over {over}, median {middle}."
