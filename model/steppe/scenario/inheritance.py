"""Putting a scenario together from its file and the files it extends.

Mappings merge by key and events by id; everything else replaces what was inherited.  A parameter is
fixed, uncertain or a lever: the nearest file that names it decides which.  ``--set`` and the other
options of the command come last.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from steppe.clock import Quarter
from steppe.scenario import shipped, units
from steppe.scenario.copula import implied
from steppe.scenario.layer import Layer
from steppe.scenario.meaning import LAST_OBSERVED, STARTS, interpret
from steppe.scenario.problems import Problem, Problems, Report, clip
from steppe.scenario.resolved import (
    Correlation,
    Event,
    Horizon,
    Lever,
    Origin,
    Scenario,
)
from steppe.scenario.schema import MAX_MEMBERS, MAX_SEED, validate
from steppe.scenario.source import Document, parse, read
from steppe.scenario.values import in_range, renamed

if TYPE_CHECKING:
    from steppe.parameters import Registry
    from steppe.scenario.distributions import Distribution
    from steppe.scenario.source import Place

MAX_PARENTS = 16

_SPELLED_AS_PATH = re.compile(r"[/\\]|\.ya?ml$")


def locate(name_or_path: str | os.PathLike[str]) -> Path:
    """Return the file of a scenario given by path or shipped name; ``Problems`` for neither."""
    text = os.fspath(name_or_path)
    if not _SPELLED_AS_PATH.search(text):
        if found := shipped.find(text):
            return found
        if not text or not _is_there(Path(text)):
            hint = Report().hint(text, shipped.names())
            message = f"unknown scenario{hint}; 'steppe list scenarios' shows the shipped ones"
            for near in (Path(f"{text}.yaml"), Path("scenarios", f"{text}.yaml")):
                if _is_there(near):
                    message = f"no shipped scenario, but there is a file: write {near}"
            raise Problems([Problem(clip(text) or "''", message)])
    return Path(text)


def shown(path: Path) -> str:
    """Return a path as a message shows it: relative to the working folder when inside it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


@dataclass(slots=True)
class Chain:
    """The layers of a scenario from the root parent to the file itself, and what went wrong."""

    registry: Registry
    report: Report
    layers: list[Layer] = field(default_factory=list)
    complete: bool = True

    def climb(self, document: Document, parents: tuple[Path, ...]) -> None:
        """Read a document and, first, everything it extends."""
        part = validate(document, self.report)
        if part is None:
            self.complete = False
            return
        if part.extends is not None:
            self._extend(document, part.extends, parents)
        elif "extends" in document.data and document.data["extends"] is not None:
            self.complete = False  # reported: the parent cannot be known
        self.layers.append(interpret(document, part, self.registry, self.report))

    def _extend(self, document: Document, parent: str, parents: tuple[Path, ...]) -> None:
        try:
            path = self._parent(document, parent, parents)
            text = read(path, shown(path))
            above = parse(text, shown(path), path)
        except Problems as error:
            self.complete = False
            for problem in error.problems:
                self.report.add(problem)
            return
        self.climb(above, (*parents, path.resolve()))

    def _parent(self, document: Document, parent: str, parents: tuple[Path, ...]) -> Path:
        """Return the file that ``extends`` means; ``Problems`` when it cannot be followed."""

        def refuse(message: str) -> Problems:
            return Problems([document.problem(("extends",), message)])

        if _SPELLED_AS_PATH.search(parent):
            folder = document.path.parent if document.path is not None else Path()
            path: Path | None = folder / parent
            if path is None or not _is_there(path):
                raise refuse(f"no such file '{clip(parent)}' beside this one")
        elif (path := shipped.find(parent)) is None:
            hint = self.report.hint(parent, shipped.names())
            raise refuse(f"unknown scenario '{clip(parent)}'{hint}")
        resolved = path.resolve()
        if resolved in parents:
            cycle = [p.stem for p in (*parents[parents.index(resolved) :], resolved)]
            raise refuse(f"'extends' goes in a circle: {clip(' -> '.join(cycle), 200)}")
        if len(parents) > MAX_PARENTS:
            raise refuse(f"more than {MAX_PARENTS} scenarios extend one another")
        return path


@dataclass(slots=True)
class _Merged:
    """What the layers say together, while they are put on top of one another."""

    start: Quarter | None = None
    end: Quarter | None = None
    members: int | None = None
    seed: int | None = None
    set: dict[str, float] = field(default_factory=dict)
    uncertainties: dict[str, Distribution] = field(default_factory=dict)
    levers: dict[str, Lever] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    event_places: dict[str, Place] = field(default_factory=dict)
    correlations: tuple[Correlation, ...] = ()
    metrics: tuple[str, ...] = ()
    origins: dict[str, Origin] = field(default_factory=dict)

    def add(self, layer: Layer, report: Report) -> None:
        """Put a layer on top."""
        document = layer.document

        def note(name: str, *place: str | int) -> None:
            self.origins[name] = Origin(document.file, document.line(place))

        for bound in ("start", "end"):
            if (quarter := getattr(layer, bound)) is not None:
                setattr(self, bound, quarter)
                note(f"horizon.{bound}", "horizon", bound)
        if layer.part.ensemble is not None:
            for key in ("members", "seed"):
                if (number := getattr(layer.part.ensemble, key)) is not None:
                    setattr(self, key, number)
                    note(f"ensemble.{key}", "ensemble", key)
        for section in ("set", "uncertainties", "levers"):
            for name, value in getattr(layer, section).items():
                self.release(name, but=section)
                getattr(self, section)[name] = value
                note(f"{section}.{name}", section, layer.spelled.get(name, name))
        for identifier, place in layer.removals.items():
            self.events.pop(identifier, None)
            if self.event_places.pop(identifier, None) is None:
                message = f"no inherited event has the id '{identifier}'"
                hint = report.hint(identifier, self.event_places)
                report.add(document.problem((*place, "id"), message + hint))
            self.origins.pop(f"events.{identifier}", None)
        self.event_places |= layer.event_places  # also of events with mistakes
        for event in layer.events:
            self.events[event.id] = event
            note(f"events.{event.id}", *layer.event_places[event.id])
        for listed in ("correlations", "metrics"):
            if (held := getattr(layer, listed)) is not None:
                setattr(self, listed, held)
                note(listed, listed)

    def release(self, name: str, but: str) -> None:
        """Take a parameter out of the other sections: the nearest file decides what it is."""
        for section in ("set", "uncertainties", "levers"):
            if section != but:
                getattr(self, section).pop(name, None)
                self.origins.pop(f"{section}.{name}", None)


def resolve(
    document: Document,
    registry: Registry,
    *,
    name: str,
    set_values: Sequence[str] = (),
    members: int | None = None,
    seed: int | None = None,
) -> Scenario:
    """Return the scenario of a document and all it extends; ``Problems`` with every mistake."""
    report = Report()
    chain = Chain(registry, report)
    own_path = () if document.path is None else (document.path.resolve(),)
    chain.climb(document, own_path)
    merged = _Merged()
    for layer in chain.layers:
        merged.add(layer, report)
        if chain.complete:
            _check_horizon(merged, layer, report)
            _check_dates(merged, layer, report)
            _check_correlations(merged, layer, registry, report)
    _apply_options(merged, registry, report, set_values, members, seed)
    if chain.complete and chain.layers:
        _check_required(merged, chain.layers, report)
    report.raise_if_any()
    return _scenario(merged, chain.layers, name, report)


def _check_horizon(merged: _Merged, layer: Layer, report: Report) -> None:
    start, end = merged.start, merged.end
    said = layer.part.horizon is not None
    if said and start is not None and end is not None and end < start:
        place = ("horizon", "end") if layer.end is not None else ("horizon", "start")
        report.add(layer.document.problem(place, f"the horizon ends ({end}) before it starts"))
    elif said and start in STARTS[:-1] and end is not None and end > LAST_OBSERVED:
        message = (
            f"a run from {start} ends in {LAST_OBSERVED} at the latest, found {end}: "
            "the observed series that it follows end there"
        )
        place = ("horizon", "end") if layer.end is not None else ("horizon", "start")
        report.add(layer.document.problem(place, message))


def _check_dates(merged: _Merged, layer: Layer, report: Report) -> None:
    """Report events of this very file that may begin outside the horizon."""
    for place, identifier, start in layer.starts:
        if not _inside(start, merged):
            may = "begins" if isinstance(start, Quarter) else "may begin"
            horizon = f"{merged.start} to {merged.end}"
            message = f"event '{identifier}' {may} outside the horizon {horizon}"
            report.add(layer.document.problem((*place, "start"), message))


def _inside(start: Quarter | Distribution, merged: _Merged) -> bool:
    if merged.start is None or merged.end is None:
        return True
    if isinstance(start, Quarter):
        return merged.start <= start <= merged.end
    first, last = start.support
    return merged.start.ordinal <= int(first) and int(last) <= merged.end.ordinal


def _check_correlations(merged: _Merged, layer: Layer, registry: Registry, report: Report) -> None:
    """Report correlations of this file that name a fixed parameter or contradict each other."""
    uncertain = merged.uncertainties
    own = layer.correlations is not None
    if layer.correlations is not None:
        dropped = {n for entry in layer.correlations for n in entry.between} - set(uncertain)
        for i, part in enumerate(layer.part.correlations or ()):
            for k, name in enumerate(part.between):
                if registry.current(name) in dropped:
                    message = f"'{clip(name)}' is not uncertain in this scenario"
                    report.add(layer.document.problem(("correlations", i, "between", k), message))
    merged.correlations = tuple(
        c for c in merged.correlations if all(n in uncertain for n in c.between)
    )
    for group in _groups(merged.correlations) if own else ():
        names = list(dict.fromkeys(n for c in group for n in c.between))
        if np.linalg.eigvalsh(implied(names, group)).min() < 1e-9:
            joined = clip(", ".join(names), 300)
            message = f"the correlations of {joined} contradict each other (not positive definite)"
            report.add(layer.document.problem(("correlations",), message, key=True))


def _groups(correlations: Sequence[Correlation]) -> list[list[Correlation]]:
    """Return the correlations in groups that share no parameter."""
    groups: list[list[Correlation]] = []
    for entry in correlations:
        touching = [g for g in groups if any(set(c.between) & set(entry.between) for c in g)]
        groups = [g for g in groups if g not in touching]
        groups.append([*(c for g in touching for c in g), entry])
    return groups


def _check_required(merged: _Merged, layers: list[Layer], report: Report) -> None:
    """Report what no file says; what a file says wrongly was reported there."""
    document = layers[-1].document
    wanted = {"start": "horizon", "end": "horizon", "members": "ensemble", "seed": "ensemble"}
    for key, section in wanted.items():
        if getattr(merged, key) is None and not any(_says(v, section, key) for v in layers):
            message = f"missing '{section}: {key}': give it, or extend a scenario that does"
            place = (section,) if section in document.data else ()
            problem = document.problem(place, message, key=True)
            report.add(Problem(problem.file, message, problem.line, problem.column, problem.source))


def _says(layer: Layer, section: str, key: str) -> bool:
    """Tell whether a file gives a value, be it one that could not be read."""
    said = layer.document.data.get(section)
    return said.get(key) is not None if isinstance(said, dict) else said is not None


def _apply_options(
    merged: _Merged,
    registry: Registry,
    report: Report,
    set_values: Sequence[str],
    members: int | None,
    seed: int | None,
) -> None:
    """Put the options of the command on top of the files."""
    limits = {"members": (members, 1, MAX_MEMBERS), "seed": (seed, 0, MAX_SEED)}
    for key, (number, low, high) in limits.items():
        if number is None:
            continue
        if not low <= number <= high:
            message = f"must lie between {low} and {high:,}"
            given = number if abs(number) < 10 * MAX_SEED else "..."
            report.add(Problem(f"--{key} {given}", message))
            continue
        setattr(merged, key, number)
        merged.origins[f"ensemble.{key}"] = Origin(f"--{key}")
    for text in set_values:
        place = f"--set {clip(text, 120)}"
        try:
            name, value = _assignment(text, registry, report, place)
        except ValueError as error:
            report.add(Problem(place, str(error)))
            continue
        merged.release(name, but="set")
        merged.set[name] = value
        merged.origins[f"set.{name}"] = Origin(place)
    uncertain = merged.uncertainties
    merged.correlations = tuple(
        c for c in merged.correlations if all(n in uncertain for n in c.between)
    )


def _assignment(text: str, registry: Registry, report: Report, place: str) -> tuple[str, float]:
    """Read ``path=value``; ``ValueError`` with a sentence when it is none."""
    given, equals, written = (part.strip() for part in text.partition("="))
    name = registry.current(given)
    if not equals:
        raise ValueError("write it as --set parameter=value")
    if name not in registry:
        raise ValueError(f"unknown parameter '{clip(name)}'{report.hint(name, registry.index)}")
    parameter = registry[name]
    number, unit = units.parse(written)
    value = units.convert(written if unit else number, parameter.unit)
    in_range(value, parameter)
    if name != given:
        report.warn(Problem(place, renamed(given, name)))
    return name, value


def _scenario(merged: _Merged, layers: list[Layer], name: str, report: Report) -> Scenario:
    own = layers[-1].part
    assert merged.start is not None and merged.end is not None  # checked: every key is there
    assert merged.members is not None and merged.seed is not None
    events = tuple(e for e in merged.events.values() if _inside(e.start, merged))
    kept = {f"events.{e.id}" for e in events}
    origins = {k: v for k, v in merged.origins.items() if not k.startswith("events.") or k in kept}
    return Scenario(
        name=own.name or name,
        title=own.title,
        description=own.description or "",
        question=own.question or "",
        look_at=own.look_at or (),
        sources=own.sources or (),
        horizon=Horizon(merged.start, merged.end),
        members=merged.members,
        seed=merged.seed,
        set=merged.set,
        events=events,
        uncertainties=merged.uncertainties,
        correlations=merged.correlations,
        levers=merged.levers,
        metrics=merged.metrics,
        parent=own.extends,
        file=layers[-1].document.file,
        origins=origins,
        warnings=tuple(report.warnings),
    )
