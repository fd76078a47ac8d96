"""Scenarios that belong together: a parent to compare with, and the scenarios of a batch."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from steppe import scenario
from steppe.scenario import Problem, Problems, Scenario, shipped
from steppe.scenario.inheritance import locate
from steppe.scenario.problems import clip
from steppe.scenario.schema import MAX_MEMBERS, MAX_SEED

Named = str | os.PathLike[str] | Scenario
"""A shipped name, a file, or a scenario that is loaded already."""


@dataclass(frozen=True)
class Entry:
    """A scenario of a batch, its parent where there is one to compare, and what to tell."""

    own: Scenario
    parent: Scenario | None
    notes: tuple[str, ...]


def entries(
    cases: Sequence[Named],
    *,
    set_values: Sequence[str] = (),
    members: int | None = None,
    seed: int | None = None,
) -> list[Entry]:
    """Return the scenarios of a batch, each once, in the order in which they are named.

    A folder stands for its scenario files.  All have the members and the seed of the first, unless
    told: member k meets the same shocks in every one.  Raises :class:`Problems` with those of every
    file.
    """
    problems: list[Problem] = []
    loaded: list[Scenario] = []
    for case in _each_once(cases, problems):
        if loaded:
            members = loaded[0].members if members is None else members
            seed = loaded[0].seed if seed is None else seed
        try:
            loaded.append(with_options(case, set_values, members, seed))
        except Problems as error:
            problems += [p for p in error.problems if p not in problems]
    if problems:
        raise Problems(problems)
    if not loaded:
        raise Problems([Problem("batch", "no scenario is named")])
    for i, own in enumerate(loaded):
        if own.name in {other.name for other in loaded[:i]}:
            raise Problems(
                [Problem(clip(own.name, 200), "two scenarios have this name: rename a file")]
            )
    return [Entry(own, *_against(own, set_values)) for own in loaded]


def with_options(
    case: Named, set_values: Sequence[str] = (), members: int | None = None, seed: int | None = None
) -> Scenario:
    """Return a scenario with other members or seed, and with parameters fixed if it is a file."""
    if not isinstance(case, Scenario):
        return scenario.load(case, set_values=set_values, members=members, seed=seed)
    if set_values:
        raise ValueError("fix parameters when the scenario is loaded, or name its file")
    for what, value, most in (("members", members, MAX_MEMBERS), ("seed", seed, MAX_SEED)):
        least = 1 if what == "members" else 0
        if value is not None and (isinstance(value, bool) or not least <= value <= most):
            raise ValueError(f"{what}={value}: must lie between {least} and {most:,}")
    case = case if members is None else replace(case, members=members)
    return case if seed is None else replace(case, seed=seed)


def _each_once(cases: Sequence[Named], problems: list[Problem]) -> Iterator[Named]:
    """Yield scenarios and the paths of files; what is none of them goes to ``problems``."""
    seen: list[Path] = []
    for case in cases:
        if isinstance(case, Scenario):
            yield case
            continue
        try:
            found = files_of(os.fspath(case))
        except Problems as error:
            problems += error.problems
            continue
        for path in found:
            if path not in seen:
                seen.append(path)
                yield path


def _against(own: Scenario, set_values: Sequence[str]) -> tuple[Scenario | None, tuple[str, ...]]:
    parent, notes = parent_of(own, set_values)
    return parent, tuple(notes)


def files_of(name: str) -> list[Path]:
    """Return the scenario files that a name, a file or a folder of files stands for."""
    if name and os.path.isdir(name) and shipped.find(name) is None:
        found = sorted(p for p in Path(name).iterdir() if p.suffix in (".yaml", ".yml"))
        if not found:
            raise Problems([Problem(clip(name, 200), "no scenario files (*.yaml) in this folder")])
        return found
    return [locate(name)]


def parent_of(own: Scenario, set_values: Sequence[str] = ()) -> tuple[Scenario | None, list[str]]:
    """Return the scenario that ``own`` extends, and sentences on what of it is left out.

    It has the horizon, members and seed of ``own``, and the same ``set_values``, so that a
    difference is that of the scenarios; events that may begin outside the horizon are left out.
    There is none to compare when it cannot take them, or when it starts from another base year:
    members without a common past cannot be paired.
    """
    if own.parent is None:
        return None, []
    place: str | Path = own.parent
    if own.file is not None and ("/" in own.parent or own.parent.endswith((".yaml", ".yml"))):
        place = Path(own.file).parent / own.parent
    try:
        parent = scenario.load(place, set_values=set_values, members=own.members, seed=own.seed)
    except Problems as problems:
        if not set_values:
            raise
        told = problems.problems[0]
        why = f"the parent scenario cannot take {told.file}: {told.message}"
        return None, [f"no comparison with {own.parent}: {why}"]
    if parent.base != own.base:
        why = f"it starts from the base year {parent.base}, {own.name} from {own.base}"
        return None, [f"no comparison with {own.parent}: {why}"]
    first, last = own.horizon.start, own.horizon.end
    inside = tuple(e for e in parent.events if first <= e.first and e.last <= last)
    known = {e.id for e in (*inside, *own.events)}
    outside = ", ".join(e.id for e in parent.events if e.id not in known)
    why = f"may begin outside {first} to {last} and are left out: {outside}"
    notes = [f"events of {own.parent} that {why}"] if outside else []
    return replace(parent, horizon=own.horizon, events=inside), notes
