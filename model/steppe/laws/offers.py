"""Offers: how many, of what size, in which sector, and what the purse leaves of them.

Axes: window, host, member.  Random numbers come in as uniforms or normals, so that every law is a
function of its arguments.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe.laws.compiled import compiled, elementwise
from steppe.world.surroundings import MN_PER_BN

Array = NDArray[np.float64]

MOST_OFFERS = 20
"""Offers of one window to one host in a quarter beyond which the Poisson tail is cut."""
LARGEST = 8.0
"""Largest offer over the mean one."""
SMALLEST = 0.3
"""Offers that the purse trims below this part of the mean one are not made."""
LARGEST_OF_GDP = 0.05
"""Largest package of a quarter over the host's yearly GDP."""
REFERENCE_GDP = 20.0
"""GDP, bn USD, of the host whose mean offer is m0."""
SIZE_ELASTICITY = 0.35
SOLO, BESIDE_BANKS = 0, 1
"""Modes of finance that are drawn; consortia form later."""


class Draws(NamedTuple):
    """Random numbers of one power's offers, (window, host, member).

    ``number`` and ``kind`` uniform in 0-1, ``size`` standard normal.
    """

    number: Array
    size: Array
    kind: Array


class Usual(NamedTuple):
    """Parameters of one power's offers, each (member,).

    Mean sizes m0 of the windows, mn USD; ``spread`` of the log size; ``tau`` quarters in which a
    purse is spent; ``banks`` the share beside development banks, its response ``to_risk`` and the
    ``usual_risk`` at which it holds.
    """

    concessional: Array
    commercial: Array
    spread: Array
    tau: Array
    banks: Array
    to_risk: Array
    usual_risk: Array


class Table(NamedTuple):
    """What a power puts on the table, (window, host, member).

    ``amount`` mn USD, 0 where nothing is offered; ``sector`` and ``mode`` indices; ``expected``:
    what offers amount to on average, mn USD, and the part of it for infrastructure,
    ``expected_works``.
    """

    amount: Array
    sector: NDArray[np.intp]
    mode: NDArray[np.intp]
    expected: Array
    expected_works: Array


def relative_size(gdp: Array) -> Array:
    """Return m/m0 = (Y_h / 20 bn)^0.35, mean offers over the reference one; ``gdp`` bn USD/yr."""
    result: Array = np.exp(SIZE_ELASTICITY * np.log(gdp / REFERENCE_GDP))
    return result


@compiled
def count(rate: float, uniform: float) -> float:
    """Return a Poisson number of mean ``rate`` by inversion of ``uniform``, at most 20."""
    if uniform <= 1.0 - rate:  # which is below exp(-rate)
        return 0.0
    term = np.exp(-rate)
    cumulative, number = term, 0
    while number < MOST_OFFERS and uniform > cumulative:
        number += 1
        term *= rate / number
        cumulative += term
    return float(number)


@elementwise
def size(mean: Array, spread: Array, normal: Array) -> Array:
    """Return lognormal sizes of the given mean, sd of the log ``spread``, cut at 8 means."""
    factor = np.exp(spread * normal - 0.5 * spread * spread)
    result: Array = mean * np.minimum(factor, LARGEST)
    return result


@elementwise
def package(mean: Array, number: Array, spread: Array, normal: Array, gdp: Array) -> Array:
    """Return the size of ``number`` offers taken together, mn USD, shapes equal.

    n m times a lognormal factor whose log has the standard deviation ``spread`` / sqrt(n): many
    offers vary less than one.  At most a twentieth of the host's GDP, ``gdp`` bn USD/yr.
    """
    several = np.maximum(number, 1.0)
    one = size(mean, spread / np.sqrt(several), normal)
    result: Array = np.minimum(number * one, LARGEST_OF_GDP * MN_PER_BN * gdp)
    return result


@compiled
def sector(shares: Array, uniform: float) -> tuple[int, float]:
    """Draw a sector by its share: index and what is left of the uniform number.

    ``shares`` (sector,) >= 0, not all zero.  What is left is the place of the number within the
    sector's interval: uniform again and independent of it.
    """
    target = 0.0
    for share in shares:
        target += share
    target *= uniform
    index, low, width = 0, 0.0, shares[0]
    high = width
    for k in range(1, len(shares)):
        if target >= high and shares[k] > 0.0:
            index, low, width = k, high, shares[k]
        high += shares[k]
    if width <= 0.0:
        width = 1.0
    return index, min(max((target - low) / width, 0.0), 1.0)


@elementwise
def beside_banks(share: Array, risk: Array, response: Array) -> Array:
    """Return the chance that a work goes through the development banks, shapes broadcast.

    Its odds are those of ``share`` times exp(response risk); ``risk`` is the country's over the
    usual, ``response`` 1 a point of it.
    """
    odds = np.exp(response * risk)
    result: Array = share * odds / (1.0 - share + share * odds)
    return result


@compiled
def trim(wanted: Array, mean: Array, purse: float, first: int) -> None:
    """Leave of the offers ``wanted`` (host,), mn USD, in place, what the ``purse`` pays for.

    ``mean`` size (host,).  Hosts are served in turn from ``first`` on, which moves by one a
    quarter, so that none is always last; an offer that would shrink below 0.3 of the mean one is
    not made.  The sum never exceeds the purse.
    """
    hosts = len(wanted)
    for turn in range(hosts):
        host = (first + turn) % hosts
        amount = min(wanted[host], purse)
        if amount < wanted[host] and amount < SMALLEST * mean[host]:
            amount = 0.0
        wanted[host] = amount
        purse -= amount


@compiled
def draw(
    usual: Usual,
    shares: Array,
    of_host: Array,
    works: Array,
    purse: Array,
    relative: Array,
    gdp: Array,
    risk: Array,
    draws: Draws,
    first: int,
    opening: bool,
    table: Table,
) -> None:
    """Draw a quarter's offers of one power to each host and put them on the ``table``.

    ``shares`` (window, host, sector, member) of sectors, ``of_host`` (window, host, member), of
    which the rate of offers is share A / (tau m), and the part of them for ``works``, the
    infrastructure; ``purse`` A (window, member) mn USD; ``relative`` size of offers and ``gdp`` bn
    USD/yr (host, member); ``risk`` (host, member); ``first`` the host that is served first.  When
    ``opening`` sectors are drawn without offers, too.
    """
    windows, hosts, _, members = shares.shape
    mean, wanted = np.empty((hosts, members)), np.empty((hosts, members))
    for window in range(windows):
        reference = usual.concessional if window == 0 else usual.commercial
        for host in range(hosts):
            for m in range(members):
                money = of_host[window, host, m] * (purse[window, m] / usual.tau[m])
                table.expected[window, host, m] = money
                table.expected_works[window, host, m] = money * works[window, host, m]
                one = reference[m] * relative[host, m]
                number = count(money / one, draws.number[window, host, m])
                mean[host, m], wanted[host, m] = one, 0.0
                if number > 0.0:
                    normal = draws.size[window, host, m]
                    several = package(one, number, usual.spread[m], normal, gdp[host, m])
                    wanted[host, m] = several
        for m in range(members):
            trim(wanted[:, m], mean[:, m], purse[window, m], first)
        for host in range(hosts):
            for m in range(members):
                amount = wanted[host, m]
                table.amount[window, host, m], table.mode[window, host, m] = amount, SOLO
                if amount > 0.0 or opening:
                    place = draws.kind[window, host, m]
                    kind, left = sector(shares[window, host, :, m], place)
                    table.sector[window, host, m] = kind
                    beyond = risk[host, m] - usual.usual_risk[m]
                    if left < beside_banks(usual.banks[m], beyond, usual.to_risk[m]):
                        table.mode[window, host, m] = BESIDE_BANKS
