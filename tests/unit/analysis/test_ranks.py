"""Rank correlation and slopes have their closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from steppe.analysis.ranks import ranks, slope, spearman


def test_ties_share_their_mean_rank() -> None:
    assert ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [3.5, 1.0, 3.5, 2.0]


def test_spearman_is_one_for_any_rising_function_and_minus_one_for_a_falling_one() -> None:
    x = np.array([0.1, 5.0, 2.0, 3.0])[:, None]
    both = spearman(np.hstack([np.exp(x), -x]), x)
    assert both == pytest.approx([1.0, -1.0])
    assert np.isnan(spearman(np.ones((4, 1)), x)).all(), "nothing ranks a constant"


def test_spearman_without_ties_is_one_less_six_sums_of_squares() -> None:
    """rho = 1 - 6 sum d^2 / (n (n^2 - 1)); here d = 0, 1, -1, 0, 0."""
    rho = spearman(np.array([1.0, 2, 3, 4, 5]), np.array([1.0, 3, 2, 4, 5]))
    assert rho == pytest.approx(1 - 6 * 2 / (5 * 24))


def test_a_slope_leaves_out_years_without_a_figure() -> None:
    values = np.array([[1.0, 0.0], [np.nan, 2.0], [5.0, 4.0]])
    assert slope(values, [2001, 2002, 2003]) == pytest.approx([2.0, 2.0])
