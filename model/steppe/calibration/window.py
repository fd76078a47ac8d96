"""The fit window: what a calibration may read of history, and nothing after it.

Years after the window are for tests.  Every observation that a calibration uses comes through here,
and a year beyond the window raises :class:`OutsideWindow`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from steppe import scenario
from steppe.analysis.observations import FIRST, nominal_gdp, observations
from steppe.clock import Quarter
from steppe.parameters import read_table, registry
from steppe.scenario import Horizon, Scenario
from steppe.scenario.posterior import Posterior
from steppe.scenario.values import prior
from steppe.world.paths import LAST_FIT

Array = NDArray[np.float64]

LAST = LAST_FIT
BACKCAST = "backcast_2000"


class OutsideWindow(ValueError):
    """Something after the fit window was asked for."""


def within(*years: int) -> tuple[int, ...]:
    """Return the years; :class:`OutsideWindow` when one lies after the fit window."""
    late = [year for year in years if year > LAST]
    if late:
        raise OutsideWindow(f"{late[0]} lies after the fit window, which ends in {LAST}")
    return years


def trade(years: Iterable[int]) -> tuple[Array, Array, Array]:
    """Return observed trade and what the lowest and highest source say, (power, host, year)."""
    columns = [year - FIRST for year in within(*years)]
    seen = observations()
    return seen.chosen[:, :, columns], seen.low[:, :, columns], seen.high[:, :, columns]


def gdp(host: str, year: int) -> float:
    """Return a host's nominal GDP, bn USD."""
    return nominal_gdp()[host][within(year)[0]]


def rows(table: str) -> list[dict[str, str]]:
    """Return a table's rows of years within the fit window."""
    return [row for row in read_table(table) if int(row.get("last_year") or row["year"]) <= LAST]


def case() -> Scenario:
    """Return the backcast from 2000, cut at the end of the fit window, with priors alone."""
    whole = scenario.load(BACKCAST)
    names = registry()
    return replace(
        whole,
        horizon=Horizon(whole.horizon.start, Quarter.parse(f"{LAST}Q4")),
        uncertainties={
            name: prior(names[name]) if isinstance(drawn, Posterior) else drawn
            for name, drawn in whole.uncertainties.items()
        },
    )
