"""The two sides of a comparison: recorded runs, results in memory, scenarios that are run for it.

Used by ``steppe compare`` and :func:`steppe.compare`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steppe import metrics, parameters, provenance
from steppe.analysis import compare as comparing
from steppe.analysis.compare import Comparison, Side
from steppe.analysis.provenance import changes
from steppe.record import RecordError, RunRecord, run_folder
from steppe.results import Results, no_number_warnings
from steppe.scenario import Scenario, shipped
from steppe.scenario.family import with_options
from steppe.scenario.problems import clip, nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENOUGH = 2
"""Members from which there are bands."""

Given = str | os.PathLike[str] | Scenario | RunRecord | Results
"""What may be compared: the name of a run or scenario, a path, or something opened before."""

OnQuarter = Callable[[int, int], None]


class SideError(ValueError):
    """Two sides cannot be compared as asked; ``argument`` is what is wrong, in one sentence."""

    def __init__(self, sentence: str, argument: str = "") -> None:
        super().__init__(f"{argument}: {sentence}" if argument else sentence)
        self.argument, self.sentence = argument, sentence


@dataclass(frozen=True)
class Input:
    """One of the two sides, and the record of its run when there is one.

    ``table`` is its table of members; None before its scenario is run.
    """

    given: str
    scenario: Scenario
    members: int
    seed: int
    record: RunRecord | None = None
    table: Mapping[str, NDArray[Any]] | None = None

    @property
    def outcomes(self) -> list[str]:
        return [] if self.table is None else comparing.outcomes(self.table)

    def side(self, name: str) -> Side:
        assert self.table is not None
        return Side(name, self.seed, str(self.scenario.horizon.start), self.table)


def opened(
    first: Given, second: Given, members: int | None = None, seed: int | None = None
) -> tuple[Input, Input]:
    """Return the two sides; scenarios get members and seed of the other side or the first.

    Raises ``Problems``, :class:`RecordError` or :class:`SideError`.
    """
    runs = [_run_of(given) for given in (first, second)]
    if all(runs):
        for name, value in (("members", members), ("seed", seed)):
            if value is not None:
                raise SideError(
                    "both are runs already; it is for a scenario that is run here", name
                )
    known = next((run for run in runs if run is not None), None)
    if known is not None:
        members = known.members if members is None else members
        seed = known.seed if seed is None else seed
    found: list[Input] = []
    for given, run in zip((first, second), runs, strict=True):
        if run is not None:
            found.append(run)
            continue
        assert not isinstance(given, RunRecord | Results)
        own = with_options(given, (), members, seed)
        members, seed = own.members, own.seed
        name = own.name if isinstance(given, Scenario) else os.fspath(given)
        found.append(Input(name, own, own.members, own.seed))
    return found[0], found[1]


def simulated(
    one: Input,
    wanted: Sequence[str],
    on_quarter: OnQuarter | None = None,
    stop: Callable[[], bool] | None = None,
) -> Input:
    """Return a side with its table, its scenario run when there is none yet.

    It leaves the outcomes of its own metrics and of those ``wanted``.
    """
    if one.table is not None:
        return one
    from steppe import ensemble

    own = one.scenario
    asked = dict.fromkeys([*own.metrics, *(w.partition("[")[0] for w in wanted)])
    with no_number_warnings():
        results = ensemble.run(
            replace(own, metrics=tuple(asked)),
            members=own.members,
            seed=own.seed,
            on_quarter=on_quarter,
            stop=stop,
        )
    return replace(one, table=results.table)


def compared(both: Sequence[Input], wanted: Sequence[str]) -> Comparison:
    """Return how the second differs from the first; :class:`SideError` without common members."""
    left, right = (one.side(name) for one, name in zip(both, names(both), strict=True))
    found = comparing.compare(left, right, labels(wanted, both))
    if not found.members:
        raise SideError(f"{both[1].given}: has no member that {both[0].given} has")
    return found


def _run_of(given: Given) -> Input | None:
    """Return a run that is whole; None for what must be a scenario."""
    if isinstance(given, Scenario):
        return None
    if isinstance(given, Results):
        done, name = len(given.quarters), given.scenario.name
        if not given.complete:
            raise SideError(f"{name}: not complete, {given.completed} of {done} quarters")
        return Input(name, given.scenario, given.members, given.seed, None, given.table)
    record = given if isinstance(given, RunRecord) else _record(os.fspath(given))
    if record is None:
        return None
    completed, planned = (record.record["quarters"][key] for key in ("completed", "planned"))
    if record.status != "done" or completed < planned:
        state = "still running, or killed" if record.status == "running" else record.status
        raise RecordError(
            f"{record.path}: not complete ({state}, {completed} of {planned} quarters): "
            "there is nothing to compare"
        )
    name = str(record.path) if isinstance(given, RunRecord) else os.fspath(given)
    about = record.record
    members, seed = int(about["members"]), int(about["seed"])
    return Input(name, record.scenario(), members, seed, record, _table(record))


def _record(name: str) -> RunRecord | None:
    """Return the record of a run's folder; None for what must be a scenario."""
    folder = run_folder(name)
    if folder is not None:
        return RunRecord.open(folder)
    if os.path.isdir(name) and shipped.find(name) is None:
        RunRecord.open(name)  # says why it is none
    return None


def _table(record: RunRecord) -> dict[str, NDArray[Any]]:
    """Return a run's table of members, its parameters by their present names."""
    frame = record.members()
    known = parameters.registry()
    found = {known.current(str(name)): frame[name].to_numpy() for name in frame.columns}
    if len(frame) != record.record["members"]:
        raise RecordError(
            f"{record.path / 'members.parquet'}: damaged, it holds {len(frame)} members of "
            f"{record.record['members']}"
        )
    return found


# what is compared


def words(option: str | None) -> list[str]:
    """Return the names in a list: split at commas, but not inside brackets."""
    found, depth = [""], 0
    for letter in option or "":
        depth += (letter == "[") - (letter == "]")
        if letter == "," and depth <= 0:
            found.append("")
        else:
            found[-1] += letter
    return [word.strip().replace(" ", "") for word in found if word.strip()]


def check_names(wanted: Sequence[str], both: Sequence[Input]) -> None:
    """Raise :class:`SideError` for an outcome that there is or will be not."""
    columns = [c for one in both for c in one.outcomes]
    computed = {s.label for m in metrics.METRICS for s in m.series}
    known = {c.partition("[")[0]: None for c in columns} | dict.fromkeys(metrics.BY_NAME)
    for word in wanted:
        name, bracket, _ = word.partition("[")
        if name not in known:
            near = nearest(name, known)
        elif bracket and word not in computed and word not in columns:
            near = nearest(
                word, [c for c in (*columns, *sorted(computed)) if c.startswith(f"{name}[")]
            )
        else:
            continue
        hint = f" (did you mean '{near}'?)" if near else ""
        raise SideError(f"unknown outcome '{clip(word)}'{hint}", "metrics")
    for word in wanted:
        for one in both:
            if one.table is not None and not _matching(word, one.outcomes):
                raise SideError(
                    f"the run {one.given} has no outcome '{clip(word)}'; a "
                    "scenario that names it under 'metrics' leaves one",
                    "metrics",
                )


def labels(wanted: Sequence[str], both: Sequence[Input]) -> list[str]:
    """Return the outcomes to compare: those asked for, else the headline ones of either side."""
    if not wanted:
        headline = tuple(m.name for m in metrics.METRICS if m.headline)
        wanted = [m for one in reversed(both) for m in one.scenario.metrics or headline]
    there = set(both[0].outcomes)
    columns = [c for c in both[1].outcomes if c in there]
    found = list(dict.fromkeys(c for word in wanted for c in _matching(word, columns)))
    if not found:
        raise SideError(f"{both[0].given} and {both[1].given} have none of the outcomes in common")
    return found


def _matching(word: str, columns: Sequence[str]) -> list[str]:
    return [c for c in columns if c == word or c.partition("[")[0] == word]


# what is said of it


def names(both: Sequence[Input]) -> list[str]:
    """Return what the two are called: by scenario, told apart where they have one name."""
    own = [one.scenario.name for one in both]
    if own[0] != own[1]:
        return own
    told = [Path(one.given).name if one.record is not None else own[0] for one in both]
    return told if told[0] != told[1] else [f"first {own[0]}", f"second {own[1]}"]


def notes(found: Comparison, both: Sequence[Input]) -> list[str]:
    """Return one sentence on each thing that a reader of the differences must know."""
    told = []
    if found.unpaired:
        told.append(f"not paired: {found.unpaired}; differences are those of independent members")
    if found.unlike:
        shown = ", ".join(found.unlike[:4]) + (", ..." if len(found.unlike) > 4 else "")
        inputs = "input is" if len(found.unlike) == 1 else "inputs are"
        told.append(
            f"{len(found.unlike)} {inputs} not drawn alike ({shown}): for these the pairing "
            "covers shocks only"
        )
    ends = [str(one.scenario.horizon.end) for one in both]
    if ends[0] != ends[1]:
        told.append(f"the outcomes are of other years: the runs end in {ends[0]} and {ends[1]}")
    if found.members < ENOUGH:
        told.append("one member only: there are no bands")
    else:
        counts = [len(one.table[comparing.MEMBER]) for one in both if one.table is not None]
        if not found.unpaired and counts != [found.members] * 2:
            told.append(f"{found.members} members are in both, of {counts[0]:,} and {counts[1]:,}")
    here = {"software": provenance.software(), "data": {"sha256": provenance.data_hash()}}
    made = [here if one.record is None else one.record.record for one in both]
    other = [change.what for change in changes(made[0], made[1]) if change.inputs]
    if other:
        told.append(f"made by other versions ({', '.join(other)}): the difference is theirs, too")
    missing = [n for n, one in zip(names(both), both, strict=True) if _bad(one)]
    return told + [f"in {n} some members have no finite value; they are left out" for n in missing]


def _bad(one: Input) -> bool:
    """Tell whether numbers grew too large to compute with in a run."""
    count = None if one.record is None else one.record.record.get("not_finite")
    return bool(count and count.get("members"))


def sides(both: Sequence[Input]) -> dict[str, dict[str, Any]]:
    """Return what a reader must know of the first and the second, as plain values."""
    return {
        key: {
            "name": name,
            "scenario": one.scenario.name,
            "run": None if one.record is None else str(one.record.path),
            "members": one.members,
            "seed": one.seed,
            "start": str(one.scenario.horizon.start),
            "end": str(one.scenario.horizon.end),
        }
        for key, one, name in zip(("first", "second"), both, names(both), strict=True)
    }
