"""``steppe validate``: the backcasts' trade scores beside the forecasts that anyone could make."""

from __future__ import annotations

import json
import sys

from steppe.analysis.validate import BACKCASTS, WINDOWS, Validation, validate
from steppe.cli.codes import DONE, INTERRUPTED
from steppe.cli.interruption import Interruption
from steppe.cli.progress import Progress
from steppe.cli.usage import UsageError, check_memory
from steppe.scenario import Problem, Problems
from steppe.scenario.schema import MAX_MEMBERS

MEMBERS = 200
"""Members of each backcast unless asked otherwise: the bands need no more."""
FEWEST = 2
"""Members that still have a median and bands."""

_COLUMNS = {
    "model": "model",
    "persistence": "persist.",
    "trend": "trend",
    "gravity": "gravity",
    "gravity_erosion": "eroded gr.",
    "constant_shares_gas": "const.+gas",
    "other_source": "oth.source",
}
_ROWS = (
    ("share_mae_pp", "mean absolute error of shares, percentage points", ".1f"),
    ("share_mae_pp_end", "the same in the last year alone, percentage points", ".1f"),
    ("log_mae", "mean absolute log error of trade", ".2f"),
    ("crps", "continuous ranked probability score of log trade", ".2f"),
)


def run(*, members: int | None = None, as_json: bool = False) -> int:
    """Run both backcasts, print the scores and return the exit code.

    ``Problems`` for a number of members that cannot be run; nothing is simulated then.
    """
    members = MEMBERS if members is None else members
    _check(members)
    with Interruption() as stop, Progress(not as_json) as progress:
        found = validate(members, on_quarter=progress.part("backcasts", 1), stop=stop)
    if found is None:
        print("interrupted: no scores", file=sys.stderr)
        return INTERRUPTED
    print(json.dumps(found.as_json(), indent=2) if as_json else text(found))
    return DONE


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


def text(found: Validation) -> str:
    """Return the table for a reader, under 100 columns wide."""
    names = ", ".join(BACKCASTS.values())
    lines = [
        f"Trade scores of {names}: 25 power-host pairs, exports and imports together;",
        f"the model's point forecast is the median of {found.members} members.",
        "fit: parameters were chosen on these years; test: they never were.",
    ]
    for row, title, form in _ROWS:
        lines += ["", title]
        lines.append(f"{'base -> years':22}" + "".join(f"{c:>11}" for c in _COLUMNS.values()))
        for window in WINDOWS:
            label = f"{window.base} -> {window.name} {window.label}"
            scores = (
                format(getattr(found.scores[window.base, window.name, column], row), form)
                for column in _COLUMNS
            )
            lines.append(f"{label:22.22}" + "".join(f"{score:>11}" for score in scores))
    lines += [
        "",
        "share of the observed trade figures that lie inside the model's bands, all years",
    ]
    for base, bands in found.coverage.items():
        lines.append(f"{base}: 50 % band {bands['p50']:.0%}, 90 % band {bands['p90']:.0%}")
    lines += ["", "patterns of history: median of the members (90 % band) and where history lies"]
    lines.append(f"{'base years pattern':62}{'model':>9}{'band':>15}{'history':>12}")
    for one in found.patterns:
        p = one.pattern
        title = f"{p.base} {p.label.removeprefix('development '):4} {p.name}"
        low, high = f"{one.q05:.4g}-{one.q95:.4g}", f"{p.low:g}-{p.high:g}"
        sign = "" if one.passed else " *"
        lines.append(f"{title:62.62}{one.median:>9.4g}{low:>15}{high:>12}{sign}")
    lines.append("*: the median lies outside.")
    lines += [
        "",
        "persist.: base year's value; trend: its log-linear slope of nine years; gravity: GDP",
        "growth to the power 0.8; eroded gr.: with residuals of CHN, RUS, TUR eroding as fitted;",
        "const.+gas: constant shares of observed host GDP and the contracted gas line;",
        "oth.source: the source that differs most from the chosen one, the data's own error.",
    ]
    return "\n".join(lines)
