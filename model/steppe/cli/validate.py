"""``steppe validate``: the backcasts beside history and the forecasts that anyone could make."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from steppe.analysis.validate import validate
from steppe.cli.codes import DONE, INTERRUPTED
from steppe.cli.interruption import Interruption
from steppe.cli.progress import Progress
from steppe.cli.usage import UsageError, check_memory
from steppe.cli.validate_text import text
from steppe.scenario import Problem, Problems
from steppe.scenario.schema import MAX_MEMBERS

MEMBERS = 200
"""Members of each backcast unless asked otherwise: the bands need no more."""
FEWEST = 2
"""Members that still have a median and bands."""


def run(
    *,
    members: int | None = None,
    as_json: bool = False,
    figures: Path | None = None,
    against: Path | None = None,
) -> int:
    """Run both backcasts, print the scores and return the exit code.

    ``figures`` is a folder that receives the figures; ``against`` a table of observations that is
    held against the baseline instead.  ``Problems`` for a number of members that cannot be run, a
    folder that cannot be written or a table that cannot be read; nothing is simulated then.
    """
    members = MEMBERS if members is None else members
    _check(members)
    if against is not None:
        if figures is not None:
            raise Problems([Problem("--figures", "belongs to the backcasts, not to --against")])
        from steppe.cli import against as implementation

        return implementation.run(against, members, as_json=as_json)
    if figures is not None:
        _make(figures)
    with Interruption() as stop, Progress(not as_json) as progress:
        found = validate(members, on_quarter=progress.part("backcasts", 1), stop=stop)
    if found is None:
        print("interrupted: no scores", file=sys.stderr)
        return INTERRUPTED
    print(json.dumps(found.as_json(), indent=2) if as_json else text(found))
    if figures is not None:
        from steppe.analysis.pictures import draw

        for path in draw(found, figures):
            print(f"figure: {path}", file=sys.stderr)
    return DONE


def _make(folder: Path) -> None:
    """Make the folder for figures; ``Problems`` when that cannot be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        said = error.strerror or str(error)
        raise Problems([Problem(f"--figures {folder}", f"cannot be made: {said}")]) from None


def _check(members: int) -> None:
    """Raise ``Problems`` unless this many members can be run here."""
    given = members if abs(members) < 10**18 else "..."
    if not FEWEST <= members <= MAX_MEMBERS:
        message = f"must lie between {FEWEST} and {MAX_MEMBERS:,}"
        raise Problems([Problem(f"--members {given}", message)])
    try:
        check_memory(members, 1)
    except UsageError as error:
        message = str(error).removeprefix("error: ")
        raise Problems([Problem(f"--members {given}", message)]) from None
