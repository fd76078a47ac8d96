"""Disturbances of pairs' trade: what no law explains and honest bands need."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.clock import ROOT_QUARTER
from steppe.laws import gravity
from steppe.parameters import Values
from steppe.streams import Draws
from steppe.world.base import Base
from steppe.world.state import State

Array = NDArray[np.float64]


class Disturbances:
    """Log shocks of every power-host pair, imports and exports apart: slowly fading random walks.

    ``imports`` and ``exports`` (quarter, cell, member) are standard normal draws, the cells in the
    order (host, power).
    """

    CELLS = len(axes.POWERS) * len(axes.HOSTS)

    def __init__(
        self, base: Base, state: State, imports: Array | Draws[Any], exports: Array | Draws[Any]
    ) -> None:
        total = base.trade.sum(axis=2)
        bought = total[axes.POWER, axes.HOST].T[..., None]
        sold = total[axes.HOST, axes.POWER][..., None]
        self._walks = (
            (state.noise_import, bought, imports),
            (state.noise_export, sold, exports),
        )

    def advance(self, t: int, values: Values) -> None:
        """Draw quarter ``t``."""
        sd = values["trade.noise"] * ROOT_QUARTER
        small, slope = values["trade.noise_small"], values["trade.noise_slope"]
        large = values["trade.noise_large"]
        for walk, flow, shocks in self._walks:
            scale = gravity.pair_noise_scale(flow, small, slope, large)
            np.multiply(walk, values["trade.noise_retention"], out=walk)
            np.add(walk, sd * scale * shocks[t].reshape(walk.shape), out=walk)
