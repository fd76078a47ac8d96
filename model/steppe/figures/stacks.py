"""Layers on top of each other over time, each named with its height at the right edge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from steppe.figures import style
from steppe.figures.series import Array
from steppe.results import Results

OPACITY = 0.88
NAMED = {"right": 0.908, "wspace": 0.61}
"""Beside ``style.PANELS``: room for names of lines at the right of every panel."""
OWN = "#D9D9D9"
"""Colour of the host's own part, beside the powers'."""
INSIDE = 0.07
"""Part of a panel's width at which the middle of a first value stands."""
RIM = withStroke(linewidth=2.3, foreground="white", alpha=0.75)
"""Light rim of lines that run over coloured layers."""
THICK = 0.075
"""Part of a panel's height from which a layer has room for its first value."""


def layers(
    axes: Axes, time: Array, parts: Array, names: Sequence[str], colours: Sequence[str]
) -> None:
    """Draw ``parts`` ``(layer, quarter)``, the first at the bottom, a thin white line between."""
    for edge, part, name, colour in zip(edges(parts), parts, names, colours, strict=True):
        axes.fill_between(
            time, edge - part, edge, color=colour, alpha=OPACITY, linewidth=0, label=name
        )
        axes.plot(time, edge, color="white", linewidth=0.7, label="edge")


def edges(parts: Array) -> Array:
    """Return the upper edge of every layer, ``(layer, quarter)``; ``parts`` likewise."""
    upper: Array = np.cumsum(parts, axis=0)
    return upper


def before(axes: Axes, time: Array, upper: Array) -> None:
    """Draw edges of the parent's layers ``(layer, quarter)`` dashed, with a light rim."""
    for edge in upper:
        axes.plot(
            time, edge, color=style.PARENT, linewidth=1.1, linestyle=(0, (4, 2)), label="parent",
            path_effects=[RIM],
        )  # fmt: skip


def name_ends(axes: Axes, parts: Array, names: Sequence[str], colours: Sequence[str]) -> None:
    """Write each layer's name and last value, per cent, at the right of a panel.

    ``parts`` ``(layer, quarter)``.  Call it when the panel's limits are final.
    """
    known = np.flatnonzero(np.isfinite(parts).all(axis=0))
    if not known.size:
        return
    last = parts[:, known[-1]]
    bottom, top = axes.get_ylim()
    middle = np.cumsum(last) - last / 2
    style.end_labels(
        axes,
        [
            (float(np.clip(height, bottom, top)), f"{name} {per_cent(value)}", _ink(colour))
            for height, value, name, colour in zip(middle, last, names, colours, strict=True)
        ],
    )


def name_starts(axes: Axes, parts: Array, colours: Sequence[str]) -> None:
    """Write the first value, per cent, into every layer that is thick enough for it."""
    known = np.flatnonzero(np.isfinite(parts).all(axis=0))
    if not known.size:
        return
    first, beside = parts[:, known[0]], parts[:, known[int(INSIDE * known.size)]]
    bottom, top = axes.get_ylim()
    heights = np.cumsum(beside) - beside / 2
    for height, value, colour in zip(heights, first, colours, strict=True):
        if value >= THICK * (top - bottom) and bottom < height < top:
            axes.annotate(
                per_cent(value), (axes.get_xlim()[0], height), (7, 0), textcoords="offset points",
                size=style.SMALL, weight="bold", va="center",
                color=style.INK if colour == OWN else "white",
            )  # fmt: skip


def _ink(colour: str) -> str:
    """Return the colour in which a layer's name is legible on white."""
    return style.FAINT if colour == OWN else colour


def per_cent(value: float) -> str:
    """Return per cent as readers write it: ``42%``, ``4.8%``, ``<0.1%``, ``>999%``."""
    if 0 < value < 0.1:
        return "<0.1%"
    if value >= 999.5:
        return ">999%"
    return f"{value:.0f}%" if value >= 9.95 or value == 0 else f"{value:.1f}%"


def mean_key(parent: Results | None) -> list[Line2D | Patch]:
    """Return the legend's entry for the parent's mean; none without a parent."""
    if parent is None:
        return []
    name = f"mean of '{style.plain(parent.scenario.name)}'"
    return [Line2D([], [], color=style.FAINT, linewidth=1.2, linestyle=(0, (4, 2)), label=name)]
