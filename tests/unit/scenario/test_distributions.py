"""Quantile functions, against scipy and by their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from steppe.clock import Quarter
from steppe.scenario.distributions import Distribution, normal_cdf, normal_ppf

U = np.concatenate([np.linspace(0.0, 1.0, 2001)[1:-1], [1e-12, 1e-6, 1 - 1e-6, 1 - 1e-12]])


def test_normal_quantiles_and_probabilities() -> None:
    p = np.concatenate([U, np.logspace(-290, -1, 500)])
    np.testing.assert_allclose(normal_ppf(p), stats.norm.ppf(p), rtol=1e-13, atol=1e-15)
    z = np.linspace(-8.0, 8.0, 1001)
    np.testing.assert_allclose(normal_cdf(z), stats.norm.cdf(z), rtol=1e-12)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Distribution("uniform", (1.75, 5.0)), stats.uniform(1.75, 3.25)),
        (Distribution("loguniform", (0.01, 10.0)), stats.loguniform(0.01, 10.0)),
        (Distribution("normal", (3.0, 2.0)), stats.norm(3.0, 2.0)),
        (Distribution("lognormal", (3.0, 0.5)), stats.lognorm(0.5, scale=3.0)),
        (Distribution("triangular", (1.0, 2.0, 5.0)), stats.triang(0.25, 1.0, 4.0)),
        (Distribution("triangular", (1.0, 1.0, 5.0)), stats.triang(0.0, 1.0, 4.0)),
        (Distribution("normal", (3.0, 2.0), 0.0, 4.0), stats.truncnorm(-1.5, 0.5, 3.0, 2.0)),
    ],
)
def test_against_scipy(ours: Distribution, theirs: stats.rv_continuous) -> None:
    np.testing.assert_allclose(ours.ppf(U), theirs.ppf(U), rtol=1e-9, atol=1e-12)


def test_truncated_lognormal_keeps_its_shape_between_the_bounds() -> None:
    drawn = Distribution("lognormal", (1.0, 1.0), 0.5, 2.0)
    whole = stats.lognorm(1.0, scale=1.0)
    below, above = whole.cdf(0.5), whole.cdf(2.0)
    np.testing.assert_allclose(drawn.ppf(U), whole.ppf(below + U * (above - below)), rtol=1e-9)
    assert drawn.support == (0.5, 2.0)


def test_choice_is_even_and_keeps_the_shape_of_its_input() -> None:
    u = np.linspace(0.0, 1.0, 3000, endpoint=False).reshape(3, 1000)
    drawn = Distribution("choice", (4.0, 1.0, 4.0)).ppf(u)
    assert drawn.shape == u.shape
    assert (drawn[0] == 4.0).all() and (drawn[1] == 1.0).all() and (drawn[2] == 4.0).all()


def test_a_uniform_date_takes_every_quarter_equally_often() -> None:
    first, last = Quarter.parse("2026Q3"), Quarter.parse("2027Q2")
    dates = Distribution("uniform", (first.ordinal, last.ordinal), quarters=True)
    u = np.linspace(0.0, 1.0, 4000, endpoint=False)
    values, counts = np.unique(dates.ppf(u), return_counts=True)
    assert [str(Quarter(int(v))) for v in values] == ["2026Q3", "2026Q4", "2027Q1", "2027Q2"]
    assert (counts == 1000).all()
    assert dates.ppf(np.array([1.0 - 2.0**-53]))[0] == last.ordinal
    assert dates.spelled() == {"uniform": ["2026Q3", "2027Q2"]}


def test_the_ends_of_the_unit_interval_stay_inside_the_support() -> None:
    ends = np.array([0.0, 1.0 - 2.0**-53])
    for drawn in (
        Distribution("normal", (0.5, 0.2), 0.0, 1.0),
        Distribution("uniform", (0.1, 0.3)),
        Distribution("loguniform", (0.1, 0.3)),
        Distribution("triangular", (0.1, 0.2, 0.3)),
        Distribution("choice", (0.1, 0.3)),
    ):
        low, high = drawn.support
        values = drawn.ppf(ends)
        assert np.isfinite(values).all() and (low <= values).all() and (values <= high).all()
    assert np.isfinite(Distribution("normal", (0.0, 1.0)).ppf(ends)).all()


@pytest.mark.parametrize(
    ("shape", "arguments"),
    [
        ("uniform", (1.0, 1.0)),
        ("uniform", (1.0,)),
        ("loguniform", (0.0, 1.0)),
        ("normal", (0.0, 0.0)),
        ("lognormal", (0.0, 1.0)),
        ("triangular", (1.0, 3.0, 2.0)),
        ("choice", ()),
    ],
)
def test_impossible_arguments_are_refused(shape: str, arguments: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"must|takes|needs"):
        Distribution(shape, arguments)


def test_a_value_does_not_depend_on_its_neighbours() -> None:
    u = np.random.default_rng(1).random(257)
    for drawn in (
        Distribution("normal", (0.5, 0.2), 0.0, 1.0),
        Distribution("lognormal", (0.5, 0.2), 0.0, math.inf),
        Distribution("loguniform", (0.1, 0.3)),
        Distribution("triangular", (0.1, 0.2, 0.3)),
    ):
        whole = drawn.ppf(u)
        for first in (0, 1, 3, 128):
            assert (drawn.ppf(u[first : first + 5]) == whole[first : first + 5]).all()
