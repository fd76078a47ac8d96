"""The backcast's trade scores: the model beside the forecasts that anyone could make.

Twenty-five power-host pairs, exports plus imports; a share is the pair's part of the host's trade
with the five powers; errors are averaged over pairs and years.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import axes, ensemble, scenario
from steppe.analysis import patterns
from steppe.analysis.forecasts import FORECASTS, other_source, persistence_bands
from steppe.analysis.scores import (
    Errors,
    Score,
    against_sources,
    coverage,
    coverage_of,
    crps,
    errors,
    log_errors,
    score,
    shares,
    width,
)
from steppe.clock import PER_YEAR
from steppe.results import Results

Array = NDArray[np.float64]

__all__ = [
    "BACKCASTS",
    "WINDOWS",
    "Score",
    "Validation",
    "Window",
    "annual_trade",
    "backcast",
    "crps",
    "log_errors",
    "score",
    "shares",
    "validate",
]

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
class Validation:
    """Scores by (base, window name, forecast), the bands' coverage by base, and the patterns.

    ``errors`` holds what the scores are means of; ``widths`` the mean width of the bands in logs by
    base, ``coverages`` their coverage by power and host; ``sources`` the comparison with the range
    of the sources by (base, window name); ``results`` the backcasts themselves, for figures.
    """

    members: int
    scores: dict[tuple[int, str, str], Score]
    coverage: dict[int, dict[str, float]]
    pairs: dict[int, Array]
    """Mean absolute log error of the model by pair (power, host) in the last window of a base."""
    patterns: list[patterns.Found]
    errors: dict[tuple[int, str, str], Errors] = field(default_factory=dict)
    widths: dict[int, dict[str, float]] = field(default_factory=dict)
    coverages: dict[int, dict[str, dict[str, dict[str, float]]]] = field(default_factory=dict)
    sources: dict[tuple[int, str], dict[str, float]] = field(default_factory=dict)
    results: dict[int, Results] = field(default_factory=dict, repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON object."""
        from steppe.analysis.goals import failures, goals

        tree: dict[str, Any] = {"members": self.members, "scores": {}, "coverage": {}}
        for (base, window, forecast), one in self.scores.items():
            at = tree["scores"].setdefault(str(base), {}).setdefault(window, {})
            at[forecast] = vars(one)
        tree["coverage"] = {str(base): bands for base, bands in self.coverage.items()}
        tree["patterns"] = [found.as_json() for found in self.patterns]
        for kind, codes in (("power", axes.POWERS), ("host", axes.HOSTS)):
            split = tree[f"by_{kind}"] = {}
            for (base, window, forecast), one_error in self.errors.items():
                at = split.setdefault(str(base), {}).setdefault(window, {})
                for code in codes:
                    at.setdefault(code, {})[forecast] = vars(one_error.score(**{kind: code}))
        tree["coverage_by"] = {str(base): split for base, split in self.coverages.items()}
        tree["band_width"] = {str(base): widths for base, widths in self.widths.items()}
        tree["sources"] = {}
        for (base, window), held in self.sources.items():
            tree["sources"].setdefault(str(base), {})[window] = held
        tree["goals"] = [goal.as_json() for goal in goals(self)]
        tree["failures"] = [failure.as_json() for failure in failures(self)]
        tree["not_held"] = [{"name": n, "reason": why} for n, why in patterns.NOT_HELD]
        return tree


def validate(
    members: int = 200,
    workers: int = 1,
    on_quarter: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Validation | None:
    """Run both backcasts and score the model and the five forecasts; None when stopped.

    The patterns of transport need runs of their own, of :data:`patterns.PAIRED` members at most.
    """
    found = Validation(members, {}, {}, {}, [])
    for base, name in BACKCASTS.items():
        results = backcast(name, members, workers, on_quarter, stop)
        if results is None:
            return None
        found.results[base] = results
        found.patterns.extend(patterns.check(results, base))
        trade = annual_trade(results)
        for window in (w for w in WINDOWS if w.base == base):
            _score(found, window, trade[:, :, [year - base - 1 for year in window.years]])
    paired = patterns.paired(min(members, patterns.PAIRED), stop)
    if paired is None:
        return None
    found.patterns.extend(paired)
    return found


def _score(found: Validation, window: Window, simulated: Array) -> None:
    """Add the scores of a window: the model's ``simulated`` trade beside all forecasts."""
    base, years = window.base, window.years
    held = {"model": errors(simulated, years)}
    for name, law in FORECASTS.items():
        bands = persistence_bands(base, years) if name == "persistence" else None
        held[name] = errors(law(base, years)[..., None], years, bands)
    held["other_source"] = errors(other_source(years)[..., None], years)
    for name, one in held.items():
        found.errors[base, window.name, name] = one
        found.scores[base, window.name, name] = one.score()
    found.sources[base, window.name] = against_sources(simulated, base, years)
    found.pairs[base] = held["model"].log.mean(axis=2)
    found.coverage[base] = coverage(simulated, years)
    found.coverages[base] = coverage_of(simulated, years)
    found.widths[base] = width(simulated)


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
