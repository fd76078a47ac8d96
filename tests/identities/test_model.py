"""Identity 7: with nothing changed the base year is reproduced, whatever the parameters.

The identities of the running model are in accounts.py, checked by test_soak.py.
"""

from __future__ import annotations

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from steppe import axes, scenario
from steppe.model import CentralAsia

NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
seeds = st.integers(0, 2**31)
ONE_GOOD = np.array([0.0, 0.5, 1.0])


@settings(max_examples=12, deadline=None, phases=NO_SHRINKING)
@given(seed=seeds, base=st.sampled_from(["baseline", "backcast_2000", "backcast_2009"]))
def test_with_nothing_changed_the_base_years_trade_is_reproduced(seed: int, base: str) -> None:
    """Identity 7: no growth, no shocks, no erosion, whatever the elasticities, goods or none."""
    still = scenario.load(base, seed=seed)
    model = CentralAsia(still, 3, collect=False, parameters={"trade.one_good": ONE_GOOD})
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
    case = scenario.load("baseline", seed=seed)
    model = CentralAsia(case, 3, collect=False, parameters={"trade.one_good": ONE_GOOD})
    model.logistics.survey(model.base_values)
    for host in range(len(axes.HOSTS)):
        assert (model.cost_change(host) == 0.0).all()
