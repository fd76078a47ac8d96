"""The market of rare earths: mines, quotas, use, stocks, panic, rationing and Japan's sources.

Quantities are kt of oxide a year, stocks kt.  The price is an index in constant dollars, 1 the
usual price of 2009; ``log_price`` p is its logarithm.  Axes: miner (CHN first), user (CHN, JPN,
ROW) or buyer (JPN, ROW: who buy on the world market), source (of Japan's imports), member.

Sources: price response of use, arc elasticities of Japan 2010-12 (registry); speculative stocks,
Deaton and Laroque (1992), Review of Economic Studies 59; investment gates, Dixit and Pindyck
(1994); varieties by origin, Armington (1969), IMF Staff Papers 16.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from steppe.clock import STEP
from steppe.world.rare_earths import STAGES

Array = NDArray[np.float64]

HALVINGS = 26
"""Steps of the bisection: the price is exact to (ceiling - floor)/2^26 of its log."""
ROUNDS = 3
"""Rounds in which what a full source cannot give is asked of the others."""
SMALLEST = 1e-12


# --- supply --------------------------------------------------------------------------------------


def mine_output(capacity: Array, log_price: Array, log_cost: Array, response: Array) -> Array:
    """Return K min(1, (P/c)^u), kt/yr, ``(miner, member)``.

    ``capacity`` K kt/yr; ``log_cost`` ln c, the price at which a mine runs full, (miner, member);
    ``response`` u (member,).
    """
    part = log_price - log_cost
    part *= response
    np.exp(np.minimum(part, 0.0, out=part), out=part)
    part *= capacity
    return part


def chinese_exports(output: Array, own_use: Array, limit: Array) -> Array:
    """Return min[quota + leakage, what China mines beyond its own use], kt/yr, ``(member,)``.

    ``limit`` quota + leakage, infinite where there is no quota.
    """
    result: Array = np.minimum(limit, np.maximum(output - own_use, 0.0))
    return result


def export_limit(usual: Array, restriction: Array, cut: Array, leakage: Array) -> Array:
    """Return (1 - cut min(level, 1)) x usual exports + leakage, kt/yr; infinite at level 0.

    ``restriction`` 0 to 2 (member,); ``usual`` exports before it, ``leakage`` what is sold past a
    quota, kt/yr.
    """
    bound = (1.0 - cut * np.minimum(restriction, 1.0)) * usual + leakage
    return np.where(restriction > 0.0, bound, np.inf)


def domestic_price(
    log_price: Array, limited: NDArray[np.bool_], sold: Array, capacity: Array, log_cost: Array,
    response: Array,
) -> Array:  # fmt: skip
    """Return the log price inside China, ``(member,)``: the world's, or its own behind a quota.

    Behind a binding quota mines sell at what the last of them costs: p = ln c + ln(sold/K)/u, and
    never dearer than abroad.
    """
    used = np.clip(sold / np.maximum(capacity, SMALLEST), 1e-3, 1.0)
    inside = np.minimum(log_cost + np.log(used) / response, log_price)
    return np.where(limited, inside, log_price)


# --- use and stocks ------------------------------------------------------------------------------


def desired_use(reference: Array, log_price: Array, elasticity: Array, thrift: Array) -> Array:
    """Return C0 P^-eS exp(-H), kt/yr, ``(user, member)``; ``reference`` C0 use at price 1."""
    result: Array = reference * np.exp(-elasticity * log_price - thrift)
    return result


def thrift(
    now: Array, log_price: Array, short: Array, long: Array, up: Array, down: Array
) -> Array:
    """Return thrift H after a quarter: towards (eL - eS) max(p, 0), fast up, slowly down.

    ``now`` H >= 0 (user, member), log of what users learned to do without; ``short`` eS and
    ``long`` eL elasticities, ``up`` and ``down`` 1/quarter, (member,).
    """
    gap = np.maximum(long - short, 0.0) * np.maximum(log_price, 0.0) - now
    result: Array = now + np.where(gap > 0.0, up, down) * gap
    return result


def stock_target(
    years: Array, reference: Array, panic: Array, response: Array, fear: Array, log_price: Array,
    expected: Array,
) -> Array:  # fmt: skip
    """Return N* = n0 C0 (1 + kap r)(P/Pe)^-phi, kt, ``(buyer, member)``.

    ``years`` n0 of use held; ``panic`` r >= 0; ``fear`` kap; ``response`` phi; ``expected`` ln Pe.
    """
    wanted = years * reference * (1.0 + fear * panic)
    result: Array = wanted * np.exp(-response * (log_price - expected))
    return result


def purchases(use: Array, target: Array, stock: Array, speed: Array, access: Array) -> Array:
    """Return use + g (N* - N) within 0 and what can be got, kt/yr, ``(buyer, member)``.

    ``speed`` g 1/yr, at most 4 (a quarter's whole gap); ``access`` kt/yr, infinite where nothing
    bars a buyer.
    """
    wanted = use + speed * (target - stock)
    np.minimum(np.maximum(wanted, 0.0, out=wanted), access, out=wanted)
    return wanted


# --- clearing ------------------------------------------------------------------------------------


def clearing_price(excess: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """Return the log price at which excess demand is zero, by bisection, ``(member,)``.

    ``excess`` demand falls in the log price; the result is ``low`` or ``high`` to 2^-26 of their
    distance where it has no zero between them.
    """
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        dear = excess(middle) <= 0.0
        high = np.where(dear, middle, high)
        low = np.where(dear, low, middle)
    result: Array = 0.5 * (low + high)
    return result


def deliveries(wanted: Array, need: Array, supply: Array) -> Array:
    """Return what each buyer gets of ``supply``, kt/yr, ``(buyer, member)``; the sum is min.

    ``need`` <= ``wanted`` is what use asks for beyond all stocks.  Where supply falls short, needs
    are met first, then wants, each in proportion: nobody hoards what another has to go without.
    """
    needed = np.add.reduce(need, axis=0)
    first = np.minimum(1.0, supply / np.maximum(needed, SMALLEST))
    rest = np.maximum(wanted - need, 0.0)
    left = np.maximum(supply - needed, 0.0)
    second = np.minimum(1.0, left / np.maximum(np.add.reduce(rest, axis=0), SMALLEST))
    result: Array = need * first + rest * second
    return result


def served(use: Array, bought: Array, stock: Array) -> tuple[Array, Array]:
    """Return use that is served and the stock after the quarter, ``(buyer, member)`` each.

    Bought = used + change of stock; a stock gives what it holds, so that use may go unserved.
    """
    met = np.minimum(use, bought + stock / STEP)
    return met, np.maximum(stock + STEP * (bought - met), 0.0)


# --- Japan's sources -----------------------------------------------------------------------------


def source_weights(available: Array, premium: Array, elasticity: Array) -> Array:
    """Return a_c [P_c (1 + rho m 1{c = CHN})]^-sigma over the common price, ``(source, member)``.

    ``available`` a_c: what each source has to sell, kt/yr; ``premium`` log of its price with the
    risk, over the world price; ``elasticity`` sigma (member,).
    """
    result: Array = available * np.exp(-elasticity * premium)
    return result


def allocate(amount: Array, weight: Array, limit: Array) -> tuple[Array, Array]:
    """Return what each source gives, ``(source, member)``, and what none could, ``(member,)``.

    Shares by ``weight`` within ``limit`` kt/yr; what a full source cannot give is asked of the
    others, three times over.
    """
    given = np.zeros_like(limit)
    left = amount
    for _ in range(ROUNDS):
        free = np.where(given < limit, weight, 0.0)
        total = np.add.reduce(free, axis=0)
        share = free / np.where(total > 0.0, total, 1.0)
        given = np.minimum(given + share * left, limit)
        left = np.maximum(amount - np.add.reduce(given, axis=0), 0.0)
    return given, left


def concentration(given: Array) -> Array:
    """Return the sum of squared shares of the sources, 0-1, ``(member,)``."""
    share = given / np.maximum(np.add.reduce(given, axis=0), SMALLEST)
    result: Array = np.add.reduce(share * share, axis=0)
    return result


# --- minds ---------------------------------------------------------------------------------------


def panic(now: Array, alarm: Array, rise: Array, decay: Array) -> Array:
    """Return r (1 - decay) + rise x alarm, ``(member,)``, at most 2.

    ``alarm``: how many levels a restriction rose this quarter, plus the unserved part of use.
    """
    result: Array = np.minimum(now * (1.0 - decay) + rise * alarm, 2.0)
    return result


def memory(
    now: Array, restriction: Array, cheaper: NDArray[np.bool_], rise: Array, decay: Array
) -> Array:
    """Return risk memory after a quarter, m (1 - decay 1{cheaper}) + rise (level/2)(1 - m), 0-1.

    Restrictions teach; while Chinese material is ``cheaper`` than that of others, what was learned
    is forgotten (complacency), and only then.
    """
    kept = now * np.where(cheaper, 1.0 - decay, 1.0)
    result: Array = kept + rise * 0.5 * restriction * (1.0 - kept)
    return result


def expectation(expected: Array, log_price: Array, speed: Array) -> Array:
    """Return ln Pe + w (ln P - ln Pe), ``(member,)``: expectations follow prices, ``speed`` w."""
    result: Array = expected + speed * (log_price - expected)
    return result


def stake(bill: Array, usual: Array, response: Array) -> Array:
    """Return [2 b/(b + b_usual)]^w, the factor on what is at stake in supplies, ``(member,)``.

    ``bill`` b: import bill with the risk over GDP x concentration of origins; ``usual``: its mean
    of the years before.  1 at the usual bill, at most 2^w.
    """
    ratio = np.maximum(2.0 * bill / np.maximum(bill + usual, SMALLEST), SMALLEST)
    result: Array = np.exp(response * np.log(ratio))
    return result


# --- new mines -----------------------------------------------------------------------------------


def worth_building(expected: Array, log_cost: Array, hurdle: Array) -> NDArray[np.bool_]:
    """Return Pe >= hurdle x c, the gate of an irreversible mine; shapes broadcast."""
    result: NDArray[np.bool_] = expected >= log_cost + np.log(hurdle)
    return result


def build(
    capacity: Array, under_way: Array, started: Array, years: Array, stopped: Array
) -> tuple[Array, Array]:
    """Return capacity and capacity under construction after a quarter.

    ``capacity`` (miner, member); ``under_way`` (miner, stage, member) kt/yr; ``started`` kt/yr
    begun this quarter; ``years`` L to build; ``stopped`` part of what is under way given up.
    A stage is left with p = min(1, 3 dt/L), so that the mean time over all stages is L.
    """
    kept = under_way * (1.0 - stopped)[:, None]
    moving = np.minimum(1.0, STAGES * STEP / years)[:, None] * kept
    left = kept - moving
    left[:, 1:] += moving[:, :-1]
    left[:, 0] += started
    return capacity + moving[:, -1], left


def planned_capacity(now: Array, sales: Array, slack: Array, up: Array, down: Array) -> Array:
    """Return China's capacity after a quarter: towards sales / (1 - slack), kt/yr, ``(member,)``.

    ``sales`` what it expects to use and may export at the usual price; ``up``, ``down`` 1/quarter.
    """
    gap = sales / (1.0 - slack) - now
    result: Array = now + np.where(gap > 0.0, up, down) * gap
    return result
