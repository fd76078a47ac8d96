"""What the network carries for whom, re-derived route by route, and what shippers read of load."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from steppe import axes
from steppe.laws import corridors
from steppe.model import CentralAsia

from ...models import new_model

MEMBERS = 3
P, H, LINKS = len(axes.POWERS), len(axes.HOSTS), len(axes.LINKS)
HOST, FUEL = axes.HOST.start, axes.GOODS.index("hydrocarbons")


@pytest.fixture(scope="module")
def built() -> CentralAsia:
    """A model whose routes carry a tonnage of their own in every member."""
    model = new_model("baseline", MEMBERS)
    flow = model.logistics.route_flow
    rng = np.random.default_rng(3)
    model.logistics.route_flow = rng.uniform(0.1, 5.0, (*flow.shape[:1], MEMBERS))
    return model


@pytest.fixture
def model(built: CentralAsia) -> Iterator[CentralAsia]:
    """Parameters and the state of the links are as they were after each test."""
    s = built.state
    held = [built.values.table, s.link_volume, s.link_flow, s.link_days, s.trade]
    held += [s.corridor_share, s.corridor_days, s.corridor_cost, s.corridor_volume]
    before = [array.copy() for array in held]
    flow, transport = built.logistics.route_flow, built.logistics.transport
    yield built
    built.logistics.route_flow, built.logistics.transport = flow, transport
    for array, contents in zip(held, before, strict=True):
        array[:] = contents


def ends_of(model: CentralAsia, route: int) -> set[int]:
    network = model.network
    pair = network.route_pair[route]
    return {int(network.exporter[pair]), int(network.importer[pair])}


def test_a_power_relies_on_the_links_under_its_own_trade(model: CentralAsia) -> None:
    network, flow = model.network, model.logistics.route_flow
    over, total = np.zeros((P, LINKS, MEMBERS)), np.zeros((P, MEMBERS))
    for route in range(network.routes):
        for power in ends_of(model, route) & set(range(P)):
            total[power] += flow[route]
            for name in network.links_of(route):
                over[power, axes.LINKS.index(name)] += flow[route]
    np.testing.assert_allclose(model.logistics.reliance(), over / total[:, None])


def test_transit_is_what_crosses_a_power_that_is_no_party_to_it(model: CentralAsia) -> None:
    network, flow = model.network, model.logistics.route_flow
    owner = dict(zip(axes.LINKS, network.owners, strict=True))
    crossing, total = np.zeros((P, H, MEMBERS)), np.zeros((H, MEMBERS))
    for route in range(network.routes):
        ends = ends_of(model, route)
        crossed = {owner[name] for name in network.links_of(route)}
        for host in range(H):
            if HOST + host in ends:
                total[host] += flow[route]
                for power, code in enumerate(axes.POWERS):
                    if code in crossed and power not in ends:
                        crossing[power, host] += flow[route]
    found = model.logistics.transit()
    np.testing.assert_allclose(found, crossing / total, atol=1e-12)
    assert (found[axes.POWERS.index("RUS")] > 0.0).any()


def test_shippers_read_the_load_since_the_base_as_far_as_they_respond(model: CentralAsia) -> None:
    """Not at all, by half and wholly: members at responses of 0, .5 and 1."""
    logistics, s, v = model.logistics, model.state, model.values
    rng = np.random.default_rng(9)
    s.link_volume[:] = logistics.base_volume * rng.uniform(0.5, 3.0, (LINKS, MEMBERS))
    v["corridors.congestion_response"][:] = response = np.array([0.0, 0.5, 1.0])
    logistics.survey(v)
    read = (1.0 - response) * logistics.base_volume + response * s.link_volume
    expected = corridors.transport(model.network, v, read)
    np.testing.assert_allclose(s.link_days, expected.link_days)
    np.testing.assert_allclose(logistics.transport.shares, expected.shares)
    change = logistics.cost_change(1)
    network, here = model.network, HOST + 1
    for region in range(len(axes.REGIONS)):
        pair = network.pair_index[here, region]
        if 0 <= pair < network.pairs:
            moved = expected.log_cost[pair] - logistics.base_cost[pair]
            np.testing.assert_allclose(change[region], moved, atol=1e-12)
        else:
            assert not change[region].any(), "no way there, no change"


def test_pipeline_gas_is_not_on_the_links_and_dear_goods_weigh_less(model: CentralAsia) -> None:
    """Tonnage of each pair's trade less its gas, at the base's dollars a tonne times prices."""
    logistics, s, v, network = model.logistics, model.state, model.values, model.network
    gas = np.zeros((H, len(axes.PARTNERS), MEMBERS))
    chn = axes.PARTNERS.index("CHN")
    here = HOST + axes.HOSTS.index("TKM")
    both = s.trade[here, chn] + s.trade[chn, here]
    gas[axes.HOSTS.index("TKM"), chn] = 0.5 * both[FUEL]
    deflator = np.array([1.0, 1.2, 1.5])
    logistics.survey(v)
    logistics.load(gas, v, deflator)
    tonnes = np.empty((network.pairs, len(axes.GOODS), MEMBERS))
    per_tonne = v.over("corridors.dollars_per_tonne.{good}") * deflator
    overland = v.over("corridors.overland_share.{good}")
    for pair in range(network.pairs):
        a, b = network.exporter[pair], network.importer[pair]
        value = s.trade[a, b] + s.trade[b, a]
        if {a, b} == {here, chn}:
            value[FUEL] -= gas[axes.HOSTS.index("TKM"), chn]
        tonnes[pair] = 4.0 * value * overland / per_tonne
    on_route = (tonnes[network.route_pair] * logistics.transport.shares).sum(axis=1)
    on_link = np.zeros((LINKS, MEMBERS))
    for route in range(network.routes):
        for name in network.links_of(route):
            on_link[axes.LINKS.index(name)] += on_route[route]
    np.testing.assert_allclose(s.link_flow, on_link, rtol=1e-9, atol=1e-12)
    before = s.link_volume.copy()
    logistics.settle_volumes(v)
    w = v["corridors.smoothing"]
    np.testing.assert_allclose(s.link_volume, (1.0 - w) * before + w * on_link)
