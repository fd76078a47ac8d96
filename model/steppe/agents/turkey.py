"""Turkey: contractors, kinship, and moods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steppe.agents.power import Power

if TYPE_CHECKING:
    from steppe.model import CentralAsia

Array = NDArray[np.float64]


class Turkey(Power):
    """Its budgets and its staying power swing with a mood of its own (Danilov 2021).

    The mood is an autoregressive process of standard deviation one; budgets are multiplied by
    exp(s mood - s^2/2), cancellations by exp(-s mood - s^2/2), whose means are one.  Partners
    count on a spread of s max(1 - mood, 0): the worse the mood, the less they trust it.
    """

    def __init__(self, model: CentralAsia, code: str) -> None:
        super().__init__(model, code)
        self.mood = model.relations.moods[0].copy()

    def stir(self) -> None:
        m = self.model
        kept = m.values["turkey.mood_retention"]
        if not m.relations.first:
            self.mood = (
                kept * self.mood
                + np.sqrt(1.0 - kept * kept) * m.relations.moods[m.relations.quarter]
            )

    def appetite(self) -> Array:
        swing = self.model.values["turkey.unpredictability"]
        result: Array = np.exp(swing * self.mood - 0.5 * swing * swing)
        return result

    def steadiness(self) -> Array:
        swing = self.model.values["turkey.unpredictability"]
        result: Array = np.exp(-swing * self.mood - 0.5 * swing * swing)
        return result

    def unpredictability(self) -> Array:
        swing = self.model.values["turkey.unpredictability"]
        result: Array = swing * np.maximum(1.0 - self.mood, 0.0)
        return result
