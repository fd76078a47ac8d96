"""``steppe validate --ablations``, ``--influence`` and ``--convergence``: what the model is worth.

Each runs for minutes, prints its tables or one JSON object, and says on stderr how far it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, Protocol

from steppe.analysis import sheets
from steppe.cli.codes import DONE, INTERRUPTED
from steppe.cli.interruption import Interruption
from steppe.cli.progress import Progress

MEMBERS = {"ablations": 100, "influence": 100, "convergence": 800}
"""Members unless asked otherwise, as on docs/ablations.md: of convergence, the reference's."""
FEWEST_COMPARED = 26
"""Members of the reference from which on there is a smaller number to compare it with."""
SETTINGS_MEMBERS = 60
"""Members of every setting of the debated numbers, or of the reference where that has fewer."""
KEPT = 4
"""Worlds of an ablation whose results need the memory of one world that runs."""


class Found(Protocol):
    """What a measurement returns."""

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON object."""

    def sheets(self) -> list[sheets.Sheet]:
        """Return the tables for a reader."""


def run(part: str, members: int, *, as_json: bool = False) -> int:
    """Measure one part, print it and return the exit code."""
    with Interruption() as stop, Progress(not as_json) as progress:
        found = _MEASURES[part](members, progress, stop)
    if found is None:
        print(f"interrupted: no {part}", file=sys.stderr)
        return INTERRUPTED
    print(json.dumps(found.as_json(), indent=2) if as_json else sheets.text(found.sheets()))
    return DONE


def worlds(part: str, members: int) -> int:
    """Return as many running members as a part needs the memory of."""
    if part != "ablations":
        return members
    from steppe.analysis.nulls import NULLS

    return max(members, members * (len(NULLS) + 1) // KEPT)


def _ablations(members: int, progress: Progress, stop: Callable[[], bool]) -> Found | None:
    from steppe.analysis import ablations

    return ablations.run(members, on_part=progress.part("backcasts", 1, "parts"), stop=stop)


def _influence(members: int, progress: Progress, stop: Callable[[], bool]) -> Found | None:
    from steppe.analysis import influence_check

    told = progress.part("backcasts", 1, "parts")
    return influence_check.check(members, on_part=told, stop=stop)


def _convergence(members: int, progress: Progress, stop: Callable[[], bool]) -> Found | None:
    from steppe.analysis import convergence

    return convergence.converge(
        members,
        min(members, SETTINGS_MEMBERS),
        on_quarter=progress.part("reference", 1),
        on_part=progress.part("settings", 1, "scenarios"),
        stop=stop,
    )


_MEASURES: dict[str, Callable[[int, Progress, Callable[[], bool]], Found | None]] = {
    "ablations": _ablations,
    "influence": _influence,
    "convergence": _convergence,
}
