"""Outcomes in words: titles, numbers with their units, sentences on levels and changes.

Sentences are made of numbers alone, so that they are true of any run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from steppe import faces, metrics
from steppe.clock import Quarter
from steppe.metrics import OUTCOME_QUARTERS, Series
from steppe.results import Band, Outcome
from steppe.scenario import Horizon

NO_VALUE = "–"
_NOTHING = 1e-3
"""Part of a band's larger end below which the other one is told as zero."""
BELOW = 0.1
"""A median change smaller than this part of the other's 90 % band is called little beside it."""

MEDIANS = (
    "Numbers are medians over members; the median of the changes need not be the change of the "
    "medians."
)
MEDIANS_ALONE = "Numbers are medians over members, in brackets 5 to 95 % of members."

_TITLES = {
    "influence_share": "{0}'s share of influence in {1}",
    "trade_share": "{0}'s share of {1}'s trade with the five powers",
    "corridor_share": "The {0} corridor's share of Japan's trade with the hosts",
    "corridor_days": "Days of Japan's trade through the {0} corridor",
    "corridor_cost": "The cost of freight through the {0} corridor",
    "corridor_volume": "Freight through the {0} corridor",
    "gdp": "GDP of {0} in current dollars",
    "gdp_per_head": "GDP per head in {0}",
    "real_gdp": "Real GDP of {0}",
    "debt_to_gdp": "{1}'s debt to {0} in parts of its GDP",
    "pipeline_built": "The built part of {0}",
}
"""Titles that say more than those of the seminar page, which has less room."""

_PLURAL = frozenset(
    {
        *("corridor_days", "link_days", "announced", "committed", "disbursed", "cancelled"),
        *("completed", "committed_by_sector", "completed_by_sector", "committed_multilateral"),
        *("multilateral_value", "consortium_value", "consortium_count", "consortium_piloted"),
        *("consortium_fee", "remittances", "power_capacity", "ree_japan_imports", "ree_unmet"),
        "ree_china_exports",
    }
)
"""Metrics whose titles are plurals."""


_COUNTS = frozenset({"consortium_count"})


@dataclass(frozen=True, slots=True)
class Named:
    """An outcome as a reader knows it: values are multiplied by ``factor``."""

    title: str
    cell: str
    unit: str
    factor: float
    plural: bool

    @property
    def change_unit(self) -> str:
        return "percentage points" if self.unit == "%" else self.unit

    @property
    def verb(self) -> str:
        return "are" if self.plural else "is"


def named(series: Series) -> Named:
    """Return an outcome's title, unit and scale; its label where this version knows no such."""
    cell = ", ".join(map(faces.words, series.cell)) or "all"
    try:
        face = faces.face(series.label)
    except KeyError:
        return Named(series.label, cell, series.outcome_unit or "unit unknown", 1.0, False)
    title = face.title
    if series.metric in _TITLES:
        title = _TITLES[series.metric].format(*map(faces.words, series.cell))
    percent = face.unit == "%"
    unit = "%" if percent else faces.UNITS.get(series.outcome_unit, series.outcome_unit)
    unit = "" if unit == "index" else unit
    return Named(title[:1].upper() + title[1:], cell, unit, face.factor, series.metric in _PLURAL)


def heading(series: Series) -> str:
    """Return what a metric measures and its unit, above its rows."""
    metric = metrics.BY_NAME.get(series.metric)
    described = metric.description if metric is not None else series.metric
    unit = "number" if series.metric in _COUNTS else named(series).unit or "index"
    return f"{described.removesuffix(', a number in the quarter')} ({unit})"


def value(number: float, unit: str, *, sign: bool = False) -> str:
    """Return a number with its unit, spelled out: ``1.20 percentage points``."""
    text = bare(number, unit, sign=sign)
    return text if text == NO_VALUE or not unit else f"{text} {unit}"


def spoken(other: str) -> str:
    """Return a scenario's name as a sentence has it: ``the baseline``, ``no_hedging``."""
    return f"the {other}" if other == "baseline" else other


def bare(number: float, unit: str, *, sign: bool = False) -> str:
    """Return a number as readers write one of its unit; a dash where there is none."""
    if not math.isfinite(number):
        return NO_VALUE
    if abs(number) >= 1e9:
        return f"{number:.2e}"
    if not unit and number == round(number):
        text = f"{number:+,.0f}" if sign and number else f"{number:,.0f}"
        return text.replace("-", "\N{MINUS SIGN}")
    kind = "%" if unit in ("%", "percentage points") else ""
    text = faces.number(number, kind, sign=sign).removesuffix(" %")
    if number and not any(c in "123456789" for c in text):
        text = f"{number:+.1g}" if sign else f"{number:.1g}"
    return text.replace("-", "\N{MINUS SIGN}")


def span(band: Band, name: Named, *, change: bool = False) -> str:
    """Return a 90 % band without its unit: ``0.4 to 2.1``."""
    if not (math.isfinite(band.q05) and math.isfinite(band.q95)):
        return NO_VALUE
    band = tidy(band)
    unit = name.change_unit if change else name.unit
    low, high = (bare(name.factor * v, unit, sign=change) for v in (band.q05, band.q95))
    return f"{low} to {high}"


def tidy(band: Band) -> Band:
    """Return a band whose ends are zero where they are next to nothing beside the other end."""
    size = _NOTHING * max(abs(band.q05), abs(band.q95))
    low, high = (0.0 if abs(v) < size else v for v in (band.q05, band.q95))
    return Band(band.median, low, high)


def changed(row: Outcome, other: str, members: int) -> str:
    """Return a sentence on how an outcome differs from that of ``other``.

    ``row`` has a parent and a difference; ``members`` tells whether there are bands.
    """
    name, other = named(row.series), spoken(other)
    assert row.difference is not None and row.parent is not None
    difference, before = tidy(row.difference), row.parent
    if not math.isfinite(difference.median):
        return f"{name.title}: no member has a value in both."
    unit, factor = name.change_unit, name.factor
    size = value(factor * abs(difference.median), unit)
    here, there = (value(factor * band.median, name.unit) for band in (row.band, before))
    levels = f"{here} instead of {there}" if here != there else f"{here} in both, rounded"
    if difference.median * (row.band.median - before.median) < 0.0 and here != there:
        levels = f"the medians of all, {here} and {there}, differ the other way"
    if difference.median == 0.0:
        told = f"{name.title} {name.verb} as in {other} in the median member: {here}"
        return f"{told}{_open(row, name) if members > 1 else ''}."
    side = "higher" if difference.median > 0.0 else "lower"
    told = f"{name.title} {name.verb} {side} by {size} than in {other}"
    if members < 2:
        return f"{told}, in the one member of this run: {levels}."
    if difference.q05 < 0.0 < difference.q95:
        return f"{told} in the median member, but the sign is open{_open(row, name)}; {levels}."
    low, high = sorted(abs(factor * end) for end in (difference.q05, difference.q95))
    ends = f"{bare(low, unit)} to {bare(high, unit)} in 90 % of members"
    told = f"{told} ({ends}): {levels}"
    if 0.0 < row.moved < BELOW:
        told += f"; little beside the band of {other} itself, {span(before, name)} {name.unit}"
    return f"{told.rstrip()}."


def _open(row: Outcome, name: Named) -> str:
    assert row.difference is not None
    ends = f" ({span(row.difference, name, change=True)} in 90 % of members"
    if row.rose is not None:
        ends += f", higher in {100.0 * row.rose:.0f} % of all"
    return f"{ends})"


def level(row: Outcome, members: int) -> str:
    """Return an outcome's level with its band: ``5.10 % (3.10 to 7.20)``."""
    name = named(row.series)
    told = value(name.factor * row.band.median, name.unit)
    return told if members < 2 else f"{told} ({span(row.band, name)})"


def when(horizon: Horizon, of: str = "") -> str:
    """Return over which quarters outcomes are taken; ``of`` names whose, where runs differ."""
    first, last = late(horizon)
    whole = f"{horizon.start} to {horizon.end}"
    outcomes = f"Outcomes of {of}" if of else "Outcomes"
    if first == horizon.start:
        return f"{outcomes} are means over {whole}; of projects, sums over the same time."
    return f"{outcomes} are means over {first} to {last}; of projects, sums over {whole}."


def late(horizon: Horizon) -> tuple[Quarter, Quarter]:
    """Return the first and the last quarter that an outcome averages."""
    return horizon.end + (1 - min(OUTCOME_QUARTERS, horizon.quarters)), horizon.end


def listed(items: Sequence[str]) -> str:
    """Return items as a sentence has them: ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def counted(count: int, one: str, many: str = "") -> str:
    """Return ``1 member`` or ``1,200 members``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def flat(text: str | None) -> str:
    """Return a text on one line."""
    return " ".join((text or "").split())
