"""How the outcomes of two ensembles differ: one band a row, all on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from steppe.figures import style
from steppe.figures.series import Array

if TYPE_CHECKING:
    from steppe.analysis.compare import Difference

LINE = 0.21
"""Inches of a row."""
ABOVE, BELOW = 1.16, 1.02
"""Inches for the heads and for the axis with the caption."""
LEFT, RIGHT = 0.205, 0.58
"""Edges of the panel; numbers stand to its right."""
NUMBERS = (0.662, 0.747, 0.912, 0.984)
"""Right edges of the columns of numbers: first's median, difference, its band, share greater."""
_ROOM = 1.25
_FARTHEST = 4.0
"""A band that goes so many times beyond what three quarters of the rows need is cut off."""
_TINY = 1e-4
_LONGEST = 24
_OWN = "#33508A"
"""Colour of outcomes that are of no power and no corridor."""


def differences(
    rows: Sequence[Difference], first: str, second: str, told: str, units: dict[str, str]
) -> Figure:
    """Return the figure of ``rows``, grouped by metric in their order.

    The scale is that of the first's 90 % band: 1 is a difference as wide as the whole band.  Rows
    whose first has no band have no place on it and only say their numbers.  ``told`` is the line
    below the title, ``units`` gives the unit of each metric as a reader knows it.
    """
    groups = [(metric, list(own)) for metric, own in groupby(rows, lambda r: r.series.metric)]
    lines = len(rows) + len(groups)
    height = ABOVE + BELOW + LINE * lines
    caption = (
        f"Dot: median of the difference; bar: its 90 % band; scale: widths of the 90 % band of the "
        f"first, '{style.plain(first)}'.\n"
        "Arrow: goes on beyond the edge. Numbers: in the unit beside the metric's name. "
        f"{style.SOURCE}"
    )
    title = f"{second} less {first}"
    figure = style.sheet(title, told, caption, (style.SIZE[0], height))
    axes = figure.add_axes((LEFT, BELOW / height, RIGHT - LEFT, 1 - (ABOVE + BELOW) / height))
    limit = _limit(rows)
    axes.set_xlim(-limit, limit)
    axes.set_ylim(lines - 0.5, -0.5)
    _plain_axes(axes, second)
    _heads(axes, height)
    line = 0
    for metric, own in groups:
        _group(axes, line, f"{metric} ({units[metric]})")
        for row in own:
            line += 1
            _row(axes, line, row, limit)
        line += 1
    return figure


def _limit(rows: Sequence[Difference]) -> float:
    """Return half the width of the scale: all bands, but not one that dwarfs the others."""
    reach = np.array([_reach(row) for row in rows])
    reach = reach[np.isfinite(reach) & (reach > 0.0)]
    if not reach.size:
        return 1.0
    usual = float(np.quantile(reach, 0.75))
    return _ROOM * min(float(reach.max()), _FARTHEST * usual)


def _reach(row: Difference) -> float:
    scaled = np.abs(_scaled(row))
    return float(np.nanmax(scaled)) if np.isfinite(scaled).any() else float("nan")


def _scaled(row: Difference) -> Array:
    """Return q05, median and q95 of the difference in widths of the first's band."""
    found = np.array([row.difference.q05, row.difference.median, row.difference.q95])
    width = row.first.width
    if not width > 0.0:
        return np.full(3, np.nan)
    scaled: Array = found / width
    return scaled


def _plain_axes(axes: Axes, second: str) -> None:
    axes.axvline(0.0, color=style.FAINT, linewidth=1.0, zorder=1)
    axes.grid(axis="x", color=style.GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(style.FAINT)
    axes.tick_params(labelsize=style.SMALL, length=3, color=style.FAINT, labelcolor=style.INK)
    axes.set_xlabel(
        "difference, widths of the first's 90 % band", size=style.SMALL, color=style.INK, labelpad=3
    )
    left, right = axes.get_xlim()
    name = style.plain(second if len(second) <= _LONGEST else f"{second[: _LONGEST - 3]}...")
    for place, side, text in (
        (left, "left", f"◂ less in {name}"),
        (right, "right", f"more in {name} ▸"),
    ):
        said = axes.text(
            place, -0.75, text, size=style.SMALL, color=style.FAINT, ha=side, va="bottom"
        )
        said.set_parse_math(False)


def _heads(axes: Axes, height: float) -> None:
    """Name the columns of numbers."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    top = 1 - (ABOVE - 0.08) / height
    heads = ("first's\nmedian", "median\ndifference", "its 90 % band", "greater\nin")
    for right, text in zip(NUMBERS, heads, strict=True):
        figure.text(
            right, top, text, size=style.SMALL, color=style.FAINT, ha="right", va="bottom",
            linespacing=1.1,
        )  # fmt: skip


def _group(axes: Axes, line: int, text: str) -> None:
    said = axes.text(
        (0.015 - LEFT) / (RIGHT - LEFT), line, style.plain(text), size=style.TEXT, weight="bold",
        color=style.INK, va="center", transform=axes.get_yaxis_transform(),
    )  # fmt: skip
    said.set_parse_math(False)


def _row(axes: Axes, line: int, row: Difference, limit: float) -> None:
    colour = _colour(row)
    low, median, high = _scaled(row)
    across = axes.get_yaxis_transform()
    name = axes.text(
        -0.02, line, style.plain(", ".join(row.series.cell) or row.series.metric),
        size=style.SMALL, color=style.INK, ha="right", va="center", transform=across,
    )  # fmt: skip
    name.set_parse_math(False)
    if np.isfinite(low) and np.isfinite(high):
        left, right = np.clip([low, high], -limit, limit)
        axes.plot(
            [left, right], [line, line], color=colour, alpha=0.35, linewidth=7,
            solid_capstyle="butt",
        )  # fmt: skip
        for beyond, place, marker in ((low < -limit, -limit, "<"), (high > limit, limit, ">")):
            if beyond:
                axes.plot(place, line, marker=marker, markersize=6, color=colour, clip_on=False)
    if np.isfinite(median) and abs(median) <= limit:
        axes.plot(
            median, line, marker="o", markersize=5, color=colour, markeredgecolor="white",
            markeredgewidth=0.7,
        )  # fmt: skip
    greater = "-" if np.isnan(row.greater) else f"{100 * row.greater:.0f} %"
    texts = (
        _number(row.first.median),
        _number(row.difference.median, sign=True),
        f"{_number(row.difference.q05, sign=True)} to {_number(row.difference.q95, sign=True)}",
        greater,
    )
    for right, text in zip(NUMBERS, texts, strict=True):
        axes.text(
            (right - LEFT) / (RIGHT - LEFT), line, text, size=style.SMALL, color=style.INK,
            ha="right", va="center", transform=across,
        )  # fmt: skip


def _colour(row: Difference) -> str:
    """Return the colour of the row's power or corridor."""
    for code in row.series.cell:
        colour = style.POWER_COLOURS.get(code) or style.CORRIDOR_COLOURS.get(code)
        if colour is not None:
            return colour
    return _OWN


def _number(value: float, sign: bool = False) -> str:
    if not np.isfinite(value):
        return "-"
    tiny = 0.0 < abs(value) < _TINY
    text = f"{abs(value):.0e}" if tiny else style.number(abs(value), 3) if value else "0"
    minus = "−" if value < 0 else "+" if sign and value > 0 else ""
    return minus + text
