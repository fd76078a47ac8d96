"""``steppe compare``: two runs or scenarios side by side, their members paired if they may be."""

from __future__ import annotations

import json
import math
import os
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steppe import metrics, parameters, provenance, scenario
from steppe.analysis import compare as comparing
from steppe.analysis.compare import Comparison, Difference, Side
from steppe.analysis.provenance import changes
from steppe.cli import table
from steppe.cli.codes import INTERRUPTED
from steppe.cli.folders import run_folder
from steppe.cli.interruption import Interruption
from steppe.cli.progress import Progress, open_streams, say
from steppe.cli.run import UsageError, _no_number_warnings, check_memory
from steppe.record import RecordError, RunRecord, reason
from steppe.scenario import Problems, Scenario, shipped
from steppe.scenario.problems import clip, nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

DONE, FAILED, USAGE = 0, 1, 2
"""Exit codes, beside :data:`INTERRUPTED`."""

ENOUGH = 2
"""Members from which a figure has bands to draw."""


@dataclass(frozen=True)
class Input:
    """One of the two arguments: a scenario, and the record of its run when there is one.

    ``table`` is the record's table of members; without a record it comes from running the scenario.
    """

    given: str
    scenario: Scenario
    record: RunRecord | None = None
    table: Mapping[str, NDArray[Any]] | None = None

    @property
    def members(self) -> int:
        return self.scenario.members if self.record is None else int(self.record.record["members"])

    @property
    def seed(self) -> int:
        return self.scenario.seed if self.record is None else int(self.record.record["seed"])

    def side(self, name: str) -> Side:
        assert self.table is not None
        return Side(name, self.seed, str(self.scenario.horizon.start), self.table)


def run(
    first: str,
    second: str,
    *,
    metric: str | None = None,
    members: int | None = None,
    seed: int | None = None,
    as_json: bool = False,
    figure: str | os.PathLike[str] | None = None,
    quiet: bool = False,
) -> int:
    """Compare two runs or scenarios, print how the second differs and return the exit code."""
    open_streams()
    with Interruption() as stop:
        try:
            _check_figure(figure)
            both = _opened(first, second, members, seed)
            wanted = words(metric)
            _check_names(wanted, both)
            names = _names(both)
            ran: list[Input] = []
            with Progress(shown=not quiet) as progress:
                for one, name in zip(both, names, strict=True):
                    ran.append(_run(one, name, wanted, stop, progress))
                    if stop():
                        say("interrupted: nothing is compared")
                        return INTERRUPTED
            left, right = (one.side(name) for one, name in zip(ran, names, strict=True))
            found = comparing.compare(left, right, _labels(wanted, ran))
            if not found.members:
                raise UsageError(f"{second}: has no member that {first} has")
            if figure is not None and found.members < ENOUGH:
                raise UsageError(f"--figure: error: a band needs {ENOUGH} members, there is one")
        except (Problems, RecordError, UsageError, ValueError) as problem:
            say(problem)
            return USAGE
    notes = _notes(found, ran, names)
    if as_json:
        print(json.dumps(data(found, ran, names, notes), allow_nan=False))
    else:
        print("\n".join(lines(found, ran, names, notes)))
    return DONE if figure is None else _drawn(Path(figure), found, ran, names, quiet)


def _opened(first: str, second: str, members: int | None, seed: int | None) -> tuple[Input, Input]:
    """Return the two arguments; scenarios get members and seed of the other side or the first."""
    records = [_record(name) for name in (first, second)]
    if all(records):
        for option, value in (("--members", members), ("--seed", seed)):
            if value is not None:
                raise UsageError(
                    f"{option}: error: both are runs already; it is for a scenario that is run here"
                )
    known = next((r.record for r in records if r is not None), None)
    if known is not None:
        members = int(known["members"]) if members is None else members
        seed = int(known["seed"]) if seed is None else seed
    opened: list[Input] = []
    for name, record in zip((first, second), records, strict=True):
        if record is not None:
            opened.append(Input(name, record.scenario(), record, _table(record)))
            continue
        loaded = scenario.load(name, members=members, seed=seed)
        members, seed = loaded.members, loaded.seed
        for warning in loaded.warnings:
            say(warning.sentence)
        opened.append(Input(name, loaded))
    check_memory(max([0, *(o.members for o in opened if o.record is None)]), 1)
    return opened[0], opened[1]


def _record(name: str) -> RunRecord | None:
    """Return the record of a run that is whole; None for what must be a scenario."""
    folder = run_folder(name)
    if folder is None:
        if os.path.isdir(name) and shipped.find(name) is None:
            RunRecord.open(name)  # says why it is none
        return None
    record = RunRecord.open(folder)
    completed, planned = (record.record["quarters"][key] for key in ("completed", "planned"))
    if record.status != "done" or completed < planned:
        state = "still running, or killed" if record.status == "running" else record.status
        raise RecordError(
            f"{folder}: not complete ({state}, {completed} of {planned} quarters): "
            "there is nothing to compare"
        )
    return record


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


def _run(
    one: Input, name: str, wanted: Sequence[str], stop: Interruption, progress: Progress
) -> Input:
    """Return an argument with its table, its scenario simulated when it is no run."""
    if one.record is not None or stop():
        return one
    from steppe import ensemble

    own = one.scenario
    asked = dict.fromkeys([*own.metrics, *(w.partition("[")[0] for w in wanted)])
    with _no_number_warnings():
        results = ensemble.run(
            replace(own, metrics=tuple(asked)),
            members=own.members,
            seed=own.seed,
            on_quarter=progress.part(name, own.horizon.quarters),
            stop=stop,
        )
    return replace(one, table=results.table)


# what is compared


def words(option: str | None) -> list[str]:
    """Return the names in ``--metric``: split at commas, but not inside brackets."""
    found, depth = [""], 0
    for letter in option or "":
        depth += (letter == "[") - (letter == "]")
        if letter == "," and depth <= 0:
            found.append("")
        else:
            found[-1] += letter
    return [word.strip().replace(" ", "") for word in found if word.strip()]


def _check_names(wanted: Sequence[str], both: Sequence[Input]) -> None:
    """Raise :class:`UsageError` for an outcome that there is or will be not."""
    columns = [c for one in both if one.table is not None for c in comparing.outcomes(one.table)]
    computed = {s.label for m in metrics.METRICS for s in m.series}
    known = {c.partition("[")[0]: None for c in columns} | dict.fromkeys(metrics.BY_NAME)
    for word in wanted:
        name, bracket, _ = word.partition("[")
        if name not in known:
            near = nearest(name, known)
        elif bracket and word not in computed and word not in columns:
            labels = [c for c in (*columns, *sorted(computed)) if c.startswith(f"{name}[")]
            near = nearest(word, labels)
        else:
            continue
        hint = f" (did you mean '{near}'?)" if near else ""
        raise UsageError(f"--metric: error: unknown outcome '{clip(word)}'{hint}")
    for word in wanted:
        for one in both:
            if one.table is not None and not _matching(word, comparing.outcomes(one.table)):
                raise UsageError(
                    f"--metric: error: the run {one.given} has no outcome '{clip(word)}'; a "
                    "scenario that names it under 'metrics' leaves one"
                )


def _matching(word: str, columns: Sequence[str]) -> list[str]:
    return [c for c in columns if c == word or c.partition("[")[0] == word]


def _labels(wanted: Sequence[str], both: Sequence[Input]) -> list[str]:
    """Return the outcomes to compare: those asked for, else the headline ones of either side."""
    if not wanted:
        headline = tuple(m.name for m in metrics.METRICS if m.headline)
        wanted = [m for one in reversed(both) for m in one.scenario.metrics or headline]
    assert both[0].table is not None and both[1].table is not None
    columns = [c for c in comparing.outcomes(both[1].table) if c in both[0].table]
    labels = list(dict.fromkeys(c for word in wanted for c in _matching(word, columns)))
    if not labels:
        raise UsageError(f"{both[0].given} and {both[1].given} have none of the outcomes in common")
    return labels


# what is said


def _names(both: Sequence[Input]) -> list[str]:
    """Return what the two are called: by scenario, told apart where they have one name."""
    names = [one.scenario.name for one in both]
    if names[0] != names[1]:
        return names
    told = [Path(one.given).name if one.record is not None else names[0] for one in both]
    return told if told[0] != told[1] else [f"first {names[0]}", f"second {names[1]}"]


def _notes(found: Comparison, both: Sequence[Input], names: Sequence[str]) -> list[str]:
    """Return one sentence on each thing that a reader of the differences must know."""
    notes = []
    if found.unpaired:
        notes.append(f"not paired: {found.unpaired}; differences are those of independent members")
    if found.unlike:
        shown = ", ".join(found.unlike[:4]) + (", ..." if len(found.unlike) > 4 else "")
        notes.append(
            f"{len(found.unlike)} inputs are not drawn alike ({shown}): for these the pairing "
            "covers shocks only"
        )
    ends = [str(one.scenario.horizon.end) for one in both]
    if ends[0] != ends[1]:
        notes.append(f"the outcomes are of other years: the runs end in {ends[0]} and {ends[1]}")
    if found.members < ENOUGH:
        notes.append("one member only: there are no bands")
    else:
        counts = [len(one.table[comparing.MEMBER]) for one in both if one.table is not None]
        if not found.unpaired and counts != [found.members] * 2:
            notes.append(f"{found.members} members are in both, of {counts[0]:,} and {counts[1]:,}")
    here = {"software": provenance.software(), "data": {"sha256": provenance.data_hash()}}
    made = [here if one.record is None else one.record.record for one in both]
    other = [change.what for change in changes(made[0], made[1]) if change.inputs]
    if other:
        notes.append(f"made by other versions ({', '.join(other)}): the difference is theirs, too")
    missing = [n for n, one in zip(names, both, strict=True) if _bad(one)]
    notes += [f"in {n} some members have no finite value; they are left out" for n in missing]
    return notes


def _bad(one: Input) -> bool:
    """Tell whether numbers grew too large to compute with in a run."""
    count = None if one.record is None else one.record.record.get("not_finite")
    return bool(count and count.get("members"))


def lines(
    found: Comparison, both: Sequence[Input], names: Sequence[str], notes: Sequence[str]
) -> list[str]:
    """Return the table for a reader, at most 100 columns wide."""
    text = [*_title(found, both, names)]
    for note in notes:
        text += textwrap.wrap(f"note: {note}", table.WIDTH, subsequent_indent="  ")
    chosen, left_out = _chosen(found.rows)
    body = [_cells(row, found) for row in chosen]
    heads = ["", "first", "median", "90 % band", "change", "s.e.", "rose in"]
    heads += [] if found.unpaired else ["removed"]
    columns = list(range(len(heads)))
    for drop in (None, len(heads) - 1 if not found.unpaired else None, 5):
        columns = [c for c in columns if c != drop]
        widths = [max(len(r[c]) + 2 * (c > 0) for r in [heads, *body]) for c in columns]
        if sum(widths) <= table.WIDTH:
            break
    widths[0] = min(widths[0], max(12, table.WIDTH - sum(widths[1:])))

    def laid(cells: Sequence[str]) -> str:
        shown = [cells[c] for c in columns]
        first = textwrap.shorten(shown[0].strip(), widths[0] - 2, placeholder="...")
        head = f"  {first}" if shown[0] else ""
        return (
            f"{head:<{widths[0]}}"
            + "".join(f"{t:>{w}}" for t, w in zip(shown[1:], widths[1:], strict=True))
        ).rstrip()

    text += ["", laid(heads)]
    pairs = list(zip(chosen, body, strict=True))
    for metric, own in groupby(pairs, key=lambda pair: pair[0].series.metric):
        group = list(own)
        text.append(table.heading(metric, group[0][0].series.outcome_unit))
        text += [laid(cells) for _, cells in group]
    return [*text, *([left_out] if left_out else []), *_key(columns, found)]


def _title(found: Comparison, both: Sequence[Input], names: Sequence[str]) -> list[str]:
    text = []
    for title, one, name in zip(("first", "second"), both, names, strict=True):
        span = f"{one.scenario.horizon.start} to {one.scenario.horizon.end}"
        where = "run here" if one.record is None else str(one.record.path)
        head = f"{title + ':':<8}{name}, {one.members:,} members, seed {one.seed}, {span}, {where}"
        text += textwrap.wrap(head, table.WIDTH, subsequent_indent=" " * 8, break_on_hyphens=False)
    if found.unpaired:
        return text
    of = "1 member" if found.members == 1 else f"{found.members:,} members"
    return [*text, f"second less first, {of} paired"]


def _chosen(rows: Sequence[Difference]) -> tuple[list[Difference], str]:
    """Return about as many rows as the table of a run shows, those that moved most."""
    kept, told = table.choose([row.outcome for row in rows])
    labels = {outcome.series.label for outcome in kept}
    told = told.replace("summary.csv has all outcomes", "--json has all outcomes")
    return [row for row in rows if row.series.label in labels], told


def _cells(row: Difference, found: Comparison) -> list[str]:
    cells = [
        "  " + (",".join(row.series.cell) or "-"),
        table.number(row.first.median),
        table.number(row.difference.median, sign=True),
        table.span(row.difference, sign=True),
        _percent(row.relative, sign=True),
        table.number(row.standard_error),
        _percent(row.greater),
    ]
    return cells if found.unpaired else [*cells, _percent(row.variance_removed)]


def _percent(value: float, sign: bool = False) -> str:
    if not math.isfinite(value):
        return "-"
    whole = 100.0 * value
    plus = "+" if sign and whole else ""
    close = 0.0 < abs(whole) < 10.0 and sign
    return f"{whole:{plus}.1f} %" if close else f"{whole:{plus},.0f} %"


def _key(columns: Sequence[int], found: Comparison) -> list[str]:
    """Return what the columns mean."""
    pairs = "pairs of any two members" if found.unpaired else "members"
    told = [
        "first: its median; median, 90 % band: of the difference, in the unit of the outcome",
        "change: that median in parts of the first's",
        "s.e.: standard error of the mean difference" if 5 in columns else "",
        f"rose in: share of {pairs} in which the second is greater",
        "removed: part of the variance that pairing removes" if 7 in columns else "",
    ]
    return ["", *textwrap.wrap("; ".join(t for t in told if t), table.WIDTH)]


def data(
    found: Comparison, both: Sequence[Input], names: Sequence[str], notes: Sequence[str]
) -> dict[str, Any]:
    """Return the comparison for JSON, NaN as null; docs/compare_and_rerun.md names the keys."""
    sides = {}
    for key, one, name in zip(("first", "second"), both, names, strict=True):
        sides[key] = {
            "name": name,
            "scenario": one.scenario.name,
            "run": None if one.record is None else str(one.record.path),
            "members": one.members,
            "seed": one.seed,
            "start": str(one.scenario.horizon.start),
            "end": str(one.scenario.horizon.end),
        }
    return {
        **sides,
        "paired": not found.unpaired,
        "members": found.members,
        "unlike": list(found.unlike),
        "notes": list(notes),
        "outcomes": {row.series.label: _row(row) for row in found.rows},
    }


def _row(row: Difference) -> dict[str, Any]:
    numbers = {
        "mean": row.mean,
        "standard_error": row.standard_error,
        "relative": row.relative,
        "greater": row.greater,
        "variance_removed": row.variance_removed,
    }
    return {
        "metric": row.series.metric,
        "unit": row.series.outcome_unit,
        "members": row.members,
        "first": table.numbers(row.first),
        "second": table.numbers(row.second),
        "difference": table.numbers(row.difference),
        **{key: value if math.isfinite(value) else None for key, value in numbers.items()},
    }


# the figure


def _check_figure(figure: str | os.PathLike[str] | None) -> None:
    if figure is None:
        return
    path = Path(figure)
    if path.suffix.lower() != ".png":
        raise UsageError(f"--figure {clip(str(path), 200)}: error: the figure is a .png file")
    if path.is_dir() or not path.parent.is_dir():
        why = "is a folder" if path.is_dir() else "there is no such folder"
        raise UsageError(f"--figure {clip(str(path), 200)}: error: {why}")


def _drawn(
    path: Path, found: Comparison, both: Sequence[Input], names: Sequence[str], quiet: bool
) -> int:
    """Write the figure and return the exit code."""
    from steppe.figures import comparison, style

    rows, _ = _chosen(found.rows)
    told = (
        f"{found.members:,} members, "
        + (f"not paired: {found.unpaired}" if found.unpaired else "paired member by member")
        + f" · {both[1].scenario.horizon.start} to {both[1].scenario.horizon.end}"
    )
    units = {
        row.series.metric: table.worded(row.series.metric, row.series.outcome_unit) for row in rows
    }
    try:
        style.save(comparison.differences(rows, names[0], names[1], told, units), path)
    except OSError as error:
        say(f"--figure {path}: error: cannot be written: {reason(error)}")
        return FAILED
    if not quiet:
        say(f"figure: {path}")
    return DONE
