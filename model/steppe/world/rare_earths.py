"""The market of rare earths: its state, and what tables say about its past."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import PER_YEAR, Quarter
from steppe.parameters import read_table
from steppe.world.past import FIRST
from steppe.world.paths import columns, interpolated

Array = NDArray[np.float64]

MINERS, USERS, SOURCES = len(axes.MINERS), len(axes.USERS), len(axes.SOURCES)
STAGES = 3
"""Stages of a mine under construction: its lead time is Erlang distributed around the mean."""
BUYERS = slice(1, USERS)
"""Users who buy on the world market: Japan and the rest of the world."""
UNLIMITED = np.inf


@dataclass(slots=True)
class RareEarths:
    """State of the market in ``members`` worlds, member last; kt/yr, stocks kt, prices as logs.

    - ``price`` (), ``inside`` (): of the world and inside China, 0 the usual price of 2009;
      ``expected`` (): what the price is expected to be.
    - ``capacity`` (miner,), ``under_way`` (miner, stage): mines; ``output`` (miner,).
    - ``use``, ``thrift`` (user,): what is used, and the log of what users learned to do without.
    - ``imports``, ``stock``, ``unmet`` (buyer,): what Japan and the others take from the world
      market, hold, and go without; ``given`` (source,): Japan's imports by source.
    - ``exports`` (): China's, what passes its quota included; ``to_japan`` (): its usual direct
      exports to Japan, ``usual_exports`` (): all, before it restricts.
    - ``restriction`` (): 0-2; ``tension`` (): between China and Japan; ``panic``, ``memory`` ().
    - ``bill``, ``usual_bill`` (): Japan's import bill over GDP x concentration of its sources.
    - ``revenue`` (): what Kazakhstan's plants of the run earn, mn USD/quarter.
    """

    price: Array
    inside: Array
    expected: Array
    capacity: Array
    under_way: Array
    output: Array
    use: Array
    thrift: Array
    imports: Array
    stock: Array
    unmet: Array
    given: Array
    exports: Array
    to_japan: Array
    usual_exports: Array
    restriction: Array
    tension: Array
    panic: Array
    memory: Array
    bill: Array
    usual_bill: Array
    revenue: Array

    @property
    def china_share(self) -> Array:
        """China's part of what Japan imports, directly, (member,); nan where it imports none."""
        total = np.add.reduce(self.given, axis=0)
        return np.where(total > 0.0, self.given[0] / np.where(total > 0.0, total, 1.0), np.nan)


_SHAPES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("capacity", "output"), (MINERS,)),
    "under_way": (MINERS, STAGES),
    **dict.fromkeys(("use", "thrift"), (USERS,)),
    **dict.fromkeys(("imports", "stock", "unmet"), (USERS - 1,)),
    "given": (SOURCES,),
}


def no_rare_earths(members: int) -> RareEarths:
    """Return an empty market at the usual price for ``members`` worlds."""
    return RareEarths(
        **{f.name: np.zeros((*_SHAPES.get(f.name, ()), members)) for f in fields(RareEarths)}
    )


@dataclass(frozen=True)
class MarketPast:
    """What is given about the market, one column a quarter from ``FIRST`` to the end of the run.

    - ``wanted`` (user, quarter): kt/yr at the usual price, to the last anchor before the run and
      flat after it; ``income`` (user, quarter): log of the user's real GDP over that anchor's, as
      observed, in the quarters before the run; the run's own GDP counts from the base's middle,
      at ``base_income`` (user,).
    - ``quota`` (quarter,): kt/yr, infinite where there is none; ``restriction`` (quarter,): 0-2, as
      recorded; ``recorded`` (quarter,): whether China's policy is known.
    - ``mined`` (miner, quarter): kt/yr as observed to ``MINES_OBSERVED``; ``begun`` (miner,
      quarter): mines begun before the run, kt/yr.
    - ``electric`` (quarter,): years since ``ELECTRIC_FROM``.
    """

    wanted: Array
    income: Array
    base_income: Array
    quota: Array
    restriction: Array
    recorded: NDArray[np.bool_]
    mined: Array
    begun: Array
    electric: Array


LAST_RECORDED_POLICY = 2024
"""Last year for which China's policy is taken from the record."""
MINES_OBSERVED = 2009
"""Last year in which mines outside China are as observed; later ones are the market's."""
ELECTRIC_FROM = 2017
"""Year from which magnets for vehicles and turbines add to what income explains."""


@cache
def market_past(start: Quarter, quarters: int, base_years: tuple[int, ...]) -> MarketPast:
    """Return what is given for a run of ``quarters`` quarters from ``start``."""
    when = FIRST.year + (np.arange(start - FIRST + quarters) + 0.5) / PER_YEAR
    wanted, anchors = _wanted(when, start.year)
    real = columns("macro", "country", ("gdp_real_bn",))["gdp_real_bn"]
    income = np.zeros_like(wanted)
    base_income = np.zeros(USERS)
    middle = float(np.mean(base_years)) + 0.5
    for i, user in enumerate(axes.USERS):
        observed = {year: size for year, size in real[user].items() if year < start.year}
        at_anchor = interpolated(observed, np.array([anchors[i] + 0.5]))
        path = np.log(interpolated(observed, when) / at_anchor)
        income[i] = np.where(when > anchors[i] + 0.5, path, 0.0)
        base_income[i] = float(np.log(interpolated(observed, np.array([middle])) / at_anchor)[0])
    quota, restriction, recorded = _policy(when)
    return MarketPast(
        wanted=wanted,
        income=income,
        base_income=base_income,
        quota=quota,
        restriction=restriction,
        recorded=recorded,
        mined=_mined(when),
        begun=_begun(start, len(when)),
        electric=np.maximum(when - ELECTRIC_FROM, 0.0),
    )


def _wanted(when: Array, before: int) -> tuple[Array, list[int]]:
    """Return use at the usual price (user, quarter), log-linear between anchors, and the last."""
    wanted = np.zeros((USERS, len(when)))
    anchors = []
    for i, user in enumerate(axes.USERS):
        known = {
            int(row["year"]): float(row["kt"])
            for row in read_table("rare_earth_use")
            if row["user"] == user and int(row["year"]) < before
        }
        wanted[i] = interpolated(known, when)
        anchors.append(max(known))
    return wanted, anchors


def _policy(when: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    quota, restriction = np.full(len(when), UNLIMITED), np.zeros(len(when))
    for row in read_table("rare_earth_policy"):
        place = Quarter.parse(row["quarter"]) - FIRST
        if place < len(when):
            quota[place] = float(row["quota_kt"])
            restriction[place] = float(row["restriction"])
    return quota, restriction, np.floor(when) <= LAST_RECORDED_POLICY


def _mined(when: Array) -> Array:
    """Return observed output (miner, quarter), kt/yr, linear between mid-years."""
    mined = np.zeros((MINERS, len(when)))
    for i, miner in enumerate(axes.MINERS):
        known = [
            (int(row["year"]) + 0.5, float(row["output_kt"]))
            for row in read_table("rare_earth_mines")
            if row["country"] == miner and int(row["year"]) <= MINES_OBSERVED
        ]
        if known:
            years, output = zip(*sorted(known), strict=True)
            mined[i] = np.interp(when, years, output)
    return mined


def _begun(start: Quarter, quarters: int) -> Array:
    """Return mines begun before the run (miner, quarter), kt/yr."""
    begun = np.zeros((MINERS, quarters))
    for row in read_table("rare_earth_begun"):
        quarter = Quarter.parse(row["quarter"])
        if quarter < start:
            begun[axes.MINERS.index(row["miner"]), quarter - FIRST] += float(row["kt"])
    return begun
