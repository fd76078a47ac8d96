"""Runs of a calibration: points of parameters -> the targets' means and spreads over members."""

from __future__ import annotations

import multiprocessing
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe import guard
from steppe.calibration import window
from steppe.calibration.targets import READS, targets
from steppe.metrics import BY_NAME
from steppe.model import CentralAsia

Array = NDArray[np.float64]

ROWS = 512
"""Rows (point, member) of a model."""


@dataclass(frozen=True)
class Found:
    """What points give: ``mean`` and ``variance`` over members, (target, point)."""

    mean: Array
    variance: Array


def evaluate(
    names: Sequence[str],
    points: Array,
    members: int,
    seed: int,
    workers: int = 1,
    on_part: Callable[[int], None] = lambda done: None,
) -> Found:
    """Run ``members`` members at every point (point, parameter) through the fit window.

    All points have the same members: the same shocks, and the same draws of what is not in
    ``names``.  ``on_part`` hears how many points are done.
    """
    guard.leave_import()
    each = max(ROWS // members, 1)
    parts = [points[i : i + each] for i in range(0, len(points), each)]
    calls = [(tuple(names), part, members, seed) for part in parts]
    values, done = [], 0
    if workers <= 1 or len(calls) == 1:
        found = map(_measured, calls)
        for part in found:
            values.append(part)
            done += part.shape[1]
            on_part(done)
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            for part in pool.map(_measured, calls):
                values.append(part)
                done += part.shape[1]
                on_part(done)
    whole = np.concatenate(values, axis=1)
    return Found(whole.mean(axis=2), whole.var(axis=2, ddof=1 if members > 1 else 0))


def _measured(call: tuple[tuple[str, ...], Array, int, int]) -> Array:
    """Return the targets of a part's rows, (target, point, member)."""
    names, points, members, seed = call
    case = window.case()
    numbers = np.tile(np.arange(members), len(points))
    rows = np.repeat(points, members, axis=0)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        model = CentralAsia(
            case,
            [int(n) for n in numbers],
            rng=seed,
            parameters={name: np.ascontiguousarray(rows[:, i]) for i, name in enumerate(names)},
            collect=False,
        )
        model.relations.log.silent = True
        path = {
            name: np.empty((len(model.quarters), BY_NAME[name].recorded_cells, len(numbers)))
            for name in READS
        }
        for t in range(len(model.quarters)):
            model.step()
            for name, kept in path.items():
                kept[t] = BY_NAME[name].values(model.state)[:, : len(numbers)]
        vars(model).clear()  # a model and its agents hold each other
        found = np.stack([target.measure(path) for target in targets()])
    return found.reshape(len(found), len(points), members)
