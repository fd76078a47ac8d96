"""Questions in words, as the commands and the Python interface take them, and their answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe.analysis.findings import commands, where
from steppe.analysis.findings import robustness as robust
from steppe.analysis.findings.discovery import Discovery, discover
from steppe.analysis.findings.problem import FindingError
from steppe.analysis.findings.reading import Points, Source, chosen, means, read
from steppe.analysis.findings.robustness import Crossing, Robustness
from steppe.analysis.findings.sensitivity import (
    METHODS,
    OF_DESIGN,
    Sensitivity,
    analyse,
    method_of,
)
from steppe.analysis.sides import words
from steppe.parameters import registry
from steppe.scenario.problems import clip, nearest

Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class WhatMatters:
    """The indices of outcomes by one method."""

    points: Points
    method: str
    found: tuple[Sensitivity, ...]


@dataclass(frozen=True)
class WhenItMatters:
    """The box of a condition on outcomes."""

    points: Points
    condition: where.Condition
    found: Discovery


@dataclass(frozen=True)
class WhichIsRobust:
    """Strategies of levers by an outcome; ``reference`` are the levels they are turned from."""

    points: Points
    levers: tuple[str, ...]
    label: str
    condition: where.Condition | None
    reference: dict[str, float]
    found: Robustness


def what_matters(source: Source, metric: str | None, method: str | None = None) -> WhatMatters:
    """Return the indices of the outcomes that ``metric`` names: labels, metrics, at commas."""
    labels = chosen(source, words(metric))
    how = _method(source, method)
    points = read(source, labels)
    found = tuple(analyse(source.design, points, label, how) for label in labels)
    return WhatMatters(points, how, found)


def when_it_matters(source: Source, text: str, step: int | None = None) -> WhenItMatters:
    """Return where the means over members satisfy a condition."""
    condition = where.parse(text, source.labels)
    labels = where.labels(condition)
    points = read(source, labels)
    return WhenItMatters(points, condition, _discovered(source, points, condition, labels, step))


def which_is_robust(
    source: Source,
    levers: Sequence[str],
    metric: str,
    less: bool = False,
    good_enough: str | None = None,
) -> WhichIsRobust:
    """Return how strategies of the levers fare in the same worlds."""
    names = _levers(source, levers)
    label = one_outcome(source, metric, "a regret is of one")
    condition = None if good_enough is None else where.parse(good_enough, source.labels)
    labels = [] if condition is None else where.labels(condition)
    points = read(source, list(dict.fromkeys([label, *labels])))
    crossing = _crossing(source, points, names)
    reference = _reference(source, names)
    good: Truth | None = None
    if condition is not None:
        good = condition.holds(points.outcomes)
        _refuse_idle(good, points)
    found = robust.robustness(crossing, points.outcomes[label], reference, less, good)
    return WhichIsRobust(points, tuple(names), label, condition, reference, found)


def one_outcome(source: Source, metric: str, why: str) -> str:
    """Return the one outcome that a word names; ``why`` it may be one only."""
    labels = chosen(source, words(metric))
    if len(labels) > 1:
        raise FindingError(
            f"{clip(metric)} are {len(labels)} outcomes, {why}: such as {labels[0]}", "metric"
        )
    return labels[0]


def _method(source: Source, method: str | None) -> str:
    """Return the method; FindingError with the command for a design that it can use."""
    if method is None:
        return method_of(source.design)
    if method not in METHODS:
        near = nearest(method, METHODS)
        hint = f" (did you mean '{near}'?)" if near else ""
        raise FindingError(f"--method {clip(method)}: one of {', '.join(METHODS)}{hint}")
    needed = next((d for d, m in OF_DESIGN.items() if m == method), None)
    if needed is not None and source.design.method != needed:
        raise FindingError(
            f"--method {method}: the points of {source.folder.path} are laid out by "
            f"{source.design.method}, and {method} needs its own design: "
            f"{commands.for_method(source, needed)}"
        )
    return method


def _discovered(
    source: Source,
    points: Points,
    condition: where.Condition,
    labels: Sequence[str],
    step: int | None,
) -> Discovery:
    """Return where the mean over members satisfies the condition."""
    values = {label: means(points.outcomes[label]) for label in labels}
    known = np.logical_and.reduce([np.isfinite(v) for v in values.values()])
    if not known.any():
        raise FindingError(f"{' and '.join(labels)} have no value at any point", "where")
    values = {label: v[known] for label, v in values.items()}
    truth = condition.holds(values)
    count, kept = int(np.count_nonzero(known)), int(np.count_nonzero(truth))
    if kept in (0, count):
        spans = "; ".join(
            f"{label} spans {v.min():.4g} to {v.max():.4g}" for label, v in values.items()
        )
        which = "none" if kept == 0 else "all"
        raise FindingError(f"keeps {which} of {count:,} points: {spans}", "where")
    return discover(source.names, points.values[known], truth, step, int(np.count_nonzero(~known)))


def _levers(source: Source, given: Sequence[str]) -> list[str]:
    """Return the levers: parameters of the sweep, or all whose names begin with ``japan.``."""
    found: dict[str, None] = {}
    for word in words(",".join(given)):
        own = [n for n in source.names if n == word or n.startswith(f"{word.rstrip('.')}.")]
        if not own:
            near = nearest(word, source.names)
            hint = f" (did you mean '{near}'?)" if near else ""
            told = clip(", ".join(source.names), 200)
            raise FindingError(
                f"the sweep does not vary '{clip(word)}'{hint}; it varies {told}", "lever"
            )
        found |= dict.fromkeys(own)
    if not found:
        raise FindingError("name a parameter that the sweep varies", "lever")
    return list(found)


def _crossing(source: Source, points: Points, levers: Sequence[str]) -> Crossing:
    """Return strategies and states; FindingError with the command that crosses them."""
    found = robust.crossed(source.names, points.values, levers)
    if found is not None:
        return found
    whole = robust.crossed(source.names, source.design.values, levers)
    if whole is not None:
        raise FindingError(
            f"{source.folder.path}: no state is computed for all strategies yet; go on with "
            f"steppe sweep --resume --out {source.folder.path}"
        )
    raise FindingError(
        f"{source.folder.path}: no two strategies meet the same states, so that there is no "
        f"regret; cross the levers with what else varies: {commands.for_levers(source, levers)}"
    )


def _reference(source: Source, levers: Sequence[str]) -> dict[str, float]:
    """Return the levels that levers are turned from: the registry's default, else the lowest."""
    known, base = registry(), source.plan.scenario.base
    found = {}
    for name in levers:
        levels = np.unique(source.design.values[:, source.names.index(name)])
        default = known[name].default(base) if name in known else math.nan
        near = levels[np.isclose(levels, default)]
        found[name] = float(near[0] if len(near) else levels[0])
    return found


def _refuse_idle(good: Truth, points: Points) -> None:
    if good.all() or not good.any():
        which = "all" if good.all() else "none"
        raise FindingError(
            f"{which} of {good.size:,} runs at {len(points):,} points are good enough by it: "
            "strategies do not differ",
            "where",
        )
