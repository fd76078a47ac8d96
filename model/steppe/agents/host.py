"""A host state of Central Asia: chooses among offers, imports, exports and grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.agents.country import Country
from steppe.clock import PER_YEAR, ROOT_QUARTER
from steppe.laws import acceptance, energy, growth, insecurity, organisations, trade
from steppe.laws.influence import SOFT
from steppe.world.state import PARTNER_INDEX
from steppe.world.surroundings import MN_PER_BN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steppe.model import CentralAsia

    Array = NDArray[np.float64]

_RUSSIA = axes.POWERS.index("RUS")  # powers stand first among the regions, too
_HYDROCARBONS, _MINERALS = axes.GOODS.index("hydrocarbons"), axes.GOODS.index("minerals")
_MANUFACTURES = axes.GOODS.index("manufactures")
MOST_LOST = 0.99
"""Largest part of uranium sales that a moratorium ends."""
_TRANSPORT, _MINING = axes.SECTORS.index("transport"), axes.SECTORS.index("minerals")
_JAPAN, _COMMERCIAL = axes.POWERS.index("JPN"), axes.WINDOWS.index("commercial")
_ANSWERS = 1
"""Cell of the rare-earth market's random numbers that decides on an answer."""
_CORRIDORS, _INTEGRATION = axes.ISSUES.index("corridors"), axes.ISSUES.index("integration")


class Host(Country):
    """Kazakhstan, Uzbekistan, Turkmenistan, Kyrgyzstan or Tajikistan."""

    def __init__(self, model: CentralAsia, code: str) -> None:
        super().__init__(model, code)
        self.host = axes.HOSTS.index(code)
        base = model.base
        imports = base.trade[:, self.region] / PER_YEAR
        exports = base.trade[self.region] / PER_YEAR
        self.base_imports = np.add.reduce(imports, axis=0)[:, None]
        self.base_import_share = _shares(imports)
        self.base_machinery = imports[axes.POWER, _MANUFACTURES, None]
        abroad = exports[PARTNER_INDEX].copy()
        abroad[:, _HYDROCARBONS] -= base.gas_value[self.host] / PER_YEAR
        self.base_export_share = _shares(abroad)
        nearby = np.add.reduce(exports[axes.HOST], axis=0)[:, None]
        self.base_output = np.add.reduce(abroad, axis=0)[:, None] + nearby
        near = nearby / np.where(self.base_output > 0.0, self.base_output, 1.0)
        self.base_sold_nearby = near
        self.base_gdp = base.gdp[self.region] * MN_PER_BN / PER_YEAR
        self.base_import_ratio = imports.sum() / self.base_gdp
        self.base_export_ratio = exports.sum() / self.base_gdp
        gas = base.gas_value[self.host].sum() / PER_YEAR
        self.base_oil = exports[:, _HYDROCARBONS].sum() - gas
        self.base_minerals = exports[:, _MINERALS].sum()
        self.base_resources = max(self.base_oil + gas + self.base_minerals, 1e-9)
        self.uranium_part = base.uranium[self.host] / PER_YEAR / max(self.base_minerals, 1e-9)
        self.utility: Array | None = None
        self.stays = np.zeros(0, bool)
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
        relations, migrants = m.relations, m.state.politics.migrants
        target = organisations.migrants_target(
            v["migrants.union_gain"],
            relations.diplomacy.customs_union()[h] - relations.base_union[h],
            v["migrants.pressure_loss"],
            relations.pressed()[h],
            v.over("{host}.migrant_policy")[h],
        )
        migrants[h] += v["migrants.adjustment"] * (target - migrants[h])

    def decide(self) -> None:
        """Once a year, where hosts may, think about joining or leaving the customs union."""
        m, h, v = self.model, self.host, self.model.values
        relations, politics = m.relations, m.relations.politics
        relations.wish[h] = politics.accession[h]
        if not relations.decides_on_union():
            return
        around, gdp = relations.around, relations.around.gdp[self.region] * MN_PER_BN
        union = relations.diplomacy.customs_union()
        flows = around.imports[h] + around.exports[h]  # (region, member)
        with_members = flows[_RUSSIA] + np.add.reduce(flows[axes.HOST] * union, axis=0)
        ties = PER_YEAR * flows[axes.POWER] + relations.money.debt[:, h]
        share, herfindahl = acceptance.concentration(ties + relations.money.capital[:, h])
        wary = v.over("{power}.wary_of_russia")[:, None, None]  # (rival, 1, 1, member)
        utility = organisations.accession_utility(
            with_members / np.maximum(np.add.reduce(flows, axis=0), 1e-9),
            PER_YEAR * around.remittances[h] / gdp,
            relations.pressure_seen[h],
            politics.position[_INTEGRATION, h],
            organisations.autonomy_loss(
                acceptance.hedging(share, herfindahl, v["hosts.hedging"])[_RUSSIA],
                v["hosts.hedging"] * v["accession.autonomy"],
                v.over("{host}.autonomy")[h],
            ),
            acceptance.opposed(politics.share[:, h], wary, v["hosts.heed"])[0, 0],
            (
                v["accession.market"],
                v["accession.migrants"],
                v["accession.pressure"],
                v["accession.leaning"],
            ),
        )
        rate = v["accession.rate"] * v["organisations.endogenous"]
        relations.wish[h] = organisations.decision(
            v.over("{host}.eaeu")[h],
            politics.accession[h],
            rate * acceptance.probability(utility, v["accession.threshold"]),
            rate * acceptance.probability(-utility, v["accession.inertia"]),
            relations.luck(h),
        )

    def settle_bids(self) -> None:
        """Let the best of rival bids for exclusive works stay (negotiate, 2)."""
        m, h, offers = self.model, self.host, self.model.relations.offers
        made = offers.amount[:, :, h] > 0.0
        self.utility = None
        if not made.any():
            return
        utility = self._value(offers.sector[:, :, h])
        pilot = offers.pilot[:, :, h]
        if (pilot >= 0).any():
            utility += self._pilots_add(pilot)
        shape = (-1, m.state.members)
        bids = np.where(made, utility, -np.inf).reshape(shape)
        large = offers.amount[:, :, h] >= (
            m.values["hosts.exclusive_from"] * m.relations.around.prices
        )
        stays = acceptance.best_bids(
            bids, offers.sector[:, :, h].reshape(shape), large.reshape(shape)
        )
        self.utility, self.stays = utility, made & stays.reshape(made.shape)

    def negotiate(self) -> None:
        """Choose among the bids that stay: multi-vector acceptance (negotiate, 3)."""
        m, h, offers = self.model, self.host, self.model.relations.offers
        if self.code == "KAZ":
            self._answer_plants()
        if self.utility is None:
            offers.accepted[:, :, h] = False
            return
        chance = acceptance.probability(self.utility, m.values.over("{host}.reluctance")[h])
        agreed = m.relations.drawn["accept"][:, :, h] < chance
        offers.accepted[:, :, h] = agreed & self.stays

    def _pilots_add(self, pilot: NDArray[np.intp]) -> Array:
        """Return what a pilot's local content adds to the worth of offers (power, window, m)."""
        v = self.model.values
        content = v.over("{power}.local_content")
        builder = np.where(pilot >= 0, pilot, np.arange(len(content))[:, None, None])
        more = np.take_along_axis(content[:, None], builder, axis=0) - content[:, None]
        result: Array = v["hosts.local_content"] * np.maximum(more, 0.0)
        return result

    def _answer_plants(self) -> None:
        """Take a plant of rare earths that Japan proposes as any business offer in minerals."""
        m, plants = self.model, self.model.relations.construction.proposal
        plants.agreed[:] = False
        if not plants.size.any():
            return
        sector = np.full((len(axes.POWERS), len(axes.WINDOWS), m.state.members), _MINING)
        utility = self._value(sector)[_JAPAN, _COMMERCIAL]
        chance = acceptance.probability(utility, m.values.over("{host}.reluctance")[self.host])
        drawn = m.rare_earths.chances[m.relations.quarter, _ANSWERS]
        plants.agreed[:] = (plants.size > 0.0) & (drawn < chance)

    def _value(self, sector: NDArray[np.intp]) -> Array:
        """Return the utility of each offer, (power, window, member), by its ``sector``."""
        m, h, v = self.model, self.host, self.model.values
        politics, money, s = m.relations.politics, m.relations.money, m.relations.setting
        gdp = m.relations.around.gdp[self.region] * MN_PER_BN
        owed = money.debt[:, h]
        around = m.relations.around
        flows = around.imports[h, axes.POWER] + around.exports[h, axes.POWER]
        share, herfindahl = acceptance.concentration(PER_YEAR * flows + owed + money.capital[:, h])
        by_power = (
            acceptance.hedging(share, herfindahl, v["hosts.hedging"])
            + acceptance.favour(politics.share[:, h], v["hosts.favour"])
            + v["hosts.local_content"] * v.over("{power}.local_content")
        )
        wanted = m.relations.plants.wanted[h][sector, np.arange(m.state.members)]
        utility: Array = v["hosts.need"] * wanted
        utility += 0.5 * v["hosts.return"] * s.endowment[h][sector]
        utility[:, 0] += acceptance.GRANT_VALUE * v["hosts.need"]
        utility += by_power[:, None]
        burden = np.add.reduce(owed * (1.0 - m.relations.secured[:, h]), axis=0) / gdp
        aversion = acceptance.debt_aversion(burden, v["hosts.debt_aversion"])
        utility += aversion * m.relations.lent[:, h]
        heeded = politics.share[:, h].copy()  # who leans towards the union heeds Russia more
        heeded[_RUSSIA] *= np.maximum(1.0 + politics.position[_INTEGRATION, h], 0.0)
        opposed = acceptance.opposed(heeded, m.relations.opposition, v["hosts.heed"])
        routes = politics.alignment[_CORRIDORS, :, h] * v["hosts.route_preference"]
        utility += np.take_along_axis(opposed, sector, axis=1)
        utility += np.where(sector == _TRANSPORT, routes[:, None], 0.0)
        return utility

    def weigh_ties(self) -> None:
        """Move the ties to suppliers and buyers towards what size, cost and history imply."""
        m, h, s, v = self.model, self.host, self.model.state, self.model.values
        theta, speed = v["trade.elasticity"], v["trade.adjustment"]
        tariff = theta * m.tariff_change(h)
        eroded = trade.erosion(
            m.residual[:, h],
            v["trade.erosion"] * v.over("{power}.erosion_factor"),
            m.years_since_base,
        )
        target = m.supply - tariff
        target[axes.POWER] += eroded + v.over("{power}.market_access")
        politics, diplomacy = m.relations.politics, m.relations.diplomacy
        liked = politics.channel[:, h, SOFT] - diplomacy.soft_before[:, h]
        target[axes.POWER] += v["soft.channels"] * v["soft.trade_pull"] * liked
        trade.adjust(s.tie_import[h], target, speed)
        trade.adjust(s.cost_import[h], -theta * m.cost_change(h), speed)
        pull = m.demand.copy()
        pull[axes.POWER] += eroded
        trade.adjust(s.tie_export[h], pull, speed)
        partners = m.cost_change(h)[PARTNER_INDEX]
        trade.adjust(s.cost_export[h], -theta * partners, speed)

    def buy(self) -> None:
        """Allocate import demand over all suppliers (settle, first part)."""
        m, h, s, v = self.model, self.host, self.model.state, self.model.values
        change = s.tie_import[h][:, None] + s.cost_import[h]
        change[axes.POWER] += s.noise_import[h][:, None]
        share, potential = trade.allocate(self.base_import_share, change)
        demand = trade.import_demand(
            self.base_imports,
            s.log_real[self.region],
            s.log_price[self.region],
            potential,
            s.world_supply,
            v["trade.import_size"],
            v["trade.import_price"],
            v["trade.import_potential"],
        )
        m.imports[h] = share * demand
        bought = m.imports[h, axes.POWER, _MANUFACTURES]
        m.imports[h, axes.POWER, _MANUFACTURES] = trade.with_machinery(
            bought, self.base_machinery, *m.relations.capital.machinery(h)
        )

    def sell(self) -> None:
        """Serve neighbours, then allocate the rest over destinations (settle, second part)."""
        m, h, s, v = self.model, self.host, self.model.state, self.model.values
        price = np.empty((len(axes.GOODS), s.members))
        price[:] = ores = v["trade.export_price"] * s.log_price[self.region]
        oil = v["trade.oil_pass_through"]
        price[_HYDROCARBONS] *= 1.0 - oil
        price[_HYDROCARBONS] += oil * m.economy.oil_change()
        if self.uranium_part > 0.0:
            price[_MINERALS] = self._minerals_price(ores)
        output = trade.export_supply(
            self.base_output, s.log_real[self.region], price, v["trade.export_size"]
        )
        demanded = np.add.reduce(m.imports[:, self.region], axis=0)
        nearby = np.maximum(1.0 - v["trade.sold_farther"], self.base_sold_nearby)
        served = trade.ration(demanded, nearby * output)
        change = s.tie_export[h][:, None] + s.cost_export[h]
        change[axes.POWER] += s.noise_export[h][:, None]
        share, _ = trade.allocate(self.base_export_share, change)
        to_neighbours = m.imports[:, self.region] * served
        s.trade[self.region, axes.HOST] = to_neighbours
        nearby_sales = np.add.reduce(to_neighbours, axis=0)
        rest = output - nearby_sales
        rest[_HYDROCARBONS] *= m.pipelines.served(h)
        output = nearby_sales + rest
        abroad = share * rest
        abroad[:, _HYDROCARBONS] += m.pipelines.value[h]
        mined = output[_MINERALS].copy()
        if self.code == "KAZ":
            to_japan, to_others = m.rare_earths.plants_sell()
            abroad[_JAPAN, _MINERALS] += to_japan
            abroad[-1, _MINERALS] += to_others
            output[_MINERALS] += s.rare_earths.revenue
        s.trade[self.region, axes.POWER] = abroad[axes.POWER]
        s.trade[self.region, axes.ROW_INDEX] = abroad[-1]
        m.output[h] = output
        fuels = np.add.reduce(s.trade[self.region, :, _HYDROCARBONS], axis=0)
        uranium = energy.uranium_share(
            price[_MINERALS],
            self._uranium_change(),
            ores,
            np.full(s.members, self.uranium_part),
            v["uranium.effect"],
        )
        s.energy_revenue[h] = fuels + mined * uranium

    def _minerals_price(self, ores: Array) -> Array:
        """Return the log price of minerals, ores at the log price ``ores`` and uranium together."""
        part = self.uranium_part * self.model.values["uranium.effect"]
        return energy.mixed_price(ores, self._uranium_change(), part)

    def _uranium_change(self) -> Array:
        """Return the log change of uranium sales since the base year, output of mines apart."""
        m, v = self.model, self.model.values
        lost = v["nuclear.demand_loss"] * v["nuclear.moratorium"]
        result: Array = m.economy.uranium_change() + np.log1p(-np.minimum(lost, MOST_LOST))
        return result

    def receive(self) -> None:
        """Book the deliveries of powers and the rest of the world (settle, third part)."""
        s, delivered = self.model.state, self.model.imports[self.host]
        s.trade[axes.POWER, self.region] = delivered[axes.POWER]
        s.trade[axes.ROW_INDEX, self.region] = delivered[axes.ROW_INDEX]

    def evolve(self) -> None:
        """Grow: trend, trade gains, resource prices, remittances, infrastructure and a shock."""
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
            ores = np.exp(self._minerals_price(drift))
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
        s.log_real[self.region] += np.clip(
            growth.real_growth(
                m.economy.trend(self.region, m.t + 1),
                v["growth.trade_gain"],
                v["trade.elasticity"],
                own - s.own_share[h],
                v["growth.resource_effect"],
                resources - s.resource_price[h],
                v["growth.remittance_effect"],
                remittances - s.remittance_ratio[h],
                v["growth.shock_host"] * ROOT_QUARTER * m.macro_shocks[m.t, self.region]
                + v["growth.infrastructure_elasticity"] * m.relations.capital.growth[h]
                + self._unrest_loss(),
            ),
            -limit,
            limit,
        )
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


def _shares(flows: Array) -> Array:
    """Return shares (partner, good, 1) of base flows; 0 where nothing flowed."""
    total = np.add.reduce(flows, axis=0)
    share: Array = flows / np.where(total > 0.0, total, 1.0)
    return share[:, :, None]
