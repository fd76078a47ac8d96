"""A resolved scenario: every value final, in the registry's unit, with nothing left to inherit."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.representer import SafeRepresenter

from steppe.clock import Quarter
from steppe.scenario.conditions import Condition
from steppe.scenario.distributions import Distribution
from steppe.scenario.problems import Problem

Shape = Literal["step", "ramp", "pulse", "decay"]
Change = Literal["to", "by", "times"]


class _Representer(SafeRepresenter):
    """Writes texts as the safe one does, but quotes those that would not read back: what looks like
    a key or a value of a mapping on one line, ``[?0]`` and ``{note: : 0}``, and a line
    break that would be folded into a blank."""

    def represent_str(self, data: str) -> Any:
        if data.startswith(("?", ":")) or "\x85" in data:
            return self.represent_scalar("tag:yaml.org,2002:str", data, style='"')
        return super().represent_str(data)


_Representer.add_representer(str, _Representer.represent_str)


@dataclass(frozen=True, slots=True)
class Horizon:
    """First and last simulated quarter, both included."""

    start: Quarter
    end: Quarter

    @property
    def quarters(self) -> int:
        return self.end - self.start + 1


@dataclass(frozen=True, slots=True)
class Event:
    """A dated change of the parameter ``target``.

    One of ``to`` (the value reached), ``by`` (what is added), both in the registry's unit, and
    ``times`` (a factor) is given; ``duration`` is in quarters, None for a step.
    """

    id: str
    target: str
    shape: Shape
    start: Quarter | Distribution
    to: float | Distribution | None = None
    by: float | Distribution | None = None
    times: float | Distribution | None = None
    duration: float | Distribution | None = None
    when: Condition | None = None
    source: str | None = None
    note: str | None = None

    @property
    def change(self) -> Change:
        """Return which of ``to``, ``by`` and ``times`` is given."""
        return "to" if self.to is not None else "by" if self.by is not None else "times"

    @property
    def amount(self) -> float | Distribution:
        """Return the value of ``to``, ``by`` or ``times``."""
        amount = getattr(self, self.change)
        assert isinstance(amount, (float, Distribution))
        return amount

    @property
    def first(self) -> Quarter:
        """Return the earliest quarter in which the event may begin."""
        return self.start if isinstance(self.start, Quarter) else _quarter(self.start.support[0])

    @property
    def last(self) -> Quarter:
        """Return the latest quarter in which its ``start`` may lie."""
        return self.start if isinstance(self.start, Quarter) else _quarter(self.start.support[1])

    def sampled(self) -> dict[str, Distribution]:
        """Return the fields that differ between members, by the name a file gives them."""
        fields = {"start": self.start, self.change: self.amount, "duration": self.duration}
        return {k: v for k, v in fields.items() if isinstance(v, Distribution)}


@dataclass(frozen=True, slots=True)
class Lever:
    """A parameter that a sweep or a slider may turn, all values in the registry's ``unit``."""

    low: float
    high: float
    default: float
    unit: str
    name: str | None = None
    description: str | None = None
    levels: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Correlation:
    """Spearman rank correlation ``rho`` of two uncertain parameters."""

    between: tuple[str, str]
    rho: float


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was given: a file and its line, or an option of the command."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Scenario:
    """A scenario with everything inherited and converted.

    ``set`` holds fixed values, ``uncertainties`` and ``levers`` the other parameters it names, all
    in the registry's units; ``metrics`` is empty when the registry's headline metrics are meant.
    ``origins`` tells where a value comes from: keys ``horizon.start``, ``ensemble.members``,
    ``set.<parameter>``, ``uncertainties.<parameter>``, ``levers.<parameter>``, ``events.<id>``,
    ``correlations`` and ``metrics``.  ``warnings`` tell what its files should say otherwise.
    """

    name: str
    title: str
    horizon: Horizon
    members: int
    seed: int
    description: str = ""
    question: str = ""
    look_at: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    set: Mapping[str, float] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    uncertainties: Mapping[str, Distribution] = field(default_factory=dict)
    correlations: tuple[Correlation, ...] = ()
    levers: Mapping[str, Lever] = field(default_factory=dict)
    metrics: tuple[str, ...] = ()
    parent: str | None = field(default=None, compare=False)
    file: str | None = field(default=None, compare=False)
    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False, repr=False)
    warnings: tuple[Problem, ...] = field(default=(), compare=False, repr=False)

    @property
    def base(self) -> int:
        """Return the base year: the year of the first quarter."""
        return self.horizon.start.year

    def fixed(self) -> dict[str, float]:
        """Return the values that all members share: levers at their defaults, then ``set``."""
        return {name: lever.default for name, lever in self.levers.items()} | dict(self.set)

    def dump(self) -> str:
        """Return the scenario as YAML that needs no other file; ``loads`` gives an equal one."""
        return self._dumped

    def digest(self) -> str:
        """Return the SHA-256 of :meth:`dump` in hexadecimal."""
        return hashlib.sha256(self._dumped.encode()).hexdigest()

    @cached_property
    def _dumped(self) -> str:
        yaml = YAML(typ="safe", pure=True)
        yaml.Representer = _Representer
        yaml.default_flow_style = None  # lists of numbers on one line
        yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
        yaml.allow_unicode = True
        yaml.width = 100
        stream = io.StringIO()
        yaml.dump(self.as_data(), stream)
        return stream.getvalue()

    def as_data(self) -> dict[str, Any]:
        """Return the scenario as plain data, as a file without ``extends`` would hold it."""
        data: dict[str, Any] = {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "question": self.question,
            "look_at": list(self.look_at),
            "sources": list(self.sources),
            "horizon": {"start": str(self.horizon.start), "end": str(self.horizon.end)},
            "ensemble": {"members": self.members, "seed": self.seed},
            "set": dict(sorted(self.set.items())),
            "events": [_event(e) for e in self.events],
            "uncertainties": {k: d.spelled() for k, d in sorted(self.uncertainties.items())},
            "correlations": [{"between": list(c.between), "rho": c.rho} for c in self.correlations],
            "levers": {k: _lever(lever) for k, lever in sorted(self.levers.items())},
            "metrics": list(self.metrics),
        }
        return {k: v for k, v in data.items() if v not in ("", [], {})}


def _quarter(ordinal: float) -> Quarter:
    return Quarter(int(ordinal))


def _spelled(value: float | Distribution) -> Any:
    return value.spelled() if isinstance(value, Distribution) else value


def _event(event: Event) -> dict[str, Any]:
    data = {
        "id": event.id,
        "target": event.target,
        "shape": event.shape,
        event.change: _spelled(event.amount),
        "start": str(event.start) if isinstance(event.start, Quarter) else event.start.spelled(),
        "duration": None if event.duration is None else _spelled(event.duration),
        "when": None if event.when is None else str(event.when),
        "source": event.source,
        "note": event.note,
    }
    return {k: v for k, v in data.items() if v is not None}


def _lever(lever: Lever) -> dict[str, Any]:
    data = {
        "range": [lever.low, lever.high],
        "default": lever.default,
        "name": lever.name,
        "description": lever.description,
        "levels": dict(lever.levels) or None,
    }
    return {k: v for k, v in data.items() if v is not None}
