"""Japan's trade with the hosts by corridor: shares over time, days and costs at the end."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from steppe import axes, metrics
from steppe.figures import style
from steppe.figures.series import Q50, bands
from steppe.results import Band, Results, outcomes


def shares(results: Results, parent: Results | None = None) -> Figure:
    """Return each corridor's share of Japan's trade with the hosts: all at once and one by one."""
    figure = style.canvas(
        "Corridors of Japan's trade with the hosts: share of value, %",
        results,
        "Share of the value of Japan's exports to and imports from the five hosts. The small "
        "panels' scales differ; each starts at zero.\n" + style.SOURCE,
    )
    run = bands(results, "corridor_share")
    before = bands(parent, "corridor_share") if parent is not None else None
    place_of_all = figure.add_gridspec(left=0.06, right=0.295, top=0.85, bottom=0.29)
    together = figure.add_subplot(place_of_all[0])
    style.dress(together, "All corridors (medians)", unit="% of Japan's trade with the hosts")
    grid = figure.add_gridspec(
        2, 3, left=0.48, right=0.985, top=0.85, bottom=0.155, wspace=0.44, hspace=0.4
    )
    ends = []
    for place, corridor in enumerate(axes.CORRIDORS):
        colour, title = style.CORRIDOR_COLOURS[corridor], axes.TITLES[corridor]
        panel = figure.add_subplot(grid[divmod(place, 3)])
        style.dress(panel, title, colour=colour)
        if (corridor,) in run:
            path = 100 * run.of(corridor)
            together.plot(run.time, path[:, Q50], color=colour, linewidth=1.8)
            style.band(panel, run.time, path, colour)
            known = path[np.isfinite(path[:, Q50]), Q50]
            ends += [(float(known[-1]), title, colour)] if known.size else []
        if before is not None and (corridor,) in before:
            style.dashed(together, before.time, 100 * before.of(corridor)[:, Q50], colour)
            style.dashed(panel, before.time, 100 * before.of(corridor)[:, Q50])
        style.years(panel, results, label=place >= 3, most=4)
        _per_cent(panel)
    style.years(together, results)
    _per_cent(together)
    style.end_labels(together, ends)
    style.key(figure, style.band_key(parent), "upper left", (0.045, 0.215), columns=2)
    return figure


def days_costs(results: Results, parent: Results | None = None) -> Figure:
    """Return days and freight costs of Japan's trade by corridor at the end of the run.

    Dots and lines are the outcomes of the closing table: median and middle 90 % over members of
    each member's mean.
    """
    against = f", against '{parent.scenario.name}'" if parent is not None else ""
    figure = style.canvas(
        f"Corridors of Japan's trade with the hosts: days and USD per tonne{against}",
        results,
        f"Each member's mean of {style.period(results)}; members that do not use a corridor all "
        "through it have none and are left out.\nDoor to door, weighted by value; costs are "
        "freight, handling and border charges. " + style.SOURCE,
    )
    grid = figure.add_gridspec(1, 2, left=0.135, right=0.985, top=0.845, bottom=0.215, wspace=0.06)
    for place, (metric, title, unit) in enumerate(
        (
            ("corridor_days", "Days, door to door", "days"),
            ("corridor_cost", "Freight and border charges", "USD/t"),
        )
    ):
        panel = figure.add_subplot(grid[place])
        style.dress(panel, title)
        _dumbbells(panel, metric, results, parent)
        panel.set_xlabel(unit, size=style.TEXT, color=style.INK)
        panel.grid(axis="x", color=style.GRID, linewidth=0.6)
        panel.grid(visible=False, axis="y")
        if place:
            panel.tick_params(labelleft=False)
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=style.FAINT, marker="o", markersize=8, linewidth=3, alpha=0.9,
               label=f"'{style.plain(results.scenario.name)}': median and middle 90 % of members"),
    ]  # fmt: skip
    if parent is not None:
        same = f"'{style.plain(parent.scenario.name)}': same"
        handles.append(
            Line2D([], [], color=style.FAINT, marker="o", markersize=8, markerfacecolor="white",
                   linewidth=1, linestyle=(0, (2, 1.5)), label=same),
        )  # fmt: skip
    style.key(figure, handles, "lower center", (0.56, 0.075), columns=2)
    return figure


def _dumbbells(panel: Axes, metric: str, results: Results, parent: Results | None) -> None:
    """Draw a row a corridor, first on top: the run's range above, its parent's below."""
    rows = range(len(axes.CORRIDORS))
    lift = 0.16 if parent is not None else 0.0
    panel.set_ylim(len(axes.CORRIDORS) - 0.5, -0.5)
    panel.set_yticks(list(rows), [axes.TITLES[c] for c in axes.CORRIDORS], size=style.TEXT)
    run = _outcomes(results, metric)
    before = _outcomes(parent, metric) if parent is not None else {}
    unsaid = []
    for row, corridor in zip(rows, axes.CORRIDORS, strict=True):
        colour = style.CORRIDOR_COLOURS[corridor]
        if corridor in run:
            _range(panel, run[corridor], row - lift, colour, filled=True)
        else:
            unsaid.append((row - lift, corridor))
        if corridor in before:
            _range(panel, before[corridor], row + lift, colour, filled=False)
    panel.set_xlim(0, 1.12 * max(panel.dataLim.x1, 1.0))
    for height, corridor in unsaid:
        panel.text(
            0.02, height, _why_none(results, corridor), color=style.FAINT, size=style.SMALL,
            style="italic", transform=panel.get_yaxis_transform(), va="center",
        )  # fmt: skip


def _outcomes(results: Results, metric: str) -> dict[str, Band]:
    """Return the bands over members by corridor; without the corridors that no member uses."""
    return {
        outcome.series.cell[0]: outcome.band
        for outcome in outcomes(results, only=(metric,))
        if np.isfinite(outcome.band.median)
    }


def _why_none(results: Results, corridor: str) -> str:
    """Say why no member has days and costs for the corridor."""
    if results.completed <= len(results.quarters) - metrics.OUTCOME_QUARTERS:
        return f"stopped before {style.period(results)}"
    shares = results.table.get(f"corridor_share[{corridor}]", np.zeros(0))
    return "not used all through" if (shares > 0).any() else "carries nothing"


def _range(panel: Axes, band: Band, height: float, colour: str, *, filled: bool) -> None:
    """Draw the middle 90 % as a line, the median as a dot, and write the median beside it."""
    decimals = 1 if band.median < 100 else 0
    panel.plot(
        [band.q05, band.q95], [height, height], color=colour,
        linewidth=3.0 if filled else 1.2, linestyle="solid" if filled else (0, (2, 1.5)),
    )  # fmt: skip
    panel.plot(
        [band.median], [height], "o", color=colour, markersize=8 if filled else 7,
        markerfacecolor=colour if filled else "white", markeredgewidth=1.4,
    )  # fmt: skip
    panel.annotate(
        f"{band.median:,.{decimals}f}", (band.q95, height), (7, 0), textcoords="offset points",
        color=colour, size=style.SMALL, va="center", weight="bold" if filled else "normal",
    )  # fmt: skip


def _per_cent(panel: Axes) -> None:
    """Start at zero; a panel in which nothing rises above it gets a scale of 0 to 1 %."""
    panel.set_ylim(bottom=0)
    if panel.dataLim.y1 <= 0:
        panel.set_ylim(0, 1)
    for line in panel.lines:
        line.set(clip_on=False, zorder=3)  # a corridor that carries nothing is a line on the axis
    panel.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}%"))
