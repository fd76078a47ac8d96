"""What all figures share: size, colours, titles, captions, bands, labels at the ends of lines.

Colours are fixed per power and per corridor, so that a reader who knows one figure reads them all.
They come from two sets made to be told apart with any colour vision: Okabe and Ito (2008),
https://jfly.uni-koeln.de/color, for the powers and Tol's *muted* and *vibrant* schemes,
https://sronpersonalpages.nl/~pault, for corridors and for modes of transport; Russia's black is
lightened and the Trans-Caspian cyan darkened, so that bands and lines both show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from steppe.axes import TITLES
from steppe.figures.series import Q05, Q25, Q50, Q75, Q95, Array
from steppe.metrics import OUTCOME_QUARTERS
from steppe.record import write_whole
from steppe.results import Results

DPI = 150
SIZE = (1600 / DPI, 900 / DPI)
"""Inches: 1600 x 900 pixels, the shape of a projector."""

POWER_COLOURS = {
    "JPN": "#D55E00",
    "CHN": "#0072B2",
    "RUS": "#3F3F3F",
    "TUR": "#009E73",
    "IND": "#CC79A7",
}
CORRIDOR_COLOURS = {
    "trans_siberian": "#332288",
    "china_land_bridge": "#44AA99",
    "chabahar": "#882255",
    "bandar_abbas": "#CC6677",
    "gwadar_karakoram": "#999933",
    "trans_caspian": "#66B3DD",
}
SOURCE = "Source: steppe run record."
INK, FAINT, GRID = "#222222", "#666666", "#DDDDDD"
PARENT = "#111111"
"""Colour of the parent scenario's dashed median where a panel has a single subject."""
PANEL, TEXT, SMALL, CAPTION = 10.5, 9.5, 8.5, 8
"""Font sizes in points: a panel's title, labels, ticks and keys, the caption."""

PANELS = {
    "left": 0.068, "right": 0.955, "top": 0.85, "bottom": 0.155, "wspace": 0.32, "hspace": 0.4,
}  # fmt: skip
"""Grid of figures with a panel a host: two rows of three, the sixth place for the key."""


def canvas(title: str, results: Results, caption: str) -> Figure:
    """Return an empty figure with its title, the line that tells the run, and its caption."""
    figure = Figure(figsize=SIZE, dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    _head(figure, 0.962, title, 14.5, INK, "bold")
    _head(figure, 0.918, told(results), TEXT, FAINT, "normal")
    figure.text(0.015, 0.014, caption, size=CAPTION, color=FAINT, va="bottom", linespacing=1.35)
    return figure


def _head(figure: Figure, height: float, line: str, size: float, colour: str, weight: str) -> None:
    """Write a line at the top, smaller where a scenario's long name would not fit."""
    text = figure.text(0.015, height, line, size=size, color=colour, weight=weight, va="center")
    text.set_parse_math(False)
    while text.get_window_extent().x1 > 0.98 * figure.bbox.width and size > 1:
        size *= 0.95  # in steps: hinted widths do not follow the size in proportion
        text.set_fontsize(size)


def told(results: Results) -> str:
    """Return one line on the run: scenario, members, horizon, and how far it got."""
    first, last = results.quarters[0], results.quarters[-1]
    line = f"{results.scenario.title} · {results.members} members · {first} to {last}"
    if results.completed < len(results.quarters):
        line += f" · stopped after {results.completed} of {len(results.quarters)} quarters"
    return line


def closing(results: Results) -> str:
    """Return the quarters over which outcomes are averaged: ``2036Q1 to 2040Q4``."""
    done = results.quarters[: results.completed][-OUTCOME_QUARTERS:]
    return f"{done[0]} to {done[-1]}"


def dress(axes: Axes, title: str = "", *, unit: str = "", colour: str = INK) -> None:
    """Give a panel its title, its unit and the plain look that all panels share."""
    axes.set_title(title, loc="left", size=PANEL, color=colour, pad=5, weight="bold")
    axes.set_ylabel(unit, size=SMALL, color=INK)
    axes.tick_params(labelsize=SMALL, length=3, color=FAINT, labelcolor=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)


def years(axes: Axes, results: Results, *, label: bool = True, most: int = 6) -> None:
    """Lay the horizon along the axis: whole years, about ``most`` of them named."""
    first, last = results.quarters[0].year, results.quarters[-1].year + 1
    step = next(n for n in (1, 2, 5, 10, 20, 50) if (last - first) / n <= most)
    ticks = range(-(-first // step) * step, last + 1, step)
    axes.set_xlim(first, last)
    axes.set_xticks(list(ticks), [str(y) for y in ticks])
    axes.set_xlabel("year" if label else "", size=SMALL, color=INK, labelpad=2)


def band(axes: Axes, time: Array, statistics: Array, colour: str, *, faint: bool = False) -> None:
    """Draw a median with its 50 and 90 % bands: ``statistics`` is ``(quarter, 6)``."""
    outer, inner = (0.10, 0.17) if faint else (0.18, 0.28)
    for low, high, alpha in ((Q05, Q95, outer), (Q25, Q75, inner)):
        axes.fill_between(
            time, statistics[:, low], statistics[:, high], color=colour, alpha=alpha, linewidth=0
        )
    axes.plot(time, statistics[:, Q50], color=colour, linewidth=1.8, label="median")


def dashed(axes: Axes, time: Array, median: Array, colour: str = PARENT) -> None:
    """Draw the parent scenario's median."""
    axes.plot(time, median, color=colour, linewidth=1.2, linestyle=(0, (4, 2)), label="parent")


def end_labels(axes: Axes, ends: Iterable[tuple[float, str, str]], size: float = SMALL) -> None:
    """Name lines at the right edge: ``ends`` are (height, text, colour), pushed apart to be read.

    Call it when the panel's limits are final.
    """
    to_fraction = axes.transData + axes.transAxes.inverted()
    right = axes.get_xlim()[1]
    kept = [
        (float(to_fraction.transform((right, y))[1]), text, colour)
        for y, text, colour in ends
        if np.isfinite(y)
    ]
    kept.sort()
    height = axes.get_window_extent().height * 72 / DPI
    spots = spread([y for y, _, _ in kept], gap=1.18 * size / height)
    for spot, (_, text, colour) in zip(spots, kept, strict=True):
        axes.text(
            1.015, spot, text, size=size, color=colour, weight="bold", va="center",
            transform=axes.transAxes,
        )  # fmt: skip


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Return ascending ``heights``, moved as little as keeps them ``gap`` apart and above zero."""
    groups: list[tuple[float, int]] = []  # (mean height, number of labels)
    for height in heights:
        centre, count = height, 1
        while groups and centre - groups[-1][0] < gap * (count + groups[-1][1]) / 2:
            other, n = groups.pop()
            centre, count = (centre * count + other * n) / (count + n), count + n
        groups.append((centre, count))
    spots = [c + gap * (i - (n - 1) / 2) for c, n in groups for i in range(n)]
    return [max(spot, i * gap) for i, spot in enumerate(spots)]


def key(
    figure: Figure,
    handles: Sequence[Line2D | Patch],
    corner: Literal["upper left", "center left", "lower center"],
    at: tuple[float, float],
    columns: int = 1,
) -> None:
    """Draw a legend in the figures' plain look, its ``corner`` at a place in the figure."""
    figure.legend(
        handles=handles,
        loc=corner,
        bbox_to_anchor=at,
        ncols=columns,
        fontsize=SMALL,
        frameon=False,
        labelcolor=INK,
        handlelength=2.4,
        columnspacing=1.6,
    )


def power_key() -> list[Line2D | Patch]:
    """Return the legend's entries for the powers."""
    return [
        Line2D([], [], color=colour, linewidth=4, label=f"{TITLES[code]} ({code})")
        for code, colour in POWER_COLOURS.items()
    ]


def band_key(parent: Results | None, *, observed: bool = False) -> list[Line2D | Patch]:
    """Return the legend's entries for median, bands, observations and the parent's median."""
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=FAINT, linewidth=1.8, label="median"),
        Patch(facecolor=FAINT, alpha=0.42, label="middle 50 % of members"),
        Patch(facecolor=FAINT, alpha=0.18, label="middle 90 % of members"),
    ]
    if observed:
        handles.append(
            Line2D([], [], color=FAINT, marker="o", markersize=4, linestyle="", label="observed")
        )
    if parent is not None:
        name = f"median of '{parent.scenario.name}'"
        handles.append(
            Line2D([], [], color=FAINT, linewidth=1.2, linestyle=(0, (4, 2)), label=name)
        )
    return handles


def save(figure: Figure, path: Path) -> Path:
    """Write the figure as PNG, whole or not at all, and return its path."""

    def content(file: IO[bytes]) -> None:
        figure.savefig(file, format="png", dpi=DPI, metadata={"Software": "steppe"})

    write_whole(path, content)
    return path


def extents(axes: Axes, texts: Sequence[str], font: FontProperties) -> Array:
    """Return the width and height ``(text, 2)`` of texts in pixels."""
    figure = axes.get_figure(root=True)
    assert figure is not None and isinstance(figure.canvas, FigureCanvasAgg)
    measure = figure.canvas.get_renderer().get_text_width_height_descent  # type: ignore[no-untyped-call]
    return np.array([measure(text, font, False)[:2] for text in texts], dtype=np.float64)
