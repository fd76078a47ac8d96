"""The closing table of a run: outcomes as a reader sees them, at most 100 columns wide."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from steppe.metrics import BY_NAME
from steppe.results import Band, Outcome

ROWS = 25
"""Outcomes that the table shows; ``summary.csv`` has all."""

WIDTH = 100


def lines(rows: Sequence[Outcome], name: str, parent: str | None) -> list[str]:
    """Return the table of outcomes of scenario ``name``, compared with ``parent`` if they were."""
    compared = parent is not None and any(r.difference is not None for r in rows)
    chosen, left_out = choose(rows)
    text = [_row("", name, *([f"change from {parent}"] if compared else [])).rstrip()]
    text.append(_cells("", "median", "90 % band", *(_HEADS if compared else ())))
    for metric, group in groupby(chosen, key=lambda r: r.series.metric):
        own = list(group)
        text.append(_heading(metric, own[0].series.unit))
        for row in own:
            numbers = [number(row.band.median), span(row.band)]
            if compared:
                numbers += _differences(row)
            text.append(_cells("  " + (",".join(row.series.cell) or "-"), *numbers))
    if left_out:
        text.append(left_out)
    return text


def choose(rows: Sequence[Outcome], most: int = ROWS) -> tuple[list[Outcome], str]:
    """Return at most ``most`` outcomes in their order, and a sentence on those left out.

    Against a parent those that moved most, in widths of the parent's band; without one the largest
    of each metric.
    """
    if len(rows) <= most:
        return list(rows), ""
    if any(r.difference is not None for r in rows):
        ranked = sorted((r for r in rows if r.moved > 0.0), key=lambda r: -r.moved)
        chosen = ranked[:most] or list(rows[:most])
        still = len(rows) - len(ranked)
        less = len(ranked) - len(chosen) if ranked else 0
        parts = [
            f"{less} more moved less, relative to their band" if less else "",
            f"{still} did not move" if still and ranked else "",
        ]
        told = ", ".join(p for p in parts if p) or f"none of {len(rows)} outcomes moved"
    else:
        groups = [list(g) for _, g in groupby(rows, key=lambda r: r.series.metric)]
        quota = max(1, most // len(groups))
        ranked = [r for g in groups for r in sorted(g, key=_size)[:quota]]
        chosen = ranked[:most]
        told = f"the largest of each metric; {len(rows) - len(chosen)} more"
    kept = {r.series.label for r in chosen}
    return [r for r in rows if r.series.label in kept], f"({told}: summary.csv has all outcomes)"


def data(rows: Sequence[Outcome]) -> dict[str, Any]:
    """Return outcomes for JSON: by label, NaN as null."""
    return {
        row.series.label: {
            "unit": row.series.unit,
            **_band(row.band),
            "parent": None if row.parent is None else _band(row.parent),
            "difference": None if row.difference is None else _band(row.difference),
            "rose": row.rose,
        }
        for row in rows
    }


def number(value: float, sign: bool = False) -> str:
    """Return about four significant digits, without exponents where they can be avoided."""
    plus = "+" if sign else ""
    size = abs(value)
    if not math.isfinite(value):
        return "-"
    if size == 0.0:
        return "0"
    if size < 1e-4:
        return f"{value:{plus}.1e}"
    digits = max(0, 3 - max(0, math.floor(math.log10(size)))) if size >= 1.0 else 4
    return f"{value:{plus},.{digits}f}"


def span(band: Band, sign: bool = False) -> str:
    """Return ``low to high``."""
    if not math.isfinite(band.q05):
        return "-"
    return f"{number(band.q05, sign)} to {number(band.q95, sign)}"


_HEADS = ("median", "90 % band", "rose in")
_WIDTHS = (22, 9, 21, 11, 23, 9)


def _cells(*texts: str) -> str:
    first, *others = (
        f"{text:>{width}}" if i else f"{text:<{width}}"
        for i, (text, width) in enumerate(zip(texts, _WIDTHS, strict=False))
    )
    return "".join([first, *others])


def _row(first: str, *titles: str) -> str:
    """Return a row whose titles stand over the columns of the scenario and of the difference."""
    widths = (_WIDTHS[1] + _WIDTHS[2], _WIDTHS[3] + _WIDTHS[4])
    text = f"{first:<{_WIDTHS[0]}}"
    for title, width in zip(titles, widths, strict=False):
        shown = title if len(title) <= width - 2 else f"{title[: width - 5]}..."
        text += f"{shown:>{width}}"
    return text


def _heading(metric: str, unit: str) -> str:
    described = BY_NAME[metric].description if metric in BY_NAME else ""
    unit = "fraction" if unit == "1" else unit
    return textwrap.shorten(f"{metric} ({unit}): {described}", WIDTH, placeholder=" ...")


def _differences(row: Outcome) -> list[str]:
    if row.difference is None:
        return ["-", "-", "-"]
    rose = "-" if row.rose is None else f"{100 * row.rose:.0f} %"
    return [number(row.difference.median, sign=True), span(row.difference, sign=True), rose]


def _size(row: Outcome) -> float:
    return -row.band.median if math.isfinite(row.band.median) else math.inf


def _band(band: Band) -> dict[str, float | None]:
    values = {"median": band.median, "q05": band.q05, "q95": band.q95}
    return {k: v if math.isfinite(v) else None for k, v in values.items()}
