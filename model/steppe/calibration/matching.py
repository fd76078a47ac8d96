"""History matching: places are ruled out where a target lies too many standard errors away.

Craig, Goldstein, Seheult and Smith (1997); Vernon, Goldstein and Bower (2010), Bayesian Analysis 5,
619-670.  The variance of a target's distance is that of the observation, the model's discrepancy,
what chance makes of the one history there was (the spread over members), and the emulator's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from steppe.calibration.emulator import Emulator
from steppe.calibration.screening import stated_variance
from steppe.calibration.targets import targets

Array = NDArray[np.float64]

CUT = 3.0
"""Standard errors beyond which a place is ruled out (three sigma, Pukelsheim 1994)."""


def observed() -> Array:
    """Return the observed figures, (target,)."""
    return np.array([t.observed for t in targets()])


def implausibility(mean: Array, chance: Array, unknown: Array) -> Array:
    """Return |mean - z| / sqrt(Vobs + Vdisc + chance + unknown), (target, point).

    ``mean`` (target, point); ``chance`` the variance over members and ``unknown`` that of the
    emulator, (target, 1) or (target, point).
    """
    variance = stated_variance()[:, None] + chance + unknown
    distance: Array = np.abs(mean - observed()[:, None]) / np.sqrt(variance)
    return distance


@dataclass
class Match:
    """Emulators of the waves so far, each with the targets' spread over members (target,)."""

    waves: list[tuple[Emulator, Array]] = field(default_factory=list)

    def worst(self, places: Array) -> Array:
        """Return the largest implausibility over targets and waves, (point,)."""
        worst = np.zeros(len(places))
        for emulator, chance in self.waves:
            found = implausibility(
                emulator.mean(places), chance[:, None], emulator.variance[:, None]
            )
            worst = np.maximum(worst, found.max(axis=0))
        return worst

    def possible(self, places: Array) -> NDArray[np.bool_]:
        """Tell which places are inside the cube and not ruled out, (point,)."""
        inside = np.logical_and.reduce((places > 0.0) & (places < 1.0), axis=1)
        found = np.zeros(len(places), bool)
        found[inside] = self.worst(places[inside]) < CUT
        return found

    def log_likelihood(self, places: Array) -> Array:
        """Return the last emulator's log likelihood where places are possible, else -inf."""
        emulator, chance = self.waves[-1]
        found = np.full(len(places), -np.inf)
        kept = self.possible(places)
        found[kept] = log_likelihood(
            emulator.mean(places[kept]), chance[:, None], emulator.variance[:, None]
        )
        return found


def log_likelihood(mean: Array, chance: Array, unknown: Array) -> Array:
    """Return -1/2 of the sum of squared implausibilities, (point,): errors are independent."""
    distance = implausibility(mean, chance, unknown)
    logs: Array = -0.5 * np.add.reduce(distance * distance, axis=0)
    return logs
