"""Trade of powers and hosts: flows, shares and concentration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.metrics.metric import Metric

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _traded() -> NDArray[np.bool_]:
    """Mark the cells (exporter, importer, good) that the model computes: one side is a host."""
    host = np.array([code in axes.HOSTS for code in axes.REGIONS])
    pair = (host[:, None] | host[None, :]) & ~np.eye(len(axes.REGIONS), dtype=bool)
    return np.repeat(pair[:, :, None], len(axes.GOODS), axis=2)


METRICS: tuple[Metric, ...] = (
    Metric(
        "trade_value",
        ("exporter", "importer", "good"),
        (axes.REGIONS, axes.REGIONS, axes.GOODS),
        "mn USD/quarter",
        "Current-dollar trade flow from exporter to importer",
        lambda s: s.trade,
        recorded=_traded(),
        outcome=False,
    ),
    Metric(
        "trade_share",
        ("power", "host"),
        (axes.POWERS, axes.HOSTS),
        "1",
        "Power's part of the host's trade (exports and imports) with the five powers",
        lambda s: s.trade_share,
        headline=True,
    ),
    Metric(
        "trade_total",
        ("power", "host"),
        (axes.POWERS, axes.HOSTS),
        "mn USD/quarter",
        "Trade of power and host, exports plus imports, all goods",
        lambda s: s.bilateral_trade,
    ),
    Metric(
        "partner_hhi",
        ("host",),
        (axes.HOSTS,),
        "1",
        "Concentration of the host's trade: sum of squared shares of all its partners, "
        "the rest of the world as one",
        lambda s: s.partner_hhi,
    ),
)
