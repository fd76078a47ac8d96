"""Measure the usual course of what drives growth: ``model/steppe/data/growth_drivers.csv``.

Runs the backcast from 2000 and the baseline with their priors and takes the medians over the
members of what each year changes.  The course depends a little on growth itself, so it is measured
again with what was found until it stands.  Measure it anew when laws of trade, projects or growth
or their parameters change: tests/unit/world/test_drivers.py tells when it has gone stale.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np

from steppe import axes, scenario
from steppe.clock import PER_YEAR
from steppe.model import CentralAsia
from steppe.world.drivers import Drivers, expected_drivers

TABLE = Path(__file__).resolve().parents[1] / "model/steppe/data/growth_drivers.csv"
RUNS = (("backcast_2000", 2009), ("baseline", 2040))
HEAD = """\
# What usually drives the hosts' growth beside its trend, change of a year: medians over the members
# of the model's own backcast from 2000 (to 2009, the fit window) and of its baseline. Growth that
# was observed or is expected holds these already, so only what departs from them moves it. base:
# first year of the run. Units: logs of own_share (part of expenditure on own goods), resources
# (real revenue from fuels and ores) and infrastructure (over its trend); remittances over GDP.
# Written by tools/measure_growth_drivers.py.
"""


def measured(name: str, last: int, members: int) -> list[list[str]]:
    """Return the rows of a run: base, host, year and the changes of the year."""
    case = scenario.load(name)
    model = CentralAsia(case, members, rng=case.seed, collect=False)
    base, levels = case.horizon.start.year, []
    for quarter in range((last + 1 - base) * PER_YEAR):
        model.step()
        if quarter == 0 or quarter % PER_YEAR == PER_YEAR - 1:
            levels.append(_levels(model))
    changes = np.median(np.diff(levels, axis=0), axis=-1)
    return [
        [str(base), host, str(base + year), *(f"{x:.5f}" for x in changes[year, :, h])]
        for h, host in enumerate(axes.HOSTS)
        for year in range(last + 1 - base)
    ]


def _levels(model: CentralAsia) -> np.ndarray:
    """Return the drivers' levels after a quarter, (driver, host, member)."""
    state = model.state
    gap = model.relations.money.infrastructure_gap
    return np.array([state.own_share, state.resource_price, state.remittance_ratio, gap])


def write(rows: list[list[str]]) -> None:
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        file.write(HEAD)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["base", "host", "year", *Drivers._fields])
        writer.writerows(rows)
    expected_drivers.cache_clear()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--times", type=int, default=3, help="measurements, each with the last")
    given = parser.parse_args()
    before: list[list[str]] = []
    for _ in range(given.times):
        rows = [row for name, last in RUNS for row in measured(name, last, given.members)]
        write(rows)
        if before:
            moved = [
                abs(float(a) - float(b))
                for r, q in zip(rows, before, strict=True)
                for a, b in zip(r[3:], q[3:], strict=True)
            ]
            print(f"largest change since the last measurement: {max(moved):.5f}", flush=True)
        before = rows


if __name__ == "__main__":
    main()
