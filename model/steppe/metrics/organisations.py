"""Memberships in organisations."""

from __future__ import annotations

from steppe import axes
from steppe.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric(
        "membership",
        ("organisation", "host"),
        (axes.ORGANISATIONS, axes.HOSTS),
        "1",
        "Who belongs to what: 0 nobody, 0.5 an observer, 1 a member",
        lambda s: s.politics.membership,
        outcome=False,
    ),
)
