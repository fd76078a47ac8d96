"""A report on a sweep, whole or not: its design, what outcomes span over points, what matters."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from steppe.analysis.compare import series_of
from steppe.analysis.findings import FindingError, sensitivity
from steppe.analysis.findings.noise import noise
from steppe.analysis.findings.reading import Points, Source, means, opened, read
from steppe.analysis.findings.sensitivity import Sensitivity
from steppe.analysis.scenario_words import amount, meaning
from steppe.parameters import registry
from steppe.report import origin, pictures, scatter, scenarios, trusting, words
from steppe.report import outcomes as answers
from steppe.report.problem import ReportError
from steppe.report.told import Block, Cell, Chart, Code, Column, Group, Report, Section, Table, Two
from steppe.results import Band
from steppe.sweeps import SweepError
from steppe.sweeps.status import State, state
from steppe.sweeps.store import SCENARIO

Array = NDArray[np.float64]

ROWS = 28
"""Outcomes that the table shows."""
ANALYSED = 3
"""Outcomes of which is told what matters for them."""
MANY = 100
"""Times the points from which nobody is told how many more would do: the estimate is none."""
FEW = 20
"""Points below which 5 to 95 % of them are all of them."""
METHODS = {
    "lhs": "a Latin hypercube",
    "sobol": "Saltelli's design for Sobol indices",
    "morris": "Morris's trajectories",
    "factorial": "all combinations of levels",
    "points": "points from a table",
}


@dataclass(frozen=True)
class Spread:
    """An outcome over points: its means over members (point,), and its band over points."""

    label: str
    values: Array
    band: Band

    @property
    def width(self) -> float:
        return self.band.width if np.isfinite(self.band.width) else 0.0


def told(path: Path) -> Report:
    """Return what is told of a sweep; raises :class:`ReportError` where there is nothing yet."""
    try:
        source = opened(path)
        how = state(path)
        labels = _headline(source)
        points = read(source, labels)
    except (SweepError, FindingError) as problem:
        raise ReportError(str(problem)) from None
    spreads = {label: _spread(label, points) for label in labels}
    found = _analysed(source, points, spreads)
    case = source.plan.scenario
    return Report(
        kind="Report on a sweep",
        title=words.flat(case.title),
        line=f"Scenario {case.name} · {_size(source, len(points))} · {case.horizon.start} to "
        f"{case.horizon.end} · seed {source.plan.seed}",
        question=_question(source),
        asked=scenarios.asked(case)[:1],
        answers=tuple(_answer(one, spreads[one.label], source, points) for one in found)
        or _spans(spreads, len(points)),
        answered=f"{words.when(case.horizon)} The outcome of a point is "
        f"{_mean(source.plan.members)}; all points have the same members, who meet the same "
        "shocks.",
        trust=(
            _enough(source, points, found),
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
    names = [_what(v.name) for v in source.design.variables]
    shown = words.listed(names) if len(names) <= 4 else f"{len(names)} parameters"
    case = source.plan.scenario
    return f"How do outcomes of {case.name} depend on {shown}?"


def _what(name: str) -> str:
    return meaning(name) if name in registry() else name


def _spread(label: str, points: Points) -> Spread:
    values = means(points.outcomes[label])
    known = values[np.isfinite(values)]
    if not known.size:
        return Spread(label, values, Band(np.nan, np.nan, np.nan))
    low, middle, high = (float(v) for v in np.quantile(known, [0.05, 0.5, 0.95]))
    return Spread(label, values, Band(middle, low, high))


def _largest(spreads: Mapping[str, Spread]) -> list[str]:
    """Return of each metric the outcome that spans most over points."""
    best: dict[str, str] = {}
    for label, own in spreads.items():
        metric = label.partition("[")[0]
        if own.width > 0.0 and (metric not in best or own.width > spreads[best[metric]].width):
            best[metric] = label
    return list(best.values())


def _analysed(source: Source, points: Points, spreads: Mapping[str, Spread]) -> list[Sensitivity]:
    """Return what matters for the outcomes that span most, those with least noise first."""
    found: list[Sensitivity] = []
    signal = {label: _signal(points.outcomes[label], spreads[label]) for label in _largest(spreads)}
    for label in sorted(signal, key=lambda label: -signal[label]):
        if len(found) == ANALYSED:
            break
        with suppress(FindingError):  # too few points, or an outcome that is the same at all
            found.append(_indices(source, points, label))
    return found


def _signal(values: Array, own: Spread) -> float:
    """Return what an outcome spans in parts of its median, without the part that is luck.

    ``values`` are its runs (point, member).
    """
    share = noise(values).share
    level = abs(own.band.median)
    luck = share if np.isfinite(share) else 0.0
    return (1.0 - luck) * (min(own.width / level, 1.0) if level > 0.0 else 1.0)


def _indices(source: Source, points: Points, label: str) -> Sensitivity:
    method = sensitivity.method_of(source.design)
    try:
        return sensitivity.analyse(source.design, points, label, method)
    except FindingError:
        if method == "pawn":
            raise
        return sensitivity.analyse(source.design, points, label, "pawn")


def _spans(spreads: Mapping[str, Spread], points: int) -> tuple[str, ...]:
    """Return what outcomes span, where no index tells what matters for them."""
    found = tuple(_span(spreads[label]) for label in _largest(spreads)[:ANALYSED])
    if found:
        return found
    if points == 1:
        return ("Only one point is computed: there is nothing to compare it with.",)
    return (f"No headline outcome differs between the {points:,} points.",)


def _span(own: Spread) -> str:
    name = words.named(series_of(own.label))
    middle = words.value(name.factor * own.band.median, name.unit)
    known = own.values[np.isfinite(own.values)]
    band, over = own.band, "90 % of the points"
    if len(known) < FEW:
        ends = float(known.min()), float(known.max())
        band, over = Band(own.band.median, *ends), words.counted(len(known), "point")
    return f"{name.title}: {words.span(band, name)} over {over}, median {middle}."


def _answer(one: Sensitivity, own: Spread, source: Source, points: Points) -> str:
    """Return what an outcome spans and which parameter matters most for it."""
    told = _span(own).removesuffix(".")
    first = one.order[0]
    name = one.names[first]
    points_ = words.counted(one.points, "point")
    if one.threshold is not None and not one.indices[0].value[first] > one.threshold:
        return f"{told}. With {points_} no parameter stands out from chance."
    if one.method == "sobol" and one.indices[0].width[first] > 1.0:
        few = sensitivity.samples_of(source.design, one.samples)
        return f"{told}. {few} cannot tell what matters: intervals are wider than all the variance."
    place = [v.name for v in source.design.variables].index(name)
    slope = _rank_correlation(points.values[:, place], own.values)
    way = ""
    if abs(slope) >= 0.3:
        side = "higher" if slope > 0.0 else "lower"
        rank = f"{slope:+.2f}".replace("-", "\N{MINUS SIGN}")
        way = f"; points with more of it have a {side} outcome (rank correlation {rank})"
    known = f"{_what(name)} ({name}; {_measure(one, first)}){way}{_beside(one)}"
    return f"{told}. What matters most: {known}."


def _measure(one: Sensitivity, place: int) -> str:
    """Return the index of a parameter with its 95 % interval, in words."""
    index = one.indices[0]
    value, low, high = (float(v[place]) for v in (index.value, index.low, index.high))
    if one.method == "pawn":
        chance = f"chance stays below {one.threshold or 0.0:.2f}"
        return f"PAWN {value:.2f}, 95 % interval {low:.2f} to {high:.2f}; {chance}"
    if one.method == "sobol":
        part = f"{100.0 * value:.0f} % of the variance between points, interactions included"
        return f"{part}, 95 % interval {100.0 * low:.0f} to {100.0 * high:.0f} %"
    name = words.named(series_of(one.label))
    ends = (
        f"{words.bare(name.factor * low, name.unit)} to {words.bare(name.factor * high, name.unit)}"
    )
    effect = words.value(name.factor * value, name.change_unit)
    return f"{effect} over its range on average, 95 % interval {ends}"


def _beside(one: Sensitivity) -> str:
    """Return a remark when the second parameter may matter as much: by the intervals of both."""
    if len(one.order) < 2:
        return ""
    first, second = one.order[:2]
    index = one.indices[0]
    apart = index.low[first] > index.value[second] or index.high[second] < index.value[first]
    return "" if apart else f"; {one.names[second]} may matter as much, by its interval"


def _rank_correlation(x: Array, y: Array) -> float:
    """Return Spearman's rank correlation of points that have a value; 0 where there is none."""
    from scipy.stats import rankdata

    known = np.isfinite(y)
    if known.sum() < 3 or np.ptp(x[known]) == 0.0 or np.ptp(y[known]) == 0.0:
        return 0.0
    ranks = [rankdata(v[known]) for v in (x, y)]
    return float(np.corrcoef(ranks)[0, 1])


def _enough(source: Source, points: Points, found: Sequence[Sensitivity]) -> str:
    if not found:
        return (
            f"{words.counted(len(points), 'point')} of "
            f"{words.counted(len(source.names), 'parameter')} cannot tell what matters: more "
            "points, or outcomes that differ between them, would."
        )
    told = (
        f"Indices rest on {words.counted(len(points), 'point')} of "
        f"{words.counted(len(source.names), 'parameter')}, and are about the ranges that were "
        "swept: another range gives another order."
    )
    wanted = max((one.enough or 0 for one in found), default=0)
    if not wanted:
        return told
    enough = f"about {sensitivity.samples_of(source.design, wanted)}"
    if wanted > MANY * max(one.samples for one in found):
        enough = f"more than {MANY} times as many points"
    return f"{told} Some intervals are wide: {enough} would make them narrow."


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
                Two(_what(v.name)[:1].upper() + _what(v.name)[1:], v.name),
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
