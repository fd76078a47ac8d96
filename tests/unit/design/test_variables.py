"""What ``--vary`` may say, and the sentences for what it may not."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import scenario
from steppe.design import released, variables
from steppe.parameters import registry
from steppe.scenario import Problems

CASE = """
title: A case
extends: baseline
levers:
  japan.conversion: {range: [0, 0.8], default: 0.25}
"""


def read(*texts: str) -> tuple:
    return variables(texts, scenario.loads(CASE), registry())


def test_a_range_is_uniform_in_the_registrys_unit() -> None:
    (one,) = read("japan.conversion=10 %:40 %")
    assert (one.name, one.distribution.shape) == ("japan.conversion", "uniform")
    assert one.distribution.arguments == pytest.approx((0.1, 0.4))
    assert one.values(np.array([0.0, 0.5, 1.0])) == pytest.approx([0.1, 0.25, 0.4])


def test_a_unit_at_the_high_end_counts_for_both() -> None:
    (one,) = read("japan.conversion=10:40 %")
    assert one.distribution.arguments == pytest.approx((0.1, 0.4))


def test_levels_are_even_steps_or_as_written() -> None:
    even, written = read("japan.conversion=0:0.4:3", "trade.elasticity=2,3.5,4")
    assert even.levels == pytest.approx((0.0, 0.2, 0.4))
    assert written.levels == (2.0, 3.5, 4.0)


def test_a_path_alone_takes_the_scenarios_own_range() -> None:
    lever, uncertain = read("japan.conversion", "trade.elasticity")
    assert lever.distribution.support == (0.0, 0.8)
    own = scenario.loads(CASE).uncertainties["trade.elasticity"]
    assert uncertain.distribution == own


def test_whole_sections() -> None:
    case = scenario.loads(CASE)
    assert {v.name for v in read("levers")} == set(case.levers)
    assert {v.name for v in read("uncertainties")} == set(case.uncertainties)


def test_what_varies_is_free_of_the_scenarios_own_values_and_correlations() -> None:
    case = scenario.load("baseline")
    name = next(iter(case.correlations)).between[0] if case.correlations else "trade.elasticity"
    free = released(case, [name])
    assert name not in free.uncertainties
    assert not any(name in c.between for c in free.correlations)
    assert set(free.uncertainties) == set(case.uncertainties) - {name}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("japan.convertion=0:1", "did you mean 'japan.conversion'"),
        ("lever", "did you mean 'levers'"),
        ("japan.conversion=0:0.4:1", "levels must be 2 to"),
        ("japan.conversion=0:0.4:x", "levels must be 2 to"),
        ("japan.conversion=0.4:0.1", "low end must be below"),
        ("japan.conversion=0.1:0.1", "low end must be below"),
        ("japan.conversion=0:7", "must lie between"),
        ("japan.conversion=0:nan", "expected a number"),
        ("japan.conversion=0:1 km", "found km"),
        ("japan.conversion=0", "write it as"),
        ("japan.conversion=0:1:2:3", "write it as"),
        ("japan.conversion=", "write it as"),
        ("japan.conversion=0.1,0.1", "occurs twice"),
        ("powers.lapse", "no range of"),
        ("=0:1", "unknown parameter"),
        ("", "unknown parameter"),
    ],
)
def test_mistakes_are_told_with_their_place(text: str, word: str) -> None:
    with pytest.raises(Problems) as told:
        read(text)
    assert word in str(told.value)
    assert str(told.value).startswith("--vary")
    assert "Traceback" not in str(told.value)


def test_all_mistakes_are_told_at_once_and_doubles_are_one() -> None:
    with pytest.raises(Problems) as told:
        read("japan.x=0:1", "japan.conversion=0:9", "trade.elasticity=2:3", "trade.elasticity=2:4")
    assert len(told.value.problems) == 3
    assert "varied twice" in str(told.value)
