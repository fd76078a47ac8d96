"""A scenario's forecasts by year, and any table of observations held against them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import ensemble, scenario
from steppe.analysis.scores import crps
from steppe.analysis.tables_of_observations import Observation
from steppe.clock import PER_YEAR
from steppe.metrics import Metric
from steppe.results import Results

Array = NDArray[np.float64]

SCENARIO = "baseline"
"""Scenario that forecasts."""


@dataclass(frozen=True)
class Held:
    """One observation against the members.

    ``rank``: part of the members below the figure; ``crps`` in the series' unit; ``log_crps`` that
    of logs, where figure and members are positive.  ``inside_90`` counts a figure whose own range
    ``low`` to ``high`` meets the band.  All NaN where no member has a value.
    """

    observation: Observation
    unit: str
    median: float
    q05: float
    q25: float
    q75: float
    q95: float
    rank: float
    crps: float
    log_crps: float

    @property
    def inside_50(self) -> bool:
        return self._inside(self.q25, self.q75)

    @property
    def inside_90(self) -> bool:
        return self._inside(self.q05, self.q95)

    def _inside(self, lower: float, upper: float) -> bool:
        o = self.observation
        low = o.value if o.low is None else o.low
        high = o.value if o.high is None else o.high
        return low <= upper and high >= lower

    def as_json(self) -> dict[str, Any]:
        o = self.observation
        figures = {
            **{"median": self.median, "q05": self.q05, "q25": self.q25, "q75": self.q75},
            **{"q95": self.q95, "rank": self.rank, "crps": self.crps, "log_crps": self.log_crps},
        }
        return {
            **{"series": o.label, "year": o.year, "unit": self.unit, "value": o.value},
            **{"low": o.low, "high": o.high, "source": o.source},
            **{name: value if np.isfinite(value) else None for name, value in figures.items()},
            **{"inside_50": self.inside_50, "inside_90": self.inside_90},
        }


@dataclass(frozen=True)
class Comparison:
    """All observations of a table against the members of a scenario."""

    scenario: str
    members: int
    rows: list[Held]

    def summary(self, rows: Sequence[Held] | None = None) -> dict[str, Any]:
        """Return count, hit rates of the bands and mean CRPS of logs, of all rows or of some."""
        held = self.rows if rows is None else rows
        logs = [row.log_crps for row in held if np.isfinite(row.log_crps)]
        return {
            "observations": len(held),
            "inside_50": sum(row.inside_50 for row in held) / len(held),
            "inside_90": sum(row.inside_90 for row in held) / len(held),
            "log_crps": float(np.mean(logs)) if logs else None,
        }

    def by_metric(self) -> dict[str, dict[str, Any]]:
        """Return the summary of each metric, with its mean CRPS in its unit."""
        names = dict.fromkeys(row.observation.metric.name for row in self.rows)
        result = {}
        for name in names:
            rows = [row for row in self.rows if row.observation.metric.name == name]
            scores = [row.crps for row in rows if np.isfinite(row.crps)]
            mean = float(np.mean(scores)) if scores else None
            result[name] = {**self.summary(rows), "crps": mean, "unit": rows[0].unit}
        return result

    def as_json(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario,
            "members": self.members,
            "summary": self.summary(),
            "by_metric": self.by_metric(),
            "observations": [row.as_json() for row in self.rows],
        }


def years_of(name: str = SCENARIO) -> range:
    """Return the calendar years that a scenario's run covers whole."""
    horizon = scenario.load(name).horizon
    return range(horizon.start.year, (horizon.end + 1).year)


def compare(
    table: Sequence[Observation],
    members: int,
    on_quarter: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Comparison | None:
    """Run the scenario as far as the table goes and hold its figures; None when stopped."""
    last = max(one.year for one in table)
    results = forecast({one.metric.name for one in table}, last, members, on_quarter, stop)
    if results is None:
        return None
    return Comparison(SCENARIO, members, [hold(results, one) for one in table])


def forecast(
    names: Iterable[str],
    last: int,
    members: int,
    on_quarter: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Results | None:
    """Run the scenario to the end of the year ``last`` and keep metrics; None when stopped.

    The members are those of a run to the scenario's own end.
    """
    case = scenario.load(SCENARIO)
    wanted = (last - case.horizon.start.year + 1) * PER_YEAR
    done = 0

    def ended() -> bool:
        return done >= wanted or (stop is not None and stop())

    def told(quarter: int, _: int) -> None:
        nonlocal done
        done = quarter
        if on_quarter is not None:
            on_quarter(quarter, wanted)

    results = ensemble.run(
        case, members=members, trajectories=tuple(sorted(names)), on_quarter=told, stop=ended
    )
    return results if results.completed >= wanted else None


def annual(results: Results, metric: Metric, rows: Sequence[int], year: int) -> Array:
    """Return a series' figure of a year, the sum of cells ``rows``, (member,).

    A flow per quarter is summed over the year; of a metric whose outcome is the last quarter's, the
    year's last counts; all else is the mean over the quarters that have a value.
    """
    assert results.trajectories is not None
    first = (year - results.quarters[0].year) * PER_YEAR
    cells = results.trajectories[metric.name][first : first + PER_YEAR][:, list(rows)]
    path = np.add.reduce(cells, axis=1)
    if metric.unit.endswith("/quarter"):
        total: Array = np.add.reduce(path, axis=0)
        return total
    if metric.summary == "last":
        last: Array = path[-1]
        return last
    known = np.isfinite(path)
    count = known.sum(axis=0)
    mean: Array = np.where(known, path, 0.0).sum(axis=0) / np.where(count > 0, count, np.nan)
    return mean


def unit_of(metric: Metric) -> str:
    """Return the unit of a year's figure."""
    return f"{metric.unit.removesuffix('/quarter')}/yr" if _flow(metric) else metric.unit


def _flow(metric: Metric) -> bool:
    return metric.unit.endswith("/quarter")


def hold(results: Results, one: Observation) -> Held:
    """Hold an observation against the members of a run."""
    values = annual(results, one.metric, one.rows, one.year)
    values = values[np.isfinite(values)]
    unit = unit_of(one.metric)
    if not len(values):
        return Held(one, unit, *[float("nan")] * 8)
    q05, q25, median, q75, q95 = (
        float(q) for q in np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
    )
    below = float((values < one.value).mean() + 0.5 * (values == one.value).mean())
    positive = one.value > 0.0 and values.min() > 0.0
    logs = float(crps(np.log(values), np.log(one.value))) if positive else float("nan")
    known = np.asarray(one.value)
    return Held(
        one, unit, median, q05, q25, q75, q95, below, float(crps(values, known)), logs
    )  # fmt: skip
