"""What a sweep varies: parameters with a range, levels or the scenario's own distribution."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from steppe.parameters import Parameter, Registry
from steppe.scenario import Distribution, Problem, Problems, Scenario
from steppe.scenario.problems import Report, clip
from steppe.scenario.units import convert, parse
from steppe.scenario.values import in_range

Array = NDArray[np.float64]

SECTIONS = ("levers", "uncertainties")
"""Sections of a scenario that ``--vary`` may name as a whole."""

MOST_LEVELS = 10_000


@dataclass(frozen=True, slots=True)
class Variable:
    """A parameter that differs between points, with its values in the registry's ``unit``.

    A choice among levels has ``levels``; else the distribution is continuous.
    """

    name: str
    unit: str
    distribution: Distribution

    @property
    def levels(self) -> tuple[float, ...] | None:
        return self.distribution.arguments if self.distribution.shape == "choice" else None

    def values(self, u: Array) -> Array:
        """Return the values at places ``u`` in [0, 1] of the distribution."""
        return self.distribution.ppf(u)

    def data(self) -> dict[str, object]:
        """Return the variable as a record keeps it."""
        spelled = self.distribution.spelled()
        told = spelled if isinstance(spelled, dict) else {spelled: True}
        return {"name": self.name, "unit": self.unit, **told}


def variables(texts: Sequence[str], scenario: Scenario, registry: Registry) -> tuple[Variable, ...]:
    """Return what varies: ``path=low:high[:n]``, ``path=a,b,c``, ``path`` or a whole section.

    A path alone takes the scenario's own range of a lever or distribution of an uncertainty; bare
    ``levers`` and ``uncertainties`` take all of them.  :class:`Problems` names every mistake.
    """
    report = Report()
    found: dict[str, Variable] = {}
    for text in texts:
        place = f"--vary {clip(text, 120)}"
        try:
            for variable in _variables(text, scenario, registry, report):
                if variable.name in found:
                    raise ValueError(f"{variable.name} is varied twice")
                found[variable.name] = variable
        except ValueError as error:
            report.add(Problem(place, str(error)))
    report.raise_if_any()
    return tuple(found.values())


def released(scenario: Scenario, names: Iterable[str]) -> Scenario:
    """Return the scenario without values or distributions of its own for the named parameters.

    Their correlations with other parameters go, too, as when a command fixes a parameter.
    """
    names = set(names)
    return replace(
        scenario,
        set={n: v for n, v in scenario.set.items() if n not in names},
        levers={n: v for n, v in scenario.levers.items() if n not in names},
        uncertainties={n: v for n, v in scenario.uncertainties.items() if n not in names},
        correlations=tuple(c for c in scenario.correlations if not names & set(c.between)),
    )


def check(variables: Sequence[Variable]) -> None:
    """Raise :class:`Problems` when there is nothing to vary."""
    if not variables:
        raise Problems(
            [
                Problem(
                    "--vary",
                    "nothing varies: name parameters as --vary path=low:high, or the scenario's "
                    "own --vary levers or --vary uncertainties",
                )
            ]
        )


def _variables(
    text: str, scenario: Scenario, registry: Registry, report: Report
) -> Iterator[Variable]:
    name, equals, spelled = (part.strip() for part in text.partition("="))
    if not equals and name in SECTIONS:
        own = getattr(scenario, name)
        if not own:
            raise ValueError(f"scenario {scenario.name} has no {name}")
        for each in own:
            yield _own(registry[each], scenario)
        return
    if name not in registry:
        known = [*SECTIONS, *registry.index]
        raise ValueError(f"unknown parameter '{clip(name)}'{report.hint(name, known)}")
    parameter = registry[name]
    yield _ranged(parameter, spelled) if equals else _own(parameter, scenario)


def _own(parameter: Parameter, scenario: Scenario) -> Variable:
    """Return a parameter with the scenario's own distribution or range."""
    name = parameter.name
    if name in scenario.uncertainties:
        return Variable(name, parameter.unit, scenario.uncertainties[name])
    if name in scenario.levers:
        lever = scenario.levers[name]
        return Variable(name, lever.unit, Distribution("uniform", (lever.low, lever.high)))
    raise ValueError(
        f"scenario {scenario.name} has no range of {name}: write --vary {name}=low:high, within "
        f"{parameter.low:g} to {parameter.high:g}"
    )


def _ranged(parameter: Parameter, spelled: str) -> Variable:
    """Return a parameter with the range or the levels that a text gives."""
    if "," in spelled:
        levels = tuple(_value(part, parameter, "") for part in spelled.split(","))
        if len(set(levels)) < len(levels):
            raise ValueError("a level occurs twice")
        return Variable(parameter.name, parameter.unit, Distribution("choice", levels))
    parts = [part.strip() for part in spelled.split(":")]
    if len(parts) not in (2, 3):
        raise ValueError("write it as --vary path=low:high, path=low:high:levels or path=a,b,c")
    unit = parse(parts[1])[1]
    low, high = _value(parts[0], parameter, unit), _value(parts[1], parameter, "")
    if not low < high:
        raise ValueError(f"the low end must be below the high end, found {low:g} to {high:g}")
    if len(parts) == 2:
        return Variable(parameter.name, parameter.unit, Distribution("uniform", (low, high)))
    count = int(parts[2]) if parts[2].isascii() and parts[2].isdigit() else 0
    if not 2 <= count <= MOST_LEVELS:
        raise ValueError(f"levels must be 2 to {MOST_LEVELS:,}, found '{clip(parts[2])}'")
    levels = tuple(float(v) for v in np.linspace(low, high, count))
    return Variable(parameter.name, parameter.unit, Distribution("choice", levels))


def _value(text: str, parameter: Parameter, unit: str) -> float:
    """Return a value in the registry's unit and range; ``unit`` is that of a bare number."""
    number, given = parse(text.strip())
    spelled = f"{number} {given or unit}".strip()
    value = convert(spelled if given or unit else number, parameter.unit)
    in_range(value, parameter)
    return value
