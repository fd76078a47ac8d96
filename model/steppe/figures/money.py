"""Money of the powers by stage, from what is announced to what is built, a panel a power."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from steppe import axes
from steppe.clock import PER_YEAR
from steppe.figures import stacks, style
from steppe.figures.series import MEAN, Array, bands
from steppe.results import Results

MUSD_PER_BUSD = 1000.0
HEADROOM = 1.2
"""Height of a panel in parts of what it shows: the line of text on top covers no line."""
STAGES = {
    "announced": ("announced", "#B58900", "announced: pledges and memoranda, when"),
    "committed": ("committed", "#332288", "committed: projects accepted, whole size"),
    "disbursed": ("paid", "#3399CC", "paid (disbursed) as building goes on"),
    "completed": ("completed", "#228833", "completed: whole size, on completion"),
    "cancelled": ("cancelled", "#AA3377", "cancelled: unpaid part of projects given up"),
}
"""Name at the line's end, colour and meaning of each stage: a metric's name."""
BUILDING = tuple(STAGES)[1:]
"""Stages that are drawn as lines; announcements, far above them, are marked by year."""
UNIT = "bn USD a year"


def stages(results: Results, parent: Results | None = None) -> Figure:
    """Return each power's money in the five hosts by stage, yearly, mean over members."""
    figure = style.canvas(
        "Money of the powers in the five hosts by stage, bn USD a year",
        results,
        "Current US dollars, sums of whole calendar years, means over members. Every panel has its "
        "own scale, from zero to the value above it.\n"
        "Commitments: sum over the whole run in bn USD, median and middle 90 % of members. "
        + style.SOURCE,
    )
    run = {stage: _yearly(results, stage) for stage in STAGES}
    before = {stage: _yearly(parent, stage) for stage in STAGES} if parent is not None else {}
    grid = figure.add_gridspec(2, 3, **style.PANELS | stacks.NAMED)
    for place, power in enumerate(axes.POWERS):
        panel = figure.add_subplot(grid[divmod(place, 3)])
        style.dress(
            panel,
            axes.TITLES[power],
            unit=UNIT if place in (0, 3) else "",
            colour=style.POWER_COLOURS[power],
        )
        for stage, paths in before.items():
            if stage in BUILDING and _flows(paths[power]):
                style.dashed(panel, paths[power][:, 0], paths[power][:, 1], STAGES[stage][1])
        ends = []
        for stage, paths in run.items():
            name, colour, _ = STAGES[stage]
            path = paths[power]
            if not _flows(path):
                continue
            if stage not in BUILDING:
                _announcements(panel, path)
                continue
            panel.plot(
                path[:, 0], path[:, 1], color=colour, linewidth=1.8, marker="o", markersize=2.5,
                label=stage,
            )  # fmt: skip
            ends.append((float(path[-1, 1]), name, colour))
        ticks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10])
        named = ticks.tick_values(0, HEADROOM * max(panel.dataLim.y1, 0.0) or 1.0)
        panel.set_yticks(named)
        panel.set_ylim(0, named[-1])
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: style.number(value)))
        panel.set_title(
            f"scale 0 to {style.number(named[-1])} bn USD", loc="right",
            size=style.SMALL, color=style.FAINT, pad=5,
        )  # fmt: skip
        panel.text(
            0.02, 0.97, _in_all(results, power), transform=panel.transAxes, size=style.SMALL,
            color=style.FAINT, va="top",
        )  # fmt: skip
        style.years(panel, results, label=place >= 2)
        style.end_labels(panel, ends)
    flowing = {stage for stage, paths in run.items() if any(map(_flows, paths.values()))}
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=colour, linewidth=1.8, label=meaning,
               **{"marker": "o", "markersize": 2.5} if stage in BUILDING else {"linestyle": ":"})
        if stage in flowing
        else Line2D([], [], color=colour, linewidth=1.8, label=f"{name}: none in this run")
        for stage, (name, colour, meaning) in STAGES.items()
    ]  # fmt: skip
    style.key(figure, handles + stacks.mean_key(parent), "upper left", (0.69, 0.43))
    return figure


def _announcements(panel: Axes, path: Array) -> None:
    """Mark the years of announcements, ``path`` (year, 2), and tell their sum."""
    _, colour, _ = STAGES["announced"]
    told = path[path[:, 1] > 0.0]
    for year, _ in told:
        panel.axvline(year, color=colour, linewidth=1.8, linestyle=":")
    year = told[np.argmax(told[:, 1]), 0]
    text = f"{_brief(told[:, 1].sum())} bn\nannounced"
    panel.annotate(
        text if len(told) == 1 else f"{text}\nin {len(told)} years",
        (year, 0.86), xycoords=("data", "axes fraction"), xytext=(4, 0), va="top",
        textcoords="offset points", size=style.SMALL, color=colour,
    )  # fmt: skip


def _yearly(results: Results, stage: str) -> dict[str, Array]:
    """Return by power ``(year, 2)``: mid-year and bn USD in the five hosts, whole years only."""
    run = bands(results, stage)
    done = results.quarters[: results.completed]
    skipped = next((i for i, quarter in enumerate(done) if quarter.quarter == 1), len(done))
    years = (len(done) - skipped) // PER_YEAR
    whole = slice(skipped, skipped + years * PER_YEAR)
    middle = np.array([quarter.year + 0.5 for quarter in done[whole][::PER_YEAR]])
    found = {}
    for power in axes.POWERS:
        cells = [run.of(power, host)[whole, MEAN] for host in axes.HOSTS]
        total = np.add.reduce(cells, axis=0).reshape(years, PER_YEAR).sum(axis=1)
        found[power] = np.stack([middle, total / MUSD_PER_BUSD], axis=1)
    return found


def _flows(path: Array) -> bool:
    """Tell whether any money flows in the years ``(year, 2)``."""
    return bool(np.nan_to_num(path[:, 1]).any())


def _in_all(results: Results, power: str) -> str:
    """Say what members commit over the run: median and middle 90 %."""
    labels = [f"committed[{power},{host}]" for host in axes.HOSTS]
    if any(label not in results.table for label in labels):
        return ""
    members = np.add.reduce([results.table[label] for label in labels], axis=0) / MUSD_PER_BUSD
    if not np.isfinite(members).all():
        return ""
    low, middle, high = (_brief(x) for x in np.quantile(members, [0.05, 0.5, 0.95]))
    return f"commitments: {middle} ({low} to {high}) bn"


def _brief(value: float) -> str:
    """Return two significant digits, and no more than two decimals: ``110``, ``7.3``, ``0.03``."""
    return style.number(value, 2) if value >= 0.1 else f"{value:.2f}"
