"""What drove a change: levers and shocks taken alone, and the members' uncertainties.

Levers, shocks and the scenario are run one at a time, each alone on the baseline: what they sum to
less than the whole, or more, is what they do to each other.  Uncertain parameters are ranked by
partial rank correlation with the change over members; of well over a hundred only the ten that
correlate most are held against each other, and none is named that chance could have brought up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from steppe.clock import Quarter
from steppe.metrics import BY_NAME, OUTCOME_QUARTERS
from steppe.seminar import catalogue
from steppe.seminar.answer import Answer, difference
from steppe.seminar.bands import bands
from steppe.seminar.engine import FIRST, Engine
from steppe.seminar.settings import Settings, describe

Array = NDArray[np.float64]
type Window = tuple[Quarter, Quarter]

TOGETHER = 10
"""Parameters that are held against each other."""
_SHARED = 0.75
"""Part of members that must move the same way before a direction is told as a rule."""


@dataclass(frozen=True, slots=True)
class Driver:
    """One row: a lever or shock taken alone, or an uncertain parameter over members.

    ``size`` is the median change of the outcome with this lever alone (in the outcome's unit), or
    the partial rank correlation (-1 to 1) of the parameter with the change; ``low``, ``high`` its
    90 % interval: over members, or of the correlation.  ``share`` is a lever's part of the whole
    change, None for a parameter or where the whole is nothing.
    """

    kind: Literal["lever", "shock", "scenario", "uncertainty"]
    name: str
    title: str
    size: float
    low: float
    high: float
    sentence: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Drove:
    """Rows of levers and of uncertainties, largest first, and a plain sentence why.

    ``together`` is what the levers do to each other: the whole change less the sum of their own,
    in medians of paired members; 0 for a single one.
    """

    levers: tuple[Driver, ...]
    uncertainties: tuple[Driver, ...]
    together: float
    sentence: str


@dataclass(frozen=True)
class Told:
    """How sentences speak of an outcome: its name, and a change of it with sign and unit."""

    name: str
    amount: Callable[[float], str]

    def size(self, change: float) -> str:
        """Return a change without its sign."""
        return self.amount(abs(change)).lstrip("+")


async def what_drove(
    engine: Engine,
    answer: Answer,
    baseline: Answer,
    label: str,
    owner: str = "drivers",
    window: Window | None = None,
    told: Told | None = None,
) -> Drove:
    """Return what drove the change of an outcome from the baseline to the variant.

    The outcome is the mean over ``window`` (first and last quarter), else what the label's metric
    makes of a run.  Asks the engine for one run a lever and shock, of 64 members; ``owner`` must be
    nobody else's.  ``told`` says how sentences speak of the outcome, by default by its label and in
    its unit.
    """
    if told is None:
        told = Told(label, partial(_amount, unit=_unit(answer, label, window)))
    whole = _changes(answer, baseline, label, window)
    alone = parts(answer.settings)
    rows, sums = [], np.zeros(min(FIRST, len(whole)))
    for kind, name, title, settings in alone:
        own = answer
        if len(alone) > 1:
            own = await engine.ask(settings, owner, FIRST)
        changes = _changes(own, baseline, label, window)
        rows.append(_row(kind, name, title, changes, whole, told))
        sums = sums + changes[: len(sums)]
    rows.sort(key=lambda row: -abs(row.size))
    together = _median(whole[: len(sums)] - sums) if len(alone) > 1 else 0.0
    uncertain = uncertainties(answer, baseline, label, window)
    outcome = f"{told.name} {_when(answer, baseline, label, window)}"
    sentence = _why(outcome, told, whole, rows, together, uncertain)
    return Drove(tuple(rows), uncertain, together, sentence)


type _Alone = tuple[Literal["lever", "shock", "scenario"], str, str, Settings]


def parts(settings: Settings) -> list[_Alone]:
    """Return what differs from the baseline: each as kind, name, title and settings of its own."""
    rest = Settings(acts_from=settings.acts_from)
    found: list[_Alone] = []
    if settings.opened is not None or settings.scenario != rest.scenario:
        own = Settings(settings.scenario, opened=settings.opened)
        found.append(("scenario", settings.scenario, describe(own), own))
    for parameter, value in settings.levers:
        card = catalogue.lever(parameter)
        title = f"{card.title} ({card.told(value)})"
        found.append(("lever", parameter, title, rest.with_lever(parameter, value)))
    for number, shock in enumerate(settings.shocks):
        kind = catalogue.shock(shock.kind)
        title = f"{kind.title} from {shock.start}"
        found.append(("shock", f"{shock.kind} {number}", title, rest.with_shock(shock)))
    return found


def uncertainties(
    answer: Answer, baseline: Answer, label: str, window: Window | None = None
) -> tuple[Driver, ...]:
    """Return the uncertain parameters by partial rank correlation with the outcome's change.

    With the outcome itself where the two answers are the same settings, or nothing changes.
    """
    same = answer.settings == baseline.settings
    outcome = _level(answer, label, window)
    if not same:
        outcome = _changes(answer, baseline, label, window)
    drawn = answer.parameters()
    names = [n for n, v in drawn.items() if np.ptp(v[: len(outcome)]) > 0.0]
    known = np.isfinite(outcome)
    if np.count_nonzero(known) < 4 * TOGETHER or np.ptp(outcome[known]) == 0.0:
        return ()
    values = np.stack([drawn[name][: len(outcome)][known] for name in names])
    found = partial_rank(values, outcome[known])
    what = "the level" if same else "the change"
    rows = [_uncertain(names[place], r, low, high, what) for place, r, low, high in found]
    return tuple(sorted(rows, key=lambda row: -abs(row.size)))


def partial_rank(values: Array, outcome: Array) -> list[tuple[int, float, float, float]]:
    """Return (place, correlation, low, high) of rows of ``values`` (row, member) that matter.

    The :data:`TOGETHER` rows that correlate most with the outcome are held against each other: a
    row's partial rank correlation is that of what the others leave of both ranks.  A row stays only
    if its 90 % interval, widened for having been chosen among so many, keeps off zero.
    """
    from scipy.stats import norm, rankdata

    rows, members = values.shape
    ranks = _centred(rankdata(values, axis=1))
    result = _centred(rankdata(outcome)[None])[0]
    size = np.sqrt(np.sum(ranks * ranks, axis=1) * np.sum(result * result))
    plain = np.abs(np.sum(ranks * result, axis=1)) / np.where(size > 0.0, size, np.inf)
    chosen = [int(place) for place in np.argsort(-plain, kind="stable")[: min(TOGETHER, rows)]]
    freedom = members - len(chosen) - 2
    found = []
    for place in chosen:
        others = ranks[[other for other in chosen if other != place]].T
        own = ranks[place] - others @ np.linalg.lstsq(others, ranks[place])[0]
        left = result - others @ np.linalg.lstsq(others, result)[0]
        power = float(np.sqrt(np.sum(own * own) * np.sum(left * left)))
        if freedom < 4 or not power > 0.0:
            continue
        r = float(np.clip(np.sum(own * left) / power, -0.999999, 0.999999))
        error = 1.0 / np.sqrt(freedom - 1.0)
        among_many = float(norm.ppf(1.0 - 0.05 / rows)) * error
        if abs(np.arctanh(r)) < among_many:
            continue
        spread = float(norm.ppf(0.95)) * error
        low, high = (float(np.tanh(np.arctanh(r) + side * spread)) for side in (-1.0, 1.0))
        found.append((place, r, low, high))
    return found


def _centred(ranks: Array) -> Array:
    centred: Array = ranks - np.mean(ranks, axis=1)[:, None]
    return centred


def _changes(answer: Answer, baseline: Answer, label: str, window: Window | None) -> Array:
    """Return an outcome's change, (member,), of the members that both have."""
    here, there = _level(answer, label, window, baseline), _level(baseline, label, window, answer)
    both = min(len(here), len(there))
    return difference(here[:both], there[:both])


def _level(
    answer: Answer, label: str, window: Window | None, beside: Answer | None = None
) -> Array:
    """Return the outcome, (member,): the mean of what is known in the window."""
    if window is None:
        return answer.outcomes([label], beside=beside)[label]
    first, last = (quarter - answer.quarters[0] for quarter in window)
    path = answer.paths(label)[max(first, 0) : last + 1].astype(np.float64)
    known = ~np.isnan(path)
    count = np.add.reduce(known, axis=0)
    total = np.add.reduce(np.where(known, path, 0.0), axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _when(answer: Answer, baseline: Answer, label: str, window: Window | None) -> str:
    """Return in words which quarters the outcome is of."""
    if window is not None:
        return f"in {window[0]} to {window[1]}"
    summary = BY_NAME[answer.series(label).metric].summary
    last = min(answer.quarters[-1], baseline.quarters[-1])
    return {
        "mean": f"in {last + (1 - OUTCOME_QUARTERS)} to {last}",
        "last": f"in {last}",
        "sum": f"up to {last}",
    }[summary]


def _median(changes: Array) -> float:
    return float(bands(changes)[2])


def _unit(answer: Answer, label: str, window: Window | None) -> str:
    series = answer.series(label)
    unit = series.outcome_unit if window is None else series.unit
    return "" if unit == "1" else f" {unit}"


def _row(
    kind: Literal["lever", "shock", "scenario"],
    name: str,
    title: str,
    changes: Array,
    whole: Array,
    told: Told,
) -> Driver:
    low, _, middle, _, high = map(float, bands(changes))
    total = _median(whole)
    share = middle / total if total and np.isfinite(total) else None
    known = changes[np.isfinite(changes)]
    agree = float(np.mean(np.sign(known) == np.sign(middle))) if len(known) else 0.0
    if not middle:
        does = "moves it in less than half of the members" if np.any(known) else "does not move it"
    else:
        does = f"{_verb(middle)} it by {told.size(middle)} ({agree:.0%} of members agree)"
    return Driver(kind, name, title, middle, low, high, f"{title} alone {does}.", share)


def _uncertain(name: str, r: float, low: float, high: float, what: str) -> Driver:
    title = catalogue.plain(name)
    more = "larger" if r > 0.0 else "smaller"
    strength = "much" if abs(r) > 0.6 else "clearly" if abs(r) > 0.35 else "a little"
    sentence = f"Where {title} is higher, {what} is {strength} {more} (correlation {r:+.2f})."
    return Driver("uncertainty", name, title, r, low, high, _minus(sentence))


def _minus(sentence: str) -> str:
    """Return a sentence with true minus signs before its negative numbers."""
    return re.sub(r"(?<![\w-])-(?=[0-9])", "−", sentence)


def _verb(size: float) -> str:
    return "raises" if size > 0.0 else "lowers"


def _amount(change: float, unit: str) -> str:
    """Return a change with its sign, in two digits, and its unit."""
    return (f"{change:+.2g}" if abs(change) < 100.0 else f"{change:+,.0f}") + unit


def _why(
    outcome: str,
    told: Told,
    whole: Array,
    rows: Sequence[Driver],
    together: float,
    uncertain: Sequence[Driver],
) -> str:
    """Return the plain sentence: how much, by what, together with what, and how sure."""
    if not rows:
        sentence = f"Nothing is set: {outcome} is the baseline's."
        return sentence + (f" {uncertain[0].sentence}" if uncertain else "")
    total = _median(whole)
    known = whole[np.isfinite(whole)]
    if not len(known) or not np.any(known):
        return f"{outcome} is as in the baseline, in every member."
    agree = float(np.mean(np.sign(known) == np.sign(total))) if total else 0.0
    if not total or agree < _SHARED:
        low, high = (float(bands(whole)[i]) for i in (0, 4))
        span = f"{told.amount(low)} to {told.amount(high)}"
        sentence = f"{outcome} moves in no clear direction: {span} in nine of ten members"
    else:
        grew = "rises" if total > 0.0 else "falls"
        sentence = f"{outcome} {grew} by {told.size(total)} in the median ({agree:.0%} of members)"
    lead = rows[0]
    if len(rows) > 1 and lead.size:
        sentence += f", most by {lead.title}"
        if abs(together) > 0.2 * max(abs(total), abs(lead.size)):
            more = "more" if together * total > 0.0 else "less"
            sentence += f"; together they do {more} than one by one"
    sentence += "."
    return _minus(sentence) + (f" {uncertain[0].sentence}" if uncertain else "")
