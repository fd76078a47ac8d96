"""Gas, oil, uranium and power plants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.metrics.metric import Metric

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _piped() -> NDArray[np.bool_]:
    """Mark the hosts that sell gas, with every buyer that a line of the table reaches."""
    reached = {
        "KAZ": ("CHN", "RUS", "ROW"),
        "UZB": ("CHN", "RUS", "ROW"),
        "TKM": ("CHN", "RUS", "TUR", "IND", "ROW", "IRN", "PAK", "AFG"),
    }
    return np.array(
        [[buyer in reached.get(host, ()) for buyer in axes.GAS_BUYERS] for host in axes.HOSTS]
    )


GAS_BY_BUYER: tuple[Metric, ...] = (
    Metric(
        "gas_export",
        ("host", "destination"),
        (axes.HOSTS, axes.GAS_BUYERS),
        "bcm/yr",
        "Pipeline gas by who takes it; what no statistics of 2014-16 hold starts at nothing",
        lambda s: s.gas_export,
        recorded=_piped(),
    ),
)

METRICS: tuple[Metric, ...] = (
    Metric(
        "gas_price",
        ("host",),
        (("KAZ", "UZB", "TKM"),),
        "MUSD/bcm",
        "Price of the host's gas at its border, mean of its lines, which is USD per 1000 m3",
        lambda s: s.gas_price,
    ),
    Metric(
        "gas_netback",
        ("pipeline",),
        (axes.GAS_LINES,),
        "1",
        "What the seller receives at its border over the Japanese LNG price",
        lambda s: s.gas_netback,
        outcome=False,
    ),
    Metric(
        "pipeline_built",
        ("pipeline",),
        (("tapi", "trans_caspian_gas"),),
        "1",
        "Part of a gas line that works and finance of the run have built",
        lambda s: s.pipeline_built[
            [axes.GAS_LINES.index(x) for x in ("tapi", "trans_caspian_gas")]
        ],
        summary="last",
    ),
    Metric(
        "oil_export",
        ("host", "pipeline"),
        (("KAZ",), axes.OIL_ROUTES),
        "Mt/yr",
        "Kazakhstan's oil by route",
        lambda s: s.pipeline_flow[None, len(axes.GAS_LINES) :],
    ),
    Metric(
        "energy_revenue",
        ("host",),
        (axes.HOSTS,),
        "mn USD/quarter",
        "Exports of hydrocarbons, gas included, and of uranium",
        lambda s: s.energy_revenue,
    ),
    Metric(
        "power_capacity",
        ("host",),
        (axes.HOSTS,),
        "MW",
        "Installed power plants",
        lambda s: s.power_capacity,
    ),
    Metric(
        "uranium_price",
        (),
        (),
        "USD/lb",
        "World price of uranium, U3O8",
        lambda s: s.uranium[None],
    ),
)
