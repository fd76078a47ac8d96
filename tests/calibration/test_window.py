"""Nothing after the fit window reaches a calibration."""

from __future__ import annotations

import pytest

from steppe.calibration import window
from steppe.calibration.targets import Target, targets
from steppe.scenario.posterior import Posterior


@pytest.mark.parametrize(
    "read", [lambda: window.trade([2009, 2010]), lambda: window.gdp("KAZ", 2010)]
)
def test_a_year_after_the_window_cannot_be_read(read) -> None:
    with pytest.raises(window.OutsideWindow, match="2010 lies after the fit window"):
        read()


def test_rows_of_tables_end_with_the_window() -> None:
    rows = window.rows("finance_observed")
    assert rows
    assert all(int(row["last_year"]) <= 2009 for row in rows)
    assert {row["window"] for row in rows} == {"fit"}
    assert max(int(row["year"]) for row in window.rows("influence_observed")) == 2009


def test_a_target_of_later_years_cannot_be_made() -> None:
    with pytest.raises(window.OutsideWindow):
        Target("later", "1", (2009, 2010), 1.0, 0.1, 0.1, lambda path: path["gdp"], "nowhere")


def test_the_runs_end_with_the_window_and_draw_from_priors() -> None:
    case = window.case()
    assert str(case.horizon.end) == "2009Q4"
    assert not any(isinstance(d, Posterior) for d in case.uncertainties.values())


def test_every_target_states_its_errors_and_its_source() -> None:
    for target in targets():
        assert target.observation > 0.0
        assert target.discrepancy > 0.0
        assert target.source
        assert max(target.years) <= 2009
    assert len({target.name for target in targets()}) == len(targets())
