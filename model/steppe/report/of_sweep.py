"""A report on a sweep, whole or not: its design, what outcomes span over points, what matters."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from steppe.analysis.compare import series_of
from steppe.analysis.findings import FindingError
from steppe.analysis.findings.reading import Points, Source, opened, read
from steppe.analysis.findings.sensitivity import Sensitivity
from steppe.analysis.scenario_words import amount
from steppe.report import matters, origin, pictures, scatter, scenarios, trusting, words
from steppe.report import outcomes as answers
from steppe.report.problem import ReportError
from steppe.report.spreads import Spread, spans, spread_of
from steppe.report.told import Block, Cell, Chart, Code, Column, Group, Report, Section, Table, Two
from steppe.sweeps import SweepError
from steppe.sweeps.status import State, state
from steppe.sweeps.store import SCENARIO

ROWS = 28
"""Outcomes that the table shows."""
METHODS = {
    "lhs": "a Latin hypercube",
    "sobol": "Saltelli's design for Sobol indices",
    "morris": "Morris's trajectories",
    "factorial": "all combinations of levels",
    "points": "points from a table",
}


def told(path: Path) -> Report:
    """Return what is told of a sweep; raises :class:`ReportError` where there is nothing yet."""
    try:
        source = opened(path)
        how = state(path)
        labels = _headline(source)
        points = read(source, labels)
    except (SweepError, FindingError) as problem:
        raise ReportError(str(problem)) from None
    spreads = {label: spread_of(label, points) for label in labels}
    found = matters.analysed(source, points, spreads)
    case = source.plan.scenario
    return Report(
        kind="Report on a sweep",
        title=words.flat(case.title),
        line=f"Scenario {case.name} · {_size(source, len(points))} · {case.horizon.start} to "
        f"{case.horizon.end} · seed {source.plan.seed}",
        question=_question(source),
        asked=scenarios.asked(case)[:1],
        answers=tuple(matters.answer(one, spreads[one.label], source, points) for one in found)
        or spans(spreads, len(points)),
        answered=f"{words.when(case.horizon)} The outcome of a point is "
        f"{_mean(source.plan.members)}; all points have the same members, who meet the same "
        "shocks.",
        trust=(
            matters.enough(source, points, found),
            *trusting.brief(1 if source.plan.members == 1 else None),
        ),
        hero=_scatter(source, points, spreads, found),
        warnings=tuple(_warnings(how, points)),
        sections=tuple(_sections(source, points, spreads, found)),
    )


def _size(source: Source, points: int) -> str:
    members = words.counted(source.plan.members, "member")
    return f"{words.counted(points, 'point')} ({source.design.method}) × {members}"


def _headline(source: Source) -> list[str]:
    wanted = answers.headline(source.plan.scenario)
    found = [c for m in wanted for c in source.labels if c.partition("[")[0] == m]
    if not found:
        found = list(source.labels)
    if not found:
        raise FindingError(f"{source.folder.path}: its parts hold no outcomes")
    return found


def _question(source: Source) -> str:
    names = [matters.what(v.name) for v in source.design.variables]
    shown = words.listed(names) if len(names) <= 4 else f"{len(names)} parameters"
    case = source.plan.scenario
    return f"How do outcomes of {case.name} depend on {shown}?"


def _warnings(how: State, points: Points) -> list[str]:
    told = []
    if how.status != "done":
        told.append(f"The sweep is not finished (its state: {how.status}).")
    told += [f"{note[:1].upper()}{note[1:]}." for note in points.notes()]
    if how.failed_points:
        told.append(f"{words.counted(how.failed_points, 'point')} could not be computed.")
    return told


def _sections(
    source: Source, points: Points, spreads: Mapping[str, Spread], found: Sequence[Sensitivity]
) -> list[Section]:
    case = source.plan.scenario
    parent = scenarios.parent_of(
        case, str((source.record.get("scenario") or {}).get("parent") or "")
    )
    name = str((source.record.get("scenario") or {}).get("parent") or "") or None
    parts = [
        Section("results", "Results", tuple(_results(source, points, spreads, found))),
        Section("design", "What was varied", (_design(source),)),
        scenarios.section(case, parent, name),
        scenarios.assumptions(case, parent, source.names),
        trusting.section(),
        _origin(source),
    ]
    annex = scenarios.annex(case, source.names)
    return parts if annex is None else [*parts, annex]


def _results(
    source: Source, points: Points, spreads: Mapping[str, Spread], found: Sequence[Sensitivity]
) -> list[Block]:
    blocks: list[Block] = []
    blocks.append(_table(spreads, len(points)))
    for one in found:
        blocks.append(_figure(one, source, points))
    return blocks


def _scatter(
    source: Source, points: Points, spreads: Mapping[str, Spread], found: Sequence[Sensitivity]
) -> Chart | None:
    names = [v.name for v in source.design.variables]
    panels = []
    for one in found:
        first = one.order[0]
        place = names.index(one.names[first])
        own = words.named(series_of(one.label))
        panel = scatter.panel(
            own.title,
            own.unit or "index",
            names[place],
            source.design.variables[place].unit,
            points.values[:, place],
            own.factor * spreads[one.label].values,
        )
        panels += [panel] if panel is not None else []
    if not panels:
        return None
    return Chart(
        tuple(panels),
        (("dot", f"a point of the sweep ({words.counted(source.plan.members, 'member')})"),),
        "Dots: outcomes of the points against a parameter.",
        "Outcomes against the parameter with the largest index for each. A cloud without a slope: "
        "other parameters or luck matter as much.",
    )


def _mean(members: int) -> str:
    return "that of its one member" if members == 1 else f"the mean over its {members:,} members"


def _table(spreads: Mapping[str, Spread], points: int) -> Table:
    """Return what headline outcomes span over points, those that span most of each metric."""
    by_metric: dict[str, list[Spread]] = {}
    for label, own in spreads.items():
        by_metric.setdefault(label.partition("[")[0], []).append(own)
    quota = max(2, ROWS // max(1, len(by_metric)))
    groups = []
    for own_ in by_metric.values():
        kept = sorted(own_, key=lambda s: -s.width)[:quota]
        shown = [s for s in own_ if s in kept]
        groups.append(
            Group(words.heading(series_of(shown[0].label)), tuple(_row(s) for s in shown))
        )
    left = len(spreads) - sum(len(g.rows) for g in groups)
    columns = (
        Column("Outcome"),
        Column("Median point", True),
        Column("5 to 95 % of points", True),
        Column("Lowest", True),
        Column("Highest", True),
        Column("Spread", True),
    )
    return Table(
        f"What headline outcomes span over {words.counted(points, 'point')}; each is a mean over "
        "the members of a point. Spread: the width of 5 to 95 %, in % of the median.",
        columns,
        tuple(groups),
        (f"{left} more outcomes span less; the sweep's parts have all.",) if left else (),
    )


def _row(own: Spread) -> tuple[Cell, ...]:
    name = words.named(series_of(own.label))
    known = own.values[np.isfinite(own.values)]
    level = abs(own.band.median)
    ends = (float(known.min()), float(known.max())) if known.size else (np.nan, np.nan)
    return (
        name.cell[:1].upper() + name.cell[1:],
        words.bare(name.factor * own.band.median, name.unit),
        words.span(own.band, name),
        *(words.bare(name.factor * v, name.unit) for v in ends),
        f"{100.0 * own.width / level:.1f} %" if level > 0.0 else words.NO_VALUE,
    )


def _figure(one: Sensitivity, source: Source, points: Points) -> Block:
    from steppe.figures import sensitivity as figures

    name = words.named(series_of(one.label))
    points_ = f"{words.counted(len(points), 'point')} ({source.design.method})"
    line = f"{source.plan.scenario.title} · {points_}"
    unit = name.unit or "index"
    caption = (
        f"What matters for '{name.title}': the further to the right a dot lies, the more the "
        f"parameter matters; bars are 95 % intervals. {one.noise.sentence().capitalize()}."
    )
    return pictures.embedded(
        lambda: figures.indices(one, line, unit), f"sensitivity of {name.title}", caption
    )


def _design(source: Source) -> Table:
    rows: list[list[Cell]] = []
    for v in source.design.variables:
        known = scenarios.registered(v.name)
        rows.append(
            [
                Two(matters.what(v.name)[:1].upper() + matters.what(v.name)[1:], v.name),
                amount(v.distribution, v.unit),
                amount(known.default(source.plan.scenario.base), v.unit) if known else "–",
                scenarios.evidence(known),
            ]
        )
    how = METHODS.get(source.design.method, source.design.method)
    return Table.plain(
        f"The parameters of the sweep, laid out by {how}, "
        f"{words.counted(len(source.design), 'point')}.",
        ["What", "Varied", "Default", "Evidence"],
        rows,
    )


def _origin(source: Source) -> Section:
    record = source.record
    name = source.folder.path.resolve().name
    commands = [
        shlex.join(str(word) for word in record.get("command") or []),
        f"steppe sweep --resume --out {shlex.quote(f'runs/{name}')}     "
        "# goes on where the folder's sweep stopped",
    ]
    return origin.section(
        [("", record)],
        [c for c in commands if c],
        "The same version of steppe lays out the same points and gives the same outcomes, on any "
        "number of workers.",
        [Code(source.plan.scenario.dump(), f"{SCENARIO}: without what varies", folded=True)],
        origin.cited(record, name).replace("Run ", "Sweep ", 1),
    )
