"""A host as a trader: ties to suppliers and buyers, what it buys and what it sells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.agents.country import Country
from steppe.clock import PER_YEAR
from steppe.laws import energy, trade
from steppe.laws.influence import SOFT
from steppe.world.state import PARTNER_INDEX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steppe.model import CentralAsia

    Array = NDArray[np.float64]

_HYDROCARBONS, _MINERALS = axes.GOODS.index("hydrocarbons"), axes.GOODS.index("minerals")
_MANUFACTURES = axes.GOODS.index("manufactures")
MOST_LOST = 0.99
"""Largest part of uranium sales that a moratorium ends."""
_JAPAN = axes.POWERS.index("JPN")


class Trader(Country):
    """What a host trades, good by good, from the base year's flows on."""

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
        gas = base.gas_value[self.host].sum() / PER_YEAR
        self.base_oil = exports[:, _HYDROCARBONS].sum() - gas
        self.base_minerals = exports[:, _MINERALS].sum()
        self.base_resources = max(self.base_oil + gas + self.base_minerals, 1e-9)
        self.uranium_part = base.uranium[self.host] / PER_YEAR / max(self.base_minerals, 1e-9)

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
            price[_MINERALS] = self.minerals_price(ores)
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
        if self.code == "KAZ":
            abroad[_JAPAN, _MINERALS] += s.rare_earths.revenue
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
        s.energy_revenue[h] = fuels + output[_MINERALS] * uranium

    def receive(self) -> None:
        """Book the deliveries of powers and the rest of the world (settle, third part)."""
        s, delivered = self.model.state, self.model.imports[self.host]
        s.trade[axes.POWER, self.region] = delivered[axes.POWER]
        s.trade[axes.ROW_INDEX, self.region] = delivered[axes.ROW_INDEX]

    def minerals_price(self, ores: Array) -> Array:
        """Return the log price of minerals, ores at the log price ``ores`` and uranium together."""
        part = self.uranium_part * self.model.values["uranium.effect"]
        return energy.mixed_price(ores, self._uranium_change(), part)

    def _uranium_change(self) -> Array:
        """Return the log change of uranium sales since the base year, output of mines apart."""
        m, v = self.model, self.model.values
        lost = v["nuclear.demand_loss"] * v["nuclear.moratorium"]
        result: Array = m.economy.uranium_change() + np.log1p(-np.minimum(lost, MOST_LOST))
        return result


def _shares(flows: Array) -> Array:
    """Return shares (partner, good, 1) of base flows; 0 where nothing flowed."""
    total = np.add.reduce(flows, axis=0)
    share: Array = flows / np.where(total > 0.0, total, 1.0)
    return share[:, :, None]
