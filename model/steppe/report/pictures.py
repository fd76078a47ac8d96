"""Figures of a run inside the page: which ones, what they show, and as few bytes as will do."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from steppe.record import RunRecord
from steppe.record.files import intact
from steppe.report.told import Picture
from steppe.results import no_number_warnings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from steppe.results import Results

DPI = 150
COLOURS = 128
"""Colours of an embedded PNG: figures have few, and the palette makes them a third as large."""
LARGE_SVG = 120_000
"""Bytes above which a figure is embedded as PNG instead."""
MOST = 6

CAPTIONS = {
    "map_difference": "Where freight moves: links that carry more (blue) and less (orange); the "
    "wider a line, the larger the change.",
    "map": "Freight on the network: the wider a line, the more it carries.",
    "corridor_shares": "How the value of Japan's trade with the hosts divides among six corridors.",
    "corridor_days_costs": "How long goods travel through each corridor and what a tonne costs.",
    "influence_shares": "Who has how much of the influence in each host, and what is the host's "
    "own.",
    "influence_channels": "What each power's influence rests on: economic, institutional, security "
    "and soft channels.",
    "trade_shares": "Each power's part of each host's trade with the five powers: where the two "
    "highest lines cross, the leading one of them changes.",
    "trade_values": "Trade of each power with each host in dollars.",
    "gdp": "Gross domestic product of the hosts, in dollars of the day.",
    "gas": "Who takes the hosts' gas, and the routes of Kazakhstan's oil.",
    "money": "From projects that hosts accept to works that are completed, by power; dotted: years "
    "in which something is announced.",
    "debt": "What hosts owe to each power, in parts of their product.",
    "concentration": "How concentrated trade and debt are, and on how many powers a host leans.",
    "consortia": "Projects that one power finances and another builds.",
    "rare_earths": "The world price of rare earths, and where Japan's imports of them come from.",
}
"""What to see in each figure; the order in which they are shown."""

SUBJECTS = {
    "corridor_shares": ("corridor_share", "corridor_volume"),
    "corridor_days_costs": ("corridor_days", "corridor_cost", "link_days"),
    "influence_shares": ("influence_share", "autonomy"),
    "influence_channels": ("influence_capacity", "dependence", "fbic"),
    "trade_shares": ("trade_share",),
    "trade_values": ("trade_total", "trade_value"),
    "gdp": ("gdp", "gdp_per_head", "real_gdp"),
    "gas": (
        *("gas_export", "gas_price", "gas_netback", "oil_export", "pipeline_built"),
        "energy_revenue",
    ),
    "money": ("announced", "committed", "disbursed", "cancelled", "completed", "oda_net"),
    "debt": ("debt", "debt_to_gdp", "debt_service"),
    "concentration": ("creditor_hhi", "partner_hhi", "multivector_index"),
    "consortia": (
        *("consortium_value", "consortium_count", "consortium_piloted", "consortium_fee"),
        "embeddedness",
    ),
    "rare_earths": (
        *("ree_price", "ree_china_share_of_japan_imports", "ree_japan_imports", "ree_output"),
        *("ree_china_exports", "ree_unmet", "ree_stock", "ree_restriction", "ree_risk_memory"),
    ),
}
"""Metrics that each figure shows."""


def wanted(metrics: Sequence[str], compared: bool) -> list[str]:
    """Return the figures of a report on these metrics, the map first.

    Where there is something to compare the map of differences stands for the map.
    """
    own = [n for n, shown in SUBJECTS.items() if set(shown) & set(metrics)]
    first = "map_difference" if compared else "map"
    chosen = [first, *own]
    for usual in ("influence_shares", "trade_shares"):
        if usual not in chosen and len(chosen) < MOST:
            chosen.append(usual)
    return [n for n in CAPTIONS if n in chosen[:MOST]]


def kept(record: RunRecord, names: Sequence[str]) -> dict[str, Picture]:
    """Return the figures that a run left and that are as it left them."""
    found = {}
    for name in names:
        file = f"figures/{name}.png"
        digest = record.record["files"].get(file)
        if digest is None or not intact(record.path / file, digest):
            continue
        found[name] = _png((record.path / file).read_bytes(), name)
    return found


def drawn(results: Results, parent: Results | None, names: Sequence[str]) -> dict[str, Picture]:
    """Draw figures anew from what a run recorded.

    Those are left out whose series a record of another version lacks.
    """
    from steppe import figures

    found: dict[str, Picture] = {}
    if not results.completed:
        return found
    with no_number_warnings():
        ways = figures.drawings(results, parent)
        recorded = {series.metric for series in results.series}
        for name in names:
            if name in ways and recorded & set(SUBJECTS.get(name, ("link_flow",))):
                with suppress(KeyError, IndexError):
                    found[name] = embedded(ways[name], name, CAPTIONS[name])
    return found


def embedded(draw: Callable[[], Figure], name: str, caption: str) -> Picture:
    """Return a figure as SVG, or as PNG where that is smaller; the same bytes each time."""
    import matplotlib

    figure = draw()
    file = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "steppe", "svg.fonttype": "path"}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    width, height = (round(DPI * inches) for inches in figure.get_size_inches())
    if len(file.getvalue()) <= LARGE_SVG:
        uri = _uri("image/svg+xml", file.getvalue())
        return Picture(uri, width, height, _alt(name, caption), caption)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
    return _png(file.getvalue(), name, caption)


def _png(content: bytes, name: str, caption: str = "") -> Picture:
    """Return a PNG with a palette."""
    from PIL import Image

    caption = caption or CAPTIONS[name]
    with Image.open(io.BytesIO(content)) as image:
        width, height = image.size
        small = image.convert("RGB").quantize(
            COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
        file = io.BytesIO()
        small.save(file, format="PNG", optimize=True)
    return Picture(_uri("image/png", file.getvalue()), width, height, _alt(name, caption), caption)


def _alt(name: str, caption: str) -> str:
    return f"Figure '{name.replace('_', ' ')}': {caption}"


def _uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
