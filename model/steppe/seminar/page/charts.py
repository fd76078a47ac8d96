"""Charts of bands over time: pure functions from arrays to the option objects of ECharts.

A band of ECharts is two stacked lines, the lower one invisible; every curve is therefore five
series (outer band, inner band, median), whatever it shows, so that a new answer moves the lines
that are drawn already.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe.clock import Quarter
from steppe.figures.series import mid_quarters
from steppe.seminar.page.labels import Face
from steppe.seminar.page.palette import BASELINE, FAINT, INK, RULE

Array = NDArray[np.float64]
Option = dict[str, Any]

Q05, Q25, Q50, Q75, Q95 = range(5)
"""Columns of bands (quarter, 5)."""


@dataclass(frozen=True)
class Curve:
    """One scenario's bands (quarter, 5), in the unit that is shown."""

    name: str
    bands: Array
    colour: str
    dash: str = "solid"
    banded: bool = True
    """Whether the bands are drawn, or the median alone."""


def band_chart(
    face: Face,
    quarters: Sequence[Quarter],
    curves: Sequence[Curve],
    *,
    difference: bool = False,
    scale: float = 1.0,
    marks: Sequence[tuple[Quarter, str]] = (),
    animate: bool = True,
) -> Option:
    """Return a large chart of one series; the first curve lies behind the others.

    ``scale`` multiplies type and line widths (presentation); ``marks`` are dated lines.
    """
    years = mid_quarters(quarters)
    unit = face.change_unit if difference else face.unit
    low, high, step = _limits(curves, zero=difference)
    size = round(14 * scale)
    series = [part for place, curve in enumerate(curves) for part in _curve(years, curve, place)]
    series.append(_marks(marks, difference))
    return {
        "animation": animate,
        "animationDuration": 300,
        "animationDurationUpdate": 350,
        "animationEasingUpdate": "cubicOut",
        "backgroundColor": "#FFFFFF",
        "textStyle": {"fontFamily": "Roboto, sans-serif", "fontSize": size, "color": INK},
        "title": {
            "show": False,
            "text": f"Change of: {face.title}" if difference else face.title,
            "left": 16,
            "top": 8,
            "textStyle": {"fontSize": round(20 * scale), "color": INK},
        },
        "legend": {
            "show": False,
            "top": 40,
            "left": 16,
            "icon": "roundRect",
            "data": [curve.name for curve in curves],
            "textStyle": {"fontSize": size},
        },
        "grid": {
            "left": round(12 * scale),
            "right": round(18 * scale),
            "top": round(34 * scale),
            "bottom": round(8 * scale),
            "containLabel": True,
        },
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            "transitionDuration": 0,
            "axisPointer": {
                "type": "line",
                "lineStyle": {"color": FAINT},
                "label": {"show": False},
            },
            ":formatter": f"p => window.steppe.tip(p, {json.dumps(unit)})",
        },
        "xAxis": time_axis(quarters, size),
        "yAxis": {
            "type": "value",
            "name": unit,
            "nameLocation": "end",
            "nameGap": round(12 * scale),
            "nameTextStyle": {"align": "left", "fontSize": size, "color": FAINT},
            "min": low,
            "max": high,
            "interval": step,
            "axisLabel": {"fontSize": size, "color": INK, ":formatter": "window.steppe.number"},
            "splitLine": {"lineStyle": {"color": RULE}},
        },
        "series": series,
    }


def time_axis(quarters: Sequence[Quarter], size: int, *, every: int = 4) -> Option:
    """Return the axis of years from the first quarter to the end of the last."""
    first, last = quarters[0].year, quarters[-1].year + 1
    return {
        "type": "value",
        "min": first,
        "max": last,
        "interval": every,
        "axisLine": {"lineStyle": {"color": FAINT}, "onZero": False},
        "axisTick": {"show": True},
        "splitLine": {"show": False},
        "axisLabel": {
            "fontSize": size,
            "color": INK,
            "margin": round(0.8 * size),
            "hideOverlap": True,
            "showMinLabel": True,
            "showMaxLabel": False,
            ":formatter": "v => String(v)",
        },
    }


def _curve(years: Array, curve: Curve, place: int) -> list[Option]:
    """Return the five series of a curve: outer band, inner band, median."""
    found = []
    for name, low, high, shade in (("outer", Q05, Q95, 0.16), ("inner", Q25, Q75, 0.26)):
        shown = curve.bands if curve.banded else np.full_like(curve.bands, np.nan)
        stack = f"{place}{name}"
        line = {"type": "line", "stack": stack, "stackStrategy": "all", "symbol": "none"}
        quiet = {"silent": True, "emphasis": {"disabled": True}, "lineStyle": {"opacity": 0}}
        base = {**line, **quiet, "z": 2 + place, "tooltip": {"show": False}, "color": curve.colour}
        found.append({**base, "id": f"{stack} low", "data": points(years, shown[:, low])})
        found.append(
            {
                **base,
                "id": f"{stack} high",
                "data": points(years, shown[:, high] - shown[:, low]),
                "areaStyle": {"color": curve.colour, "opacity": shade, "origin": "auto"},
            }
        )
    found.append(
        {
            "id": f"{place}median",
            "name": curve.name,
            "type": "line",
            "symbol": "none",
            "color": curve.colour,
            "z": 10 + place,
            "emphasis": {"disabled": True},
            "lineStyle": {
                "width": 3.2 if place else 2.6,
                "type": curve.dash,
                "color": curve.colour,
            },
            "dimensions": ["year", "median", "low", "high"],
            "encode": {"x": 0, "y": 1},
            "data": points(years, curve.bands[:, Q50], curve.bands[:, Q05], curve.bands[:, Q95]),
        }
    )
    return found


def _marks(marks: Sequence[tuple[Quarter, str]], difference: bool) -> Option:
    """Return dated vertical lines (from when levers act, shocks) and zero of a difference."""
    lines: list[Option] = [
        {
            "xAxis": quarter.ordinal / 4,
            "lineStyle": {"color": colour, "type": "dotted", "width": 1.5},
        }
        for quarter, colour in marks
    ]
    if difference:
        lines.append({"yAxis": 0, "lineStyle": {"color": INK, "type": "solid", "width": 1}})
    return {
        "id": "marks",
        "type": "line",
        "data": [],
        "silent": True,
        "tooltip": {"show": False},
        "markLine": {
            "silent": True,
            "symbol": "none",
            "animation": False,
            "label": {"show": False},
            "data": lines,
        },
    }


def points(years: Array, *columns: Array) -> list[list[float | None]]:
    """Return rows of a year and values, rounded to six digits; None where there is no number."""
    return [
        [round(float(year), 3), *(_rounded(float(value)) for value in values)]
        for year, *values in zip(years, *columns, strict=True)
    ]


def _rounded(value: float) -> float | None:
    return float(f"{value:.6g}") if np.isfinite(value) else None


def _limits(curves: Sequence[Curve], *, zero: bool) -> tuple[float, float, float]:
    """Return lower and upper end of the axis and the step between its labels."""
    low, high = extent(curves)
    if zero or (low >= 0 and low < 0.5 * high) or (high <= 0 and high > 0.5 * low):
        low, high = min(low, 0.0), max(high, 0.0)
    return nice(low, high)


def extent(curves: Sequence[Curve]) -> tuple[float, float]:
    """Return the smallest and the largest value that is drawn; (0, 1) when nothing is."""
    drawn = [c.bands[:, [Q05, Q95]] if c.banded else c.bands[:, [Q50]] for c in curves]
    values = np.concatenate([part.ravel() for part in drawn]) if drawn else np.empty(0)
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)


def nice(low: float, high: float, parts: int = 5) -> tuple[float, float, float]:
    """Return round ends around a range and the step between labels, about ``parts`` of them."""
    if not high > low:
        pad = 0.1 * abs(high) or 0.5
        low, high = low - pad, high + pad
    raw = (high - low) / parts
    power = 10.0 ** np.floor(np.log10(raw))
    step = float(next(m for m in (1, 2, 2.5, 5, 10) if m * power >= raw * (1 - 1e-9)) * power)
    ends = np.floor(low / step + 1e-9) * step, np.ceil(high / step - 1e-9) * step
    digits = max(0, int(-np.floor(np.log10(step))) + 2)
    return round(float(ends[0]), digits), round(float(ends[1]), digits), round(step, digits)


def reference(face: Face, quarters: Sequence[Quarter], bands: Array, banded: bool = True) -> Curve:
    """Return the baseline's curve: grey, behind all others."""
    return Curve("Baseline", bands * face.factor, BASELINE, banded=banded)
