"""``steppe validate``: the backcasts beside history and the forecasts that anyone could make."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
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
    parts: Sequence[str] = (),
) -> int:
    """Run both backcasts, print the scores and return the exit code.

    ``figures`` is a folder that receives the figures; ``against`` a table of observations that is
    held against the baseline instead; ``parts`` names what is measured instead of either, one of
    ``validate_trust.MEMBERS``.  ``Problems`` for options that exclude each other, a number of
    members that cannot be run, a folder that cannot be written or a table that cannot be read;
    nothing is simulated then.
    """
    _check_combination(figures, against, parts)
    if parts:
        from steppe.cli import validate_trust as trust

        (part,) = parts
        members = trust.MEMBERS[part] if members is None else members
        fewest = trust.FEWEST_COMPARED if part == "convergence" else FEWEST
        _check(members, fewest, trust.worlds(part, members))
        return trust.run(part, members, as_json=as_json)
    members = MEMBERS if members is None else members
    _check(members)
    if against is not None:
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


def _check_combination(figures: Path | None, against: Path | None, parts: Sequence[str]) -> None:
    """Raise ``Problems`` for options that exclude each other."""
    instead = [f"--{part}" for part in parts] + ["--against"] * (against is not None)
    if len(instead) > 1:
        message = f"does not go with {' or '.join(instead[1:])}: each stands instead of the others"
        raise Problems([Problem(instead[0], message)])
    if figures is not None and instead:
        message = f"belongs to the backcasts, not to {instead[0]}"
        raise Problems([Problem("--figures", message)])


def _check(members: int, fewest: int = FEWEST, worlds: int | None = None) -> None:
    """Raise ``Problems`` unless this many members can be run here.

    ``worlds`` is how many running members need as much memory, where that is another number.
    """
    given = members if abs(members) < 10**18 else "..."
    if not fewest <= members <= MAX_MEMBERS:
        message = f"must lie between {fewest} and {MAX_MEMBERS:,}"
        raise Problems([Problem(f"--members {given}", message)])
    try:
        check_memory(members if worlds is None else worlds, 1)
    except UsageError as error:
        message = str(error).removeprefix("error: ")
        if worlds not in (None, members):
            message = "need more memory than this machine has to spare; run fewer"
        raise Problems([Problem(f"--members {given}", message)]) from None
