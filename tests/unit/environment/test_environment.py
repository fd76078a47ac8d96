"""The environment: disturbances, pipelines, economies, customs."""

from __future__ import annotations

import numpy as np
import pytest

from steppe import axes
from steppe.environment.disturbances import Disturbances
from steppe.laws import gravity
from steppe.model import CentralAsia

from ...models import new_model

CHN, RUS = axes.REGIONS.index("CHN"), axes.REGIONS.index("RUS")


def tariff_change(model: CentralAsia, host: int) -> np.ndarray:
    model.look_at_borders()
    return model.tariffs[host]


@pytest.fixture
def model() -> CentralAsia:
    return new_model("baseline", 3)


def test_pair_shocks_are_random_walks_scaled_by_their_own_flow(model: CentralAsia) -> None:
    ones = np.ones((2, Disturbances.CELLS, 3))
    walks = Disturbances(model.base, model.state, ones, 2.0 * ones)
    v, s = model.values, model.state
    clip = (v["trade.noise_small"], v["trade.noise_slope"], v["trade.noise_large"])
    total = model.base.trade.sum(axis=2)
    walks.advance(0, v)
    first = s.noise_import.copy()
    for walk, flow, size in (
        (s.noise_import, total[axes.POWER, axes.HOST].T, 1.0),
        (s.noise_export, total[axes.HOST, axes.POWER], 2.0),
    ):
        scale = gravity.pair_noise_scale(flow[..., None], *clip)
        np.testing.assert_allclose(walk, size * v["trade.noise"] * 0.5 * scale)
    walks.advance(1, v)
    np.testing.assert_allclose(s.noise_import, first * (1 + v["trade.noise_retention"]))


def test_supply_and_demand_of_the_world_market(model: CentralAsia) -> None:
    model.t = 0
    model.state.log_real[CHN], model.state.log_price[CHN] = 0.5, 0.2
    model._weigh_markets()
    v = model.values
    openness = model.paths.openness[CHN, 0]
    assert openness != 0.0
    supply = (
        0.5 * v["trade.supply_size"]
        + 0.2 * v["trade.supply_price"]
        + openness * v["trade.supply_openness"]
    )
    np.testing.assert_allclose(model.supply[CHN], supply)
    demand = 0.5 * v["trade.destination_size"] + 0.2 * v["trade.destination_price"]
    np.testing.assert_allclose(model.demand[axes.PARTNERS.index("CHN")], demand)


def test_the_customs_union_taxes_outsiders_only(model: CentralAsia) -> None:
    uzb = axes.HOSTS.index("UZB")
    assert (tariff_change(model, uzb) == 0.0).all()
    model.values["uzbekistan.eaeu"][:] = 1.0
    change = tariff_change(model, uzb)
    tariff = model.values["trade.customs_union_tariff"]
    np.testing.assert_allclose(change[CHN], tariff)
    assert (change[RUS] == 0.0).all()
    assert (change[axes.REGIONS.index("KAZ")] == 0.0).all(), "a member since 2010"
    np.testing.assert_allclose(change[axes.REGIONS.index("TJK")], tariff)


def test_leaving_the_union_undoes_its_tariff(model: CentralAsia) -> None:
    kaz = axes.HOSTS.index("KAZ")
    model.values["kazakhstan.eaeu"][:] = 0.0
    change = tariff_change(model, kaz)
    np.testing.assert_allclose(change[CHN], -model.values["trade.customs_union_tariff"])
    assert (change[RUS] == 0.0).all()


def test_observed_quarters_are_the_same_in_every_member(model: CentralAsia) -> None:
    while str(model.quarters[model.t + 1]) != "2022Q2":
        model.step()
    assert (np.ptp(model.state.log_real[axes.POWER], axis=1) == 0.0).all()
    assert (np.ptp(model.state.log_price[axes.POWER], axis=1) == 0.0).all()
    assert np.ptp(model.state.oil) == 0.0
    while model.running:
        model.step()
    assert (np.ptp(model.state.log_real[axes.POWER], axis=1) > 0.0).all()
    assert np.ptp(model.state.oil) > 0.0


def test_backcasts_run_on_observed_gdp_of_powers_and_simulated_gdp_of_hosts() -> None:
    model = CentralAsia("backcast_2009", 4, collect=False)
    while model.running:
        model.step()
    real, s = model.paths.real, model.state
    np.testing.assert_allclose(s.log_real[axes.POWER, 0], real[axes.POWER, -1])
    assert (np.ptp(s.log_real[axes.HOST], axis=1) > 0.0).all()
    assert (model.paths.published[axes.HOST] == 0.0).all()


def test_gas_to_china_fills_after_the_line_opens() -> None:
    model = new_model("backcast_2009", 3)
    tkm, chn = axes.HOSTS.index("TKM"), axes.PARTNERS.index("CHN")
    volumes = []
    while model.running:
        model.step()
        volumes.append(model.state.gas_export[tkm, chn].copy())
    path = np.array(volumes)
    assert (np.diff(path, axis=0) >= 0).all()
    assert (path[0] < 5).all()
    assert ((path[-1] > 20) & (path[-1] <= 30)).all()
    value = model.pipelines.value[tkm, chn]
    share = value / model.state.trade[axes.HOST.start + tkm, CHN].sum(axis=0)
    assert (share > 0.5).all(), "gas is most of what China buys in Turkmenistan"


def test_a_tariff_is_of_its_own_pair(model: CentralAsia) -> None:
    uzb, kaz = axes.HOSTS.index("UZB"), axes.HOSTS.index("KAZ")
    model.values["tariff.turkey_uzbekistan"][:] = 0.1
    change = tariff_change(model, uzb)
    np.testing.assert_allclose(change[axes.REGIONS.index("TUR")], 0.1)
    assert (np.delete(change, axes.REGIONS.index("TUR"), axis=0) == 0.0).all()
    assert (tariff_change(model, kaz) == 0.0).all()
