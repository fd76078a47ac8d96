"""The metric registry: every outcome that a run records, with its dimensions, unit and formula.

A metric's formula reads the state at the end of a quarter and returns ``(dims..., member)``.  Its
cells become *series*: ``trade_share[JPN,UZB]`` is one.  Dimension names are the columns of a run's
``series.parquet``.

Each subject has a file here; a new metric goes into the tuple of its subject.  What a metric is
stands in :mod:`steppe.metrics.metric`.
"""

from __future__ import annotations

from steppe.metrics import (
    consortia,
    corridors,
    debt,
    economy,
    energy,
    influence,
    money,
    organisations,
    rare_earths,
    trade,
)
from steppe.metrics.metric import (
    DIMENSIONS,
    OUTCOME_QUARTERS,
    PAIR,
    PAIRED,
    Metric,
    Series,
    Summary,
    concentration,
)

__all__ = [
    "BY_NAME",
    "DIMENSIONS",
    "METRICS",
    "OUTCOME_QUARTERS",
    "PAIR",
    "PAIRED",
    "Metric",
    "Series",
    "Summary",
    "concentration",
]

METRICS: tuple[Metric, ...] = (
    *trade.METRICS,
    *corridors.METRICS,
    *energy.GAS_BY_BUYER,
    *economy.PRODUCT,
    *money.METRICS,
    *debt.METRICS,
    *influence.METRICS,
    *economy.INFRASTRUCTURE,
    *consortia.METRICS,
    *energy.METRICS,
    *economy.REMITTANCES,
    *organisations.METRICS,
    *rare_earths.METRICS,
)
"""All metrics, in the order in which files and tables show them."""

BY_NAME = {m.name: m for m in METRICS}
