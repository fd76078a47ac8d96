"""The values of a scenario file: numbers with units, quarters and distributions, checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from steppe.clock import Quarter
from steppe.scenario import posterior, units
from steppe.scenario.distributions import OF_QUARTERS, SHAPES, Distribution, fault
from steppe.scenario.problems import Report, clip
from steppe.scenario.schema import DistributionPart
from steppe.scenario.source import Document, Place

if TYPE_CHECKING:
    from steppe.parameters import Parameter, Registry


def renamed(former: str, name: str) -> str:
    """Return what a user is told who gives a parameter a name that it had before."""
    return f"parameter '{former}' is now called '{name}'"


def in_range(value: float, parameter: Parameter) -> None:
    """Raise ``ValueError`` unless the registry admits ``value``."""
    if not parameter.low <= value <= parameter.high:
        raise ValueError(
            f"{parameter.name} must lie between {parameter.low:g} and {parameter.high:g}"
            f"{in_unit(parameter.unit)}, found {value:.6g}"
        )


def in_unit(unit: str) -> str:
    return "" if unit == "1" else f" {unit}"


class ValueReader:
    """Reads values of one document against one registry into one report."""

    def __init__(self, document: Document, registry: Registry, report: Report) -> None:
        self.document = document
        self.registry = registry
        self.report = report

    def fail(self, place: Place, message: str, *, key: bool = False) -> None:
        self.report.add(self.document.problem(place, message, key=key))

    def warn(self, place: Place, message: str, *, key: bool = False) -> None:
        self.report.warn(self.document.problem(place, message, key=key))

    def parameter(self, name: str, place: Place, *, key: bool = False) -> Parameter | None:
        current = self.registry.current(name)
        if current != name:
            self.warn(place, renamed(name, current), key=key)
        if current in self.registry:
            return self.registry[current]
        hint = self.report.hint(name, self.registry.index)
        self.fail(place, f"unknown parameter '{clip(name)}'{hint}", key=key)
        return None

    def converted(self, value: float | str, unit: str, place: Place) -> float | None:
        try:
            return units.convert(value, unit)
        except ValueError as error:
            self.fail(place, str(error))
            return None

    def ranged(self, value: float | str, parameter: Parameter, place: Place) -> float | None:
        number = self.converted(value, parameter.unit, place)
        return number if number is None or self._admits(number, parameter, place) else None

    def _admits(self, number: float, parameter: Parameter, place: Place) -> bool:
        try:
            in_range(number, parameter)
        except ValueError as error:
            self.fail(place, str(error))
            return False
        return True

    def quarter(self, value: float | str, place: Place) -> Quarter | None:
        try:
            return Quarter.parse(value if isinstance(value, str) else "")
        except ValueError:
            self.fail(place, "expected a quarter such as 2017Q1")
            return None

    # distributions

    def uncertainty(
        self, spelled: object, parameter: Parameter, place: Place
    ) -> Distribution | None:
        if isinstance(spelled, DistributionPart):
            return self.distribution(spelled, parameter, place)
        if spelled == posterior.NAME:
            if parameter.name not in posterior.columns():
                self.fail(place, f"{parameter.name} was not calibrated: write prior")
            return posterior.columns().get(parameter.name)
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

    def distribution(
        self, part: DistributionPart, parameter: Parameter, place: Place
    ) -> Distribution | None:
        """Return a distribution over values of ``parameter``."""

        def argument(shape: str, index: int, value: float | str, at: Place) -> float | None:
            if shape in ("normal", "lognormal") and index == 1:
                return self.converted(value, "1" if shape == "lognormal" else parameter.unit, at)
            return self.ranged(value, parameter, at)

        return self._drawn(part, place, argument, bounds=(parameter.low, parameter.high))

    def free_distribution(
        self, part: DistributionPart, unit: str, place: Place, bounds: tuple[float, float]
    ) -> Distribution | None:
        """Return a distribution over numbers of ``unit`` that are no parameter's values."""

        def argument(shape: str, index: int, value: float | str, at: Place) -> float | None:
            return self.converted(value, "1" if (shape, index) == ("lognormal", 1) else unit, at)

        return self._drawn(part, place, argument, bounds=bounds)

    def dates(self, part: DistributionPart, place: Place) -> Distribution | None:
        """Return a distribution over quarters."""

        def argument(shape: str, index: int, value: float | str, at: Place) -> float | None:
            quarter = self.quarter(value, at)
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
