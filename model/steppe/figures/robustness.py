"""How strategies fare in the same worlds: their regret, and how often they are good enough."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from steppe.figures import style

if TYPE_CHECKING:
    from steppe.analysis.findings.robustness import Robustness, Strategy

ROWS = 20
"""Strategies that are drawn, those of the least regret."""
COLUMNS = 5
"""Levers that are named."""
LINE = 0.27
ABOVE, BELOW = 1.35, 1.35
LEFT, MIDDLE, BETWEEN, RIGHT = 0.27, 0.6, 0.045, 0.975
STATES = ("#33508A", "#D08A2E", "#7A3E9D", "#2F8F6B", "#B04A5A", "#6B6B6B")
"""Of states, as far as each has a colour of its own."""
_OWN = "#33508A"
_LONGEST = 30
"""Letters of a state that fit into the key."""


def regret(found: Robustness, label: str, told: str, unit: str, states: Sequence[str]) -> Figure:
    """Return the figure; ``states`` says each state in words, ``told`` is below the title."""
    rows = found.strategies[:ROWS]
    names = found.crossing.levers[:COLUMNS]
    height = ABOVE + BELOW + LINE * len(rows)
    more = len(found.strategies) - len(rows)
    caption = (
        "Regret: what a strategy gives away against the best one in the same world; dot: mean, "
        "bar: to its 95 % quantile, tick: largest.\n"
        + (f"{more} strategies with more regret are in strategies.csv. " if more else "")
        + (
            "Other levers are in strategies.csv. "
            if len(names) < len(found.crossing.levers)
            else ""
        )
        + "Source: steppe sweep."
    )
    figure = style.sheet(f"Robust strategies for {label}", told, caption, (style.SIZE[0], height))
    tall, floor = 1 - (ABOVE + BELOW) / height, BELOW / height
    left = figure.add_axes((LEFT, floor, MIDDLE - LEFT, tall))
    right = figure.add_axes((MIDDLE + BETWEEN, floor, RIGHT - MIDDLE - BETWEEN, tall))
    for axes in (left, right):
        _plain(axes, len(rows))
    _regrets(left, rows, unit)
    _names(left, rows, names)
    _good(right, rows, states)
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=style.INK, marker="D", markersize=6, linestyle="", label="all worlds")
    ]
    if 1 < len(states) <= len(STATES) and max(map(len, states)) <= _LONGEST:
        handles += [
            Line2D([], [], color=c, marker="o", markersize=6, linestyle="", label=style.plain(s))
            for c, s in zip(STATES, states, strict=False)
        ]
    elif len(states) > 1:
        handles.append(
            Line2D(
                [], [], color=STATES[0], marker="o", markersize=6, linestyle="",
                label=f"each of {len(states)} states",
            )
        )  # fmt: skip
    columns = 4 if len(handles) > 4 else len(handles)
    style.key(figure, handles, "lower center", (0.5 * (LEFT + RIGHT), 0.43 / height), columns)
    return figure


def _plain(axes: Axes, rows: int) -> None:
    style.dress(axes)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=style.GRID, linewidth=0.6)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_yticks([])


def _regrets(axes: Axes, rows: Sequence[Strategy], unit: str) -> None:
    axes.set_title("Regret", loc="left", size=style.PANEL, color=style.INK, weight="bold", pad=6)
    places = np.arange(len(rows))
    upper = np.array([row.regret_95 for row in rows])
    axes.barh(places, upper, height=0.5, color=_OWN, alpha=0.3)
    axes.plot([row.largest_regret for row in rows], places, "|", color=_OWN, markersize=9)
    axes.plot(
        [row.mean_regret for row in rows], places, "o", color=_OWN, markersize=5.5,
        markeredgecolor="white", markeredgewidth=0.7,
    )  # fmt: skip
    axes.set_xlim(left=0.0)
    axes.set_xlabel(f"regret ({style.plain(unit)})", size=style.SMALL, color=style.INK, labelpad=3)
    axes.xaxis.label.set_parse_math(False)


def _names(axes: Axes, rows: Sequence[Strategy], levers: Sequence[str]) -> None:
    """Write the levels of every strategy beside its row, and the levers above, each in a column."""
    step = (LEFT - 0.02) / (MIDDLE - LEFT) / max(len(levers), 2)
    for column, lever in enumerate(reversed(levers)):
        right = -0.02 - column * step
        head = axes.annotate(
            _folded(lever), (right, 1.0), xytext=(0, 4), xycoords="axes fraction",
            textcoords="offset points", size=7.5, color=style.FAINT, ha="right", va="bottom",
            linespacing=1.05,
        )  # fmt: skip
        head.set_parse_math(False)
        for place, row in enumerate(rows):
            axes.text(
                right, place, style.number(row.levels[lever], 3), size=style.SMALL,
                color=style.INK, ha="right", va="center", transform=axes.get_yaxis_transform(),
            )  # fmt: skip


def _folded(name: str) -> str:
    """Return a parameter's name on a line a part, a long part on two."""
    parts = re.split(r"(?<=\.)|(?<=_)(?=[^_]{6})", name)
    return "\n".join(style.plain(part) for part in parts if part)


def _good(axes: Axes, rows: Sequence[Strategy], states: Sequence[str]) -> None:
    axes.set_title(
        "Good enough in", loc="left", size=style.PANEL, color=style.INK, weight="bold", pad=6
    )
    for place, row in enumerate(rows):
        parts = np.array(row.satisfies_by_state)
        if len(states) > 1:
            known = parts[np.isfinite(parts)]
            axes.plot(
                [known.min(), known.max()], [place, place], color=style.GRID, linewidth=3, zorder=1
            )
            own = len(states) <= len(STATES) and max(map(len, states)) <= _LONGEST
            for i, part in enumerate(parts):
                axes.plot(
                    part, place, "o", color=STATES[i if own else 0], markersize=5, zorder=2,
                    alpha=0.9 if own else 0.4,
                )  # fmt: skip
        axes.plot(row.satisfies, place, "D", color=style.INK, markersize=5, zorder=3)
    axes.set_xlim(-0.02, 1.02)
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    axes.set_xticks(ticks, [f"{t:.0%}" for t in ticks])
    axes.set_xlabel("part of the worlds", size=style.SMALL, color=style.INK, labelpad=3)
