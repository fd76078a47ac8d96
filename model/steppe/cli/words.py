"""Values, distributions, levers and events of a scenario in a few words."""

from __future__ import annotations

from steppe.parameters import Parameter, Registry
from steppe.scenario import Distribution, Event, Lever


def number(value: float) -> str:
    return f"{value:.6g}"


def unit_of(unit: str) -> str:
    return "" if unit == "1" else f" {unit}"


def with_unit(value: float, parameter: Parameter) -> str:
    return number(value) + unit_of(parameter.unit)


def drawn(value: float | Distribution, unit: str) -> str:
    """Return a number or a distribution in words."""
    if not isinstance(value, Distribution):
        return number(value) + unit_of(unit)
    told = value.spelled()
    if isinstance(told, str):
        low, high = value.support
        return f"{told} [{number(low)}, {number(high)}]{unit_of(unit)}"
    ((shape, spelled),) = told.items()
    numbers = ", ".join(v if isinstance(v, str) else number(v) for v in spelled)
    return f"{shape} [{numbers}]{unit_of(unit)}"


def lever(turned: Lever) -> tuple[str, str]:
    return (
        number(turned.default) + unit_of(turned.unit),
        f"{number(turned.low)} to {number(turned.high)}{unit_of(turned.unit)}",
    )


def change(event: Event, registry: Registry) -> str:
    """Return what an event does, in one line."""
    unit = "1" if event.change == "times" else registry[event.target].unit
    start = event.start
    said = [event.shape, event.change, drawn(event.amount, unit), "from"]
    said.append(drawn(start, "1") if isinstance(start, Distribution) else str(start))
    if event.duration is not None:
        said += ["half-life" if event.shape == "decay" else "over"]
        said.append(drawn(event.duration, "quarters"))
    if event.when is not None:
        said += ["when", str(event.when)]
    return " ".join(said)
