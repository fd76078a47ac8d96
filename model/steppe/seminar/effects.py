"""Who gains and who loses by a lever or a shock, as measured on paired members.

``tools/measure_levers.py`` writes ``effects.csv``: a row a lever, level and measure.  What is told
must hold in four of five members and be large enough to matter (:class:`Measure`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import Quarter

if TYPE_CHECKING:
    from steppe.seminar.answer import Answer

Array = NDArray[np.float64]

FILE = "effects.csv"
LEAST_MEMBERS = 0.8
"""Share of members in which a change must have the same sign to be told."""
MOST_TOLD = 6
"""Gains or losses that a card tells of, the largest first, and at most two of anybody."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What somebody has more or less of: the sum or mean of some series over a window.

    ``least`` is the smallest median change that is told, in ``unit``; with ``relative`` changes are
    in per cent of the baseline's; ``good`` says whether more of it is a gain.
    """

    who: str
    what: str
    labels: tuple[str, ...]
    unit: str
    least: float
    relative: bool = False
    total: bool = False
    scale: float = 1.0
    good: bool = True
    flow: bool = False
    """It comes in lumps: measured from the first change on instead of the window's level."""

    @property
    def name(self) -> str:
        return f"{self.who}: {self.what}"


def _measures() -> tuple[Measure, ...]:
    made = []
    for power in axes.POWERS:
        hosts = [f"[{power},{host}]" for host in axes.HOSTS]

        def over_hosts(metric: str, hosts: list[str] = hosts) -> tuple[str, ...]:
            return tuple(f"{metric}{at}" for at in hosts)

        title, share = axes.TITLES[power], over_hosts("influence_share")
        made += [
            Measure(title, "influence", share, "points", 0.08, scale=100.0),
            Measure(title, "trade", over_hosts("trade_total"), "%", 0.5, relative=True),
            Measure(title, "works agreed", over_hosts("committed"), "%", 4.0, True, flow=True),
            Measure(title, "works completed", over_hosts("completed"), "%", 4.0, True, flow=True),
        ]
    piloted = tuple(f"consortium_piloted[TUR,{host}]" for host in axes.HOSTS)
    bought = tuple(f"ree_japan_imports[{country}]" for country in (*axes.SOURCES,))
    others = tuple(f"ree_output[{country}]" for country in axes.MINERS if country != "CHN")
    made += [
        Measure("Turkey", "works as a pilot", piloted, "%", 4.0, True, flow=True),
        Measure("Japan", "price of rare earths", ("ree_price",), "%", 4.0, True, good=False),
        Measure("Japan", "rare earths bought", bought, "%", 2.0, True),
        Measure("Mines outside China", "output", others, "%", 1.0, True),
    ]
    for host in axes.HOSTS:
        title, points = axes.TITLES[host], "points of GDP"
        owed = tuple(f"debt_to_gdp[{power},{host}]" for power in axes.POWERS)
        built = tuple(f"completed[{power},{host}]" for power in axes.POWERS)
        made += [
            Measure(title, "income", (f"real_gdp[{host}]",), "%", 0.08, True),
            Measure(title, "its own say", (f"autonomy[{host}]",), "points", 0.2, scale=100.0),
            Measure(title, "debt", owed, points, 0.4, total=True, scale=100.0, good=False),
            Measure(title, "works completed", built, "%", 3.0, True, flow=True),
        ]
    return tuple(made)


MEASURES = _measures()
BY_NAME = {measure.name: measure for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class Effect:
    """A measure's change by a card at a level: the median over members and how many agree."""

    card: str
    value: float
    measure: str
    median: float
    rose: float
    fell: float

    @property
    def sign(self) -> Literal[-1, 0, 1]:
        """Return the direction that is told: 0 where members disagree or the change is small."""
        if abs(self.median) < BY_NAME[self.measure].least:
            return 0
        if self.median > 0.0:
            return 1 if self.rose >= LEAST_MEMBERS else 0
        return -1 if self.fell >= LEAST_MEMBERS else 0

    @property
    def gain(self) -> bool:
        """Tell whether the change is to the good of whom it concerns."""
        return (self.sign > 0) == BY_NAME[self.measure].good

    def told(self) -> str:
        """Return the change in words: ``Japan: influence +0.4 points``."""
        unit = BY_NAME[self.measure].unit
        size = f"{self.median:+.2g}" if abs(self.median) < 99.5 else f"{self.median:+.0f}"
        return f"{self.measure} {size} {unit}".replace("-", "−")


def measured(
    card: str,
    value: float,
    answer: Answer,
    baseline: Answer,
    window: tuple[Quarter, Quarter],
    begins: Quarter,
) -> list[Effect]:
    """Return every measure's change, of paired members, in the window.

    Works, which come in lumps, count from the quarter in which the change ``begins``.
    """
    found = (change(measure, answer, baseline, window, begins) for measure in MEASURES)
    return [
        Effect(card, value, measure.name, *numbers)
        for measure, numbers in zip(MEASURES, found, strict=True)
        if numbers is not None
    ]


def change(
    measure: Measure,
    answer: Answer,
    baseline: Answer,
    window: tuple[Quarter, Quarter],
    begins: Quarter,
) -> tuple[float, float, float] | None:
    """Return a measure's median change and the shares of members in which it rose and fell.

    None where no member has a value.
    """
    first, last = (begins if measure.flow else window[0]), window[1]
    here = _level(measure, answer, first, last)
    there = _level(measure, baseline, first, last)
    with np.errstate(invalid="ignore", divide="ignore"):
        changes = (here - there) * measure.scale
        if measure.relative:
            changes = np.where(there > 0.0, changes / there * 100.0, np.nan)
    known = changes[np.isfinite(changes)]
    known = np.where(np.abs(known) < 1e-6, 0.0, known)
    if not len(known):
        return None
    return float(np.median(known)), float(np.mean(known > 0.0)), float(np.mean(known < 0.0))


def _level(measure: Measure, answer: Answer, first: Quarter, last: Quarter) -> Array:
    start = answer.quarters[0]
    part = slice(first - start, last - start + 1)
    values = [answer.paths(label)[part].astype(np.float64) for label in measure.labels]
    over = np.sum(values, axis=0) if measure.total else np.mean(values, axis=0)
    level: Array = np.mean(over, axis=0)
    return level


@cache
def effects() -> dict[tuple[str, float], tuple[Effect, ...]]:
    """Return what was measured, by card and value; nothing where the file is not there yet."""
    file = resources.files("steppe.seminar") / FILE
    if not file.is_file():
        return {}
    kept: dict[tuple[str, float], list[Effect]] = {}
    for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
        value = float(row["value"])
        numbers = (float(row[name]) for name in ("median", "rose", "fell"))
        effect = Effect(row["card"], value, row["measure"], *numbers)
        kept.setdefault((row["card"], value), []).append(effect)
    return {key: tuple(rows) for key, rows in kept.items()}


def told(rows: Iterable[Effect], gain: bool) -> str:
    """Return who gains, or who loses, in words: the largest changes first."""
    chosen = [e for e in rows if e.sign and e.gain is gain]
    chosen.sort(key=lambda e: -abs(e.median) / BY_NAME[e.measure].least)
    if not chosen:
        return "nobody by a change that four of five members agree on"
    words: dict[str, list[str]] = {}
    for effect in chosen:
        measure = BY_NAME[effect.measure]
        if sum(map(len, words.values())) < MOST_TOLD and len(words.get(measure.who, ())) < 2:
            said = effect.told().removeprefix(f"{measure.who}: ")
            words.setdefault(measure.who, []).append(said)
    return "; ".join(f"{who} ({', '.join(parts)})" for who, parts in words.items())


def rows_of(found: Sequence[Effect]) -> list[dict[str, str]]:
    """Return rows for the file; what no member moves in is left out."""
    return [
        {
            "card": e.card,
            "value": f"{e.value:g}",
            "measure": e.measure,
            "median": f"{e.median:.3g}",
            "rose": f"{e.rose:.2f}",
            "fell": f"{e.fell:.2f}",
        }
        for e in found
        if e.rose or e.fell
    ]
