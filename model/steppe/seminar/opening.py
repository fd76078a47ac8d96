"""The first screen: stored bands of the baseline, shown until the workers have run it.

``tools/build_seminar.py`` writes the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from steppe import metrics
from steppe.clock import Quarter, span
from steppe.metrics import Series
from steppe.seminar.answer import Answer, Shown, all_series

Array = NDArray[np.float64]

FILE = "baseline.npz"
_MORE = ("corridor_volume", "link_flow", "trade_total")
"""Metrics beside the headline ones, for the map of the first screen."""
_DIGITS = 12
"""Bits of a stored number's fraction: three to four digits, enough for a chart."""


class Stored:
    """Bands of some series, (label, quarter, 5)."""

    def __init__(
        self, labels: Sequence[str], first: Quarter, members: int, values: NDArray[np.float32]
    ) -> None:
        self.labels = tuple(labels)
        self.members = members
        self.quarters: tuple[Quarter, ...] = span(first, first + (values.shape[1] - 1))
        self._values = values

    def series(self, label: str) -> Series:
        """Return metric, unit, codes of a series; ``KeyError`` for one that is not stored."""
        self._place(label)
        return all_series()[label][1]

    def bands(self, label: str) -> Array:
        """Return quantiles over members, (quarter, 5); ``KeyError`` for one that is not stored."""
        found: Array = self._values[self._place(label)].astype(np.float64)
        return found

    def at(self, quarter: Quarter, labels: Sequence[str]) -> Array:
        """Return quantiles of several series in one quarter, (label, 5)."""
        t = quarter - self.quarters[0]
        if not 0 <= t < len(self.quarters):
            raise ValueError(f"{quarter} lies outside {self.quarters[0]} to {self.quarters[-1]}")
        places = [self._place(label) for label in labels]
        found: Array = self._values[places, t].astype(np.float64)
        return found

    def _place(self, label: str) -> int:
        try:
            return self.labels.index(label)
        except ValueError:
            raise KeyError(label) from None


@cache
def stored_baseline() -> Shown:
    """Return the stored bands of the baseline's headline series, for the first screen."""
    with (
        (resources.files("steppe.seminar") / FILE).open("rb") as file,
        np.load(file, allow_pickle=False) as stored,
    ):
        labels = [str(label) for label in stored["labels"]]
        first = Quarter(int(stored["first"]))
        return Stored(labels, first, int(stored["members"]), stored["values"])


def stored_labels() -> list[str]:
    """Return the labels of the series that are stored."""
    chosen = [m for m in metrics.METRICS if m.headline or m.name in _MORE]
    return [s.label for m in chosen for s in m.series]


def to_store(answer: Answer) -> dict[str, NDArray[np.generic]]:
    """Return what the file holds of an answer."""
    labels = stored_labels()
    values = np.stack([answer.bands(label) for label in labels]).astype(np.float32)
    return {
        "labels": np.array(labels),
        "first": np.array(answer.quarters[0].ordinal),
        "members": np.array(answer.members),
        "values": _shortened(values),
    }


def _shortened(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return numbers rounded to :data:`_DIGITS` bits, which pack better."""
    fraction, exponent = np.frexp(values)
    scale = np.float32(2**_DIGITS)
    short: NDArray[np.float32] = np.ldexp(np.round(fraction * scale) / scale, exponent)
    return short.astype(np.float32)
