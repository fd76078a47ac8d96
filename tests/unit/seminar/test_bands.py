"""Quantiles over members are those of an ensemble's record, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from steppe.ensemble import summarise
from steppe.seminar.bands import bands


@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=12),
        elements=st.floats(-1e6, 1e6) | st.just(np.nan),
    )
)
def test_bands_are_those_of_the_record(block: np.ndarray) -> None:
    np.testing.assert_array_equal(bands(block), summarise(block)[:, 1:])


def test_single_precision_and_more_axes() -> None:
    values = np.random.default_rng(1).normal(size=(3, 4, 40)).astype(np.float32)
    expected = np.quantile(values.astype(float), [0.05, 0.25, 0.5, 0.75, 0.95], axis=-1)
    assert bands(values) == pytest.approx(np.moveaxis(expected, 0, -1), rel=1e-12)
    assert np.isnan(bands(np.full((2, 5), np.nan))).all()
