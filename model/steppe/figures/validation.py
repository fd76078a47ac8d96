"""Figures of a validation: observations over the bands of backcasts, and what the bands hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from steppe import axes
from steppe.figures import style
from steppe.figures.series import Array

BASES = {2000: "#0072B2", 2009: "#D55E00"}
"""Colours of the backcasts by base year."""
LEAST_SPAN = 30.0
"""Largest over smallest value that a panel of trade shows at least."""


@dataclass(frozen=True)
class Observed:
    """Figures of history by year: ``value``, and the range of the sources where there is one."""

    years: Array
    value: Array
    low: Array | None = None
    high: Array | None = None


@dataclass(frozen=True)
class Panel:
    """One panel: bands ``(year, 6)`` by base year over their ``years``, and history."""

    title: str
    unit: str
    years: Mapping[int, Array]
    bands: Mapping[int, Array]
    history: Observed
    logarithmic: bool = False


def trade(base: int, panels: Sequence[Sequence[Panel]]) -> Figure:
    """Return trade by pair: a row a power, a column a host, history over the bands."""
    figure = style.sheet(
        f"Trade of powers and hosts, backcast from {base}",
        "Exports plus imports, mn USD a year; scales of equal factors, one a panel",
        "Dots: the chosen figure; bars: smallest to largest figure of any source. "
        "Source: validation of the model, data/trade_bilateral.csv.",
        (9.0, 8.4),
    )
    grid = figure.add_gridspec(
        len(panels), len(panels[0]), left=0.085, right=0.985, top=0.885, bottom=0.115,
        wspace=0.42, hspace=0.3,
    )  # fmt: skip
    for i, row in enumerate(panels):
        for j, one in enumerate(row):
            drawn = figure.add_subplot(grid[i, j])
            style.dress(drawn)
            _draw(drawn, one, {base: style.POWER_COLOURS[axes.POWERS[i]]}, size=2.6)
            drawn.tick_params(labelsize=7)
            _ends(drawn, one)
            if i == 0:
                drawn.set_title(axes.TITLES[axes.HOSTS[j]], size=style.PANEL, weight="bold")
            if j == 0:
                drawn.set_ylabel(
                    axes.TITLES[axes.POWERS[i]], size=style.PANEL, weight="bold",
                    color=style.POWER_COLOURS[axes.POWERS[i]],
                )  # fmt: skip
            if i < len(panels) - 1:
                drawn.set_xticklabels([])
    style.key(figure, _key(), "lower center", (0.5, 0.045), columns=4)
    return figure


def panels(title: str, line: str, caption: str, rows: Sequence[Panel]) -> Figure:
    """Return panels side by side, both backcasts over history."""
    figure = style.sheet(title, line, caption, (9.0, 4.4))
    grid = figure.add_gridspec(
        1, len(rows), left=0.075, right=0.985, top=0.76, bottom=0.25, wspace=0.27
    )
    for place, one in enumerate(rows):
        drawn = figure.add_subplot(grid[place])
        style.dress(drawn, one.title, unit=one.unit)
        _draw(drawn, one, BASES, size=4)
        _ends(drawn, one)
        if not one.logarithmic:
            drawn.set_ylim(bottom=0.0)
    handles = [Line2D([], [], color=c, linewidth=4, label=f"from {b}") for b, c in BASES.items()]
    style.key(figure, [*handles, *_key()], "lower center", (0.5, 0.1), columns=6)
    return figure


def coverage(levels: Array, held: Mapping[int, Mapping[str, Array]]) -> Figure:
    """Return which part of the figures bands of each width hold: a panel a base year.

    ``levels`` (level,) 0-1; ``held`` by base year and name of the line, (level,) 0-1.
    """
    figure = style.sheet(
        "What the bands of trade hold",
        "Part of the observed figures inside the band of so many members; honest bands lie on the "
        "diagonal",
        "With error: each member read with the stated error of the figures (half the log range of "
        "the sources, at least 0.1).\nSource: validation of the model.",
        (9.0, 4.9),
    )
    grid = figure.add_gridspec(1, 2, left=0.075, right=0.985, top=0.78, bottom=0.25, wspace=0.2)
    looks: dict[str, tuple[float, tuple[int, tuple[int, ...]]]] = {}
    for place, (base, lines) in enumerate(held.items()):
        panel = figure.add_subplot(grid[place])
        style.dress(panel, f"Backcast from {base}", unit="inside, %" if place == 0 else "")
        panel.plot([0, 100], [0, 100], color=style.FAINT, linewidth=0.8)
        panel.fill_between([88.5, 91.5], 80, 97, color="#999999", alpha=0.35, linewidth=0)
        for number, (name, inside) in enumerate(lines.items()):
            dash = ((0, ()), (0, (4, 2)))[number % 2]
            looks[name] = (1.8 - 0.4 * number, dash)
            panel.plot(
                100 * levels, 100 * inside, color=BASES[base], marker="o", markersize=3,
                linewidth=looks[name][0], linestyle=dash,
            )  # fmt: skip
        panel.set_xlim(0, 100)
        panel.set_ylim(0, 100)
        panel.set_xlabel("members in the band, %", size=style.SMALL, color=style.INK)
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=style.INK, linewidth=wide, linestyle=dash, label=name)
        for name, (wide, dash) in looks.items()
    ]
    handles.append(Patch(facecolor="#999999", alpha=0.35, label="goal for 90 % bands, 80-97 %"))
    style.key(figure, handles, "lower center", (0.5, 0.1), columns=3)
    return figure


def _draw(panel: Axes, one: Panel, colours: Mapping[int, str], size: float) -> None:
    for base, statistics in one.bands.items():
        style.band(panel, one.years[base], statistics, colours[base])
    past = one.history
    if past.low is not None and past.high is not None:
        apart = np.stack([past.value - past.low, past.high - past.value])
        panel.errorbar(
            past.years, past.value, yerr=np.maximum(apart, 0.0), fmt="none", ecolor=style.INK,
            elinewidth=0.8, alpha=0.75, zorder=3,
        )  # fmt: skip
    panel.plot(
        past.years, past.value, "o", color=style.INK, markersize=size, markeredgecolor="white",
        markeredgewidth=0.4, zorder=4,
    )  # fmt: skip
    if one.logarithmic:
        _logarithmic(panel, one)


def _logarithmic(panel: Axes, one: Panel) -> None:
    """Scale a panel to what its median and history span, not to every far end of a band."""
    shown = [statistics[:, 1:].ravel() for statistics in one.bands.values()]
    shown += [f for f in (one.history.value, one.history.low, one.history.high) if f is not None]
    values = np.concatenate(shown)
    values = values[np.isfinite(values) & (values > 0.0)]
    low, high = float(values.min()) / 1.3, float(values.max()) * 1.3
    if high / low < LEAST_SPAN:
        middle = np.sqrt(low * high)
        low, high = middle / np.sqrt(LEAST_SPAN), middle * np.sqrt(LEAST_SPAN)
    panel.set_yscale("log")
    panel.set_ylim(low, high)
    panel.yaxis.set_major_locator(FixedLocator(_round_values(low, high)))
    panel.yaxis.set_minor_locator(NullLocator())
    panel.yaxis.set_minor_formatter(NullFormatter())
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: style.number(value)))


def _round_values(low: float, high: float) -> list[float]:
    """Return two to five round values between the ends of a scale of equal factors."""
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    found: list[float] = []
    for parts in ((1,), (1, 3), (1, 2, 5)):
        found = [p * 10.0**d for d in decades for p in parts if low <= p * 10.0**d <= high]
        if len(found) > 1:
            break
    return found


def _ends(panel: Axes, one: Panel) -> None:
    first = int(min(*(y.min() for y in one.years.values()), one.history.years.min()))
    last = int(max(*(y.max() for y in one.years.values()), one.history.years.max()))
    panel.set_xlim(first - 0.6, last + 0.6)
    ticks = style.named_years(first, last, 4)
    panel.set_xticks(list(ticks), [str(year) for year in ticks])


def _key() -> list[Line2D | Patch]:
    return [
        Line2D([], [], color=style.FAINT, linewidth=1.8, label="median"),
        Patch(facecolor=style.FAINT, alpha=0.42, label="middle 50 % of members"),
        Patch(facecolor=style.FAINT, alpha=0.18, label="middle 90 %"),
        Line2D(
            [], [], color=style.INK, marker="o", markersize=4, linestyle="", label="observed"
        ),
    ]  # fmt: skip
