"""India: routes around Pakistan, with Japan beside it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steppe.agents.power import Power
from steppe.clock import PER_YEAR

Array = NDArray[np.float64]


class India(Power):
    """Pays for Chabahar, its port and its railway, while sanctions let banks through."""

    def abroad(self) -> Array:
        relations = self.model.relations
        open_part = relations.works.abroad(self.power, relations.lets_banks_through)
        result: Array = open_part * self.model.values["india.chabahar_finance"] / PER_YEAR
        return result
