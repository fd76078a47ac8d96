"""Gas: what a buyer takes, what it pays, and how a seller short of gas shares it out.

Gas is booked where trade statistics record it.  Axes: line, member; a seller's lines are given
alone.  Netback: what the seller receives at its border, as a share of the Japanese LNG price.

Sources: netback pricing and take-or-pay, Creti and Villeneuve (2004), Energy Studies Review 13;
bargaining over pipeline gas by outside options, Hubert and Ikonnikova (2011), Journal of Industrial
Economics 59; figures of 2000 and 2009, ``data/gas.csv``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.clock import STEP
from steppe.world.state import USD_PER_THOUSAND_M3

Array = NDArray[np.float64]

SMALLEST, TINY = 1e-9, 1e-200
LEAST_APPETITE = 0.05
LEAST_EXPORTABLE = 1.0
"""Exportable gas, bcm/yr, below which a seller's options do not grow any more."""


def line_volume(
    base_volume: Array, contract: Array, capacity: Array, age: Array, fill_years: Array
) -> Array:
    """Return min(capacity, V0 + (C - V0)(1 - exp(-age/tau))), bcm/yr, ``(member,)``.

    ``base_volume`` V0, ``contract`` C and ``capacity`` in bcm/yr; ``age`` in years since the line
    opened (or since the base year, if it was open then); ``fill_years`` tau in years.  A line whose
    capacity is 0 carries nothing.
    """
    filled = base_volume + (contract - base_volume) * -np.expm1(-age / fill_years)
    result: Array = np.minimum(capacity, np.maximum(filled, 0.0))
    return result


def desired(
    base_volume: Array,
    base_appetite: Array,
    contract: Array,
    appetite: Array,
    take_or_pay: Array,
    capacity: Array,
    age: Array,
    fill_years: Array,
) -> Array:
    """Return what buyers want, bcm/yr, ``(line, member)``.

    D = min{K, max[a (F + V0 e/a0), top (F + V0 e)]}, e = exp(-age/tau), F = C (1 - e): the line
    moves from its ``base_volume`` V0, at the base's appetite a0, to the ``contract`` C at the
    ``appetite`` a, but takes at least the part ``take_or_pay`` of it; at most the ``capacity`` K.
    With a = a0 = 1 it is :func:`line_volume`.
    """
    left = np.exp(-age / fill_years)
    filled = contract * (1.0 - left)
    before = base_volume * left
    wanted = appetite * (filled + before / np.maximum(base_appetite, LEAST_APPETITE))
    result: Array = np.minimum(capacity, np.maximum(wanted, take_or_pay * (filled + before)))
    return result


def appetite(worth: Array, netback: Array, margin: Array) -> Array:
    """Return the part of a contract that the buyer takes, clip((m - n)/w, 0, 1), (line, member).

    ``worth`` m: what it can pay at the seller's border; ``netback`` n: what it pays; both shares of
    the LNG price; ``margin`` w: the profit from which it takes all.
    """
    result: Array = np.clip((worth - netback) / margin, 0.0, 1.0)
    return result


def outside_options(available: Array, exportable: Array) -> Array:
    """Return what a seller could send elsewhere, over what it can export, ``(line, member)``.

    O_l = sum_(k not l) min(K_k, Q)/Q with ``available`` K bcm/yr, the capacity of all the seller's
    lines as far as they are built and open, and ``exportable`` Q bcm/yr (member,).  What counts is
    that gas could go there, not that it does: a line that is idle at today's price is a threat.
    """
    could = np.maximum(exportable, LEAST_EXPORTABLE)
    parts = np.minimum(available / could, 1.0)
    result: Array = np.add.reduce(parts, axis=0) - parts
    return result


def bargained_netback(options: Array, captive: Array, half: Array, worth: Array) -> Array:
    """Return n = min[m, n0 + (1 - n0) O/(O + h)], ``(line, member)``.

    ``captive`` n0: the share of a seller without options (``options`` O = 0); with many it gets the
    whole LNG price; ``half`` h: options that give it half of the difference; ``worth`` m: more the
    buyer cannot pay.  More options never lower n.
    """
    result: Array = np.minimum(worth, captive + (1.0 - captive) * options / (options + half))
    return result


def reviewed(netback: Array, agreed: Array, review_years: Array) -> Array:
    """Return n + (n* - n)(1 - exp(-dt/T)): reviews move prices towards what options imply, n*."""
    result: Array = netback + (agreed - netback) * -np.expm1(-STEP / review_years)
    return result


def routed(desired: Array, preference: Array, exportable: Array) -> Array:
    """Return flows of one seller, bcm/yr, ``(line, member)``.

    All of ``desired`` where the ``exportable`` gas (member,) suffices; otherwise it is shared out
    by desired x exp(``preference``), no line above what is desired, and what one leaves goes to the
    others.  Flows never sum to more than is exportable.
    """
    total = np.add.reduce(desired, axis=0)
    short = total > exportable
    if not short.any():
        return desired.copy()
    weight = desired * np.exp(preference)
    flow = np.zeros_like(desired)
    left = np.minimum(total, exportable)
    for _ in range(len(desired)):
        room = desired - flow
        open_weight = weight * (room > SMALLEST)
        whole = np.maximum(np.add.reduce(open_weight, axis=0), TINY)
        given = np.minimum(room, left * open_weight / whole)
        flow += given
        left = np.maximum(left - np.add.reduce(given, axis=0), 0.0)
    result: Array = np.where(short, flow, desired)
    return result


def gas_value(volume: Array, netback: Array, lng_price: Array) -> Array:
    """Return the value of gas, mn USD/quarter: volume (bcm/yr) x netback share x LNG price.

    ``lng_price``: Japan LNG, USD/MMBtu, two quarters earlier; ``netback``: what the seller at the
    border receives as a share of it.  1 bcm at 1 USD per 1000 m3 is worth 1 mn USD.
    """
    result: Array = volume * netback * lng_price * (USD_PER_THOUSAND_M3 / 4.0)
    return result


def output_capacity(base: Array, growth: Array, years: float, added: Array) -> Array:
    """Return what the fields can give, bcm/yr, base exp(g years) + added, ``(host, member)``."""
    result: Array = base * np.exp(growth * years) + added
    return result


def home_use(base: Array, elasticity: Array, log_real: Array) -> Array:
    """Return gas that a host keeps, bcm/yr, base (Yr/Yr0)^e, ``(host, member)``."""
    result: Array = base * np.exp(elasticity * log_real)
    return result
