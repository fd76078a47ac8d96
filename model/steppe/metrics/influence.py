"""Ties, influence and politics between powers and hosts."""

from __future__ import annotations

import numpy as np

from steppe import axes
from steppe.metrics.metric import PAIR, PAIRED, Metric, concentration

METRICS: tuple[Metric, ...] = (
    Metric(
        "multivector_index",
        ("host",),
        (axes.HOSTS,),
        "1",
        "Effective number of powers among the host's ties: trade, debt and operating capital",
        lambda s: 1.0 / concentration(4.0 * s.bilateral_trade + s.money.debt + s.money.capital),
    ),
    Metric(
        "dependence",
        PAIR,
        PAIRED,
        "1",
        "What being cut off from the power would cost the host, L/(L + 0.035), L share of GDP",
        lambda s: s.politics.dependence,
        outcome=False,
    ),
    Metric(
        "influence_capacity",
        ("power", "host", "channel"),
        (axes.POWERS, axes.HOSTS, axes.CHANNELS),
        "1",
        "Influence in each channel before conversion",
        lambda s: s.politics.channel,
    ),
    Metric(
        "influence_share",
        PAIR,
        PAIRED,
        "1",
        "Power's part of the realised leverage and the autonomy of the host",
        lambda s: s.politics.share,
        headline=True,
    ),
    Metric(
        "autonomy",
        ("host",),
        (axes.HOSTS,),
        "1",
        "Host's own part beside the powers' influence shares: together they are 1",
        lambda s: s.politics.autonomy,
    ),
    Metric(
        "fbic",
        PAIR,
        PAIRED,
        "1",
        "Influence in the form of the Formal Bilateral Influence Capacity index, its economic "
        "dependence from trade that statistics record alone",
        lambda s: s.politics.fbic,
        outcome=False,
    ),
    Metric(
        "alignment",
        PAIR,
        PAIRED,
        "1",
        "Closeness on United Nations votes, routes and integration, mean of the three, -1 to 1",
        lambda s: np.add.reduce(s.politics.alignment, axis=0) / len(axes.ISSUES),
    ),
)
