"""Influence of the powers: shares of it, a panel a host, and what it rests on, a panel a power."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from steppe import axes
from steppe.figures import stacks, style
from steppe.figures.series import MEAN, Array, bands
from steppe.results import Results

OWN, GREY = "own", "#8C8C8C"
CHANNELS = {
    "economic": ("economic", "#4477AA", "economic: volume of ties times dependence"),
    "institutional": ("institutions", "#B58900", "institutions: joint organisations"),
    "security": ("security", "#AA3377", "security: alliances, bases and arms"),
    "soft": ("soft power", "#228833", "soft power: works, schools, shared culture"),
}
"""Name at the line's end, colour and meaning of each channel."""
DEPENDENCE = (
    "dependence: loss L from being cut off, as\nL/(L + influence.half_loss); part of economic"
)
BROAD = 3.2
"""Width of the grey line of dependence, which is no channel."""


def shares(results: Results, parent: Results | None = None) -> Figure:
    """Return the powers' influence shares and the host's own part, stacked to 100 %."""
    figure = style.canvas(
        "Influence in the hosts: share of each power and the host's own part, %",
        results,
        "Part of each power in realised influence and the host's autonomy together. Means over "
        "members, which sum to 100 %.\nNumbers: first and last quarter. " + style.SOURCE,
    )
    grid = figure.add_gridspec(2, 3, **style.PANELS | stacks.NAMED)
    names = (*axes.POWERS, OWN)
    colours = (*style.POWER_COLOURS.values(), stacks.OWN)
    for place, host in enumerate(axes.HOSTS):
        panel = figure.add_subplot(grid[divmod(place, 3)])
        style.dress(panel, axes.TITLES[host], unit="% of influence" if place in (0, 3) else "")
        panel.grid(visible=False)
        panel.set_ylim(0, 100)
        panel.yaxis.set_major_formatter(PercentFormatter(decimals=0))
        style.years(panel, results, label=place >= 2)
        time, parts = _parts(results, host)
        stacks.layers(panel, time, parts, names, colours)
        if parent is not None:
            time, past = _parts(parent, host)
            stacks.before(panel, time, stacks.edges(past)[:-1])
        stacks.name_ends(panel, parts, names, colours)
        stacks.name_starts(panel, parts, colours)
    handles: list[Line2D | Patch] = [
        Patch(facecolor=colour, alpha=stacks.OPACITY, label=f"{axes.TITLES[code]} ({code})")
        for code, colour in style.POWER_COLOURS.items()
    ]
    handles.append(Patch(facecolor=stacks.OWN, label="the host's own part (autonomy)"))
    style.key(figure, handles[::-1] + stacks.mean_key(parent), "upper left", (0.70, 0.43))
    return figure


def _parts(results: Results, host: str) -> tuple[Array, Array]:
    """Return time ``(quarter,)`` and means ``(power and own, quarter)`` in per cent."""
    run, alone = bands(results, "influence_share"), bands(results, "autonomy")
    cells = [run.of(power, host) for power in axes.POWERS] + [alone.of(host)]
    return run.time, 100 * np.array([cell[:, MEAN] for cell in cells])


def channels(results: Results, parent: Results | None = None) -> Figure:
    """Return each power's influence by channel and the hosts' dependence, means over hosts."""
    figure = style.canvas(
        "What each power's influence rests on: capacity by channel, 0 to 1",
        results,
        "Capacity before conversion into leverage, 0 none to 1 full. Means over members and over "
        "the five hosts, which count alike; one scale for all panels.\n" + style.SOURCE,
    )
    grid = figure.add_gridspec(2, 3, **style.PANELS | {"right": 0.895, "wspace": 0.66})
    for place, power in enumerate(axes.POWERS):
        panel = figure.add_subplot(grid[divmod(place, 3)])
        style.dress(
            panel, axes.TITLES[power], unit="capacity (0 to 1)" if place in (0, 3) else "",
            colour=style.POWER_COLOURS[power],
        )  # fmt: skip
        panel.set_ylim(0, 1)
        style.years(panel, results, label=place >= 2)
        before = _capacity(parent, power) if parent is not None else {}
        for name, (time, path) in before.items():
            style.dashed(panel, time, path, _colour(name))
        ends = []
        for name, (time, path) in _capacity(results, power).items():
            colour = _colour(name)
            channel = name in CHANNELS
            panel.plot(
                time, path, color=colour, linewidth=1.8 if channel else BROAD, label=name,
                zorder=2 if channel else 1.5,
            )  # fmt: skip
            known = path[np.isfinite(path)]
            if known.size:
                height = float(np.clip(known[-1], 0, 1))
                ends.append((height, CHANNELS[name][0] if channel else name, colour))
        style.end_labels(panel, ends)
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=colour, linewidth=1.8, label=meaning)
        for _, colour, meaning in CHANNELS.values()
    ]
    handles.append(Line2D([], [], color=GREY, linewidth=BROAD, label=DEPENDENCE))
    style.key(figure, handles + stacks.mean_key(parent), "upper left", (0.69, 0.43))
    return figure


def _colour(name: str) -> str:
    return CHANNELS[name][1] if name in CHANNELS else GREY


def _capacity(results: Results, power: str) -> dict[str, tuple[Array, Array]]:
    """Return time and mean over hosts ``(quarter,)`` of each channel and of dependence."""
    capacity, dependence = bands(results, "influence_capacity"), bands(results, "dependence")
    cells = {
        name: [capacity.of(power, host, name) for host in axes.HOSTS] for name in axes.CHANNELS
    }
    cells["dependence"] = [dependence.of(power, host) for host in axes.HOSTS]
    return {
        name: (capacity.time, np.mean([path[:, MEAN] for path in paths], axis=0))
        for name, paths in cells.items()
    }
