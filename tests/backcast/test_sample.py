"""The calibrated sample: what the baseline draws from, and the sample beside the priors."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import scenario
from steppe.analysis import sample_check
from steppe.parameters import registry
from steppe.scenario import posterior
from steppe.scenario.values import prior


def test_the_baseline_and_the_backcasts_draw_what_was_calibrated_from_the_sample() -> None:
    columns = posterior.columns()
    for name in ("baseline", "backcast_2000", "backcast_2009"):
        drawn = scenario.load(name).uncertainties
        assert columns and {n for n, d in drawn.items() if d == columns.get(n)} == set(columns)


def test_a_source_replaces_what_was_calibrated_and_nothing_else() -> None:
    case, names = scenario.load("backcast_2000"), registry()
    for source, wanted in (
        ("priors", lambda name: prior(names[name])),
        ("sample", lambda name: posterior.columns()[name]),
    ):
        drawn = sample_check.drawing_from(case, source).uncertainties
        assert list(drawn) == list(case.uncertainties)
        for name, own in drawn.items():
            held = name in posterior.columns()
            assert own == (wanted(name) if held else case.uncertainties[name])
    with pytest.raises(ValueError, match="source must be one of priors, sample"):
        sample_check.drawing_from(case, "both")


@pytest.mark.slow
def test_sample_and_priors_are_scored_on_every_window() -> None:
    found = sample_check.check(8)
    rows = [(r.base, r.window, r.source) for r in found.rows]
    windows = (2009, "2010-16"), (2000, "2001-09"), (2000, "2010-16"), (2000, "2001-16")
    assert rows == [(*window, source) for window in windows for source in ("priors", "sample")]
    scores = np.array([list(vars(r.score).values()) for r in found.rows])
    assert np.isfinite(scores).all() and (scores[::2] != scores[1::2]).all()
    assert found.as_json()["2000"]["2001-09"]["sample"]["log_mae"] == scores[3, 2]
    lines = found.sheets()[0].text()
    assert any(line.startswith("2009 -> 2010-16, priors") for line in lines)
