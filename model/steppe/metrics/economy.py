"""Economies of the hosts and of everybody: product, infrastructure, remittances."""

from __future__ import annotations

import numpy as np

from steppe import axes
from steppe.metrics.metric import Metric

PRODUCT: tuple[Metric, ...] = (
    Metric(
        "gdp",
        ("country",),
        (axes.REGIONS,),
        "bn USD/yr",
        "Nominal gross domestic product, annual rate",
        lambda s: s.real_gdp * s.price_level,
        headline=True,
    ),
    Metric(
        "gdp_per_head",
        ("host",),
        (axes.HOSTS,),
        "USD/yr",
        "Nominal gross domestic product per head, annual rate",
        lambda s: s.gdp_per_head,
    ),
    Metric(
        "real_gdp",
        ("country",),
        (axes.REGIONS,),
        "bn base-year USD/yr",
        "Real gross domestic product at base-year dollar prices, annual rate",
        lambda s: s.real_gdp,
        outcome=False,
    ),
)

INFRASTRUCTURE: tuple[Metric, ...] = (
    Metric(
        "infrastructure",
        ("host",),
        (axes.HOSTS,),
        "1",
        "Infrastructure capital over its trend",
        lambda s: np.exp(s.money.infrastructure_gap),
    ),
)

REMITTANCES: tuple[Metric, ...] = (
    Metric(
        "remittances",
        ("host",),
        (axes.HOSTS,),
        "mn USD/quarter",
        "Personal remittances received",
        lambda s: s.remittances,
    ),
)
