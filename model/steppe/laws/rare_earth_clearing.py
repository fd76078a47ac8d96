"""A quarter of the market of rare earths in every member: price, deliveries, Japan's sources."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR
from steppe.laws import rare_earths as laws
from steppe.laws.compiled import compiled
from steppe.laws.rare_earth_market import (
    BUYERS,
    CHINA,
    KAZAKHSTAN,
    Market,
    Quarter,
    Rules,
    mined_abroad,
)
from steppe.world.rare_earths import MINERS, SOURCES, USERS

Array = NDArray[np.float64]

HALVINGS = 26
"""Steps of the bisection: the price is exact to (ceiling - floor)/2^26 of its log."""
PASSED_ON = axes.SOURCES.index(axes.REPROCESSORS)
OF_KAZAKHSTAN = axes.SOURCES.index("KAZ")
FLOOR = float(np.log(0.02))
"""Log of the lowest price."""
MN_PER_BN = 1000.0


@compiled
def clear(here: Market, v: Rules, given: Quarter) -> None:
    """Find the price at which the world market clears; deliver, ration, use and store."""
    wanted, need = np.empty(BUYERS), np.empty(BUYERS)
    use, target = np.empty(BUYERS), np.empty(BUYERS)
    for m in range(len(here.price)):
        on = v.market[m] > 0.0
        for user in range(USERS):
            usual = given.reference[user, m]
            here.at_usual_price[user, m] = laws.desired_use(usual, 0.0, 0.0, here.thrift[user, m])
        own_use = _own_use(here, v, given, m)
        here.limit[m] = _limit(here, v, given, m) if on else np.inf
        stopped = _stopped(here, v, given, m)
        access = _access(here, v, stopped, m)
        for b in range(BUYERS):
            years = v.japans_stockpile[m] if b == 0 else v.stockpile[m]
            use[b] = here.at_usual_price[1 + b, m]
            target[b] = laws.stock_target(
                years,
                given.reference[1 + b, m],
                here.panic[m],
                v.stock_response[m],
                v.stock_fear[m],
                0.0,
                here.expected[m],
            )
        price = clearing_price(here, v, use, target, access, own_use, m) * v.market[m]
        for b in range(BUYERS):
            use[b] *= np.exp(-v.short_elasticity[m] * price)
            target[b] *= np.exp(-v.stock_response[m] * price)
            wanted[b] = laws.purchases(
                use[b], target[b], here.stock[b, m], v.stock_speed[m], access if b == 0 else np.inf
            )
            need[b] = min(max(use[b] - PER_YEAR * here.stock[b, m], 0.0), wanted[b])
        _sell(here, v, price, own_use, wanted[0] + wanted[1], m)
        supply = here.exports[m] + mined_abroad(here, m)
        bought = laws.deliveries(wanted, need, supply)
        limited = here.exports[m] >= here.limit[m] * (1.0 - 1e-6)
        here.inside[m] = laws.domestic_price(
            price,
            limited,
            here.output[CHINA, m],
            here.capacity[CHINA, m],
            np.log(v.cost[CHINA, m]),
            v.supply_response[m],
        )
        _source(here, v, bought, stopped, m)
        here.use[CHINA, m] = own_use
        met = asked = 0.0
        for b in range(BUYERS):
            here.imports[b, m] = bought[b]
            of_use, here.stock[b, m] = laws.served(use[b], bought[b], here.stock[b, m])
            here.use[1 + b, m], here.unmet[b, m] = of_use, use[b] - of_use
            met, asked = met + of_use, asked + use[b]
        here.served_needs[m] = met / asked
        _value(here, v, given, m)


@compiled
def _own_use(here: Market, v: Rules, given: Quarter, m: int) -> float:
    """Return what China uses itself, kt/yr: no more than it can mine."""
    inside = here.inside[m] * v.market[m]
    own = laws.desired_use(
        given.reference[CHINA, m], inside, v.short_elasticity[m], here.thrift[CHINA, m]
    )
    return min(own, here.capacity[CHINA, m]) if v.market[m] > 0.0 else own


@compiled
def _own_level(here: Market, given: Quarter, m: int) -> float:
    """Return the restriction where it goes beyond the record, whose own quotas are known.

    The stop to Japan of 2010 is on record with what it came to in its quarters: nothing.
    """
    level: float = here.restriction[m]
    return level if level > given.known else 0.0


@compiled
def _limit(here: Market, v: Rules, given: Quarter, m: int) -> float:
    """Return quota and leakage, kt/yr: the recorded quota, or the cut of a restriction."""
    cut = laws.export_limit(
        here.usual_exports[m], _own_level(here, given, m), v.quota_cut[m], v.leakage[m]
    )
    quota: float = given.quota + v.leakage[m]
    return min(quota, cut)


@compiled
def _stopped(here: Market, v: Rules, given: Quarter, m: int) -> float:
    """Return the part of direct exports to Japan that is stopped, 0-1."""
    stop: float = v.stop[m]
    return stop * min(max(_own_level(here, given, m) - 1.0, 0.0), 1.0)


@compiled
def _access(here: Market, v: Rules, stopped: float, m: int) -> float:
    """Return what Japan can get, kt/yr: a stop bars it from China."""
    if stopped <= 0.0:
        return np.inf
    passed_on: float = v.passed_on_most[m] * here.exports[m]
    elsewhere: float = v.reach[m] * mined_abroad(here, m)
    direct: float = (1.0 - stopped) * here.to_japan[m]
    return direct + passed_on + elsewhere


@compiled
def clearing_price(
    here: Market, v: Rules, use: Array, target: Array, access: float, own_use: float, m: int
) -> float:
    """Return the log price at which excess demand is zero, by bisection.

    ``use`` and ``target`` of stocks (buyer,) at the usual price: both are powers of the price.
    Excess demand falls in the log price; without a zero the result is the floor or the ceiling to
    2^-26 of their distance.
    """
    short, firm, response = v.short_elasticity[m], v.stock_response[m], v.supply_response[m]
    strength = np.empty(MINERS)  # a mine gives K min(1, P^u c^-u)
    for miner in range(MINERS):
        strength[miner] = np.exp(-response * np.log(v.cost[miner, m]))
    low, high = FLOOR, float(np.log(v.price_cap[m]))
    for _ in range(HALVINGS):
        price = 0.5 * (low + high)
        of_use, of_target = np.exp(-short * price), np.exp(-firm * price)
        of_mines = np.exp(response * price)
        excess = 0.0
        for b in range(BUYERS):
            excess += laws.purchases(
                use[b] * of_use,
                target[b] * of_target,
                here.stock[b, m],
                v.stock_speed[m],
                access if b == 0 else np.inf,
            )
        for miner in range(MINERS):
            mined = here.capacity[miner, m] * min(of_mines * strength[miner], 1.0)
            if miner == CHINA:
                mined = laws.chinese_exports(mined, own_use, here.limit[m])
            excess -= mined
        if excess <= 0.0:
            high = price
        else:
            low = price
    return 0.5 * (low + high)


@compiled
def _sell(here: Market, v: Rules, price: float, own_use: float, asked: float, m: int) -> None:
    """Book output and exports at the price; nobody sells more than what is ``asked``, kt/yr.

    Without a market China delivers what is asked for.
    """
    here.price[m] = price
    for miner in range(MINERS):
        here.output[miner, m] = laws.mine_output(
            here.capacity[miner, m], price, np.log(v.cost[miner, m]), v.supply_response[m]
        )
    others = mined_abroad(here, m)
    exports = laws.chinese_exports(here.output[CHINA, m], own_use, here.limit[m])
    if v.market[m] <= 0.0:
        exports = max(asked - others, 0.0)
    sold = min(1.0, asked / max(exports + others, laws.SMALLEST))
    here.exports[m] = exports * sold
    here.output[CHINA, m] = own_use + here.exports[m]
    for miner in range(1, MINERS):
        here.output[miner, m] *= sold


@compiled
def _source(here: Market, v: Rules, bought: Array, stopped: float, m: int) -> None:
    """Divide Japan's imports over sources; what no source gives goes to the others."""
    exports, passed, most = here.exports[m], v.passed_on[m], v.passed_on_most[m]
    weight, limit = np.zeros(SOURCES), np.zeros(SOURCES)
    fear = float(np.log1p(v.risk_aversion[m] * here.memory[m]))
    direct = v.tie[CHINA, m] * (1.0 - passed) * exports * (1.0 - stopped)
    weight[CHINA] = laws.source_weight(direct, fear, v.source_elasticity[m])
    weight[PASSED_ON] = passed * exports
    limit[CHINA] = exports - most * exports
    if stopped > 0.0:
        limit[CHINA] = min(limit[CHINA], (1.0 - stopped) * here.to_japan[m])
    limit[PASSED_ON] = most * exports
    for source in range(PASSED_ON + 1, SOURCES):
        miner = source - PASSED_ON
        weight[source] = v.tie[miner, m] * here.output[miner, m]
        limit[source] = v.reach[m] * here.output[miner, m]
    bound = min(v.offtake[m] * here.output[KAZAKHSTAN, m], bought[0])
    limit[OF_KAZAKHSTAN] = max(limit[OF_KAZAKHSTAN] - bound, 0.0)
    given, left = laws.allocate(bought[0] - bound, weight, limit)
    given[OF_KAZAKHSTAN] += bound
    bought[0] = 0.0
    for source in range(SOURCES):
        here.given[source, m] = given[source]
        bought[0] += given[source]
    bought[1] += left


@compiled
def _value(here: Market, v: Rules, given: Quarter, m: int) -> None:
    """Value Japan's imports and what the run's Kazakh plants earn."""
    dollars = v.usual_price[m] * np.exp(here.price[m]) * given.prices[m]
    risk = 1.0 + v.risk_aversion[m] * here.memory[m]
    origin = np.empty(SOURCES - 1)
    for source in range(PASSED_ON, SOURCES):
        origin[source - PASSED_ON] = here.given[source, m]
    origin[0] += here.given[CHINA, m]  # what is passed on was dug in China
    paid = dollars * risk * here.imports[0, m] / (given.income[m] * MN_PER_BN)
    here.bill[m] = paid * laws.concentration(origin)
    if given.first:
        here.usual_bill[m] = here.bill[m]
    here.revenue[m] = 0.0
    if given.running:
        capacity = here.capacity[KAZAKHSTAN, m]
        part = max(capacity - here.lasting[m], 0.0) / max(capacity, laws.SMALLEST)
        here.revenue[m] = dollars * part * here.output[KAZAKHSTAN, m] / PER_YEAR
