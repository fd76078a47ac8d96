"""The backcast's trade scores: the model beside the forecasts that anyone could make.

Twenty-five power-host pairs, exports plus imports; a share is the pair's part of the host's trade
with the five powers; errors are averaged over pairs and years.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import axes, ensemble, scenario
from steppe.analysis import patterns
from steppe.analysis.forecasts import FLOOR, FORECASTS, other_source
from steppe.analysis.observations import observations
from steppe.clock import PER_YEAR
from steppe.results import Results

Array = NDArray[np.float64]

BACKCASTS = {2009: "backcast_2009", 2000: "backcast_2000"}
"""Base year of each backcast and its scenario."""


@dataclass(frozen=True)
class Window:
    """Years that are scored together, and whether parameters may be fitted on them."""

    base: int
    first: int
    last: int
    label: str

    @property
    def years(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def name(self) -> str:
        return f"{self.first}-{self.last % 100:02d}"


WINDOWS = (
    Window(2009, 2010, 2016, "test"),
    Window(2000, 2001, 2009, "fit"),
    Window(2000, 2010, 2016, "test"),
    Window(2000, 2001, 2016, "both"),
)


@dataclass(frozen=True)
class Score:
    """Errors of one forecast in one window.

    ``share_mae_pp``: mean absolute error of shares, percentage points, over all years;
    ``share_mae_pp_end``: in the last year; ``log_mae``: mean absolute log error of trade;
    ``crps``: continuous ranked probability score of log trade (the log error of a point forecast).
    """

    share_mae_pp: float
    share_mae_pp_end: float
    log_mae: float
    crps: float


@dataclass(frozen=True)
class Validation:
    """Scores by (base, window name, forecast), the bands' coverage by base, and the patterns."""

    members: int
    scores: dict[tuple[int, str, str], Score]
    coverage: dict[int, dict[str, float]]
    pairs: dict[int, Array]
    """Mean absolute log error of the model by pair (power, host) in the last window of a base."""
    patterns: list[patterns.Found]

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON object."""
        tree: dict[str, Any] = {"members": self.members, "scores": {}, "coverage": {}}
        for (base, window, forecast), score in self.scores.items():
            at = tree["scores"].setdefault(str(base), {}).setdefault(window, {})
            at[forecast] = vars(score)
        tree["coverage"] = {str(base): bands for base, bands in self.coverage.items()}
        tree["patterns"] = [found.as_json() for found in self.patterns]
        return tree


def validate(
    members: int = 200,
    workers: int = 1,
    on_quarter: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Validation | None:
    """Run both backcasts and score the model and the five forecasts; None when stopped."""
    scores: dict[tuple[int, str, str], Score] = {}
    coverage: dict[int, dict[str, float]] = {}
    pairs: dict[int, Array] = {}
    held: list[patterns.Found] = []
    for base, name in BACKCASTS.items():
        results = backcast(name, members, workers, on_quarter, stop)
        if results is None:
            return None
        held += patterns.check(results, base)
        trade = annual_trade(results)
        for window in (w for w in WINDOWS if w.base == base):
            columns = [year - base - 1 for year in window.years]
            simulated = trade[:, :, columns]
            scores[base, window.name, "model"] = score(simulated, window.years)
            for forecast, law in FORECASTS.items():
                point = law(base, window.years)[..., None]
                scores[base, window.name, forecast] = score(point, window.years)
            point = other_source(window.years)[..., None]
            scores[base, window.name, "other_source"] = score(point, window.years)
            pairs[base] = log_errors(simulated, window.years).mean(axis=2)
            coverage[base] = dict(_coverage(simulated, window.years))
    return Validation(members, scores, coverage, pairs, held)


def backcast(
    name: str,
    members: int,
    workers: int = 1,
    on_quarter: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Results | None:
    """Run a backcast and keep what scores and patterns read; None when stopped."""
    results = ensemble.run(
        scenario.load(name),
        members=members,
        workers=workers,
        trajectories=("trade_total", *patterns.READS),
        on_quarter=on_quarter,
        stop=stop,
    )
    if results.trajectories is None or not results.complete:
        return None
    return results


def annual_trade(results: Results) -> Array:
    """Return a backcast's annual trade (power, host, year, member), mn USD."""
    assert results.trajectories is not None
    path = results.trajectories["trade_total"]
    quarters, _, count = path.shape
    shape = (quarters // PER_YEAR, PER_YEAR, len(axes.POWERS), len(axes.HOSTS), count)
    annual: Array = path.reshape(shape).sum(axis=1)
    return np.ascontiguousarray(annual.transpose(1, 2, 0, 3))


def shares(trade: Array) -> Array:
    """Return shares over powers of trade (power, ...)."""
    result: Array = trade / trade.sum(axis=0)
    return result


def log_errors(trade: Array, years: Sequence[int]) -> Array:
    """Return absolute log errors (power, host, year) of the median over members."""
    observed = np.log(np.maximum(observations().years(*years), FLOOR))
    point = np.log(np.maximum(np.median(trade, axis=-1), FLOOR))
    error: Array = np.abs(point - observed)
    return error


def score(trade: Array, years: Sequence[int]) -> Score:
    """Score a forecast (power, host, year, member); its point is the median over members."""
    observed = observations().years(*years)
    error = np.abs(np.median(shares(trade), axis=-1) - shares(observed)) * 100.0
    logs = np.log(np.maximum(trade, FLOOR))
    return Score(
        share_mae_pp=float(error.mean()),
        share_mae_pp_end=float(error[:, :, -1].mean()),
        log_mae=float(log_errors(trade, years).mean()),
        crps=float(crps(logs, np.log(np.maximum(observed, FLOOR))).mean()),
    )


def crps(members: Array, observed: Array) -> Array:
    """Return the CRPS E|x - y| - E|x - x'|/2 of members (..., member) against observed (...)."""
    ordered = np.sort(members, axis=-1)
    count = ordered.shape[-1]
    weights = (2.0 * np.arange(count) - count + 1.0) / (count * count)
    spread = (ordered * weights).sum(axis=-1)
    result: Array = np.abs(ordered - observed[..., None]).mean(axis=-1) - spread
    return result


def _coverage(trade: Array, years: Sequence[int]) -> Iterator[tuple[str, float]]:
    """Yield the part of observed trade figures inside the 50 % and 90 % bands."""
    observed = observations().years(*years)
    for name, low, high in (("p50", 0.25, 0.75), ("p90", 0.05, 0.95)):
        lower, upper = np.quantile(trade, [low, high], axis=-1)
        yield name, float(((observed >= lower) & (observed <= upper)).mean())
