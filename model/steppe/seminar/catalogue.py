"""Lever cards and shocks: the data of ``catalogue.yaml``, checked when read.

Who gains and who loses is measured: ``tools/measure_levers.py`` moves each lever on paired members.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources
from typing import Annotated, Any, Literal

import numpy as np
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from steppe import axes, metrics, parameters, scenario
from steppe.clock import Quarter
from steppe.scenario import EventEngine, Scenario
from steppe.seminar import effects

Actor = Literal["JPN", "CHN", "RUS", "TUR", "IND", "hosts", "transit", "world"]

ACTORS: dict[Actor, str] = {
    "JPN": "Japan",
    "CHN": "China",
    "RUS": "Russia",
    "TUR": "Turkey",
    "IND": "India",
    "hosts": "Hosts",
    "transit": "Transit countries",
    "world": "World",
}
"""Titles of the actors, in the order of the page."""

PRESENT = Quarter.of(2026)
"""Quarter at whose values levers are at rest."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SAMPLE = 64
"""Members whose median is a lever's value at rest."""
_RESERVED = {"v", "s", "from", "x", "y"}


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


type _Many[T] = Annotated[tuple[T, ...], BeforeValidator(_tuple)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,30}$")]
Words = Annotated[str, Field(min_length=1, max_length=1_000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Level(_Part):
    """A named value of a lever or of a shock's size."""

    value: float
    name: Words


class _Card(_Part):
    """What a lever and a kind of shock have in common."""

    id: Id
    actor: Actor
    title: Words
    what: Words
    """what it is, in one or two sentences"""
    unit: str
    """unit of the values as a reader sees it; '×' for a factor, '' for a plain number"""
    low: float
    high: float
    step: float
    levels: _Many[Level]
    examples: Words
    dynamics: Words
    """key dynamics: by which way it works in the model"""
    questions: _Many[Words]
    source: Words
    look_at: _Many[str]
    """labels of series in which its effect shows most"""
    telling: float
    """the value at which gains and losses are told, one of the levels"""

    @property
    def gains(self) -> str:
        """Who gains at the telling value, as measured on paired members, in words."""
        return effects.told(self.effects, gain=True)

    @property
    def loses(self) -> str:
        """Who loses at the telling value, as measured on paired members, in words."""
        return effects.told(self.effects, gain=False)

    @property
    def effects(self) -> tuple[effects.Effect, ...]:
        """What was measured at the telling value."""
        return effects.effects().get((self.id, self.telling), ())

    def told(self, value: float) -> str:
        """Return a value as a reader sees it: its level's name too, where it has one."""
        number = f"{value:,.6g}"
        unit = "" if not self.unit else f" {self.unit}"
        sized = f"× {number}" if self.unit == "×" else f"{number}{unit}"
        name = next((v.name for v in self.levels if v.value == value), None)
        return sized if name is None else f"{sized}, {name}"


class Lever(_Card):
    """One lever card."""

    parameter: str
    """parameter of the registry; the key in ``Settings.levers``"""
    change: Literal["to", "times", "by"]
    """whether the value replaces the parameter's, multiplies it or is added to it"""

    @property
    def default(self) -> float:
        """Return the value at rest: 1 for a factor, 0 for an addition, else the baseline's at the
        present (its median over members); :func:`resting` gives another scenario's."""
        return _baseline_rest()[self.parameter]


class ShockPart(_Part):
    """A parameter that a shock changes, by ``constant + per_size * size``."""

    target: str
    change: Literal["to", "times", "by"]
    constant: float = 0.0
    per_size: float = 1.0

    def amount(self, size: float) -> float:
        """Return what the parameter is set to, multiplied by or changed by."""
        return self.constant + self.per_size * size


class ShockKind(_Card):
    """One kind of dated shock."""

    size: float
    """size at first"""
    duration: int | None
    """quarters at first; None: it stays"""
    shortest: Annotated[int, Field(ge=1)]
    longest: Annotated[int, Field(le=60)]
    may_stay: bool
    parts: _Many[ShockPart]


class Catalogue(_Part):
    """The whole file."""

    levers: _Many[Lever]
    shocks: _Many[ShockKind]
    words: dict[str, Words]
    """uncertain parameters in plain words, by their entry in the registry"""


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Read and check ``catalogue.yaml``; ``ValueError`` says what is wrong in it."""
    text = (resources.files("steppe.seminar") / "catalogue.yaml").read_text(encoding="utf-8")
    read = Catalogue.model_validate(yaml.load(text, Loader=_LOADER))
    if faults := list(_faults(read)):
        raise ValueError("catalogue.yaml: " + "; ".join(faults))
    return read


def levers() -> tuple[Lever, ...]:
    """Return all lever cards, by actor, in the order of the page."""
    return catalogue().levers


def lever(parameter: str) -> Lever:
    """Return the card of a parameter; ``KeyError`` if it has none."""
    return _levers()[parameter]


def shocks() -> tuple[ShockKind, ...]:
    """Return all kinds of shocks, in the order of the page."""
    return catalogue().shocks


def shock(kind: str) -> ShockKind:
    """Return a kind of shock; ``KeyError`` if it is unknown."""
    return _shocks()[kind]


@cache
def _levers() -> dict[str, Lever]:
    return {card.parameter: card for card in levers()}


@cache
def _shocks() -> dict[str, ShockKind]:
    return {kind.id: kind for kind in shocks()}


def plain(parameter: str) -> str:
    """Return an uncertain parameter in plain words: ``the aid of Japan``.

    Without words of its own it is what the registry says, up to the first comma.
    """
    registry = parameters.registry()
    if parameter not in registry:
        return parameter.replace("event.", "event ").replace("_", " ")
    entry = registry[parameter]
    of = axes.TITLES.get(entry.code or "", (entry.code or "").replace("_", " "))
    if (words := catalogue().words.get(entry.template)) is not None:
        return words.format(of=of)
    short = re.split("[:;,]", entry.meaning.rstrip("."))[0]
    return f"{short[0].lower()}{short[1:]}" + (f" ({of})" if of else "")


def resting(case: Scenario) -> dict[str, tuple[float, float]]:
    """Return where each lever rests in a scenario at the present and in its last quarter.

    By parameter, medians over members; 1 for a factor and 0 for an addition.
    """
    registry = parameters.registry()
    numbers = range(min(_SAMPLE, case.members))
    table = scenario.sample(case, registry, numbers).table
    events = EventEngine(case, registry, numbers)
    values = table.copy()
    present, last = PRESENT - case.horizon.start, case.horizon.quarters - 1
    found: dict[str, list[float]] = {card.parameter: [] for card in levers()}
    fixed = {"times": 1.0, "by": 0.0}
    for t in range(last + 1):
        events.apply(t, values, table, lambda name, cell: np.full(len(numbers), np.nan))
        if t in (present, last):
            for card in levers():
                median = float(np.median(values[registry.index[card.parameter]]))
                found[card.parameter].append(fixed.get(card.change, median))
    return {name: (there[0], there[-1]) for name, there in found.items()}


@cache
def _baseline_rest() -> dict[str, float]:
    return {name: now for name, (now, _) in resting(scenario.load("baseline")).items()}


def _faults(read: Catalogue) -> Any:
    """Yield what the schema cannot say: names that are not there, values out of range."""
    series = {s.label for m in metrics.METRICS for s in m.series}
    cards: list[Lever | ShockKind] = [*read.levers, *read.shocks]
    ids = [card.id for card in cards]
    parameter = [card.parameter for card in read.levers]
    for name in {
        *(i for i in ids if ids.count(i) > 1),
        *(p for p in parameter if parameter.count(p) > 1),
    }:
        yield f"{name} is there twice"
    order = [list(ACTORS).index(card.actor) for card in read.levers]
    if order != sorted(order):
        yield "levers are not in the order of the actors"
    for card in cards:
        if card.id in _RESERVED:
            yield f"{card.id} has a meaning in links"
        if not card.low < card.high:
            yield f"{card.id}: low is not below high"
        for level in card.levels:
            if not card.low <= level.value <= card.high:
                yield f"{card.id}: level {level.name} lies outside its range"
        if card.telling not in {level.value for level in card.levels}:
            yield f"{card.id}: the telling value is not one of its levels"
        for label in card.look_at:
            if label not in series:
                yield f"{card.id}: there is no series {label}"
    for lever_ in read.levers:
        yield from _misplaced(lever_.id, lever_.parameter, lever_.change, (lever_.low, lever_.high))
    for kind in read.shocks:
        if not kind.low <= kind.size <= kind.high:
            yield f"{kind.id}: its first size lies outside its range"
        if kind.duration is None and not kind.may_stay:
            yield f"{kind.id}: it cannot stay and has no duration"
        if kind.duration is not None and not kind.shortest <= kind.duration <= kind.longest:
            yield f"{kind.id}: its first duration lies outside its range"
        for part in kind.parts:
            ends = part.amount(kind.low), part.amount(kind.high)
            yield from _misplaced(kind.id, part.target, part.change, ends)


def _misplaced(card: str, parameter: str, change: str, ends: tuple[float, float]) -> Any:
    """Yield why a scenario could not take these values."""
    registry = parameters.registry()
    if parameter not in registry:
        yield f"{card}: there is no parameter {parameter}"
        return
    known = registry[parameter]
    if known.starting:
        yield f"{card}: {parameter} is read before a run begins: an event moves nothing"
    low, high = known.low, known.high
    if change == "by":
        low, high = low - high, high - low
    elif change == "times":
        low, high = 0.0, 1e6
    if not (low <= min(ends) and max(ends) <= high):
        yield f"{card}: {parameter} takes {low:g} to {high:g}"
