"""A report on how a second run differs from a first, member by member where they are paired."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from steppe.analysis import sides
from steppe.analysis.compare import MEMBER, Comparison
from steppe.analysis.sides import Input
from steppe.record import SCENARIO, RunRecord
from steppe.report import (
    curves,
    happenings,
    of_run,
    origin,
    pictures,
    recorded,
    scenarios,
    trusting,
    words,
)
from steppe.report import outcomes as answers
from steppe.report.problem import ReportError
from steppe.report.told import Block, Chart, Code, Report, Section, Text
from steppe.results import Outcome

WIDER = 2.0
"""Gap of medians on the way, in parts of the difference at the end, from which it is told."""

OF_EACH = "Lines and bands are over all members of each run, also those that the other has not."


def told(first: RunRecord, second: RunRecord) -> Report:
    """Return what is told of two runs; raises ``RecordError`` or :class:`ReportError`."""
    try:
        both = sides.opened(first, second)
        found = sides.compared(both, ())
    except ValueError as problem:  # SideError, too
        raise ReportError(str(problem)) from None
    names = sides.names(both)
    rows = [row.outcome for row in found.rows]
    notes = [words.flat(f"{note[:1].upper()}{note[1:]}.") for note in sides.notes(found, both)]
    left, right = (one.scenario for one in both)
    here, there = recorded.paths(second), recorded.paths(first)
    drawn = curves.chart(of_run.chosen(rows), here, there, (names[1], names[0]), found.members)
    same = alike(found, both)
    if drawn is not None and not same:
        drawn = replace(drawn, caption=f"{drawn.caption} {OF_EACH}")
    hero, more = curves.split(drawn, "More outcomes over time.")
    return Report(
        kind="Comparison of two runs",
        title=f"{words.flat(right.title)}, against {words.flat(left.title)}"
        if left.title != right.title
        else words.flat(right.title),
        line=_line(found, names, both),
        question=scenarios.question(right),
        asked=(f"All differences are {names[1]} less {names[0]}.", *scenarios.asked(right)[:1]),
        answers=(
            *answers.changes(rows, names[0], found.members),
            *(_widest(of_run.chosen(rows)[: curves.PANELS], here, there, names) if same else ()),
        ),
        answered=_answered(found, names, both),
        trust=trusting.brief(found.members),
        hero=hero,
        warnings=(
            *notes,
            *of_run.warnings(first, names[0]),
            *of_run.warnings(second, names[1]),
        ),
        sections=tuple(_sections((first, second), both, found, rows, names, more)),
    )


def alike(found: Comparison, both: Sequence[Input]) -> bool:
    """Tell whether both runs have the same members: what is drawn over all is of partners then."""
    return not found.unpaired and {one.members for one in both} == {found.members}


def _widest(
    rows: Sequence[Outcome], here: curves.Paths, there: curves.Paths, names: Sequence[str]
) -> list[str]:
    """Return a sentence on the outcome whose medians part most on the way, if more than at the end.

    The gap is held against the difference of the outcome, so that it tells what the end hides.  The
    two runs must have the same members: medians of others part by chance.
    """
    best: tuple[float, str] = (WIDER, "")
    for row in rows:
        own, other = here.of(row.series.label), there.of(row.series.label)
        if own is None or other is None or here.quarters != there.quarters:
            continue
        gap = np.abs(own[:, curves.Q50] - other[:, curves.Q50])
        if row.difference is None or not np.isfinite(gap).any():
            continue
        t = int(np.nanargmax(gap))
        if gap[t] < words.BELOW * (other[t, curves.Q95] - other[t, curves.Q05]):
            continue  # little beside the band, also at its widest
        end = max(abs(row.difference.median), 1e-12 * float(gap[t]))
        name = words.named(row.series)
        left, right = (
            words.value(name.factor * float(path[t, curves.Q50]), name.unit)
            for path in (own, other)
        )
        if float(gap[t]) / end > best[0] and left != right:
            told = (
                f"On the way the medians are furthest apart in {here.quarters[t]}: "
                f"{name.title[:1].lower() if name.title.startswith('The ') else name.title[:1]}"
                f"{name.title[1:]} {name.verb} {left} then, instead of {right} in "
                f"{words.spoken(names[0])}."
            )
            best = float(gap[t]) / end, told
    return [best[1]] if best[1] else []


def _line(found: Comparison, names: Sequence[str], both: Sequence[Input]) -> str:
    paired = "not paired" if found.unpaired else "paired member by member"
    horizon = both[1].scenario.horizon
    return (
        f"{names[1]} less {names[0]} · {words.counted(found.members, 'member')}, {paired} · "
        f"{horizon.start} to {horizon.end} · seed {both[1].seed}"
    )


def _answered(found: Comparison, names: Sequence[str], both: Sequence[Input]) -> str:
    when = _when(names, both)
    if found.unpaired:
        return (
            f"{when} Members are not paired ({found.unpaired}): every member of {names[1]} is held "
            f"against every one of {names[0]}, and 'members' in these answers are such pairs."
        )
    removed = [r.variance_removed for r in found.rows if math.isfinite(r.variance_removed)]
    middle = median(removed) if removed else 0.0
    part = "over 99" if middle > 0.99 else f"{100.0 * middle:.0f}"
    told = f", which removes {part} % of the noise (median over outcomes)"
    return (
        f"{when} Members with one number meet the same shocks in both runs; differences are taken "
        f"member by member{told if middle >= 0.005 else ''}."
        + (f" {words.MEDIANS}" if found.members > 1 else "")
    )


def _when(names: Sequence[str], both: Sequence[Input]) -> str:
    """Return over which quarters outcomes are taken, those of the second run first."""
    left, right = (one.scenario.horizon for one in both)
    if words.when(left) == words.when(right):
        return words.when(right)
    return f"{words.when(right, names[1])} {words.when(left, names[0])}"


def _sections(
    records: tuple[RunRecord, RunRecord],
    both: Sequence[Input],
    found: Comparison,
    rows: Sequence[Outcome],
    names: Sequence[str],
    chart: Chart | None,
) -> list[Section]:
    left, right = (one.scenario for one in both)
    parts = [_results(chart, found, rows, names)]
    shown = _figures(records, both, alike(found, both))
    if shown is not None:
        parts.append(shown)
    if all(recorded.has(r, "chronicle.parquet") for r in records):
        parts.append(_happenings(records, both, bool(found.unpaired), names))
    parts.append(_scenario(both, names))
    parts += [scenarios.assumptions(right, left), trusting.section()]
    parts.append(_origin(records, both, names))
    annex = scenarios.annex(right)
    return parts if annex is None else [*parts, annex]


def _results(
    chart: Chart | None, found: Comparison, rows: Sequence[Outcome], names: Sequence[str]
) -> Section:
    pairs = "pairs of any two members" if found.unpaired else "members"
    over = f"median and 90 % band over {pairs}" if found.members > 1 else "in the one member"
    caption = (
        f"Headline outcomes of {names[1]}, and how they differ from {names[0]}: {over}; "
        f"{answers.marks(found.members, 'difference')}."
    )
    blocks: list[Block] = [chart] if chart is not None else []
    blocks.append(answers.table(rows, names[0], found.members, caption))
    return Section("results", "Results", tuple(blocks))


def _figures(
    records: tuple[RunRecord, RunRecord], both: Sequence[Input], alike: bool
) -> Section | None:
    """Draw the figures of the second run over the first, the map of differences first.

    That is one of medians, which differ by chance where the members are not the same.
    """
    first, second = (
        recorded.results(r, one.scenario) for r, one in zip(records, both, strict=True)
    )
    beside = first.quarters == second.quarters and first.completed == second.completed
    if not second.completed:
        return None
    names = pictures.wanted(answers.headline(both[1].scenario), alike and beside)
    found = pictures.drawn(second, first if beside else None, names)
    shown = tuple(found[n] for n in pictures.CAPTIONS if n in found)
    return Section("figures", "Figures", shown, fresh=True) if shown else None


def _happenings(
    records: tuple[RunRecord, RunRecord],
    both: Sequence[Input],
    unpaired: bool,
    names: Sequence[str],
) -> Section:
    """Return what happens more or less often; where members are paired, in those of both runs."""
    frames = [r.chronicle() for r in records]
    if unpaired:
        return happenings.between(frames, [one.members for one in both], names)
    left, right = (one.table[MEMBER] for one in both if one.table is not None)
    common = np.intersect1d(left, right)
    own = [frame[frame["member"].isin(common)] for frame in frames]
    return happenings.between(own, [len(common)] * 2, names)


def _scenario(both: Sequence[Input], names: Sequence[str]) -> Section:
    left, right = (one.scenario for one in both)
    blocks: list[Block] = []
    for name, case, other in ((names[1], right, left), (names[0], left, right)):
        blocks.append(Text(f"{name}: {words.flat(case.title)}", kind="head"))
        blocks += [Text(text) for text in scenarios.asked(case)]
        blocks += scenarios.changes(case, other) if case is right else scenarios.extra(case, other)
    return Section("scenario", "The two scenarios", tuple(blocks), fresh=True)


def _origin(
    records: tuple[RunRecord, RunRecord], both: Sequence[Input], names: Sequence[str]
) -> Section:
    folders = [r.path.resolve().name for r in records]
    quoted = [shlex.quote(f) for f in folders]
    commands = [f"steppe rerun {f} --verify" for f in quoted]
    commands.append(f"steppe report {quoted[0]} {quoted[1]}     # with both folders in ./runs")
    files = [f"scenario-{i}.yaml" for i in (1, 2)]
    commands += [of_run.command(r.record, f) for r, f in zip(records, files, strict=True)]
    return origin.section(
        [(n, r.record) for n, r in zip(names, records, strict=True)],
        commands,
        "The last two commands run the scenarios below, saved under these names. The same version "
        "of steppe gives the same numbers to the bit on the same kind of processor.",
        [
            Code(one.scenario.dump(), f"{file}: {SCENARIO} of {name}", folded=True)
            for one, file, name in zip(both, files, names, strict=True)
        ],
        " ".join(origin.cited(r.record, f) for r, f in zip(records, folders, strict=True)),
    )
