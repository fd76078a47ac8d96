"""When it matters: the parts of what a sweep varied in which a condition on outcomes holds.

PRIM peels a box off step by step; CART splits by a tree.  Both are those of the EMA workbench.
Bryant and Lempert (2010), Technological Forecasting & Social Change 77, 34-49, for coverage,
density and quasi-p-values; Friedman and Fisher (1999), Statistics and Computing 9, 123-143, for
PRIM; Kwakkel (2017), Environmental Modelling & Software 96, 239-250, for the workbench.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe.analysis.findings.problem import FindingError, library
from steppe.extras import quiet

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]

SIGNIFICANT = 0.05
"""Quasi-p-value above which a limit may be there by chance: a limit that is, is dropped."""
LEAST_MASS = 0.05
"""Least part of all points in a box or leaf."""
FEWEST = 20
"""Points from which a box can be looked for."""
FEW = 10
"""Points of interest below which a reader is warned."""
LEAVES = 5


@dataclass(frozen=True)
class Limit:
    """One end of a box along a parameter; ``quasi_p`` is the chance to see such a density if the
    limit did nothing."""

    value: float
    quasi_p: float


@dataclass(frozen=True)
class Box:
    """A part of the space: ``limits`` (low, high) by parameter, None where it is not limited.

    ``coverage`` is the part of the points of interest inside, ``density`` the part of those inside
    that are of interest, ``mass`` the part of all points inside.
    """

    limits: Mapping[str, tuple[Limit | None, Limit | None]]
    coverage: float
    density: float
    mass: float
    points: int
    of_interest: int


@dataclass(frozen=True)
class Peeling:
    """The boxes of PRIM in order, (step,) each, and the one that was ``chosen``."""

    coverage: Array
    density: Array
    mass: Array
    restricted: NDArray[np.int64]
    chosen: int


@dataclass(frozen=True)
class Leaf:
    """A leaf of the tree with more points of interest than there are everywhere."""

    ranges: Mapping[str, tuple[float, float]]
    """(low, high) of the parameters that it restricts, infinite where it does not."""
    coverage: float
    density: float
    mass: float


@dataclass(frozen=True)
class Discovery:
    """Where a condition holds; ``of_interest`` of ``points`` points do so, ``without`` a value
    were left out."""

    names: tuple[str, ...]
    points: int
    of_interest: int
    without: int
    box: Box
    peeling: Peeling
    leaves: tuple[Leaf, ...]

    @property
    def base_rate(self) -> float:
        return self.of_interest / self.points


def discover(
    names: tuple[str, ...],
    values: Array,
    truth: Truth,
    step: int | None = None,
    without: int = 0,
) -> Discovery:
    """Find where ``truth`` (point,) holds among ``values`` (point, variable).

    The box is the one of the peeling with the largest harmonic mean of coverage and density, less
    the limits that are not significant; ``step`` takes another one as it is.
    """
    count = int(np.count_nonzero(truth))
    if len(values) < FEWEST:
        raise FindingError(f"{len(values)} points are too few to find a box in: {FEWEST} at least")
    if count in (0, len(truth)):
        raise ValueError("a condition that keeps nothing or everything has no box")
    import pandas as pd

    frame = pd.DataFrame(values.astype(np.float64), columns=list(names))
    interesting = truth.astype(np.int64)
    box, peeling = _prim(frame, interesting, step)
    return Discovery(names, len(values), count, without, box, peeling, _cart(frame, interesting))


def _prim(frame: Any, interesting: NDArray[np.int64], step: int | None) -> tuple[Box, Peeling]:
    """Return the box and the peeling that it comes from.

    Among many parameters some are always limited by chance, and what they take away hides how far
    the others reach: PRIM peels again along those alone that are significant, until all are.
    """
    prim = library("ema_workbench.analysis.prim", "the EMA workbench")
    names = list(frame.columns)
    with quiet():
        while True:
            found = prim.Prim(frame[names], interesting, mass_min=LEAST_MASS).find_box()
            place = _simplified(found, _best(found.peeling_trajectory))
            significant = [name for name in names if name in found.p_values[place]]
            if significant == names or not significant:
                break
            names = significant
    if step is not None:
        place = _step(found, step)
    trajectory = found.peeling_trajectory
    row = trajectory.iloc[place]
    box = Box(
        _limits(found, place),
        float(row["coverage"]),
        float(row["density"]),
        float(row["mass"]),
        int(row["n"]),
        int(row["k"]),
    )
    coverage, density, mass = (
        trajectory[name].to_numpy(np.float64) for name in ("coverage", "density", "mass")
    )
    restricted = trajectory["res_dim"].to_numpy(np.int64)
    return box, Peeling(coverage, density, mass, restricted, place)


def _best(trajectory: Any) -> int:
    """Return the step with the largest harmonic mean of coverage and density, the first of many."""
    coverage, density = (trajectory[n].to_numpy(np.float64) for n in ("coverage", "density"))
    total = coverage + density
    mean = np.where(total > 0.0, coverage * density / np.maximum(total, 1e-300), 0.0)
    return int(np.argmax(mean))


def _step(found: Any, step: int) -> int:
    count = len(found.peeling_trajectory)
    if not 0 <= step < count:
        raise FindingError(f"must lie between 0 and {count - 1}, the steps of the peeling", "step")
    return step


def _simplified(found: Any, place: int) -> int:
    """Drop the limits that may be there by chance, the least significant first."""
    while True:
        limits = {
            (name, side): p
            for name, both in found.p_values[place].items()
            for side, p in enumerate(both)
            if p >= 0.0
        }
        worst = max(limits, key=limits.__getitem__, default=None)
        if worst is None or limits[worst] <= SIGNIFICANT:
            return place
        name, side = worst
        wider = found.box_lims[place].copy()
        wider.loc[side, name] = found.box_lims[0].loc[side, name]
        inside = [
            (frame >= wider[n][0]) & (frame <= wider[n][1]) for n, frame in found.prim.x.items()
        ]
        found.update(wider, np.flatnonzero(np.logical_and.reduce(inside)))
        place = len(found.peeling_trajectory) - 1


def _limits(found: Any, place: int) -> dict[str, tuple[Limit | None, Limit | None]]:
    """Return the limits by parameter, the most significant first."""
    lims = found.box_lims[place]
    limits = {
        str(name): (
            Limit(float(lims[name].iloc[0]), float(low)) if low >= 0.0 else None,
            Limit(float(lims[name].iloc[1]), float(high)) if high >= 0.0 else None,
        )
        for name, (low, high) in found.p_values[place].items()
    }
    return dict(sorted(limits.items(), key=lambda one: min(end.quasi_p for end in one[1] if end)))


def _cart(frame: Any, interesting: NDArray[np.int64]) -> tuple[Leaf, ...]:
    """Return the leaves with more points of interest than there are everywhere, best first."""
    cart = library("ema_workbench.analysis.cart", "the EMA workbench")
    # the workbench reads the name of the last parameter but one at every leaf
    wide = frame.assign(**{"": 0.0}) if len(frame.columns) == 1 else frame
    before = np.random.get_state()  # ties are broken by the global stream: keep it as it was
    try:
        np.random.seed(0)
        with quiet():
            tree = cart.CART(wide, interesting, max(LEAST_MASS, 2.0 / len(frame)))
            tree.build_tree()
            if tree.clf.tree_.node_count == 1:
                return ()
            boxes, stats = tree.boxes, tree.stats
    finally:
        np.random.set_state(before)
    rate = float(interesting.mean())
    leaves = [
        Leaf(_restricted(frame, box), *(float(one[k]) for k in ("coverage", "density", "mass")))
        for box, one in zip(boxes, stats, strict=True)
        if one["density"] > rate
    ]
    return tuple(sorted(leaves, key=lambda leaf: (-leaf.coverage, -leaf.density))[:LEAVES])


def _restricted(frame: Any, box: Any) -> dict[str, tuple[float, float]]:
    found = {}
    for name in frame.columns:
        low, high = (float(box[name].iloc[i]) for i in (0, 1))
        least, most = float(frame[name].min()), float(frame[name].max())
        if (low, high) != (least, most):
            found[str(name)] = (low if low > least else -np.inf, high if high < most else np.inf)
    return found
