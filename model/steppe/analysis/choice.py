"""Which outcomes a table shows that has no room for all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from steppe.results import Outcome

ROWS = 25
"""Outcomes that the table shows; ``summary.csv`` has all."""

SMALL = 6
"""Cells up to which a metric is shown whole when there is no parent to compare with."""

LEAST = 0.002
"""Median change, in widths of the parent's band, from which an outcome counts as moved."""


def choose(
    rows: Sequence[Outcome], most: int = ROWS, whole: str = "summary.csv has all outcomes"
) -> tuple[list[Outcome], str]:
    """Return about ``most`` outcomes in their order, and a sentence on those left out.

    Against a parent those that moved most, in widths of the parent's band; without one all of the
    metrics with few cells and the largest of the others.  ``whole`` tells where all of them are.
    """
    if len(rows) <= most:
        return list(rows), ""
    if any(r.difference is not None for r in rows):
        ranked = sorted((r for r in rows if r.moved > LEAST), key=lambda r: -r.moved)
        chosen = ranked[:most] or list(rows[:most])
        still = len(rows) - len(ranked)
        less = len(ranked) - len(chosen) if ranked else 0
        parts = [
            f"{less} more moved less, relative to their band" if less else "",
            f"{still} hardly moved" if still and ranked else "",
        ]
        told = ", ".join(p for p in parts if p) or f"none of {len(rows)} outcomes moved"
    else:
        groups = [list(g) for _, g in groupby(rows, key=lambda r: r.series.metric)]
        large = [g for g in groups if len(g) > SMALL]
        room = most - sum(len(g) for g in groups if len(g) <= SMALL)
        quota = max(1, room // max(1, len(large)))
        chosen = [r for g in groups for r in (sorted(g, key=_size)[:quota] if g in large else g)]
        if len(chosen) == len(rows):
            return list(rows), ""
        names = ", ".join(g[0].series.metric for g in large)
        told = f"the largest of {names}; {len(rows) - len(chosen)} more"
    kept = {r.series.label for r in chosen}
    return [r for r in rows if r.series.label in kept], f"({told}: {whole})"


def _size(row: Outcome) -> float:
    return -row.band.median if math.isfinite(row.band.median) else math.inf
