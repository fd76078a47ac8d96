"""Influence: Russia's soft power beside its economic weight."""

from __future__ import annotations

from functools import partial

import numpy as np

from steppe import axes
from steppe.analysis.patterns.pattern import FIT, TEST, Array, Pattern, of_years
from steppe.results import Results

CAPACITY = "influence_capacity"


def _part_of_russia(results: Results, channel: str, first: int, last: int) -> Array:
    """Return Russia's part of the five powers' influence in a channel, mean of hosts, (member,)."""
    parts = []
    for host in axes.HOSTS:
        held = {
            power: of_years(results, f"{CAPACITY}[{power},{host},{channel}]", first, last)
            for power in axes.POWERS
        }
        parts.append(held["RUS"] / np.add.reduce(list(held.values())))
    average: Array = np.add.reduce(parts) / len(parts)
    return average


def _soft_over_economic(first: int, last: int, results: Results) -> Array:
    soft, economic = (
        _part_of_russia(results, channel, first, last) for channel in ("soft", "economic")
    )
    above: Array = soft - economic
    return above


_SOURCE = (
    "Target of the model's design: Russian media, language and study abroad outlast trade; the "
    "sign is held, no index measures the size"
)
_QUANTITY = "Russia's part of the powers' soft capacity less that of the economic one, host mean"

INFLUENCE = tuple(
    Pattern(
        f"Russia's soft share above its economic one, {first}-{last % 100:02d}",
        label, 2000, "1", 0.0, 1.0, (CAPACITY,),
        partial(_soft_over_economic, first, last), _SOURCE,
        f"{first}-{last % 100:02d}", _QUANTITY,
    )
    for label, first, last in ((FIT, 2001, 2009), (TEST, 2010, 2016))
)  # fmt: skip
