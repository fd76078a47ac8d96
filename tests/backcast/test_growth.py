"""The hosts' growth against what was observed to 2009 and is expected to 2030."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import axes, scenario
from steppe.clock import Quarter
from steppe.model import CentralAsia
from steppe.world.paths import paths

MEMBERS = 64


def gap(case: str, last: int, **fixed: float) -> np.ndarray:
    """Return the median real product of the hosts in a year over the record or outlook, logs."""
    loaded = scenario.load(case)
    model = CentralAsia(loaded, MEMBERS, rng=loaded.seed, collect=False, **fixed)
    quarters, found = (Quarter.of(last, q + 1) - loaded.horizon.start for q in range(4)), []
    known = paths(loaded.horizon.start, len(model.quarters)).real[axes.HOST]
    wanted = list(quarters)
    for t in range(wanted[-1]):
        model.step()
        if t + 1 in wanted:  # growth over a quarter leads into the next
            found.append(model.state.log_real[axes.HOST] - known[:, t + 1, None])
    result: np.ndarray = np.median(np.mean(found, axis=0), axis=-1)
    return result


@pytest.mark.slow
def test_growth_of_the_fit_window_is_what_was_observed() -> None:
    assert (np.abs(gap("backcast_2000", 2009)) < 0.08).all()


@pytest.mark.slow
def test_the_baseline_grows_as_is_expected() -> None:
    assert (np.abs(gap("baseline", 2030)) < 0.05).all()


@pytest.mark.slow
def test_the_size_of_an_effect_is_not_growth() -> None:
    """Whether gains from trade and remittances are small or large, mean growth stays."""
    small = gap("backcast_2000", 2009, growth__trade_gain=0.25, growth__remittance_effect=0.1)
    large = gap("backcast_2000", 2009, growth__trade_gain=1.0, growth__remittance_effect=0.5)
    assert (np.abs(large - small) < 0.05).all()
