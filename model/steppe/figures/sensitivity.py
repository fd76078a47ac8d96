"""Which parameters matter for an outcome: indices with their intervals, the largest on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from steppe.figures import style

if TYPE_CHECKING:
    from steppe.analysis.findings.sensitivity import Index95, Sensitivity

ROWS = 20
"""Parameters that are drawn."""
LINE = 0.25
"""Inches of a row."""
ABOVE, BELOW = 0.85, 1.25
LEFT, RIGHT = 0.28, 0.97
COLOURS = ("#33508A", "#D08A2E")
"""Of the index that ranks parameters, and of the second one."""
_TITLES = {
    "total": "total: with all interactions",
    "first": "first order: alone",
    "mu_star": "mu*: mean size of an effect",
    "pawn": "PAWN: how far the distribution moves",
}
_AXES = {
    "sobol": "part of the variance between points",
    "pawn": "PAWN and part of the variance",
    "morris": "change of the outcome per whole range of the parameter",
}


def indices(found: Sensitivity, told: str, unit: str) -> Figure:
    """Return the figure of an outcome's indices; ``told`` is the line below the title."""
    order = found.order[:ROWS]
    height = ABOVE + BELOW + LINE * len(order)
    caption = (
        "Dot: index; bar: 95 % interval of a bootstrap over samples. "
        + (f"The {len(found.order) - ROWS} smaller ones are in table.csv. " if _cut(found) else "")
        + "\nSource: steppe sweep."
    )
    figure = style.sheet(f"What matters for {found.label}", told, caption, (style.SIZE[0], height))
    tall = 1 - (ABOVE + BELOW) / height
    axes = figure.add_axes((LEFT, BELOW / height, RIGHT - LEFT, tall))
    _bars(axes, found, order)
    axes.set_xlabel(
        _AXES[found.method] + (f" ({style.plain(unit)})" if found.method == "morris" else ""),
        size=style.SMALL, color=style.INK, labelpad=3,
    )  # fmt: skip
    axes.xaxis.label.set_parse_math(False)
    handles = [
        Line2D([], [], color=colour, marker="o", linewidth=4, alpha=0.9, label=_TITLES[index.name])
        for index, colour in zip(found.indices, COLOURS, strict=False)
    ]
    if "sigma" in found.plain:
        handles.append(
            Line2D(
                [], [], color=COLOURS[1], marker="D", markersize=5, linestyle="",
                label="sigma: how much effects differ from place to place",
            )
        )  # fmt: skip
    if found.threshold is not None:
        handles.append(
            Line2D(
                [], [], color=style.FAINT, linestyle=(0, (4, 2)), linewidth=1.2,
                label="PAWN stays below this without any effect",
            )
        )  # fmt: skip
    style.key(figure, handles, "lower center", (0.5 * (LEFT + RIGHT), 0.42 / height), columns=3)
    return figure


def _cut(found: Sensitivity) -> bool:
    return len(found.order) > ROWS


def _bars(axes: Axes, found: Sensitivity, order: list[int]) -> None:
    style.dress(axes)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=style.GRID, linewidth=0.6)
    beside = 0.17 if len(found.indices) > 1 else 0.0
    for number, (index, colour) in enumerate(zip(found.indices, COLOURS, strict=False)):
        _index(axes, index, order, (2 * number - 1) * beside, colour)
    if "sigma" in found.plain:
        axes.plot(
            found.plain["sigma"][order], range(len(order)), "D", color=COLOURS[1], markersize=5,
            markeredgecolor="white", markeredgewidth=0.7,
        )  # fmt: skip
    if found.threshold is not None:
        axes.axvline(
            found.threshold, color=style.FAINT, linestyle=(0, (4, 2)), linewidth=1.2, zorder=1
        )
    axes.axvline(0.0, color=style.FAINT, linewidth=0.8, zorder=1)
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.set_yticks(range(len(order)), [style.plain(found.names[i]) for i in order])
    for text in axes.get_yticklabels():
        text.set_parse_math(False)
    low = min(0.0, *(float(index.low[order].min()) for index in found.indices))
    axes.set_xlim(left=low * 1.05)


def _index(axes: Axes, index: Index95, order: list[int], shift: float, colour: str) -> None:
    rows = np.arange(len(order)) + shift
    axes.hlines(rows, index.low[order], index.high[order], color=colour, alpha=0.35, linewidth=5)
    axes.plot(
        index.value[order], rows, "o", color=colour, markersize=5, markeredgecolor="white",
        markeredgewidth=0.7,
    )  # fmt: skip
