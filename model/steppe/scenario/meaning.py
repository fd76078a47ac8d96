"""The meaning of one scenario file: names looked up, units converted, ranges checked.

Nothing here looks at another file: what a file inherits is put together in
:mod:`steppe.scenario.inheritance`.  Values are read in :mod:`steppe.scenario.values`, events in
:mod:`steppe.scenario.event_meaning`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from steppe import axes, metrics
from steppe.clock import Quarter
from steppe.scenario import units
from steppe.scenario.event_meaning import EventReader
from steppe.scenario.layer import Layer
from steppe.scenario.problems import Report, clip
from steppe.scenario.resolved import Correlation, Lever
from steppe.scenario.schema import LeverPart, ScenarioFile
from steppe.scenario.source import Document, Place
from steppe.scenario.values import ValueReader

if TYPE_CHECKING:
    from steppe.parameters import Parameter, Registry

LAST = Quarter.of(2040, 4)
"""Last quarter that a scenario may reach."""
LAST_OBSERVED = Quarter.of(2016, 4)
"""Last quarter of the observed series that a run from an earlier base than the last follows."""
STARTS = tuple(Quarter.of(year) for year in axes.BASES)


def interpret(document: Document, part: ScenarioFile, registry: Registry, report: Report) -> Layer:
    """Return the layer of a file; every mistake is reported and its entry left out."""
    return _Reader(document, registry, report).layer(part)


class _Reader(ValueReader):
    """Reads the sections of one document."""

    def layer(self, part: ScenarioFile) -> Layer:
        layer = Layer(self.document, part)
        self._horizon(part, layer)
        for name, value in (part.set or {}).items():
            place: Place = ("set", name)
            if parameter := self.parameter(name, place, key=True):
                number = self.ranged(value, parameter, place)
                if number is not None:
                    layer.set[parameter.name] = number
        for name, spelled in (part.uncertainties or {}).items():
            place = ("uncertainties", name)
            if parameter := self.parameter(name, place, key=True):
                drawn = self.uncertainty(spelled, parameter, place)
                if drawn is not None:
                    layer.uncertainties[parameter.name] = drawn
        for name, lever in (part.levers or {}).items():
            place = ("levers", name)
            if parameter := self.parameter(name, place, key=True):
                turned = self._lever(lever, parameter, place)
                if turned is not None:
                    layer.levers[parameter.name] = turned
        self._one_section_each(part, layer)
        EventReader(self.document, self.registry, self.report).read(part.events or (), layer)
        if part.correlations is not None:
            layer.correlations = self._correlations(part.correlations)
        if part.metrics is not None:
            layer.metrics = self._metrics(part.metrics)
        return layer

    def _horizon(self, part: ScenarioFile, layer: Layer) -> None:
        if part.horizon is None:
            return
        if part.horizon.start is not None:
            layer.start = self.quarter(part.horizon.start, ("horizon", "start"))
            if layer.start is not None and layer.start not in STARTS:
                allowed = ", ".join(map(str, STARTS))
                message = f"a run starts in {allowed}: only these have a base state"
                self.fail(("horizon", "start"), message)
                layer.start = None
        if part.horizon.end is not None:
            layer.end = self.quarter(part.horizon.end, ("horizon", "end"))
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
                return self.ranged(spelled, parameter, at)
            return self.ranged(f"{spelled!r} {unit}", parameter, at)

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

    def _correlations(self, parts: Iterable[Any]) -> tuple[Correlation, ...]:
        found: dict[frozenset[str], Correlation] = {}
        for i, part in enumerate(parts):
            place: Place = ("correlations", i, "between")
            first, second = part.between
            known = [
                self.parameter(name, (*place, k)) is not None for k, name in enumerate(part.between)
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
