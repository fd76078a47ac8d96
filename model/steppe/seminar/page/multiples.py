"""Small multiples: pure functions from bands to what the grid of small panels draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steppe.clock import PER_YEAR, Quarter
from steppe.seminar.page.charts import Q05, Q50, Q95, Array, Curve, extent
from steppe.seminar.page.labels import Face, number, short

Panel = dict[str, Any]


def panel(
    face: Face,
    quarters: Sequence[Quarter],
    curves: Sequence[Curve],
    *,
    difference: bool = False,
    brief: bool = False,
    change: float | None = None,
) -> Panel:
    """Return one small panel: a value a year of every curve, and the last quarter in words.

    ``curves``: the baseline, then the variant (or the difference alone); ``change``: the median
    change of paired members in the last quarter, None where it is not told.
    """
    years = slice(PER_YEAR - 1, None, PER_YEAR)
    low, high = extent(curves)
    if difference or (low >= 0 and low < 0.5 * high):
        low, high = min(low, 0.0), max(high, 0.0)
    if not high > low:
        low, high = low - 0.5, high + 0.5
    unit = face.change_unit if difference else face.unit
    last = _last(curves[-1].bands)
    told = "" if change is None else number(change, face.change_unit, sign=True)
    told = told if told[:1] in ("+", "\N{MINUS SIGN}") else ""
    words = number(last, unit, sign=difference)
    return {
        "label": face.label,
        "title": short(face, brief=brief),
        "last": words,
        "change": told,
        "spoken": f"{face.title}: {words} in {quarters[-1].year}" + (f", {told}" if told else ""),
        "low": low,
        "high": high,
        "range": f"{_plain(low)} to {_plain(high)}",
        "from": str(quarters[0].year),
        "to": str(quarters[-1].year),
        "bands": [
            {
                "colour": curve.colour,
                "shade": 0.22 if place == 0 else 0.2,
                "low": _row(curve.bands[years, Q05]),
                "median": _row(curve.bands[years, Q50]),
                "high": _row(curve.bands[years, Q95]),
            }
            for place, curve in enumerate(curves)
        ],
    }


def _plain(value: float) -> str:
    return f"{value:,.3g}".replace("-", "\N{MINUS SIGN}") if abs(value) < 1e5 else f"{value:.2e}"


def _last(bands: Array) -> float:
    known = bands[np.isfinite(bands[:, Q50]), Q50]
    return float(known[-1]) if len(known) else float("nan")


def _row(values: Array) -> list[float | None]:
    return [float(f"{v:.5g}") if np.isfinite(v) else None for v in values]
