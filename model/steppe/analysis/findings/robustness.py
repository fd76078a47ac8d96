"""Which lever is robust: strategies held against each other in the same worlds.

X, L, R, M of Lempert, Popper and Bankes (2003), RAND MR-1626: *levers* (L) that somebody sets make
a strategy; a *state* is what else the sweep varied (X), and a *world* a state and a member, which
draws its shocks and all other uncertainties (X, too).  The model (R) gives an outcome (M) in every
world under every strategy, so that strategies are compared world by world.

Regret is what a strategy gives away against the best one in the same world (Savage 1951);
satisficing is the part of the worlds in which it is good enough (Starr's domain criterion).
Measures: McPhail et al. (2018), Earth's Future 6, 169-191.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe.analysis.findings.problem import FindingError
from steppe.results import NOISE

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Truth = NDArray[np.bool_]

FEW_WORLDS = 20


@dataclass(frozen=True)
class Crossing:
    """Points of a sweep as strategies and states, in the order of their values.

    ``strategies`` (strategy, lever) and ``states`` (state, other parameter) are values; ``points``
    (strategy, state) says which point is which, by its place.
    """

    levers: tuple[str, ...]
    others: tuple[str, ...]
    strategies: Array
    states: Array
    points: Index
    states_left_out: int


@dataclass(frozen=True)
class Strategy:
    """What a strategy does over all worlds; ``levels`` are its levers' values."""

    levels: Mapping[str, float]
    mean: float
    median: float
    low: float
    high: float
    """The outcome: mean, median, 90 % band."""
    mean_regret: float
    regret_95: float
    largest_regret: float
    best: float
    """Part of the worlds in which no other strategy is better."""
    satisfies: float
    satisfies_by_state: tuple[float, ...]


@dataclass(frozen=True)
class Turn:
    """What turning one lever from its reference level does, world by world, others as they are.

    ``helps`` is the part of worlds (and settings of the other levers) that it makes better,
    ``harms`` worse; ``least`` is the smallest such part in any state, number ``state``.
    """

    lever: str
    reference: float
    level: float
    median: float
    low: float
    high: float
    helps: float
    harms: float
    least: float
    state: int


@dataclass(frozen=True)
class Robustness:
    """Strategies by their regret in the worst twentieth of worlds, and single levers."""

    crossing: Crossing
    worlds: int
    left_out: int
    """Worlds in which some strategy has no value."""
    strategies: tuple[Strategy, ...]
    turns: tuple[Turn, ...]
    level: float | None
    """The outcome that is good enough when no condition says what is."""


def crossed(names: Sequence[str], values: Array, levers: Sequence[str]) -> Crossing | None:
    """Return the points (point, variable) as strategies by states; None when they are not crossed.

    States that some strategy lacks are left out, as in a sweep that is not finished.
    """
    of_lever = np.array([name in levers for name in names])
    strategies, strategy = np.unique(values[:, of_lever], axis=0, return_inverse=True)
    others = values[:, ~of_lever]
    if others.shape[1]:
        states, state = np.unique(others, axis=0, return_inverse=True)
    else:
        states, state = np.empty((1, 0)), np.zeros(len(values), np.int64)
    points = np.full((len(strategies), len(states)), -1, np.int64)
    points[strategy.ravel(), state.ravel()] = np.arange(len(values))
    whole = (points >= 0).all(axis=0)
    if not whole.any() or len(strategies) <= 1:
        return None
    return Crossing(
        tuple(n for n, own in zip(names, of_lever, strict=True) if own),
        tuple(n for n, own in zip(names, of_lever, strict=True) if not own),
        strategies,
        states[whole],
        points[:, whole],
        int(np.count_nonzero(~whole)),
    )


def robustness(
    crossing: Crossing,
    outcome: Array,
    reference: Mapping[str, float],
    less: bool = False,
    good: Truth | None = None,
) -> Robustness:
    """Return how strategies fare for an ``outcome`` (point, member), more being better, or less.

    ``reference`` names the levels that levers are turned from.  ``good`` (point, member) tells
    where a world is good enough; None: where it is at least as good as the median world of the
    reference strategy, or of the first when the sweep has none.
    """
    sign = -1.0 if less else 1.0
    found = sign * outcome[crossing.points]  # strategy, state, member
    known: Truth = np.logical_and.reduce(np.isfinite(found), axis=0)
    worlds = int(np.count_nonzero(known))
    if worlds <= 1:
        raise FindingError(
            "fewer than two worlds: a strategy is robust against several; vary what others do, or "
            "take more members",
            "metric",
        )
    level = None
    if good is None:
        level = float(np.median(found[_reference(crossing, reference)][known]))
        enough = found >= level - NOISE * abs(level)
    else:
        enough = good[crossing.points]
    values = found[:, known]  # strategy, world
    best = values.max(axis=0)
    regret = best - values
    regret[regret <= NOISE * np.abs(best)] = 0.0
    rows = []
    for i, levels in enumerate(crossing.strategies):
        by_state = [
            float(enough[i, s][known[s]].mean()) if known[s].any() else np.nan
            for s in range(len(crossing.states))
        ]
        own = sign * values[i]
        rows.append(
            Strategy(
                dict(zip(crossing.levers, levels.tolist(), strict=True)),
                float(own.mean()),
                float(np.quantile(own, 0.5)),
                float(np.quantile(own, 0.05)),
                float(np.quantile(own, 0.95)),
                float(regret[i].mean()),
                float(np.quantile(regret[i], 0.95)),
                float(regret[i].max()),
                float(np.mean(regret[i] == 0.0)),
                float(enough[i][known].mean()),
                tuple(by_state),
            )
        )
    rows.sort(key=lambda row: (row.regret_95, row.mean_regret))
    turns = [
        turn
        for lever in crossing.levers
        for turn in _turns(crossing, found, known, lever, reference.get(lever), sign)
    ]
    left_out = known.size - worlds
    told = None if level is None else sign * level
    return Robustness(crossing, worlds, left_out, tuple(rows), tuple(turns), told)


def _reference(crossing: Crossing, reference: Mapping[str, float]) -> int:
    """Return the place of the reference strategy, 0 when the sweep has none."""
    wanted = np.array([reference.get(name, np.nan) for name in crossing.levers])
    near = np.isclose(crossing.strategies, wanted, rtol=1e-9, atol=0.0).all(axis=1)
    return int(np.argmax(near))


def _turns(
    crossing: Crossing,
    found: Array,
    known: Truth,
    lever: str,
    reference: float | None,
    sign: float,
) -> list[Turn]:
    """Return what each level of a lever does against its reference level, else its lowest."""
    at = crossing.levers.index(lever)
    own = crossing.strategies[:, at]
    others = np.delete(crossing.strategies, at, axis=1)
    levels = np.unique(own)
    near = levels[np.isclose(levels, np.nan if reference is None else reference)]
    start = float(near[0] if len(near) else levels[0])
    turns = []
    for level in levels[levels != start].tolist():
        pairs = [
            (i, j)
            for i in np.flatnonzero(own == start)
            for j in np.flatnonzero(own == level)
            if np.array_equal(others[i], others[j])
        ]
        if not pairs:
            continue
        first, second = (np.stack([found[pair[k]] for pair in pairs]) for k in (0, 1))
        change = second - first  # pair, state, member
        change[np.abs(change) <= NOISE * np.maximum(np.abs(first), np.abs(second))] = 0.0
        helps = [
            float(np.mean(change[:, s, known[s]] > 0.0)) if known[s].any() else np.inf
            for s in range(len(crossing.states))
        ]
        all_worlds = change[:, known].ravel()
        low, median, high = np.quantile(sign * all_worlds, [0.05, 0.5, 0.95])
        turns.append(
            Turn(
                lever,
                start,
                level,
                float(median),
                float(low),
                float(high),
                float(np.mean(all_worlds > 0.0)),
                float(np.mean(all_worlds < 0.0)),
                float(min(helps)),
                int(np.argmin(helps)),
            )
        )
    return turns
