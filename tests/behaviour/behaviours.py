"""Behaviours as data: what a mechanism must do, where it shows and how large it is at least.

A file ``tests/behaviour/<subject>.yaml`` holds a list of behaviours.  Each runs a scenario, with
``events`` of its own on top, and a reference on the same members (``against``: a scenario, or
``off`` for the same scenario without the mechanism).  A predicate takes a series (``*`` sums over a
dimension) at a quarter, as a sum or mean over quarters, or as the member's outcome; it gives the
magnitude that the change must have and the share of the members that must reach it: of the first
40 members, or of as many as ``pairs`` says where a share lies so near to its threshold that the
luck of a few members would decide.  With the
parameters of ``off`` fixed in both runs the mechanism is away, and there every predicate must fail
unless it says ``off_fails: false``.  ``outside`` marks a metric of another part of the model.

What is wrong with a file is said in one sentence each (:class:`Fault`).
"""

from __future__ import annotations

import csv
import gc
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from steppe import metrics, scenario
from steppe.clock import Quarter
from steppe.parameters import registry
from steppe.scenario import shipped
from steppe.scenario.problems import nearest

from ..abreast import MOST, Abreast, packed

Array = NDArray[np.float64]

FOLDER = Path(__file__).resolve().parent
MEMBERS = 40
"""Paired members that a behaviour is measured on unless it says how many."""
MATTERS = 0.9
"""Share of the members in which a mechanism must move something outside its part of the model."""
OFF = "off"

_LABEL = re.compile(r"(\w+)(?:\[([^\[\]]+)\])?")
_SPAN = re.compile(r"([12]\d{3}Q[1-4])-([12]\d{3}Q[1-4])")
_YAML = YAML(typ="safe", pure=True)  # YAML 1.2: "off" is a word, not false


class Fault(ValueError):
    """What is wrong with a behaviour, in one sentence."""


class Part(BaseModel):
    """What every part of a behaviour has in common: nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


Number = Annotated[float, Field(strict=False)]
QuarterText = Annotated[str, Field(pattern=r"^[12]\d{3}Q[1-4]$")]
SpanText = Annotated[str, Field(pattern=rf"^{_SPAN.pattern}$")]


class Predicate(Part):
    """A magnitude that a series must reach, when, and in which share of the members."""

    metric: str
    quarter: QuarterText | None = None
    sum: SpanText | None = None
    mean: SpanText | None = None
    change: Literal["difference", "ratio", "level"]
    least: Number | None = None
    most: Number | None = None
    members: Annotated[Number, Field(gt=0, le=1)]
    outside: bool = False
    off_fails: bool = True

    @model_validator(mode="after")
    def _states_a_magnitude(self) -> Self:
        if sum(x is not None for x in (self.quarter, self.sum, self.mean)) > 1:
            raise ValueError("one of quarter, sum and mean says when, not two")
        if self.least is None and self.most is None:
            raise ValueError("least or most must give the magnitude")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("least is above most")
        nothing = {"difference": 0.0, "ratio": 1.0}.get(self.change)
        if nothing is not None and self.off_fails and self.holds(np.array([nothing])).all():
            raise ValueError("no change at all would do: least or most must exclude it")
        return self

    def holds(self, changes: Array) -> NDArray[np.bool_]:
        """Tell in which members the magnitude is reached; where there is no value it is not."""
        found = ~np.isnan(changes)
        if self.least is not None:
            found &= changes >= self.least
        if self.most is not None:
            found &= changes <= self.most
        return found

    def pushes(self, effect: Array) -> NDArray[np.bool_]:
        """Tell in which members ``effect`` has the direction that the predicate asks for."""
        if self.least is not None and self.most is not None:
            return ~np.isnan(effect) & (effect != 0.0)
        return effect > 0.0 if self.least is not None else effect < 0.0

    @property
    def when(self) -> str:
        """Return when it is measured: ``2030Q4``, ``sum 2026Q1-2030Q4``, or ``outcome``."""
        if self.quarter is not None:
            return self.quarter
        for name in ("sum", "mean"):
            if (given := getattr(self, name)) is not None:
                return f"{name} {given}"
        return "outcome"

    @property
    def span(self) -> tuple[Quarter, Quarter] | None:
        """Return first and last quarter of what is measured, None for an outcome."""
        text = self.quarter or self.sum or self.mean
        if text is None:
            return None
        first, _, last = text.partition("-")
        return Quarter.parse(first), Quarter.parse(last or first)

    @property
    def asks(self) -> str:
        """Return what it asks for, as in ``difference >= 20``."""
        bounds = ((">=", self.least), ("<=", self.most))
        return self.change + "".join(f" {sign} {b:g}" for sign, b in bounds if b is not None)


class Behaviour(Part):
    """One behaviour of the model; ``row`` is the row of docs/systems.yaml that it belongs to."""

    row: Annotated[int, Field(ge=1, le=23)] | None = None
    describe: Annotated[str, Field(min_length=1)]
    it: Annotated[str, Field(min_length=1)]
    scenario: str = "baseline"
    events: Annotated[tuple[Mapping[str, Any], ...], Field(strict=False)] = ()
    against: str = "baseline"
    off: Annotated[Mapping[str, Number], Field(min_length=1)]
    pairs: Annotated[int, Field(ge=2, le=MOST)] = MEMBERS
    """paired members that it is measured on, the first of the scenario"""
    predicates: Annotated[tuple[Predicate, ...], Field(min_length=1, strict=False)]

    file: str = ""
    """stem of the file that holds it"""

    @property
    def name(self) -> str:
        """Return a short name for a test report, unique among all behaviours."""
        return f"{self.file}-" + re.sub(r"\W+", "_", f"{self.describe}_{self.it}").strip("_")

    @property
    def switch(self) -> tuple[tuple[str, float], ...]:
        """Return the off-switch as pairs of name (patterns as written) and value, sorted."""
        return tuple(sorted(self.off.items()))

    @property
    def here(self) -> Run:
        return Run(self.scenario, _written(self.events))

    @property
    def there(self) -> Run:
        return self.here_off if self.against == OFF else Run(self.against)

    @property
    def here_off(self) -> Run:
        return Run(self.scenario, _written(self.events), self.switch)

    @property
    def there_off(self) -> Run:
        return self.here_off if self.against == OFF else Run(self.against, "[]", self.switch)

    @property
    def runs(self) -> tuple[Run, Run, Run, Run]:
        return self.here, self.there, self.here_off, self.there_off


def _written(events: Sequence[Mapping[str, Any]]) -> str:
    """Return events as YAML on one line (JSON is a part of YAML)."""
    return json.dumps(list(events), default=dict)


# --- series ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Label:
    """A series or a sum of series: a metric and the rows of its cells that are added."""

    metric: metrics.Metric
    rows: tuple[int, ...]

    @classmethod
    @cache
    def read(cls, text: str) -> Label:
        """Read ``committed[JPN,*]``; :class:`Fault` says what is unknown and what may be meant."""
        match = _LABEL.fullmatch(text.replace(", ", ","))
        if match is None:
            raise Fault(f"a metric is written as in trade_share[JPN,*], found '{text}'")
        metric = metrics.BY_NAME.get(match[1])
        if metric is None:
            raise Fault(f"unknown metric '{match[1]}'{_near(match[1], metrics.BY_NAME)}")
        cell = match[2].split(",") if match[2] else []
        if len(cell) != len(metric.dims):
            form = f"{metric.name}[{','.join(metric.dims)}]" if metric.dims else metric.name
            raise Fault(f"'{text}' has {len(cell)} codes: the metric is {form}")
        for code, known, dim in zip(cell, metric.codes, metric.dims, strict=True):
            if code != "*" and code not in known:
                raise Fault(f"'{text}': unknown {dim} '{code}'{_near(code, known)}")
        chosen = (
            known if code == "*" else (code,)
            for code, known in zip(cell, metric.codes, strict=True)
        )
        wanted = set(product(*chosen))
        rows = tuple(i for i, series in enumerate(metric.series) if series.cell in wanted)
        if not rows:
            raise Fault(f"'{text}' is not recorded: the model does not compute it")
        return cls(metric, rows)


def _near(name: str, known: Iterable[str]) -> str:
    found = nearest(name, known)
    return f" (did you mean '{found}'?)" if found else ""


class Paths(NamedTuple):
    """What a run leaves: paths (quarter, member) of the labels that somebody asks for."""

    quarters: tuple[Quarter, ...]
    by_label: Mapping[str, Array]

    def value(self, predicate: Predicate) -> Array:
        """Return what a predicate measures of this run, (member,)."""
        if predicate.span is None:
            return self.outcome(predicate.metric)
        first, last = (q - self.quarters[0] for q in predicate.span)
        part = self.by_label[predicate.metric][first : last + 1]
        return _mean(part) if predicate.mean else part.sum(axis=0)

    def outcome(self, label: str) -> Array:
        """Return the members' outcomes of a label."""
        path, summary = self.by_label[label], Label.read(label).metric.summary
        if summary == "last":
            return path[-1]
        return path.sum(axis=0) if summary == "sum" else _mean(path[-metrics.OUTCOME_QUARTERS :])


def _mean(path: Array) -> Array:
    """Return the mean over quarters in which there is a value."""
    known = ~np.isnan(path)
    count = known.sum(axis=0)
    return np.where(known, path, 0.0).sum(axis=0) / np.where(count > 0, count, np.nan)


def together(
    cases: Sequence[scenario.Scenario], members: int, labels: Sequence[Iterable[str]]
) -> list[Paths]:
    """Run scenarios abreast; return the paths of the labels that somebody asks for of each."""
    model = Abreast(cases, members)
    read = [{text: Label.read(text) for text in sorted(asked)} for asked in labels]
    kept = {label.metric.name for asked in read for label in asked.values()}
    tracks: list[dict[str, list[Array]]] = [{text: [] for text in asked} for asked in read]
    while model.running:
        model.step()
        values = {name: metrics.BY_NAME[name].values(model.state) for name in kept}
        for number, asked in enumerate(read):
            for text, label in asked.items():
                cells = values[label.metric.name][list(label.rows), model.of(number)]
                tracks[number][text].append(np.add.reduce(cells, axis=0))
    quarters = model.quarters
    del model
    gc.collect()  # a model refers to its agents and back: let it go before the next one
    return [
        Paths(quarters, {text: np.array(path) for text, path in track.items()}) for track in tracks
    ]


# --- runs -----------------------------------------------------------------------------------------


class Run(NamedTuple):
    """A scenario with events of one's own (YAML) and parameters fixed."""

    scenario: str
    events: str = "[]"
    fixed: tuple[tuple[str, float], ...] = ()

    def case(self) -> scenario.Scenario:
        """Return the scenario; :class:`Fault` when it cannot be read.

        Fixed means fixed: events that would change such a parameter do not happen.
        """
        return _case(self)

    def _read(self) -> scenario.Scenario:
        if self.scenario not in shipped.names():
            raise Fault(
                f"unknown scenario '{self.scenario}'{_near(self.scenario, shipped.names())}"
            )
        fixed = self.parameters()
        own = json.loads(self.events)
        inherited = _shipped(self.scenario)
        if not own and not fixed:
            return inherited
        gone = {e.id for e in self._loads(own).events if e.target in fixed}
        kept = [e for e in own if e.get("id") not in gone]
        kept += [{"id": e.id, "remove": True} for e in inherited.events if e.id in gone]
        return self._loads(kept, [f"{name}={value!r}" for name, value in fixed.items()])

    def parameters(self) -> dict[str, float]:
        """Return the fixed parameters, patterns expanded."""
        return {name: value for pattern, value in self.fixed for name in _matching(pattern)}

    def _loads(self, events: list[Any], fixed: Sequence[str] = ()) -> scenario.Scenario:
        text = f"title: A behaviour\nextends: {self.scenario}\nevents: {_written(events)}\n"
        try:
            return scenario.loads(text, name=self.scenario, set_values=fixed)
        except scenario.Problems as problems:
            raise Fault("; ".join(p.message for p in problems.problems)) from None


@cache
def _case(run: Run) -> scenario.Scenario:
    return run._read()


@cache
def _shipped(name: str) -> scenario.Scenario:
    return scenario.load(name)


@cache
def _matching(pattern: str) -> tuple[str, ...]:
    """Return the parameters that a name or a pattern such as ``*.conversion`` stands for."""
    known = registry().index
    found = [name for name in known if fnmatchcase(name, pattern)] if "*" in pattern else [pattern]
    if not found or found[0] not in known:
        raise Fault(f"unknown parameter '{pattern}'{_near(pattern, known)}")
    return tuple(found)


class Reading(NamedTuple):
    """What a predicate measures, with the mechanism and without: shares of members, medians.

    ``carried`` is the share of the members in which the mechanism pushes the change the way that
    the predicate asks for.
    """

    share: float
    median: float
    share_off: float
    median_off: float
    carried: float


class Need(NamedTuple):
    """A run and the number of members that it is made with."""

    run: Run
    members: int


@dataclass
class Laboratory:
    """Runs what the behaviours need, each run once, and measures predicates.

    ``behaviours`` tells which series to keep of a run; a run that nobody announced keeps none.
    ``members`` stands in for the ``pairs`` of every behaviour where it is given.
    """

    behaviours: Sequence[Behaviour]
    members: int | None = None
    _done: dict[Need, Paths] = field(default_factory=dict)

    @cached_property
    def _wanted(self) -> dict[Run, set[str]]:
        wanted: dict[Run, set[str]] = defaultdict(set)
        for behaviour in self.behaviours:
            for run in behaviour.runs:
                wanted[run] |= {p.metric for p in behaviour.predicates}
        return wanted

    def paths(self, run: Run, members: int = MEMBERS) -> Paths:
        """Return the paths that a run leaves; it is run once, beside others of its part."""
        need = Need(run, self.members or members)
        if need not in self._done:
            beside = self._beside(need)
            labels = [self._wanted.get(n.run, set()) for n in beside]
            found = together([n.run.case() for n in beside], need.members, labels)
            self._done |= zip(beside, found, strict=True)
        return self._done[need]

    def _beside(self, need: Need) -> list[Need]:
        """Return the runs that are made together with one: those that its part needs next."""
        part = next((part for part in self.parts if need in part), [need])
        here = part.index(need)
        waiting = [
            n
            for n in part[here:] + part[:here]
            if n.members == need.members and n not in self._done
        ]
        return packed(waiting, need.members, lambda n: n.run.case())[0]

    @cached_property
    def parts(self) -> list[list[Need]]:
        """Return the runs of all behaviours in :data:`PARTS` parts that share few of them."""
        return [
            list(
                {
                    Need(run, self.members or behaviour.pairs): None
                    for behaviour in part
                    for run in behaviour.runs
                }
            )
            for part in parted(self.behaviours)
        ]

    def changes(self, behaviour: Behaviour, predicate: Predicate, *, off: bool = False) -> Array:
        """Return what a predicate measures in each member, with the mechanism or without it."""
        here, there = behaviour.runs[2:] if off else behaviour.runs[:2]
        value = self.paths(here, behaviour.pairs).value(predicate)
        if predicate.change == "level":
            return value
        other = self.paths(there, behaviour.pairs).value(predicate)
        if predicate.change == "difference":
            return value - other
        with np.errstate(divide="ignore", invalid="ignore"):
            return value / other

    def measure(self, behaviour: Behaviour, predicate: Predicate) -> Reading:
        """Measure a predicate with the mechanism and without it."""
        on, off = (self.changes(behaviour, predicate, off=side) for side in (False, True))
        return Reading(
            share=float(predicate.holds(on).mean()),
            median=_median(on),
            share_off=float(predicate.holds(off).mean()),
            median_off=_median(off),
            carried=float(predicate.pushes(on - off).mean()),
        )

    # what a test asserts: each returns sentences, none when all is well

    def shortfalls(self, behaviour: Behaviour) -> list[str]:
        """Return the predicates that too few members reach."""
        found = []
        for predicate in behaviour.predicates:
            r = self.measure(behaviour, predicate)
            if r.share < predicate.members:
                found.append(
                    f"{predicate.metric} ({predicate.when}): {predicate.asks} in {r.share:.0%} of "
                    f"the members instead of {predicate.members:.0%}, median {r.median:.4g}"
                )
        return found

    def survivors(self, behaviour: Behaviour) -> list[str]:
        """Return the predicates that hold although the mechanism is off."""
        found = []
        for predicate in behaviour.predicates:
            r = self.measure(behaviour, predicate)
            if predicate.off_fails and r.share_off >= predicate.members:
                found.append(
                    f"{predicate.metric} ({predicate.when}): {predicate.asks} in "
                    f"{r.share_off:.0%} of the members with {spelled(behaviour.switch)} as well"
                )
        return found

    def idle(self, switch: tuple[tuple[str, float], ...]) -> list[str]:
        """Return why a mechanism does not matter, nothing when it does.

        It does when what it adds to an ``outside`` metric of one of its behaviours has the
        direction asked for in 90 % of the paired members.
        """
        said = []
        for behaviour in self.behaviours:
            for predicate in behaviour.predicates if behaviour.switch == switch else ():
                if predicate.outside:
                    carried = self.measure(behaviour, predicate).carried
                    if carried >= MATTERS:
                        return []
                    said.append(f"{predicate.metric} in {carried:.0%} of the members")
        moved = ", ".join(said) or "no predicate is marked outside"
        return [f"{spelled(switch)} moves nothing outside its part of the model: {moved}"]


PARTS = 2
"""Parts into which all behaviours fall, one for each of two workers."""


def parted(behaviours: Sequence[Behaviour]) -> list[list[Behaviour]]:
    """Return the behaviours in parts of about as many members to run, each switch in one part."""
    by_switch: dict[Any, list[Behaviour]] = defaultdict(list)
    for behaviour in behaviours:
        by_switch[behaviour.switch].append(behaviour)
    parts: list[list[Behaviour]] = [[] for _ in range(PARTS)]
    needs: list[set[Need]] = [set() for _ in range(PARTS)]
    for switch in sorted(by_switch, key=lambda s: (-len(by_switch[s]), s)):
        own = {Need(run, b.pairs) for b in by_switch[switch] for run in b.runs}
        least = min(range(PARTS), key=lambda i: (sum(n.members for n in needs[i] | own), i))
        parts[least] += by_switch[switch]
        needs[least] |= own
    return parts


def _median(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else float("nan")


def spelled(switch: Iterable[tuple[str, float]]) -> str:
    """Return an off-switch as a reader sees it: ``powers.balancing = 0``."""
    return ", ".join(f"{name} = {value:g}" for name, value in switch)


# --- files ----------------------------------------------------------------------------------------


def read(path: Path) -> tuple[list[Behaviour], list[str]]:
    """Return the sound behaviours of a file and a sentence for each mistake in it."""
    try:
        entries = _YAML.load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = "" if mark is None else f":{mark.line + 1}"
        what = getattr(error, "problem", None) or "not YAML"
        return [], [f"{path.name}{place}: {what}"]
    if not isinstance(entries, list):
        return [], [f"{path.name}: expected a list of behaviours"]
    sound, faults = [], []
    for number, entry in enumerate(entries, start=1):
        try:
            behaviour = parse(entry, path.stem)
            check(behaviour)
        except Fault as fault:
            title = entry.get("it") if isinstance(entry, dict) else None
            named = f" ({title})" if isinstance(title, str) else ""
            faults.append(f"{path.name}: behaviour {number}{named}: {fault}")
        else:
            sound.append(behaviour)
    return sound, faults


def read_all(folder: Path = FOLDER) -> tuple[list[Behaviour], list[str]]:
    """Return the sound behaviours of all files of a folder and what is wrong with the others."""
    sound: list[Behaviour] = []
    faults: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        found, wrong = read(path)
        sound += found
        faults += wrong
    names = [b.name for b in sound]
    faults += [f"two behaviours are called {n}" for n in sorted(set(names)) if names.count(n) > 1]
    return sound, faults


def parse(entry: Any, file: str = "") -> Behaviour:
    """Return the behaviour that an entry of a file describes; :class:`Fault` names a mistake."""
    if not isinstance(entry, dict):
        raise Fault("expected a mapping with describe, it, off and predicates")
    if "file" in entry:
        raise Fault("unknown key 'file'")
    try:
        return Behaviour.model_validate({**entry, "file": file})
    except ValidationError as error:
        raise Fault(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    """Return the first of a validation's errors in plain words."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = [str(step + 1) if isinstance(step, int) else step for step in first["loc"]]
    where = " ".join(place[:-1])
    said = f"{where}: " if where else ""
    if first["type"] == "extra_forbidden":
        fields = Predicate.model_fields if len(place) > 1 else Behaviour.model_fields
        return f"{said}unknown key '{place[-1]}'{_near(place[-1], fields)}"
    if first["type"] == "missing":
        return f"{said}missing key '{place[-1]}'"
    message = first["msg"].removeprefix("Value error, ")
    return f"{' '.join(place)}: {message[:1].lower()}{message[1:]}" if place else message


def check(behaviour: Behaviour) -> None:
    """Raise :class:`Fault` unless every name, date and switch of a behaviour makes sense."""
    here, there, *_ = cases = [run.case() for run in behaviour.runs]
    if behaviour.against != OFF:
        if here.seed != there.seed:
            raise Fault(f"{behaviour.scenario} and {behaviour.against} do not share their members")
        own = {e.id for e in here.events} - {e.id for e in there.events}
        if own and not own & {e.id for e in cases[2].events}:
            raise Fault(f"{spelled(behaviour.switch)} takes the events away, not a mechanism")
    for predicate in behaviour.predicates:
        Label.read(predicate.metric)
        for case in cases if predicate.span is not None else ():
            first, last = predicate.span
            if not case.horizon.start <= first <= last <= case.horizon.end:
                raise Fault(
                    f"{predicate.when} is not within the years of {case.name}, "
                    f"{case.horizon.start} to {case.horizon.end}"
                )


# --- recorded results -----------------------------------------------------------------------------

KEYS = ("file", "describe", "it", "metric", "when", "asks")


def row_of(behaviour: Behaviour, predicate: Predicate) -> tuple[str, ...]:
    """Return the key of a predicate in the table of results."""
    return (
        behaviour.file,
        behaviour.describe,
        behaviour.it,
        predicate.metric,
        predicate.when,
        predicate.asks,
    )


def recorded(path: Path) -> dict[tuple[str, ...], Reading]:
    """Return the readings that a table of results holds, by :func:`row_of`."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            tuple(row[key] for key in KEYS): Reading(*(float(row[f]) for f in Reading._fields))
            for row in csv.DictReader(file)
        }


def record(laboratory: Laboratory, path: Path, measured: Sequence[Behaviour]) -> None:
    """Measure predicates and write the table of results; rows of other behaviours stay."""
    kept = recorded(path) if path.exists() else {}
    anew = {b.name for b in measured}
    lines = [(*KEYS, *Reading._fields)]
    for behaviour in laboratory.behaviours:
        for predicate in behaviour.predicates:
            key = row_of(behaviour, predicate)
            if behaviour.name in anew:
                reading = laboratory.measure(behaviour, predicate)
            elif (found := kept.get(key)) is not None:
                reading = found
            else:
                continue
            lines.append((*key, *(f"{x:.4g}" for x in reading)))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
