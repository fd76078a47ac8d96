"""A host state of Central Asia: chooses among offers, imports, exports and grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.agents import accession
from steppe.agents.trader import Trader
from steppe.clock import PER_YEAR, ROOT_QUARTER
from steppe.laws import acceptance, growth, insecurity, organisations
from steppe.world.offers import Offers, no_offers
from steppe.world.surroundings import MN_PER_BN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steppe.model import CentralAsia

    Array = NDArray[np.float64]

_RUSSIA = axes.POWERS.index("RUS")  # powers stand first among the regions, too
_TRANSPORT, _MINING = axes.SECTORS.index("transport"), axes.SECTORS.index("minerals")
_JAPAN, _COMMERCIAL = axes.POWERS.index("JPN"), axes.WINDOWS.index("commercial")
_ANSWERS = 1
"""Cell of the rare-earth market's random numbers that decides on an answer."""


class Host(Trader):
    """Kazakhstan, Uzbekistan, Turkmenistan, Kyrgyzstan or Tajikistan."""

    def __init__(self, model: CentralAsia, code: str) -> None:
        super().__init__(model, code)
        base, v = model.base, model.values
        imports, exports = base.trade[:, self.region], base.trade[self.region]
        self.base_gdp = base.gdp[self.region] * MN_PER_BN / PER_YEAR
        self.base_import_ratio = imports.sum() / PER_YEAR / self.base_gdp
        self.base_export_ratio = exports.sum() / PER_YEAR / self.base_gdp
        self.taste = acceptance.Taste(
            hedging=v["hosts.hedging"],
            favour=v["hosts.favour"],
            content=v["hosts.local_content"],
            need=v["hosts.need"],
            returns=v["hosts.return"],
            debt=v["hosts.debt_aversion"],
            heed=v["hosts.heed"],
            routes=v["hosts.route_preference"],
            reluctance=v.over("{host}.reluctance")[self.host],
            exclusive=v["hosts.exclusive_from"],
        )
        self._proposed = no_offers(model.state.members)
        self._proposed.sector[:] = _MINING
        self.unrest_before = np.zeros(model.state.members)

    def observe(self) -> None:
        """Read the dollar price level, observed or off Russia's and oil's, and remittances."""
        m, h = self.model, self.host
        v, s = m.values, m.state
        known = m.paths
        if known.prices_observed[m.t]:
            s.log_price[self.region] = known.price[self.region, m.t]
        else:
            s.log_price[self.region] = known.known_price[self.region] + growth.price_level(
                v.over("{host}.price_pass_through")[h],
                s.log_price[_RUSSIA] - known.known_price[_RUSSIA],
                v.over("{host}.oil_pass_through")[h],
                m.economy.oil_change() - known.known_oil,
                v["growth.dollar_inflation"] * (m.years_since_base - known.known_years),
            )
        self._move_migrants()
        s.remittances[h] = growth.remittance_flow(
            m.base.remittances[h] / PER_YEAR,
            m.economy.russian_gdp(),
            v["growth.remittance_elasticity"],
            s.politics.migrants[h],
        )
        s.population[h] = m.paths.population[h, m.t]

    def _move_migrants(self) -> None:
        """Let migrants and what they send answer rights in the union, checks and policy."""
        m, h, v = self.model, self.host, self.model.values
        migrants = m.state.politics.migrants
        target = organisations.migrants_target(
            v["migrants.union_gain"],
            m.union[h] - m.relations.base_union[h],
            v["migrants.pressure_loss"],
            m.pressed[h],
            v.over("{host}.migrant_policy")[h],
        )
        migrants[h] += v["migrants.adjustment"] * (target - migrants[h])

    def decide(self) -> None:
        """Once a year, where hosts may, think about joining or leaving the customs union."""
        relations, h = self.model.relations, self.host
        relations.wish[h] = relations.politics.accession[h]
        if relations.decides_on_union():
            relations.wish[h] = accession.decision(self.model, h)

    def negotiate(self) -> None:
        """Settle rival bids for exclusive works, then choose among those that stay (2 and 3)."""
        relations = self.model.relations
        if self.code == "KAZ":
            self._answer_plants()
        offers = relations.offers
        acceptance.answer(
            self.taste,
            self.worth(offers),
            _bids(offers),
            relations.drawn["accept"],
            relations.around.prices,
            self.host,
        )

    def worth(self, offers: Offers) -> Array:
        """Return the utility of each offer to the host, (power, window, m); -inf where none is."""
        m = self.model
        return acceptance.worth(
            self.taste, m.standing, m.wishes, _bids(offers), self.host, _TRANSPORT
        )

    def _answer_plants(self) -> None:
        """Take a plant of rare earths that Japan proposes as any business offer in minerals."""
        m, plants = self.model, self.model.relations.construction.proposal
        plants.agreed[:] = False
        if not plants.size.any():
            return
        self._proposed.amount[_JAPAN, _COMMERCIAL, self.host] = plants.size
        utility = self.worth(self._proposed)[_JAPAN, _COMMERCIAL]
        chance = acceptance.probability(utility, self.taste.reluctance)
        drawn = m.rare_earths.chances[m.relations.quarter, _ANSWERS]
        plants.agreed[:] = (plants.size > 0.0) & (drawn < chance)

    def evolve(self) -> None:
        """Grow: trend, and what trade, resources, remittances and works bring beyond the usual."""
        m, h, s, v = self.model, self.host, self.model.state, self.model.values
        nominal = np.exp(s.log_real[self.region] + s.log_price[self.region])
        gdp = self.base_gdp * nominal
        imports = np.add.reduce(np.add.reduce(s.trade[:, self.region], axis=0), axis=0)
        exports = np.add.reduce(np.add.reduce(s.trade[self.region], axis=0), axis=0)
        own = np.log(
            growth.own_share(
                growth.for_use(imports / gdp, self.base_import_ratio, v["growth.openness_cap"]),
                growth.for_use(exports / gdp, self.base_export_ratio, v["growth.openness_cap"]),
            )
        )
        drift = v["growth.dollar_inflation"] * m.years_since_base
        oil = np.exp(m.economy.oil_change()) * m.pipelines.served(h) * m.pipelines.kept(h)
        ores = np.exp(drift)
        if self.uranium_part > 0.0:
            ores = np.exp(self.minerals_price(drift))
        resources = growth.resource_revenue(
            self.base_oil * oil,
            np.add.reduce(m.pipelines.value[h], axis=0),
            self.base_minerals * ores,
            self.base_resources,
            drift,
        )
        remittances = s.remittances[h] / gdp
        if m.first_quarter:
            s.own_share[h], s.resource_price[h], s.remittance_ratio[h] = own, resources, remittances
        limit = v["growth.quarterly_limit"]
        usual = m.economy.expected(h, m.t)
        grown = growth.real_growth(
            m.economy.trend(self.region, m.t + 1),
            v["growth.trade_gain"],
            v["trade.elasticity"],
            own - s.own_share[h] - usual.own_share,
            v["growth.resource_effect"],
            resources - s.resource_price[h] - usual.resources,
            v["growth.remittance_effect"],
            remittances - s.remittance_ratio[h] - usual.remittances,
            v["growth.infrastructure_elasticity"],
            m.relations.capital.growth[h] - usual.infrastructure,
            v["growth.shock_host"] * ROOT_QUARTER * m.macro_shocks[m.t, self.region]
            + self._unrest_loss(),
        )
        s.log_real[self.region] += np.minimum(np.maximum(grown, -limit), limit)
        s.own_share[h], s.resource_price[h], s.remittance_ratio[h] = own, resources, remittances

    def _unrest_loss(self) -> Array:
        """Return what unrest takes from growth, (member,): nothing where growth is observed."""
        m, h, v = self.model, self.host, self.model.values
        unrest = m.relations.insecurity.unrest(m.relations.quarter, m.t)[h]
        loss = insecurity.unrest_growth(
            v["unrest.growth_loss"], v["unrest.recovery"], unrest, self.unrest_before
        )
        if m.economy.observed(self.region, m.t + 1):
            unrest, loss = np.zeros_like(unrest), np.zeros_like(loss)
        self.unrest_before = unrest.copy()
        return loss


def _bids(offers: Offers) -> acceptance.Bids:
    return acceptance.Bids(offers.amount, offers.sector, offers.pilot, offers.accepted)
