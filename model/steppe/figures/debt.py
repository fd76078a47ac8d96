"""Debt of the hosts to the powers, and how concentrated their ties are."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from steppe import axes
from steppe.figures import stacks, style
from steppe.figures.series import MEAN, Q50, Q95, Array, Bands, bands
from steppe.laws.acceptance import DEBT_START
from steppe.results import Results

LIMIT = "#B2182B"
DOTTED = (0, (1, 1.2))
HEADROOM = 1.06
"""Height of a panel in parts of what it shows."""
LEAST = 1.25
"""A panel shows at least this many times the threshold, so that the threshold is in sight."""
MOST = 900.0
"""Upper end of a panel at most, % of GDP: where GDP collapses, debt over it falls off the panel."""
PARTNERS, CREDITORS, TIES = "#4477AA", "#AA3377", "#228833"


def to_gdp(results: Results, parent: Results | None = None) -> Figure:
    """Return the hosts' debt to each power over GDP, stacked, the largest creditor below."""
    threshold = f"{100 * DEBT_START:.0f} % of GDP"
    figure = style.canvas(
        "Debt of the hosts to the five powers, % of GDP",
        results,
        "Means over members. The largest creditor over the run lies at the bottom: read its layer "
        f"against the red line, {threshold} owed to one power, beyond which a host minds more "
        "debt\nto it (less what its resource exports secure). Every panel has its own scale, which "
        "starts at zero. Numbers: last quarter. " + style.SOURCE,
    )
    run = bands(results, "debt_to_gdp")
    before = bands(parent, "debt_to_gdp") if parent is not None else None
    grid = figure.add_gridspec(2, 3, **style.PANELS | stacks.NAMED)
    for place, host in enumerate(axes.HOSTS):
        panel = figure.add_subplot(grid[divmod(place, 3)])
        style.dress(panel, axes.TITLES[host], unit="% of GDP" if place in (0, 3) else "")
        panel.grid(visible=False)
        style.years(panel, results, label=place >= 2)
        creditors = sorted(axes.POWERS, key=lambda power: -_level(run, power, host))
        colours = [style.POWER_COLOURS[power] for power in creditors]
        parts = _parts(run, creditors, host)
        stacks.layers(panel, run.time, parts, creditors, colours)
        tail = 100 * run.of(creditors[0], host)[:, Q95]
        panel.plot(
            run.time, tail, color=colours[0], linewidth=1.5, label="tail",
            linestyle=DOTTED, path_effects=[stacks.RIM],
        )  # fmt: skip
        if before is not None:
            upper = stacks.edges(_parts(before, creditors, host))
            stacks.before(panel, before.time, upper[[0, -1]])
        panel.axhline(100 * DEBT_START, color=LIMIT, linewidth=1.4, label="threshold")
        shown = np.append(parts.sum(axis=0), tail)
        highest = HEADROOM * np.max(shown, initial=0.0, where=np.isfinite(shown))
        panel.set_ylim(0, min(max(LEAST * 100 * DEBT_START, highest), MOST))
        panel.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}%"))
        stacks.name_ends(panel, parts, creditors, colours)
    handles: list[Line2D | Patch] = [
        Patch(facecolor=colour, alpha=stacks.OPACITY, label=f"{axes.TITLES[code]} ({code})")
        for code, colour in style.POWER_COLOURS.items()
    ]
    handles += [
        Line2D([], [], color=LIMIT, linewidth=1.4, label=f"{threshold} to one power"),
        Line2D([], [], color=style.FAINT, linewidth=1.5, linestyle=DOTTED,
               label="largest creditor: 95 % of members below"),
    ]  # fmt: skip
    style.key(figure, handles + stacks.mean_key(parent), "upper left", (0.70, 0.43))
    return figure


def _level(run: Bands, power: str, host: str) -> float:
    """Return the mean debt over the run, 0 where none is known."""
    path = run.of(power, host)[:, MEAN]
    known = path[np.isfinite(path)]
    return float(known.mean()) if known.size else 0.0


def _parts(run: Bands, creditors: list[str], host: str) -> Array:
    """Return the means ``(creditor, quarter)`` in per cent of GDP."""
    return 100 * np.array([run.of(power, host)[:, MEAN] for power in creditors])


def concentration(results: Results, parent: Results | None = None) -> Figure:
    """Return the effective number of powers and the concentration of trade and of debt by host."""
    figure = style.canvas(
        "How many powers each host leans on, and how concentrated its trade and debt are",
        results,
        "Effective number: 1 over the sum of squared shares; 1 if all ties are to one power, 5 if "
        "all five count alike. Concentration: sum of squared shares; 1 is a single partner.\n"
        "Trade counts all partners, the rest of the world as one; debt counts the five powers. "
        + style.SOURCE,
    )
    grid = figure.add_gridspec(
        2, 5, left=0.06, right=0.985, top=0.815, bottom=0.235, wspace=0.14, hspace=0.38
    )
    rows = (
        ("Effective number of powers among the host's ties: trade, debt, operating capital",
         "number of powers", (1, 5), (("multivector_index", TIES),)),
        ("Concentration of trade by partner and of debt by creditor",
         "sum of squared shares", (0, 1), (("creditor_hhi", CREDITORS), ("partner_hhi", PARTNERS))),
    )  # fmt: skip
    for row, (heading, unit, limits, metrics) in enumerate(rows):
        found = {metric: bands(results, metric) for metric, _ in metrics}
        past = (
            {metric: bands(parent, metric) for metric, _ in metrics} if parent is not None else {}
        )
        for column, host in enumerate(axes.HOSTS):
            panel = figure.add_subplot(grid[row, column])
            title = axes.TITLES[host] if row == 0 else ""
            style.dress(panel, title, unit=unit if column == 0 else "")
            for metric, colour in metrics:
                style.band(panel, found[metric].time, found[metric].of(host), colour)
                if metric in past:
                    path = past[metric].of(host)[:, Q50]
                    style.dashed(panel, past[metric].time, path, colour)
            panel.set_ylim(*limits)
            panel.yaxis.set_major_locator(MaxNLocator(4 if row == 0 else 5))
            style.years(panel, results, label=row == 1, most=4)
            if column:
                panel.tick_params(labelleft=False)
            else:
                height = panel.get_position().y1 + (0.048 if row == 0 else 0.014)
                figure.text(0.06, height, heading, size=style.TEXT, color=style.INK, style="italic")
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=TIES, linewidth=4, label="effective number of powers"),
        Line2D([], [], color=PARTNERS, linewidth=4, label="trade, by partner"),
        Line2D([], [], color=CREDITORS, linewidth=4, label="debt, by creditor"),
        *style.band_key(parent),
    ]
    style.key(
        figure, handles, "lower center", (0.52, 0.075), columns=4 if parent is not None else 3
    )
    return figure
