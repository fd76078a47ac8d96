"""PRIM and CART find what was planted, and a box comes back as a scenario that can be run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from steppe import scenario
from steppe.analysis.findings import FindingError
from steppe.analysis.findings.box_scenario import box_scenario, ranges, within
from steppe.analysis.findings.discovery import Box, Discovery, Limit, discover
from steppe.design import Design, Variable, released
from steppe.scenario import Distribution

from .cases import THREE, case, laid_out, unit

VARY = (
    *THREE,
    "china.conversion=0,0.25,0.5,0.75,1",
    "russia.conversion=0:1",
    "turkey.conversion=0:1",
)


@pytest.fixture(scope="module")
def design() -> Design:
    return laid_out("lhs", 400, VARY)


@pytest.fixture(scope="module")
def found(design: Design) -> Discovery:
    return discover(tuple(v.name for v in design.variables), design.values, planted(design))


def planted(design: Design) -> np.ndarray:
    u = unit(design.values[:, :3], laid_out("lhs", 2))
    return (u[:, 0] > 0.6) & (u[:, 2] < 0.5) & (design.values[:, 3] >= 0.5)


def test_prim_finds_a_planted_box(design: Design, found: Discovery) -> None:
    box = found.box
    assert set(box.limits) == {"trade.elasticity", "japan.conversion", "china.conversion"}
    assert box.coverage > 0.85 and box.density > 0.95
    low, high = box.limits["trade.elasticity"]
    assert low is not None and high is None
    assert low.value == pytest.approx(3.2, abs=0.1)
    assert low.quasi_p < 1e-6
    low, high = box.limits["japan.conversion"]
    assert low is None and high is not None
    assert high.value == pytest.approx(0.4, abs=0.05)
    spans = ranges(design.variables, box)
    assert spans["china.conversion"] == (0.5, 1.0, 0.0, 1.0)
    inside = np.ones(len(design), bool)
    for i, variable in enumerate(design.variables):
        if variable.name in spans:
            least, most = spans[variable.name][:2]
            inside &= (design.values[:, i] >= least) & (design.values[:, i] <= most)
    assert np.count_nonzero(inside) == box.points
    assert np.count_nonzero(inside & planted(design)) == box.of_interest


def test_the_peeling_begins_with_everything(found: Discovery) -> None:
    own = found.peeling
    assert (own.coverage[0], own.mass[0], own.restricted[0]) == (1.0, 1.0, 0)
    assert own.density[0] == pytest.approx(found.base_rate)
    assert own.density[own.chosen] == pytest.approx(found.box.density)


def test_the_tree_finds_it_too_and_twice_alike(design: Design, found: Discovery) -> None:
    best = found.leaves[0]
    assert best.coverage > 0.8 and best.density > 0.9
    assert set(best.ranges) == {"trade.elasticity", "japan.conversion", "china.conversion"}
    before = np.random.get_state()[1].copy()
    again = discover(found.names, design.values, planted(design))
    assert again.leaves == found.leaves and again.box == found.box
    assert (np.random.get_state()[1] == before).all(), "the global stream stays as it was"


def test_a_step_of_the_peeling_can_be_taken(design: Design, found: Discovery) -> None:
    names, truth = found.names, planted(design)
    third = discover(names, design.values, truth, step=3)
    assert third.peeling.chosen == 3
    assert third.box.coverage == pytest.approx(found.peeling.coverage[3])
    with pytest.raises(FindingError, match="must lie between 0 and"):
        discover(names, design.values, truth, step=999)


def test_chance_alone_leaves_no_limit_or_a_weak_one(design: Design) -> None:
    truth = np.random.default_rng(2).random(len(design)) < 0.3
    one = discover(tuple(v.name for v in design.variables), design.values, truth)
    assert one.box.density < 0.6
    for limits in one.box.limits.values():
        assert min(end.quasi_p for end in limits if end is not None) <= 0.05


def test_few_points(design: Design) -> None:
    names = tuple(v.name for v in design.variables)
    with pytest.raises(FindingError, match="10 points are too few"):
        discover(names, design.values[:10], planted(design)[:10])
    for truth in (np.zeros(30, bool), np.ones(30, bool)):
        with pytest.raises(ValueError, match="nothing or everything"):
            discover(names, design.values[:30], truth)
    one = np.zeros(30, bool)
    one[4] = True
    assert discover(names, design.values[:30], one).of_interest == 1


def test_a_box_becomes_a_scenario(design: Design, found: Discovery) -> None:
    own = released(case(), [v.name for v in design.variables])
    text = box_scenario(own, design.variables, found.box, "influence_share[JPN,UZB] > 0.1", "Here.")
    read = scenario.loads(text, name="box")
    assert read.title.endswith("where influence_share[JPN,UZB] > 0.1")
    drawn = read.uncertainties
    assert drawn["china.conversion"] == Distribution("choice", (0.5, 0.75, 1.0))
    assert drawn["trade.elasticity"].arguments[1] == 4.0
    assert drawn["russia.conversion"] == Distribution("uniform", (0.0, 1.0)), "not limited"
    assert "trade.erosion" in drawn or len(drawn) > len(VARY), "what the sweep left free stays"
    sample = scenario.sample(read, registry(), range(50), 1)
    assert (sample.varied["china.conversion"] >= 0.5).all()


def test_long_names_stay_valid(design: Design, found: Discovery) -> None:
    own = replace(
        released(case(), [v.name for v in design.variables]), name="n" * 100, title="t" * 200
    )
    text = box_scenario(own, design.variables, found.box, "gdp[UZB] > 1 and " * 30, "Here: " * 500)
    assert len(scenario.loads(text).title) <= 200


def test_distributions_within_a_box() -> None:
    ends = (Limit(1.5, 0.01), None)
    for own, expected in (
        (Distribution("loguniform", (1.0, 4.0)), Distribution("loguniform", (1.5, 4.0))),
        (Distribution("triangular", (1.0, 2.0, 4.0)), Distribution("uniform", (1.5, 4.0))),
        (Distribution("normal", (2.0, 1.0), 0.0, 3.0), Distribution("uniform", (1.5, 3.0))),
        (Distribution("choice", (1.0, 2.0, 3.0)), Distribution("choice", (2.0, 3.0))),
    ):
        assert within(Variable("x", "1", own), ends) == expected
        assert within(Variable("x", "1", own), (None, None)) is own
    point = Variable("x", "1", Distribution("uniform", (1.0, 1.5)))
    assert within(point, ends) == Distribution("choice", (1.5,))
    box = Box({}, 1.0, 0.5, 1.0, 2, 1)
    assert ranges((point,), box) == {}


def registry() -> object:
    from steppe.parameters import registry as known

    return known()


@pytest.mark.parametrize("variables", [1, 2])
@pytest.mark.parametrize("levels", [0, 2, 3])
def test_one_parameter_few_levels_and_constants(variables: int, levels: int) -> None:
    rng = np.random.default_rng(levels)
    shape = (80, variables)
    values = rng.integers(0, levels, shape).astype(float) if levels else rng.random(shape)
    names = tuple(f"p.{i}" for i in range(variables))
    for truth in (values[:, -1] > 0.5, rng.random(80) < 0.2, np.arange(80) == 3):
        one = discover(names, values, truth)
        assert one.box.coverage > 0.0
        assert all(0.0 <= leaf.density <= 1.0 for leaf in one.leaves)
    clear = discover(names, values, values[:, -1] > 0.5)
    assert clear.box.density > 0.9
    constant = np.column_stack([np.ones(80), values])
    assert "still" not in discover(("still", *names), constant, values[:, -1] > 0.5).box.limits
