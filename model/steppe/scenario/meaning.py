"""The meaning of one scenario file: names looked up, units converted, ranges checked.

Nothing here looks at another file: what a file inherits is put together in
:mod:`steppe.scenario.inheritance`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from steppe import axes, metrics
from steppe.clock import Quarter
from steppe.scenario import conditions, units
from steppe.scenario.distributions import OF_QUARTERS, SHAPES, Distribution, fault
from steppe.scenario.problems import Problem, Report, clip, nearest
from steppe.scenario.resolved import Correlation, Event, Lever
from steppe.scenario.schema import (
    HOLE,
    DistributionPart,
    EventPart,
    LeverPart,
    RemovedEvent,
    ScenarioFile,
    readable,
)
from steppe.scenario.source import Document, Place

if TYPE_CHECKING:
    from steppe.parameters import Parameter, Registry

LAST = Quarter.of(2040, 4)
"""Last quarter that a scenario may reach."""
LAST_OBSERVED = Quarter.of(2016, 4)
"""Last quarter of the observed series that a run from an earlier base than the last follows."""
STARTS = tuple(Quarter.of(year) for year in axes.BASES)


@dataclass(slots=True)
class Layer:
    """What one file says, converted; ``removals`` and ``event_places`` keep where it says it.

    ``spelled`` gives the former name of a parameter where the file uses one.
    ``starts`` holds the place, the id and the start of every event, also of those with mistakes.
    """

    document: Document
    part: ScenarioFile
    start: Quarter | None = None
    end: Quarter | None = None
    set: dict[str, float] = field(default_factory=dict)
    uncertainties: dict[str, Distribution] = field(default_factory=dict)
    levers: dict[str, Lever] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    event_places: dict[str, Place] = field(default_factory=dict)
    removals: dict[str, Place] = field(default_factory=dict)
    starts: list[tuple[Place, str, Quarter | Distribution]] = field(default_factory=list)
    correlations: tuple[Correlation, ...] | None = None
    metrics: tuple[str, ...] | None = None
    spelled: dict[str, str] = field(default_factory=dict)


def interpret(document: Document, part: ScenarioFile, registry: Registry, report: Report) -> Layer:
    """Return the layer of a file; every mistake is reported and its entry left out."""
    return _Reader(document, registry, report).layer(part)


def renamed(former: str, name: str) -> str:
    """Return what a user is told who gives a parameter a name that it had before."""
    return f"parameter '{former}' is now called '{name}'"


def in_range(value: float, parameter: Parameter) -> None:
    """Raise ``ValueError`` unless the registry admits ``value``."""
    if not parameter.low <= value <= parameter.high:
        raise ValueError(
            f"{parameter.name} must lie between {parameter.low:g} and {parameter.high:g}"
            f"{_in(parameter.unit)}, found {value:.6g}"
        )


def _in(unit: str) -> str:
    return "" if unit == "1" else f" {unit}"


class _Reader:
    """Reads one document against one registry into one report."""

    def __init__(self, document: Document, registry: Registry, report: Report) -> None:
        self.document = document
        self.registry = registry
        self.report = report

    def fail(self, place: Place, message: str, *, key: bool = False) -> None:
        self.report.add(self.document.problem(place, message, key=key))

    def warn(self, place: Place, message: str, *, key: bool = False) -> None:
        self.report.warn(self.document.problem(place, message, key=key))

    def layer(self, part: ScenarioFile) -> Layer:
        layer = Layer(self.document, part)
        self._horizon(part, layer)
        for name, value in (part.set or {}).items():
            place: Place = ("set", name)
            if parameter := self._parameter(name, place, key=True):
                number = self._ranged(value, parameter, place)
                if number is not None:
                    layer.set[parameter.name] = number
        for name, spelled in (part.uncertainties or {}).items():
            place = ("uncertainties", name)
            if parameter := self._parameter(name, place, key=True):
                drawn = self._uncertainty(spelled, parameter, place)
                if drawn is not None:
                    layer.uncertainties[parameter.name] = drawn
        for name, lever in (part.levers or {}).items():
            place = ("levers", name)
            if parameter := self._parameter(name, place, key=True):
                turned = self._lever(lever, parameter, place)
                if turned is not None:
                    layer.levers[parameter.name] = turned
        self._one_section_each(part, layer)
        self._events(part.events or (), layer)
        if part.correlations is not None:
            layer.correlations = self._correlations(part.correlations)
        if part.metrics is not None:
            layer.metrics = self._metrics(part.metrics)
        return layer

    # values

    def _parameter(self, name: str, place: Place, *, key: bool = False) -> Parameter | None:
        current = self.registry.current(name)
        if current != name:
            self.warn(place, renamed(name, current), key=key)
        if current in self.registry:
            return self.registry[current]
        hint = self.report.hint(name, self.registry.index)
        self.fail(place, f"unknown parameter '{clip(name)}'{hint}", key=key)
        return None

    def _converted(self, value: float | str, unit: str, place: Place) -> float | None:
        try:
            return units.convert(value, unit)
        except ValueError as error:
            self.fail(place, str(error))
            return None

    def _ranged(self, value: float | str, parameter: Parameter, place: Place) -> float | None:
        number = self._converted(value, parameter.unit, place)
        return number if number is None or self._admits(number, parameter, place) else None

    def _admits(self, number: float, parameter: Parameter, place: Place) -> bool:
        try:
            in_range(number, parameter)
        except ValueError as error:
            self.fail(place, str(error))
            return False
        return True

    def _quarter(self, value: float | str, place: Place) -> Quarter | None:
        try:
            return Quarter.parse(value if isinstance(value, str) else "")
        except ValueError:
            self.fail(place, "expected a quarter such as 2017Q1")
            return None

    # distributions

    def _uncertainty(
        self, spelled: object, parameter: Parameter, place: Place
    ) -> Distribution | None:
        if isinstance(spelled, DistributionPart):
            return self._distribution(spelled, parameter, place)
        if parameter.prior is None:
            self.fail(
                place, f"the registry has no prior for {parameter.name}: write a distribution"
            )
            return None
        try:
            return prior(parameter)
        except ValueError as error:
            self.fail(place, f"the registry's prior for {parameter.name} is unusable: {error}")
            return None

    def _distribution(
        self, part: DistributionPart, parameter: Parameter, place: Place
    ) -> Distribution | None:
        """Return a distribution over values of ``parameter``."""

        def argument(shape: str, index: int, value: float | str, at: Place) -> float | None:
            if shape in ("normal", "lognormal") and index == 1:
                return self._converted(value, "1" if shape == "lognormal" else parameter.unit, at)
            return self._ranged(value, parameter, at)

        return self._drawn(part, place, argument, bounds=(parameter.low, parameter.high))

    def _free_distribution(
        self, part: DistributionPart, unit: str, place: Place, bounds: tuple[float, float]
    ) -> Distribution | None:
        """Return a distribution over numbers of ``unit`` that are no parameter's values."""

        def argument(shape: str, index: int, value: float | str, at: Place) -> float | None:
            return self._converted(value, "1" if (shape, index) == ("lognormal", 1) else unit, at)

        return self._drawn(part, place, argument, bounds=bounds)

    def _dates(self, part: DistributionPart, place: Place) -> Distribution | None:
        """Return a distribution over quarters."""

        def argument(shape: str, index: int, value: float | str, at: Place) -> float | None:
            quarter = self._quarter(value, at)
            return None if quarter is None else float(quarter.ordinal)

        return self._drawn(part, place, argument, quarters=True)

    def _drawn(
        self,
        part: DistributionPart,
        place: Place,
        argument: Callable[[str, int, float | str, Place], float | None],
        *,
        bounds: tuple[float, float] | None = None,
        quarters: bool = False,
    ) -> Distribution | None:
        given = {k: v for k in SHAPES if (v := getattr(part, k)) is not None}
        if len(given) != 1:
            found = " and ".join(given) or "nothing"
            self.fail(place, f"a distribution is one of {', '.join(SHAPES)}, found {found}")
            return None
        ((shape, spelled),) = given.items()
        if quarters and shape not in OF_QUARTERS:
            message = f"a date cannot be {shape}: use {', '.join(OF_QUARTERS)}"
            self.fail((*place, shape), message, key=True)
            return None
        arguments = [argument(shape, i, v, (*place, shape, i)) for i, v in enumerate(spelled)]
        if any(a is None for a in arguments):
            return None
        values = tuple(a for a in arguments if a is not None)
        if slip := fault(shape, values):
            self.fail((*place, shape), slip)
            return None
        if bounds is None or shape not in ("normal", "lognormal"):
            return Distribution(shape, values, quarters=quarters)
        return Distribution(shape, values, *bounds)

    # sections

    def _horizon(self, part: ScenarioFile, layer: Layer) -> None:
        if part.horizon is None:
            return
        if part.horizon.start is not None:
            layer.start = self._quarter(part.horizon.start, ("horizon", "start"))
            if layer.start is not None and layer.start not in STARTS:
                allowed = ", ".join(map(str, STARTS))
                message = f"a run starts in {allowed}: only these have a base state"
                self.fail(("horizon", "start"), message)
                layer.start = None
        if part.horizon.end is not None:
            layer.end = self._quarter(part.horizon.end, ("horizon", "end"))
            if layer.end is not None and layer.end > LAST:
                self.fail(("horizon", "end"), f"a run ends in {LAST} at the latest")
                layer.end = None

    def _lever(self, part: LeverPart, parameter: Parameter, place: Place) -> Lever | None:
        unit = part.unit or parameter.unit
        try:
            if part.unit is not None:
                units.convert(f"1 {part.unit}", parameter.unit)
        except ValueError as error:
            self.fail((*place, "unit"), str(error))
            return None

        def value(spelled: float | str, at: Place) -> float | None:
            if isinstance(spelled, str) or unit == parameter.unit:
                return self._ranged(spelled, parameter, at)
            return self._ranged(f"{spelled!r} {unit}", parameter, at)

        low, high = (value(v, (*place, "range", i)) for i, v in enumerate(part.range))
        default = value(part.default, (*place, "default"))
        levels = {k: value(v, (*place, "levels", k)) for k, v in (part.levels or {}).items()}
        if low is None or high is None or default is None or None in levels.values():
            return None
        if low >= high:
            self.fail((*place, "range"), "the low end of a lever must be below its high end")
            return None
        for at, number in (("default",), default), *((("levels", k), v) for k, v in levels.items()):
            if not low <= cast(float, number) <= high:
                self.fail((*place, *at), f"{at[-1]} lies outside the lever's range")
                return None
        sound = {k: v for k, v in levels.items() if v is not None}
        return Lever(low, high, default, parameter.unit, part.name, part.description, sound)

    def _one_section_each(self, part: ScenarioFile, layer: Layer) -> None:
        """Report parameters that one file names twice in set, uncertainties and levers."""
        sections: dict[str, Mapping[str, object]] = {
            "set": part.set or {},
            "uncertainties": part.uncertainties or {},
            "levers": part.levers or {},
        }
        seen: dict[str, tuple[str, str]] = {}
        for section, held in sections.items():
            for spelled in held:
                name = self.registry.current(spelled)
                if name in seen:
                    other, before = seen[name]
                    also = "" if before == spelled else f", as '{clip(before)}'"
                    message = f"'{clip(spelled)}' is under '{other}' too{also}: keep one of them"
                    self.fail((section, spelled), message, key=True)
                seen.setdefault(name, (section, spelled))
                if name != spelled:
                    layer.spelled.setdefault(name, spelled)

    def _events(self, parts: Iterable[EventPart | RemovedEvent], layer: Layer) -> None:
        for i, sound in enumerate(parts):
            place: Place = ("events", i)
            raw = self.document.data["events"][i]
            damaged = sound.id == HOLE
            if damaged and (not isinstance(raw, dict) or "remove" in raw):
                continue
            part = readable(raw) if damaged else sound
            known = layer.event_places | layer.removals
            if part.id in known:
                first = self.document.line(known[part.id])
                message = f"duplicate event id '{part.id}' (first on line {first})"
                self.fail((*place, "id"), message)
            elif isinstance(part, RemovedEvent):
                layer.removals[part.id] = place
            else:
                if part.id is not None:
                    layer.event_places[part.id] = place
                start = None
                if part.start is not None:
                    start = self._start(part.start, (*place, "start"))
                if start is not None:
                    layer.starts.append((place, part.id or "without a name", start))
                if event := self._event(part, start, place, raw):
                    layer.events.append(event)

    def _event(
        self,
        part: EventPart,
        start: Quarter | Distribution | None,
        place: Place,
        raw: Mapping[str, Any],
    ) -> Event | None:
        """Return an event; of one with mistakes (``raw`` holds them) check all that is readable."""
        parameter = None
        if part.target is not None:
            parameter = self._parameter(part.target, (*place, "target"))
        given = [k for k in ("to", "by", "times") if raw.get(k) is not None]
        misspelt = not given and any(_misspelt(k, raw) for k in ("to", "by", "times"))
        if len(given) != 1 and not misspelt:
            message = "an event needs exactly one of 'to', 'by' and 'times'"
            at = (*place, given[1]) if given else place
            self.report.add(self._narrow(at, message, key=bool(given)))
        duration = self._duration(part, place, raw)
        when = self._when(part.when, (*place, "when")) if part.when is not None else None
        changes = {k: v for k in given if (v := getattr(part, k)) is not None}
        if parameter is None or len(given) != 1 or not changes:
            return None
        ((change, spelled),) = changes.items()
        amount = self._amount(change, spelled, parameter, (*place, change))
        unfit = amount is None or start is None or (duration is None and part.shape != "step")
        if unfit or (when is None and part.when is not None):
            return None
        if part.id is None or part.shape is None:
            return None
        return Event(
            id=part.id,
            target=parameter.name,
            shape=part.shape,
            start=cast(Quarter, start),
            duration=duration,
            when=when,
            source=part.source,
            note=part.note,
            **{change: cast(float, amount)},
        )

    def _narrow(self, place: Place, message: str, *, key: bool) -> Problem:
        """Return a problem that marks the beginning of a place, not all of it."""
        problem = self.document.problem(place, message, key=key)
        return Problem(problem.file, message, problem.line, problem.column, problem.source)

    def _start(self, spelled: Any, place: Place) -> Quarter | Distribution | None:
        if isinstance(spelled, DistributionPart):
            return self._dates(spelled, place)
        return self._quarter(spelled, place)

    def _duration(
        self, part: EventPart, place: Place, raw: Mapping[str, Any]
    ) -> float | Distribution | None:
        at = (*place, "duration")
        if part.shape == "step":
            if part.duration is not None:
                self.fail(at, "a step has no duration: it stays (use a pulse or a ramp)", key=True)
            return None
        if part.duration is None:
            if part.shape is None or raw.get("duration") is not None or _misspelt("duration", raw):
                return None  # reported already, or nobody can tell whether one is needed
            meaning = {"ramp": "until the value is reached", "pulse": "until it returns"}
            said = meaning.get(part.shape, "of the half-life")
            message = f"a {part.shape} needs a 'duration': the quarters {said}"
            self.report.add(self._narrow(place, message, key=False))
            return None
        found: float | Distribution | None
        if isinstance(part.duration, DistributionPart):
            found = self._free_distribution(part.duration, "quarters", at, (0.25, 400.0))
        else:
            found = self._converted(part.duration, "quarters", at)
        if found is None:
            return None
        shortest, longest = (found, found) if isinstance(found, float) else found.support
        if not (shortest > 0.0 and longest <= 400.0):
            self.fail(at, "a duration must be above 0 and at most 400 quarters")
            return None
        return found

    def _amount(
        self, change: str, spelled: Any, parameter: Parameter, place: Place
    ) -> float | Distribution | None:
        if change == "to":
            if isinstance(spelled, DistributionPart):
                return self._distribution(spelled, parameter, place)
            return self._ranged(spelled, parameter, place)
        unit = parameter.unit if change == "by" else "1"
        width = parameter.high - parameter.low
        bounds = (-width, width) if change == "by" else (0.0, 1e6)
        found: float | Distribution | None
        if isinstance(spelled, DistributionPart):
            found = self._free_distribution(spelled, unit, place, bounds)
        else:
            found = self._converted(spelled, unit, place)
        if found is None:
            return None
        low, high = (found, found) if isinstance(found, float) else found.support
        if not bounds[0] <= low <= high <= bounds[1]:
            message = "a factor must lie between 0 and 1,000,000"
            if change == "by":
                message = (
                    f"more than the whole range of {parameter.name}, "
                    f"{parameter.low:g} to {parameter.high:g}{_in(parameter.unit)}"
                )
            self.fail(place, message)
            return None
        return found

    def _when(self, text: str, place: Place) -> conditions.Condition | None:
        try:
            found = conditions.parse(text, self.registry, metrics.BY_NAME, self.report.hint)
        except ValueError as error:
            self.fail(place, str(error))
            return None
        if (former := conditions.name(text)) != found.name:
            self.warn(place, renamed(former, found.name))
        return found

    def _correlations(self, parts: Iterable[Any]) -> tuple[Correlation, ...]:
        found: dict[frozenset[str], Correlation] = {}
        for i, part in enumerate(parts):
            place: Place = ("correlations", i, "between")
            first, second = part.between
            known = [
                self._parameter(name, (*place, k)) is not None
                for k, name in enumerate(part.between)
            ]
            first, second = self.registry.current(first), self.registry.current(second)
            if first == second:
                self.fail(place, "a correlation is between two different parameters")
            elif frozenset((first, second)) in found:
                self.fail(place, "this pair has a correlation already")
            elif all(known):
                found[frozenset((first, second))] = Correlation((first, second), part.rho)
        return tuple(found.values())

    def _metrics(self, names: Iterable[str]) -> tuple[str, ...]:
        found: list[str] = []
        for i, name in enumerate(names):
            if name not in metrics.BY_NAME:
                hint = self.report.hint(name, metrics.BY_NAME)
                self.fail(("metrics", i), f"unknown metric '{clip(name)}'{hint}")
            elif name in found:
                self.fail(("metrics", i), f"metric '{name}' is named twice")
            else:
                found.append(name)
        return tuple(found)


def _misspelt(key: str, raw: Mapping[str, Any]) -> bool:
    """Tell whether an event has a key, reported already, by which ``key`` was probably meant."""
    unknown = [k for k in raw if k not in EventPart.model_fields]
    return any(nearest(k, EventPart.model_fields) == key for k in unknown)


def prior(parameter: Parameter) -> Distribution:
    """Return the registry's distribution of a parameter; ``ValueError`` when it is unusable."""
    if parameter.prior is None:
        raise ValueError("there is none")
    ((shape, spelled),) = parameter.prior.items()
    if shape not in SHAPES:
        raise ValueError(f"'{clip(str(shape))}' is not one of {', '.join(SHAPES)}")
    values = tuple(float(v) for v in spelled)
    central = values[:1] if shape in ("normal", "lognormal") else values
    for value in central:
        in_range(value, parameter)
    if shape in ("normal", "lognormal"):
        return Distribution(shape, values, parameter.low, parameter.high)
    return Distribution(shape, values)
