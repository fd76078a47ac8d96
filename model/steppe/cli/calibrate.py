"""``steppe calibrate``: which parameters the years to 2009 leave possible."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from steppe.cli.codes import DONE, USAGE
from steppe.cli.progress import Progress, say
from steppe.cli.usage import UsageError, worker_count

DEFAULT = Path("runs") / "calibration"
BOUNDS = {
    "trajectories": (2, 1000),
    "waves": (1, 10),
    "points": (50, 100_000),
    "members": (2, 512),
    "rows": (10, 100_000),
    "seed": (0, 2**31 - 1),
}


def run(
    *,
    trajectories: int,
    waves: int,
    points: int,
    members: int,
    rows: int,
    seed: int,
    workers: int | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Calibrate, write the sample and its diagnostics into a folder and return the exit code."""
    place = DEFAULT if out is None else out
    wanted = {
        "trajectories": trajectories,
        "waves": waves,
        "points": points,
        "members": members,
        "rows": rows,
        "seed": seed,
    }
    try:
        hands = worker_count(workers)
        for name, value in wanted.items():
            low, high = BOUNDS[name]
            if not low <= value <= high:
                raise UsageError(f"--{name} {value}: error: must lie between {low} and {high:,}")
        _make(place)
    except UsageError as problem:
        say(problem)
        return USAGE
    try:
        from steppe.calibration import report
        from steppe.calibration.waves import NothingLeft, Plan, calibrate
    except ImportError as missing:
        say(f"error: steppe calibrate needs {missing.name}: pip install 'steppe[analysis]'")
        return USAGE
    with Progress(not (quiet or as_json)) as progress:
        told = {}

        def heard(stage: str, done: int, total: int) -> None:
            if stage not in told:
                told[stage] = progress.part(stage, 1)
            told[stage](done, total)

        try:
            found = calibrate(Plan(**wanted, workers=hands), heard)
        except NothingLeft as problem:
            say(f"error: {problem}")
            return USAGE
    report.write(found, place)
    summary = report.diagnostics(found)
    print(json.dumps(summary) if as_json else _text(summary, place))
    return DONE


def _make(place: Path) -> None:
    """Make the folder; :class:`UsageError` where it cannot be made or holds something else."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        probe = place / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UsageError(
            f"--out {place}: error: {(error.strerror or str(error)).lower()}"
        ) from None


def _text(told: dict[str, Any], place: Path) -> str:
    """Return the summary for a reader."""
    lines = [
        f"{len(told['parameters'])} of {len(told['screening'])} priors move what was seen to 2009",
    ]
    for number, wave in enumerate(told["waves"], 1):
        lines.append(
            f"wave {number}: {wave['left']:.1%} of the prior left; the emulator explains "
            f"{wave['skill_median']:.0%} of a target (median)"
        )
    moved = [p["parameter"] for p in told["parameters"] if p["moved"]]
    lines.append(f"moved: {', '.join(moved) or 'none'}")
    lines.append(f"{told['rows']} rows, worth {told['effective']:.0f} independent ones, in {place}")
    return "\n".join(lines)
