"""The closing table of a run: outcomes as a reader sees them, at most 100 columns wide."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from steppe.analysis.choice import choose
from steppe.metrics import BY_NAME
from steppe.results import Band, Outcome

WIDTH = 100

INDICES = {"multivector_index", "infrastructure", "alignment", "partner_hhi", "creditor_hhi"}
"""Metrics without a unit that are no parts of a whole."""


def lines(rows: Sequence[Outcome], name: str, parent: str | None) -> list[str]:
    """Return the table of outcomes of scenario ``name``, compared with ``parent`` if they were."""
    compared = parent is not None and any(r.difference is not None for r in rows)
    chosen, left_out = choose(rows)
    head = ["", "median", "90 % band", *(_HEADS if compared else ())]
    body = [_texts(row, compared) for row in chosen]
    widths = [
        max(width, *(len(texts[i]) + _GAP * (i > 0) for texts in [head, *body]))
        for i, width in enumerate(_WIDTHS[: len(head)])
    ]
    text = [_row(widths, name, *([f"change from {parent}"] if compared else [])).rstrip()]
    text.append(_cells(head, widths))
    pairs = zip(chosen, body, strict=True)
    for metric, group in groupby(pairs, key=lambda pair: pair[0].series.metric):
        own = list(group)
        text.append(heading(metric, own[0][0].series.outcome_unit))
        text += [_cells(texts, widths) for _, texts in own]
    if left_out:
        text.append(left_out)
    return text


def not_finite(count: Mapping[str, int] | None, members: int) -> list[str]:
    """Return the lines below the table on values too large to compute with, if there are any."""
    if not count or not count.get("members"):
        return []
    told = (
        f"({count['members']:,} of {members:,} members have no finite value for "
        f"{count['outcomes']:,} outcomes, because numbers grew too large to compute with; "
        "bands and changes leave them out)"
    )
    return textwrap.wrap(told, WIDTH)


def data(rows: Sequence[Outcome]) -> dict[str, Any]:
    """Return outcomes for JSON: by label, NaN as null."""
    return {
        row.series.label: {
            "unit": row.series.outcome_unit,
            **numbers(row.band),
            "parent": None if row.parent is None else numbers(row.parent),
            "difference": None if row.difference is None else numbers(row.difference),
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
    if size >= 1e7:
        return f"{value:{plus}.3e}"
    digits = max(0, 3 - max(0, math.floor(math.log10(size)))) if size >= 1.0 else 4
    return f"{value:{plus},.{digits}f}"


def span(band: Band, sign: bool = False) -> str:
    """Return ``low to high``."""
    if not math.isfinite(band.q05):
        return "-"
    return f"{number(band.q05, sign)} to {number(band.q95, sign)}"


_HEADS = ("median", "90 % band", "rose in")
_WIDTHS = (22, 9, 21, 11, 23, 9)
"""Widths of the columns; one grows when its texts would leave no gap."""

_GAP = 2


def _texts(row: Outcome, compared: bool) -> list[str]:
    """Return the texts of a row of the table."""
    label = "  " + (",".join(row.series.cell) or "-")
    return [
        label,
        number(row.band.median),
        span(row.band),
        *(_differences(row) if compared else ()),
    ]


def _cells(texts: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        f"{text:>{width}}" if i else f"{text:<{width}}"
        for i, (text, width) in enumerate(zip(texts, widths, strict=True))
    )
    return "".join([first, *others])


def _row(columns: Sequence[int], *titles: str) -> str:
    """Return a row whose titles stand over the columns of the scenario and of the difference."""
    widths = (sum(columns[1:3]), sum(columns[3:5]))
    text = " " * columns[0]
    for title, width in zip(titles, widths, strict=False):
        shown = title if len(title) <= width - 2 else f"{title[: width - 5]}..."
        text += f"{shown:>{width}}"
    return text


def worded(metric: str, unit: str) -> str:
    """Return a metric's unit as a reader knows it."""
    if unit == "1":
        return "index" if metric in INDICES else "fraction"
    return unit or "unit unknown"


def heading(metric: str, unit: str) -> str:
    """Return the line above a metric's outcomes."""
    described = BY_NAME[metric].description if metric in BY_NAME else ""
    unit = worded(metric, unit)
    return textwrap.shorten(f"{metric} ({unit}): {described}", WIDTH, placeholder=" ...")


def _differences(row: Outcome) -> list[str]:
    if row.difference is None:
        return ["-", "-", "-"]
    rose = "-" if row.rose is None else f"{100 * row.rose:.0f} %"
    return [number(row.difference.median, sign=True), span(row.difference, sign=True), rose]


def numbers(band: Band) -> dict[str, float | None]:
    """Return a band for JSON: NaN as null."""
    values = {"median": band.median, "q05": band.q05, "q95": band.q95}
    return {k: v if math.isfinite(v) else None for k, v in values.items()}
