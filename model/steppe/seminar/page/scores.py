"""What validation found, read from the figures that ``steppe validate`` leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FORECASTS = {
    "model": "steppe",
    "persistence": "nothing changes",
    "gravity": "gravity",
    "gravity_erosion": "eroded gravity",
    "constant_shares_gas": "constant shares and gas",
}
"""Forecasts that are told, the model's first."""


@dataclass(frozen=True)
class Score:
    """Errors of shares in percentage points over years, by forecast; from ``base`` on."""

    base: str
    years: str
    errors: Mapping[str, float]


@dataclass(frozen=True)
class Scores:
    """Scores, what part of the observed figures the 90 % bands hold, patterns, failures."""

    scores: tuple[Score, ...]
    coverage: Mapping[str, float]
    patterns: tuple[int, int]
    """Patterns of history that lie in their range, and all."""
    goals: tuple[int, int]
    failures: tuple[str, ...]


def path() -> Path:
    """Return the figures' file: the source tree's, else the one inside the package."""
    package = Path(__file__).resolve().parents[2]
    tree = package.parents[1]
    if package.parent.name == "model" and (tree / "pyproject.toml").is_file():
        return tree / "docs" / "validation.json"
    return package / "validation.json"


@lru_cache(maxsize=1)
def read() -> Scores | None:
    """Return the scores, None where an installation came without them."""
    try:
        return told(json.loads(path().read_text(encoding="utf-8"))["validation"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def told(validation: Mapping[str, Any]) -> Scores:
    """Return what the page tells of a validation."""
    scores = [
        Score(base, years, {k: float(row[k]["share_mae_pp"]) for k in FORECASTS if k in row})
        for base, windows in validation["scores"].items()
        for years, row in windows.items()
    ]
    return Scores(
        scores=tuple(scores),
        coverage={base: float(part["p90"]) for base, part in validation["coverage"].items()},
        patterns=_met(validation["patterns"], "pass"),
        goals=_met(validation["goals"], "met"),
        failures=tuple(str(failure["sentence"]) for failure in validation["failures"]),
    )


def _met(rows: list[Mapping[str, Any]], key: str) -> tuple[int, int]:
    return sum(bool(row[key]) for row in rows), len(rows)
