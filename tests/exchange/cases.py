"""Real runs of a year and a half, to hand over."""

from __future__ import annotations

from pathlib import Path

from tests.cli.records import undrawn

from steppe.cli import run

SHORT = """\
title: "A short look; with \\"quotes\\", öäü"
extends: backcast_2000
horizon: {end: 2002Q2}
ensemble: {members: 5, seed: 11}
"""
KEPT = "influence_share,committed,trade_value"


def ran(place: Path, name: str, text: str = SHORT, trajectories: str | None = None) -> Path:
    """Run a scenario of this name below ``place`` and return its folder."""
    file = place / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    with undrawn():
        assert run.run(str(file), out=place / "made", quiet=True, trajectories=trajectories) == 0
    (folder,) = (place / "made").glob(f"{name}-*")
    return folder
