"""Variants beside each other are what each is alone, to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import ensemble, scenario
from steppe.analysis import variants
from steppe.analysis.variants import Variant
from steppe.parameters import registry

CASE = scenario.load("backcast_2009")
UNSAMPLED = "corridors.fallback_cost"


@pytest.fixture(scope="module")
def found() -> dict[str, variants.Kept]:
    names = registry()
    some = [
        Variant("full"),
        Variant("the same", {UNSAMPLED: names[UNSAMPLED].default(CASE.base)}),
        Variant("no erosion", {"trade.erosion": 0.0}),
        Variant("no gas line", {"pipeline.china_turkmen.contract": 0.0}),
        Variant("equal conversion", {"*.conversion": 1.0}),
        Variant("no rupture", without=("pipeline_rupture",)),
    ]
    kept = variants.run(
        CASE,
        some,
        5,
        ("trade_total", "influence_share"),
        {"fbic": lambda s: s.politics.fbic},
        lived={"fbic": lambda s: s.politics.fbic},
    )
    assert kept is not None
    return kept


def path(kept: variants.Kept, name: str = "trade_total") -> np.ndarray:
    return (kept.results.trajectories or {})[name]


def test_the_full_model_is_the_ensemble(found: dict[str, variants.Kept]) -> None:
    alone = ensemble.run(CASE, members=5, trajectories=("trade_total",))
    assert np.array_equal(path(found["full"]), (alone.trajectories or {})["trade_total"])


def test_a_parameter_fixed_where_it_is_changes_nothing(found: dict[str, variants.Kept]) -> None:
    for name in ("trade_total", "influence_share"):
        assert np.array_equal(path(found["full"], name), path(found["the same"], name))


def test_a_variant_is_the_same_alone(found: dict[str, variants.Kept]) -> None:
    fixed = {"trade.erosion": 0.0}
    alone = variants.run(CASE, [Variant("alone", fixed)], 5, ("trade_total",))
    assert alone is not None
    assert np.array_equal(path(found["no erosion"]), path(alone["alone"]))
    assert not np.array_equal(path(found["no erosion"]), path(found["full"]))


def test_patterns_fix_every_parameter_they_match(found: dict[str, variants.Kept]) -> None:
    values = Variant("chi", {"*.conversion": 1.0}).values(registry())
    assert values == dict.fromkeys(values, 1.0) and len(values) == 5
    assert not np.array_equal(
        path(found["equal conversion"], "influence_share"), path(found["full"], "influence_share")
    )
    with pytest.raises(KeyError, match="no parameter"):
        Variant("typo", {"*.convertion": 1.0}).values(registry())


def test_what_is_watched_has_a_row_a_quarter(found: dict[str, variants.Kept]) -> None:
    kept = found["full"]
    assert kept.watched["fbic"].shape == (28, 5, 5, 5)
    years = variants.lived_years(CASE)
    assert (years[0], years[-1]) == (1997, 2009)
    assert kept.lived["fbic"].shape == (4 * len(years), 5, 5, 5)


def test_members_of_many_variants_are_dealt_out_once() -> None:
    some = [Variant(str(n)) for n in range(60)] + [Variant("other", without=("x",))]
    for members in (2, 3, 9, 41, 100):
        parts = list(variants._parts(some, members))
        for variant in some:
            own = [k for group, numbers in parts if variant in group for k in numbers]
            assert sorted(own) == list(range(members))
        assert all(len(numbers) > 1 for _, numbers in parts)


def test_a_stopped_run_gives_nothing() -> None:
    assert variants.run(CASE, [Variant("full")], 2, stop=lambda: True) is None
