"""The first screen: a stored baseline that stands in for the live one."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from steppe.clock import Quarter
from steppe.seminar.engine import WHOLE, stored_baseline
from steppe.seminar.opening import FILE, _shortened, stored_labels


def test_the_stored_baseline_can_be_drawn() -> None:
    stored = stored_baseline()
    assert stored.members == WHOLE
    assert stored.quarters[0] == Quarter.of(2017) and stored.quarters[-1] == Quarter.of(2040, 4)
    assert list(stored.labels) == stored_labels()
    for label in stored.labels:
        bands = stored.bands(label)
        assert bands.shape == (len(stored.quarters), 5)
        known = bands[~np.isnan(bands).any(axis=1)]
        assert (np.diff(known, axis=1) >= 0.0).all()
        assert stored.series(label).label == label
    at = stored.at(Quarter.of(2030), stored.labels[:3])
    np.testing.assert_array_equal(at[1], stored.bands(stored.labels[1])[52])
    with pytest.raises(KeyError):
        stored.bands("nothing")
    with pytest.raises(ValueError):
        stored.at(Quarter.of(2041), stored.labels[:1])


@pytest.mark.slow
def test_the_live_baseline_is_close_to_the_stored(running: Any) -> None:
    """Changed laws need ``make seminar``: a first screen of another model would be a lie."""
    live, stored = running(running.engine.baseline(WHOLE)), stored_baseline()
    for label in stored.labels:
        width = np.nanmax(live.bands(label)[:, 4] - live.bands(label)[:, 0])
        gap = np.nanmax(np.abs(live.bands(label) - stored.bands(label)))
        assert gap <= 0.1 * width + 2e-3 * np.nanmax(np.abs(live.bands(label))), label


def test_stored_numbers_keep_three_digits() -> None:
    values = np.random.default_rng(2).lognormal(sigma=9.0, size=1000).astype(np.float32)
    np.testing.assert_allclose(_shortened(values), values, rtol=2.0**-12)
    assert np.isnan(_shortened(np.array([np.nan], np.float32)))[0]


def test_the_page_opens_without_the_model() -> None:
    """Mesa and the compiled laws take seconds to import: only the workers need them."""
    code = (
        "import sys; from steppe.seminar import engine, drivers, exercises;"
        "engine.stored_baseline();"
        "sys.exit(any(m in sys.modules for m in ('mesa', 'numba', 'steppe.model', 'scipy.stats')))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=os.environ, timeout=120, check=False)
    assert done.returncode == 0


def test_the_file_is_small() -> None:
    from importlib import resources

    assert (resources.files("steppe.seminar") / FILE).stat().st_size < 500_000  # type: ignore[attr-defined]
