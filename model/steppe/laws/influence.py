"""Influence: bandwidth times dependence, four channels, leverage and shares; alignment.

Axes: power, host, channel, member.  Influence capacity and realised leverage are separate: chi is
the efficiency with which capacity is converted.

Sources: Hirschman (1945), National Power and the Structure of Foreign Trade: dependence as what
being cut off would cost, here the CES welfare loss of Arkolakis, Costinot and Rodriguez-Clare
(2012); Moyer, Sweijs, Burrows and van Manen (2018), Power and Influence in a Globalized World
(FBIC); Friedkin and Johnsen (1990), Journal of Mathematical Sociology 15.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import STEP
from steppe.laws.compiled import elementwise

Array = NDArray[np.float64]

ECONOMIC, INSTITUTIONAL, SECURITY, SOFT = range(4)

VOLUME_SLOPE, VOLUME_LEVEL, BANDWIDTH_LIMITS = 0.051, -0.05, (0.01, 1.0)
"""FBIC's economic bandwidth on the log of volume, mn USD, 1992-2009."""
OPENNESS_CAP = 0.6
"""Imports (or exports) over GDP that count at most: above are re-exports."""
LARGEST_SHARE = 0.95
REMITTANCES, TRANSIT, DEBT, CAPITAL = 0.4, 0.15, 0.15, 0.3
"""Weights of the other ties in the loss from being cut off."""
SMALLEST = 1e-12
FBIC_SCALE = 0.1325
"""Makes the index of 1992-2009 from its parts within 0.001 (data/influence_observed.csv)."""
VISIBLE_UNIT, VISIBLE_RATE, TAUGHT_UNIT, TAUGHT_RATE, FLOW_MOST = 0.02, 0.03, 0.004, 0.08, 1.5


@elementwise
def bandwidth(volume: Array, agreements: Array) -> Array:
    """Return clip(0.051 ln(1 + volume) - 0.05 + agreements, 0.01, 1), ``(power, host, member)``.

    ``volume`` mn USD: yearly trade, operating capital and debt; ``agreements`` 0-1.
    """
    least, most = BANDWIDTH_LIMITS
    width = VOLUME_SLOPE * np.log1p(volume) + VOLUME_LEVEL + agreements
    result: Array = np.minimum(np.maximum(width, least), most)
    return result


@elementwise
def missed(share: Array, convexity: Array) -> Array:
    """Return g = c (-ln(1 - s)) + (1 - c) s, how much a partner with a share would be missed.

    ``share`` s counts up to 0.95; ``convexity`` c 0-1: 1 the welfare loss, of which each further
    part of the share costs 1/(1 - s) of the first, 0 the share itself.  A mixture, so that both
    ends are exact and c is the weight of convexity.
    """
    most = np.minimum(share, LARGEST_SHARE)
    result: Array = convexity * -np.log1p(-most) + (1.0 - convexity) * most
    return result


@elementwise
def loss_when_cut_off(
    import_share: Array,
    export_share: Array,
    imports_to_gdp: Array,
    exports_to_gdp: Array,
    remittances_to_gdp: Array,
    transit_share: Array,
    debt_to_gdp: Array,
    capital_to_gdp: Array,
    elasticity: Array,
    convexity: Array,
) -> Array:
    """Return the host's loss if the power cut its ties, share of GDP, ``(power, host, member)``.

    L = [min(M/Y, 0.6) g(pi) + min(X/Y, 0.6) g(d) + 0.4 rem/Y + 0.15 transit
    min((M + X)/Y, 1)]/theta + 0.15 D/Y + 0.3 Op/Y; g is :func:`missed`.  ``import_share`` pi
    and ``export_share`` d over all partners, at most 0.95, and the rest (power, host, member);
    ``imports_to_gdp`` and ``exports_to_gdp`` (host, member); ``elasticity`` theta and ``convexity``
    of g (member,).
    """
    buying = np.minimum(imports_to_gdp, OPENNESS_CAP) * missed(import_share, convexity)
    selling = np.minimum(exports_to_gdp, OPENNESS_CAP) * missed(export_share, convexity)
    passing = TRANSIT * transit_share * np.minimum(imports_to_gdp + exports_to_gdp, 1.0)
    result: Array = (
        (buying + selling + REMITTANCES * remittances_to_gdp + passing) / elasticity
        + DEBT * debt_to_gdp
        + CAPITAL * capital_to_gdp
    )
    return result


@elementwise
def dependence(loss: Array, half: Array) -> Array:
    """Return L / (L + half), 0-1; ``loss`` L >= 0 and ``half`` > 0 as shares of GDP."""
    result: Array = loss / (loss + half)
    return result


@elementwise
def kept(half_life: Array) -> Array:
    """Return 2^(-dt / half), the part of a channel that is left after a quarter; years."""
    result: Array = np.exp(-math.log(2.0) * STEP / half_life)
    return result


@elementwise
def economic(level: Array, capacity: Array, half_life: Array) -> Array:
    """Return I' = I + k (capacity - I), k = 1 - 2^(-dt/half), ``(power, host, member)``."""
    result: Array = level + (1.0 - kept(half_life)) * (capacity - level)
    return result


@elementwise
def channel(level: Array, half_life: Array, inflow: Array) -> Array:
    """Return I' = 2^(-dt/half) I + dt inflow (1 - I), within 0-1; ``inflow`` >= 0 in 1/yr.

    Used for institutions, security and soft power.  dt inflow counts up to 2^(-dt/half), which
    keeps I within 0-1 and monotone.
    """
    stays = kept(half_life)
    result: Array = stays * level + np.minimum(STEP * inflow, stays) * (1.0 - level)
    return result


def settled(half_life: Array, inflow: Array, years: Array | float) -> Array:
    """Return where :func:`channel` stands ``years`` after zero under a constant ``inflow``."""
    stays = kept(half_life)
    added = np.minimum(STEP * inflow, stays)
    factor = np.maximum(stays - added, SMALLEST)
    result: Array = added / (1.0 - factor) * (1.0 - np.exp(years / STEP * np.log(factor)))
    return result


@elementwise
def soft_inflow(
    visible_to_gdp: Array, taught_to_gdp: Array, culture: Array, half_life: Array
) -> Array:
    """Return the inflow of soft power, 1/yr, ``(power, host, member)``.

    0.03 min(visible/0.02 Y, 1.5) + 0.08 min(taught/0.004 Y, 1.5) + what keeps ``culture`` where it
    is: culture (1 - 2^(-dt/half)) / dt / (1 - culture).  ``visible_to_gdp`` completed works a year
    and ``taught_to_gdp`` spending on education and culture, shares of GDP.
    """
    works = VISIBLE_RATE * np.minimum(visible_to_gdp / VISIBLE_UNIT, FLOW_MOST)
    schools = TAUGHT_RATE * np.minimum(taught_to_gdp / TAUGHT_UNIT, FLOW_MOST)
    fades = (1.0 - kept(half_life)) / STEP
    result: Array = works + schools + culture * fades / (1.0 - culture)
    return result


def leverage(levels: Array, weights: Array, conversion: Array) -> Array:
    """Return Lam = chi sum_c w_c I_c, ``(power, host, member)``.

    ``levels`` (power, host, channel, member); ``weights`` w (channel, member); ``conversion`` chi
    (power, member).
    """
    total = weights[0] * levels[:, :, 0]
    for c in range(1, len(axes.CHANNELS)):
        total = total + weights[c] * levels[:, :, c]
    result: Array = conversion[:, None] * total
    return result


def shares(realised: Array, autonomy: Array) -> tuple[Array, Array]:
    """Return S = Lam_p / (autonomy + sum Lam), (power, host, m), and the host's own part (host, m).

    ``realised`` Lam (power, host, member); ``autonomy`` > 0 (host, member).  Their sum is 1.
    """
    whole = autonomy + np.add.reduce(realised, axis=0)
    return realised / whole, autonomy / whole


def fbic(
    economic_bandwidth: Array,
    political_bandwidth: Array,
    security_bandwidth: Array,
    economic_dependence: Array,
    security_dependence: Array,
) -> Array:
    """Return the published index's form, ``(power, host, member)``.

    FBIC = 0.1325 (econb + polb + secb)(econd + secd): volumes and treaties of trade, diplomacy and
    security times dependence in trade and in arms.  The parts are the index's own, trade dependence
    up to 2 and the others up to 1.
    """
    width = economic_bandwidth + political_bandwidth + security_bandwidth
    result: Array = FBIC_SCALE * width * (economic_dependence + security_dependence)
    return result


def opinion(
    position: Array, own: Array, powers: Array, share: Array, rest: Array, rate: Array
) -> Array:
    """Return x' = x + k (sum_p S_p x_p + S_0 x0 - x) per issue, ``(issue, host, member)``.

    ``position`` x and ``own`` x0, where the host stands by itself, (issue, host, member);
    ``powers`` x_p (issue, power, 1); ``share`` S (power, host, member) and ``rest`` S_0 (host,
    member) sum to 1; ``rate`` k 1/quarter (member,).  Positions stay within those of all sides.
    """
    pull = rest * own
    for p in range(len(share)):
        pull = pull + share[p] * powers[:, p, None]
    result: Array = position + rate * (pull - position)
    return result


def alignment(position: Array, powers: Array) -> Array:
    """Return 1 - |x - x_p| per issue, -1 to 1, ``(issue, power, host, member)``."""
    result: Array = 1.0 - np.abs(position[:, None] - powers[:, :, None])
    return result
