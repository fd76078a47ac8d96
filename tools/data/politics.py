"""Political ties as others measured them: stability, influence, votes, and what feeds them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from data import extracts, trade
from data.extracts import HOSTS, POWERS, STATES
from data.table import Table, ordered

STABILITY_YEARS = {2001: (2000,), 2010: (2009,), 2017: (2014, 2015, 2016)}
VOTING_YEARS = {
    2001: (1998, 1999, 2000),
    2010: (2007, 2008, 2009),
    2017: (2007, 2008, 2009),
}
"""Years behind the position of each base; the roll calls at hand end in 2009."""
INFLUENCE = ("fbic", "econb", "polb", "secb", "econd", "secd")
AGREEMENTS_YEAR = 2009
SLOPE, LEVEL = 0.051, 0.05
"""Economic bandwidth from trade alone: SLOPE ln(1 + trade in mn USD) - LEVEL."""


def stability_table() -> Table:
    frame = extracts.read("political_stability").pivot(
        index="year", columns="host", values="estimate"
    )
    rows = [
        (base, host, frame.loc[list(years), host].mean())
        for base, years in STABILITY_YEARS.items()
        for host in HOSTS
    ]
    return Table(
        notes=(
            "Political stability and absence of violence in the hosts, by base. Unit: standard "
            "normal units of the world's states in a year, about -2.5 (worst) to 2.5. base = first "
            "year of the run: 2001 uses 2000, 2010 uses 2009, 2017 the mean of 2014-16. Standard "
            "errors are about 0.25. The scale is relative to other states in the same year."
        ),
        frame=pd.DataFrame(rows, columns=["base", "host", "stability"]),
        decimals={"stability": 3},
        sources=("wgi",),
    )


def influence_table() -> Table:
    return Table(
        notes=(
            "Formal Bilateral Influence Capacity of China and Russia over the hosts, 1992-2009. "
            "Unit: index; fbic 0 to 1. econb, polb, secb: economic, political and security "
            "bandwidth (econb of Russia over Kazakhstan exceeds 1); econd, secd: economic and "
            "security dependence (econd is not bounded by 1). All cells keep, to 0.001, fbic = "
            "0.1325 (econb + polb + secb)(econd + secd). No figures for Japan, Turkey and India. "
            "For rank and trend, not for level."
        ),
        frame=ordered(extracts.read("fbic"), year=None, power=POWERS, host=HOSTS)[
            ["year", "power", "host", *INFLUENCE]
        ],
        decimals=dict.fromkeys(INFLUENCE, 4),
        sources=("fbic",),
    )


def later_influence_table() -> Table:
    return Table(
        notes=(
            "Formal Bilateral Influence Capacity of China over the hosts in a later release (about "
            "2024) than that of influence_observed (2018), 1994-2009. Unit: index; bandwidth: all "
            "kinds together, of which only this release gives a figure. No figures for the others. "
            "Beside influence_observed it tells how far releases differ: from 2000 on by a tenth "
            "at most but for Tajikistan in 2001-07 (a fifth to two fifths lower) and Uzbekistan "
            "(2 to 5 times higher to 2004, 1.3 times in 2009)."
        ),
        frame=ordered(extracts.read("fbic_later"), year=None, power=POWERS, host=HOSTS)[
            ["year", "power", "host", "fbic", "bandwidth"]
        ],
        decimals={"fbic": 4, "bandwidth": 4},
        sources=("fbic_later",),
    )


@cache
def agreement() -> pd.DataFrame:
    """Return the share of votes cast alike, both orders of each pair: year, a, b, agreement."""
    one = extracts.read("un_agreement").rename(columns={"state_a": "a", "state_b": "b"})
    other = one.rename(columns={"a": "b", "b": "a"})
    return pd.concat([one, other], ignore_index=True)[["year", "a", "b", "agreement"]]


def agreement_table() -> Table:
    frame = agreement().query("a in @POWERS and b in @HOSTS")
    frame = frame.rename(columns={"a": "power", "b": "host"})
    return Table(
        notes=(
            "How often power and host voted alike in the General Assembly of the United Nations, "
            "by year, 1992-2009. Unit: share (0-1) of the roll calls in which both voted yes, no "
            "or abstain; absences are left out. A year without a row: the host cast no vote "
            "(Uzbekistan, Kyrgyzstan, Tajikistan in some). Uzbekistan voted in few roll calls, "
            "which makes its shares noisy."
        ),
        frame=ordered(frame, year=None, power=POWERS, host=HOSTS)[
            ["year", "power", "host", "agreement"]
        ],
        decimals={"agreement": 4},
        sources=("unvotes",),
    )


def positions(years: tuple[int, ...]) -> dict[str, float]:
    """Return the first principal coordinate of the ten states, -1 to 1, Japan positive.

    Classical multidimensional scaling (Torgerson 1952) of 1 - mean agreement over ``years``, among
    all states of the extract; the coordinate is stretched so that the ten states span -1 to 1.
    """
    mean = agreement().query("year in @years").groupby(["a", "b"]).agreement.mean()
    alike = mean.unstack().sort_index(axis=0).sort_index(axis=1)
    states = list(alike.index)
    distance = 1 - alike.to_numpy(copy=True)
    np.fill_diagonal(distance, 0)
    centre = np.eye(len(states)) - 1 / len(states)
    _, vectors = np.linalg.eigh(-0.5 * centre @ (distance * distance) @ centre)
    first = dict(zip(states, vectors[:, -1], strict=True))
    if first["JPN"] < 0:
        first = {state: -value for state, value in first.items()}
    low, high = (limit(first[state] for state in STATES) for limit in (min, max))
    return {state: float(2 * (first[state] - low) / (high - low) - 1) for state in STATES}


def positions_table() -> Table:
    rows = [
        (base, state, position)
        for base, years in VOTING_YEARS.items()
        for state, position in positions(years).items()
    ]
    return Table(
        notes=(
            "Where the ten states stand in the General Assembly, by base. Unit: -1 to 1, the two "
            "ends being the outermost of the ten; Japan is on the positive (Western) side. First "
            "coordinate of a classical multidimensional scaling of 1 - agreement among thirteen "
            "states (the ten, Afghanistan, Iran, Pakistan). base 2001 uses the mean of 1998-2000; "
            "2010 and 2017 both use 2007-09, the last years at hand. Uzbekistan's end of the "
            "scale in 1998-2000 is real (it then voted with the United States more than Japan "
            "did), and so is its return. The first coordinate holds more than half of the "
            "variation, and votes are no more than one issue: rank, not level."
        ),
        frame=pd.DataFrame(rows, columns=["base", "state", "position"]),
        decimals={"position": 3},
        sources=("unvotes",),
    )


def agreements_bandwidth(power: str, host: str, year: int = AGREEMENTS_YEAR) -> float:
    """Return what treaties add to economic bandwidth: FBIC's econb less what trade explains."""
    flows = trade.pairs().loc[year]
    traded = flows[power, host] + flows[host, power]
    found = extracts.read("fbic").query("year == @year and power == @power and host == @host")
    return max(0.0, found.econb.iloc[0] - (SLOPE * np.log(1 + traded) - LEVEL))


def proximity_table() -> Table:
    frame = extracts.read("proximity_priors")
    measured = frame.agreements.isna()
    frame.loc[measured, "agreements"] = [
        agreements_bandwidth(row.power, row.host) for row in frame[measured].itertuples()
    ]
    return Table(
        notes=(
            "What ties a host to a power besides trade and money. Unit: 0 to 1. culture: shared "
            "language, media, schooling, religion [prior]. arms: dependence on the power's arms "
            "and training [prior; Russia's after secb and secd in influence_observed]. "
            "agreements: what trade and economic treaties add to economic bandwidth: for China "
            "and Russia econb of 2009 less (0.051 ln(1 + trade in mn USD) - 0.05), not below 0; "
            "for the others [prior]. The years 2000 and 2005 give nearly the same (RUS-KAZ "
            "0.49 and 0.62). Turkey's culture is held below what kinship of language "
            "would suggest, so that it does not outweigh China in 2001. The same at every base."
        ),
        frame=ordered(frame, power=POWERS, host=HOSTS)[
            ["power", "host", "culture", "arms", "agreements", "source"]
        ],
        decimals={"culture": 2, "arms": 2, "agreements": 3},
        sources=("fbic", "wits", "cow_dyadic"),
    )
