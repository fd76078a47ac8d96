"""Turkmen gas turns from Russia to China: the rows by hand, and what the backcasts say."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import ensemble, scenario
from steppe.analysis import energy_patterns
from steppe.results import Results


@pytest.fixture(scope="module")
def runs() -> dict[int, Results]:
    return {
        base: ensemble.run(scenario.load(name), members=40, trajectories=("gas_export",))
        for base, name in energy_patterns.BACKCASTS.items()
    }


def test_the_backcasts_turn_turkmen_gas_to_china(runs: dict[int, Results]) -> None:
    """All but one pass; from 2000 Russia keeps 16 bcm a year of the about 10 that it took."""
    rows = {row.name: row for row in energy_patterns.judged(runs)}
    assert len(rows) == 5
    failed = {name for name, row in rows.items() if not row.passed}
    assert failed <= {"turkmen_gas_to_russia_after_2000"}
    assert rows["turkmen_gas_to_russia_after_2000"].median < 20.0


def test_rows_by_hand(runs: dict[int, Results]) -> None:
    late = runs[2009]
    path = late.trajectories["gas_export"]
    cells = [s.cell for s in late.series if s.metric == "gas_export"]
    russia, china = (path[:, cells.index(("TKM", buyer))] for buyer in ("RUS", "CHN"))
    rows = {row.name: row for row in energy_patterns.judged({2009: late})}
    after = rows["turkmen_gas_to_russia_after_2009"]
    np.testing.assert_allclose(after.median, np.median(russia[:12].mean(axis=0)))
    passed = [
        y for y in range(7) if np.median(china[4 * y : 4 * y + 4] - russia[4 * y : 4 * y + 4]) > 0
    ]
    assert rows["turkmen_gas_turns_to_china_2009"].median == pytest.approx(2010 + passed[0], abs=1)


def test_a_run_without_the_paths_is_refused(runs: dict[int, Results]) -> None:
    bare = ensemble.run(scenario.load("backcast_2009"), members=2)
    with pytest.raises(ValueError, match="did not keep"):
        energy_patterns.judged({2009: bare})
