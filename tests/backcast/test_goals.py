"""Goals and failures: when they are met, how a miss is counted, what the JSON holds."""

from __future__ import annotations

import json

import numpy as np
import pytest

from steppe import axes
from steppe.analysis import goals, patterns, pictures, validate
from steppe.analysis.patterns import transport


@pytest.fixture(scope="module")
def found() -> validate.Validation:
    result = validate.validate(12)
    assert result is not None
    return result


def goal(value: float, low: float | None = None, high: float | None = None) -> goals.Goal:
    return goals.Goal("a goal", 2009, "2010-16", "test", value, low, high, "something")


def test_a_goal_is_met_on_its_edge_and_missed_in_parts_of_its_target() -> None:
    assert goal(2.0, high=2.0).met and goal(2.0, low=2.0).met
    assert goal(3.0, high=2.0).miss == pytest.approx(0.5)
    assert goal(0.6, low=0.8, high=0.97).miss == pytest.approx(0.25)
    assert goal(0.9, low=0.8, high=0.97).miss == 0.0


def test_a_pattern_is_missed_in_widths_of_its_range() -> None:
    pattern = patterns.PATTERNS[0]
    width = pattern.high - pattern.low
    assert patterns.Found(pattern, pattern.high + 2.0 * width, 0.0, 1.0).miss == pytest.approx(2.0)
    assert patterns.Found(pattern, pattern.low - width, 0.0, 1.0).miss == pytest.approx(1.0)
    assert patterns.Found(pattern, pattern.low, 0.0, 1.0).miss == 0.0


def test_every_window_has_its_goals_and_none_twice(found: validate.Validation) -> None:
    said = goals.goals(found)
    assert len({(g.name, g.base, g.window) for g in said}) == len(said)
    for window in validate.WINDOWS:
        names = [g.name for g in said if (g.base, g.window) == (window.base, window.name)]
        assert sum("30 %" in name for name in names) >= 2
        assert sum("stronger" in name for name in names) >= 2
        assert sum(name.startswith("CRPS") for name in names) == 1
    assert sum(g.name.startswith("at least sixteen") for g in said) == 1


def test_a_goal_is_held_against_the_best_of_its_kind(found: validate.Validation) -> None:
    best = min(found.scores[2009, "2010-16", name].log_mae for name in goals.NAIVE)
    said = [g for g in goals.goals(found) if (g.base, g.window) == (2009, "2010-16")]
    one = next(g for g in said if g.name.startswith("trade") and "30 %" in g.name)
    assert one.high == pytest.approx(0.7 * best)
    assert one.value == found.scores[2009, "2010-16", "model"].log_mae


def test_failures_come_worst_first_and_all_of_them(found: validate.Validation) -> None:
    said = goals.failures(found)
    assert [f.miss for f in said] == sorted((f.miss for f in said), reverse=True)
    missed = {g.name for g in goals.goals(found) if not g.met}
    missed |= {one.pattern.name for one in found.patterns if not one.passed}
    assert len(said) == len(missed)
    assert all(any(name in f.sentence for f in said) for name in missed)


def test_json_holds_what_is_documented(found: validate.Validation) -> None:
    tree = json.loads(json.dumps(found.as_json(), allow_nan=False))
    names = {"model", "persistence", "trend", "gravity", "gravity_erosion", "constant_shares_gas"}
    for window in validate.WINDOWS:
        at = tree["scores"][str(window.base)][window.name]
        assert set(at) == {*names, "other_source"}
        for score in at.values():
            assert set(score) == {"share_mae_pp", "share_mae_pp_end", "log_mae", "crps"}
        for kind, codes in (("by_power", axes.POWERS), ("by_host", axes.HOSTS)):
            assert set(tree[kind][str(window.base)][window.name]) == set(codes)
        assert set(tree["sources"][str(window.base)][window.name]) == {
            *("within_sources", "log_mae", "log_mae_beyond", "p50", "p90", "error")
        }
    assert set(tree["coverage"]) == set(tree["band_width"]) == {"2000", "2009"}
    held = len(patterns.PATTERNS) + len(patterns.OWN_RUNS)
    assert len(tree["patterns"]) == held
    assert {"name", "value", "low", "high", "met", "miss"} <= set(tree["goals"][0])
    assert set(tree["failures"][0]) == {"kind", "sentence", "miss"}
    assert all(one["reason"] for one in tree["not_held"])


def test_persistence_is_scored_with_its_bands(found: validate.Validation) -> None:
    score = found.scores[2009, "2010-16", "persistence"]
    assert score.crps < score.log_mae
    point = found.scores[2009, "2010-16", "trend"]
    assert point.crps == pytest.approx(point.log_mae), "a point forecast's CRPS is its error"


def test_every_pattern_says_what_years_and_on_what_it_rests() -> None:
    for pattern in (*patterns.PATTERNS, *patterns.OWN_RUNS):
        assert pattern.years and pattern.quantity and pattern.source
        assert pattern.low < pattern.high
        assert pattern.label in (patterns.FIT, patterns.TEST)


def test_a_day_more_is_worth_what_its_closed_form_says() -> None:
    """Value of a day 1 %, cost factor 1, elasticity 3: 1 - 1.01^-3 = 2.9 % of trade."""
    from steppe.model import CentralAsia

    model = CentralAsia("backcast_2000", 2, collect=False)
    model.step()
    values = model.values
    values.table[values.registry.index["trade.elasticity"]] = 3.0
    for good in axes.GOODS:
        values.table[values.registry.index[f"corridors.value_of_time.{good}"]] = 0.01
    model.logistics.transport.log_cost[:] = 0.0
    assert transport._delay(model) == pytest.approx(1.0 - 1.01**-3.0)


def test_a_cost_that_grows_with_distance_gives_its_elasticity() -> None:
    from steppe.model import CentralAsia

    model = CentralAsia("backcast_2000", 2, collect=False)
    pairs = transport._power_host(model)
    assert len(pairs) == 25
    cost = model.logistics.transport.log_cost
    ends = np.sort([model.network.exporter[pairs], model.network.importer[pairs]], axis=0)
    log_km = model.base.geography.log_distance[ends[0], ends[1] - len(axes.POWERS)]
    cost[pairs] = 0.25 * log_km[:, None, None]
    theta = model.values["trade.elasticity"]
    assert transport._distance(model) == pytest.approx(0.25 * theta)


def test_every_figure_is_drawn(found: validate.Validation) -> None:
    figures = pictures.drawn(found)
    assert set(figures) == {
        *("validation_trade_2000", "validation_trade_2009", "validation_coverage"),
        *("validation_gas", "validation_rare_earths"),
    }
    assert len(figures["validation_trade_2009"].axes) == 25
    panel = figures["validation_trade_2009"].axes[5]
    assert panel.get_yscale() == "log"
    assert len(panel.lines[0].get_xdata()) == 7, "2010-16"
