"""A calibration as a whole, on the model, small: it closes on itself and repeats itself."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from steppe.calibration import report, waves
from steppe.calibration.runs import evaluate
from steppe.calibration.space import Space
from steppe.calibration.window import case

pytestmark = pytest.mark.xdist_group("calibration")  # they share what one of them has run

Steppe = Callable[..., subprocess.CompletedProcess[str]]

SMALL = waves.Plan(trajectories=2, waves=2, points=60, members=2, rows=20, seed=5)


@pytest.fixture(scope="module")
def found() -> waves.Calibration:
    return waves.calibrate(SMALL, lambda stage, done, total: None)


def test_the_sample_lies_within_the_priors(found: waves.Calibration) -> None:
    assert found.posterior.shape == (20, len(found.space.names))
    for name, column in zip(found.space.names, found.posterior.T, strict=True):
        low, high = found.space.prior(name).support
        assert low <= column.min() <= column.max() <= high
    assert 1.0 <= found.effective <= 2 * SMALL.rows


def test_waves_leave_less_and_less(found: waves.Calibration) -> None:
    left = [wave.left for wave in found.waves]
    assert 0.0 < left[1] <= left[0] <= 1.0


def test_points_do_not_know_of_each_other() -> None:
    space = Space.of(case()).only(["trade.erosion", "trade.adjustment"])
    places = np.random.default_rng(4).random((3, len(space.names)))
    values = space.values(places)
    together = evaluate(space.names, values, 3, 7)
    alone = evaluate(space.names, values[1:2], 3, 7)
    np.testing.assert_array_equal(alone.mean[:, 0], together.mean[:, 1])
    np.testing.assert_array_equal(alone.variance[:, 0], together.variance[:, 1])


def test_the_page_follows_from_the_diagnostics(found: waves.Calibration, tmp_path: Path) -> None:
    report.write(found, tmp_path)
    told = json.loads((tmp_path / report.DIAGNOSTICS).read_text())
    page = (tmp_path / report.PAGE).read_text()
    assert page == "\n".join(report.page(told)) + "\n"
    lines = [
        line for line in (tmp_path / report.POSTERIOR).read_text().splitlines() if line[0] != "#"
    ]
    names = lines[0].split(",")
    assert len(lines) == 1 + SMALL.rows
    assert not any(name.endswith("growth_shift") for name in names)
    columns = [found.space.names.index(name) for name in names]
    read = np.array([[float(v) for v in line.split(",")] for line in lines[1:]])
    np.testing.assert_allclose(read, found.posterior[:, columns], rtol=1e-5)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--points", "3"], "--points 3: error: must lie between 50 and 100,000"),
        (["--members", "1"], "--members 1: error: must lie between 2 and 512"),
        (["--workers", "0"], "--workers 0: error: must be at least 1"),
        (["--out", "/dev/null/x"], "--out /dev/null/x: error:"),
    ],
)
def test_bad_options_are_told(steppe: Steppe, words: list[str], told: str) -> None:
    refused(steppe("calibrate", *words), told)


def test_bad_options_are_told_in_a_process_of_its_own(process: Steppe) -> None:
    refused(process("calibrate", "--points", 3), "--points 3: error:")


def refused(done: subprocess.CompletedProcess[str], told: str) -> None:
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
