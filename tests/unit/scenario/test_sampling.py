"""Parameters of members: defaults, fixed values, draws by name, rank correlations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from steppe.parameters import Registry
from steppe.scenario import Scenario, sample

Loads = Callable[..., Scenario]

THREE = """\
uncertainties:
  trade.elasticity: prior
  japan.conversion: {uniform: [0, 1]}
  china.conversion: {normal: [0.5, 0.2]}
"""
CORRELATED = (
    THREE
    + """\
correlations:
  - {between: [trade.elasticity, japan.conversion], rho: 0.7}
  - {between: [china.conversion, japan.conversion], rho: -0.4}
"""
)


def test_defaults_of_the_base_then_fixed_values_and_levers(
    loads: Loads, registry: Registry
) -> None:
    case = loads(
        "set: {japan.conversion: 0.9}\n"
        "levers: {japan.chabahar_finance: {range: [0, 500], default: 70}}\n"
    )
    table, varied = sample(case, registry, range(3))
    assert table.shape == (len(registry), 3) and varied == {}
    expected = registry.defaults(2017)
    expected[registry.index["japan.conversion"]] = 0.9
    expected[registry.index["japan.chabahar_finance"]] = 70.0
    assert (table == expected[:, None]).all()
    completion = registry.index["link.chabahar_mashhad.completion"]
    assert table[completion, 0] == 0.2  # of 2017, not of 2001 or 2010


@pytest.mark.parametrize("body", [THREE, CORRELATED], ids=["independent", "correlated"])
def test_a_member_is_the_same_in_any_chunk(loads: Loads, registry: Registry, body: str) -> None:
    case = loads(body)
    whole = sample(case, registry, range(300))
    for first, count in ((0, 1), (1, 2), (7, 64), (299, 1), (128, 172)):
        part = sample(case, registry, range(first, first + count))
        assert (part.table == whole.table[:, first : first + count]).all()
        for name, values in part.varied.items():
            assert (values == whole.varied[name][first : first + count]).all()


def test_another_uncertainty_shifts_no_draw(loads: Loads, registry: Registry) -> None:
    few = sample(
        loads("uncertainties: {japan.conversion: {uniform: [0, 1]}}\n"), registry, range(9)
    )
    more = sample(loads(THREE), registry, range(9))
    assert (few.varied["japan.conversion"] == more.varied["japan.conversion"]).all()


def test_draws_differ_by_name_and_seed(loads: Loads, registry: Registry) -> None:
    drawn = sample(loads(THREE), registry, range(9)).varied
    other = sample(loads(THREE), registry, range(9), seed=8).varied
    assert (drawn["japan.conversion"] != other["japan.conversion"]).all()
    scaled = (drawn["trade.elasticity"] - 1.75) / 3.25
    assert (np.abs(scaled - drawn["japan.conversion"]) > 1e-9).all()
    same = sample(loads(THREE, seed=8), registry, range(9)).varied
    assert (other["japan.conversion"] == same["japan.conversion"]).all()


def test_rank_correlations_are_reached_and_margins_kept(loads: Loads, registry: Registry) -> None:
    count = 20_000
    drawn = sample(loads(CORRELATED), registry, range(count)).varied
    names = ("trade.elasticity", "japan.conversion", "china.conversion")
    ranks = stats.spearmanr(np.array([drawn[n] for n in names]).T).statistic
    # standard error of a rank correlation: about 1 / sqrt(n) = 0.007
    assert ranks[0, 1] == pytest.approx(0.7, abs=0.03)
    assert ranks[1, 2] == pytest.approx(-0.4, abs=0.03)
    assert ranks[0, 2] == pytest.approx(0.0, abs=0.03)
    uniform = stats.kstest(drawn["trade.elasticity"], stats.uniform(1.75, 3.25).cdf)
    assert uniform.pvalue > 1e-4
    a, b = -2.5, 2.5
    assert (
        stats.kstest(drawn["china.conversion"], stats.truncnorm(a, b, 0.5, 0.2).cdf).pvalue > 1e-4
    )


def test_draws_stay_in_the_registry_s_range(loads: Loads, registry: Registry) -> None:
    body = "uncertainties: {japan.conversion: {normal: [0.9, 5]}}\n"
    drawn = sample(loads(body), registry, range(5_000)).varied["japan.conversion"]
    assert drawn.min() >= 0.0 and drawn.max() <= 1.0
    assert np.unique(drawn).size == 5_000  # truncated, not piled up at the ends
