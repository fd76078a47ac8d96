"""Small charts of points: an outcome against a parameter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.report.curves import ticks
from steppe.report.told import BOX, Panel, Tick

Array = NDArray[np.float64]
MOST = 600
"""Dots that are drawn: evenly spaced ones of more."""


def panel(title: str, unit: str, across: str, across_unit: str, x: Array, y: Array) -> Panel | None:
    """Return a panel of points; None where no two have values."""
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    if len(x) < 2 or not np.ptp(x) > 0.0 or not np.ptp(y) > 0.0:
        return None
    kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), MOST)).round().astype(int))
    (left, right), (low, high) = _ends(x), _ends(y)

    def place(v: float, first: float, last: float, size: float) -> float:
        return round(size * (v - first) / (last - first), 2)

    named = "" if across_unit == "1" else f" ({across_unit.replace('MUSD', 'mn USD')})"
    return Panel(
        title,
        unit,
        tuple(Tick(place(v, left, right, BOX[0]), t) for v, t in ticks(left, right)),
        tuple(Tick(BOX[1] - place(v, low, high, BOX[1]), t) for v, t in ticks(low, high)),
        dots=tuple(
            (place(x[i], left, right, BOX[0]), round(BOX[1] - place(y[i], low, high, BOX[1]), 2))
            for i in kept
        ),
        foot=f"{across}{named}",
    )


def _ends(values: Array) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    return low - 0.05 * (high - low), high + 0.05 * (high - low)
