"""``steppe run``: from a scenario to a record, figures and a closing table."""

from __future__ import annotations

import json
import os
import textwrap
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from steppe import metrics, scenario
from steppe import results as outcomes
from steppe.cli import table
from steppe.cli.codes import DONE, FAILED, INTERRUPTED, USAGE
from steppe.cli.interruption import Interruption
from steppe.cli.progress import Progress, say
from steppe.cli.usage import UsageError, call, check_memory, trajectory_metrics, worker_count
from steppe.record import RUNS, RecordError, RunFolder, Status, reason
from steppe.results import Known, no_number_warnings
from steppe.scenario import Problems, Scenario
from steppe.scenario.family import parent_of
from steppe.scenario.problems import clip

if TYPE_CHECKING:
    from steppe.results import Results


class _FiguresError(Exception):
    """Figures are missing although the tables are complete; the message says which and why."""


@dataclass
class _Findings:
    """What a run has found so far."""

    results: Results | None = None
    parent: Results | None = None
    figures: Sequence[Path] = ()


@dataclass(frozen=True)
class Ended:
    """How a run ended, with what it found and the sentence on what went wrong."""

    found: _Findings
    status: Status
    error: str | None


def run(
    name: str,
    *,
    members: int | None = None,
    seed: int | None = None,
    set_values: Sequence[str] = (),
    out: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    trajectories: str | None = None,
    as_json: bool = False,
    quiet: bool = False,
    debug: bool = False,
) -> int:
    """Run a scenario, leave its record below ``out`` and return the exit code.

    The parent scenario runs on the same members, for comparison.  Nothing is written before all
    options are known to be good.
    """
    with Interruption() as stop:
        try:
            own = scenario.load(name, set_values=set_values, members=members, seed=seed)
            parent, notes = parent_of(own, set_values)
            hands = worker_count(workers)
            kept = trajectory_metrics(trajectories, own)
            check_memory(own.members, hands)
            command = call(
                "run",
                [name],
                set_values,
                members=members,
                seed=seed,
                out=out,
                workers=workers,
                trajectories=trajectories,
            )
            folder = RunFolder.create(
                out or RUNS, own, command, own.members, own.seed, trajectories=kept
            )
        except (Problems, RecordError, UsageError) as problem:
            say(problem)
            return USAGE
        if not quiet:
            span = f"{own.horizon.start} to {own.horizon.end}"
            say(f"running {own.name}: {own.members} members, {span}")
            for warning in own.warnings:
                say(warning.sentence)
            for note in (*notes, *_overwritten(own)):
                say(f"note: {note}")
        ended = carry_out(folder, own, parent, stop, hands, kept, quiet, debug)
    return report(folder, ended, set_values, as_json, quiet)


def carry_out(
    folder: RunFolder,
    own: Scenario,
    parent: Scenario | None,
    stop: Interruption,
    workers: int,
    kept: tuple[str, ...],
    quiet: bool,
    debug: bool,
    known: Known | None = None,
    figures: bool = True,
) -> Ended:
    """Simulate, write and close the record; tell how it ended, whatever happens on the way.

    ``known`` holds results that several runs are compared with.
    """
    stop.last_act = folder.abandon
    found = _Findings()
    status: Status = "failed"
    error: str | None = None
    try:
        _work(folder, own, parent, found, stop, workers, kept, quiet, known or Known(), figures)
        status = "interrupted" if stop() else "done"
    except KeyboardInterrupt:
        status = "interrupted"
    except _FiguresError as failure:
        status, error = "done", str(failure)
        if debug:
            traceback.print_exception(failure.__cause__)
    except Exception as failure:
        error = _sentence(failure)
        if debug:
            traceback.print_exc()
    try:
        folder.close(status, error)
        stop.last_act = None
    except RecordError as failure:
        status, error = "failed", error or str(failure)
    return Ended(found, status, error)


def _overwritten(own: Scenario) -> Iterator[str]:
    """Yield a sentence for each event that changes what ``set`` or ``--set`` fixed."""
    for event in own.events:
        if event.target in own.set:
            told = f"event '{event.id}' changes {event.target} from {event.first} on"
            yield f"{told}, set to {own.set[event.target]:g} before"


def _work(
    folder: RunFolder,
    own: Scenario,
    parent: Scenario | None,
    found: _Findings,
    stop: Interruption,
    workers: int,
    kept: tuple[str, ...],
    quiet: bool,
    known: Known,
    drawn: bool,
) -> None:
    """Simulate and write, as far as it comes before an interruption; ``found`` holds the rest."""
    from steppe import ensemble, figures

    quarters = own.horizon.quarters
    with Progress(shown=not quiet) as progress, no_number_warnings():
        found.results = ensemble.run(
            own,
            members=own.members,
            seed=own.seed,
            workers=workers,
            trajectories=kept,
            on_quarter=progress.part(own.name, quarters),
            stop=stop,
        )
        folder.write(found.results)
        known.keep(own, found.results)
        if parent is not None and not stop():
            against = known.get(parent) or ensemble.run(
                parent,
                members=own.members,
                seed=own.seed,
                workers=workers,
                trajectories=(),
                on_quarter=progress.part(f"{parent.name}, to compare", quarters),
                stop=stop,
            )
            if against.complete:
                found.parent = against
                known.keep(parent, against)
                folder.summarise(found.results, against)
    if drawn and not stop():
        try:
            with no_number_warnings():
                found.figures = figures.write_all(folder.path, found.results, found.parent)
        except Exception as failure:
            found.figures = sorted((folder.path / "figures").glob("*.png"))
            raise _FiguresError(_missing(failure, len(found.figures))) from failure


def _missing(failure: Exception, drawn: int) -> str:
    """Return which figures are missing and why."""
    if isinstance(failure, OSError) and failure.filename:
        which = f"{failure.filename} and the figures after it are missing"
        return f"{which}: {reason(failure)}"
    which = "the other figures are missing" if drawn else "all figures are missing"
    return f"{which}: {_sentence(failure)}"


def report(
    folder: RunFolder, ended: Ended, set_values: Sequence[str], as_json: bool, quiet: bool
) -> int:
    """Print what came of the run and return its exit code."""
    found, status, error = ended.found, ended.status, ended.error
    record = folder.record
    results = found.results
    if results is not None and status != "failed":
        if as_json:
            answer = _json(folder, results, found.parent, status)
            print(json.dumps(answer, allow_nan=False), flush=True)
        elif status == "done" and not quiet:
            name = None if found.parent is None else found.parent.scenario.name
            rows = outcomes.outcomes(results, found.parent, outcomes.headline(results))
            print(
                "\n".join(
                    [
                        *_title(folder, found.parent, set_values),
                        "",
                        *table.lines(rows, record["scenario"]["name"], name),
                        *table.not_finite(record["not_finite"], results.members),
                    ]
                )
            )
    if status == "failed":
        say(f"the run failed: {error}; what there is lies in {folder.path}")
        return FAILED
    if status == "interrupted":
        done, planned = record["quarters"]["completed"], record["quarters"]["planned"]
        say(f"interrupted after {done} of {planned} quarters; what there is lies in {folder.path}")
        return INTERRUPTED
    if not quiet:
        say(f"results: {folder.path}")
        if found.figures:
            say(f"figures: {folder.path / 'figures'} ({len(found.figures)} files)")
    if error is not None:
        say(f"warning: {error}; the tables are complete")
        return FAILED
    return DONE


def _title(folder: RunFolder, parent: Results | None, set_values: Sequence[str]) -> list[str]:
    """Return the lines above the table."""
    both = " in both scenarios" if parent is not None else ""
    fixed = f"set{both}: {', '.join(clip(text, table.WIDTH) for text in set_values)}"
    record = folder.record
    about = record["scenario"]
    paired = ";\nchange: this less the parent scenario, member by member"
    quarters = min(metrics.OUTCOME_QUARTERS, record["quarters"]["planned"])
    last = f"means of the last {quarters} quarters" if quarters > 1 else "values of the one quarter"
    return [
        f"{about['name']}: {about['title']}",
        f"{record['members']} members, seed {record['seed']}, {about['start']} to {about['end']}",
        f"outcomes: {last}, of projects the sums" + (paired if parent is not None else ""),
        *(textwrap.wrap(fixed, table.WIDTH, subsequent_indent="  ") if set_values else ()),
    ]


def _json(
    folder: RunFolder, results: Results, parent: Results | None, status: Status
) -> dict[str, object]:
    return {
        "run": str(folder.path),
        "status": status,
        "scenario": results.scenario.name,
        "parent": None if parent is None else parent.scenario.name,
        "members": results.members,
        "seed": results.seed,
        "not_finite": folder.record["not_finite"],
        "outcomes": table.data(outcomes.outcomes(results, parent)),
    }


def _sentence(failure: Exception) -> str:
    """Return a failure as one line."""
    from steppe.crews import CrewError

    if isinstance(failure, RecordError | CrewError):
        return " ".join(str(failure).split())[:400]
    if isinstance(failure, MemoryError):
        return "out of memory; run fewer members"
    if isinstance(failure, OSError):
        place = f"{failure.filename}: " if failure.filename else ""
        return place + reason(failure)
    told = " ".join(str(failure).split()) or "no further word"
    return f"{type(failure).__name__}: {told[:300]} (--debug shows where)"
