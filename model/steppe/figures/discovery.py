"""Where a condition holds: the peeling of a box, and the ranges of the box that was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from steppe.figures import style

if TYPE_CHECKING:
    from steppe.analysis.findings.discovery import Discovery

ROWS = 16
"""Limited parameters that are drawn."""
CHOSEN = "#C8442E"
_OWN = "#33508A"
_MARKS = 12
"""Steps that are numbered."""


def peeling(
    found: Discovery,
    ranges: Mapping[str, tuple[float, float, float, float]],
    condition: str,
    told: str,
) -> Figure:
    """Return the figure; ``ranges`` gives low and high end in the box and in the whole sweep."""
    caption = (
        "Left: every box of the peeling, from all points (0) inwards; numbers are steps, for "
        "--step N. Right: the chosen box; line: whole sweep, bar: in the box, p: quasi-p-value.\n"
        "Source: steppe sweep."
    )
    figure = style.sheet(f"Where {condition}", told, caption, style.SIZE)
    left = figure.add_axes((0.066, 0.2, 0.36, 0.64))
    _trade(left, found)
    right = figure.add_axes((0.62, 0.2, 0.34, 0.64))
    _box(right, found, ranges)
    style.key(
        figure,
        [
            Line2D([], [], color=CHOSEN, marker="o", markersize=9, linestyle="",
                   markerfacecolor="none", markeredgewidth=2, label="chosen box"),
            Line2D([], [], color=style.FAINT, linestyle=(0, (4, 2)), linewidth=1.2,
                   label="density without a box"),
        ],
        "lower center", (0.246, 0.085), columns=2,
    )  # fmt: skip
    return figure


def _trade(axes: Axes, found: Discovery) -> None:
    """Draw coverage against density of every step, coloured by the parameters it limits."""
    own = found.peeling
    style.dress(axes, "Coverage and density", unit="density: of those inside, of interest")
    most = max(1, int(own.restricted.max()))
    norm = BoundaryNorm(np.arange(-0.5, most + 1.5), 256)
    colours = colormaps["viridis"]
    axes.axhline(found.base_rate, color=style.FAINT, linestyle=(0, (4, 2)), linewidth=1.2, zorder=1)
    axes.scatter(
        own.coverage, own.density, c=own.restricted, cmap=colours, norm=norm, s=34, zorder=3
    )
    chosen = own.chosen
    axes.plot(
        own.coverage[chosen], own.density[chosen], "o", color=CHOSEN, markersize=12,
        markerfacecolor="none", markeredgewidth=2, zorder=4,
    )  # fmt: skip
    every = max(1, len(own.coverage) // _MARKS)
    for i in {*range(0, len(own.coverage), every), chosen}:
        axes.annotate(
            str(i), (own.coverage[i], own.density[i]), xytext=(5, -9), textcoords="offset points",
            size=7, color=CHOSEN if i == chosen else style.FAINT,
        )  # fmt: skip
    axes.set_xlim(0.0, 1.06)
    axes.set_ylim(0.0, 1.06)
    axes.set_xlabel(
        "coverage: of those of interest, inside", size=style.SMALL, color=style.INK, labelpad=3
    )
    handles = [
        Line2D([], [], marker="o", linestyle="", color=colours(norm(n)), markersize=5, label=str(n))
        for n in sorted(set(own.restricted.tolist()))
    ]
    legend = axes.legend(
        handles=handles, title="parameters limited", loc="lower left", fontsize=7.5,
        title_fontsize=7.5, edgecolor="none", ncols=-(-len(handles) // 6), labelcolor=style.INK,
    )  # fmt: skip
    legend.get_title().set_color(style.INK)


def _box(
    axes: Axes, found: Discovery, ranges: Mapping[str, tuple[float, float, float, float]]
) -> None:
    """Draw the limited parameters, each on the scale of its range in the sweep."""
    box = found.box
    style.dress(axes, f"The box: coverage {box.coverage:.0%}, density {box.density:.0%}")
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_xticks([])
    axes.set_xlim(-0.02, 1.02)
    names = list(ranges)[:ROWS]
    axes.set_ylim(max(len(names), 4) - 0.4, -0.7)
    axes.set_yticks(range(len(names)), [style.plain(name) for name in names])
    axes.tick_params(axis="y", length=0)
    for text in axes.get_yticklabels():
        text.set_parse_math(False)
    for row, name in enumerate(names):
        low, high, least, most = ranges[name]
        width = most - least
        axes.plot([0, 1], [row, row], color=style.GRID, linewidth=2, zorder=1)
        ends = [(low - least) / width, (high - least) / width] if width > 0.0 else [0.0, 1.0]
        axes.plot(ends, [row, row], color=_OWN, linewidth=9, solid_capstyle="butt", zorder=2)
        axes.plot(ends, [row, row], "|", color=_OWN, markersize=11, zorder=2)
        for place, value, side in ((0.0, least, "left"), (1.0, most, "right")):
            axes.text(
                place, row + 0.36, style.number(value, 3), size=7, color=style.FAINT, ha=side,
                va="center",
            )  # fmt: skip
        p = min(end.quasi_p for end in box.limits[name] if end is not None)
        axes.text(
            0.5, row - 0.34,
            f"{style.number(low, 3)} to {style.number(high, 3)}, p = {p:.1g}",
            size=7.5, color=style.INK, ha="center", va="center",
        )  # fmt: skip
    if not names:
        axes.text(
            0.5, 1.5, "no limit is significant", size=style.TEXT, color=style.FAINT, ha="center"
        )
