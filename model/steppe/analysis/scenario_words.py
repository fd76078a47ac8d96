"""What a scenario does, in words: its own events and values, and what members draw."""

from __future__ import annotations

from steppe import axes
from steppe.parameters import Parameter, registry
from steppe.scenario import Distribution, Event, Scenario, posterior
from steppe.sentences import links


def own_events(case: Scenario, parent: Scenario | None) -> list[Event]:
    """Return the events that the parent does not have."""
    inherited = set(parent.events) if parent else set()
    return [event for event in case.events if event not in inherited]


def when(event: Event) -> str:
    """Return when an event begins and how long it takes: ``2026Q3, over 12 quarters``."""
    start = event.start
    first = f"between {event.first} and {event.last}" if event.first != event.last else str(start)
    span = "" if event.duration is None else amount(event.duration, "quarters")
    words = {
        "step": first,
        "ramp": f"{first}, over {span}",
        "pulse": f"{first}, for {span}",
        "decay": f"{first}, back with a half-life of {span}",
    }[event.shape]
    return f"{words}, once {event.when}" if event.when is not None else words


def change(event: Event) -> str:
    """Return what an event does to its target: ``to 10 Mt/yr``."""
    verb = {"to": "to", "by": "changed by", "times": "times"}[event.change]
    unit = "1" if event.change == "times" else unit_of(event.target)
    return f"{verb} {amount(event.amount, unit)}"


def amount(value: float | Distribution, unit: str) -> str:
    """Return a number, or the range and shape of what members draw, in words."""
    named = "" if unit == "1" else " " + unit.replace("MUSD", "mn USD")
    if unit == "quarters" and value == 1.0:
        return "1 quarter"
    if not isinstance(value, Distribution):
        return f"{value:g}{named}"
    if value.shape in ("normal", "lognormal"):
        centre, spread = value.arguments
        return f"{centre:g} ± {spread:g}{named} ({value.shape})"
    if value.shape == "choice":
        return " or ".join(f"{v:g}" for v in value.arguments) + named
    low, high = value.support
    digits = ".3g" if value.shape == posterior.NAME else "g"  # ends of a sample, not of a prior
    return f"between {low:{digits}} and {high:{digits}}{named} ({value.shape})"


def unit_of(name: str) -> str:
    """Return the unit of a registered parameter."""
    return registry()[name].unit


def meaning(name: str) -> str:
    """Return the first clause of a parameter's meaning and what it belongs to."""
    parameter = registry()[name]
    told = parameter.meaning.removesuffix(".")
    for end in (":", ";", ", by scenario"):
        told = told.partition(end)[0]
    own = owner(parameter)
    return f"{told[:1].lower()}{told[1:]}" + (f" ({own})" if own else "")


def owner(parameter: Parameter) -> str:
    """Return the state, pair or link that a parameter belongs to, nothing where it has none."""
    code = parameter.code
    if code is None:
        return ""
    if code in axes.LINKS:
        return links()[axes.LINKS.index(code)]
    return " and ".join(axes.TITLES.get(part, part) for part in code.split("-"))
