"""A host as a trader: ties to suppliers and buyers, what it buys and what it sells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steppe import axes
from steppe.agents.country import Country
from steppe.clock import PER_YEAR
from steppe.laws import energy, ties, trade
from steppe.laws.influence import SOFT
from steppe.world.state import PARTNER_INDEX, R

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
        self.base_imports = np.add.reduce(imports, axis=0)
        self.base_import_share = _shares(imports)
        self.base_machinery = imports[axes.POWER, _MANUFACTURES].copy()
        abroad = exports[PARTNER_INDEX].copy()
        abroad[:, _HYDROCARBONS] -= base.gas_value[self.host] / PER_YEAR
        self.base_export_share = _shares(abroad)
        nearby = np.add.reduce(exports[axes.HOST], axis=0)[:, None]
        self.base_output = np.add.reduce(abroad, axis=0)[:, None] + nearby
        near = nearby / np.where(self.base_output > 0.0, self.base_output, 1.0)
        self.base_sold_nearby = near[:, 0].copy()
        gas = base.gas_value[self.host].sum() / PER_YEAR
        self.base_oil = exports[:, _HYDROCARBONS].sum() - gas
        self.base_minerals = exports[:, _MINERALS].sum()
        self.base_resources = max(self.base_oil + gas + self.base_minerals, 1e-9)
        s, members = model.state, model.state.members
        h = self.host
        self.ties = ties.Ties(s.tie_import[h], s.cost_import[h], s.tie_export[h], s.cost_export[h])
        self.residual = model.residual[:, h, :].copy()
        self._odds = np.empty((R, len(axes.GOODS), members))
        self._abroad = np.empty((len(PARTNER_INDEX), len(axes.GOODS), members))
        self._closed = np.zeros(members)
        self.uranium_part = base.uranium[self.host] / PER_YEAR / max(self.base_minerals, 1e-9)

    def weigh_ties(self) -> None:
        """Move the ties to suppliers and buyers towards what size, cost and history imply."""
        m, h, v = self.model, self.host, self.model.values
        politics, diplomacy = m.relations.politics, m.relations.diplomacy
        liked = politics.channel[:, h, SOFT] - diplomacy.soft_before[:, h]
        pulls = ties.Pulls(
            supply=m.supply,
            demand=m.demand,
            tariff=m.tariffs[h],
            cost=m.cost_change(h),
            residual=self.residual,
            erosion=v["trade.erosion"] * v.over("{power}.erosion_factor"),
            access=v.over("{power}.market_access"),
            liked=v["soft.channels"] * v["soft.trade_pull"] * liked,
        )
        theta, speed = v["trade.elasticity"], v["trade.adjustment"]
        ties.move_ties(self.ties, pulls, PARTNER_INDEX, theta, speed, m.years_since_base)

    def buy(self) -> None:
        """Allocate import demand over all suppliers (settle, first part)."""
        m, h, s, v = self.model, self.host, self.model.state, self.model.values
        odds = self._odds
        ties.log_change(self.ties.bought, self.ties.cost_bought, s.noise_import[h], odds)
        wants = trade.Wants(
            real=s.log_real[self.region],
            price=s.log_price[self.region],
            world_supply=s.world_supply,
            of_size=v["trade.import_size"],
            of_price=v["trade.import_price"],
            of_potential=v["trade.import_potential"],
            one_good=v["trade.one_good"],
        )
        machinery = trade.Machinery(
            self.base_machinery, *m.relations.capital.machinery(h), good=_MANUFACTURES
        )
        share, value = self.base_import_share, self.base_imports
        trade.buy(np.exp(odds, out=odds), share, value, wants, machinery, m.imports[h])

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
        supply = trade.Supply(
            base=self.base_output[:, 0],
            nearby=self.base_sold_nearby,
            real=s.log_real[self.region],
            of_size=v["trade.export_size"],
            price=price,
            farther=v["trade.sold_farther"],
            one_good=v["trade.one_good"],
        )
        odds, abroad = self._odds[: len(PARTNER_INDEX)], self._abroad
        ties.log_change(self.ties.sold, self.ties.cost_sold, s.noise_export[h], odds)
        self._closed[:] = 1.0 - m.pipelines.served(h)
        output = trade.sell(
            supply,
            np.ascontiguousarray(m.imports[:, self.region]),
            np.exp(odds, out=odds),
            self.base_export_share,
            s.trade[self.region, axes.HOST],
            abroad,
            self._closed,
            _HYDROCARBONS,
        )
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
        s.energy_revenue[h] = np.add.reduce(s.trade[self.region, :, _HYDROCARBONS], axis=0)
        if self.uranium_part > 0.0:
            part = energy.uranium_share(
                price[_MINERALS],
                self._uranium_change(),
                ores,
                np.full(s.members, self.uranium_part),
                v["uranium.effect"],
            )
            s.energy_revenue[h] += mined * part

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
    """Return shares (partner, good) of base flows; 0 where nothing flowed."""
    total = np.add.reduce(flows, axis=0)
    share: Array = flows / np.where(total > 0.0, total, 1.0)
    return share
