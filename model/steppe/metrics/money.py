"""Money of powers in hosts, from the announcement to the finished project."""

from __future__ import annotations

import numpy as np

from steppe import axes
from steppe.metrics.metric import PAIR, PAIRED, Metric

METRICS: tuple[Metric, ...] = (
    Metric(
        "announced",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Announced by the power for the host: pledges and memoranda, outside its budgets",
        lambda s: s.money.pledged_now,
        summary="sum",
    ),
    Metric(
        "committed",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Projects that the host accepted, whole size",
        lambda s: np.add.reduce(s.money.committed_modes, axis=2),
        summary="sum",
        headline=True,
    ),
    Metric(
        "disbursed",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Paid for projects under construction",
        lambda s: np.add.reduce(s.money.disbursed_windows, axis=2),
        summary="sum",
        outcome=False,
    ),
    Metric(
        "cancelled",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Unpaid part of the projects that were cancelled",
        lambda s: s.money.cancelled_pairs,
        summary="sum",
    ),
    Metric(
        "completed",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Projects completed, whole size",
        lambda s: np.add.reduce(s.money.completed_sectors, axis=2),
        summary="sum",
    ),
    Metric(
        "committed_by_sector",
        ("power", "sector"),
        (axes.POWERS, axes.SECTORS),
        "mn USD/quarter",
        "Projects that hosts accepted, by sector",
        lambda s: np.add.reduce(s.money.by_sector(s.money.committed_now), axis=1),
        summary="sum",
        outcome=False,
    ),
    Metric(
        "completed_by_sector",
        ("host", "sector"),
        (axes.HOSTS, axes.SECTORS),
        "mn USD/quarter",
        "Projects completed in the host by all powers, by sector",
        lambda s: np.add.reduce(s.money.completed_sectors, axis=0),
        summary="sum",
        outcome=False,
    ),
    Metric(
        "committed_multilateral",
        ("power",),
        (axes.POWERS,),
        "mn USD/quarter",
        "Projects that hosts accepted and the power finances through development banks",
        lambda s: np.add.reduce(s.money.committed_modes[:, :, 1], axis=1),
        summary="sum",
    ),
    Metric(
        "multilateral_value",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Projects that hosts accepted and the power finances through development banks, by host",
        lambda s: s.money.committed_modes[:, :, 1],
        summary="sum",
        outcome=False,
    ),
    Metric(
        "spent_abroad",
        ("power",),
        (axes.POWERS,),
        "mn USD",
        "Spent on works in transit countries since 1997",
        lambda s: np.add.reduce(s.money.abroad, axis=1),
        summary="last",
    ),
    Metric(
        "oda_net",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Concessional disbursement less repaid principal of concessional loans",
        lambda s: s.money.disbursed_windows[:, :, 0] - s.money.principal[:, :, 0],
    ),
)
