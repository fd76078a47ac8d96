"""Rank correlations of uncertain parameters, through a Gaussian copula.

Iman and Conover (1982) ask for rank correlations; those of a Gaussian copula follow from its
linear correlation r as (6 / pi) asin(r / 2) (Kruskal 1958, JASA 53, 814-861), so that
r = 2 sin(pi rho / 6) gives the rank correlation rho.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from steppe.scenario.distributions import normal_cdf, normal_ppf
from steppe.scenario.resolved import Correlation

Array = NDArray[np.float64]


def implied(names: Sequence[str], correlations: Sequence[Correlation]) -> Array:
    """Return the linear correlation matrix ``(name, name)`` behind the rank correlations."""
    matrix = np.eye(len(names))
    for entry in correlations:
        i, j = (names.index(n) for n in entry.between)
        matrix[i, j] = matrix[j, i] = 2.0 * math.sin(math.pi * entry.rho / 6.0)
    return matrix


def correlate(
    uniforms: Mapping[str, Array], correlations: Sequence[Correlation]
) -> dict[str, Array]:
    """Return the uniforms ``(member,)`` with the rank correlations given to them.

    Parameters without a correlation keep their own uniforms.  Sums run over parameters one by one,
    never over members, so that a member's values do not depend on its chunk.
    """
    result = dict(uniforms)
    names = sorted({n for c in correlations for n in c.between})
    if not names:
        return result
    factor = np.linalg.cholesky(implied(names, correlations))
    normal = [normal_ppf(np.maximum(uniforms[name], 2.0**-54)) for name in names]
    for i, name in enumerate(names):
        mixed = factor[i, 0] * normal[0]
        for k in range(1, i + 1):
            mixed = mixed + factor[i, k] * normal[k]
        result[name] = normal_cdf(mixed)
    return result
