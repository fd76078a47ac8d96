"""Gas: what a buyer takes, what it pays, and how a seller short of gas shares it out.

Gas is booked where trade statistics record it.  Axes: line, member; a seller's lines are given
alone.  Netback: what the seller receives at its border, as a share of the Japanese LNG price.

Sources: netback pricing and take-or-pay, Creti and Villeneuve (2004), Energy Studies Review 13;
bargaining over pipeline gas by outside options, Hubert and Ikonnikova (2011), Journal of Industrial
Economics 59; figures of 2000 and 2009, ``data/gas.csv``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe.clock import PER_YEAR, STEP
from steppe.laws.compiled import compiled, elementwise
from steppe.world.state import USD_PER_THOUSAND_M3

Array = NDArray[np.float64]
Index = NDArray[np.intp]

SMALLEST, TINY = 1e-9, 1e-200
DONE = 1.0 - 1e-9
"""Completion from which a line is in service."""
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


@elementwise
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


@elementwise
def appetite(worth: Array, netback: Array, margin: Array) -> Array:
    """Return the part of a contract that the buyer takes, clip((m - n)/w, 0, 1), (line, member).

    ``worth`` m: what it can pay at the seller's border; ``netback`` n: what it pays; both shares of
    the LNG price; ``margin`` w: the profit from which it takes all.
    """
    result: Array = np.minimum(np.maximum((worth - netback) / margin, 0.0), 1.0)
    return result


@compiled
def outside_options(available: Array, exportable: float) -> Array:
    """Return what a seller could send elsewhere, over what it can export, ``(line,)``.

    O_l = sum_(k not l) min(K_k, Q)/Q with ``available`` K bcm/yr (line,), the capacity of all the
    seller's lines as far as they are built and open, and ``exportable`` Q bcm/yr.  What counts is
    that gas could go there, not that it does: a line that is idle at today's price is a threat.
    """
    could, whole = max(exportable, LEAST_EXPORTABLE), 0.0
    for line in range(len(available)):
        whole += min(available[line] / could, 1.0)
    options = np.empty_like(available)
    for line in range(len(available)):
        options[line] = whole - min(available[line] / could, 1.0)
    return options


@elementwise
def bargained_netback(options: Array, captive: Array, half: Array, worth: Array) -> Array:
    """Return n = min[m, n0 + (1 - n0) O/(O + h)], ``(line, member)``.

    ``captive`` n0: the share of a seller without options (``options`` O = 0); with many it gets the
    whole LNG price; ``half`` h: options that give it half of the difference; ``worth`` m: more the
    buyer cannot pay.  More options never lower n.
    """
    result: Array = np.minimum(worth, captive + (1.0 - captive) * options / (options + half))
    return result


@elementwise
def reviewed(netback: Array, agreed: Array, review_years: Array) -> Array:
    """Return n + (n* - n)(1 - exp(-dt/T)): reviews move prices towards what options imply, n*."""
    result: Array = netback + (agreed - netback) * -np.expm1(-STEP / review_years)
    return result


@compiled
def routed(desired: Array, preference: Array, exportable: Array) -> Array:
    """Return flows of one seller, bcm/yr, ``(line, member)``.

    All of ``desired`` where the ``exportable`` gas (member,) suffices; otherwise it is shared out
    by desired x exp(``preference``), no line above what is desired, and what one leaves goes to the
    others.  Flows never sum to more than is exportable.
    """
    lines, members = desired.shape
    flow, weight = desired.copy(), np.empty(lines)
    for m in range(members):
        total = 0.0
        for line in range(lines):
            total += desired[line, m]
        if total <= exportable[m]:
            continue
        left = min(total, exportable[m])
        for line in range(lines):
            weight[line] = desired[line, m] * np.exp(preference[line, m])
            flow[line, m] = 0.0
        for _ in range(lines):
            whole = given = 0.0
            for line in range(lines):
                if desired[line, m] - flow[line, m] > SMALLEST:
                    whole += weight[line]
            for line in range(lines):
                room = desired[line, m] - flow[line, m]
                if room > SMALLEST:
                    part = min(room, left * weight[line] / max(whole, TINY))
                    flow[line, m] += part
                    given += part
            left = max(left - given, 0.0)
    return flow


@elementwise
def gas_value(volume: Array, netback: Array, lng_price: Array) -> Array:
    """Return the value of gas, mn USD/quarter: volume (bcm/yr) x netback share x LNG price.

    ``lng_price``: Japan LNG, USD/MMBtu, two quarters earlier; ``netback``: what the seller at the
    border receives as a share of it.  1 bcm at 1 USD per 1000 m3 is worth 1 mn USD.
    """
    result: Array = volume * netback * lng_price * (USD_PER_THOUSAND_M3 / 4.0)
    return result


@elementwise
def output_capacity(base: Array, growth: Array, years: float, added: Array) -> Array:
    """Return what the fields can give, bcm/yr, base exp(g years) + added, ``(host, member)``."""
    result: Array = base * np.exp(growth * years) + added
    return result


@elementwise
def home_use(base: Array, elasticity: Array, log_real: Array) -> Array:
    """Return gas that a host keeps, bcm/yr, base (Yr/Yr0)^e, ``(host, member)``."""
    result: Array = base * np.exp(elasticity * log_real)
    return result


class Terms(NamedTuple):
    """Parameters of gas: of lines ``capacity``, ``worth``, ``contract``, ``take_or_pay`` (line,
    member) and ``open``, ``completion`` (pipeline, member); of hosts ``output``, ``growth``,
    ``use``, ``use_elasticity`` (host, member); of all ``competition``, ``conflict_loss``,
    ``buyer_margin``, ``review_years``, ``fill_years``, ``captive_netback``, ``half_options``
    (member,)."""

    capacity: Array
    worth: Array
    contract: Array
    take_or_pay: Array
    open: Array
    completion: Array
    output: Array
    growth: Array
    use: Array
    use_elasticity: Array
    competition: Array
    conflict_loss: Array
    buyer_margin: Array
    review_years: Array
    fill_years: Array
    captive_netback: Array
    half_options: Array


class Fields(NamedTuple):
    """Gas of hosts in a quarter, bcm/yr (host, member): ``added`` to the fields by works,
    ``log_real`` log change of real GDP; ``exportable`` and ``home``, kept, are written."""

    added: Array
    log_real: Array
    exportable: Array
    home: Array


@compiled
def draw_from_fields(v: Terms, fields: Fields, years: float) -> None:
    """Let hosts keep what they use of what their fields give; ``years`` since the base year."""
    for host in range(fields.added.shape[0]):
        for m in range(fields.added.shape[1]):
            given = output_capacity(
                v.output[host, m], v.growth[host, m], years, fields.added[host, m]
            )
            kept = home_use(v.use[host, m], v.use_elasticity[host, m], fields.log_real[host, m])
            fields.exportable[host, m] = max(given - kept, 0.0)
            fields.home[host, m] = min(kept, given)


@compiled
def agreed_netback(v: Terms, seller: Index, available: Array, exportable: Array) -> Array:
    """Return the netback shares that the sellers' options imply, ``(line, member)``.

    ``seller`` (line,) host; ``available`` (line, member) and ``exportable`` (host, member) bcm/yr.
    """
    lines, members = available.shape
    agreed, own = np.empty((lines, members)), np.empty(lines)
    for host in range(exportable.shape[0]):
        for m in range(members):
            for line in range(lines):
                own[line] = available[line, m] if seller[line] == host else 0.0
            options = outside_options(own, exportable[host, m])
            for line in range(lines):
                if seller[line] == host:
                    agreed[line, m] = bargained_netback(
                        options[line], v.captive_netback[m], v.half_options[m], v.worth[line, m]
                    )
    return agreed


@compiled
def ask(
    v: Terms,
    complete: Array,
    conflict: Array,
    agreed: Array,
    volume: Array,
    base_appetite: Array,
    flow: Array,
    netback: Array,
    age: Array,
) -> Array:
    """Review prices, age the lines in service and return what buyers want, bcm/yr, (line, member).

    ``complete`` 0-1, ``conflict`` along a line 0-1, ``agreed`` netbacks, last ``flow``, ``netback``
    and ``age`` (line, member), the last two moved in place; ``volume`` of the base (line,) and its
    ``base_appetite`` (line, member).
    """
    wanted = np.empty_like(agreed)
    for line in range(agreed.shape[0]):
        for m in range(agreed.shape[1]):
            passable = v.open[line, m] * (1.0 - v.conflict_loss[m] * conflict[line, m])
            capacity = v.capacity[line, m] * passable if complete[line, m] >= DONE else 0.0
            if capacity > 0.0:
                age[line, m] += STEP
            if flow[line, m] > 0.0:
                netback[line, m] = reviewed(netback[line, m], agreed[line, m], v.review_years[m])
            else:
                netback[line, m] = agreed[line, m]
            takes = appetite(v.worth[line, m], netback[line, m], v.buyer_margin[m])
            wanted[line, m] = desired(
                volume[line],
                1.0 - v.competition[m] * (1.0 - base_appetite[line, m]),
                v.contract[line, m],
                1.0 - v.competition[m] * (1.0 - takes),
                v.take_or_pay[line, m],
                capacity,
                age[line, m],
                v.fill_years[m],
            )
    return wanted


@compiled
def worth_of_lines(
    flow: Array,
    netback: Array,
    base_netback: Array,
    volume: Array,
    value: Array,
    competition: Array,
    fixed: Array,
    price: Array,
    base_price: float,
) -> Array:
    """Return what each line's gas is worth, mn USD/quarter, (line, member).

    A line whose base-year ``value`` mn USD/yr and ``volume`` bcm/yr (line,) are recorded moves from
    it with ``flow``, the LNG ``price`` (member,) and its ``netback``; of another what is beyond its
    base volume is priced by the law, with ``competition`` from the ``fixed`` netback on (member,).
    """
    lines, members = netback.shape
    worth = np.empty((lines, members))
    for line in range(lines):
        for m in range(members):
            if value[line] > 0.0 and volume[line] > 0.0:
                before = base_netback[line, m]
                moved = netback[line, m] / before - 1.0 if before > 0.0 else 0.0
                usual = value[line] / PER_YEAR * (flow[line, m] / volume[line])
                worth[line, m] = usual * (price[m] / base_price) * (1.0 + competition[m] * moved)
            else:
                share = fixed[m] + competition[m] * (netback[line, m] - fixed[m])
                beyond = max(flow[line, m] - volume[line], 0.0)
                worth[line, m] = gas_value(beyond, share, price[m])
    return worth


@compiled
def book(
    worth: Array, seller: Index, recorded: Array, hidden: Array, value: Array, elsewhere: Array
) -> None:
    """Add lines' ``worth`` (line, member) to the partners in whose trade it is ``recorded``.

    ``recorded`` (line, partner) and ``hidden`` (line,) parts; ``value`` (host, partner, member) and
    what Russia takes and statistics hold ``elsewhere`` (host, member) are added to.
    """
    for line in range(worth.shape[0]):
        host = seller[line]
        for partner in range(recorded.shape[1]):
            if recorded[line, partner] != 0.0:
                for m in range(worth.shape[1]):
                    value[host, partner, m] += recorded[line, partner] * worth[line, m]
        for m in range(worth.shape[1]):
            elsewhere[host, m] += hidden[line] * worth[line, m]
