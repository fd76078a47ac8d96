"""``steppe rerun``: run again what a record tells, or verify what it left."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from steppe import metrics, parameters, provenance
from steppe.analysis.provenance import Change, changes
from steppe.analysis.verify import TOLERANCE, Part, Verdict, overall
from steppe.cli import layout, table
from steppe.cli.codes import DONE, FAILED, INTERRUPTED, USAGE
from steppe.cli.interruption import Interruption
from steppe.cli.progress import Progress, say
from steppe.cli.run import carry_out, report
from steppe.cli.usage import UsageError, call, check_memory, trajectory_metrics, worker_count
from steppe.record import RECORD, RUNS, SCENARIO, RecordError, RunFolder, RunRecord, run_folder
from steppe.results import no_number_warnings
from steppe.scenario import Scenario
from steppe.scenario.schema import MAX_MEMBERS, MAX_SEED

if TYPE_CHECKING:
    import pandas as pd

    from steppe.results import Results

DIFFERENT = FAILED
"""Exit code of a verification that finds other values."""

MEMBERS, SERIES, CHRONICLE, TRAJECTORIES = (
    f"{name}.parquet" for name in ("members", "series", "chronicle", "trajectories")
)
TABLES = (MEMBERS, SERIES, CHRONICLE, TRAJECTORIES)


def run(
    path: str | os.PathLike[str],
    *,
    verify: bool = False,
    out: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    as_json: bool = False,
    quiet: bool = False,
    debug: bool = False,
) -> int:
    """Run again what a record tells and return the exit code.

    Without ``verify`` a new folder is left below ``out``; with it nothing is written and what the
    run left is compared with what comes out now.
    """
    with Interruption() as stop:
        try:
            hands = worker_count(workers)
            if verify and out is not None:
                raise UsageError("--out: error: --verify leaves no folder")
            old = RunRecord.open(run_folder(str(path)) or path)
            own = _scenario(old)
            check_memory(own.members, hands)
            notes = [f"its {SCENARIO}: {w.message}" for w in own.warnings]
            names, unknown = _trajectories(old)
            kept = trajectory_metrics(",".join(names), own) if names else ()
            if unknown:
                notes.append(f"no metric is called {', '.join(unknown)} any more")
            if verify:
                left = _left(old)
                for note in () if quiet else notes:
                    say(f"note: {note}")
                return _verify(old, own, left, stop, hands, kept, as_json, quiet)
            if own.parent is not None:
                notes.append(
                    f"no comparison with {own.parent}: a record holds its own scenario only; "
                    "'steppe compare' compares runs"
                )
            folder = RunFolder.create(
                out or RUNS,
                own,
                call("rerun", [path], out=out, workers=workers),
                own.members,
                own.seed,
                trajectories=kept,
                rerun_of={
                    "run": old.path.resolve().name,
                    "record_sha256": provenance.sha256(old.path / RECORD),
                },
            )
        except (RecordError, UsageError) as problem:
            say(problem)
            return USAGE
        if not quiet:
            say(f"running {own.name} again: {own.members} members")
            for note in notes:
                say(f"note: {note}")
        ended = carry_out(folder, own, None, stop, hands, kept, quiet, debug)
    return report(folder, ended, (), as_json, quiet)


def _scenario(old: RunRecord) -> Scenario:
    """Return the scenario that a record ran, with its members and seed; RecordError when unfit."""
    record = old.record
    if SCENARIO not in record["files"]:  # a run that was killed knows the scenario's hash only
        digest = record["scenario"].get("sha256")
        file = old.path / SCENARIO
        if file.is_file() and provenance.sha256(file) != digest:
            raise RecordError(f"{file}: damaged or changed since the run (its sha256 differs)")
    found = old.scenario()
    members, seed = record["members"], record["seed"]
    if not (1 <= members <= MAX_MEMBERS and 0 <= seed <= MAX_SEED):
        raise RecordError(f"{old.path / RECORD}: damaged, 'members' or 'seed' is out of range")
    if found.horizon.quarters != record["quarters"]["planned"]:
        raise RecordError(f"{old.path}: damaged, {RECORD} and {SCENARIO} name different quarters")
    return replace(found, members=members, seed=seed, parent=record["scenario"]["parent"])


def _trajectories(old: RunRecord) -> tuple[list[str], list[str]]:
    """Return the metrics whose paths the run kept, and those that no metric is called any more."""
    names = [str(name) for name in old.record["trajectories"]]
    known = [n for n in names if n in metrics.BY_NAME or n == "all"]
    return known, [n for n in names if n not in known]


# --verify


def _left(old: RunRecord) -> dict[str, pd.DataFrame]:
    """Return the small tables that a run left; RecordError when it left nothing to compare."""
    completed, planned = (old.record["quarters"][key] for key in ("completed", "planned"))
    if old.status != "done" or completed < planned:
        raise RecordError(
            f"{old.path}: not complete ({old.status}, {completed} of {planned} quarters): there "
            "is nothing to verify; without --verify it is run again"
        )
    for name in (MEMBERS, SERIES):
        if name not in old.record["files"]:
            raise RecordError(f"{old.path}: damaged, its record names no {name}")
    for name in old.damaged():
        if name in TABLES:
            raise RecordError(
                f"{old.path / name}: missing, damaged or changed since the run (its sha256 differs)"
            )
    left = {MEMBERS: old.members(), SERIES: old.series()}
    if CHRONICLE in old.record["files"]:
        left[CHRONICLE] = old.chronicle()
    for name, columns in ((MEMBERS, ("member",)), (SERIES, ("metric", "quarter")),
                          (CHRONICLE, ("member", "kind", "amount"))):  # fmt: skip
        if name in left and not set(columns) <= set(left[name].columns):
            raise RecordError(f"{old.path / name}: damaged, it lacks columns of a run's table")
    known = parameters.registry()
    left[MEMBERS] = left[MEMBERS].rename(columns=lambda name: known.current(str(name)))
    return left


def _verify(
    old: RunRecord,
    own: Scenario,
    left: dict[str, pd.DataFrame],
    stop: Interruption,
    workers: int,
    kept: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Run again in memory, print how it compares and return the exit code."""
    from steppe import ensemble

    with Progress(shown=not quiet) as progress, no_number_warnings():
        results = ensemble.run(
            own,
            members=own.members,
            seed=own.seed,
            workers=workers,
            trajectories=kept if TRAJECTORIES in old.record["files"] else (),
            on_quarter=progress.part(f"{own.name}, again", own.horizon.quarters),
            stop=stop,
        )
    if not results.complete:
        say("interrupted: nothing is verified")
        return INTERRUPTED
    parts = list(_parts(old, left, results))
    verdict, changed = overall(parts), changes(old.record, provenance.origin())
    if as_json:
        print(json.dumps(data(old, verdict, parts, changed), allow_nan=False))
    elif not quiet or verdict is Verdict.different:
        print("\n".join(lines(old, verdict, parts, changed)))
    return DIFFERENT if verdict is Verdict.different else DONE


def _parts(old: RunRecord, left: dict[str, pd.DataFrame], results: Results) -> Iterator[Part]:
    """Yield the comparison of every metric in every table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from steppe import tables
    from steppe.analysis import verify

    yield from verify.of_members(left[MEMBERS], tables.members(results).to_pandas())
    yield from verify.of_series(left[SERIES], tables.series(results).to_pandas(), tables.LABELS)
    if CHRONICLE in left:
        happened = pa.concat_tables(tables.chronicle(results)).to_pandas()
        yield from verify.of_chronicle(left[CHRONICLE], happened)
    if TRAJECTORIES not in old.record["files"]:
        return
    file = old.path / TRAJECTORIES
    names = pq.read_table(file, columns=["metric"])["metric"].unique().to_pylist()
    for name, paths in zip(results.trajectories or {}, tables.trajectories(results), strict=True):
        if name in names:  # a metric at a time: all paths of a run may be large
            then = pq.read_table(file, filters=[("metric", "==", name)]).to_pandas()
            yield from verify.of_series(then, paths.to_pandas(), tables.LABELS, "trajectories")
    for name in names:
        if name not in (results.trajectories or {}):
            yield Part("trajectories", str(name), missing=1)


def data(
    old: RunRecord, verdict: Verdict, parts: Sequence[Part], changed: Sequence[Change]
) -> dict[str, Any]:
    """Return the verification for JSON; docs/compare_and_rerun.md names the keys."""
    return {
        "run": str(old.path),
        "verdict": verdict.value,
        "tolerance": TOLERANCE,
        "members": old.record["members"],
        "seed": old.record["seed"],
        "changes": [change.as_json() for change in changed],
        "parts": [part.as_json() for part in parts],
    }


def lines(
    old: RunRecord, verdict: Verdict, parts: Sequence[Part], changed: Sequence[Change]
) -> list[str]:
    """Return the verification for a reader."""
    record = old.record
    told = {
        Verdict.bits: "every value is the same",
        Verdict.tolerance: f"no value differs by more than {TOLERANCE:g} of itself",
        Verdict.different: f"values differ by more than {TOLERANCE:g} of themselves",
    }
    about = f"{record['scenario']['name']}, {record['members']:,} members, seed {record['seed']}"
    text = [f"{verdict.value}: {told[verdict]}", f"{about}, {old.path}", ""]
    tables = list(dict.fromkeys(p.table for p in parts if p.table != "chronicle"))
    cells = {(p.table, p.metric): _cell(p) for p in parts}
    rows = [
        [metric, *(cells.get((t, metric), "") for t in tables)]
        for metric in dict.fromkeys(p.metric for p in parts if p.table != "chronicle")
    ]
    text += layout.laid_out(["metric", *tables], rows)
    happenings = [[p.metric, _cell(p)] for p in parts if p.table == "chronicle"]
    if happenings:
        text += ["", *layout.laid_out(["happenings", "chronicle"], happenings)]
    text += ["", "=: same to the bit; a number: largest relative difference"]
    text.append("")
    if changed:
        text.append("then and now:")
        for change in changed:
            text += textwrap.wrap(f"  {change}", table.WIDTH, subsequent_indent="    ")
    else:
        text.append("nothing that the record tells of software, data and machine has changed")
    return text


def _cell(part: Part) -> str:
    """Return how alike a part is, in a few words."""
    if part.verdict is Verdict.bits:
        return "="
    if part.verdict is Verdict.tolerance:
        return f"{part.largest:.1e}" if part.largest else "words"
    said = [f"{part.largest:.1e}" if 0.0 < part.largest < float("inf") else "other"]
    if part.missing:
        said = [f"{part.missing:,} fewer or more" if part.table == "chronicle" else "not there now"]
    if part.members:
        said.append(f"{len(part.members):,} members")
    return "different: " + ", ".join(said)
