"""Patterns of history: their definitions on invented runs, and that each can be measured."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from steppe import metrics
from steppe.analysis import patterns, validate
from steppe.clock import Quarter, span


def invented(**series: Any) -> Any:
    """Return results of 2001-16 in which a series has one value a year; all others are 1."""
    quarters = span(Quarter.of(2001), Quarter.of(2016, 4))
    paths = {}
    for name in patterns.READS:
        labels = [s.label for s in metrics.BY_NAME[name].series]
        paths[name] = np.ones((len(quarters), len(labels), 2))
        for i, label in enumerate(labels):
            for year, value in series.get(label, {}).items():
                rows = [q.year == year for q in quarters]
                paths[name][rows, i] = value
    return SimpleNamespace(quarters=quarters, trajectories=paths)


def measured(name: str, results: Any) -> patterns.Found:
    return next(f for f in patterns.check(results, 2000) if f.pattern.name.startswith(name))


def test_the_price_peaks_over_2009_and_falls_by_2015() -> None:
    results = invented(ree_price={2009: 2.0, 2011: 30.0, 2015: 3.0})
    peak = measured("rare-earth price, peak", results)
    assert peak.median == pytest.approx(15.0) and peak.passed
    left = measured("rare-earth price of 2015", results)
    assert left.median == pytest.approx(0.1) and left.passed
    flat = measured("rare-earth price, peak", invented())
    assert flat.median == pytest.approx(1.0) and not flat.passed


def test_chinas_part_of_output_is_of_all_mines() -> None:
    """19 beside six mines of one: 76 %."""
    found = measured(
        "China's part of rare-earth mine output, 2014", invented(**{"ree_output[CHN]": {2014: 19}})
    )
    assert found.median == pytest.approx(19 / 25) and not found.passed


def test_a_median_on_the_edge_passes_and_json_says_so() -> None:
    found = measured(
        "China's part of Japan's rare-earth imports, 2012",
        invented(ree_china_share_of_japan_imports={2012: 0.6}),
    )
    assert found.as_json()["pass"] is True
    assert found.as_json()["label"] == patterns.TEST


@pytest.mark.parametrize("pattern", patterns.PATTERNS, ids=lambda p: f"{p.base} {p.name}")
def test_every_pattern_is_well_formed(pattern: patterns.Pattern) -> None:
    assert pattern.base in validate.BACKCASTS
    assert pattern.label in (patterns.FIT, patterns.TEST)
    assert pattern.low < pattern.high
    assert pattern.source
    assert set(pattern.reads) <= set(metrics.BY_NAME)


def test_names_are_unique_within_a_base() -> None:
    names = [(p.base, p.name) for p in patterns.PATTERNS]
    assert len(names) == len(set(names))


def test_turkmen_gas_is_a_mean_over_years_and_turns_when_china_takes_more() -> None:
    found = invented(
        **{
            "gas_export[TKM,RUS]": {2004: 90.0} | dict.fromkeys(range(2005, 2010), 44.0),
            "gas_export[TKM,CHN]": {2008: 50.0, 2011: 10.0},
        }
    )
    before = measured("Turkmen gas to Russia, mean of 2005-08", found)
    assert before.median == pytest.approx(44.0) and before.passed
    turn = measured("first year China takes", found)
    assert turn.median == 2011.0, "2008 does not count"
    never = invented(**{"gas_export[TKM,RUS]": dict.fromkeys(range(2001, 2017), 2.0)})
    assert measured("first year China takes", never).median == patterns.NEVER


def test_the_table_of_scores_has_room_for_every_pattern() -> None:
    assert max(len(f"2000 test {pattern.name}") for pattern in patterns.PATTERNS) <= 62
