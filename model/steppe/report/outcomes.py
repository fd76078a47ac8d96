"""The most important answers of a run or comparison, and its headline table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from steppe import faces, metrics
from steppe.analysis.choice import LEAST, choose
from steppe.report import words
from steppe.report.told import Bar, Cell, Column, Group, Table
from steppe.results import Band, Outcome
from steppe.scenario import Scenario

ANSWERS = 5
"""Sentences of the first page."""
FEWEST = 3
ROWS = 30
"""Rows of the headline table."""

_LEADERS = {
    "influence_share": "the largest share of influence",
    "trade_share": "the largest share of trade with the five powers",
}


def changes(rows: Sequence[Outcome], other: str, members: int) -> tuple[str, ...]:
    """Return what differs most from ``other``: the outcome that moved most of each metric.

    More of a metric where there are few metrics; a last sentence on metrics that hardly move.
    """
    known = [r for r in rows if r.difference is not None]
    best = {m: max(own, key=rank) for m, own in _by_metric(known)}
    moved = sorted((r for r in best.values() if noticeable(r)), key=rank, reverse=True)
    first = moved[:ANSWERS]
    others = sorted((r for r in known if r not in first and noticeable(r)), key=rank, reverse=True)
    chosen = first + others[: max(0, FEWEST - len(first))]
    told = [words.changed(r, other, members) for r in chosen]
    still = [m for m, r in best.items() if not noticeable(r) and _has_difference(r)]
    if still and len(still) < len(best):
        shown = words.listed([_metric_words(best[m]) for m in still])
        told.append(f"Hardly anything changes in: {shown}.")
    elif still:
        told.append(f"None of {words.counted(len(known), 'headline outcome')} differs noticeably.")
    return tuple(told)


def levels(rows: Sequence[Outcome], members: int) -> tuple[str, ...]:
    """Return what stands out where nothing is compared: who leads, and the largest of the rest."""
    told: list[str] = []
    for metric, own in _by_metric([r for r in rows if math.isfinite(r.band.median)]):
        if metric in _LEADERS:
            told.append(_leaders(own, _LEADERS[metric], members))
        else:
            largest = max(own, key=lambda r: r.band.median)
            title = words.named(largest.series).title
            dims = largest.series.dims
            kinds = f"{dims[0]}s" if len(dims) == 1 and dims[0] != "country" else "such outcomes"
            of = "" if len(own) == 1 else f", the largest of {len(own)} {kinds}"
            told.append(f"{title}{of}: {words.level(largest, members)}.")
    return tuple(told[:ANSWERS])


def _leaders(rows: Sequence[Outcome], what: str, members: int) -> str:
    """Return which power has the largest median in which hosts."""
    best: dict[str, Outcome] = {}
    for row in rows:
        host = row.series.cell[-1]
        if host not in best or row.band.median > best[host].band.median:
            best[host] = row
    led: dict[str, list[str]] = {}
    for host, row in best.items():
        told = f"{faces.words(host)} {words.level(row, members)}"
        led.setdefault(row.series.cell[0], []).append(told)
    parts = [f"{faces.words(power)} has {what} in {words.listed(t)}" for power, t in led.items()]
    return f"By medians, {'; '.join(parts)}."


def headline(case: Scenario) -> tuple[str, ...]:
    """Return the headline metrics of a scenario: its own, else the registry's."""
    return case.metrics or tuple(m.name for m in metrics.METRICS if m.headline)


def _by_metric(rows: Sequence[Outcome]) -> list[tuple[str, list[Outcome]]]:
    return [(m, list(own)) for m, own in groupby(rows, key=lambda r: r.series.metric)]


def rank(row: Outcome) -> float:
    """Return how much of a change it is: in widths of the other's band and in parts of the level.

    The geometric mean of both, each at most 1: what is narrowly known but hardly moves and what
    moves much within its own uncertainty both stand behind what does both.  Half of it where the
    band of the change holds either sign.
    """
    if not _has_difference(row):
        return -1.0
    assert row.difference is not None and row.parent is not None
    level = max(abs(row.parent.median), abs(row.band.median))
    part = abs(row.difference.median) / level if level > 0.0 else 0.0
    band = words.tidy(row.difference)
    sure = 0.5 if band.q05 < 0.0 < band.q95 else 1.0
    return sure * math.sqrt(min(row.moved, 1.0) * min(part, 1.0))


def noticeable(row: Outcome) -> bool:
    """Tell whether an outcome moves in its band, and in the digits that a reader sees."""
    if not _has_difference(row) or row.parent is None or not row.moved > LEAST:
        return False
    name = words.named(row.series)
    here, there = (words.bare(name.factor * b.median, name.unit) for b in (row.band, row.parent))
    return here != there


def flows(row: Outcome) -> bool:
    """Tell whether an outcome is a sum over the run, which has no place among its quarters."""
    metric = metrics.BY_NAME.get(row.series.metric)
    return metric is not None and metric.summary == "sum"


def by_size(rows: Sequence[Outcome]) -> list[Outcome]:
    """Return outcomes metric by metric, the largest of each first."""
    return [r for _, own in _by_metric(rows) for r in sorted(own, key=size, reverse=True)]


def size(row: Outcome) -> float:
    """Return the median of an outcome, the smallest number where it has none."""
    return row.band.median if math.isfinite(row.band.median) else -math.inf


def _has_difference(row: Outcome) -> bool:
    return row.difference is not None and math.isfinite(row.difference.median)


def _metric_words(row: Outcome) -> str:
    metric = metrics.BY_NAME.get(row.series.metric)
    text = metric.description.partition(",")[0].partition(" (")[0] if metric else row.series.metric
    return text[:1].lower() + text[1:] if not text[:2].isupper() else text


def table(rows: Sequence[Outcome], other: str, members: int, caption: str) -> Table:
    """Return the headline table; with changes from ``other`` where rows have any."""
    compared = any(r.difference is not None for r in rows)
    chosen, left = choose(rows, ROWS, "the record has all outcomes")
    bands = [Column("5 to 95 %", True)] if members > 1 else []
    heads = [Column("Outcome"), Column("Median" if bands else "Value", True), *bands]
    if compared:
        heads += [Column(f"Change from {other}", True), *bands, Column("on one scale")]
        heads += [Column("higher in", True)] if bands else []
    groups = []
    for _, own in _by_metric(chosen):
        ends = scale([r.difference if compared else r.band for r in own])
        groups.append(
            Group(
                words.heading(own[0].series),
                tuple(_cells(row, compared, ends, members) for row in own),
            )
        )
    notes = [left.strip("()").capitalize() + "."] if left else []
    return Table(caption, tuple(heads), tuple(groups), tuple(notes))


def _cells(
    row: Outcome, compared: bool, scale: tuple[float, float] | None, members: int
) -> tuple[Cell, ...]:
    name = words.named(row.series)
    cells: list[Cell] = [
        name.cell[:1].upper() + name.cell[1:],
        words.bare(name.factor * row.band.median, name.unit),
    ]
    cells += [words.span(row.band, name)] if members > 1 else []
    if not compared:
        return tuple(cells)
    if row.difference is None:
        return (*cells, *[words.NO_VALUE] * (4 if members > 1 else 2))
    cells.append(words.bare(name.factor * row.difference.median, name.change_unit, sign=True))
    cells += [words.span(row.difference, name, change=True)] if members > 1 else []
    cells.append(bar(row.difference, scale, members) or words.NO_VALUE)
    if members > 1:
        cells.append(words.NO_VALUE if row.rose is None else f"{100.0 * row.rose:.0f} %")
    return tuple(cells)


def marks(members: int, what: str) -> str:
    """Return what the bars of a table show; ``what`` is a change or a difference."""
    if members < 2:
        return f"dots: {what}s, vertical line: no {what}"
    return f"bars: 90 % bands of the {what}s, dots: their medians, vertical line: no {what}"


def scale(bands: Sequence[Band | None]) -> tuple[float, float] | None:
    """Return the ends of the scale of a group: all its bands and zero."""
    ends = [v for b in bands if b is not None for v in (b.median, b.q05, b.q95)]
    known = [v for v in ends if math.isfinite(v)]
    low, high = min([0.0, *known]), max([0.0, *known])
    return (low, high) if high > low else None


def bar(band: Band, scale: tuple[float, float] | None, members: int) -> Bar | None:
    """Return a band as a bar along a scale that has zero in it; None where there is nothing."""
    if scale is None or not math.isfinite(band.median):
        return None
    low, high = scale

    def place(v: float) -> float:
        return round(4.0 + 92.0 * (v - low) / (high - low), 2)

    if members < 2 or not math.isfinite(band.q05):
        return Bar(place(band.median), zero=place(0.0))
    return Bar(place(band.median), place(band.q05), place(band.q95), place(0.0))
