"""Closed forms of recorded gas."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from steppe.laws import gas

volume = st.floats(0.0, 80.0)


@given(volume, volume, volume, st.floats(0.0, 50.0), st.floats(0.5, 10.0))
def test_a_line_never_exceeds_its_capacity(
    before: float, contract: float, capacity: float, age: float, tau: float
) -> None:
    flow = gas.line_volume(*(np.array([x]) for x in (before, contract, capacity, age, tau)))[0]
    assert 0.0 <= flow <= capacity
    later = gas.line_volume(*(np.array([x]) for x in (before, contract, capacity, age + 1, tau)))[0]
    if contract >= before:
        assert later >= flow
    assert abs(later - min(contract, capacity)) <= abs(flow - min(contract, capacity)) + 1e-9


def test_a_new_line_fills_by_63_per_cent_in_tau() -> None:
    flow = gas.line_volume(*(np.array([x]) for x in (0.0, 30.0, 55.0, 3.0, 3.0)))
    np.testing.assert_allclose(flow, 30.0 * (1 - np.exp(-1.0)))


def test_value_of_turkmen_gas_in_2012() -> None:
    """21.8 bcm at 0.58 of 16 USD/MMBtu is about 7 bn USD a year (BACI: 8.5 bn)."""
    year = 4.0 * gas.gas_value(np.array([21.8]), np.array([0.58]), np.array([16.0]))[0]
    assert 6_500 < year < 8_600
