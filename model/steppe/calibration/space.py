"""The space of priors: places in the unit cube and the parameters that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe.scenario import Distribution, Scenario
from steppe.scenario.copula import correlate

Array = NDArray[np.float64]


SPREAD = (
    "trade.noise",
    "growth.shock_host",
    "growth.shock_power",
    "growth.exchange_shock",
    "energy.oil_volatility",
    "uranium.volatility",
)
"""Parameters that set how far members lie apart: means over members do not tell them."""


@dataclass(frozen=True)
class Space:
    """Uncertain parameters of a scenario; a place (point, parameter) in 0-1 is a quantile of each.

    A uniform place is a draw from the prior, its rank correlations included.
    """

    scenario: Scenario
    names: tuple[str, ...]

    @classmethod
    def of(cls, scenario: Scenario) -> Space:
        """Return the space of what a scenario samples from a prior, but for sizes of shocks."""
        return cls(scenario, tuple(n for n in scenario.uncertainties if n not in SPREAD))

    def only(self, names: Sequence[str]) -> Space:
        """Return the space of some parameters, and of those that are correlated with them."""
        wanted = set(names)
        for entry in self.scenario.correlations:
            if wanted & set(entry.between):
                wanted |= set(entry.between)
        return Space(self.scenario, tuple(n for n in self.names if n in wanted))

    def values(self, places: Array) -> Array:
        """Return the parameters (point, parameter), in the registry's units, at places."""
        inside = np.clip(places, 1e-9, 1.0 - 1e-9)
        known = set(self.names)
        pairs = [c for c in self.scenario.correlations if set(c.between) <= known]
        columns = {name: inside[:, i] for i, name in enumerate(self.names)}
        return np.stack(
            [self.prior(name).ppf(u) for name, u in correlate(columns, pairs).items()], axis=1
        )

    def prior(self, name: str) -> Distribution:
        """Return the prior of a parameter."""
        return self.scenario.uncertainties[name]
