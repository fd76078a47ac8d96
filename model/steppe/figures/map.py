"""The map: links drawn by flow on the region's outlines, and the change against the parent.

A line's width in points is the flow times one factor, the same in both panels and in the key, so
that widths compare as the figures of the record do: twice the tonnage, twice the width.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from steppe import axes
from steppe.figures import labels, outlines, style
from steppe.figures.colours import LESS, MODE_COLOURS, MORE, OTHER_MODE
from steppe.figures.network import Network
from steppe.figures.projection import albers, rounded
from steppe.figures.series import Q50, Array, bands
from steppe.results import Results

BOUNDARIES = (
    "Lines show de facto boundaries as drawn by Natural Earth; they imply no view on any claim."
)
WIDEST = 14.0
"""Width in points of the line with the largest flow."""
HAIR = 0.7
"""Width in points below which a line gets a hairline under it, so that the link is seen."""
DASHES = (0, (4.5, 3.5))
FLOWS = "flows"
"""Group id of the lines that are drawn by flow; their urls are the links' codes."""
SEA, LAND, HOST, BORDER = "#EAF1F5", "#FAF8F3", "#EADFC2", "#B9B4A8"
HAIRLINE = "#8C8C8C"
COUNTRY = "#A29A86"
LEFT = (0.012, 0.165, 0.482, 0.725)
RIGHT = (0.506, 0.165, 0.482, 0.725)
MARGIN = 260.0
"""km kept free around the outermost nodes and around the hosts."""
GAP, MARK = 1.0, 9.0
"""Points between links side by side; pixels within which two nodes share a mark."""
HALO = [patheffects.withStroke(linewidth=2.2, foreground="white")]
COUNTRY_NAMES = {
    "RUS": (94, 60.5), "CHN": (100, 33), "IRN": (55.3, 35.0), "AFG": (65.2, 33.6),
    "PAK": (69.8, 29.2), "IND": (79, 22.5), "TUR": (33.5, 39), "KAZ": (67, 48.6),
    "UZB": (63.4, 42.2), "TKM": (58.6, 39.6), "KGZ": (74.8, 41.6), "TJK": (72.6, 38.2),
}  # fmt: skip
"""Where countries are named, in degrees east and north."""


Limits = tuple[float, float, float, float]
"""Left, right, bottom and top of a panel in km."""


@dataclass(frozen=True)
class Drawing:
    """What one pair of panels shows: a width and a colour a link, and the rest of the network."""

    widths: Mapping[str, float]
    colours: Mapping[str, str]
    shut: Set[str]


def line_widths(flows: Mapping[str, float], largest: float | None = None) -> dict[str, float]:
    """Return widths in points, proportional to the size of the flows.

    The flow ``largest`` (the largest of ``flows`` unless given) is ``WIDEST`` points wide.  Links
    without a flow (zero or NaN) are left out.
    """
    sizes = {link: abs(flow) for link, flow in flows.items() if np.isfinite(flow) and flow != 0}
    top = max(sizes.values(), default=0.0) if largest is None else largest
    return {link: WIDEST * size / top for link, size in sizes.items()}


def link_flows(results: Results) -> dict[str, float]:
    """Return Mt/yr by link: mean of the last ``metrics.OUTCOME_QUARTERS`` medians."""
    run = bands(results, "link_flow")
    return {cell[0]: float(run.closing(*cell)[Q50]) for cell in run.cells}


def flows(results: Results, network: Network, shut: Set[str] = frozenset()) -> Figure:
    """Return the map of the links by flow; ``shut`` links that carry nothing are dashed."""
    carried = {k: v for k, v in link_flows(results).items() if k in network.links}
    widths = line_widths(carried)
    colours = {k: MODE_COLOURS.get(network.links[k].mode, OTHER_MODE) for k in widths}
    figure = style.canvas(
        f"Freight on the links of the network, Mt a year, {style.closing(results)}",
        results,
        "Modelled tonnage in both directions, mean of the quarters' medians; widths are "
        "proportional to it. Without background traffic. Shaded: hosts. Duisburg: rest of world.\n"
        f"{BOUNDARIES} Albers equal-area projection. {style.SOURCE}",
    )
    _panels(figure, network, Drawing(widths, colours, shut))
    modes = {network.links[k].mode for k in widths}
    kinds = [
        Line2D([], [], color=colour, linewidth=4, label=mode)
        for mode, colour in MODE_COLOURS.items()
        if mode in modes
    ]
    _keys(figure, carried, kinds, "thin grey: {} or nothing", "No modelled flow.")
    return figure


def difference(
    results: Results, parent: Results, network: Network, shut: Set[str] = frozenset()
) -> Figure:
    """Return the map of the change in flow against the parent scenario."""
    before = link_flows(parent)
    change = {
        k: v - before.get(k, 0.0) for k, v in link_flows(results).items() if k in network.links
    }
    widths = line_widths(change)
    colours = {k: MORE if change[k] > 0 else LESS for k in widths}
    figure = style.canvas(
        f"Change in freight against '{parent.scenario.name}', Mt a year, {style.closing(results)}",
        results,
        "Modelled tonnage in both directions, mean of the quarters' medians, less the same of the "
        "other scenario; widths are proportional to the change.\n"
        f"{BOUNDARIES} Albers equal-area projection. {style.SOURCE}",
    )
    _panels(figure, network, Drawing(widths, colours, shut))
    kinds = [
        Line2D([], [], color=MORE, linewidth=4, label="more than in the parent"),
        Line2D([], [], color=LESS, linewidth=4, label="less than in the parent"),
    ]
    _keys(figure, change, kinds, "thin grey: changes by {} or not at all", "No change.")
    return figure


def reference_values(largest: float) -> tuple[float, ...]:
    """Return three round values for the key, the first at most ``largest``, the others below.

    The last is a tenth of ``largest`` or more, so that all are drawn wider than a hairline.
    """
    if not largest > 0:
        return ()
    steps = [digit * 10.0**power for power in range(-12, 9) for digit in (1, 2, 5)]
    below = [step for step in steps if step <= largest * (1 + 1e-9)]
    return tuple(below[i] for i in (-1, -2, -3))


def _panels(figure: Figure, network: Network, drawing: Drawing) -> None:
    """Draw the whole region on the left and the hosts on the right."""
    whole = figure.add_axes(LEFT)
    _view(whole, np.vstack([albers(*path.T) for path in _own(network)]))
    near = figure.add_axes(RIGHT)
    _view(near, np.vstack([ring for code in axes.HOSTS for ring in _projected()[code]]))
    inner = _limits(near)
    for panel, width, hide in ((whole, 0.4, inner), (near, 0.6, None)):
        _ground(panel, width, hide)
        _links(panel, network, drawing)
        _nodes(panel, network, hide)
    left, right, bottom, top = inner
    whole.add_patch(
        Rectangle((left, bottom), right - left, top - bottom, fill=False, color=style.INK, lw=0.8)
    )
    _scale_bar(whole, 1000)
    _scale_bar(near, 500)


def _own(network: Network) -> list[Array]:
    """Return the paths of the links that do not lead to the rest of the world, in degrees."""
    far = {n.code for n in network.nodes.values() if n.country == axes.ROW}
    return [x.path for x in network.links.values() if far.isdisjoint(x.ends)]


def _view(panel: Axes, points: Array) -> None:
    """Show the points with a margin, in true proportions, and fill the panel."""
    panel.set_xticks([])
    panel.set_yticks([])
    panel.set_facecolor(SEA)
    panel.spines[:].set_color(BORDER)
    low, high = points.min(axis=0) - MARGIN, points.max(axis=0) + MARGIN
    centre, size = (low + high) / 2, high - low
    box = panel.get_window_extent()
    km = max(size[0] / box.width, size[1] / box.height)
    half = km * np.array([box.width, box.height]) / 2
    panel.set_xlim(centre[0] - half[0], centre[0] + half[0])
    panel.set_ylim(centre[1] - half[1], centre[1] + half[1])


def _limits(panel: Axes) -> Limits:
    return *panel.get_xlim(), *panel.get_ylim()


@lru_cache(maxsize=1)
def _projected() -> dict[str, list[Array]]:
    """Return the outer rings of the hosts, projected to km."""
    return {
        c.code: [albers(*polygon[0].T) for polygon in c.polygons]
        for c in outlines.countries()
        if c.code in axes.HOSTS
    }


@lru_cache(maxsize=1)
def _shapes() -> tuple[Outline, Outline]:
    """Return all land but the hosts, and the hosts, each as one path in km."""
    rings: dict[bool, list[Outline]] = {True: [], False: []}
    for country in outlines.countries():
        for polygon in country.polygons:
            for ring in polygon:
                rings[country.code in axes.HOSTS].append(Outline(albers(*ring.T), closed=True))
    return (
        Outline.make_compound_path(*rings[False]),
        Outline.make_compound_path(*rings[True]),
    )


def _ground(panel: Axes, width: float, hide: Limits | None) -> None:
    """Draw land, hosts, boundaries; name the countries but those inside ``hide``."""
    for shape, colour in zip(_shapes(), (LAND, HOST), strict=True):
        panel.add_artist(  # add_patch would search the outlines' extent, which takes long
            PathPatch(shape, facecolor=colour, edgecolor=BORDER, linewidth=width, zorder=0)
        )
    left, right, bottom, top = _limits(panel)
    for code, (longitude, latitude) in COUNTRY_NAMES.items():
        xy = albers(np.array([longitude]), np.array([latitude]))
        x, y = xy[0]
        if left < x < right and bottom < y < top and not (hide and _within(xy, hide)[0]):
            panel.text(
                x, y, axes.TITLES[code].upper(), color=COUNTRY, size=7.5, ha="center", va="center",
                clip_on=True, zorder=1,
            )  # fmt: skip


def _links(panel: Axes, network: Network, drawing: Drawing) -> None:
    """Draw the links by flow, the wide ones below, those that are too thin to see on hairlines."""
    left, right, *_ = _limits(panel)
    km = (right - left) / panel.get_window_extent().width * style.DPI / 72  # of one point
    paths = _lanes(network, drawing.widths, km)
    idle = [link for link in network.links if drawing.widths.get(link, 0.0) < HAIR]
    shut = {link for link in drawing.shut if link not in drawing.widths}
    for links, dashes in (
        ([link for link in idle if link not in shut], "solid"),
        ([link for link in idle if link in shut], DASHES),
    ):
        panel.add_collection(
            LineCollection(
                [paths[link] for link in links], colors=HAIRLINE, linewidths=HAIR,
                linestyles=[dashes], zorder=2,
            ),
            autolim=False,
        )  # fmt: skip
    drawn = sorted(drawing.widths, key=lambda link: -drawing.widths[link])
    panel.add_collection(
        LineCollection(
            [paths[link] for link in drawn], colors=[drawing.colours[link] for link in drawn],
            linewidths=[drawing.widths[link] for link in drawn], capstyle="butt",
            joinstyle="round", alpha=0.88, zorder=3, gid=FLOWS, urls=drawn,
        ),
        autolim=False,
    )  # fmt: skip


def _lanes(network: Network, widths: Mapping[str, float], km: float) -> dict[str, Array]:
    """Return the path of every link in km; links that share a stretch run side by side on it.

    ``km`` is the length of one point on the panel.  A stretch is shared by links that name the same
    two waypoints one after the other, in either direction.
    """
    paths = {link.code: albers(*link.path.T) for link in network.links.values()}
    stretches: dict[frozenset[tuple[float, float]], list[str]] = defaultdict(list)
    for link in network.links.values():
        for a, b in pairwise(map(tuple, link.path)):
            stretches[frozenset((a, b))].append(link.code)
    moved = {}
    for link in network.links.values():
        shifts = []
        for (a, b), (start, end) in zip(
            pairwise(map(tuple, link.path)), pairwise(paths[link.code]), strict=True
        ):
            beside = stretches[frozenset((a, b))]
            room = [max(widths.get(code, 0.0), HAIR) + GAP for code in beside]
            at = beside.index(link.code)
            offset = sum(room[:at]) + room[at] / 2 - sum(room) / 2
            along = (end - start) * (1 if a < b else -1) / np.linalg.norm(end - start)
            shifts.append(offset * km * np.array([-along[1], along[0]]))
        sides = np.array([shifts[0], *shifts, shifts[-1]])
        moved[link.code] = rounded(paths[link.code] + (sides[:-1] + sides[1:]) / 2)
    return moved


def _node_positions(network: Network) -> Array:
    places = np.array([(n.longitude, n.latitude) for n in network.nodes.values()])
    return albers(places[:, 0], places[:, 1])


def _nodes(panel: Axes, network: Network, hide: Limits | None) -> None:
    """Mark the nodes and name them; those inside ``hide`` are named in the other panel.

    Where two would share one mark, the one with trade of its own stays, else the first.
    """
    where = _node_positions(network)
    inside = _within(where, _limits(panel))
    pixels = panel.transData.transform(where)
    trades = np.array([bool(node.region) for node in network.nodes.values()])
    for i in range(len(where)):
        first = np.where(trades == trades[i], np.arange(len(where)) < i, trades)
        inside[i] &= not ((np.abs(pixels - pixels[i]) < MARK).all(axis=1) & first).any()
    panel.plot(
        where[inside, 0], where[inside, 1], "o", color="white", markeredgecolor=style.INK,
        markersize=3.6, markeredgewidth=0.9, zorder=4,
    )  # fmt: skip
    named = inside & ~_within(where, hide) if hide is not None else inside
    titles = [n.title for n, use in zip(network.nodes.values(), named, strict=True) if use]
    points = pixels[named]
    if hide is not None:
        exits = _exits(panel, network)
        titles += exits
        points = np.vstack([points, *exits.values()])
    if not titles:
        return
    font = FontProperties(size=style.SMALL)
    sizes = style.extents(panel, titles, font)
    lines = [c for c in panel.collections if isinstance(c, LineCollection)]
    samples = [_samples(panel.transData.transform(s)) for c in lines for s in c.get_segments()]
    box = panel.get_window_extent()
    names = [text.get_window_extent().extents for text in panel.texts]
    frame = box.x0 + 4, box.y0 + 4, box.x1 - 4, box.y1 - 4
    corners = labels.place(points, sizes, np.vstack(samples), np.array(names), frame)
    to_data = panel.transData.inverted()
    for title, corner, size, point in zip(titles, corners, sizes, points, strict=True):
        x, y = to_data.transform(corner)
        panel.text(
            x, y, title, fontproperties=font, color=style.INK, ha="left", va="bottom",
            path_effects=HALO, zorder=6,
        )  # fmt: skip
        nearest = np.clip(point, corner, corner + size)
        if np.linalg.norm(nearest - point) > labels.LEADER:
            line = to_data.transform([point, nearest])
            panel.plot(line[:, 0], line[:, 1], color=style.INK, linewidth=0.6, zorder=5)


def _exits(panel: Axes, network: Network) -> dict[str, Array]:
    """Return where links to the rest of the world leave the panel, in pixels, by the name to show.

    A link that leaves the panel and comes back to its end counts; each end is named once.
    """
    found: dict[str, Array] = {}
    for link in network.links.values():
        ends = [network.nodes[code] for code in link.ends]
        if ends[0].country == axes.ROW:
            ends, path = ends[::-1], link.path[::-1]
        else:
            path = link.path
        if ends[1].country != axes.ROW:
            continue
        steps = _samples(panel.transData.transform(albers(*path.T)))
        shown = _within(panel.transData.inverted().transform(steps), _limits(panel))
        if not shown.all() and shown[0]:
            found.setdefault(f"to {ends[1].title}", steps[np.argmin(shown) - 1])
    return found


def _samples(path: Array, step: float = 6.0) -> Array:
    """Return points along a path in pixels, at most ``step`` apart."""
    pieces = [path[:1]]
    for a, b in pairwise(path):
        count = max(int(np.ceil(np.linalg.norm(b - a) / step)), 1)
        pieces.append(a + (b - a) * (np.arange(1, count + 1) / count)[:, None])
    return np.vstack(pieces)


def _within(points: Array, limits: Limits) -> NDArray[np.bool_]:
    left, right, bottom, top = limits
    x, y = points.T
    inside: NDArray[np.bool_] = (left < x) & (x < right) & (bottom < y) & (y < top)
    return inside


def _scale_bar(panel: Axes, km: float) -> None:
    left, right, bottom, top = _limits(panel)
    x, y = left + 0.03 * (right - left), bottom + 0.04 * (top - bottom)
    panel.plot([x, x + km], [y, y], color=style.INK, linewidth=2, solid_capstyle="butt", zorder=6)
    panel.text(
        x + km / 2, y + 0.012 * (top - bottom), f"{km:,.0f} km", size=style.CAPTION, ha="center",
        va="bottom", color=style.INK, path_effects=HALO, zorder=6,
    )  # fmt: skip


def _keys(
    figure: Figure, shown: Mapping[str, float], kinds: list[Line2D], idle: str, none: str
) -> None:
    """Draw the key of widths (three reference values) and of colours below the panels.

    ``idle`` names the links on hairlines, with a place for the largest value that is too thin to
    see; ``none`` is said when no link has a width.
    """
    sizes = [abs(v) for v in shown.values() if np.isfinite(v)]
    largest = max(sizes, default=0.0)
    values = reference_values(largest)
    scale = line_widths({str(v): v for v in values}, largest) if values else {}
    widths = [
        Line2D(
            [],
            [],
            color=HAIRLINE,
            linewidth=scale[str(v)],
            solid_capstyle="butt",
            label=f"{style.number(v)} Mt/yr",
            gid=FLOWS,
        )
        for v in values
    ]
    little = f"less than {style.number(HAIR / WIDEST * largest, digits=2)} Mt/yr"
    rest = [
        Line2D(
            [], [], color=HAIRLINE, linewidth=HAIR, label=idle.format(little) if values else "link"
        ),
        Line2D(
            [],
            [],
            color=HAIRLINE,
            linewidth=HAIR,
            linestyle=DASHES,
            label="link closed or not built",
        ),
    ]
    style.key(figure, [*widths, *kinds], "center left", (0.005, 0.125), len(widths) + len(kinds))
    style.key(figure, rest, "center left", (0.005, 0.088), columns=2)
    if not values:
        figure.text(0.5, 0.13, none, size=style.TEXT, ha="center", color=style.INK)
