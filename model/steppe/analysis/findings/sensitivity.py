"""What matters: indices of the parameters that a sweep varied, for one outcome.

Morris (elementary effects) and Sobol (parts of variance) need their designs and go through SALib;
PAWN with the correlation ratio takes any points (:mod:`steppe.analysis.findings.given_data`).
Intervals are 95 % ones of a bootstrap over samples: trajectories, Saltelli's groups or points.

Morris (1991), Technometrics 33, 161-174; Campolongo, Cariboni and Saltelli (2007), Environmental
Modelling & Software 22, 1509-1518; Saltelli et al. (2010), Computer Physics Communications 181,
259-270; widths that are narrow enough: Sarrazin, Pianosi and Wagener (2016), Environmental
Modelling & Software 79, 135-152.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe.analysis.findings import given_data
from steppe.analysis.findings.noise import Noise, noise
from steppe.analysis.findings.problem import FindingError, library
from steppe.analysis.findings.reading import Points, means
from steppe.design import Design
from steppe.design.layout import MORRIS_LEVELS
from steppe.extras import quiet

Array = NDArray[np.float64]
Index = NDArray[np.int64]

METHODS = ("morris", "sobol", "pawn")
OF_DESIGN = {"morris": "morris", "sobol": "sobol"}
"""The method that a design was made for; PAWN takes any."""

RESAMPLES = 500
GIVEN_RESAMPLES = 200
"""Resamples of PAWN, which is dearer."""
SEED = 20170101
"""Seed of the bootstrap: the same sweep gives the same intervals."""

WIDE = 0.2
"""Widest interval of an index that is narrow enough: of the index itself, for Morris of the
largest effect (twice that)."""

FEWEST = 4
"""Samples from which intervals mean something."""


@dataclass(frozen=True)
class Index95:
    """An index of every parameter (variable,) and the ends of its 95 % interval."""

    name: str
    value: Array
    low: Array
    high: Array

    @property
    def width(self) -> Array:
        wide: Array = self.high - self.low
        return wide


@dataclass(frozen=True)
class Sensitivity:
    """The indices of one outcome; the first of ``indices`` ranks the parameters.

    ``samples`` counts trajectories, groups or points; ``plain`` are columns without an interval;
    ``threshold`` is what an index of a parameter without effect stays below (PAWN only);
    ``enough`` is the number of samples that would make intervals narrow, None when they are.
    """

    label: str
    method: str
    names: tuple[str, ...]
    points: int
    samples: int
    indices: tuple[Index95, ...]
    plain: dict[str, Array]
    noise: Noise
    threshold: float | None
    enough: int | None
    mean: float
    deviation: float
    """Mean and standard deviation of the outcome over points."""

    @property
    def order(self) -> list[int]:
        """Return the places of the parameters, the most influential first."""
        return [int(i) for i in np.argsort(-self.indices[0].value, kind="stable")]

    @property
    def widest(self) -> float:
        return max(float(index.width.max()) for index in _judged(self.indices, self.method))


def method_of(design: Design) -> str:
    """Return the method for a design when nobody says."""
    return OF_DESIGN.get(design.method, "pawn")


def analyse(design: Design, points: Points, label: str, method: str) -> Sensitivity:
    """Return the indices of an outcome; :class:`FindingError` when there are none to be had."""
    values = points.outcomes[label]
    mean = means(values)
    kept = _whole_samples(design, points.numbers, np.isfinite(mean))
    if not kept.any():
        raise FindingError(f"{label} has no value at any {_sample(design)} that is whole", "metric")
    mean, places, numbers = mean[kept], points.values[kept], points.numbers[kept]
    samples = len(np.unique(_sample_of(design, numbers)))
    if samples < FEWEST:
        raise FindingError(
            f"{samples} {_sample(design, samples)} cannot tell what matters: {FEWEST} at least",
            "metric",
        )
    size = float(np.abs(mean).max())  # squares of very large numbers would be none
    outcome = mean / size if size > 0.0 else mean
    spread = float(np.ptp(outcome))
    if spread <= 1e-12:
        raise FindingError(f"{label} is the same at all points: nothing matters for it", "metric")
    centre = float(outcome.mean())
    outcome = (outcome - centre) / spread
    threshold: float | None = None
    plain: dict[str, Array] = {}
    if method == "sobol":
        indices: tuple[Index95, ...] = _sobol(outcome, len(design.variables))
    elif method == "morris":
        indices, plain = _morris(design, places, outcome, size * spread)
    else:
        groups = _sample_of(design, numbers)
        indices, threshold = _pawn(places, outcome, groups)
    return Sensitivity(
        label,
        method,
        tuple(v.name for v in design.variables),
        len(mean),
        samples,
        indices,
        plain,
        noise(values[kept] / size),
        threshold,
        _enough(indices, method, samples),
        centre * size,
        float(outcome.std()) * spread * size,
    )


# samples that are whole


def _sample(design: Design, count: int = 1) -> str:
    word = {"sobol": "group of Saltelli's", "morris": "trajectory"}.get(design.method, "point")
    if count == 1:
        return word
    return {"trajectory": "trajectories", "point": "points"}.get(word, "groups of Saltelli's")


def samples_of(design: Design, count: int) -> str:
    """Return so many samples of a design in words: ``64 groups of Saltelli's``."""
    return f"{count:,} {_sample(design, count)}"


def _size(design: Design) -> int:
    """Return the points of a sample."""
    return {"sobol": len(design.variables) + 2, "morris": len(design.variables) + 1}.get(
        design.method, 1
    )


def _sample_of(design: Design, numbers: Index) -> Index:
    found: Index = numbers // _size(design)
    return found


def _whole_samples(design: Design, numbers: Index, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which points belong to samples of which every point is known."""
    samples = _sample_of(design, numbers)
    count = np.bincount(samples[known], minlength=int(samples.max()) + 1)
    whole: NDArray[np.bool_] = known & (count[samples] == _size(design))
    return whole


# the methods


def _sobol(mean: Array, variables: int) -> tuple[Index95, ...]:
    """Return total and first-order indices; ``mean`` in the order of Saltelli's groups."""
    salib = library("SALib.analyze.sobol", "SALib")
    with quiet():
        found = salib.analyze(
            _problem(variables),
            mean,
            calc_second_order=False,
            num_resamples=RESAMPLES,
            keep_resamples=True,
            seed=SEED,
        )
    ends = {
        name: np.quantile(found[f"{name}_conf_all"], [0.025, 0.975], axis=0)
        for name in ("ST", "S1")
    }
    return tuple(
        Index95(name, np.asarray(found[key], np.float64), *ends[key])
        for name, key in (("total", "ST"), ("first", "S1"))
    )


def _morris(
    design: Design, places: Array, mean: Array, scale: float
) -> tuple[tuple[Index95, ...], dict[str, Array]]:
    """Return mean absolute effects, and mean and standard deviation of the effects.

    An effect is the change of the outcome, ``mean`` times ``scale``, per whole range of a parameter
    (of its distribution).
    """
    salib = library("SALib.analyze.morris", "SALib")
    ranks = np.column_stack(
        [_ranks(places[:, i], variable.levels) for i, variable in enumerate(design.variables)]
    )
    with quiet():
        found = salib.analyze(
            _problem(len(design.variables)),
            ranks,
            mean,
            num_resamples=RESAMPLES,
            num_levels=MORRIS_LEVELS,
            seed=SEED,
        )
    star, half = (scale * np.asarray(found[key], np.float64) for key in ("mu_star", "mu_star_conf"))
    index = Index95("mu_star", star, np.maximum(star - half, 0.0), star + half)
    return (index,), {key: scale * np.asarray(found[key], np.float64) for key in ("mu", "sigma")}


def _ranks(values: Array, levels: Sequence[float] | None) -> Array:
    """Return the places of values along a variable: its effects need their direction only."""
    if levels is None:
        return values
    places = {level: float(i) for i, level in enumerate(levels)}
    return np.array([places.get(v, 0.0) for v in values.tolist()])


def _pawn(places: Array, mean: Array, groups: Index) -> tuple[tuple[Index95, ...], float]:
    """Return PAWN and first-order indices, and what PAWN is without any effect."""
    found = given_data.indices(places, mean)
    again = given_data.resampled(places, mean, groups, GIVEN_RESAMPLES, SEED)
    without = given_data.without_effect(places, mean, GIVEN_RESAMPLES, SEED)
    pawn, first = (_centred(own, drawn) for own, drawn in zip(found, again, strict=True))
    indices = (
        Index95("pawn", found[0], *np.clip(pawn, 0.0, 1.0)),
        Index95("first", found[1], *first),
    )
    return indices, without


def _centred(own: Array, drawn: Array) -> Array:
    """Return the ends of the interval (2, variable): resamples are biased, their spread is not."""
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0) - drawn.mean(axis=0)
    return np.stack([own + low, own + high])


def _problem(variables: int) -> dict[str, object]:
    names = [f"x{i}" for i in range(variables)]
    return {"num_vars": variables, "names": names, "bounds": [[0.0, 1.0]] * variables}


# how sure


def _judged(indices: tuple[Index95, ...], method: str) -> tuple[Index95, ...]:
    """Return the indices in the scale on which widths are judged."""
    if method != "morris":
        return indices
    star = indices[0]
    scale = 2.0 * float(star.value.max()) or 1.0
    return (Index95(star.name, star.value / scale, star.low / scale, star.high / scale),)


def _enough(indices: tuple[Index95, ...], method: str, samples: int) -> int | None:
    """Return how many samples would make the widest interval narrow enough.

    A width falls with the square root of the samples; Sobol's sequence likes powers of two.
    """
    widest = max(float(index.width.max()) for index in _judged(indices, method))
    if not widest > WIDE:
        return None
    needed = math.ceil(samples * (widest / WIDE) ** 2)
    if method == "sobol":
        return 1 << (needed - 1).bit_length()
    digits = max(0, len(str(needed)) - 2)
    step: int = 10**digits
    return -(-needed // step) * step
