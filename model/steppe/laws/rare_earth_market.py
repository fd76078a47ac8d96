"""The market of rare earths as its kernels see it: parameters, state and what a quarter gives.

The laws of one member are those of :mod:`steppe.laws.rare_earths`;
:mod:`steppe.laws.rare_earth_clearing` and :mod:`steppe.laws.rare_earth_learning` take every member
through a quarter of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.laws import rare_earths as laws
from steppe.laws.compiled import compiled
from steppe.world.rare_earths import MINERS, USERS

Array = NDArray[np.float64]

BUYERS = USERS - 1
CHINA, JAPAN = 0, 1
"""Places among the miners and the users; China is the first source, too."""
KAZAKHSTAN = axes.MINERS.index("KAZ")


class Rules(NamedTuple):
    """Parameters ``rare_earths.*`` (member,); ``cost``, ``potential``, ``years_to_build`` and
    ``tie`` (miner, member); ``japans_stockpile`` is Japan's, ``stockpile`` the others'."""

    market: Array
    short_elasticity: Array
    long_elasticity: Array
    supply_response: Array
    stock_speed: Array
    stock_fear: Array
    stock_response: Array
    price_cap: Array
    leakage: Array
    quota_cut: Array
    passed_on: Array
    passed_on_most: Array
    reach: Array
    stop: Array
    risk_aversion: Array
    source_elasticity: Array
    offtake: Array
    usual_price: Array
    thrift_up: Array
    thrift_down: Array
    panic_rise: Array
    panic_decay: Array
    memory_rise: Array
    memory_decay: Array
    usual_quarters: Array
    bill_quarters: Array
    expectation_speed: Array
    hurdle: Array
    start_share: Array
    give_up: Array
    china_slack: Array
    china_up: Array
    china_down: Array
    stockpile: Array
    japans_stockpile: Array
    cost: Array
    potential: Array
    build_years: Array
    tie: Array


class Market(NamedTuple):
    """Fields of :class:`steppe.world.rare_earths.RareEarths`, then what lasts for a quarter.

    ``limit`` (member,) quota and leakage, kt/yr; ``at_usual_price`` (user, member) use, thrift
    learned, kt/yr; ``served_needs`` (member,) part of the buyers' use that was served; ``lasting``
    (member,) Kazakh plants that stood before the run, kt/yr; ``before`` (member,) the restriction
    of the quarter before and ``risen`` how far it rose.
    """

    price: Array
    inside: Array
    expected: Array
    capacity: Array
    under_way: Array
    output: Array
    use: Array
    thrift: Array
    imports: Array
    stock: Array
    unmet: Array
    given: Array
    exports: Array
    to_japan: Array
    usual_exports: Array
    restriction: Array
    tension: Array
    panic: Array
    memory: Array
    bill: Array
    usual_bill: Array
    revenue: Array
    limit: Array
    at_usual_price: Array
    served_needs: Array
    lasting: Array
    before: Array
    risen: Array


class Quarter(NamedTuple):
    """What is given in a quarter.

    ``reference`` (user, member) use at the usual price, kt/yr; ``prices`` (member,) dollar prices
    over those of 2010 and ``income`` (member,) Japan's, bn USD/yr; ``quota`` kt/yr and ``known``,
    the restriction, on record; ``first`` of the record; ``running``: within the run.
    """

    reference: Array
    prices: Array
    income: Array
    quota: float
    known: float
    first: bool
    running: bool


@compiled
def mined_abroad(here: Market, m: int) -> float:
    """Return what is mined outside China, kt/yr."""
    total = 0.0
    for miner in range(1, MINERS):
        total += here.output[miner, m]
    return total


@compiled
def at_the_usual_price(cost: Array, response: Array) -> Array:
    """Return the part of its capacity that each mine gives at the usual price, (miner, member)."""
    part = np.empty_like(cost)
    for miner in range(cost.shape[0]):
        for m in range(cost.shape[1]):
            part[miner, m] = laws.mine_output(1.0, 0.0, np.log(cost[miner, m]), response[m])
    return part
