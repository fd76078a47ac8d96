"""Which parameter of a sweep matters most for an outcome, and how sure that is, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from steppe.analysis.compare import series_of
from steppe.analysis.findings import FindingError, sensitivity
from steppe.analysis.findings.noise import noise
from steppe.analysis.findings.reading import Points, Source
from steppe.analysis.findings.sensitivity import Sensitivity
from steppe.analysis.scenario_words import meaning
from steppe.parameters import registry
from steppe.report import words
from steppe.report.spreads import TOLD, Spread, largest, span

Array = NDArray[np.float64]

MANY = 100
"""Times the points from which nobody is told how many more would do: the estimate is none."""


def what(name: str) -> str:
    """Return a parameter in words, its name where this version knows no such."""
    return meaning(name) if name in registry() else name


def analysed(source: Source, points: Points, spreads: Mapping[str, Spread]) -> list[Sensitivity]:
    """Return what matters for the outcomes that span most, those with least noise first."""
    found: list[Sensitivity] = []
    signal = {label: _signal(points.outcomes[label], spreads[label]) for label in largest(spreads)}
    for label in sorted(signal, key=lambda label: -signal[label]):
        if len(found) == TOLD:
            break
        with suppress(FindingError):  # too few points, or an outcome that is the same at all
            found.append(_indices(source, points, label))
    return found


def answer(one: Sensitivity, own: Spread, source: Source, points: Points) -> str:
    """Return what an outcome spans and which parameter matters most for it."""
    told = span(own).removesuffix(".")
    first = one.order[0]
    name = one.names[first]
    points_ = words.counted(one.points, "point")
    if one.threshold is not None and not one.indices[0].value[first] > one.threshold:
        return f"{told}. With {points_} no parameter stands out from chance."
    if one.method == "sobol" and one.indices[0].width[first] > 1.0:
        few = sensitivity.samples_of(source.design, one.samples)
        return f"{told}. {few} cannot tell what matters: intervals are wider than all the variance."
    place = [v.name for v in source.design.variables].index(name)
    slope = _rank_correlation(points.values[:, place], own.values)
    way = ""
    if abs(slope) >= 0.3:
        side = "higher" if slope > 0.0 else "lower"
        rank = f"{slope:+.2f}".replace("-", "\N{MINUS SIGN}")
        way = f"; points with more of it have a {side} outcome (rank correlation {rank})"
    known = f"{what(name)} ({name}; {_measure(one, first)}){way}{_beside(one)}"
    return f"{told}. What matters most: {known}."


def enough(source: Source, points: Points, found: Sequence[Sensitivity]) -> str:
    """Return what the answers rest on, and whether that is enough."""
    if not found:
        return (
            f"{words.counted(len(points), 'point')} of "
            f"{words.counted(len(source.names), 'parameter')} cannot tell what matters: more "
            "points, or outcomes that differ between them, would."
        )
    told = (
        f"Indices rest on {words.counted(len(points), 'point')} of "
        f"{words.counted(len(source.names), 'parameter')}, and are about the ranges that were "
        "swept: another range gives another order."
    )
    wanted = max((one.enough or 0 for one in found), default=0)
    if not wanted:
        return told
    more = f"about {sensitivity.samples_of(source.design, wanted)}"
    if wanted > MANY * max(one.samples for one in found):
        more = f"more than {MANY} times as many points"
    return f"{told} Some intervals are wide: {more} would make them narrow."


def _indices(source: Source, points: Points, label: str) -> Sensitivity:
    method = sensitivity.method_of(source.design)
    try:
        return sensitivity.analyse(source.design, points, label, method)
    except FindingError:
        if method == "pawn":
            raise
        return sensitivity.analyse(source.design, points, label, "pawn")


def _signal(values: Array, own: Spread) -> float:
    """Return what an outcome spans in parts of its median, without the part that is luck.

    ``values`` are its runs (point, member).
    """
    share = noise(values).share
    level = abs(own.band.median)
    luck = share if np.isfinite(share) else 0.0
    return (1.0 - luck) * (min(own.width / level, 1.0) if level > 0.0 else 1.0)


def _measure(one: Sensitivity, place: int) -> str:
    """Return the index of a parameter with its 95 % interval, in words."""
    index = one.indices[0]
    value, low, high = (float(v[place]) for v in (index.value, index.low, index.high))
    if one.method == "pawn":
        chance = f"chance stays below {one.threshold or 0.0:.2f}"
        return f"PAWN {value:.2f}, 95 % interval {low:.2f} to {high:.2f}; {chance}"
    if one.method == "sobol":
        part = f"{100.0 * value:.0f} % of the variance between points, interactions included"
        return f"{part}, 95 % interval {100.0 * low:.0f} to {100.0 * high:.0f} %"
    name = words.named(series_of(one.label))
    ends = (
        f"{words.bare(name.factor * low, name.unit)} to {words.bare(name.factor * high, name.unit)}"
    )
    effect = words.value(name.factor * value, name.change_unit)
    return f"{effect} over its range on average, 95 % interval {ends}"


def _beside(one: Sensitivity) -> str:
    """Return a remark when the second parameter may matter as much: by the intervals of both."""
    if len(one.order) < 2:
        return ""
    first, second = one.order[:2]
    index = one.indices[0]
    apart = index.low[first] > index.value[second] or index.high[second] < index.value[first]
    return "" if apart else f"; {one.names[second]} may matter as much, by its interval"


def _rank_correlation(x: Array, y: Array) -> float:
    """Return Spearman's rank correlation of points that have a value; 0 where there is none."""
    from scipy.stats import spearmanr

    known = np.isfinite(y)
    if known.sum() < 3 or np.ptp(x[known]) == 0.0 or np.ptp(y[known]) == 0.0:
        return 0.0
    return float(spearmanr(x[known], y[known]).statistic)
