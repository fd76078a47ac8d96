"""Debts of hosts to powers."""

from __future__ import annotations

from steppe import axes
from steppe.metrics.metric import PAIR, PAIRED, Metric, concentration

METRICS: tuple[Metric, ...] = (
    Metric(
        "debt",
        PAIR,
        PAIRED,
        "mn USD",
        "Owed by the host to the power",
        lambda s: s.money.debt,
        outcome=False,
    ),
    Metric(
        "debt_to_gdp",
        PAIR,
        PAIRED,
        "1",
        "Debt to the power over the host's nominal GDP",
        lambda s: s.money.debt / (s.gdp[axes.HOST] * 1000.0),
    ),
    Metric(
        "creditor_hhi",
        ("host",),
        (axes.HOSTS,),
        "1",
        "Concentration of debt among the five powers, sum of squared shares",
        lambda s: concentration(s.money.debt),
    ),
    Metric(
        "debt_service",
        ("host",),
        (axes.HOSTS,),
        "mn USD/quarter",
        "Interest and principal due to the five powers",
        lambda s: s.money.due,
        outcome=False,
    ),
)
