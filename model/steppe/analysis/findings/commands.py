"""The command that makes the sweep that a finding needs, from the one that was given."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from steppe.analysis.findings.reading import Source
from steppe.design import Variable
from steppe.sweeps.store import SCENARIO

SAMPLES = {"sobol": 512, "morris": 20}
"""Samples of a sweep that is made for a method."""
LEVELS = 3
"""Levels of a parameter in a factorial design that is advised."""
MOST_CROSSED = 3
"""Parameters besides the levers that an advised factorial design crosses; members draw the rest."""

_ONE_WORD = {
    *("--vary", "--points", "--method", "--samples", "--out", "--workers", "--scheduler"),
    *("--extend", "--share", "--max-time", "--members", "--seed", "--set"),
}
_KEPT = ("--members", "--seed", "--set")
_BARE = {"--resume", "--retry-failed", "--dry-run", "--json", "--quiet", "--debug"}


def for_method(source: Source, method: str) -> str:
    """Return the command that sweeps the same parameters on the design of a method."""
    case, vary, kept = _call(source)
    words = vary or [w for v in source.design.variables for w in ("--vary", spelled(v, whole=True))]
    samples = ("--samples", str(SAMPLES[method]))
    return _joined(source, case, words, ("--method", method, *samples), kept, method)


def for_levers(source: Source, levers: Sequence[str]) -> str:
    """Return the command that crosses levers with a few other parameters."""
    case, _, kept = _call(source)
    variables = source.design.variables
    others = [v for v in variables if v.name not in levers]
    crossed = others if len(others) <= MOST_CROSSED else []
    words = [
        w
        for v in (*(v for v in variables if v.name in levers), *crossed)
        for w in ("--vary", spelled(v, whole=False))
    ]
    return _joined(source, case, words, ("--method", "factorial"), kept, "factorial")


def spelled(variable: Variable, whole: bool) -> str:
    """Return a variable as ``--vary`` takes it: ``whole`` its range, else levels of it."""
    if variable.levels is not None and len(variable.levels) > 1:
        return f"{variable.name}={','.join(f'{v!r}' for v in variable.levels)}"
    low, high = variable.distribution.support
    return f"{variable.name}={low!r}:{high!r}" + ("" if whole else f":{LEVELS}")


def _joined(
    source: Source,
    case: str,
    vary: Sequence[str],
    method: Sequence[str],
    kept: Sequence[str],
    suffix: str,
) -> str:
    path = source.folder.path
    out = path.with_name(f"{path.name}-{suffix}") if path.name else path / suffix
    return shlex.join(["steppe", "sweep", case, *vary, *method, *kept, "--out", str(out)])


def _call(source: Source) -> tuple[str, list[str], list[str]]:
    """Return scenario, ``--vary`` and other words of the command that began the sweep.

    A sweep that was begun from Python, resumed or merged by other words names its own scenario
    file, which leaves free what varies.
    """
    case, vary, kept = "", list[str](), list[str]()
    words = [str(w) for w in source.record.get("command") or []]
    if words[:2] == ["steppe", "sweep"]:
        case, vary, kept = _read(words[2:])
    if not case or "--vary" not in vary:
        seed = ["--seed", str(source.plan.seed)]
        members = ["--members", str(source.plan.members)]
        return str(source.folder.path / SCENARIO), [], [*members, *seed]
    if "--members" not in kept:
        kept += ["--members", str(source.plan.members)]
    return case, vary, kept


def _read(words: Sequence[str]) -> tuple[str, list[str], list[str]]:
    case, vary, kept = "", list[str](), list[str]()
    left = iter(words)
    for word in left:
        option, equals, value = word.partition("=")
        if option in _ONE_WORD and word.startswith("--"):
            value = value if equals else next(left, "")
            if option == "--vary":
                vary += [option, value]
            elif option in _KEPT:
                kept += [option, value]
        elif word not in _BARE and not case:
            case = word
    return case, vary, kept
