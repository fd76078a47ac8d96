"""What all figures share: size, colours, titles, captions, bands, labels at the ends of lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from steppe.axes import TITLES
from steppe.figures import colours
from steppe.figures.series import Q05, Q25, Q50, Q75, Q95, Array
from steppe.metrics import OUTCOME_QUARTERS
from steppe.record import write_whole
from steppe.results import Results

DPI = 150
SIZE = (1600 / DPI, 900 / DPI)
"""Inches: 1600 x 900 pixels, the shape of a projector."""

POWER_COLOURS, CORRIDOR_COLOURS = colours.POWER_COLOURS, colours.CORRIDOR_COLOURS
SOURCE = "Source: steppe run record."
INK, FAINT, GRID = "#222222", "#666666", "#DDDDDD"
PARENT = "#111111"
"""Colour of the parent scenario's dashed median where a panel has a single subject."""
PANEL, TEXT, SMALL, CAPTION = 10.5, 9.5, 8.5, 8
"""Font sizes in points: a panel's title, labels, ticks and keys, the caption."""
LEADER = 8.0
"""Points from a panel's right edge to the names of its lines; a thin line leads to each."""

PANELS = {
    "left": 0.066, "right": 0.95, "top": 0.85, "bottom": 0.155, "wspace": 0.36, "hspace": 0.4,
}  # fmt: skip
"""Grid of figures with a panel a host: two rows of three, the sixth place for the key."""


def canvas(title: str, results: Results, caption: str) -> Figure:
    """Return an empty figure with its title, the line that tells the run, and its caption."""
    return sheet(title, told(results), caption, SIZE)


def sheet(title: str, line: str, caption: str, size: tuple[float, float]) -> Figure:
    """Return an empty figure of a size in inches with title, a line below it and a caption."""
    figure = Figure(figsize=size, dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    inch = SIZE[1] / size[1]
    _head(figure, 1 - 0.038 * inch, title, 14.5, INK, "bold")
    _head(figure, 1 - 0.082 * inch, line, TEXT, FAINT, "normal")
    figure.text(
        0.015, 0.014 * inch, caption, size=CAPTION, color=FAINT, va="bottom", linespacing=1.35
    )
    return figure


def _head(figure: Figure, height: float, line: str, size: float, colour: str, weight: str) -> None:
    """Write a line at the top, smaller where a scenario's long name would not fit."""
    text = figure.text(
        0.015, height, plain(line), size=size, color=colour, weight=weight, va="center"
    )
    text.set_parse_math(False)
    while text.get_window_extent().x1 > 0.98 * figure.bbox.width and size > 1:
        size *= 0.95  # in steps: hinted widths do not follow the size in proportion
        text.set_fontsize(size)


def plain(text: str) -> str:
    """Return the text in characters that the figures' font can draw, ``?`` for all others.

    Titles and names may be in any script; the font that comes with Matplotlib knows Latin, Greek,
    Cyrillic and Arabic letters, no Chinese or Japanese ones.
    """
    known = _characters()
    return "".join(c if ord(c) in known else " " if c.isspace() else "?" for c in text)


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    """Return the code points that the font has in both weights that figures use."""
    faces = (get_font(findfont(FontProperties(weight=weight))) for weight in ("normal", "bold"))
    regular, bold = (frozenset(face.get_charmap()) for face in faces)
    return regular & bold


def number(value: float, digits: int | None = None) -> str:
    """Return a number as readers write it, without an exponent: ``1,210``, ``39.5``, ``0.05``.

    ``digits`` rounds to so many significant ones and keeps them: ``6.60`` for 6.6 and three.
    """
    if not np.isfinite(value) or value == 0:
        return f"{value:g}"
    exact = 10 if digits is None else digits
    decimals = exact - 1 - int(f"{value:.{exact - 1}e}".partition("e")[2])
    text = f"{round(value, decimals):,.{max(decimals, 0)}f}"
    return text.rstrip("0").rstrip(".") if digits is None and "." in text else text


def told(results: Results) -> str:
    """Return one line on the run: scenario, members, horizon, and how far it got."""
    first, last = results.quarters[0], results.quarters[-1]
    line = f"{results.scenario.title} · {results.members} members · {first} to {last}"
    if results.completed < len(results.quarters):
        line += f" · stopped after {results.completed} of {len(results.quarters)} quarters"
    return line


def period(results: Results) -> str:
    """Return the quarters of the run that the closing table averages: ``2036Q1 to 2040Q4``.

    A run that was stopped within them averages those that it reached.
    """
    first = results.quarters[-OUTCOME_QUARTERS:][0]
    reached = results.quarters[results.completed - 1]
    return f"{first} to {reached if reached >= first else results.quarters[-1]}"


def closing(results: Results) -> str:
    """Return the last quarters that were simulated: ``2036Q1 to 2040Q4``."""
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
    """Lay the horizon along the axis: whole years, at most about ``most`` (4 or more) named."""
    first, last = results.quarters[0].year, results.quarters[-1].year + 1
    ticks = named_years(first, last, most)
    axes.set_xlim(first, last)
    axes.set_xticks(list(ticks), [str(y) for y in ticks])
    axes.set_xlabel("year" if label else "", size=SMALL, color=INK, labelpad=2)


def named_years(first: int, last: int, most: int) -> range:
    """Return the years to name from ``first`` to ``last``: three to ``most``, at round steps."""
    ways = [range(-(-first // n) * n, last + 1, n) for n in (1, 2, 5, 10, 20, 50, 100, 3, 4, 25)]
    fitting = (way for way in ways if 3 <= len(way) <= most)
    return next(fitting, min(ways, key=lambda way: abs(len(way) - most)))


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

    A thin line leads from each line's end to its name.  Call it when the panel's limits are final.
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
    point = DPI / 72 / axes.get_window_extent().width
    for spot, (y, text, colour) in zip(spots, kept, strict=True):
        axes.plot(
            [1.0, 1 + LEADER * point], [min(max(y, 0.0), 1.0), spot], color=colour, linewidth=0.8,
            transform=axes.transAxes, clip_on=False, label="leader", scalex=False, scaley=False,
        )  # fmt: skip
        axes.text(
            1 + (LEADER + 2) * point, spot, text, size=size, color=colour, weight="bold",
            va="center", transform=axes.transAxes,
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
    legend = figure.legend(
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
    for text in legend.get_texts():
        text.set_parse_math(False)


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
        name = f"median of '{plain(parent.scenario.name)}'"
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
