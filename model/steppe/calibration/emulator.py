"""An emulator of the targets: quadratic in the active parameters, with what it does not know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import RidgeCV

Array = NDArray[np.float64]

PENALTIES = tuple(10.0**power for power in range(-2, 5))


@dataclass(frozen=True)
class Emulator:
    """Linear models of the targets' means on places, their squares and products.

    ``variance`` (target,): mean squared error with each point left out in turn; ``skill``
    (target,): one less its ratio to the variance over points (R2 out of sample).
    """

    coefficients: Array
    intercept: Array
    variance: Array
    skill: Array

    def mean(self, places: Array) -> Array:
        """Return the targets' means (target, point) at places (point, parameter)."""
        found: Array = self.coefficients @ terms(places).T
        return found + self.intercept[:, None]


def emulator(places: Array, means: Array) -> Emulator:
    """Return the emulator of ``means`` (target, point) at places (point, parameter).

    Ridge regression, the penalty of each target that which leaves the least error out of sample.
    """
    model = RidgeCV(PENALTIES, alpha_per_target=True, store_cv_results=True)
    scale = np.maximum(means.std(axis=1), 1e-12)
    model.fit(terms(places), (means / scale[:, None]).T)
    left_out = model.cv_results_.mean(axis=0).min(axis=1)  # (target,), in units of the spread
    return Emulator(
        model.coef_ * scale[:, None],
        np.asarray(model.intercept_) * scale,
        left_out * scale * scale,
        1.0 - left_out,
    )


def terms(places: Array) -> Array:
    """Return places, squares and products (point, term), of places moved to -1 to 1."""
    centred = 2.0 * places - 1.0
    first, second = np.triu_indices(places.shape[1])
    return np.concatenate([centred, centred[:, first] * centred[:, second]], axis=1)
