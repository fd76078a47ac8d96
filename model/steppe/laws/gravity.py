"""Gravity: how far trade of the base year lies from what size and distance imply, and its noise.

Axes: power, host, member (always last).

Source: erosion of historical ties towards the potential, Head, Mayer and Ries (2010), Journal of
International Economics 81.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def pair_noise_scale(base_flow: Array, small: Array, slope: Array, large: Array) -> Array:
    """Return the factor clip(small - slope ln flow, large, small) on a pair's noise.

    ``base_flow`` (..., 1) in mn USD a year: small flows are lumpier.  ``small``, ``slope`` and
    ``large`` ``(member,)``.
    """
    result: Array = np.clip(small - slope * np.log(np.maximum(base_flow, 1.0)), large, small)
    return result


def potential(
    log_distance: Array,
    contiguity: Array,
    language: Array,
    per_distance: Array,
    per_contiguity: Array,
    per_language: Array,
) -> Array:
    """Return what geography allows, -d ln distance + b border + l language, (..., member).

    ``log_distance`` (of km), ``contiguity`` and ``language`` (0 or 1) (..., 1); the elasticities
    ``(member,)``.
    """
    result: Array = (
        per_contiguity * contiguity + per_language * language - per_distance * log_distance
    )
    return result


def residuals(log_trade: Array, log_size: Array, potential: Array, eroding: Sequence[int]) -> Array:
    """Return r = ln X - ln(Y_i Y_j) - potential less its median over the ``eroding`` powers' pairs.

    ``log_trade`` and ``log_size`` (power, host, 1): trade in both directions and the product of
    GDPs; ``potential`` and the result (power, host, member).
    """
    residual = log_trade - log_size - potential
    pairs = residual[list(eroding)].reshape(-1, residual.shape[-1])
    result: Array = residual - np.median(pairs, axis=0)
    return result
