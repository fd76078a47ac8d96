"""Trade of the hosts with the powers: shares and values, a panel a host."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, PercentFormatter

from steppe import axes
from steppe.clock import PER_YEAR
from steppe.figures import observed, style
from steppe.figures.series import Q50, Array, bands
from steppe.results import Results

MUSD_PER_BUSD = 1000.0
MOST = 1e6
"""Span of a logarithmic scale, top to bottom: smaller values fall off the panel."""
SOURCE = (
    "Dots: observed annual trade at mid-year (WITS/UN Comtrade, COW Dyadic Trade, UNCTAD; "
    "see data/trade_bilateral.csv). "
)


def shares(results: Results, parent: Results | None = None) -> Figure:
    """Return the share of each power in each host's trade with the five powers, in per cent."""
    past = _past(results)
    figure = style.canvas(
        "Trade of the hosts with the five powers: share of each power, %",
        results,
        "Share of each power in the host's exports plus imports with the five powers together, "
        "quarterly, current US dollars.\n" + (SOURCE if past else "") + style.SOURCE,
    )
    _panels(
        figure, results, parent, "trade_share", 100.0, "% of trade with the powers",
        observed.shares(past) if past else {}, 100.0, _to_hundred,
    )  # fmt: skip
    return figure


def values(results: Results, parent: Results | None = None) -> Figure:
    """Return each power's trade with each host in bn USD a year, on a logarithmic scale."""
    past = _past(results)
    figure = style.canvas(
        "Trade of the hosts with each power: value, bn USD a year",
        results,
        "Exports plus imports, all goods, current US dollars; quarters at annual rate (times "
        "four). Logarithmic scales, which differ.\n" + (SOURCE if past else "") + style.SOURCE,
    )
    _panels(
        figure, results, parent, "trade_total", PER_YEAR / MUSD_PER_BUSD, "bn USD, at annual rate",
        past, 1 / MUSD_PER_BUSD, _logarithmic,
    )  # fmt: skip
    return figure


def _past(results: Results) -> Mapping[int, Array]:
    """Return the observations to show: none unless the run is a backcast."""
    return observed.trade() if results.scenario.base in observed.BACKCASTS else {}


def _panels(
    figure: Figure,
    results: Results,
    parent: Results | None,
    metric: str,
    scale: float,
    unit: str,
    past: Mapping[int, Array],
    past_scale: float,
    finish: Callable[[Axes], None],
) -> None:
    """Draw a panel a host, a colour a power, and the key in the sixth place."""
    run = bands(results, metric)
    before = bands(parent, metric) if parent is not None else None
    first, last = results.quarters[0].year, results.quarters[-1].year
    grid = figure.add_gridspec(2, 3, **style.PANELS)
    for place, host in enumerate(axes.HOSTS):
        panel = figure.add_subplot(grid[divmod(place, 3)])
        style.dress(panel, axes.TITLES[host], unit=unit if place in (0, 3) else "")
        ends = []
        for i, power in enumerate(axes.POWERS):
            colour = style.POWER_COLOURS[power]
            if (power, host) not in run:
                continue
            path = run.of(power, host) * scale
            style.band(panel, run.time, path, colour, faint=True)
            if before is not None:
                style.dashed(panel, before.time, before.of(power, host)[:, Q50] * scale, colour)
            points = observed.dots(past, (i, place), first, last)
            panel.plot(
                points[:, 0], points[:, 1] * past_scale, "o", color=colour, markersize=4,
                markeredgecolor="white", markeredgewidth=0.5, label=f"observed {power}", zorder=3,
            )  # fmt: skip
            known = path[np.isfinite(path[:, Q50]), Q50]
            ends += [(float(known[-1]), power, colour)] if known.size else []
        style.years(panel, results, label=place >= 2)
        finish(panel)
        style.end_labels(panel, ends)
    handles = style.power_key() + style.band_key(parent, observed=bool(past))
    style.key(figure, handles, "upper left", (0.70, 0.43))


def _to_hundred(panel: Axes) -> None:
    panel.set_ylim(0, 100)
    panel.yaxis.set_major_formatter(PercentFormatter(decimals=0))


def _logarithmic(panel: Axes) -> None:
    panel.set_yscale("log", nonpositive="mask")
    low, high = panel.get_ylim()
    low = max(low, high / MOST)
    panel.set_ylim(low, high)
    panel.yaxis.set_major_locator(LogLocator(subs=(1,) if high / low > 30 else (1, 2, 5)))
    panel.yaxis.set_minor_formatter(NullFormatter())
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: style.number(value)))
