"""What is taken out of the model to see what it was worth: parameters at which a mechanism is away.

A null has its mechanism's parameters at the value that makes it do nothing, the same in all
members; everything else is drawn as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from steppe.analysis.variants import Variant

FULL = Variant("full model")


@dataclass(frozen=True)
class Null:
    """One null; ``part`` is the part of the model that it belongs to."""

    name: str
    part: str
    fixed: Mapping[str, float] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    @property
    def variant(self) -> Variant:
        return Variant(self.name, self.fixed, self.without)


POLITICS = {
    "hosts.hedging": 0.0,
    "hosts.heed": 0.0,
    "hosts.favour": 0.0,
    "hosts.route_preference": 0.0,
    "powers.balancing": 0.0,
    "projects.alignment_effect": 0.0,
    "soft.trade_pull": 0.0,
    "corridors.risk_alignment": 0.0,
    "russia.pressure_days": 0.0,
    "migrants.pressure_loss": 0.0,
    "migrants.union_gain": 0.0,
    "organisations.effects": 0.0,
    "trade.customs_union_tariff": 0.0,
}
"""Every way in which influence, alignment and organisations move trade, routes, bids and works."""

NULLS = (
    # trade
    Null("no erosion", "trade", {"trade.erosion": 0.0}),
    Null("instant trade", "trade", {"trade.adjustment": 1.0}),
    Null("no opening of China", "trade", without=("china_opens",)),
    Null("no import potential", "trade", {"trade.import_potential": 0.0}),
    Null("no openness of powers", "trade", {"trade.supply_openness": 0.0}),
    Null("no oil in trade", "trade", {"trade.oil_pass_through": 0.0}),
    Null("no shocks of pairs", "trade", {"trade.noise": 0.0}),
    Null(
        "one cost for all goods",
        "trade",
        {
            "corridors.value_of_time.*": 0.006,
            "corridors.dollars_per_tonne.*": 1000.0,
            "corridors.overland_share.*": 0.5,
        },
    ),
    Null("one good", "trade", {"trade.one_good": 1.0}),
    # growth
    Null("no gains from trade", "growth", {"growth.trade_gain": 0.0}),
    Null("no resource income", "growth", {"growth.resource_effect": 0.0}),
    Null("no remittances", "growth", {"growth.remittance_effect": 0.0}),
    Null("no Russian prices", "growth", {"*.price_pass_through": 0.0}),
    Null("no infrastructure", "growth", {"growth.infrastructure_elasticity": 0.0}),
    Null("no unrest", "growth", {"unrest.effects": 0.0}),
    # energy and minerals
    Null("no gas line to China", "gas", {"pipeline.china_*.contract": 0.0}),
    Null("no gas competition", "gas", {"gas.competition": 0.0}),
    Null("exogenous minerals", "minerals", {"rare_earths.market": 0.0}),
    Null("no new mines", "minerals", {"rare_earths.start_share": 0.0}),
    Null(
        "no thrift, panic, memory",
        "minerals",
        {
            "rare_earths.thrift_up": 0.0,
            "rare_earths.panic_rise": 0.0,
            "rare_earths.memory_rise": 0.0,
        },
    ),
    # money
    Null("no money of powers", "money", {"*.budget": 0.0}),
    Null("no machinery", "money", {"projects.machinery": 0.0}),
    Null("no hedging", "money", {"hosts.hedging": 0.0}),
    Null("no balancing", "money", {"powers.balancing": 0.0}),
    Null("no pull of kinship", "money", {"powers.kinship": 0.0}),
    Null("no pull of resources", "money", {"china.resource_pull": 0.0}),
    Null("no need of hosts", "money", {"*.concessional_need": 0.0, "hosts.need": 0.0}),
    Null("no caution", "money", {"*_caution": 0.0}),
    Null("no debt aversion", "money", {"hosts.debt_aversion": 0.0}),
    Null("no consortia", "money", {"consortia.possible": 0.0}),
    # influence
    Null("linear dependence", "influence", {"influence.convexity": 0.0}),
    Null("chi = 1", "influence", {"*.conversion": 1.0}),
    Null(
        "no soft power",
        "influence",
        {"soft.trade_pull": 0.0, "soft.channels": 0.0, "influence.weight.soft": 0.0},
    ),
    Null(
        "no organisations",
        "influence",
        {
            "organisations.effects": 0.0,
            "trade.customs_union_tariff": 0.0,
            "influence.membership_rate": 0.0,
            "migrants.union_gain": 0.0,
        },
    ),
    Null("no drift of positions", "influence", {"influence.opinion_rate": 0.0}),
    Null("no Afghan spillover", "influence", {"afghanistan.spillover": 0.0}),
    Null("no politics", "influence", POLITICS),
)

MECHANISMS = {
    "instant trade": "slow adjustment of trade",
    "one cost for all goods": "costs of their own by good",
    "one good": "goods",
    "exogenous minerals": "the market of rare earths",
    "linear dependence": "convexity of dependence",
    "chi = 1": "unequal conversion of influence",
}
"""What is taken out by nulls that are not called after it."""


def mechanism(null: str) -> str:
    """Return what a null of this name takes out of the model: ``no hedging`` is hedging."""
    return MECHANISMS.get(null, null.removeprefix("no "))


MISSING: dict[str, str] = {}
"""Nulls for which the registry has no parameter, with the parameter proposed that would give them:
none now."""
