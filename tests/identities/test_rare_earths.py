"""Identity 8 at any restriction and ceiling, and laws of direction at impact.

Every shipped scenario is under the account of accounts.py (test_soak.py).
"""

from __future__ import annotations

import copy
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from steppe import axes, scenario
from steppe.model import CentralAsia
from steppe.world.rare_earths import RareEarths

from .accounts import tonnes_of_rare_earths

NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(max_examples=6, deadline=None, phases=NO_SHRINKING)
@given(
    seed=st.integers(0, 2**31),
    level=st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    cap=st.sampled_from([1.5, 40.0]),
    on=st.sampled_from([0.0, 1.0]),
)
def test_it_adds_up_under_any_restriction_and_at_any_ceiling(
    seed: int, level: float, cap: float, on: float
) -> None:
    """A ceiling of 1.5 rations: use goes unserved once stocks are empty."""
    model = CentralAsia(
        scenario.load("baseline", seed=seed),
        3,
        collect=False,
        parameters={
            "rare_earths.restriction": level,
            "rare_earths.price_cap": cap,
            "rare_earths.market": on,
            "rare_earths.quota_cut": 0.9,
        },
    )
    market = model.state.rare_earths
    for _ in range(12):
        stock = market.stock.copy()
        model.step()
        tonnes_of_rare_earths(market, stock)


def test_at_a_low_ceiling_use_is_rationed() -> None:
    """Unmet is desired less served, and the price stands at its ceiling."""
    parameters = {
        "rare_earths.leakage": 0.0,
        "rare_earths.price_cap": 1.5,
        "rare_earths.quota_cut": 0.9,
    }
    event = "target: rare_earths.restriction, shape: step, to: 1, start: 2017Q2"
    text = f"title: A quota\nextends: baseline\nevents:\n  - {{id: quota, {event}}}\n"
    case = scenario.loads(text, name="quota")
    model = CentralAsia(case, 3, collect=False, parameters=parameters)
    market = model.state.rare_earths
    for _ in range(9):
        thrift = market.thrift.copy()
        model.step()
    assert (market.unmet.sum(axis=0) > 1.0).all()
    np.testing.assert_allclose(np.exp(market.price), 1.5, rtol=1e-6)
    wanted = model.rare_earths._reference(model.relations.quarter, model.t)[1:]
    short = model.values["rare_earths.short_elasticity"]
    desired = wanted * np.exp(-short * market.price - thrift[1:])
    np.testing.assert_allclose(market.use[1:] + market.unmet, desired, rtol=1e-9)


# --- direction at impact -------------------------------------------------------------------------


def after(model: CentralAsia, **changes: float) -> RareEarths:
    """Clear the market once more with parameters changed; the model stays as it was."""
    kept = copy.deepcopy(model.state.rare_earths), model.values.table.copy()
    market = model.state.rare_earths
    for name, value in changes.items():
        if name == "stock":
            market.stock *= value
        elif name == "level":
            market.restriction[:] = value
        else:
            model.values[name.replace("__", ".")][:] = value
    model.rare_earths.clear(model.relations.around, model.relations.quarter, model.t)
    result = copy.deepcopy(market)
    for field in fields(RareEarths):
        getattr(market, field.name)[:] = getattr(kept[0], field.name)
    model.values.table[:] = kept[1]
    return result


@pytest.fixture(scope="module")
def running() -> CentralAsia:
    model = CentralAsia("rare_earth_shock", 24, collect=False)
    for _ in range(42):  # into the stop of 2027
        model.step()
    return model


@settings(max_examples=20, deadline=None, phases=NO_SHRINKING)
@given(first=st.floats(0.0, 0.95), more=st.floats(0.0, 0.5), level=st.sampled_from([1.0, 2.0]))
def test_a_lower_quota_never_lowers_the_price_at_impact(
    running: CentralAsia, first: float, more: float, level: float
) -> None:
    wide = after(running, level=level, rare_earths__quota_cut=first)
    narrow = after(running, level=level, rare_earths__quota_cut=min(first + more, 1.0))
    assert (narrow.price >= wide.price - 1e-6).all()
    assert (narrow.exports <= wide.exports * (1.0 + 1e-6)).all()


@settings(max_examples=20, deadline=None, phases=NO_SHRINKING)
@given(held=st.floats(0.0, 1.0), more=st.floats(1.0, 5.0), cap=st.sampled_from([1.2, 3.0, 40.0]))
def test_a_larger_stockpile_never_leaves_more_use_unserved(
    running: CentralAsia, held: float, more: float, cap: float
) -> None:
    fixed = {"level": 2.0, "rare_earths__quota_cut": 0.9, "rare_earths__price_cap": cap}
    poor, rich = after(running, stock=held, **fixed), after(running, stock=held * more, **fixed)
    unmet_poor, unmet_rich = (np.add.reduce(m.unmet, axis=0) for m in (poor, rich))
    assert (unmet_rich <= unmet_poor + 1e-6 * (1.0 + unmet_poor)).all()


def test_a_stop_takes_chinas_direct_part_and_re_processors_gain() -> None:
    free = CentralAsia("baseline", 16, collect=False)
    stopped = CentralAsia("rare_earth_shock", 16, collect=False)
    for _ in range(41):
        free.step()
        stopped.step()
    one, other = free.state.rare_earths, stopped.state.rare_earths
    assert (other.china_share < 0.6 * one.china_share).all()
    through = axes.SOURCES.index(axes.REPROCESSORS)
    assert (other.given[through] > one.given[through]).all()


def test_without_a_market_nothing_moves() -> None:
    """The switch: the usual price, no plants, no fear, stakes of the table."""
    model = CentralAsia(
        "rare_earth_shock", 4, collect=False, parameters={"rare_earths.market": 0.0}
    )
    market = model.state.rare_earths
    while model.running:
        model.step()
        assert (market.price == 0.0).all() and not market.unmet.any()
        assert not market.memory.any() and not market.panic.any() and not market.thrift.any()
    assert not market.output[axes.MINERS.index("KAZ")].any()
    assert (model.rare_earths.stake() == 1.0).all()
