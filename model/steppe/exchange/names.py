"""What metrics are called in IAMC files: variables, regions and units.

Names follow the conventions of IAMC databases: ``|`` goes from the whole to its parts, ``A>B`` is a
region of a flow from A to B, countries have the names of the IAMC's common definitions.  Where
parts add up, their sum is a variable of its own one level above; where they do not (days, prices,
indices) nothing stands above them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from steppe import axes, metrics
from steppe.exchange.annual import Rule
from steppe.world.base import BASE_YEARS

CENTRAL_ASIA, WORLD = "Central Asia", "World"
"""Regions that are no country: the five hosts together, and everybody."""

ENSEMBLE = "Ensemble"
"""Above all percentiles, so that nobody adds them to the means: ``Ensemble|GDP|MER|5.0th ...``."""

USD = "USD_current"
"""Dollars of the year itself.  A bare USD is that of 2005 to pyam, which would convert it."""


@dataclass(frozen=True, slots=True)
class Variable:
    """How a metric is told: ``name`` and ``region`` are patterns of its dimensions.

    ``unit`` may name the base year of constant dollars as ``{base}`` (freight does not follow
    inflation); values are ``scale`` times
    the metric's.  Dimensions in ``over`` are summed over; ``within`` keeps some codes of a
    dimension only.
    """

    metric: str
    name: str
    region: str
    unit: str
    years: Rule
    scale: float = 1.0
    over: tuple[str, ...] = ()
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def stock(self) -> bool:
        return self.years == "end"


def base_years(start: str) -> tuple[int, ...]:
    """Return the years whose mean is the base state of a run that starts in ``2017Q1``."""
    return BASE_YEARS[max(y for y in BASE_YEARS if y <= int(start[:4]))]


def base_of(start: str) -> int:
    """Return the year of a run's constant dollars, the middle of its base years."""
    years = base_years(start)
    return years[len(years) // 2]


def title(dimension: str, code: str) -> str:
    """Return how a code is written in variables and regions."""
    if code in _TITLES:
        return _TITLES[code]
    if dimension in ("link", "sector", "good", "channel"):
        return code.replace("_", " ").title()
    return axes.TITLES.get(code, code).replace("|", " ")


_TITLES = {
    "ROW": "Rest of World",
    "RUS": "Russian Federation",
    "REPROCESSORS": "Re-processors",
    "agriculture_water": "Agriculture and Water",
    "education_culture": "Education and Culture",
    "CA_JAPAN": "Central Asia plus Japan",
    "un_votes": "UN Votes",
}

_MILLION = f"million {USD}/yr"
_HOSTS = {"exporter": axes.HOSTS}
_BUYERS = {"importer": axes.HOSTS}


def _pairs(metric: str, name: str, unit: str, rule: Rule, scale: float = 1.0) -> Variable:
    """Return a variable of a host with a part a power."""
    return Variable(metric, f"{name}|{{power}}", "{host}", unit, rule, scale)


def _added(metric: str, name: str, unit: str, rule: Rule = "sum") -> tuple[Variable, Variable]:
    """Return a variable of a host with a part a power, and their sum."""
    parts = _pairs(metric, name, unit, rule)
    return parts, Variable(metric, name, "{host}", unit, rule, over=("power",))


VARIABLES: tuple[Variable, ...] = (
    # trade
    Variable("trade_value", "Bilateral Trade|{good}", "{exporter}>{importer}", _MILLION, "sum"),
    Variable(
        "trade_value", "Bilateral Trade", "{exporter}>{importer}", _MILLION, "sum", over=("good",)
    ),
    Variable(
        "trade_value",
        "Trade|Exports|{good}",
        "{exporter}",
        _MILLION,
        "sum",
        over=("importer",),
        within=_HOSTS,
    ),
    Variable(
        "trade_value",
        "Trade|Exports",
        "{exporter}",
        _MILLION,
        "sum",
        over=("importer", "good"),
        within=_HOSTS,
    ),
    Variable(
        "trade_value",
        "Trade|Imports|{good}",
        "{importer}",
        _MILLION,
        "sum",
        over=("exporter",),
        within=_BUYERS,
    ),
    Variable(
        "trade_value",
        "Trade|Imports",
        "{importer}",
        _MILLION,
        "sum",
        over=("exporter", "good"),
        within=_BUYERS,
    ),
    *_added("trade_total", "Trade with Powers", _MILLION),
    _pairs("trade_share", "Trade Share among Powers", "%", "mean", 100.0),
    Variable("partner_hhi", "Concentration Index|Trade Partners", "{host}", "", "mean"),
    # corridors and links
    Variable("corridor_share", "Corridor Share|{corridor}", "Japan", "%", "mean", 100.0),
    Variable("corridor_days", "Corridor Time|{corridor}", "Japan", "days", "mean"),
    Variable("corridor_cost", "Corridor Cost|{corridor}", "Japan", "USD_{base}/t", "mean"),
    Variable("corridor_volume", "Corridor Volume|{corridor}", CENTRAL_ASIA, "Mt/yr", "mean"),
    Variable(
        "corridor_volume", "Corridor Volume", CENTRAL_ASIA, "Mt/yr", "mean", over=("corridor",)
    ),
    Variable("link_flow", "Link Volume|{link}", CENTRAL_ASIA, "Mt/yr", "mean"),
    Variable("link_days", "Link Time|{link}", CENTRAL_ASIA, "days", "mean"),
    # economies
    Variable("gdp", "GDP|Nominal", "{country}", f"billion {USD}/yr", "mean"),
    Variable("real_gdp", "GDP|MER", "{country}", "billion USD_{base}/yr", "mean"),
    Variable("gdp_per_head", "GDP per Capita|Nominal", "{host}", f"{USD}/yr", "mean"),
    Variable("infrastructure", "Infrastructure Index", "{host}", "", "mean"),
    Variable("remittances", "Remittances|Received", "{host}", _MILLION, "sum"),
    # energy
    Variable("gas_export", "Gas Exports|Pipeline", "{host}>{destination}", "bcm/yr", "mean"),
    Variable(
        "gas_export", "Gas Exports|Pipeline", "{host}", "bcm/yr", "mean", over=("destination",)
    ),
    Variable("gas_price", "Price|Natural Gas|Border", "{host}", f"million {USD}/bcm", "mean"),
    Variable("gas_netback", "Gas Netback Ratio|{pipeline}", CENTRAL_ASIA, "", "mean"),
    Variable("pipeline_built", "Pipeline Completed|{pipeline}", CENTRAL_ASIA, "%", "end", 100.0),
    Variable("oil_export", "Oil Exports|{pipeline}", "{host}", "Mt/yr", "mean"),
    Variable("oil_export", "Oil Exports", "{host}", "Mt/yr", "mean", over=("pipeline",)),
    Variable("energy_revenue", "Revenue|Energy Exports", "{host}", _MILLION, "sum"),
    Variable("power_capacity", "Capacity|Electricity", "{host}", "GW", "end", 1e-3),
    Variable("uranium_price", "Price|Uranium", WORLD, f"{USD}/lb", "mean"),
    # money
    *_added("announced", "Project Finance|Announced", _MILLION),
    *_added("committed", "Project Finance|Committed", _MILLION),
    *_added("disbursed", "Project Finance|Disbursed", _MILLION),
    *_added("cancelled", "Project Finance|Cancelled", _MILLION),
    *_added("completed", "Project Finance|Completed", _MILLION),
    *_added("multilateral_value", "Project Finance|Committed through Banks", _MILLION),
    Variable(
        "committed_by_sector",
        "Outward Project Finance|Committed|{sector}",
        "{power}",
        _MILLION,
        "sum",
    ),
    Variable(
        "committed_by_sector",
        "Outward Project Finance|Committed",
        "{power}",
        _MILLION,
        "sum",
        over=("sector",),
    ),
    Variable(
        "committed_multilateral",
        "Outward Project Finance|Committed through Banks",
        "{power}",
        _MILLION,
        "sum",
    ),
    Variable(
        "completed_by_sector",
        "Project Finance by Sector|Completed|{sector}",
        "{host}",
        _MILLION,
        "sum",
    ),
    Variable(
        "completed_by_sector",
        "Project Finance by Sector|Completed",
        "{host}",
        _MILLION,
        "sum",
        over=("sector",),
    ),
    Variable(
        "spent_abroad", "Cumulative Spending|Transit Works", "{power}", f"million {USD}", "end"
    ),
    *_added("oda_net", "ODA|Net", _MILLION),
    *_added("consortium_value", "Consortia|Financed", _MILLION),
    *_added("consortium_piloted", "Consortia|Piloted", _MILLION),
    *_added("consortium_fee", "Consortia|Fees", _MILLION),
    *_added("consortium_count", "Consortia|Formed", "1/yr"),
    _pairs("embeddedness", "Embeddedness Index", "", "mean"),
    # debt
    *_added("debt", "Debt", f"million {USD}", "end"),
    _pairs("debt_to_gdp", "Debt to GDP", "%", "end", 100.0),
    Variable("debt_service", "Debt Service", "{host}", _MILLION, "sum"),
    Variable("creditor_hhi", "Concentration Index|Creditors", "{host}", "", "end"),
    # influence and politics
    _pairs("influence_share", "Influence Share", "%", "mean", 100.0),
    Variable("autonomy", "Influence Share|Autonomy", "{host}", "%", "mean", 100.0),
    Variable(
        "influence_capacity", "Influence Capacity Index|{power}|{channel}", "{host}", "", "mean"
    ),
    _pairs("dependence", "Dependence Index", "", "mean"),
    _pairs("fbic", "Formal Bilateral Influence Capacity", "", "mean"),
    _pairs("alignment", "Alignment Index", "", "mean"),
    Variable("multivector_index", "Multi-Vector Index", "{host}", "", "mean"),
    Variable("membership", "Membership|{organisation}", "{host}", "", "end"),
    # rare earths
    Variable("ree_price", "Price Index|Rare Earths", WORLD, "", "mean"),
    Variable("ree_output", "Rare Earths|Production", "{country}", "kt/yr", "mean"),
    Variable("ree_japan_imports", "Rare Earths|Imports|{country}", "Japan", "kt/yr", "mean"),
    Variable(
        "ree_japan_imports", "Rare Earths|Imports", "Japan", "kt/yr", "mean", over=("country",)
    ),
    Variable("ree_china_exports", "Rare Earths|Exports", "China", "kt/yr", "mean"),
    Variable("ree_unmet", "Rare Earths|Unmet Demand", "{country}", "kt/yr", "mean"),
    Variable("ree_stock", "Rare Earths|Stocks", "{country}", "kt", "end"),
    Variable(
        "ree_china_share_of_japan_imports",
        "Rare Earth Import Share|China",
        "Japan",
        "%",
        "mean",
        1e2,
    ),
    Variable("ree_restriction", "Rare Earth Export Restriction Index", "China", "", "mean"),
    Variable("ree_risk_memory", "Rare Earth Risk Memory Index", "Japan", "", "mean"),
)
"""All variables, in the order of files and of docs/iamc.md."""


def percentiles_by_quarter(variable: Variable) -> bool:
    """Tell whether percentiles of a year can be made of those of its quarters.

    They cannot for sums over cells, nor for projects, which come in few large pieces: most quarters
    have none.
    """
    if variable.over:
        return False
    return variable.stock or metrics.BY_NAME[variable.metric].summary != "sum"
