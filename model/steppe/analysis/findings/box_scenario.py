"""A box written back as a scenario: its ranges are the uncertainties of what a sweep varied."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from steppe import scenario
from steppe.analysis.findings.discovery import Box, Limit
from steppe.design import Variable
from steppe.scenario import Distribution, Scenario
from steppe.scenario.problems import clip

LONGEST_TITLE = 200

_BOUNDED = {"uniform", "loguniform"}
"""Distributions that a box cuts to one of the same shape; the others become uniform."""


def box_scenario(
    case: Scenario, variables: tuple[Variable, ...], box: Box, condition: str, origin: str
) -> str:
    """Return the scenario file of a box: ``case`` within it, everything else as in the sweep.

    ``origin`` is one line that tells where the box comes from.
    """
    own = {v.name: within(v, box.limits.get(v.name, (None, None))) for v in variables}
    found = replace(
        case,
        name=clip(re.sub(r"[^\w.-]", "_", f"{case.name}_box"), 60).replace("...", ""),
        title=clip(f"{case.title}, where {condition}", LONGEST_TITLE),
        description=(
            f"The part of a sweep in which {condition}: {box.of_interest} of {box.points} points "
            f"inside are so (density {box.density:.2f}), {box.coverage:.0%} of all that are so lie "
            f"inside. {origin}"
        ),
        question=f"Does it hold here that {condition}?",
        look_at=(),
        uncertainties={**case.uncertainties, **own},
    )
    text = found.dump()
    scenario.loads(text, name=found.name)  # what is written can be run
    return text


def within(variable: Variable, limits: tuple[Limit | None, Limit | None]) -> Distribution:
    """Return the distribution of a variable between the limits of a box."""
    own = variable.distribution
    if limits == (None, None):
        return own
    low, high = own.support
    low = low if limits[0] is None else max(low, limits[0].value)
    high = high if limits[1] is None else min(high, limits[1].value)
    if variable.levels is not None:
        return Distribution("choice", tuple(v for v in variable.levels if low <= v <= high))
    if not low < high:
        return Distribution("choice", (low,))
    return Distribution(own.shape if own.shape in _BOUNDED else "uniform", (low, high))


def ranges(
    variables: tuple[Variable, ...], box: Box
) -> Mapping[str, tuple[float, float, float, float]]:
    """Return what a box limits: its low and high end, and those of the whole sweep."""
    by_name = {v.name: v for v in variables}
    found = {}
    for name, limits in box.limits.items():
        whole = by_name[name].distribution.support
        own = within(by_name[name], limits).support
        found[name] = (*own, *whole)
    return found
