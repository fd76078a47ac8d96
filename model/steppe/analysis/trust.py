"""How far to trust the model, for a reader: what validation found, and what it cannot say.

Scores are read from the figures that ``steppe validate`` leaves and that ship with the package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from steppe.parameters import Parameter

FORECASTS = {
    "model": "steppe",
    "persistence": "nothing changes",
    "gravity": "gravity",
    "gravity_erosion": "eroded gravity",
    "constant_shares_gas": "constant shares and gas",
}
"""Forecasts that are told, the model's first."""


LIMITS = (
    "It says nothing about war, regime change, domestic politics or named leaders.",
    "It does not forecast: a band shows what the uncertain parameters of this model leave open, "
    "not all that may happen.",
    "Who decides what and why is a prior of the authors, not a finding; what each mechanism is "
    "worth is measured by switching it off.",
    "From 2009 a forecast with constant shares, the hosts' observed GDP and the contracted gas "
    "line is still a little better than the model, which must simulate that GDP.",
    "Effects far from the ranges that history shows are extrapolations: read their sign and "
    "order, not their digits.",
    "The map draws de facto boundaries as Natural Earth has them; they imply no view on any claim.",
)
"""What the model cannot say."""

EVIDENCE = {
    "lit": "published estimate",
    "fact": "from data",
    "seed": "founding text",
    "prior": "expert prior",
}
"""What a parameter rests on, by its mark in the registry."""


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
    missed: tuple[str, ...] = ()
    """Of the failures, the patterns of history that are missed, the worst first."""


def path() -> Path:
    """Return the figures' file: the source tree's, else the one inside the package."""
    package = Path(__file__).resolve().parents[1]
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
        missed=tuple(
            str(failure["sentence"])
            for failure in validation["failures"]
            if failure.get("kind") == "pattern"
        ),
    )


def _met(rows: list[Mapping[str, Any]], key: str) -> tuple[int, int]:
    return sum(bool(row[key]) for row in rows), len(rows)


def prior(parameter: Parameter) -> str:
    """Return the prior that the baseline samples, in words."""
    if not parameter.prior:
        return "fixed in the baseline"
    name, values = next(iter(parameter.prior.items()))
    if isinstance(values, list) and all(isinstance(v, int | float) for v in values):
        return f"sampled: {name} {' to '.join(f'{v:g}' for v in values)}"
    return f"sampled: {name}"
