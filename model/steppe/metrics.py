"""The metric registry: every outcome that a run records, with its dimensions, unit and formula.

A metric's formula reads the state at the end of a quarter and returns ``(dims..., member)``.  Its
cells become *series*: ``trade_share[JPN,UZB]`` is one.  Dimension names are the columns of a run's
``series.parquet``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Literal

import numpy as np

from steppe import axes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steppe.world.state import State

    Array = NDArray[np.float64]

DIMENSIONS = (
    "exporter",
    "importer",
    "good",
    "power",
    "host",
    "sector",
    "corridor",
    "link",
    "country",
    "channel",
    "organisation",
    "destination",
    "pipeline",
)
"""Every dimension that a metric may have: the columns of ``series.parquet``, in order."""

OUTCOME_QUARTERS = 20
"""Quarters at the end of a run that an outcome averages unless its metric says otherwise."""

Summary = Literal["mean", "last", "sum"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One registered metric.

    ``codes`` holds the codes of each dimension; ``summary`` says how a member's path becomes its
    outcome: the mean of the last ``OUTCOME_QUARTERS`` quarters, the last quarter or the sum of all;
    ``recorded`` (dims...) marks the cells that are kept, all when None; ``outcome`` tells whether
    the cells become columns of the member table by default; ``headline`` whether they belong in a
    run's closing table.
    """

    name: str
    dims: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    unit: str
    description: str
    formula: Callable[[State], Array]
    summary: Summary = "mean"
    recorded: NDArray[np.bool_] | None = None
    outcome: bool = True
    headline: bool = False

    @property
    def series(self) -> tuple[Series, ...]:
        """Return the recorded cells in the order of :meth:`values`."""
        cells = list(product(*self.codes))
        outcome_unit = self.unit.removesuffix("/quarter") if self.summary == "sum" else self.unit
        keep = np.ones(len(cells), bool) if self.recorded is None else self.recorded.ravel()
        return tuple(
            Series(self.name, self.dims, cell, self.unit, outcome_unit)
            for cell, kept in zip(cells, keep, strict=True)
            if kept
        )

    @property
    def recorded_cells(self) -> int:
        """Return the number of recorded cells: the rows of :meth:`values`."""
        if self.recorded is None:
            return prod(len(codes) for codes in self.codes)
        return int(np.count_nonzero(self.recorded))

    def values(self, state: State) -> Array:
        """Return the recorded cells ``(series, member)`` of the state, in the metric's unit."""
        field = self.formula(state)
        flat = field.reshape(-1, field.shape[-1])
        return flat if self.recorded is None else flat[self.recorded.ravel()]

    def write(self, state: State, out: Array) -> None:
        """Write the recorded cells of the state into ``out`` (series, member)."""
        field = self.formula(state)
        flat = field.reshape(-1, field.shape[-1])
        if self.recorded is None:
            out[:] = flat
        else:
            np.compress(self.recorded.ravel(), flat, axis=0, out=out)


@dataclass(frozen=True, slots=True)
class Series:
    """One recorded cell of a metric; its label is the outcome column's name.

    ``unit`` is that of a quarter's value, ``outcome_unit`` that of a member's outcome: a sum over
    the run is no flow any more.
    """

    metric: str
    dims: tuple[str, ...]
    cell: tuple[str, ...]
    unit: str
    outcome_unit: str

    @property
    def label(self) -> str:
        return f"{self.metric}[{','.join(self.cell)}]" if self.cell else self.metric


def _traded() -> NDArray[np.bool_]:
    """Mark the cells (exporter, importer, good) that the model computes: one side is a host."""
    host = np.array([code in axes.HOSTS for code in axes.REGIONS])
    pair = (host[:, None] | host[None, :]) & ~np.eye(len(axes.REGIONS), dtype=bool)
    return np.repeat(pair[:, :, None], len(axes.GOODS), axis=2)


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


PAIR = ("power", "host")
PAIRED = (axes.POWERS, axes.HOSTS)


def concentration(parts: Array) -> Array:
    """Return the sum of squared shares of powers; ``parts`` (power, host, member) >= 0."""
    share = parts / np.maximum(np.add.reduce(parts, axis=0), 1e-9)
    total: Array = np.add.reduce(share * share, axis=0)
    return total


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
    Metric(
        "gas_export",
        ("host", "destination"),
        (axes.HOSTS, axes.GAS_BUYERS),
        "bcm/yr",
        "Pipeline gas by who takes it; what no statistics of 2014-16 hold starts at nothing",
        lambda s: s.gas_export,
        recorded=_piped(),
    ),
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
        lambda s: s.money.by_pair(s.money.committed_now),
        summary="sum",
        headline=True,
    ),
    Metric(
        "disbursed",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Paid for projects under construction",
        lambda s: s.money.by_pair(s.money.disbursed_now),
        summary="sum",
        outcome=False,
    ),
    Metric(
        "cancelled",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Unpaid part of the projects that were cancelled",
        lambda s: s.money.by_pair(s.money.cancelled_now),
        summary="sum",
    ),
    Metric(
        "completed",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Projects completed, whole size",
        lambda s: s.money.by_pair(s.money.completed_now),
        summary="sum",
    ),
    Metric(
        "committed_by_sector",
        ("power", "sector"),
        (axes.POWERS, axes.SECTORS),
        "mn USD/quarter",
        "Projects that hosts accepted, by sector",
        lambda s: s.money.by_sector(np.add.reduce(s.money.committed_now, axis=1, keepdims=True))[
            :, 0
        ],
        summary="sum",
        outcome=False,
    ),
    Metric(
        "completed_by_sector",
        ("host", "sector"),
        (axes.HOSTS, axes.SECTORS),
        "mn USD/quarter",
        "Projects completed in the host by all powers, by sector",
        lambda s: s.money.by_sector(np.add.reduce(s.money.completed_now, axis=0, keepdims=True))[0],
        summary="sum",
        outcome=False,
    ),
    Metric(
        "committed_multilateral",
        ("power",),
        (axes.POWERS,),
        "mn USD/quarter",
        "Projects that hosts accepted and the power finances through development banks",
        lambda s: np.add.reduce(s.money.by_pair(s.money.committed_now[..., 1:2, :]), axis=1),
        summary="sum",
    ),
    Metric(
        "multilateral_value",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Projects that hosts accepted and the power finances through development banks, by host",
        lambda s: s.money.by_pair(s.money.committed_now[..., 1:2, :]),
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
        lambda s: s.money.by_pair(s.money.disbursed_now[:, :, :, 0]) - s.money.principal[:, :, 0],
    ),
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
        "Influence in the form of the Formal Bilateral Influence Capacity index",
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
    Metric(
        "infrastructure",
        ("host",),
        (axes.HOSTS,),
        "1",
        "Infrastructure capital over its trend",
        lambda s: np.exp(s.money.infrastructure_gap),
    ),
    # --- consortia ---
    Metric(
        "consortium_value",
        PAIR,
        PAIRED,
        "mn USD/quarter",
        "Projects that hosts accepted, that the power finances and another builds",
        lambda s: s.money.by_pair(s.money.committed_now[..., 2:3, :]),
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
    # --- energy ---
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
    Metric(
        "remittances",
        ("host",),
        (axes.HOSTS,),
        "mn USD/quarter",
        "Personal remittances received",
        lambda s: s.remittances,
    ),
    # --- organisations ---
    Metric(
        "membership",
        ("organisation", "host"),
        (axes.ORGANISATIONS, axes.HOSTS),
        "1",
        "Who belongs to what: 0 nobody, 0.5 an observer, 1 a member",
        lambda s: s.politics.membership,
        outcome=False,
    ),
    # --- rare earths ---
    Metric(
        "ree_price",
        (),
        (),
        "1",
        "World price of rare earths in constant dollars, 1 the usual price of 2009 (10.3 USD a kg)",
        lambda s: np.exp(s.rare_earths.price),
    ),
    Metric(
        "ree_china_share_of_japan_imports",
        (),
        (),
        "1",
        "China's part of Japan's imports of rare earths, direct shipments by weight",
        lambda s: s.rare_earths.china_share,
    ),
    Metric(
        "ree_japan_imports",
        ("country",),
        (axes.SOURCES,),
        "kt/yr",
        "Japan's imports of rare earths by source; re-processors sell on Chinese material",
        lambda s: s.rare_earths.given,
        outcome=False,
    ),
    Metric(
        "ree_output",
        ("country",),
        (axes.MINERS,),
        "kt/yr",
        "Rare earths mined",
        lambda s: s.rare_earths.output,
    ),
    Metric(
        "ree_china_exports",
        (),
        (),
        "kt/yr",
        "Rare earths that leave China, past its quota included",
        lambda s: s.rare_earths.exports,
        outcome=False,
    ),
    Metric(
        "ree_unmet",
        ("country",),
        (axes.USERS[1:],),
        "kt/yr",
        "Use of rare earths that is wanted at the price and not served",
        lambda s: s.rare_earths.unmet,
    ),
    Metric(
        "ree_stock",
        ("country",),
        (axes.USERS[1:],),
        "kt",
        "Rare earths in stock",
        lambda s: s.rare_earths.stock,
        outcome=False,
    ),
    Metric(
        "ree_restriction",
        (),
        (),
        "1",
        "China's restriction of exports: 0 none, 1 a quota, 2 a stop of shipments to Japan as well",
        lambda s: s.rare_earths.restriction,
    ),
    Metric(
        "ree_risk_memory",
        (),
        (),
        "1",
        "How far Japan remembers restrictions, 0-1",
        lambda s: s.rare_earths.memory,
        outcome=False,
    ),
)

BY_NAME = {m.name: m for m in METRICS}
