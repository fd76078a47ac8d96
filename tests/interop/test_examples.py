"""The examples of docs/examples run as they stand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from tests.conftest import clean_environment

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def printed(script: str, place: Path) -> list[list[str]]:
    """Return the words that an example prints, line by line."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / script)],
        cwd=place,
        env=clean_environment() | {"TQDM_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_mesas_batch_runner_in_two_processes(tmp_path: Path) -> None:
    heads, *rows = printed("batch_run.py", tmp_path)
    table = pd.DataFrame([[float(v) for v in row] for row in rows], columns=heads)
    assert sorted(set(table["Step"])) == [1, 10, 19, 28]
    assert len(table) == 2 * 2 * 4
    last = table[table["Step"] == 28]
    assert last["trade_share[CHN,KAZ]"].nunique() == 4, "parameter and seed both matter"
    assert table["gdp[KAZ]"].between(100, 400).all()


@pytest.mark.slow
def test_the_workbench_scores_levers_and_uncertainties(tmp_path: Path) -> None:
    heads, *rows = printed("workbench.py", tmp_path)
    assert heads == ["influence_share_JPN_UZB", "corridor_share_chabahar"]
    scores = {name: [float(v) for v in values] for name, *values in rows}
    varied = {"trade__elasticity", "japan__conversion", "japan__budget", "india__budget"}
    assert scores.keys() == varied
    assert max(scores, key=lambda name: scores[name][0]).startswith("japan__")
