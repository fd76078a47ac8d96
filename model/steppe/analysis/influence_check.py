"""Influence against what others measured: the published index and votes in the United Nations.

The metric ``fbic`` has the form of the index of Formal Bilateral Influence Capacity (Moyer, Sweijs,
Burrows and van Manen 2018; docs/decisions/0012); votes are compared with the model's alignment on
that issue.  Levels rest on priors, so ranks over cells and directions over years are compared.  All
of it lies in years to 2009 on which parameters may be chosen.

Three readings of the index: ``simulated``, the backcast from 2000 over 2001-09; ``lived``, the
years before the backcast from 2009, in which trade and GDP are the observed ones, so that only the
law of influence is on trial; and ``persistence``, the figures of 2000 for ever.  None is blind:
what treaties add to bandwidth is the index's residual of 2009, and dependence on arms follows its
parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import axes, scenario
from steppe.analysis.dependence_forms import ranked
from steppe.analysis.ranks import slope, spearman
from steppe.analysis.sheets import Sheet
from steppe.analysis.variants import Kept, Variant, lived_years, run
from steppe.clock import PER_YEAR
from steppe.parameters import read_table
from steppe.world.state import State

Array = NDArray[np.float64]

POWERS = ("CHN", "RUS")
"""Powers of whom the index has figures."""
BASE, YEARS = 2000, range(2001, 2010)
PARTS = ("fbic", "econb", "econd", "secb")
"""The index and its parts that the model has: economic bandwidth and dependence, security."""
STILL = 1e-12
"""Slope a year up to which a cell stands still: rounding."""
LEAST_CELLS = 15
"""Cells with votes from which on a year is compared."""
VOTES_BEFORE = (1998, 1999, 2000)
"""Years behind the model's positions and behind persistence of votes."""

NOTES = (
    "Spearman's correlation over cells (votes 25, the index 10), mean of the years: 1 the same "
    "order, 0 none. index: Formal Bilateral Influence Capacity, release of 2018; econb, econd: its "
    "economic bandwidth and dependence; secb: its security bandwidth.",
    "simulated: 2001-09 from 2000; lived: 1997-2009 with observed trade, the law of influence "
    "alone; persist.: the figures before 2001 for ever. Not blind: what treaties add to bandwidth "
    "is the index's residual of 2009, and dependence on arms follows its parts. later release: of "
    "about 2024, for China; what the two releases agree on is all that can be asked of a model.",
)

_SHOWN = [axes.POWERS.index(power) for power in POWERS]
_SECURITY = axes.CHANNELS.index("security")
_VOTES = axes.ISSUES.index("un_votes")


def _watched(part: Callable[[State], Array]) -> Callable[[State], Array]:
    return lambda state: part(state)[_SHOWN]


WATCH: dict[str, Callable[[State], Array]] = {
    "fbic": _watched(lambda s: s.politics.fbic),
    "econb": _watched(lambda s: s.politics.bandwidth),
    "econd": _watched(lambda s: s.politics.dependence),
    "secb": _watched(lambda s: s.politics.channel[:, :, _SECURITY]),
    "votes": lambda s: s.politics.alignment[_VOTES],
}
"""What is kept of each quarter: (power, host, member), the index's for China and Russia only."""
LIVED = {name: WATCH[name] for name in PARTS}


@dataclass(frozen=True)
class Band:
    """Median and 90 % band over members."""

    median: float
    q05: float
    q95: float

    @classmethod
    def of(cls, values: Array) -> Band:
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        return cls(float(middle), float(low), float(high))


@dataclass(frozen=True)
class Ranking:
    """Spearman's correlation over cells with what was observed, by year, and of persistence."""

    name: str
    years: dict[int, Band]
    mean: Band
    """Mean over the years, member by member."""
    persistence: float | None


@dataclass(frozen=True)
class Trend:
    """Slopes over 2001-09: how many cells have the observed direction, and how they rank.

    ``cells`` holds by ``POWER-HOST`` the observed slope a year, the model's median slope, and the
    share of members with the observed direction.
    """

    name: str
    right: Band
    rank: Band
    cells: dict[str, tuple[float, float, float]]

    @property
    def wrong(self) -> list[str]:
        """Return the cells in which most members go the other way."""
        return [cell for cell, (_, _, share) in self.cells.items() if share < 0.5]


@dataclass(frozen=True)
class Rise:
    """China's index over Russia's: rise from 2001 to 2009 in logs, one host or the five summed."""

    host: str
    observed: float
    simulated: Band

    @property
    def inside(self) -> bool:
        return self.simulated.q05 <= self.observed <= self.simulated.q95


@dataclass(frozen=True)
class InfluenceCheck:
    """The model's influence beside the published index and votes, to 2009."""

    members: int
    rankings: tuple[Ranking, ...]
    trends: tuple[Trend, ...]
    rises: tuple[Rise, ...]
    forms: dict[str, float]
    """Forms of dependence on observed trade, 2001-09: rank correlation with the index's."""

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON object."""
        return {
            "members": self.members,
            "rankings": {
                r.name: {
                    "mean": vars(r.mean),
                    "persistence": r.persistence,
                    "years": {str(year): vars(band) for year, band in r.years.items()},
                }
                for r in self.rankings
            },
            "trends": {
                t.name: {
                    "right": vars(t.right),
                    "cells": {
                        cell: {"observed": a, "model": b, "members_right": c}
                        for cell, (a, b, c) in t.cells.items()
                    },
                    "rank": vars(t.rank),
                    "wrong": t.wrong,
                }
                for t in self.trends
            },
            "rises": {
                r.host: {"observed": r.observed, **vars(r.simulated), "inside": r.inside}
                for r in self.rises
            },
            "dependence_forms": self.forms,
        }

    def sheets(self) -> list[Sheet]:
        """Return the tables for a reader."""
        return [
            Sheet(
                f"Influence and votes beside what was observed, {self.members} members",
                (
                    "rank correlation over power-host cells",
                    "mean",
                    "90 % band",
                    "persist.",
                    "last year",
                ),
                tuple(_ranking_row(r) for r in self.rankings),
                NOTES,
            ),
            Sheet(
                "Directions 2001-09",
                (
                    "slope over the years",
                    "cells right",
                    "90 % band",
                    "of",
                    "rank of slopes",
                    "wrong way",
                ),
                tuple(_trend_row(t) for t in self.trends),
                ("Slopes of the index are of its log. wrong way: most members go the other way.",),
            ),
            Sheet(
                "China's index over Russia's, rise from 2001 to 2009 in logs",
                ("host", "observed", "model", "90 % band", "inside"),
                tuple(_rise_row(r) for r in self.rises),
            ),
            Sheet(
                "Economic dependence on observed trade, 2001-09: which form ranks like the index's",
                ("form", "rank correlation"),
                tuple((name, f"{value:.2f}") for name, value in self.forms.items()),
                (
                    "The model's dependence holds more than recorded trade: remittances, transit, "
                    "debt, capital, and gas that no statistics hold (econd, lived, above).",
                ),
            ),
        ]


def _ranking_row(one: Ranking) -> tuple[str, ...]:
    band = f"{one.mean.q05:.2f} to {one.mean.q95:.2f}"
    naive = "-" if one.persistence is None else f"{one.persistence:.2f}"
    year, last = max(one.years.items())
    return one.name, f"{one.mean.median:.2f}", band, naive, f"{year} {last.median:.2f}"


def _trend_row(one: Trend) -> tuple[str, ...]:
    right, wrong = one.right, ", ".join(one.wrong) or "-"
    band = f"{right.q05:.0f} to {right.q95:.0f}"
    return (
        one.name,
        f"{right.median:.0f}",
        band,
        str(len(one.cells)),
        f"{one.rank.median:.2f}",
        wrong,
    )


def _rise_row(one: Rise) -> tuple[str, ...]:
    band = f"{one.simulated.q05:.2f} to {one.simulated.q95:.2f}"
    inside = "yes" if one.inside else "no *"
    return one.host, f"{one.observed:.2f}", f"{one.simulated.median:.2f}", band, inside


def check(members: int = 100) -> InfluenceCheck:
    """Run both backcasts and hold their influence against the index and the votes."""
    late = run(scenario.load("backcast_2009"), [Variant("full")], members, lived=LIVED)
    early = run(scenario.load("backcast_2000"), [Variant("full")], members, watch=WATCH)
    assert late is not None and early is not None, "nobody stops them"
    return compared(early["full"], late["full"])


def compared(early: Kept, late: Kept) -> InfluenceCheck:
    """Compare what was kept of the backcasts from 2000 (watched) and from 2009 (lived)."""
    simulated = {name: annual(early.watched[name])[: len(YEARS)] for name in WATCH}
    lived = {name: annual(late.lived[name]) for name in PARTS}
    before = lived_years(late.results.scenario)
    observed = index()
    rankings = [
        ranking("index, simulated", simulated["fbic"], observed["fbic"], YEARS, (BASE,)),
        *(
            ranking(f"{name}, simulated", simulated[name], observed[name], YEARS, (BASE,))
            for name in PARTS[1:]
        ),
        *(
            ranking(
                f"{name if name != 'fbic' else 'index'}, lived", lived[name], observed[name], before
            )
            for name in PARTS
        ),
        *_china(simulated["fbic"], observed["fbic"]),
        ranking("votes, simulated", simulated["votes"], votes(), YEARS, VOTES_BEFORE),
    ]
    recent = slice(YEARS[0] - before[0], None)
    trends = (
        trend("index, simulated", np.log(simulated["fbic"]), _logs(observed["fbic"]), POWERS),
        trend("index, lived", np.log(lived["fbic"][recent]), _logs(observed["fbic"]), POWERS),
        trend("votes, simulated", simulated["votes"], votes(), axes.POWERS),
    )
    return InfluenceCheck(
        early.results.members,
        tuple(rankings),
        trends,
        tuple(rises(simulated["fbic"])),
        ranked(observed["econd"], POWERS, YEARS),
    )


def _china(simulated: Array, observed: Mapping[int, Array]) -> list[Ranking]:
    """Rank China's hosts beside both releases of the index, and the releases beside each other."""
    own = simulated[:, :1]
    first = {year: observed[year][:1] for year in YEARS}
    before = {BASE: observed[BASE][:1]}
    release = np.stack([first[year] for year in YEARS])[..., None]
    return [
        ranking("China's hosts, simulated", own, before | first, YEARS, (BASE,)),
        ranking("the same, later release", own, later(), YEARS, (BASE,)),
        ranking("one release beside the other", release, later(), YEARS),
    ]


def annual(path: Array) -> Array:
    """Return yearly means (year, ...) of a path by quarter (quarter, ...)."""
    result: Array = path.reshape(-1, PER_YEAR, *path.shape[1:]).mean(axis=1)
    return result


@lru_cache(maxsize=1)
def index() -> dict[str, dict[int, Array]]:
    """Return the index and its parts as observed, by year (power, host): China and Russia."""
    found: dict[str, dict[int, Array]] = {name: {} for name in PARTS}
    for row in read_table("influence_observed"):
        cell = POWERS.index(row["power"]), axes.HOSTS.index(row["host"])
        for name, years in found.items():
            field = years.setdefault(
                int(row["year"]), np.full((len(POWERS), len(axes.HOSTS)), np.nan)
            )
            field[cell] = float(row[name])
    return found


@lru_cache(maxsize=1)
def later() -> dict[int, Array]:
    """Return China's index in the later release, by year (1, host)."""
    found: dict[int, Array] = {}
    for row in read_table("influence_later"):
        field = found.setdefault(int(row["year"]), np.full((1, len(axes.HOSTS)), np.nan))
        field[0, axes.HOSTS.index(row["host"])] = float(row["fbic"])
    return found


@lru_cache(maxsize=1)
def votes() -> dict[int, Array]:
    """Return the share of votes cast alike by year (power, host), NaN where the host cast none."""
    found: dict[int, Array] = {}
    for row in read_table("un_agreement"):
        cell = axes.POWERS.index(row["power"]), axes.HOSTS.index(row["host"])
        field = found.setdefault(
            int(row["year"]), np.full((len(axes.POWERS), len(axes.HOSTS)), np.nan)
        )
        field[cell] = float(row["agreement"])
    return found


def ranking(
    name: str,
    simulated: Array,
    observed: Mapping[int, Array],
    years: Sequence[int],
    before: Sequence[int] = (),
) -> Ranking:
    """Rank cells of ``simulated`` (year, power, host, member) and of ``observed`` year by year.

    ``before`` names the years whose mean is persistence.
    """
    compared = [
        (year, at)
        for at, year in enumerate(years)
        if _known(observed[year]).sum() >= _least(observed)
    ]
    each = {year: _correlation(simulated[at], observed[year]) for year, at in compared}
    naive = None
    if before:
        kept = np.nanmean([observed[year] for year in before], axis=0)[..., None]
        naive = float(np.mean([_correlation(kept, observed[year])[0] for year, _ in compared]))
    mean = np.mean(list(each.values()), axis=0)
    return Ranking(name, {year: Band.of(v) for year, v in each.items()}, Band.of(mean), naive)


def trend(
    name: str, simulated: Array, observed: Mapping[int, Array], powers: Sequence[str]
) -> Trend:
    """Compare the direction of ``simulated`` (year, power, host, member) over 2001-09 by cell."""
    seen = slope(np.stack([observed[year] for year in YEARS]), YEARS)
    model = slope(simulated, YEARS)
    model = np.where(np.abs(model) > STILL, model, 0.0)
    right = np.sign(model) == np.sign(seen)[..., None]
    cells = {
        f"{power}-{host}": (
            float(seen[p, h]), float(np.median(model[p, h])), float(right[p, h].mean())
        )
        for p, power in enumerate(powers)
        for h, host in enumerate(axes.HOSTS)
    }  # fmt: skip
    cut = model.reshape(-1, model.shape[-1])
    rank = spearman(cut, seen.reshape(-1, 1))
    return Trend(name, Band.of(right.sum(axis=(0, 1)).astype(float)), Band.of(rank), cells)


def rises(simulated: Array) -> list[Rise]:
    """Return China's rise over Russia by host and in all, of the index (year, power, host, m)."""
    first, last = index()["fbic"][YEARS[0]], index()["fbic"][YEARS[-1]]
    china, russia = range(len(POWERS))

    def rise(start: Array, end: Array) -> Array:
        result: Array = np.log(end[china] / end[russia]) - np.log(start[china] / start[russia])
        return result

    found = [
        Rise(host, float(rise(first, last)[h]), Band.of(rise(simulated[0], simulated[-1])[h]))
        for h, host in enumerate(axes.HOSTS)
    ]
    all_hosts = [field.sum(axis=1) for field in (first, last, simulated[0], simulated[-1])]
    total = Rise(
        "all", float(rise(all_hosts[0], all_hosts[1])), Band.of(rise(all_hosts[2], all_hosts[3]))
    )
    return [total, *found]


def scored(early: Kept) -> dict[str, Array]:
    """Return what :func:`scores` reads of a backcast from 2000: (year, power, host, member)."""
    return {name: annual(early.watched[name])[: len(YEARS)] for name in ("fbic", "votes")}


def scores(simulated: Mapping[str, Array]) -> dict[str, float]:
    """Return four scores of the median over members, 2001-09, for comparison between variants.

    ``fbic_rank`` and ``votes_rank``: mean rank correlation over years; ``fbic_trend`` and
    ``votes_trend``: of slopes over cells (the index's in logs), 0 where nothing moves.
    """
    middle = {name: np.median(path, axis=-1, keepdims=True) for name, path in simulated.items()}
    observed = index()["fbic"]
    slopes = trend("", np.log(middle["fbic"]), _logs(observed), POWERS)
    turns = trend("", middle["votes"], votes(), axes.POWERS)
    return {
        "fbic_rank": ranking("", middle["fbic"], observed, YEARS).mean.median,
        "fbic_trend": slopes.rank.median,
        "votes_rank": ranking("", middle["votes"], votes(), YEARS).mean.median,
        "votes_trend": float(np.nan_to_num(turns.rank.median)),
    }


def _correlation(simulated: Array, observed: Array) -> Array:
    """Return the rank correlation over known cells, (member,)."""
    known = _known(observed)
    return spearman(simulated[known], observed[known][:, None])


def _known(field: Array) -> NDArray[np.bool_]:
    return ~np.isnan(field)


def _least(observed: Mapping[int, Array]) -> int:
    return min(LEAST_CELLS, next(iter(observed.values())).size)


def _logs(observed: Mapping[int, Array]) -> dict[int, Array]:
    return {year: np.log(observed[year]) for year in YEARS}
