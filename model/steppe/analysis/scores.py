"""Scores of forecasts of trade: errors, bands and what they hold, whole and by power or host.

Forecasts are (power, host, year, member) in mn USD a year, a point forecast with one member.  A
share is the pair's part of the host's trade with the five powers; errors are averaged over pairs
and years; logs have a floor of 0.1 mn USD.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from steppe import axes
from steppe.analysis.forecasts import FLOOR
from steppe.analysis.observations import error, observations, observed, source_range

Array = NDArray[np.float64]

BANDS = {"p50": (0.25, 0.75), "p90": (0.05, 0.95)}
"""Quantiles between which a band lies."""
_NORMAL: Array = norm.ppf((np.arange(21) + 0.5) / 21.0)
"""Errors of observation, in standard deviations, that stand for all."""


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
class Errors:
    """Errors of one forecast in one window, (power, host, year) each.

    ``share`` percentage points; ``log`` log points; ``crps`` of log trade.
    """

    share: Array
    log: Array
    crps: Array

    def score(self, power: str | None = None, host: str | None = None) -> Score:
        """Return the means over all pairs, or those of one power or one host."""
        rows = slice(None) if power is None else [axes.POWERS.index(power)]
        columns = slice(None) if host is None else [axes.HOSTS.index(host)]
        share, log, crps = (f[rows][:, columns] for f in (self.share, self.log, self.crps))
        return Score(
            share_mae_pp=float(share.mean()),
            share_mae_pp_end=float(share[:, :, -1].mean()),
            log_mae=float(log.mean()),
            crps=float(crps.mean()),
        )


def errors(trade: Array, years: Sequence[int], bands: Array | None = None) -> Errors:
    """Return a forecast's errors; its point is the median over members.

    ``bands`` is the ensemble whose CRPS counts, where that is not the forecast itself.
    """
    known = observations().years(*years)
    share = np.abs(np.median(shares(trade), axis=-1) - shares(known)) * 100.0
    logs = np.log(np.maximum(trade if bands is None else bands, FLOOR))
    return Errors(
        share, log_errors(trade, years), crps(logs, np.log(np.maximum(known, FLOOR)))
    )  # fmt: skip


def score(trade: Array, years: Sequence[int], bands: Array | None = None) -> Score:
    """Score a forecast over all pairs, as :func:`errors` reads it."""
    return errors(trade, years, bands).score()


def shares(trade: Array) -> Array:
    """Return shares over powers of trade (power, ...)."""
    result: Array = trade / trade.sum(axis=0)
    return result


def log_errors(trade: Array, years: Sequence[int]) -> Array:
    """Return absolute log errors (power, host, year) of the median over members."""
    known = np.log(np.maximum(observations().years(*years), FLOOR))
    point = np.log(np.maximum(np.median(trade, axis=-1), FLOOR))
    result: Array = np.abs(point - known)
    return result


def crps(members: Array, known: Array) -> Array:
    """Return the CRPS E|x - y| - E|x - x'|/2 of members (..., member) against figures (...)."""
    ordered = np.sort(members, axis=-1)
    count = ordered.shape[-1]
    weights = (2.0 * np.arange(count) - count + 1.0) / (count * count)
    spread = (ordered * weights).sum(axis=-1)
    result: Array = np.abs(ordered - known[..., None]).mean(axis=-1) - spread
    return result


def coverage(trade: Array, years: Sequence[int]) -> dict[str, float]:
    """Return the part of observed trade figures inside the 50 % and 90 % bands."""
    return {name: float(inside.mean()) for name, inside in _inside(trade, years).items()}


def coverage_of(trade: Array, years: Sequence[int]) -> dict[str, dict[str, dict[str, float]]]:
    """Return that part by power and by host: ``{"by_power": {"JPN": {"p50": ...}}, ...}``."""
    inside = _inside(trade, years)
    return {
        "by_power": {
            code: {name: float(held[i].mean()) for name, held in inside.items()}
            for i, code in enumerate(axes.POWERS)
        },
        "by_host": {
            code: {name: float(held[:, i].mean()) for name, held in inside.items()}
            for i, code in enumerate(axes.HOSTS)
        },
    }


def _inside(trade: Array, years: Sequence[int]) -> dict[str, NDArray[np.bool_]]:
    known = observations().years(*years)
    result = {}
    for name, levels in BANDS.items():
        lower, upper = np.quantile(trade, levels, axis=-1)
        result[name] = (known >= lower) & (known <= upper)
    return result


def width(trade: Array) -> dict[str, float]:
    """Return the mean width of the bands of trade, log points."""
    logs = np.log(np.maximum(trade, FLOOR))
    edges = {name: np.quantile(logs, levels, axis=-1) for name, levels in BANDS.items()}
    return {name: float((upper - lower).mean()) for name, (lower, upper) in edges.items()}


def against_sources(trade: Array, base: int, years: Sequence[int]) -> dict[str, float]:
    """Hold a forecast, as reporters would have seen it, against all that the sources say.

    ``within_sources``: part of pair-years in which its median lies within the sources' range;
    ``log_mae`` of that median to the chosen figure and ``log_mae_beyond`` to the nearest end of
    the range; ``p50`` and ``p90``: part of the chosen figures inside its bands when each member is
    read with the stated error; ``error``: the mean stated error, log points.
    """
    seen = observed(trade, base, years)
    known = observations().years(*years)
    reported = np.isfinite(seen[..., 0])
    low, high = (np.log(edge) for edge in source_range(years))
    logs = np.log(np.maximum(seen, FLOOR))
    middle = np.median(logs, axis=-1)
    chosen = np.log(np.maximum(known, FLOOR))
    beyond = np.maximum(np.maximum(low - middle, middle - high), 0.0)
    stated = error(years)
    found = {
        "within_sources": float((beyond <= 0.0)[reported].mean()),
        "log_mae": float(np.abs(middle - chosen)[reported].mean()),
        "log_mae_beyond": float(beyond[reported].mean()),
    }
    held = held_at([high - low for low, high in BANDS.values()], trade, base, years, noisy=True)
    found |= dict(zip(BANDS, map(float, held), strict=True))
    found["error"] = float(stated[reported].mean())
    return found


def held_at(
    levels: Sequence[float] | Array,
    trade: Array,
    base: int,
    years: Sequence[int],
    noisy: bool = False,
) -> Array:
    """Return the part of the chosen figures inside the bands of so many members, (level,) each.

    ``noisy``: the trade is read as reporters see it, each member with the stated error.
    """
    seen = observed(trade, base, years) if noisy else trade
    logs = np.log(np.maximum(seen, FLOOR))
    if noisy:
        logs = logs[..., None] + error(years)[..., None, None] * _NORMAL
        logs = logs.reshape(*trade.shape[:-1], -1)
    chosen = np.log(np.maximum(observations().years(*years), FLOOR))
    reported = np.isfinite(logs[..., 0])
    half = np.asarray(levels) / 2.0
    lower, upper = np.quantile(logs, [0.5 - half, 0.5 + half], axis=-1).reshape(
        2, len(half), *chosen.shape
    )
    inside: Array = ((chosen >= lower) & (chosen <= upper))[:, reported].mean(axis=1)
    return inside
