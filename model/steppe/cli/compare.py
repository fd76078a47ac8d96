"""``steppe compare``: two runs or scenarios side by side, their members paired if they may be."""

from __future__ import annotations

import json
import math
import os
import textwrap
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from steppe.analysis import sides
from steppe.analysis.choice import choose
from steppe.analysis.compare import Comparison, Difference
from steppe.analysis.sides import ENOUGH, Input, SideError
from steppe.cli import table
from steppe.cli.codes import DONE, FAILED, INTERRUPTED, USAGE
from steppe.cli.interruption import Interruption
from steppe.cli.progress import Progress, say
from steppe.cli.usage import UsageError, check_memory
from steppe.record import RecordError, reason
from steppe.scenario import Problems
from steppe.scenario.problems import clip

_OPTIONS = {"metrics": "--metric", "members": "--members", "seed": "--seed"}
"""Options of the command by what a :class:`SideError` is about."""


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
    with Interruption() as stop:
        try:
            _check_figure(figure)
            both = sides.opened(first, second, members, seed)
            to_run = [one for one in both if one.table is None]
            for warning in (w for one in to_run for w in one.scenario.warnings):
                say(warning.sentence)
            check_memory(max([0, *(one.members for one in to_run)]), 1)
            wanted = sides.words(metric)
            sides.check_names(wanted, both)
            names = sides.names(both)
            ran: list[Input] = []
            with Progress(shown=not quiet) as progress:
                for one, name in zip(both, names, strict=True):
                    on_quarter = None
                    if one.table is None:
                        on_quarter = progress.part(name, one.scenario.horizon.quarters)
                    ran.append(sides.simulated(one, wanted, on_quarter, stop))
                    if stop():
                        say("interrupted: nothing is compared")
                        return INTERRUPTED
            found = sides.compared(ran, wanted)
            if figure is not None and found.members < ENOUGH:
                raise UsageError(f"--figure: error: a band needs {ENOUGH} members, there is one")
        except SideError as problem:
            option = _OPTIONS.get(problem.argument)
            say(f"{option}: error: {problem.sentence}" if option else problem)
            return USAGE
        except (Problems, RecordError, UsageError, ValueError) as problem:
            say(problem)
            return USAGE
    notes = sides.notes(found, ran)
    if as_json:
        print(json.dumps(data(found, ran, notes), allow_nan=False))
    else:
        print("\n".join(lines(found, ran, names, notes)))
    return DONE if figure is None else _drawn(Path(figure), found, ran, names, quiet)


# what is said


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
    kept, told = choose([row.outcome for row in rows], whole="--json has all outcomes")
    labels = {outcome.series.label for outcome in kept}
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


def data(found: Comparison, both: Sequence[Input], notes: Sequence[str]) -> dict[str, Any]:
    """Return the comparison for JSON, NaN as null; docs/compare_and_rerun.md names the keys."""
    return {
        **sides.sides(both),
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
