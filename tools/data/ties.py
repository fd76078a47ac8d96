"""What binds or parts states: distance, language, tariffs, memberships."""

from __future__ import annotations

from data import extracts
from data.extracts import STATES
from data.table import Table, ordered


def distances_table() -> Table:
    frame = extracts.read("geodist").rename(columns={"iso_o": "origin", "iso_d": "destination"})
    places = {c: 1 for c in ("dist", "distcap", "distw", "distwces")}
    return Table(
        notes=(
            "Distance and ties between the ten states, each ordered pair. Units: km; flags 0 or "
            "1. dist: largest cities; distcap: capitals; distw, distwces: weighted by city "
            "populations (theta = 1 and -1). contig: common border; comlang_off, comlang_ethno: "
            "common official language, language of 9 % of both; colony, comcol, col45: ever in "
            "a colonial tie, common coloniser after 1945, tie after 1945 (GeoDist counts the "
            "Soviet Union as one). GeoDist gives no Russian-speaking tie to UZB, TKM or TJK. No "
            "row for ROW."
        ),
        frame=ordered(frame, origin=STATES, destination=STATES),
        decimals=places,
    )


def tariffs_table() -> Table:
    measures = ("applied_simple_mean", "applied_weighted_mean", "external_average")
    return Table(
        notes=(
            "Tariffs on all goods, by country and year. Unit: % ad valorem. "
            "applied_simple_mean, applied_weighted_mean: applied rates, by line and by imports. "
            "external_average: Kazakhstan's tariff on outsiders before (2009) and after (2010) "
            "the customs union, 6.5 to 10.3 %; the weighted mean hides this step, for most of "
            "what Kazakhstan then imports comes duty-free from Russia. No figures for China."
        ),
        frame=ordered(extracts.read("tariffs"), country=STATES, measure=measures, year=None)[
            ["country", "year", "measure", "tariff_pct", "source"]
        ],
        decimals={"tariff_pct": 2},
    )


def memberships_table() -> Table:
    frame = extracts.read("memberships")
    bodies = tuple(dict.fromkeys(frame.organisation))
    countries = (*STATES, "IRN", "PAK", "AFG", "CAU")
    return Table(
        notes=(
            "Who belongs to which organisation from when: each row sets the status from its "
            "date on until the next row of the same organisation and country; before the first "
            "row, 0. status: 1 member or party, 0.5 observer or lesser tie, 0 left. A country "
            "without a row never joined. date is the first day where only the month is known, 1 "
            "July where only the year is (column precision); latest = signed by that day at the "
            "latest. CSTO counts from the Collective Security Treaty of 1992. CUSTOMS_UNION is "
            "the tariff union of Russia, Belarus and Kazakhstan that became the EAEU."
        ),
        frame=ordered(frame, organisation=bodies, date=None, country=countries)[
            ["organisation", "country", "date", "precision", "status", "kind", "note", "source"]
        ],
        decimals={"status": 1},
    )
