"""Patterns that no backcast can show: each is held in paired runs of its own."""

from __future__ import annotations

from typing import Any, NoReturn

from steppe.analysis.patterns.pattern import Pattern


def own(
    name: str, label: str, base: int, unit: str, low: float, high: float, **told: Any
) -> Pattern:
    """Return a pattern whose figure comes from runs of its own, not from a backcast."""

    def measure(results: Any) -> NoReturn:
        raise NotImplementedError(f"{name}: read from runs of its own, not from a backcast")

    return Pattern(name, label, base, unit, low, high, (), measure, **told)
