"""Offers: how many, of what size, in which sector, and what the purse leaves of them.

Axes: window, host, member.  Random numbers come in as uniforms or normals, so that every law is a
function of its arguments.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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


def mean_size(reference: Array, gdp: Array) -> Array:
    """Return m = m0 (Y_h / 20 bn)^0.35, mn USD; ``gdp`` bn USD/yr; shapes broadcast."""
    result: Array = reference * np.exp(SIZE_ELASTICITY * np.log(gdp / REFERENCE_GDP))
    return result


def count(rate: Array, uniform: Array) -> Array:
    """Return Poisson numbers of mean ``rate`` by inversion of ``uniform``; any equal shapes."""
    term = np.exp(-rate)
    cumulative = term.copy()
    number = np.zeros_like(rate)
    for k in range(1, MOST_OFFERS + 1):
        more = uniform > cumulative
        if not more.any():
            break
        number += more
        term = term * rate / k
        cumulative += term
    return number


def size(mean: Array, spread: Array, normal: Array) -> Array:
    """Return lognormal sizes of the given mean, sd of the log ``spread``, cut at 8 means."""
    factor = np.exp(spread * normal - 0.5 * spread * spread)
    result: Array = mean * np.minimum(factor, LARGEST)
    return result


def package(mean: Array, number: Array, spread: Array, normal: Array, gdp: Array) -> Array:
    """Return the size of ``number`` offers taken together, mn USD, ``(host, member)``.

    n m times a lognormal factor whose log has the standard deviation ``spread`` / sqrt(n): many
    offers vary less than one.  At most a twentieth of the host's GDP, ``gdp`` bn USD/yr.
    """
    several = np.maximum(number, 1.0)
    one = size(mean, spread / np.sqrt(several), normal)
    result: Array = np.minimum(number * one, LARGEST_OF_GDP * MN_PER_BN * gdp)
    return result


def sector(shares: Array, uniform: Array) -> tuple[NDArray[np.intp], Array]:
    """Draw a sector by its share: index and what is left of the uniform number, both (..., member).

    ``shares`` (..., sector, member) >= 0, not all zero; ``uniform`` (..., member).  What is left is
    the place of the number within the sector's interval: uniform again and independent of it.
    """
    target = uniform * np.add.reduce(shares, axis=-2)
    index = np.zeros(uniform.shape, np.intp)
    low, width = np.zeros_like(target), shares[..., 0, :].copy()
    high = width.copy()
    for k in range(1, shares.shape[-2]):
        beyond = (target >= high) & (shares[..., k, :] > 0.0)
        index[beyond] = k
        np.copyto(low, high, where=beyond)
        np.copyto(width, shares[..., k, :], where=beyond)
        high += shares[..., k, :]
    left = (target - low) / np.where(width > 0.0, width, 1.0)
    return index, np.clip(left, 0.0, 1.0)


def beside_banks(share: Array, risk: Array, response: Array) -> Array:
    """Return the chance that a work goes through the development banks, ``(host, member)``.

    Its odds are those of ``share`` (member,) times exp(response risk); ``risk`` (host, member) is
    the country's over the usual, ``response`` (member,) 1 a point of it.
    """
    odds = np.exp(response * risk)
    result: Array = share * odds / (1.0 - share + share * odds)
    return result


def trim(wanted: Array, mean: Array, purse: Array, first: int) -> Array:
    """Return what the purse leaves of the offers, mn USD, ``(host, member)``.

    ``wanted`` and ``mean`` size (host, member); ``purse`` (member,).  Hosts are served in turn from
    ``first`` on, which moves by one a quarter, so that none is always last; an offer that would
    shrink below 0.3 of the mean one is not made.  The sum never exceeds the purse.
    """
    left = purse.copy()
    made = np.zeros_like(wanted)
    hosts = len(wanted)
    for turn in range(hosts):
        host = (first + turn) % hosts
        amount = np.minimum(wanted[host], left)
        cut = (amount < wanted[host]) & (amount < SMALLEST * mean[host])
        amount = np.where(cut, 0.0, amount)
        made[host] = amount
        left -= amount
    return made
