"""How a recorded series is called for a reader: a title in words, its unit, its numbers.

The seminar page and reports tell outcomes by these words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from steppe import axes, metrics

PERCENT = frozenset(
    {
        "trade_share",
        "corridor_share",
        "influence_share",
        "autonomy",
        "debt_to_gdp",
        "pipeline_built",
        "ree_china_share_of_japan_imports",
    }
)
"""Metrics with unit 1 that a reader knows as a percentage."""

TITLES = {
    "trade_value": "Exports of {2}, {0} to {1}",
    "trade_share": "{0}'s share of trade with {1}",
    "trade_total": "Trade of {0} with {1}",
    "partner_hhi": "Concentration of {0}'s trade partners",
    "corridor_share": "{0} corridor's share of Japan's trade",
    "corridor_days": "Days through the {0} corridor",
    "corridor_cost": "Cost of freight, {0} corridor",
    "corridor_volume": "Freight through the {0} corridor",
    "link_flow": "Freight on the link {0}",
    "link_days": "Days on the link {0}",
    "gas_export": "Gas from {0} to {1}",
    "gdp": "GDP of {0}, current dollars",
    "gdp_per_head": "GDP per head, {0}",
    "real_gdp": "Real GDP of {0}",
    "announced": "{0}'s announcements for {1}",
    "committed": "{0}'s projects accepted by {1}",
    "disbursed": "{0}'s payments for projects in {1}",
    "cancelled": "{0}'s projects cancelled in {1}",
    "completed": "{0}'s projects completed in {1}",
    "committed_by_sector": "{0}'s accepted projects, {1}",
    "completed_by_sector": "Completed projects in {0}, {1}",
    "committed_multilateral": "{0}'s projects through development banks",
    "multilateral_value": "{0}'s projects through development banks in {1}",
    "spent_abroad": "{0}'s spending on works in transit countries",
    "oda_net": "{0}'s net aid to {1}",
    "debt": "{1}'s debt to {0}",
    "debt_to_gdp": "{1}'s debt to {0}, part of GDP",
    "creditor_hhi": "Concentration of {0}'s creditors",
    "debt_service": "Debt service of {0}",
    "multivector_index": "Number of powers that {0} leans on",
    "dependence": "Dependence of {1} on {0}",
    "influence_capacity": "{0}'s {2} influence capacity in {1}",
    "influence_share": "{0}'s influence in {1}",
    "autonomy": "Autonomy of {0}",
    "fbic": "{0}'s FBIC index in {1}",
    "alignment": "Alignment of {0} and {1}",
    "infrastructure": "Infrastructure of {0}",
    "consortium_value": "{0}'s projects in {1} that another builds",
    "consortium_count": "{0}'s consortia in {1}",
    "consortium_piloted": "Projects in {1} that {0} builds for another",
    "consortium_fee": "{0}'s fees as the pilot in {1}",
    "embeddedness": "How well {0}'s contractors know {1}",
    "gas_price": "Price of {0}'s gas at the border",
    "gas_netback": "Gas netback of {0}",
    "pipeline_built": "{0}: part that is built",
    "oil_export": "Oil of {0}, {1}",
    "energy_revenue": "Energy revenue of {0}",
    "power_capacity": "Power plants in {0}",
    "uranium_price": "World price of uranium",
    "remittances": "Remittances to {0}",
    "membership": "{1} in the {0}",
    "ree_price": "World price of rare earths",
    "ree_china_share_of_japan_imports": "China's share of Japan's rare-earth imports",
    "ree_japan_imports": "Japan's rare-earth imports from {0}",
    "ree_output": "Rare-earth output of {0}",
    "ree_china_exports": "China's rare-earth exports",
    "ree_unmet": "Rare earths wanted and not served, {0}",
    "ree_stock": "Rare-earth stock of {0}",
    "ree_restriction": "China's restriction of rare-earth exports",
    "ree_risk_memory": "Japan's memory of rare-earth restrictions",
}
"""Titles by metric; ``{0}`` is the series' first code in words, ``{1}`` its second."""

UNITS = {
    "1": "index",
    "mn USD/quarter": "mn USD a quarter",
    "mn USD": "mn USD",
    "days": "days",
    "USD/t": "USD per tonne",
    "Mt/yr": "Mt a year",
    "bcm/yr": "bn m³ a year",
    "bn USD/yr": "bn USD a year",
    "USD/yr": "USD a year",
    "bn base-year USD/yr": "bn base-year USD a year",
    "MUSD/bcm": "USD per 1000 m³",
    "MW": "MW",
    "USD/lb": "USD per pound",
    "kt/yr": "kt a year",
    "kt": "kt",
}

_LABEL = re.compile(r"([a-z_]+)(?:\[([^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class Face:
    """How a series is shown: values are multiplied by ``factor``."""

    label: str
    title: str
    unit: str
    factor: float

    @property
    def change_unit(self) -> str:
        """Unit of a difference."""
        return "percentage points" if self.unit == "%" else self.unit


@lru_cache(maxsize=4096)
def face(label: str) -> Face:
    """Return the title and the unit of a series; ``KeyError`` for an unknown label."""
    match = _LABEL.fullmatch(label)
    if match is None or match[1] not in metrics.BY_NAME:
        raise KeyError(label)
    metric = metrics.BY_NAME[match[1]]
    codes = tuple(match[2].split(",")) if match[2] else ()
    known = len(codes) == len(metric.dims) and all(
        code in own for code, own in zip(codes, metric.codes, strict=True)
    )
    if not known:
        raise KeyError(label)
    title = TITLES[metric.name].format(*(words(code) for code in codes))
    percent = metric.name in PERCENT
    unit = "%" if percent else UNITS.get(metric.unit, metric.unit)
    return Face(label, title[:1].upper() + title[1:], unit, 100.0 if percent else 1.0)


def words(code: str) -> str:
    """Return a code of an axis in words."""
    return axes.TITLES.get(code, code.replace("_", " "))


def number(value: float, unit: str = "", *, sign: bool = False) -> str:
    """Return a number as a reader says it: three digits, thousands apart, with its unit."""
    if not np.isfinite(value):
        return "no value"
    size = abs(value)
    if unit in ("%", "percentage points"):
        digits = 3 if 0 < size < 0.1 else 2 if 0 < size < 10 else 1
    elif size >= 100 or size == 0:
        digits = 0
    else:
        digits = 1 if size >= 10 else 2 if size >= 1 else 3
    text = f"{value:+,.{digits}f}" if sign else f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.replace("-", "").replace("+", "")
    text = text.replace("-", "\N{MINUS SIGN}")
    short = {"percentage points": "pp", "index": ""}.get(unit, unit)
    return f"{text} {short}".rstrip()
