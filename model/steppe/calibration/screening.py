"""Screening: which priors move which targets, by Morris's elementary effects.

Morris (1991), Technometrics 33, 161-174; the mean of absolute effects mu* of Campolongo, Cariboni
and Saltelli (2007), Environmental Modelling & Software 22, 1509-1518.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from SALib.analyze import morris as effects
from SALib.sample import morris as trajectories

from steppe.calibration.runs import Found, evaluate
from steppe.calibration.space import Space
from steppe.calibration.targets import targets

Array = NDArray[np.float64]

LEVELS = 4
ACTIVE = 0.2
"""Least effect, in standard errors of a target, of a parameter that is worth calibrating."""
MOST = 30
"""Parameters that are calibrated at most."""


@dataclass(frozen=True)
class Screening:
    """``effect`` (parameter, target): mu* over a target's whole standard error."""

    names: tuple[str, ...]
    effect: Array

    @property
    def largest(self) -> Array:
        """Return the largest effect on any target, (parameter,)."""
        largest: Array = self.effect.max(axis=1)
        return largest

    def active(self) -> tuple[str, ...]:
        """Return the parameters that move a target, the strongest first."""
        order = np.argsort(-self.largest, kind="stable")
        return tuple(self.names[i] for i in order[:MOST] if self.largest[i] >= ACTIVE)


def screen(
    space: Space,
    count: int,
    members: int,
    seed: int,
    workers: int,
    on_part: Callable[[int], None],
) -> tuple[Screening, Found]:
    """Run ``count`` trajectories through the space; return the effects and what was run."""
    problem = {
        "num_vars": len(space.names),
        "names": list(space.names),
        "bounds": [[0.0, 1.0]] * len(space.names),
    }
    places = trajectories.sample(problem, count, num_levels=LEVELS, seed=seed)
    found = evaluate(space.names, space.values(places), members, seed, workers, on_part)
    scale = np.sqrt(found.variance.mean(axis=1) + stated_variance())
    effect = np.stack(
        [
            effects.analyze(problem, places, mean, num_levels=LEVELS, num_resamples=2, seed=seed)[
                "mu_star"
            ]
            / error
            for mean, error in zip(found.mean, scale, strict=True)
        ],
        axis=1,
    )
    return Screening(space.names, np.asarray(effect, np.float64)), found


def stated_variance() -> Array:
    """Return the variance of observation and discrepancy, (target,)."""
    errors = np.array([(t.observation, t.discrepancy) for t in targets()])
    variance: Array = np.add.reduce(errors * errors, axis=1)
    return variance
