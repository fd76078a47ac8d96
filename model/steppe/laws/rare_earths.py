"""Laws of the market of rare earths: mines, quotas, use, stocks, rationing, Japan's sources, fears.

Quantities are kt of oxide a year, stocks kt.  The price is an index in constant dollars, 1 the
usual price of 2009; ``log_price`` p is its logarithm.  Each law is for one member: numbers, or
arrays over buyers (Japan and the rest of the world, who buy on the world market), miners (China
first) or sources (of Japan's imports).  :mod:`steppe.laws.rare_earth_market` takes every member
through a quarter of them.

Sources: price response of use, arc elasticities of Japan 2010-12 (registry); speculative stocks,
Deaton and Laroque (1992), Review of Economic Studies 59; investment gates, Dixit and Pindyck
(1994); varieties by origin, Armington (1969), IMF Staff Papers 16.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.clock import STEP
from steppe.laws.compiled import compiled
from steppe.world.rare_earths import STAGES

Array = NDArray[np.float64]

ROUNDS = 3
"""Rounds in which what a full source cannot give is asked of the others."""
SMALLEST = 1e-12


# --- supply --------------------------------------------------------------------------------------


@compiled
def mine_output(capacity: float, log_price: float, log_cost: float, response: float) -> float:
    """Return K min(1, (P/c)^u), kt/yr.

    ``capacity`` K kt/yr; ``log_cost`` ln c, the price at which a mine runs full; ``response`` u.
    """
    return capacity * float(np.exp(min(response * (log_price - log_cost), 0.0)))


@compiled
def chinese_exports(output: float, own_use: float, limit: float) -> float:
    """Return min[quota + leakage, what China mines beyond its own use], kt/yr.

    ``limit`` quota + leakage, infinite where there is no quota.
    """
    return min(limit, max(output - own_use, 0.0))


@compiled
def export_limit(usual: float, restriction: float, cut: float, leakage: float) -> float:
    """Return (1 - cut min(level, 1)) x usual exports + leakage, kt/yr; infinite at level 0.

    ``restriction`` 0 to 2; ``usual`` exports before it, ``leakage`` what is sold past a quota,
    kt/yr.
    """
    if restriction <= 0.0:
        return np.inf
    return (1.0 - cut * min(restriction, 1.0)) * usual + leakage


@compiled
def domestic_price(
    log_price: float, limited: bool, sold: float, capacity: float, log_cost: float, response: float
) -> float:
    """Return the log price inside China: the world's, or its own behind a quota.

    Behind a binding quota mines sell at what the last of them costs: p = ln c + ln(sold/K)/u, and
    never dearer than abroad.
    """
    if not limited:
        return log_price
    used = min(max(sold / max(capacity, SMALLEST), 1e-3), 1.0)
    return min(log_cost + float(np.log(used)) / response, log_price)


# --- use and stocks ------------------------------------------------------------------------------


@compiled
def desired_use(reference: float, log_price: float, elasticity: float, thrift: float) -> float:
    """Return C0 P^-eS exp(-H), kt/yr; ``reference`` C0 use at price 1."""
    return reference * float(np.exp(-elasticity * log_price - thrift))


@compiled
def thrift(
    now: float, log_price: float, short: float, long: float, up: float, down: float
) -> float:
    """Return thrift H after a quarter: towards (eL - eS) max(p, 0), fast up, slowly down.

    ``now`` H >= 0, log of what a user learned to do without; ``short`` eS and ``long`` eL
    elasticities, ``up`` and ``down`` 1/quarter.
    """
    gap = max(long - short, 0.0) * max(log_price, 0.0) - now
    return now + (up if gap > 0.0 else down) * gap


@compiled
def stock_target(
    years: float, reference: float, panic: float, response: float, fear: float, log_price: float,
    expected: float,
) -> float:  # fmt: skip
    """Return N* = n0 C0 (1 + kap r)(P/Pe)^-phi, kt.

    ``years`` n0 of use held; ``panic`` r >= 0; ``fear`` kap; ``response`` phi; ``expected`` ln Pe.
    """
    wanted = years * reference * (1.0 + fear * panic)
    return wanted * float(np.exp(-response * (log_price - expected)))


@compiled
def purchases(use: float, target: float, stock: float, speed: float, access: float) -> float:
    """Return use + g (N* - N) within 0 and what can be got, kt/yr.

    ``speed`` g 1/yr, at most 4 (a quarter's whole gap); ``access`` kt/yr, infinite where nothing
    bars a buyer.
    """
    return min(max(use + speed * (target - stock), 0.0), access)


@compiled
def deliveries(wanted: Array, need: Array, supply: float) -> Array:
    """Return what each buyer gets of ``supply``, kt/yr, ``(buyer,)``; the sum is min.

    ``need`` <= ``wanted`` is what use asks for beyond all stocks.  Where supply falls short, needs
    are met first, then wants, each in proportion: nobody hoards what another has to go without.
    """
    needed = rest = 0.0
    for b in range(len(wanted)):
        needed += need[b]
        rest += max(wanted[b] - need[b], 0.0)
    first = min(1.0, supply / max(needed, SMALLEST))
    second = min(1.0, max(supply - needed, 0.0) / max(rest, SMALLEST))
    given = np.empty_like(wanted)
    for b in range(len(wanted)):
        given[b] = need[b] * first + max(wanted[b] - need[b], 0.0) * second
    return given


@compiled
def served(use: float, bought: float, stock: float) -> tuple[float, float]:
    """Return use that is served, kt/yr, and the stock after the quarter, kt.

    Bought = used + change of stock; a stock gives what it holds, so that use may go unserved.
    """
    met = min(use, bought + stock / STEP)
    return met, max(stock + STEP * (bought - met), 0.0)


# --- Japan's sources -----------------------------------------------------------------------------


@compiled
def source_weight(available: float, premium: float, elasticity: float) -> float:
    """Return a_c [P_c (1 + rho m 1{c = CHN})]^-sigma over the common price.

    ``available`` a_c: what the source has to sell, kt/yr; ``premium`` log of its price with the
    risk, over the world price; ``elasticity`` sigma.
    """
    return available * float(np.exp(-elasticity * premium))


@compiled
def allocate(amount: float, weight: Array, limit: Array) -> tuple[Array, float]:
    """Return what each source gives, ``(source,)``, and what none could.

    Shares by ``weight`` within ``limit`` kt/yr; what a full source cannot give is asked of the
    others, three times over.
    """
    given, left = np.zeros_like(limit), amount
    for _ in range(ROUNDS):
        total = 0.0
        for c in range(len(weight)):
            if given[c] < limit[c]:
                total += weight[c]
        whole = 0.0
        for c in range(len(weight)):
            if given[c] < limit[c] and total > 0.0:
                given[c] = min(given[c] + weight[c] / total * left, limit[c])
            whole += given[c]
        left = max(amount - whole, 0.0)
    return given, left


@compiled
def concentration(given: Array) -> float:
    """Return the sum of squared shares of the sources ``(source,)``, 0-1."""
    total = squares = 0.0
    for c in range(len(given)):
        total += given[c]
    for c in range(len(given)):
        share = given[c] / max(total, SMALLEST)
        squares += share * share
    return squares


# --- minds ---------------------------------------------------------------------------------------


@compiled
def panic(now: float, alarm: float, rise: float, decay: float) -> float:
    """Return r (1 - decay) + rise x alarm, at most 2.

    ``alarm``: how many levels a restriction rose this quarter, plus the unserved part of use.
    """
    return min(now * (1.0 - decay) + rise * alarm, 2.0)


@compiled
def memory(now: float, restriction: float, cheaper: bool, rise: float, decay: float) -> float:
    """Return risk memory after a quarter, m (1 - decay 1{cheaper}) + rise (level/2)(1 - m), 0-1.

    Restrictions teach; while Chinese material is ``cheaper`` than that of others, what was learned
    is forgotten (complacency), and only then.
    """
    kept = now * (1.0 - decay if cheaper else 1.0)
    return kept + rise * 0.5 * restriction * (1.0 - kept)


@compiled
def expectation(expected: float, log_price: float, speed: float) -> float:
    """Return ln Pe + w (ln P - ln Pe): expectations follow prices, ``speed`` w."""
    return expected + speed * (log_price - expected)


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


@compiled
def build(under_way: Array, started: float, years: float, stopped: float) -> float:
    """Move a mine under construction by a quarter in place; return what is completed, kt/yr.

    ``under_way`` (stage,) kt/yr; ``started`` kt/yr begun this quarter; ``years`` L to build;
    ``stopped`` part of what is under way given up.  A stage is left with p = min(1, 3 dt/L), so
    that the mean time over all stages is L.
    """
    share, arriving = min(1.0, STAGES * STEP / years), started
    for stage in range(len(under_way)):
        kept = under_way[stage] * (1.0 - stopped)
        moving = share * kept
        under_way[stage] = kept - moving + arriving
        arriving = moving
    return arriving


@compiled
def planned_capacity(now: float, sales: float, slack: float, up: float, down: float) -> float:
    """Return China's capacity after a quarter: towards sales / (1 - slack), kt/yr.

    ``sales`` what it expects to use and may export at the usual price; ``up``, ``down`` 1/quarter.
    """
    gap = sales / (1.0 - slack) - now
    return now + (up if gap > 0.0 else down) * gap
