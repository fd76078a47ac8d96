"""Rare earths: what they cost, and where Japan gets them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from steppe import axes, parameters
from steppe.figures import observed, stacks, style
from steppe.figures.series import MEAN, Q05, Q50, Q95, Array, Bands, bands
from steppe.results import Results

PRICE = "#AA3377"
LAYERS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("China", ("CHN",), style.POWER_COLOURS["CHN"]),
    ("re-processors", (axes.REPROCESSORS,), "#88BBDD"),
    ("Australia", ("AUS",), "#DDAA33"),
    ("Kazakhstan", ("KAZ",), "#228833"),
    ("other mines", ("USA", "RUS", "IND", "ROW"), "#BBBBBB"),
)
"""Layers from the bottom: name, sources, colour."""
HEADROOM = 1.25
"""Height of the price panel in parts of what it shows."""
LEAST, MOST = 0.5, 5.0
"""The price panel reaches at least from one to the other."""


def market(results: Results, parent: Results | None = None) -> Figure:
    """Return the price of rare earths and the sources of Japan's imports, side by side."""
    history = results.scenario.base in observed.BACKCASTS
    figure = style.canvas(
        "Rare earths: the world price, and where Japan's imports come from",
        results,
        "Price in constant dollars, 1 the usual price of 2009 (10.3 USD a kg of oxide), scale of "
        "equal factors. Shares by weight, of means over members.\n"
        "Re-processors sell on or refine Chinese material outside China. "
        + ("Dots: unit value of Chinese exports; China's direct part, BACI. " if history else "")
        + style.SOURCE,
    )
    grid = figure.add_gridspec(1, 2, left=0.06, right=0.86, top=0.84, bottom=0.225, wspace=0.2)
    _price(figure.add_subplot(grid[0]), results, parent, history)
    _sources(figure.add_subplot(grid[1]), results, parent, history)
    handles: list[Line2D | Patch] = style.band_key(parent, observed=history)
    if parent is not None:
        handles[-1] = Line2D(
            [], [], color=style.FAINT, linewidth=1.2, linestyle=(0, (4, 2)),
            label=f"'{style.plain(parent.scenario.name)}': median price, China's part",
        )  # fmt: skip
    style.key(figure, handles, "lower center", (0.5, 0.085), columns=len(handles))
    return figure


def _price(panel: Axes, results: Results, parent: Results | None, history: bool) -> None:
    style.dress(panel, "Price", unit="price over that of 2009")
    run = bands(results, "ree_price")
    path = run.of()
    style.band(panel, run.time, path, PRICE)
    shown = [path[:, Q05], path[:, Q95]]
    if parent is not None:
        before = bands(parent, "ree_price")
        style.dashed(panel, before.time, before.of()[:, Q50])
    if history:
        points = _observed(results, "price_export_unit_value", 1.0 / _usual_price())
        _dots(panel, points)
        shown.append(points[:, 1])
    known = np.concatenate(shown)
    known = known[np.isfinite(known) & (known > 0.0)]
    panel.set_yscale("log")
    low = min(LEAST, known.min() / HEADROOM) if known.size else LEAST
    high = max(MOST, known.max() * HEADROOM) if known.size else MOST
    panel.set_ylim(low, high)
    panel.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    panel.yaxis.set_minor_locator(NullLocator())
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: style.number(value)))
    style.years(panel, results)


def _sources(panel: Axes, results: Results, parent: Results | None, history: bool) -> None:
    style.dress(panel, "Japan's imports by source", unit="% of weight")
    panel.grid(visible=False)
    style.years(panel, results)
    panel.set_ylim(0, 100)
    run = bands(results, "ree_japan_imports")
    parts = _parts(run)
    names, colours = [name for name, _, _ in LAYERS], [colour for _, _, colour in LAYERS]
    stacks.layers(panel, run.time, parts, names, colours)
    if parent is not None:
        before = bands(parent, "ree_japan_imports")
        stacks.before(panel, before.time, _parts(before)[:1])
    if history:
        _dots(panel, _observed(results, "japan_share_china", 100.0))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}%"))
    stacks.name_starts(panel, parts, colours)
    stacks.name_ends(panel, parts, names, colours)


def _parts(run: Bands) -> Array:
    """Return the layers' parts of the mean imports, per cent, ``(layer, quarter)``."""
    weight = np.array(
        [np.add.reduce([run.of(source)[:, MEAN] for source in sources]) for _, sources, _ in LAYERS]
    )
    total = weight.sum(axis=0)
    share: Array = 100.0 * weight / np.where(total > 0.0, total, np.nan)
    return share


def _observed(results: Results, measure: str, factor: float) -> Array:
    """Return observed figures of the run's years at mid-year, ``(year, 2)``, times ``factor``."""
    first, last = results.quarters[0].year, results.quarters[-1].year
    points = [
        (int(row["year"]) + 0.5, factor * float(row["value"]))
        for row in parameters.read_table("rare_earth_observed")
        if row["measure"] == measure and first <= int(row["year"]) <= last
    ]
    return np.array(points).reshape(-1, 2)


def _usual_price() -> float:
    """Return what price 1 is worth, USD a kg: the basket of 2009."""
    rows = parameters.read_table("rare_earth_observed")
    usual = (r["value"] for r in rows if (r["measure"], r["year"]) == ("price_basket", "2009"))
    return float(next(usual))


def _dots(panel: Axes, points: Array) -> None:
    panel.plot(
        points[:, 0], points[:, 1], "o", color=style.INK, markersize=5,
        markeredgecolor="white", markeredgewidth=0.6, zorder=4, label="observed",
    )  # fmt: skip
