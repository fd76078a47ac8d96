"""The state of a run: arrays whose last axis is the ensemble member."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.world.base import Base
from steppe.world.money import Money, no_money
from steppe.world.network import Network
from steppe.world.politics import Politics, no_politics
from steppe.world.rare_earths import RareEarths, no_rare_earths

Array = NDArray[np.float64]

USD_PER_THOUSAND_M3 = 35.8
"""USD per 1000 m3 that one USD per MMBtu is worth (heat content of pipeline gas)."""
R, H, G = len(axes.REGIONS), len(axes.HOSTS), len(axes.GOODS)
P, K, C = len(axes.POWERS), len(axes.PARTNERS), len(axes.CORRIDORS)
PARTNER_INDEX = np.array([axes.REGIONS.index(code) for code in axes.PARTNERS])


@dataclass(slots=True)
class State:
    """All state variables of ``members`` parallel worlds.

    Logs are changes from the base year.  Shapes (without member) and units:

    - ``log_real``, ``log_price`` (region,): real GDP and dollar price level, log change;
      ``real_gdp`` (region,) bn base-year USD/yr; ``price_level`` (region,) base = 1.
    - ``tie_import`` (host, region): smoothed log change of each supplier's tie to the host, costs
      left out; ``cost_import`` (host, region, good): the part of trade costs.
      ``tie_export`` (host, partner) and ``cost_export`` (host, partner, good): those of exports.
    - ``world_supply`` (): smoothed log change of the rest of the world's supply capacity.
    - ``noise_import``, ``noise_export`` (host, power): log shocks of pairs.
    - ``trade`` (region, region, good) mn USD/quarter, exporter first, recorded gas included.
    - ``pipeline_flow`` (pipeline,): gas lines bcm/yr, oil routes Mt/yr; ``gas_netback`` (line,):
      price over the Japanese LNG price; ``pipeline_built`` (line,) 0-1 and ``gas_added`` (host,)
      bcm/yr: what works of the run completed; ``gas_home`` (host,) bcm/yr that hosts keep;
      ``hidden_gas`` (host,) mn USD/quarter that Russia takes and the rest of the world's statistics
      hold.
    - ``log_uranium``, ``uranium`` () USD/lb; ``energy_revenue`` (host,) mn USD/quarter;
      ``power_capacity`` (host,) MW.
    - ``oil`` () USD/bbl; ``lng_history`` (3,) USD/MMBtu: this quarter and the two before.
    - ``remittances`` (host,) mn USD/quarter; ``population`` (host,) millions.
    - ``link_volume`` (link,) Mt/yr smoothed modelled tonnage; ``link_flow`` (link,) this quarter's;
      ``link_days`` (link,) days.
    - ``link_built`` (link,) 0-1 and ``link_added`` (link,) Mt/yr: completion and capacity that the
      run's own works added.
    - ``money`` and ``politics``: what passes between powers and hosts; ``rare_earths``: the market
      of them (modules of their own).
    - ``corridor_*`` (corridor,): of Japan's trade; ``corridor_volume`` (corridor,) Mt/yr, all.
    """

    members: int
    log_real: Array
    log_price: Array
    exchange: Array
    world_supply: Array
    tie_import: Array
    cost_import: Array
    tie_export: Array
    cost_export: Array
    noise_import: Array
    noise_export: Array
    trade: Array
    pipeline_flow: Array
    gas_netback: Array
    pipeline_built: Array
    gas_added: Array
    gas_home: Array
    hidden_gas: Array
    log_uranium: Array
    uranium: Array
    energy_revenue: Array
    power_capacity: Array
    gas_seller: NDArray[np.intp]
    gas_taken: Array
    log_oil: Array
    oil: Array
    lng_history: Array
    remittances: Array
    population: Array
    own_share: Array
    resource_price: Array
    remittance_ratio: Array
    link_volume: Array
    link_flow: Array
    link_days: Array
    link_built: Array
    link_added: Array
    money: Money
    politics: Politics
    rare_earths: RareEarths
    corridor_share: Array
    corridor_days: Array
    corridor_cost: Array
    corridor_volume: Array
    base_gdp: Array

    @property
    def real_gdp(self) -> Array:
        """Real GDP (region, member), bn base-year USD/yr."""
        return self.base_gdp[:, None] * np.exp(self.log_real)

    @property
    def price_level(self) -> Array:
        """Dollar price level (region, member), base year = 1."""
        return np.exp(self.log_price)

    @property
    def gdp(self) -> Array:
        """Nominal GDP (region, member), bn current USD/yr."""
        nominal: Array = self.base_gdp[:, None] * np.exp(self.log_real + self.log_price)
        return nominal

    @property
    def gdp_per_head(self) -> Array:
        """Nominal GDP per head (host, member), USD/yr."""
        nominal = np.exp(self.log_real[axes.HOST] + self.log_price[axes.HOST])
        per_head: Array = self.base_gdp[axes.HOST, None] * nominal * 1000.0 / self.population
        return per_head

    @property
    def bilateral_trade(self) -> Array:
        """Trade of power and host, both directions, all goods (power, host, member)."""
        bought = np.add.reduce(self.trade[axes.POWER, axes.HOST], axis=2)
        sold = np.add.reduce(self.trade[axes.HOST, axes.POWER], axis=2)
        both: Array = bought + sold.swapaxes(0, 1)
        return both

    @property
    def trade_share(self) -> Array:
        """Power's part of the host's trade with the five powers (power, host, member)."""
        both = self.bilateral_trade
        share: Array = both / np.add.reduce(both, axis=0)
        return share

    @property
    def gas_export(self) -> Array:
        """Pipeline gas by who takes it (host, buyer, member), bcm/yr."""
        flow = self._of_sellers(self.pipeline_flow[: len(axes.GAS_LINES)])
        total: Array = np.add.reduce(self.gas_taken.T[:, :, None] * flow[:, None], axis=2)
        return total

    def _of_sellers(self, field: Array) -> Array:
        """Return a field of gas lines (line, member) for each host, 0 where another sells."""
        sells = self.gas_seller == np.arange(H)[:, None]
        result: Array = sells[:, :, None] * field
        return result

    @property
    def gas_price(self) -> Array:
        """Border price of the gas of the three sellers (seller, member), USD per 1000 m3."""
        flow = self.pipeline_flow[: len(axes.GAS_LINES)]
        value = np.add.reduce(self._of_sellers(flow * self.gas_netback), axis=1)
        volume = np.add.reduce(self._of_sellers(flow), axis=1)
        mean = value / np.where(volume > 0.0, volume, np.nan)
        price: Array = (mean * self.lng_history[2] * USD_PER_THOUSAND_M3)[:3]
        return price

    @property
    def partner_hhi(self) -> Array:
        """Sum of squared shares of the host's partners in its trade (host, member)."""
        sold = np.add.reduce(self.trade[axes.HOST], axis=2)
        both = sold + np.add.reduce(self.trade[:, axes.HOST], axis=2).swapaxes(0, 1)
        share = both / np.add.reduce(both, axis=1)[:, None]
        concentration: Array = np.add.reduce(share * share, axis=1)
        return concentration


def initial_state(base: Base, network: Network, members: int) -> State:
    """Return the state at the base year for ``members`` worlds: every log change is zero."""

    def zeros(*shape: int) -> Array:
        return np.zeros((*shape, members))

    links = len(network.links)
    return State(
        members=members,
        log_real=zeros(R),
        log_price=zeros(R),
        exchange=zeros(P + 1),
        world_supply=zeros(),
        tie_import=zeros(H, R),
        cost_import=zeros(H, R, G),
        tie_export=zeros(H, K),
        cost_export=zeros(H, K, G),
        noise_import=zeros(H, P),
        noise_export=zeros(H, P),
        trade=np.repeat(base.trade[..., None] / 4.0, members, axis=3),
        pipeline_flow=zeros(len(axes.PIPELINES)),
        gas_netback=zeros(len(axes.GAS_LINES)),
        pipeline_built=zeros(len(axes.GAS_LINES)),
        gas_added=zeros(H),
        gas_home=zeros(H),
        hidden_gas=zeros(H),
        log_uranium=zeros(),
        uranium=zeros(),
        energy_revenue=zeros(H),
        power_capacity=zeros(H),
        gas_seller=np.zeros(len(axes.GAS_LINES), np.intp),
        gas_taken=np.zeros((len(axes.GAS_LINES), len(axes.GAS_BUYERS))),
        log_oil=zeros(),
        oil=zeros(),
        lng_history=zeros(3),
        remittances=np.repeat(base.remittances[:, None] / 4.0, members, axis=1),
        population=zeros(H),
        own_share=zeros(H),
        resource_price=zeros(H),
        remittance_ratio=zeros(H),
        link_volume=zeros(links),
        link_flow=zeros(links),
        link_days=zeros(links),
        link_built=zeros(links),
        link_added=zeros(links),
        money=no_money(members),
        politics=no_politics(members),
        rare_earths=no_rare_earths(members),
        corridor_share=zeros(C),
        corridor_days=zeros(C),
        corridor_cost=zeros(C),
        corridor_volume=zeros(C),
        base_gdp=base.gdp,
    )
