"""Identities of the running model, at every step, with all priors varying."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from steppe import axes, scenario
from steppe.model import CentralAsia

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.yaml"))
MEMBERS = 12
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
seeds = st.integers(0, 2**31)


@pytest.mark.parametrize("name", SHIPPED)
def test_one_trade_tensor_closes_at_every_step(name: str) -> None:
    """Identity 5: shares sum to one, and what a host makes for others is sold, good by good."""
    model = CentralAsia(name, MEMBERS, collect=False)
    while model.running:
        model.step()
        s = model.state
        assert np.isfinite(s.trade).all()
        assert (s.trade >= 0.0).all()
        np.testing.assert_allclose(s.trade_share.sum(axis=0), 1.0, rtol=1e-9)
        own = s.trade[axes.HOST]
        sold = np.add.reduce(own, axis=1)
        sold[:, 0] -= model.pipelines.value.sum(axis=1)
        made = model.output
        traded = (model.base.trade[axes.HOST].sum(axis=1) > 0)[..., None] & (made > 1e-9)
        abroad = np.array([host.base_export_share.sum(axis=0)[:, 0] > 0 for host in model.hosts])
        closes = np.broadcast_to(traded & abroad[..., None], made.shape)
        np.testing.assert_allclose(sold[closes], made[closes], rtol=1e-9)
        bought = np.add.reduce(s.trade[:, axes.HOST], axis=0)
        wanted = np.add.reduce(model.imports, axis=1)
        assert (bought <= wanted * (1 + 1e-9)).all(), "no host receives more than it ordered"
        powers_and_row = [*range(len(axes.POWERS)), axes.ROW_INDEX]
        delivered = s.trade[powers_and_row][:, axes.HOST].swapaxes(0, 1)
        np.testing.assert_allclose(delivered, model.imports[:, powers_and_row], rtol=1e-12)


@pytest.mark.parametrize("name", SHIPPED)
def test_tonnage_is_conserved_and_closed_links_carry_nothing(name: str) -> None:
    """Identity 6: route shares sum to one or to zero; a shut link has no flow."""
    model = CentralAsia(name, MEMBERS, collect=False)
    network = model.network
    while model.running:
        model.step()
        shares = model.logistics.transport.shares
        total = np.zeros((network.pairs, *shares.shape[1:]))
        np.add.at(total, network.route_pair, shares)
        assert ((np.abs(total - 1.0) < 1e-9) | (total == 0.0)).all()
        shut = model.values.over("link.{link}.open") == 0.0
        shut &= model.relations.links().opened == 0.0
        assert (model.state.link_flow[shut] == 0.0).all()
        covered = model.state.corridor_share.sum(axis=0)
        assert (covered <= 1.0 + 1e-9).all()


@settings(max_examples=12, deadline=None, phases=NO_SHRINKING)
@given(seed=seeds, base=st.sampled_from(["baseline", "backcast_2000", "backcast_2009"]))
def test_with_nothing_changed_the_base_years_trade_is_reproduced(seed: int, base: str) -> None:
    """Identity 7: no growth, no shocks, no erosion, whatever the elasticities."""
    still = scenario.load(base, seed=seed)
    model = CentralAsia(still, 3, collect=False)
    s = model.state
    model.supply = np.zeros_like(model.supply)
    model.demand = np.zeros_like(model.demand)
    s.log_real[:] = s.log_price[:] = 0.0
    s.oil[:] = model.paths.oil_base
    model.pipelines.value[:] = model.base.gas_value[..., None] / 4.0
    for phase in ("buy", "sell", "receive"):
        model.hosts.do(phase)
    expected = model.base.trade[..., None] / 4.0
    np.testing.assert_allclose(s.trade, np.broadcast_to(expected, s.trade.shape), rtol=1e-9)


@settings(max_examples=8, deadline=None)
@given(seed=seeds)
def test_the_base_years_costs_change_nothing(seed: int) -> None:
    """Identity 7 for routes: at the base's own link states and volumes ln tau does not move."""
    model = CentralAsia(scenario.load("baseline", seed=seed), 3, collect=False)
    model.logistics.survey(model.base_values)
    for host in range(len(axes.HOSTS)):
        assert (model.cost_change(host) == 0.0).all()
