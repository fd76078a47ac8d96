"""The identities of the running model, each as something that is checked after every step.

An :class:`Account` is opened on a model before its first step, ``before`` every step it may
remember stocks, and ``after`` every step it asserts.  :data:`ACCOUNTS` lists all: what is added
there is checked in every shipped scenario, at the ends of all priors (test_soak.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR
from steppe.laws import gas
from steppe.metrics import METRICS
from steppe.model import CentralAsia
from steppe.results import MAY_BE_UNDEFINED
from steppe.world.money import by_sector, by_window
from steppe.world.rare_earths import RareEarths
from steppe.world.state import PARTNER_INDEX

Array = NDArray[np.float64]

TOLERANCE = 1e-9
GAS = len(axes.GAS_LINES)


def close(left: Array, right: Array, scale: Array | float) -> None:
    """Assert that two stocks agree to ``TOLERANCE`` of their scale."""
    assert (np.abs(left - right) <= TOLERANCE * (1.0 + scale)).all()


class Account:
    """What one identity keeps and checks; ``identity`` is its number, 0 for mere bounds."""

    identity = 0

    def __init__(self, model: CentralAsia) -> None:
        self.model = model

    def before(self) -> None:
        """Remember what the check after the step needs."""

    def after(self) -> None:
        """Assert the identity."""


class Projects(Account):
    """1 and 3: committed money is paid, cancelled or still unpaid; nothing is done unpaid."""

    identity = 1

    def __init__(self, model: CentralAsia) -> None:
        super().__init__(model)
        assert (model.state.money.committed > 0.0).any(), "the past is on the books"
        self.completed = model.state.money.completed.copy()
        self.after()

    def before(self) -> None:
        self.completed = self.model.state.money.completed.copy()

    def after(self) -> None:
        money = self.model.state.money
        unpaid = self.model.relations.construction.portfolio.unpaid()
        assert (unpaid >= 0.0).all()
        close(money.committed, money.disbursed + money.cancelled + unpaid, money.committed)
        assert (money.completed <= money.disbursed + TOLERANCE * (1.0 + money.disbursed)).all()
        assert (money.completed >= self.completed).all()
        assert (money.operating[by_sector(money.disbursed) == 0.0] == 0.0).all()


class Purses(Account):
    """2: authority granted is spent, lapsed or still in the purse, which is never negative."""

    identity = 2

    def after(self) -> None:
        money = self.model.state.money
        assert (money.purse >= 0.0).all()
        close(money.granted, money.lapsed + money.spent + money.purse, money.granted)
        committed = np.add.reduce(by_window(money.committed), axis=1)
        close(money.spent, committed + money.abroad, money.granted)


class Debts(Account):
    """4: a debt changes by loans and interest less service and write-offs."""

    identity = 4

    def before(self) -> None:
        self.debt = self.model.state.money.debt.copy()

    def after(self) -> None:
        money = self.model.state.money
        flows = money.loans + money.interest - money.principal - money.interest_paid
        change = np.add.reduce(flows - money.written_off, axis=2)
        close(money.debt, self.debt + change, money.debt)
        assert (money.debt >= 0.0).all()
        assert (money.arrears >= -TOLERANCE).all()


class Trade(Account):
    """5: one tensor; shares sum to one, and what a host makes for others is sold, good by good."""

    identity = 5

    def after(self) -> None:
        model, s = self.model, self.model.state
        assert np.isfinite(s.trade).all()
        assert (s.trade >= 0.0).all()
        np.testing.assert_allclose(s.trade_share.sum(axis=0), 1.0, rtol=TOLERANCE)
        own = s.trade[axes.HOST]
        sold = np.add.reduce(own, axis=1)
        sold[:, 0] -= model.pipelines.value.sum(axis=1)
        made = model.output
        traded = (model.base.trade[axes.HOST].sum(axis=1) > 0)[..., None] & (made > 1e-9)
        abroad = np.array([host.base_export_share.sum(axis=0) > 0 for host in model.hosts])
        closes = np.broadcast_to(traded & abroad[..., None], made.shape)
        np.testing.assert_allclose(sold[closes], made[closes], rtol=TOLERANCE)
        bought = np.add.reduce(s.trade[:, axes.HOST], axis=0)
        wanted = np.add.reduce(model.imports, axis=1)
        assert (bought <= wanted * (1 + TOLERANCE)).all(), "no host receives more than it ordered"
        powers_and_row = [*range(len(axes.POWERS)), axes.ROW_INDEX]
        delivered = s.trade[powers_and_row][:, axes.HOST].swapaxes(0, 1)
        np.testing.assert_allclose(delivered, model.imports[:, powers_and_row], rtol=1e-12)


class Tonnage(Account):
    """6: route shares sum to one or to zero; a shut link has no flow."""

    identity = 6

    def after(self) -> None:
        model = self.model
        shares = model.logistics.transport.shares
        total = np.zeros((model.network.pairs, *shares.shape[1:]))
        for pair, share in zip(model.network.route_pair, shares, strict=True):
            total[pair] += share
        assert ((np.abs(total - 1.0) < TOLERANCE) | (total == 0.0)).all()
        shut = model.values.over("link.{link}.open") == 0.0
        shut &= model.relations.links().opened == 0.0
        assert (model.state.link_flow[shut] == 0.0).all()
        assert (model.state.corridor_share.sum(axis=0) <= 1.0 + TOLERANCE).all()


class RareEarthMarket(Account):
    """8: output + imports = use + exports + change of stocks; nothing unserved beside a stock."""

    identity = 8

    def __init__(self, model: CentralAsia) -> None:
        super().__init__(model)
        self.stock = model.state.rare_earths.stock.copy()
        assert (model.state.rare_earths.output[0] > 10.0).all(), "the market lived in the record"

    def before(self) -> None:
        self.stock = self.model.state.rare_earths.stock.copy()

    def after(self) -> None:
        tonnes_of_rare_earths(self.model.state.rare_earths, self.stock)


SIGNED_RARE_EARTHS = {"price", "inside", "expected", "tension"}
"""Fields of the market that are logs or may be negative."""


def tonnes_of_rare_earths(market: RareEarths, stock: Array) -> None:
    """Assert the balance of China, Japan and the others, given stocks a quarter ago."""
    bought = np.add.reduce(market.imports, axis=0)
    close(market.output[0], market.use[0] + market.exports, market.output[0])
    close(market.imports, market.use[1:] + PER_YEAR * (market.stock - stock), market.imports)
    close(market.exports + np.add.reduce(market.output[1:], axis=0), bought, bought)
    close(np.add.reduce(market.given, axis=0), market.imports[0], bought)
    for field in fields(market):
        values = getattr(market, field.name)
        assert np.isfinite(values).all(), field.name
        if field.name not in SIGNED_RARE_EARTHS:
            assert (values >= 0.0).all(), field.name
    by_china = np.add.reduce(market.given[:2], axis=0)
    assert (by_china <= market.exports * (1.0 + TOLERANCE)).all()
    assert (market.given[2:] <= market.output[1:] * (1.0 + TOLERANCE)).all()
    assert (market.memory <= 1.0).all()
    assert ((market.stock <= TOLERANCE) | (market.unmet <= TOLERANCE)).all()


class Pipelines(Account):
    """9: no line above its capacity; what fields give = home use + flows; oil likewise."""

    identity = 9

    def after(self) -> None:
        model, s, v = self.model, self.model.state, self.model.values
        flow, opened = s.pipeline_flow, v.over("pipeline.{pipeline}.open")
        assert np.isfinite(flow).all() and (flow >= 0.0).all()
        built = v.over("pipeline.{pipeline}.completion")[:GAS] + s.pipeline_built
        most = v.over("pipeline.{gas_line}.capacity") * opened[:GAS] * (built >= 1.0 - TOLERANCE)
        assert (flow[:GAS] <= most * (1.0 + TOLERANCE)).all()
        most = v.over("pipeline.{oil_route}.capacity") * opened[GAS:]
        assert (flow[GAS:] <= most * (1.0 + TOLERANCE)).all()
        given = gas.output_capacity(
            v.over("{host}.gas_output"),
            v.over("{host}.gas_growth"),
            model.years_since_base,
            s.gas_added,
        )
        sold = np.add.reduce(s.gas_export, axis=1)
        assert (s.gas_home >= 0.0).all()
        assert (s.gas_home + sold <= given * (1.0 + TOLERANCE) + TOLERANCE).all()
        by_seller = np.zeros_like(sold)
        np.add.at(by_seller, model.pipelines.lines.seller, flow[:GAS])
        close(sold, by_seller, sold)
        booked = s.trade[axes.HOST][:, PARTNER_INDEX, axes.GOODS.index("hydrocarbons")]
        assert (model.pipelines.value <= booked + TOLERANCE).all()
        oil = v["oil.exports"] * np.exp(v["oil.growth"] * model.years_since_base)
        assert (np.add.reduce(flow[GAS:], axis=0) <= oil * (1.0 + TOLERANCE)).all()


class Influence(Account):
    """10: shares and autonomy sum to one; every channel lies within 0 and 1."""

    identity = 10

    def __init__(self, model: CentralAsia) -> None:
        super().__init__(model)
        self.after()

    def after(self) -> None:
        politics = self.model.state.politics
        whole = np.add.reduce(politics.share, axis=0) + politics.autonomy
        np.testing.assert_allclose(whole, 1.0, rtol=TOLERANCE)
        assert (politics.share > 0.0).all() and (politics.autonomy > 0.0).all()
        for field in (politics.channel, politics.bandwidth, politics.dependence, politics.embedded):
            assert ((field >= 0.0) & (field <= 1.0)).all()
        assert (np.abs(politics.position) <= 1.0).all()
        assert (np.abs(politics.alignment) <= 1.0).all()


SIGNED = {"alignment", "oda_net"}
"""Metrics that may be negative."""
ABOVE_ONE = {
    "debt_to_gdp",
    "multivector_index",
    "infrastructure",
    "consortium_count",
    "ree_price",
    "ree_restriction",
}
"""Metrics without a unit that are no shares."""
PRICES = {"oil": (3.0, 1000.0), "lng_history": (0.5, 150.0), "price_level": (0.02, 50.0)}
"""Bounds of prices: USD a barrel, USD per MMBtu, and dollar price levels over the base year's."""


class Bounds(Account):
    """Every recorded metric has a value, a sign and, where it is a share, a bound; so do prices."""

    def __init__(self, model: CentralAsia) -> None:
        super().__init__(model)
        self.gdp: list[Array] = []

    def after(self) -> None:
        state = self.model.state
        for name, (low, high) in PRICES.items():
            price = getattr(state, name)
            assert ((price > low) & (price < high)).all(), f"{name} of {price.min()}-{price.max()}"
        for metric in METRICS:
            values = metric.values(state)
            known = ~np.isnan(values)
            assert known.all() or metric.name in MAY_BE_UNDEFINED, f"{metric.name} has no value"
            assert np.isfinite(values[known]).all(), metric.name
            if metric.name not in SIGNED:
                assert (values[known] >= 0.0).all(), f"{metric.name} is negative"
                if metric.unit == "1" and metric.name not in ABOVE_ONE:
                    assert (values[known] <= 1.0 + TOLERANCE).all(), f"{metric.name} is above one"
        self.gdp = [*self.gdp[-4:], state.real_gdp[axes.HOST].copy()]
        if len(self.gdp) > 4:
            growth = np.abs(np.log(self.gdp[-1] / self.gdp[0]))
            limit = 4.0 * self.model.values["growth.quarterly_limit"]
            assert (growth <= limit * (1.0 + TOLERANCE)).all(), "growth beyond its limit"


ACCOUNTS: tuple[type[Account], ...] = (
    Projects,
    Purses,
    Debts,
    Trade,
    Tonnage,
    RareEarthMarket,
    Pipelines,
    Influence,
    Bounds,
)


def audited(model: CentralAsia) -> Iterator[int]:
    """Step the model to its end under all accounts; yield after every quarter."""
    accounts = [account(model) for account in ACCOUNTS]
    while model.running:
        for account in accounts:
            account.before()
        model.step()
        for account in accounts:
            account.after()
        yield model.t
