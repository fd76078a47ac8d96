"""Headline conclusions of the shipped scenarios, each as one figure of every member."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe import axes, metrics
from steppe.clock import PER_YEAR
from steppe.metrics import OUTCOME_QUARTERS
from steppe.results import Results

Array = NDArray[np.float64]

Measure = Callable[[Array], Array]
"""From a metric's path (quarter, cell..., member) to a figure (member,)."""


@dataclass(frozen=True)
class Conclusion:
    """A sentence and its figure: it holds in members whose ``size`` is above ``least``.

    ``measure`` reads the path of ``metric`` in ``scenario``; with ``against`` the size is the
    difference of the measures, member by member, or their ratio less one where ``relative``.
    """

    name: str
    metric: str
    measure: Measure
    scenario: str = "baseline"
    against: str | None = None
    least: float = 0.0
    relative: bool = False

    def sizes(self, own: Results, other: Results | None = None) -> Array:
        """Return the figure of every member, (member,)."""
        value = self.measure(_path(own, self.metric))
        if other is None:
            return value
        before = self.measure(_path(other, self.metric))
        return value / before - 1.0 if self.relative else value - before


def _path(results: Results, name: str) -> Array:
    """Return a metric's path as (quarter, dims..., member)."""
    assert results.trajectories is not None
    path = results.trajectories[name]
    shape = [len(codes) for codes in metrics.BY_NAME[name].codes]
    return path.reshape(len(path), *shape, path.shape[-1])


def cell(*codes: str) -> Measure:
    """Measure one cell, mean of the quarters that an outcome averages."""

    def measure(path: Array) -> Array:
        result: Array = path[-OUTCOME_QUARTERS:].mean(axis=0)
        for code in codes:
            result = result[_place(code)]
        return result

    return measure


def lead(power: str, host: str) -> Measure:
    """Measure a power's lead over the largest other in a host in the last year."""

    def measure(path: Array) -> Array:
        last = path[-PER_YEAR:, :, axes.HOSTS.index(host)].mean(axis=0)
        own = axes.POWERS.index(power)
        result: Array = last[own] - np.delete(last, own, axis=0).max(axis=0)
        return result

    return measure


def over(power: str, rival: str) -> Measure:
    """Measure a power's lead over one rival, mean over hosts and the last quarters."""

    def measure(path: Array) -> Array:
        late = path[-OUTCOME_QUARTERS:].mean(axis=(0, 2))
        result: Array = late[axes.POWERS.index(power)] - late[axes.POWERS.index(rival)]
        return result

    return measure


def of_power(power: str) -> Measure:
    """Measure a power's sum over hosts, mean of the last quarters."""

    def measure(path: Array) -> Array:
        late = path[-OUTCOME_QUARTERS:, axes.POWERS.index(power)]
        result: Array = late.sum(axis=1).mean(axis=0)
        return result

    return measure


def _place(code: str) -> int:
    for codes in (axes.POWERS, axes.HOSTS, axes.CORRIDORS):
        if code in codes:
            return codes.index(code)
    raise KeyError(code)


TANDEM, CHABAHAR, BASELINE = "japan_turkey_tandem", "chabahar_completion", "baseline"

CONCLUSIONS = (
    *(
        Conclusion(f"China largest in {host} 2040", "trade_share", lead("CHN", host))
        for host in axes.HOSTS
    ),
    Conclusion("China above Russia", "influence_share", over("CHN", "RUS")),
    Conclusion("Turkey above Japan", "influence_share", over("TUR", "JPN")),
    Conclusion(
        "tandem: Japan in UZB",
        "influence_share",
        cell("JPN", "UZB"),
        TANDEM,
        BASELINE,
    ),
    Conclusion(
        "tandem: Turkey in TKM",
        "influence_share",
        cell("TUR", "TKM"),
        TANDEM,
        BASELINE,
    ),
    Conclusion(
        "Chabahar: +1 % of routes",
        "corridor_share",
        cell("chabahar"),
        CHABAHAR,
        BASELINE,
        least=0.01,
    ),
    Conclusion(
        "Chabahar: Japan trades +1 %",
        "trade_total",
        of_power("JPN"),
        CHABAHAR,
        BASELINE,
        least=0.01,
        relative=True,
    ),
)
