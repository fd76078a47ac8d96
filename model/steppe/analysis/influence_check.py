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
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from steppe import axes, scenario
from steppe.analysis.dependence_forms import ranked
from steppe.analysis.influence_result import Band, InfluenceCheck, Ranking, Rise, Trend
from steppe.analysis.ranks import slope, spearman
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

_SHOWN = [axes.POWERS.index(power) for power in POWERS]
_SECURITY = axes.CHANNELS.index("security")
_VOTES = axes.ISSUES.index("un_votes")


def _watched(part: Callable[[State], Array]) -> Callable[[State], Array]:
    return lambda state: part(state)[_SHOWN]


WATCH: dict[str, Callable[[State], Array]] = {
    "fbic": _watched(lambda s: s.politics.fbic),
    "econb": _watched(lambda s: s.politics.bandwidth),
    "econd": _watched(lambda s: s.politics.recorded),
    "secb": _watched(lambda s: s.politics.channel[:, :, _SECURITY]),
    "votes": lambda s: s.politics.alignment[_VOTES],
}
"""What is kept of each quarter: (power, host, member), the index's for China and Russia only."""
LIVED = {name: WATCH[name] for name in PARTS}


def check(
    members: int = 100,
    *,
    on_part: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> InfluenceCheck | None:
    """Run both backcasts and hold their influence against the index and the votes.

    ``on_part`` is called with (done, all), over both; None if stopped.
    """

    def half(first: int) -> Callable[[int, int], None]:
        def told(done: int, parts: int) -> None:
            if on_part is not None:
                on_part(first * parts + done, 2 * parts)

        return told

    full = [Variant("full")]
    case = scenario.load("backcast_2009")
    late = run(case, full, members, lived=LIVED, on_part=half(0), stop=stop)
    if late is None:
        return None
    case = scenario.load("backcast_2000")
    early = run(case, full, members, watch=WATCH, on_part=half(1), stop=stop)
    return None if early is None else compared(early["full"], late["full"])


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
