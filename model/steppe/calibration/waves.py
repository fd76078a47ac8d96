"""The calibration: screening, waves of history matching, and a sample of what remains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import emcee
import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from steppe.calibration import window
from steppe.calibration.emulator import Emulator, emulator
from steppe.calibration.matching import CUT, Match, implausibility, log_likelihood
from steppe.calibration.runs import Found, evaluate
from steppe.calibration.screening import Screening, screen
from steppe.calibration.space import Space

Array = NDArray[np.float64]

CANDIDATES = 2**16
CHAINS, STEPS = 400, 500
"""Chains of the sampler and their steps; the last state of each is kept, and some before it."""


@dataclass(frozen=True)
class Plan:
    """How much is run: trajectories of the screening, waves, points of each and members a point."""

    trajectories: int = 10
    waves: int = 3
    points: int = 800
    members: int = 8
    rows: int = 500
    seed: int = 2009
    workers: int = 1


@dataclass(frozen=True)
class Wave:
    """A wave: where it looked, what came of it, and how much of the prior it left."""

    places: Array
    found: Found
    emulator: Emulator
    left: float
    """Part of the prior that no wave so far rules out."""


@dataclass(frozen=True)
class Calibration:
    """A calibration: ``posterior`` (row, parameter) in the registry's units."""

    plan: Plan
    space: Space
    screening: Screening
    waves: list[Wave]
    places: Array
    posterior: Array
    chance: Array
    """Variance of each target over members: what one history may be by chance, (target,)."""
    effective: float
    """Size of an independent sample that tells as much as the weighted runs of the last step."""
    prior_distance: Array = field(repr=False)
    posterior_distance: Array = field(repr=False)
    """Implausibility of each target at the mean over prior and posterior runs, (target,)."""


def calibrate(plan: Plan, told: Callable[[str, int, int], None]) -> Calibration:
    """Run a calibration; ``told`` hears of a stage, its points that are done, and all of them."""
    whole = Space.of(window.case())

    def heard(stage: str, total: int) -> Callable[[int], None]:
        return lambda done: told(stage, done, total)

    total = plan.trajectories * (len(whole.names) + 1)
    screening, _ = screen(
        whole,
        plan.trajectories,
        plan.members,
        plan.seed,
        plan.workers,
        heard("screening", total),
    )
    space = whole.only(screening.active())
    match = Match()
    waves: list[Wave] = []
    places = qmc.LatinHypercube(len(space.names), rng=plan.seed).random(plan.points)
    for number in range(1, plan.waves + 1):
        found = evaluate(
            space.names,
            space.values(places),
            plan.members,
            plan.seed,
            plan.workers,
            heard(f"wave {number}", len(places)),
        )
        model = emulator(
            np.concatenate([*(w.places for w in waves), places]),
            np.concatenate([*(w.found.mean for w in waves), found.mean], axis=1),
        )
        match.waves.append((model, found.variance.mean(axis=1)))
        waves.append(Wave(places, found, model, _left(match, len(space.names), plan.seed)))
        if number < plan.waves:
            places = _remaining(match, len(space.names), plan.points, plan.seed + number)
    return _posterior(plan, space, screening, match, waves, heard("posterior", 2 * plan.rows))


def _left(match: Match, dimensions: int, seed: int) -> float:
    """Return the part of the prior that is not ruled out."""
    candidates = qmc.Sobol(dimensions, rng=seed).random(CANDIDATES)
    return float(match.possible(candidates).mean())


def _remaining(match: Match, dimensions: int, count: int, seed: int) -> Array:
    """Return places spread over what is not ruled out: by rejection, else by chains within it."""
    candidates = qmc.Sobol(dimensions, rng=seed).random(CANDIDATES)
    kept: Array = candidates[match.possible(candidates)]
    if len(kept) >= count:
        return kept[:count]
    return _chains(lambda places: np.where(match.possible(places), 0.0, -np.inf), kept, count, seed)


def _chains(log_density: Callable[[Array], Array], start: Array, count: int, seed: int) -> Array:
    """Return ``count`` draws of a density by chains that propose each other's differences.

    Differential evolution Markov chains (ter Braak 2006; ter Braak and Vrugt 2008) in emcee
    (Foreman-Mackey et al. 2013).  ``start`` (point, parameter) has a density above zero.
    """
    if not len(start):
        raise NothingLeft("no place is left: a target lies beyond what any parameters reach")
    rng = np.random.default_rng(seed)
    chains = max(CHAINS, 2 * start.shape[1] + 2)
    first = start[rng.integers(len(start), size=chains)]
    first = np.clip(first + 1e-4 * rng.standard_normal(first.shape), 1e-6, 1.0 - 1e-6)
    dense = np.isfinite(log_density(first))
    first[~dense] = start[rng.integers(len(start), size=int((~dense).sum()))]
    sampler = emcee.EnsembleSampler(
        chains,
        start.shape[1],
        log_density,
        vectorize=True,
        moves=[(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)],
    )
    sampler.random_state = np.random.RandomState(seed).get_state()
    sampler.run_mcmc(first, STEPS, skip_initial_state_check=True)
    thin = max(STEPS // (2 * -(-count // chains)), 1)
    drawn = sampler.get_chain(discard=STEPS // 2, thin=thin, flat=True)
    return np.asarray(drawn[rng.permutation(len(drawn))[:count]], np.float64)


class NothingLeft(ValueError):
    """History matching ruled out every place."""


def _posterior(
    plan: Plan,
    space: Space,
    screening: Screening,
    match: Match,
    waves: list[Wave],
    heard: Callable[[int], None],
) -> Calibration:
    """Draw places by the emulator's likelihood, run them, weigh them by their own, and resample."""
    candidates = qmc.Sobol(len(space.names), rng=plan.seed).random(CANDIDATES)
    start = candidates[match.possible(candidates)]
    if not len(start):
        start = waves[-1].places[match.possible(waves[-1].places)]
    places = _chains(match.log_likelihood, start, 2 * plan.rows, plan.seed)
    found = evaluate(
        space.names, space.values(places), plan.members, plan.seed, plan.workers, heard
    )
    chance = match.waves[-1][1][:, None]
    own = log_likelihood(found.mean, chance, chance / plan.members)
    possible = implausibility(found.mean, chance, chance / plan.members).max(axis=0) < CUT
    weight = _weights(own, match.log_likelihood(places), possible)
    rows = _systematic(weight, plan.rows, plan.seed)
    return Calibration(
        plan,
        space,
        screening,
        waves,
        places[rows],
        space.values(places[rows]),
        chance[:, 0],
        float(1.0 / np.add.reduce(weight * weight)),
        _distance(waves[0].found.mean.mean(axis=1), chance),
        _distance((found.mean * weight).sum(axis=1), chance),
    )


def _weights(own: Array, drawn: Array, possible: NDArray[np.bool_]) -> Array:
    """Return the weights (point,), summing to 1, that turn draws of one density into another's.

    ``own`` and ``drawn`` (point,): logs of the density wanted and of that drawn from; what is not
    ``possible`` weighs nothing.
    """
    if not possible.any():
        raise NothingLeft("no place is left: the runs lie beyond what the emulator promised")
    logs = np.where(possible, own - drawn, -np.inf)
    weight: Array = np.exp(logs - logs.max())
    weight /= weight.sum()
    return weight


def _distance(mean: Array, chance: Array) -> Array:
    return implausibility(mean[:, None], chance, np.zeros_like(chance))[:, 0]


def _systematic(weight: Array, count: int, seed: int) -> NDArray[np.intp]:
    """Return ``count`` indices drawn by weight, by systematic resampling, in random order."""
    rng = np.random.default_rng(seed)
    levels = (rng.random() + np.arange(count)) / count
    rows = np.minimum(np.searchsorted(np.cumsum(weight), levels), len(weight) - 1)
    return rng.permutation(rows)
