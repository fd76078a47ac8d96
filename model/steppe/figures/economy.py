"""Gross domestic product of the hosts, a panel a host."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from steppe import axes
from steppe.figures import observed, style
from steppe.figures.series import Q05, Q50, Q95, bands
from steppe.results import Results

COLOUR = "#4477AA"
UNIT = "bn USD, at annual rate"
HEADROOM = 1.15
"""Height of a panel in parts of what it shows: the line of text on top covers no band."""
SOURCE = (
    "Dots: observed annual GDP at mid-year (World Bank; Uzbekistan rebuilt, see data/macro.csv). "
)


def gdp(results: Results, parent: Results | None = None) -> Figure:
    """Return the hosts' nominal GDP in bn USD a year."""
    past = observed.gdp() if results.scenario.base in observed.BACKCASTS else {}
    first, last = results.quarters[0].year, results.quarters[-1].year
    figure = style.canvas(
        "Gross domestic product of the hosts, bn USD a year",
        results,
        "Nominal, current US dollars at annual rate. Every panel has its own scale, which starts "
        "at zero.\n" + (SOURCE if past else "") + style.SOURCE,
    )
    run = bands(results, "gdp")
    before = bands(parent, "gdp") if parent is not None else None
    grid = figure.add_gridspec(2, 3, **style.PANELS)
    for place, host in enumerate(axes.HOSTS):
        panel = figure.add_subplot(grid[divmod(place, 3)])
        style.dress(panel, axes.TITLES[host], unit=UNIT if place in (0, 3) else "")
        if (host,) in run:
            path = run.of(host)
            style.band(panel, run.time, path, COLOUR)
            if before is not None:
                style.dashed(panel, before.time, before.of(host)[:, Q50])
            points = observed.dots(past, axes.HOSTS.index(host), first, last)
            panel.plot(
                points[:, 0], points[:, 1], "o", color=style.INK, markersize=4,
                markeredgecolor="white", markeredgewidth=0.5, zorder=3,
            )  # fmt: skip
            end = path[-1] if len(path) else np.full(6, np.nan)
            if np.isfinite(end[[Q05, Q50, Q95]]).all():
                panel.text(
                    0.02, 0.97, _range(end[Q50], end[Q05], end[Q95], run.time[-1]),
                    transform=panel.transAxes, size=style.SMALL, color=style.FAINT, va="top",
                )  # fmt: skip
        style.years(panel, results, label=place >= 2)
        panel.set_ylim(0, HEADROOM * max(panel.get_ylim()[1], 0.0) or 1.0)
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: style.number(value)))
    handles = style.band_key(parent, observed=bool(past))
    style.key(figure, handles, "upper left", (0.70, 0.43))
    return figure


def _range(median: float, low: float, high: float, when: float) -> str:
    shown = [style.number(value, digits=3) for value in (median, low, high)]
    return f"{int(when)}: {shown[0]} ({shown[1]} to {shown[2]})"
