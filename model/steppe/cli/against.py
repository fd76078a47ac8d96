"""``steppe validate --against FILE``: any table of observations against the baseline's members."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from steppe.analysis.against import Comparison, Held, compare, years_of
from steppe.analysis.tables_of_observations import read
from steppe.cli.codes import DONE, INTERRUPTED
from steppe.cli.interruption import Interruption
from steppe.cli.progress import Progress


def run(path: Path, members: int, *, as_json: bool = False) -> int:
    """Hold the table at ``path`` against the baseline, print it and return the exit code.

    ``Problems`` for a table that cannot be read; nothing is simulated then.
    """
    table = read(path, years_of())
    with Interruption() as stop, Progress(not as_json) as progress:
        found = compare(table, members, progress.part("baseline", 1), stop)
    if found is None:
        print("interrupted: nothing compared", file=sys.stderr)
        return INTERRUPTED
    print(json.dumps(found.as_json(), indent=2) if as_json else text(found))
    return DONE


def text(found: Comparison) -> str:
    """Return the table for a reader."""
    width = min(max(6, *(len(row.observation.label) for row in found.rows)), 48)
    lines = [
        f"{len(found.rows)} observations against {found.members} members of {found.scenario};",
        "rank: part of the members below the figure; 50, 90: it lies inside that band.",
        "",
        f"{'series':{width}} year{'observed':>11}{'median':>11}{'90 % band':>20}{'rank':>6}  band",
    ]
    lines += [_line(row, width) for row in found.rows]
    lines += ["", f"{'metric':{width}}{'figures':>9}{'in 50 %':>9}{'in 90 %':>9}{'CRPS':>10}  unit"]
    for name, said in found.by_metric().items():
        score = "-" if said["crps"] is None else _short(said["crps"])
        lines.append(
            f"{name:{width}}{said['observations']:>9}{said['inside_50']:>9.0%}"
            f"{said['inside_90']:>9.0%}{score:>10}  {said['unit']}"
        )
    said = found.summary()
    lines.append(
        f"{'all':{width}}{said['observations']:>9}{said['inside_50']:>9.0%}"
        f"{said['inside_90']:>9.0%}"
    )
    if said["log_crps"] is not None:
        lines.append(f"CRPS of logs, where all is positive: {said['log_crps']:.3f}")
    return "\n".join(lines)


def _line(row: Held, width: int) -> str:
    o = row.observation
    band = f"{_short(row.q05)}-{_short(row.q95)}"
    inside = "50" if row.inside_50 else "90" if row.inside_90 else "outside"
    return (
        f"{o.label:{width}.{width}} {o.year}{_short(o.value):>11}{_short(row.median):>11}{band:>20}"
        f"{row.rank:>6.0%}  {inside}"
    )


def _short(value: float) -> str:
    """Return a figure in four digits, large ones in whole numbers."""
    return f"{value:.0f}" if abs(value) >= 1000.0 else f"{value:.4g}"
