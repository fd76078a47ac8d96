"""Gas of the hosts by who takes it, and Kazakhstan's oil by route."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from steppe import axes
from steppe.figures import stacks, style
from steppe.figures.series import MEAN, Array, Bands, bands
from steppe.results import Results

HEADROOM = 1.08
"""Height of a panel in parts of what it shows."""
SELLERS = ("TKM", "UZB", "KAZ")
BUYERS = ("CHN", "RUS", "TUR", "IND", "IRN", "PAK", "AFG", "ROW")
"""Buyers from the bottom of a stack to its top."""
COLOURS = style.POWER_COLOURS | {
    "IRN": "#88CCAA",
    "PAK": "#999933",
    "AFG": "#DDCC77",
    "ROW": "#BBBBBB",
}
ROUTES = {
    "cpc": ("CPC", "#AA4455"),
    "atyrau_samara": ("Samara", "#DD8877"),
    "oil_rail": ("rail", "#E8C0B8"),
    "kazakhstan_china": ("China", "#CC9911"),
    "caspian_tankers": ("Caspian", "#4477AA"),
}
"""Name at the layer's end and colour; those through Russia, in reds, lie at the bottom."""
TITLES = {"ROW": "rest of the world (ROW)"}


def by_buyer(results: Results, parent: Results | None = None) -> Figure:
    """Return pipeline gas by buyer, a panel a seller, and Kazakh oil by route, stacked means."""
    figure = style.canvas(
        "Gas of the hosts by who takes it, bcm a year, and Kazakhstan's oil by route, Mt a year",
        results,
        "Means over members, annual rates. Turkmen gas that Russia takes is recorded in nobody's "
        "trade with Russia; deliveries that no statistics of 2014-16 hold start at nothing.\n"
        "Every panel has its own scale, from zero. Numbers: last quarter. " + style.SOURCE,
    )
    grid = figure.add_gridspec(2, 2, **style.PANELS | {"right": 0.69, "wspace": 0.48})
    gas, oil = bands(results, "gas_export"), bands(results, "oil_export")
    before = None if parent is None else (bands(parent, "gas_export"), bands(parent, "oil_export"))
    shown: list[str] = []
    for place, host in enumerate(SELLERS):
        panel = figure.add_subplot(grid[divmod(place, 2)])
        _frame(panel, results, f"{axes.TITLES[host]}: gas", "bcm a year", place)
        cells = [(host, buyer) for buyer in BUYERS if _flows(gas, host, buyer)]
        shown += [buyer for _, buyer in cells]
        colours = [COLOURS[buyer] for _, buyer in cells]
        names = [buyer for _, buyer in cells]
        every = [(host, buyer) for buyer in BUYERS]
        _stack(panel, gas, cells, names, colours, _total(before[0], every) if before else None)
    panel = figure.add_subplot(grid[1, 1])
    _frame(panel, results, "Kazakhstan: oil by route", "Mt a year", 3)
    cells = [("KAZ", route) for route in ROUTES]
    names, colours = (list(words) for words in zip(*ROUTES.values(), strict=True))
    _stack(panel, oil, cells, names, colours, _total(before[1], cells) if before else None)
    handles: list[Line2D | Patch] = [
        Patch(
            facecolor=COLOURS[buyer],
            alpha=stacks.OPACITY,
            label=TITLES.get(buyer, f"{axes.TITLES[buyer]} ({buyer})"),
        )
        for buyer in BUYERS
        if buyer in shown
    ]
    handles += [Patch(facecolor=ROUTES["cpc"][1], label="oil via Russia: reds")]
    style.key(figure, handles + stacks.mean_key(parent), "upper left", (0.77, 0.85))
    return figure


def _frame(panel: Axes, results: Results, title: str, unit: str, place: int) -> None:
    style.dress(panel, title, unit=unit)
    panel.grid(visible=False)
    style.years(panel, results, label=place >= 2)


def _stack(
    panel: Axes,
    run: Bands,
    cells: list[tuple[str, str]],
    names: list[str],
    colours: list[str],
    before: tuple[Array, Array] | None,
) -> None:
    """Draw the layers of one panel, name them at the right edge and dash the parent's total."""
    total = np.zeros(1)
    if before is not None:
        stacks.before(panel, before[0], before[1][None])
        total = np.append(total, before[1])
    if not cells:
        panel.text(0.5, 0.5, "none in this run", transform=panel.transAxes, ha="center",
                   color=style.FAINT, size=style.SMALL)  # fmt: skip
        if np.nanmax(total) > 0.0:
            panel.set_ylim(0, HEADROOM * float(np.nanmax(total)))
        else:
            panel.set_yticks([])
        return
    parts = np.array([run.of(*cell)[:, MEAN] for cell in cells])
    stacks.layers(panel, run.time, parts, names, colours)
    total = np.append(total, parts.sum(axis=0))
    panel.set_ylim(0, HEADROOM * max(float(np.nanmax(total)), 1e-6))
    panel.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: style.number(value)))
    last = parts[:, -1]
    style.end_labels(
        panel,
        [
            (float(height), f"{name} {style.number(value, 2)}", colour)
            for height, value, name, colour in zip(
                np.cumsum(last) - last / 2, last, names, colours, strict=True
            )
            if value > 0.005 * total.max()
        ],
    )


def _total(run: Bands, cells: list[tuple[str, str]]) -> tuple[Array, Array]:
    """Return the time and the sum of the cells' means, (quarter,) each."""
    known = [np.nan_to_num(run.of(*cell)[:, MEAN]) for cell in cells if cell in run]
    return run.time, np.add.reduce(known, axis=0) if known else np.zeros(len(run.time))


def _flows(run: Bands, host: str, buyer: str) -> bool:
    """Tell whether a buyer takes any gas of the host in the run."""
    if (host, buyer) not in run:
        return False
    path: Array = run.of(host, buyer)[:, MEAN]
    return bool(np.nan_to_num(path).max(initial=0.0) > 0.0)
