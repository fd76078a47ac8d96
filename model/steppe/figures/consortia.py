"""Consortia: who pays, who builds, and how many there are in which host."""

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
HEADROOM = 1.25
"""Height of a panel in parts of what it shows: the line of text on top covers nothing."""
LEAST_NAMED = 0.02
"""Part of a panel's height below which a layer is not named at its end."""
HOST_COLOURS = {
    "KAZ": "#4477AA",
    "UZB": "#66B3DD",
    "TKM": "#228833",
    "KGZ": "#CCBB44",
    "TJK": "#AA3377",
}
PANELS = {
    "left": 0.055, "right": 0.945, "top": 0.84, "bottom": 0.245, "wspace": 0.42,
}  # fmt: skip


def partners(results: Results, parent: Results | None = None) -> Figure:
    """Return money in consortia by financier and by pilot, and their number by host."""
    figure = style.canvas(
        "Consortia: who pays, who builds, and where",
        results,
        "Large works in oil and gas, power, transport and chemicals that one power pays for and "
        "another's contractors build. Money by year of commitment, current US dollars, sums\nof "
        "whole calendar years; all values are means over members. Numbers on top: sums over the "
        "whole run, median and middle 90 % of members. " + style.SOURCE,
    )
    grid = figure.add_gridspec(1, 3, **PANELS)
    seen: set[str] = set()
    for place, (metric, title) in enumerate(
        (("consortium_value", "Paid by"), ("consortium_piloted", "Built by"))
    ):
        panel = figure.add_subplot(grid[0, place])
        style.dress(panel, title, unit="bn USD a year")
        time, parts = _by_power(results, metric)
        before = _by_power(parent, metric) if parent is not None else None
        _stack(panel, time, parts, axes.POWERS, style.POWER_COLOURS, results, before)
        seen |= _layers(axes.POWERS, parts)
        _told(panel, results, metric, " bn", MUSD_PER_BUSD)
    panel = figure.add_subplot(grid[0, 2])
    style.dress(panel, "Formed since the start, in", unit="number")
    time, parts = _count(results)
    before = _count(parent) if parent is not None else None
    _stack(panel, time, parts, axes.HOSTS, HOST_COLOURS, results, before)
    seen |= _layers(axes.HOSTS, parts)
    _told(panel, results, "consortium_count", " consortia", 1.0)
    handles: list[Line2D | Patch] = [
        Patch(facecolor=colour, alpha=stacks.OPACITY, label=f"{axes.TITLES[code]} ({code})")
        for code, colour in (style.POWER_COLOURS | HOST_COLOURS).items()
        if code in seen
    ]
    style.key(figure, handles + stacks.mean_key(parent), "lower center", (0.5, 0.075), 6)
    return figure


def _layers(codes: tuple[str, ...], parts: Array) -> set[str]:
    """Return the codes whose layer ``parts`` (code, time) has any height."""
    return {c for c, part in zip(codes, parts, strict=True) if np.nan_to_num(part).any()}


def _stack(
    panel: Axes,
    time: Array,
    parts: Array,
    codes: tuple[str, ...],
    colours: dict[str, str],
    results: Results,
    before: tuple[Array, Array] | None,
) -> None:
    """Draw layers ``parts`` (code, time), the parent's total dashed, and name the thick ones."""
    panel.grid(visible=False)
    shades = [colours[code] for code in codes]
    stacks.layers(panel, time, parts, codes, shades)
    tops = [np.add.reduce(parts, axis=0)]
    if before is not None:
        tops.append(np.add.reduce(before[1], axis=0))
        stacks.before(panel, before[0], tops[1][None])
    heights = np.concatenate(tops)
    highest = float(np.max(heights, initial=0.0, where=np.isfinite(heights)))
    panel.set_ylim(0, HEADROOM * highest or 1.0)
    panel.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: style.number(value, None)))
    style.years(panel, results)
    if not parts.shape[1]:
        return
    last = parts[:, -1]
    middle = np.cumsum(last) - last / 2
    style.end_labels(
        panel,
        [
            (float(height), code, colours[code])
            for code, height, value in zip(codes, middle, last, strict=True)
            if value > LEAST_NAMED * panel.get_ylim()[1]
        ],
    )


def _by_power(results: Results, metric: str) -> tuple[Array, Array]:
    """Return mid-years and bn USD a year by power, ``(power, year)``, whole years only."""
    run = bands(results, metric)
    done = results.quarters[: results.completed]
    skipped = next((i for i, quarter in enumerate(done) if quarter.quarter == 1), len(done))
    count = (len(done) - skipped) // PER_YEAR
    whole = slice(skipped, skipped + count * PER_YEAR)
    parts = [
        np.add.reduce([run.of(power, host)[whole, MEAN] for host in axes.HOSTS], axis=0)
        for power in axes.POWERS
    ]
    yearly = np.array(parts).reshape(len(parts), count, PER_YEAR).sum(axis=2) / MUSD_PER_BUSD
    return np.array([quarter.year + 0.5 for quarter in done[whole][::PER_YEAR]]), yearly


def _count(results: Results) -> tuple[Array, Array]:
    """Return mid-quarters and the mean number formed so far by host, ``(host, quarter)``."""
    run = bands(results, "consortium_count")
    parts = [
        np.add.reduce([run.of(power, host)[:, MEAN] for power in axes.POWERS], axis=0)
        for host in axes.HOSTS
    ]
    return run.time, np.cumsum(np.array(parts), axis=1)


def _told(panel: Axes, results: Results, metric: str, unit: str, scale: float) -> None:
    """Write what members reach over the run: median and middle 90 %."""
    labels = [f"{metric}[{power},{host}]" for power in axes.POWERS for host in axes.HOSTS]
    if any(label not in results.table for label in labels):
        return
    members = np.add.reduce([results.table[label] for label in labels], axis=0) / scale
    if not np.isfinite(members).all():
        return
    low, middle, high = (style.number(float(f"{x:.2g}")) for x in _quantiles(members))
    panel.text(
        0.02, 0.97, f"{middle} ({low} to {high}){unit}", transform=panel.transAxes,
        size=style.SMALL, color=style.FAINT, va="top",
    )  # fmt: skip


def _quantiles(members: Array) -> Array:
    quantiles: Array = np.quantile(members, [0.05, 0.5, 0.95])
    return quantiles
