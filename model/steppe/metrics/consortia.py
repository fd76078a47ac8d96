"""Projects that one power finances and another one builds."""

from __future__ import annotations

from steppe.metrics.metric import PAIR, PAIRED, Metric

METRICS: tuple[Metric, ...] = (
    Metric(
        "consortium_value",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Projects that hosts accepted, that the power finances and another builds",
        lambda s: s.money.committed_modes[:, :, 2],
        summary="sum",
    ),
    Metric(
        "consortium_count",
        PAIR,
        PAIRED,
        "1",
        "Consortia formed with the power as the financier, a number in the quarter",
        lambda s: s.money.formed_now,
        summary="sum",
    ),
    Metric(
        "consortium_piloted",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Projects that hosts accepted, that another finances and the power builds as the pilot",
        lambda s: s.money.piloted_now,
        summary="sum",
    ),
    Metric(
        "consortium_fee",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "What the power as the pilot is paid for its part in them, within their size",
        lambda s: s.money.fees_now,
        summary="sum",
        outcome=False,
    ),
    Metric(
        "embeddedness",
        PAIR,
        PAIRED,
        "1",
        "How well the power's contractors know the host",
        lambda s: s.politics.embedded,
        outcome=False,
    ),
)
