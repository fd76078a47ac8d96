"""The model in the EMA workbench: its evaluators, its samplers, and the numbers of a run."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steppe
from steppe import scenario
from steppe.analysis.findings.problem import library
from steppe.design import Variable
from steppe.scenario import Distribution, Problems

ema_workbench = library("ema_workbench", "the EMA workbench")  # it warns as it is imported
from ema_workbench import (  # noqa: E402
    CategoricalParameter,
    RealParameter,
    Sample,
    perform_experiments,
)

from steppe.analysis.workbench.parameters import Quantiles, parameters  # noqa: E402

TEXT = """\
title: A short look
extends: backcast_2009
horizon: {end: 2011Q2}
ensemble: {members: 5, seed: 11}
uncertainties:
  trade.elasticity: {uniform: [1.75, 5.0]}
  trade.adjustment: {uniform: [0.05, 0.5]}
  powers.lapse: {triangular: [0.05, 0.1, 0.2]}
correlations:
  - {between: [trade.elasticity, trade.adjustment], rho: 0.6}
levers:
  japan.budget: {range: [0.5, 2], default: 1}
"""
SHARE, GDP = "trade_share[JPN,UZB]", "gdp[UZB]"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ema_workbench")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "short.yaml").write_text(TEXT, encoding="utf-8")
    return tmp_path / "short.yaml"


def model_of(case: Path, **options: Any) -> Any:
    given: dict[str, Any] = {
        "uncertainties": ["trade.elasticity", "powers.lapse"],
        "levers": ["japan.budget", "china.budget=0.5,1"],
        "members": 3,
    }
    return steppe.workbench_model(case, [SHARE, GDP], **(given | options))


def test_the_scenario_gives_uncertainties_and_levers(case: Path) -> None:
    model = steppe.workbench_model(case, SHARE)
    loaded = scenario.load(case)
    names = {name.replace(".", "__") for name in loaded.uncertainties}
    assert {u.name for u in model.uncertainties} == names - {"japan__budget"}
    (lever,) = (x for x in model.levers if x.name == "japan__budget")
    assert (lever.lower_bound, lever.upper_bound, lever.default) == (0.5, 2.0, 1.0)
    assert [o.name for o in model.outcomes] == ["trade_share_JPN_UZB"]
    assert model.name == "short"
    model = steppe.workbench_model(case, SHARE, levers=["trade.elasticity=2:4"])
    assert {u.name for u in model.uncertainties} == names - {"trade__elasticity"}


def test_experiments_are_runs_with_these_values(case: Path) -> None:
    model = model_of(case, series=[GDP])
    at = {"trade__elasticity": 3.0, "powers__lapse": 0.11}
    policies = [Sample("none"), Sample("more", japan__budget=2.0, china__budget=0.5)]
    experiments, outcomes = perform_experiments(model, [Sample("one", **at)], policies)
    assert len(experiments) == 2
    for i, levers in enumerate(({"japan.budget": 1}, {"japan.budget": 2, "china.budget": 0.5})):
        fixed = {"trade.elasticity": 3.0, "powers.lapse": 0.11, **levers}
        run = steppe.run(case, members=3, set=fixed)
        for label, name in ((SHARE, "trade_share_JPN_UZB"), (GDP, "gdp_UZB")):
            assert outcomes[name][i] == pytest.approx(run.members[label].mean(), rel=1e-12)
        path = run.series.query("metric == 'gdp' and country == 'UZB'")
        assert outcomes["gdp_UZB_by_quarter"][i] == pytest.approx(path["mean"].to_numpy(), rel=1e-9)
        assert path["quarter"].tolist() == model.quarters
    assert outcomes["gdp_UZB"][0] != outcomes["gdp_UZB"][1]


def test_all_evaluators_give_the_same(case: Path) -> None:
    model = model_of(case)
    scenarios = model_samples(model, 5)
    told = []
    for evaluator in (None, model.evaluator()):
        told.append(
            perform_experiments(
                model, scenarios, 2, evaluator=evaluator, lever_sampling_kwargs={"rng": 1}
            )
        )
    with ema_workbench.MultiprocessingEvaluator(model, n_processes=2) as evaluator:
        told.append(evaluator.perform_experiments(scenarios, 2, lever_sampling_kwargs={"rng": 1}))
    (experiments, outcomes), *others = told
    assert len(experiments) == 10
    for table, own in others:
        numbers = ["scenario", "policy"]  # the workbench counts them on from call to call
        assert table.drop(columns=numbers).equals(experiments.drop(columns=numbers))
        for name, values in outcomes.items():
            assert np.array_equal(own[name], values)


def model_samples(model: Any, count: int) -> Any:
    sampler = ema_workbench.Samplers.LHS.value
    return sampler.generate_samples(model.uncertainties, count, rng=1)


@pytest.mark.parametrize(
    "own",
    [
        Distribution("triangular", (0.0, 1.0, 4.0)),
        Distribution("loguniform", (0.1, 10.0)),
        Distribution("lognormal", (2.0, 0.5), low=0.5, high=6.0),
        Distribution("normal", (0.0, 1.0), low=-1.0, high=2.0),
    ],
)
def test_samplers_follow_the_scenarios_distribution(own: Distribution) -> None:
    (parameter,) = parameters([Variable("trade.elasticity", "1", own)])
    assert (parameter.lower_bound, parameter.upper_bound) == own.support
    parameter = pickle.loads(pickle.dumps(parameter))
    sampler = ema_workbench.Samplers.LHS.value
    drawn = [s["trade__elasticity"] for s in sampler.generate_samples([parameter], 400, rng=2)]
    edges = own.ppf(np.linspace(0.0, 1.0, 401))
    assert (edges[:-1] - 1e-12 <= np.sort(drawn)).all(), "one in every slice of the distribution"
    assert (np.sort(drawn) <= edges[1:] + 1e-12).all()
    assert own.support[0] <= min(drawn) <= max(drawn) <= own.support[1]


def test_levels_are_categories_and_ranges_are_real() -> None:
    levels, real, lone = (
        Variable("a.b", "1", Distribution("choice", (1.0, 2.0))),
        Variable("c.d", "1", Distribution("uniform", (1.0, 2.0))),
        Variable("e.f", "1", Distribution("choice", (1.0,))),
    )
    first, second = parameters([levels, real, lone])
    assert isinstance(first, CategoricalParameter)
    assert [c.value for c in first.categories] == [1.0, 2.0]
    assert isinstance(second, RealParameter)
    assert Quantiles(real.distribution)().ppf(0.25) == 1.25


@pytest.mark.parametrize(("path", "value"), [("trade.elasticity", 3.0), ("trade.adjustment", 0.3)])
def test_another_statistic_and_outcomes_of_ones_own(case: Path, path: str, value: float) -> None:
    """What correlates with a value that is given is drawn as when a run fixes it."""
    model = model_of(case, statistic=np.max, uncertainties=[path])
    model.outcomes = [ema_workbench.ScalarOutcome("half", variable_name=SHARE, function=half)]
    given = Sample("one", **{path.replace(".", "__"): value})
    _, outcomes = perform_experiments(model, [given])
    run = steppe.run(case, members=3, set={path: value, "japan.budget": 1, "china.budget": 1})
    assert outcomes["half"] == pytest.approx(run.members[SHARE].max() / 2, rel=1e-12)


def half(value: float) -> float:
    return value / 2


def test_mistakes_are_one_sentence(case: Path) -> None:
    with pytest.raises(ValueError, match="unknown outcome 'gpd.UZB.'.*did you mean 'gdp.UZB."):
        steppe.workbench_model(case, "gpd[UZB]")
    with pytest.raises(Problems, match="write --vary china.budget=low:high"):
        steppe.workbench_model(case, SHARE, levers=["china.budget"])
    with pytest.raises(ValueError, match="is a lever and an uncertainty"):
        model_of(case, uncertainties=["china.budget=0.5:1"])
    with pytest.raises(Problems, match="members 0: error: must lie between 1"):
        model_of(case, members=0)
