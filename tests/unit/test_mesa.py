"""The model as a Mesa model: ten agents, Mesa's own batch runner, its data collector."""

from __future__ import annotations

import pickle

import mesa
import numpy as np
import pytest

from steppe import axes, metrics, scenario
from steppe.agents.host import Host
from steppe.agents.power import Power
from steppe.model import CentralAsia

pytestmark = pytest.mark.filterwarnings("ignore:.*set_start_method.*")


def test_ten_agents_one_per_state() -> None:
    model = CentralAsia("baseline", 2)
    assert isinstance(model, mesa.Model)
    assert [a.code for a in model.agents if isinstance(a, Power)] == list(axes.POWERS)
    assert len({type(a) for a in model.powers}) == len(axes.POWERS), "each plays by its own rules"
    assert [a.code for a in model.agents_by_type[Host]] == list(axes.HOSTS)
    assert len(model.agents) == 10


def test_batch_run_runs_the_model_as_it_comes() -> None:
    rows = mesa.batch_run(
        CentralAsia,
        {"case": "backcast_2009", "trade__elasticity": [2.0, 4.0], "members": 3},
        rng=[1, 2],
        display_progress=False,
    )
    assert len(rows) == 4
    shares = {(row["trade__elasticity"], row["rng"]): row["trade_share[CHN,KAZ]"] for row in rows}
    assert len(set(shares.values())) == 4, "the parameter and the seed both matter"
    for row in rows:
        assert row["Step"] == 28, "the run ends with the scenario's horizon"
        total = sum(row[f"trade_share[{power},KAZ]"] for power in axes.POWERS)
        assert total == pytest.approx(1.0)


def test_the_collector_follows_the_run() -> None:
    model = CentralAsia("backcast_2009", 2)
    while model.running:
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert len(frame) == 28
    gdp = frame["gdp[KAZ]"]
    assert gdp.iloc[0] == pytest.approx(126, rel=0.15), "bn USD, first quarter of 2010"
    assert frame["trade_share[CHN,TKM]"].iloc[-1] > frame["trade_share[CHN,TKM]"].iloc[0]


def test_the_collector_keeps_what_the_scenario_names() -> None:
    case = scenario.loads("title: One\nextends: backcast_2009\nmetrics: [consortium_value]\n")
    model = CentralAsia(case, 2)
    model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    label = "consortium_value[JPN,KAZ]"
    values = metrics.BY_NAME["consortium_value"].formula(model.state)[0, 0]
    assert frame[label].iloc[-1] == values.mean()
    assert label not in CentralAsia("backcast_2009", 2).datacollector.model_reporters


def test_a_seed_decides_everything() -> None:
    def last(rng: object) -> np.ndarray:
        model = CentralAsia("backcast_2009", 2, rng=rng, collect=False)
        while model.running:
            model.step()
        return model.state.trade

    assert np.array_equal(last(7), last(7))
    assert not np.array_equal(last(7), last(8))
    assert np.array_equal(last(np.random.default_rng(3)), last(np.random.default_rng(3)))


def test_parameters_can_be_fixed_by_keyword_or_mapping() -> None:
    a = CentralAsia("baseline", 2, trade__elasticity=3.0)
    b = CentralAsia("baseline", 2, parameters={"trade.elasticity": 3.0})
    assert (a.values["trade.elasticity"] == 3.0).all()
    assert np.array_equal(a.values.table, b.values.table)
    with pytest.raises(KeyError, match="trade.elasticty.*trade.elasticity"):
        CentralAsia("baseline", 2, trade__elasticty=3.0)
    with pytest.raises(ValueError, match="must lie between"):
        CentralAsia("baseline", 2, trade__elasticity=-5.0)
    with pytest.raises(ValueError, match="must lie between"):
        CentralAsia("baseline", 2, trade__elasticity=float("nan"))
    assert "trade.elasticity" not in a.varied


def test_a_model_can_be_pickled() -> None:
    model = CentralAsia("backcast_2009", 2)
    model.step()
    copy = pickle.loads(pickle.dumps(model))
    model.step()
    copy.step()
    assert np.array_equal(model.state.trade, copy.state.trade)


def test_conditions_on_metrics_wait_for_the_first_quarter() -> None:
    """Nothing has been measured before it: a condition that the truth never meets stays unmet."""
    lines = "".join(
        f"  - {{id: e{i}, target: japan.market_access, shape: step, to: 1, start: 2017Q1, "
        f"when: '{condition}'}}\n"
        for i, condition in enumerate(
            ("corridor_days[china_land_bridge] < 5", "gdp_per_head[KAZ] > 100000000")
        )
    )
    case = scenario.loads(f"title: Waits\nextends: baseline\nevents:\n{lines}", name="waits")
    model = CentralAsia(case, 3, collect=False)
    for _ in range(4):
        model.step()
    assert all((np.isinf(model.events.began[f"e{i}"])).all() for i in range(2))


@pytest.mark.parametrize("members", [0, -1])
def test_there_is_at_least_one_member(members: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        CentralAsia("baseline", members)
