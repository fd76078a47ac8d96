"""A small registry and scenarios of their own, so that these tests do not follow the real ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steppe import axes, scenario
from steppe.parameters import Parameter, Registry
from steppe.scenario import Problems, Scenario, shipped

BASE = """\
title: A small world
horizon: {start: 2017Q1, end: 2040Q4}
ensemble: {members: 8, seed: 7}
"""


def parameter(
    name: str,
    default: float | dict[int, float] = 0.5,
    low: float = 0.0,
    high: float = 1.0,
    unit: str = "1",
    prior: dict[str, Any] | None = None,
    template: str | None = None,
    code: str | None = None,
) -> Parameter:
    defaults = default if isinstance(default, dict) else dict.fromkeys(axes.BASES, default)
    return Parameter(
        name=name,
        unit=unit,
        low=low,
        high=high,
        meaning=f"Meaning of {name}.",
        source="made up",
        evidence="prior",
        template=template or name,
        code=code,
        prior=prior,
        defaults=defaults,
    )


@pytest.fixture(scope="session")
def registry() -> Registry:
    power = [
        parameter(f"{axes.NAMES[c]}.conversion", 0.3, template="{power}.conversion", code=c)
        for c in axes.POWERS
    ]
    return Registry(
        (
            parameter("trade.elasticity", 2.5, 0.2, 15.0, prior={"uniform": [1.75, 5.0]}),
            parameter("trade.adjustment", 0.2, 0.01, 1.0, "1/quarter"),
            *power,
            parameter("link.chabahar_mashhad.completion", {2001: 0.0, 2010: 0.1, 2017: 0.2}),
            parameter("link.chabahar_mashhad.capacity", 5.0, 0.01, 500.0, "Mt/yr"),
            parameter("link.chabahar_mashhad.days", 6.0, 0.1, 100.0, "days"),
            parameter("japan.chabahar_finance", 50.0, 0.0, 1000.0, "mn USD/yr"),
            parameter("shock.size", 0.0, -math.inf, math.inf),
        )
    )


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped scenarios with one, ``baseline``; the working folder is above it."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "baseline.yaml").write_text(BASE)
    monkeypatch.setattr(shipped, "folder", lambda: folder)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def loads(registry: Registry) -> Callable[..., Scenario]:
    """Return a scenario of what is written below the head of ``BASE``."""

    def load(body: str = "", **options: Any) -> Scenario:
        return scenario.loads(BASE + body, registry=registry, **options)

    return load


@pytest.fixture
def slips(registry: Registry) -> Callable[..., list[str]]:
    """Return the messages of what is wrong with a body below the head of ``BASE``."""

    def messages(body: str = "", **options: Any) -> list[str]:
        try:
            scenario.loads(BASE + body, registry=registry, **options)
        except Problems as error:
            return [p.message for p in error.problems]
        return []

    return messages
