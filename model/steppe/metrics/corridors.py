"""Corridors and links: shares, days, costs and tonnage."""

from __future__ import annotations

from steppe import axes
from steppe.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric(
        "corridor_share",
        ("corridor",),
        (axes.CORRIDORS,),
        "1",
        "Corridor's part of the value of Japan's trade with the hosts",
        lambda s: s.corridor_share,
        headline=True,
    ),
    Metric(
        "corridor_days",
        ("corridor",),
        (axes.CORRIDORS,),
        "days",
        "Door-to-door days of Japan's trade with the hosts through the corridor, weighted by value",
        lambda s: s.corridor_days,
        headline=True,
    ),
    Metric(
        "corridor_cost",
        ("corridor",),
        (axes.CORRIDORS,),
        "USD/t",
        "Freight, handling and border charges of Japan's trade with the hosts through the corridor",
        lambda s: s.corridor_cost,
        headline=True,
    ),
    Metric(
        "corridor_volume",
        ("corridor",),
        (axes.CORRIDORS,),
        "Mt/yr",
        "Tonnage of all modelled trade of the hosts with powers and the rest of the world through "
        "the corridor",
        lambda s: s.corridor_volume,
    ),
    Metric(
        "link_flow",
        ("link",),
        (axes.LINKS,),
        "Mt/yr",
        "Modelled tonnage on the link, both directions, background traffic not included",
        lambda s: s.link_flow,
    ),
    Metric(
        "link_days",
        ("link",),
        (axes.LINKS,),
        "days",
        "Days on the link, border and congestion included",
        lambda s: s.link_days,
        outcome=False,
    ),
)
