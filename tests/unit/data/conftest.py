"""The shipped tables as frames, and the script that makes them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "model" / "steppe" / "data"


@cache
def _frame(name: str) -> pd.DataFrame:
    with (DATA / f"{name}.csv").open(encoding="utf-8") as lines:
        notes = sum(1 for line in lines if line.startswith("#"))
    return pd.read_csv(DATA / f"{name}.csv", skiprows=notes)


@pytest.fixture(scope="session")
def table() -> Callable[[str], pd.DataFrame]:
    """Return a reader of shipped tables by name."""
    return lambda name: _frame(name).copy()


@pytest.fixture(scope="session")
def build_data() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a caller of ``tools/build_data.py``."""
    script = ROOT / "tools" / "build_data.py"

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(script), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return call


@pytest.fixture(scope="session")
def recipes(request: pytest.FixtureRequest) -> None:
    """Let a test import the recipes (``data.trade``, ``data.goods``, ...) from tools/."""
    sys.path.insert(0, str(ROOT / "tools"))
    request.addfinalizer(lambda: sys.path.remove(str(ROOT / "tools")))
