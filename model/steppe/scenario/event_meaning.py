"""The events of a scenario file: what each does to which parameter, when and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from steppe import metrics
from steppe.clock import Quarter
from steppe.scenario import conditions
from steppe.scenario.distributions import Distribution
from steppe.scenario.layer import Layer
from steppe.scenario.problems import Problem, nearest
from steppe.scenario.resolved import Event
from steppe.scenario.schema import HOLE, DistributionPart, EventPart, RemovedEvent, readable
from steppe.scenario.source import Place
from steppe.scenario.values import ValueReader, in_unit, renamed

if TYPE_CHECKING:
    from steppe.parameters import Parameter


class EventReader(ValueReader):
    """Reads the events of one document."""

    def read(self, parts: Iterable[EventPart | RemovedEvent], layer: Layer) -> None:
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
            parameter = self.parameter(part.target, (*place, "target"))
            if parameter is not None and parameter.starting:
                name = parameter.name
                message = f"{name} is read before a run begins: the event moves nothing (use 'set')"
                self.warn((*place, "target"), message)
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
            return self.dates(spelled, place)
        return self.quarter(spelled, place)

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
            found = self.free_distribution(part.duration, "quarters", at, (0.25, 400.0))
        else:
            found = self.converted(part.duration, "quarters", at)
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
                return self.distribution(spelled, parameter, place)
            return self.ranged(spelled, parameter, place)
        unit = parameter.unit if change == "by" else "1"
        width = parameter.high - parameter.low
        bounds = (-width, width) if change == "by" else (0.0, 1e6)
        found: float | Distribution | None
        if isinstance(spelled, DistributionPart):
            found = self.free_distribution(spelled, unit, place, bounds)
        else:
            found = self.converted(spelled, unit, place)
        if found is None:
            return None
        low, high = (found, found) if isinstance(found, float) else found.support
        if not bounds[0] <= low <= high <= bounds[1]:
            message = "a factor must lie between 0 and 1,000,000"
            if change == "by":
                message = (
                    f"more than the whole range of {parameter.name}, "
                    f"{parameter.low:g} to {parameter.high:g}{in_unit(parameter.unit)}"
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


def _misspelt(key: str, raw: Mapping[str, Any]) -> bool:
    """Tell whether an event has a key, reported already, by which ``key`` was probably meant."""
    unknown = [k for k in raw if k not in EventPart.model_fields]
    return any(nearest(k, EventPart.model_fields) == key for k in unknown)
