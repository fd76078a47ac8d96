"""Layouts of points: Latin hypercube, Saltelli's for Sobol indices, Morris's, full factorial.

Points are laid out in the unit cube and go through the variables' quantile functions.  A design is
a sequence of blocks: its first ``samples`` and what extensions added; the points of a block do not
depend on later ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe.design.variables import Variable

Array = NDArray[np.float64]

METHODS = ("lhs", "sobol", "morris", "factorial")

GIVEN = "points"
"""Method of a design that a table gave."""

MOST_POINTS = 10_000_000

MORRIS_LEVELS = 4


class DesignError(ValueError):
    """A design that cannot be made; the message is one sentence for the user."""


@dataclass(frozen=True)
class Design:
    """Points of a sweep: ``values`` (point, variable), each column in its variable's unit.

    ``blocks`` counts the samples of the first layout and of every extension; what a sample is
    depends on the method (a point, a group of Saltelli's, a trajectory of Morris's).
    """

    method: str
    variables: tuple[Variable, ...]
    seed: int
    blocks: tuple[int, ...]
    values: Array

    def __len__(self) -> int:
        return len(self.values)

    def extended(self, samples: int) -> Design:
        """Return the design with further samples behind its own; :class:`DesignError`."""
        if self.method not in ("lhs", "sobol", "morris"):
            raise DesignError(f"a design of method {self.method} cannot be made longer")
        return make(self.method, self.variables, (*self.blocks, samples), self.seed)


def make(
    method: str, variables: tuple[Variable, ...], blocks: tuple[int, ...], seed: int
) -> Design:
    """Lay out a design; :class:`DesignError` says in a sentence why it cannot be made."""
    if method == "factorial":
        return Design(method, variables, seed, (), _factorial(variables))
    expected = points_of(method, len(variables), sum(blocks))
    if expected > MOST_POINTS:
        raise DesignError(f"{expected:,} points are more than {MOST_POINTS:,}: take fewer samples")
    layout = {"lhs": _latin, "sobol": _saltelli, "morris": _morris}[method]
    places = layout(blocks, len(variables), seed)
    values = np.column_stack([v.values(places[:, i]) for i, v in enumerate(variables)])
    return Design(method, variables, seed, blocks, values)


def points_of(method: str, variables: int, samples: int) -> int:
    """Return how many points ``samples`` of a method are."""
    return samples * {"lhs": 1, "sobol": variables + 2, "morris": variables + 1}[method]


def _latin(blocks: tuple[int, ...], variables: int, seed: int) -> Array:
    """Latin hypercubes, one a block: together they are no Latin hypercube, but unbiased."""
    from scipy.stats import qmc

    return np.concatenate(
        [
            qmc.LatinHypercube(variables, rng=np.random.default_rng([seed, i])).random(samples)
            for i, samples in enumerate(blocks)
        ]
    )


def _saltelli(blocks: tuple[int, ...], variables: int, seed: int) -> Array:
    """Saltelli's groups of variables + 2 points on a scrambled Sobol sequence.

    The sequence goes on where it ended, so that blocks together are what one would have been.
    """
    sampler = _salib("sobol")
    problem = _problem(variables)
    places: Array = sampler.sample(problem, _even(sum(blocks)), calc_second_order=False, seed=seed)
    return np.minimum(places[: points_of("sobol", variables, sum(blocks))], 1.0)


def _morris(blocks: tuple[int, ...], variables: int, seed: int) -> Array:
    """Morris's trajectories over four levels a variable, one move of two levels at a time."""
    sampler = _salib("morris")
    return np.concatenate(
        [
            sampler.sample(_problem(variables), samples, num_levels=MORRIS_LEVELS, seed=seed + i)
            for i, samples in enumerate(blocks)
        ]
    )


def _factorial(variables: tuple[Variable, ...]) -> Array:
    """Every combination of the variables' levels; the last variable moves fastest."""
    continuous = [v.name for v in variables if v.levels is None]
    if continuous:
        raise DesignError(
            f"a factorial design needs levels: --vary {continuous[0]}=low:high:levels"
        )
    levels = [v.levels or () for v in variables]
    count = np.prod([float(len(each)) for each in levels])
    if count > MOST_POINTS:
        raise DesignError(f"{count:,.0f} combinations are more than {MOST_POINTS:,}")
    return np.array(list(product(*levels)))


def _even(samples: int) -> int:
    """Return the next power of two: the sampler warns of others, and a longer run begins alike."""
    return 1 << (samples - 1).bit_length()


def _problem(variables: int) -> dict[str, object]:
    names = [f"x{i}" for i in range(variables)]
    return {"num_vars": variables, "names": names, "bounds": [[0.0, 1.0]] * variables}


def _salib(name: str) -> Any:
    """Import a sampler of SALib, which is part of an extra."""
    try:
        return import_module(f"SALib.sample.{name}")
    except ModuleNotFoundError as error:
        raise DesignError(
            f"the method {name} needs SALib: pip install 'steppe[analysis]'"
        ) from error
