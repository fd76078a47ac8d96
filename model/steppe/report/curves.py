"""Small charts of outcomes over time, drawn as lines and areas of the page itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from steppe.clock import PER_YEAR, Quarter
from steppe.metrics import OUTCOME_QUARTERS
from steppe.report import outcomes as answers
from steppe.report import words
from steppe.report.told import BOX, Chart, Panel, Shape, Tick
from steppe.results import STATISTICS, Outcome

Array = NDArray[np.float64]

AWAY, LEAST = 2.0, 0.2
"""How far an excursion goes: in its distance at the end, and in parts of the largest median."""
PANELS, HERO = 4, 2
"""Panels of a report, and those of them on its first page."""
_READ = "Line: median over members; shaded: where the middle 50 and 90 % of members lie."
Q05, Q25, Q50, Q75, Q95 = (STATISTICS.index(q) for q in ("q05", "q25", "q50", "q75", "q95"))


@dataclass(frozen=True)
class Paths:
    """Statistics (quarter, series, statistic) of one run by the labels of its series."""

    quarters: tuple[Quarter, ...]
    labels: tuple[str, ...]
    statistics: Array

    def of(self, label: str) -> Array | None:
        """Return the statistics (quarter, 6) of a series; None where it is not recorded."""
        if label not in self.labels or not self.quarters:
            return None
        found: Array = self.statistics[:, self.labels.index(label)]
        return found


def chart(
    rows: Sequence[Outcome],
    own: Paths,
    other: Paths | None,
    names: tuple[str, str | None],
    members: int,
) -> Chart | None:
    """Return panels of outcomes over time; None where no series of them is recorded.

    ``names`` are those of the run and of what it is compared with.  Without the other's paths the
    median of its outcome is drawn where it holds, at the end.
    """
    drawn = [(row, panel) for row in rows if (panel := _panel(row, own, other, members))]
    shown, panels = [row for row, _ in drawn[:PANELS]], [panel for _, panel in drawn[:PANELS]]
    if not panels:
        return None
    of = "median of " if members > 1 else ""
    key = [("own", f"{of}{names[0]}")]
    if members > 1:
        key += [("half", "middle 50 % of members"), ("band", "middle 90 %")]
    if names[1]:
        told = f"{of}{names[1]}" + ("" if other else ", mean of the last years")
        key.append(("other", told))
    return Chart(
        tuple(panels),
        tuple(key),
        _alt(panels),
        f"{_first(shown, names[1])} {_READ if members > 1 else ''}".strip(),
    )


def _first(shown: Sequence[Outcome], other: str | None) -> str:
    """Return which outcomes a chart shows."""
    if not other:
        return "Headline outcomes."
    if not any(map(answers.noticeable, shown)):
        return "Headline outcomes; none of them changes noticeably."
    return "The outcomes that change most."


def excursion(
    rows: Sequence[Outcome], own: Paths, since: Quarter | None
) -> tuple[str, Quarter, float, float] | None:
    """Return the outcome whose median leaves its course most after a quarter, and comes back.

    Gives its label, when it is farthest, its median then and in the quarter before ``since``; None
    where none goes :data:`AWAY` times as far as it ends.
    """
    if since is None or since not in own.quarters[1:]:
        return None
    start = own.quarters.index(since)
    best: tuple[float, tuple[str, Quarter, float, float]] | None = None
    for row in rows:
        found = own.of(row.series.label)
        if found is None or not np.isfinite(found[start - 1 :, Q50]).all():
            continue
        path = found[start - 1 :, Q50]
        away = np.abs(path - path[0])
        t = int(away.argmax())
        scale = max(float(np.abs(path).max()), 1e-12)
        if away[t] > AWAY * away[-PER_YEAR:].max() and away[t] > LEAST * scale:
            told = (row.series.label, own.quarters[start - 1 + t], float(path[t]), float(path[0]))
            if best is None or away[t] / scale > best[0]:
                best = float(away[t]) / scale, told
    return None if best is None else best[1]


def split(whole: Chart | None, rest: str) -> tuple[Chart | None, Chart | None]:
    """Return the panels of the first page and the others, which get the caption ``rest``."""
    if whole is None or len(whole.panels) <= HERO:
        return whole, None
    first, others = whole.panels[:HERO], whole.panels[HERO:]
    return (
        replace(whole, panels=first, alt=_alt(first)),
        replace(whole, panels=others, alt=_alt(others), caption=rest),
    )


def _alt(panels: Sequence[Panel]) -> str:
    titles = "; ".join(p.title for p in panels)
    return f"Lines over time with bands over members: {titles}."


def _panel(row: Outcome, own: Paths, other: Paths | None, members: int) -> Panel | None:
    label = row.series.label
    found = own.of(label)
    if found is None:
        return None
    name = words.named(row.series)
    drawn = {"here": name.factor * found}
    there = other.of(label) if other is not None else None
    if there is not None:
        drawn["there"] = name.factor * there
    marks = [] if row.parent is None or there is not None else [name.factor * row.parent.median]
    shown = [*own.quarters, *(other.quarters if there is not None and other is not None else ())]
    years = [min(shown).year, max(shown).year + 1]
    low, high = _range([v[:, [Q05, Q50, Q95]] for v in drawn.values()], marks)
    if not high > low:
        return None
    frame = _Frame(years[0], max(years[1], years[0] + 1), low, high)
    time = _time(own.quarters)
    shapes = []
    if members > 1:
        shapes += _area(frame, time, drawn["here"][:, Q05], drawn["here"][:, Q95], "band")
        shapes += _area(frame, time, drawn["here"][:, Q25], drawn["here"][:, Q75], "half")
    if there is not None and other is not None:
        shapes += _line(frame, _time(other.quarters), drawn["there"][:, Q50], "other")
    for mark in marks:
        end = own.quarters[-1]
        at = _time([end + (1 - min(OUTCOME_QUARTERS, len(own.quarters))), end])
        shapes += _line(frame, at, np.array([mark, mark]), "other")
    shapes += _line(frame, time, drawn["here"][:, Q50], "own")
    return Panel(name.title, name.unit or "index", frame.across(), frame.up(), tuple(shapes))


@dataclass(frozen=True)
class _Frame:
    """The box of a panel: years across, values up."""

    first: float
    last: float
    low: float
    high: float

    def x(self, year: float) -> float:
        return round(BOX[0] * (year - self.first) / (self.last - self.first), 2)

    def y(self, value: float) -> float:
        return round(BOX[1] * (1.0 - (value - self.low) / (self.high - self.low)), 2)

    def across(self) -> tuple[Tick, ...]:
        steps = [n for n in (1, 2, 5, 10, 20, 50) if (self.last - self.first) / n <= 5]
        step = steps[0] if steps else 100
        years = range(-(-int(self.first) // step) * step, int(self.last) + 1, step)
        return tuple(Tick(self.x(year), str(year)) for year in years)

    def up(self) -> tuple[Tick, ...]:
        return tuple(Tick(self.y(v), t) for v, t in ticks(self.low, self.high))


def _range(values: Sequence[Array], marks: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the scale: all that is drawn, and zero when it is not far."""
    known = np.concatenate([np.asarray(v).ravel() for v in values] + [np.asarray(marks, float)])
    known = known[np.isfinite(known)]
    if not known.size:
        return 0.0, 0.0
    low, high = float(known.min()), float(known.max())
    if 0.0 < low < 0.6 * high:
        low = 0.0
    if low < high < 0.0 and high > 0.6 * low:
        high = 0.0
    if not high > low:
        low, high = low - abs(low or 1.0) * 0.1, high + abs(high or 1.0) * 0.1
    return (low - 0.04 * (high - low) if low else low), high + 0.04 * (high - low)


def ticks(low: float, high: float, most: int = 5) -> list[tuple[float, str]]:
    """Return at most ``most`` round values between two ends, with their texts."""
    rough = (high - low) / most
    power = math.floor(math.log10(rough))
    step = next(s * 10.0**power for s in (1.0, 2.0, 5.0, 10.0) if s * 10.0**power >= rough)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    places = np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1) * step
    return [(float(v), f"{v + 0.0:,.{digits}f}".replace("-", "\N{MINUS SIGN}")) for v in places]


def _time(quarters: Sequence[Quarter]) -> Array:
    return np.array([(q.ordinal + 0.5) / PER_YEAR for q in quarters])


def _line(frame: _Frame, time: Array, values: Array, style: str) -> list[Shape]:
    """Return a line, in pieces where values are missing."""
    return [
        Shape(" ".join(f"{frame.x(time[i])},{frame.y(values[i])}" for i in piece), style)
        for piece in _pieces(np.isfinite(values))
        if len(piece) > 1
    ]


def _area(frame: _Frame, time: Array, low: Array, high: Array, style: str) -> list[Shape]:
    found = []
    for piece in _pieces(np.isfinite(low) & np.isfinite(high)):
        if len(piece) > 1:
            there = [f"{frame.x(time[i])},{frame.y(high[i])}" for i in piece]
            back = [f"{frame.x(time[i])},{frame.y(low[i])}" for i in reversed(piece)]
            found.append(Shape(" ".join(there + back), style))
    return found


def _pieces(known: NDArray[np.bool_]) -> list[list[int]]:
    """Return the stretches of indices that are known."""
    found: list[list[int]] = []
    for i in np.flatnonzero(known):
        if found and found[-1][-1] == i - 1:
            found[-1].append(int(i))
        else:
            found.append([int(i)])
    return found
