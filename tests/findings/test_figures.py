"""Figures of findings with many rows, none, and names that a font or Matplotlib would not like."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from steppe.analysis.findings.discovery import Box, Discovery, Limit, Peeling
from steppe.analysis.findings.noise import noise
from steppe.analysis.findings.robustness import crossed, robustness
from steppe.analysis.findings.sensitivity import Index95, Sensitivity
from steppe.figures import discovery, style
from steppe.figures import robustness as strategies
from steppe.figures import sensitivity as indices

ODD = "日本 $\\frac{1}$ <b> _^"


@pytest.mark.parametrize(("count", "method"), [(1, "sobol"), (60, "pawn"), (3, "morris")])
def test_indices(tmp_path: Path, count: int, method: str) -> None:
    value = np.linspace(1.0, 0.0, count)
    names = {"sobol": ("total", "first"), "pawn": ("pawn", "first"), "morris": ("mu_star",)}[method]
    found = Sensitivity(
        ODD,
        method,
        tuple(f"{ODD}{i}" for i in range(count)),
        100,
        100,
        tuple(Index95(name, value, value - 0.1, value + 0.1) for name in names),
        {"mu": value, "sigma": value} if method == "morris" else {},
        noise(np.ones((3, 2))),
        0.2 if method == "pawn" else None,
        None,
        1.0,
        1.0,
    )
    style.save(indices.indices(found, ODD, ODD), tmp_path / "a.png")


def test_a_peeling(tmp_path: Path) -> None:
    steps = np.linspace(1.0, 0.1, 70)
    own = Peeling(steps, 1.0 - 0.8 * steps, steps, np.arange(70) // 4, 69)
    names = tuple(f"{ODD}{i}" for i in range(30))
    limits = {name: (Limit(0.2, 1e-9), None) for name in names}
    box = Box(limits, 0.5, 0.9, 0.1, 10, 9)
    found = Discovery(names, 100, 20, 0, box, own, ())
    ranges = {name: (0.2, 1.0, 0.0, 1.0) for name in names}
    style.save(discovery.peeling(found, ranges, ODD * 9, ODD), tmp_path / "a.png")
    flat = {names[0]: (1.0, 1.0, 1.0, 1.0)}
    style.save(discovery.peeling(found, flat, ODD, ODD), tmp_path / "b.png")
    bare = replace(found, box=replace(box, limits={}))
    style.save(discovery.peeling(bare, {}, ODD, ODD), tmp_path / "c.png")


@pytest.mark.parametrize("states", [1, 3, 9])
def test_regrets(tmp_path: Path, states: int) -> None:
    names = [f"{ODD}.some_very_long_{i}" for i in range(7)]
    levels = np.array([[i % 2, i // 2 % 2, i // 4, *[0] * 3] for i in range(8)], float)
    values = np.array([[*row, s] for row in levels for s in range(states)], float)
    crossing = crossed(names, values, names[:-1])
    assert crossing is not None
    outcome = np.random.default_rng(1).normal(size=(len(values), 5))
    found = robustness(crossing, outcome, {})
    words = [f"state {i}" for i in range(states)]
    style.save(strategies.regret(found, ODD, ODD, ODD, words), tmp_path / "a.png")
