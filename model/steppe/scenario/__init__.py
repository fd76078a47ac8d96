"""Scenario files: from YAML to a frozen, validated :class:`Scenario`, and on to its members.

``load`` reads a file or a shipped scenario, ``loads`` a text; both raise :class:`Problems` with
every mistake and its place.  ``sample`` draws the parameters of members, ``EventEngine`` changes
them quarter by quarter.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from steppe import parameters
from steppe.parameters import Registry
from steppe.scenario.chronicle import chronicle
from steppe.scenario.conditions import Condition
from steppe.scenario.distributions import Distribution
from steppe.scenario.events import EventEngine
from steppe.scenario.inheritance import locate, resolve, shown
from steppe.scenario.problems import Problem, Problems
from steppe.scenario.resolved import Correlation, Event, Horizon, Lever, Origin, Scenario
from steppe.scenario.sampling import Sample, sample
from steppe.scenario.source import parse, read

__all__ = [
    "Condition",
    "Correlation",
    "Distribution",
    "Event",
    "EventEngine",
    "Horizon",
    "Lever",
    "Origin",
    "Problem",
    "Problems",
    "Sample",
    "Scenario",
    "chronicle",
    "load",
    "loads",
    "sample",
]


def load(
    name_or_path: str | os.PathLike[str],
    *,
    set_values: Sequence[str] = (),
    members: int | None = None,
    seed: int | None = None,
    registry: Registry | None = None,
) -> Scenario:
    """Return the scenario of a file or of a shipped name; raise :class:`Problems`.

    ``set_values`` holds texts such as ``japan.conversion=0.4`` or ``link.x.capacity=8.5 Mt/yr``
    that come after everything the files say; ``members`` and ``seed`` replace the scenario's own.
    """
    path = locate(name_or_path)
    text = read(path, shown(path))
    return resolve(
        parse(text, shown(path), path),
        registry or parameters.registry(),
        name=re.sub(r"[^\w.-]", "_", path.stem).lstrip(".-") or "scenario",
        set_values=set_values,
        members=members,
        seed=seed,
    )


def loads(
    text: str,
    *,
    name: str = "scenario",
    set_values: Sequence[str] = (),
    members: int | None = None,
    seed: int | None = None,
    registry: Registry | None = None,
    folder: Path | None = None,
) -> Scenario:
    """Return the scenario of a YAML text; ``folder`` is where relative parents are looked for."""
    path = None if folder is None else folder / f"{name}.yaml"
    return resolve(
        parse(text, f"{name}.yaml", path),
        registry or parameters.registry(),
        name=name,
        set_values=set_values,
        members=members,
        seed=seed,
    )
