"""Runs that tests of exchange share."""

from __future__ import annotations

from pathlib import Path

import pytest

from .cases import KEPT, ran


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run that kept the paths of some metrics; do not change it."""
    return ran(tmp_path_factory.mktemp("kept"), "kept", trajectories=KEPT)


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run without paths; do not change it."""
    return ran(tmp_path_factory.mktemp("bare"), "bare")
