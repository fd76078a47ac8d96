"""A report on one run."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from typing import Any

from steppe.analysis.compare import series_of
from steppe.analysis.scenario_words import own_events
from steppe.record import SCENARIO, RecordError, RunRecord
from steppe.report import curves, happenings, origin, pictures, recorded, scenarios, trusting, words
from steppe.report import outcomes as answers
from steppe.report.told import Block, Chart, Code, Report, Section, Text
from steppe.results import Outcome
from steppe.scenario import Scenario

STATES = {
    "failed": "The run failed",
    "interrupted": "The run was interrupted",
    "running": "The record is not closed: the run is still at work, or was killed",
}


def told(record: RunRecord) -> Report:
    """Return what is told of a run; what it did not leave is told to be missing."""
    case = record.scenario()
    about = record.record
    parent_name = about["scenario"]["parent"]
    parent = scenarios.parent_of(case, parent_name)
    rows = record.summary() if recorded.has(record, "summary.csv") else []
    if not any(math.isfinite(row.band.median) for row in rows):
        rows = []
    members = int(about["members"])
    compared = any(r.difference is not None for r in rows)
    other = str(parent_name) if compared else ""
    found = _answers(rows, other, members, whole(record))
    paths = recorded.paths(record) if recorded.has(record, "series.parquet") else None
    hero, more = None, None
    if paths is not None:
        drawn = curves.chart(chosen(rows), paths, None, (case.name, other or None), members)
        hero, more = curves.split(drawn, "More outcomes over time.")
    return Report(
        kind="Report on a run",
        title=words.flat(case.title),
        line=line(record, case),
        question=scenarios.question(case),
        asked=scenarios.asked(case)[:1],
        answers=(*found, *(_on_the_way(found, rows, paths, case, parent) if members > 1 else ())),
        answered=_answered(case, other, members) if found else "",
        trust=trusting.brief(members),
        hero=hero,
        warnings=warnings(record),
        sections=tuple(_sections(record, case, parent, rows, other, paths, more)),
    )


def line(record: RunRecord, case: Scenario) -> str:
    """Return one line on a run."""
    about = record.record
    return (
        f"Scenario {case.name} · {words.counted(int(about['members']), 'member')} · "
        f"{case.horizon.start} to {case.horizon.end} · seed {about['seed']}"
    )


def whole(record: RunRecord) -> bool:
    """Tell whether a run came to its last quarter."""
    done, planned = (record.record["quarters"][k] for k in ("completed", "planned"))
    return bool(record.status == "done" and done >= planned)


def warnings(record: RunRecord, name: str = "") -> tuple[str, ...]:
    """Return sentences on what is wrong with a run, the worst first."""
    about = record.record
    done, planned = about["quarters"]["completed"], about["quarters"]["planned"]
    of = f"{name}: " if name else ""
    found = []
    if record.status in STATES:
        why = f" ({words.flat(about['error'])})" if about.get("error") else ""
        far = f"{done} of {planned} quarters are complete"
        found.append(f"{of}{STATES[record.status]}{why}; {far}. Hold nothing of it for a result.")
    damaged = record.damaged()
    if damaged:
        found.append(
            f"{of}{words.listed(damaged[:5])} {'is' if len(damaged) == 1 else 'are'} not as the "
            "run left them: sha256 differs, or the file is missing."
        )
    bad = about.get("not_finite") or {}
    if bad.get("members"):
        found.append(
            f"{of}{words.counted(bad['members'], 'member')} of {about['members']:,} have no finite "
            f"value for {words.counted(bad['outcomes'], 'outcome')}: numbers grew too large; bands "
            "leave them out."
        )
    if (about.get("software") or {}).get("git", {}) and about["software"]["git"].get("dirty"):
        made = "made by code with uncommitted changes: others cannot repeat it exactly."
        found.append(of + made if of else made.capitalize())
    return tuple(found)


def _answers(rows: Sequence[Outcome], other: str, members: int, done: bool) -> tuple[str, ...]:
    if not rows or not done:
        return ()
    if other:
        return answers.changes(rows, other, members)
    return answers.levels(rows, members)


def _on_the_way(
    found: Sequence[str],
    rows: Sequence[Outcome],
    paths: curves.Paths | None,
    case: Scenario,
    parent: Scenario | None,
) -> list[str]:
    """Return a sentence on what means over the last years hide: a shock that passes."""
    own = [event.first for event in own_events(case, parent)] if parent is not None else []
    if not found or paths is None or not own:
        return []
    away = curves.excursion(chosen(rows)[: curves.PANELS], paths, min(own))
    if away is None:
        return []
    label, when, there, before = away
    name = words.named(series_of(label))
    then, first = (words.value(name.factor * v, name.unit) for v in (there, before))
    return [
        f"On the way: the median of '{name.title}' goes to {then} in {when}, from {first} in "
        f"{min(own) + -1}, the quarter before the scenario's first own event."
    ]


def _answered(case: Scenario, other: str, members: int) -> str:
    told = words.when(case.horizon)
    if other:
        told += (
            f" Changes are against {other}, member by member: members with one number meet the "
            "same shocks in both."
        )
    if members < 2:
        return told
    return f"{told} {words.MEDIANS if other else words.MEDIANS_ALONE}"


def _sections(
    record: RunRecord,
    case: Scenario,
    parent: Scenario | None,
    rows: Sequence[Outcome],
    other: str,
    paths: curves.Paths | None,
    chart: Chart | None,
) -> list[Section]:
    about = record.record
    found: list[Section] = []
    found.append(_results(rows, chart, case, other, int(about["members"])))
    if paths is not None and paths.quarters:
        shown = figures(record, case, bool(other))
        if shown is not None:
            found.append(shown)
    if recorded.has(record, "chronicle.parquet"):
        found.append(happenings.section(record.chronicle(), int(about["members"])))
    found.append(scenarios.section(case, parent, about["scenario"]["parent"]))
    found += [scenarios.assumptions(case, parent), trusting.section()]
    found.append(_origin(record, case))
    annex = scenarios.annex(case)
    return found if annex is None else [*found, annex]


def _results(
    rows: Sequence[Outcome], chart: Chart | None, case: Scenario, other: str, members: int
) -> Section:
    """Return the headline table below the charts that the first page has no room for."""
    blocks: list[Block] = [chart] if chart is not None else []
    if rows:
        over = "median and 90 % band over members" if members > 1 else "of the one member"
        caption = f"Headline outcomes: {over}. {words.when(case.horizon)}"
        if other:
            marks = answers.marks(members, "change")
            caption += f" Changes are against {other}, member by member; {marks}."
        blocks.append(answers.table(rows, other, members, caption))
    else:
        blocks.append(Text("The run left no outcomes that could be summed up."))
    return Section("results", "Results", tuple(blocks))


def chosen(rows: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes that are drawn over time: of each metric the one that moved most.

    Without a comparison the largest of each; more of a metric when there are few.
    """
    compared = any(r.difference is not None for r in rows)
    ranked = sorted(rows, key=answers.rank, reverse=True) if compared else answers.by_size(rows)
    ranked = [row for row in ranked if not answers.flows(row)]
    first: list[Outcome] = []
    for row in ranked:
        if row.difference is not None and not answers.noticeable(row):
            continue
        if row.series.metric not in {r.series.metric for r in first}:
            first.append(row)
    return first + [r for r in ranked if r not in first]


def figures(record: RunRecord, case: Scenario, compared: bool) -> Section | None:
    """Return the figures that a run left, drawn anew where it left none."""
    names = pictures.wanted(answers.headline(case), compared)
    found = pictures.kept(record, names)
    missing = [n for n in names if n not in found]
    if missing:
        redrawn = [n if n != "map_difference" else "map" for n in missing]
        found |= pictures.drawn(recorded.results(record, case), None, redrawn)
    shown = tuple(found[n] for n in pictures.CAPTIONS if n in found)
    left: tuple[Block, ...] = ()
    if len(shown) < len(set(names)):
        left = (Text("Figures whose series this run did not record are left out.", kind="note"),)
    return Section("figures", "Figures", (*shown, *left), fresh=True) if shown else None


def _origin(record: RunRecord, case: Scenario) -> Section:
    name = record.path.resolve().name
    commands = [f"steppe rerun {shlex.quote(name)} --verify     # with this run's folder in ./runs"]
    commands.append(command(record.record, "scenario.yaml") + "     # with the file below")
    advice = (
        "The same version of steppe gives the same numbers to the bit on the same kind of "
        "processor, and to about twelve digits on others."
    )
    return origin.section(
        [("", record.record)],
        commands,
        advice,
        [Code(case.dump(), f"{SCENARIO}: the scenario, everything inherited", folded=True)],
        origin.cited(record.record, name),
    )


def command(record: Any, file: str) -> str:
    """Return the command that runs a resolved scenario as a record did."""
    return f"steppe run {file} --members {record['members']} --seed {record['seed']}"


__all__ = ["RecordError", "chosen", "command", "figures", "line", "told", "warnings", "whole"]
