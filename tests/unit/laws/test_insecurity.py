"""Unrest and a neighbour's war: closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from steppe.laws import insecurity as law


def test_of_unrest_the_scar_stays() -> None:
    """Two quarters at L = .04, r = .7: -.04, -.012, +.028; for good 2 x .04 x .3 = .024."""
    path, before, growth = [1.0, 1.0, 0.0, 0.0], 0.0, []
    for unrest in path:
        found = law.unrest_growth(
            np.array([0.04]), np.array([0.7]), np.array([unrest]), np.array([before])
        )
        growth.append(float(found[0]))
        before = unrest
    np.testing.assert_allclose(growth, [-0.04, -0.012, 0.028, 0.0], atol=1e-15)
    assert sum(growth) == pytest.approx(-0.024)


def test_the_scar_of_a_large_event_is_the_published_one_per_cent() -> None:
    """Hadzi-Vaskov, Pienknagura and Ricci (2023): about 1 % six quarters after, at the defaults."""
    from steppe.parameters import registry

    loss, back = (
        registry()[f"unrest.{name}"].default(2017) for name in ("growth_loss", "recovery")
    )
    assert loss * (1.0 - back) == pytest.approx(0.012, abs=0.004)


def test_aid_rises_by_the_response_to_a_full_war() -> None:
    factor = law.aid_factor(np.array([0.6]), np.array([0.0, 0.5, -0.25]))
    np.testing.assert_allclose(factor, [1.0, np.exp(0.3), np.exp(-0.15)])


def test_aid_goes_to_those_beside_the_war_once_it_concerns_the_powers() -> None:
    exposure = np.array([[0.0], [1.0]])
    pull = law.aid_pull(np.array([0.5]), exposure, np.asarray(0.2), np.array([0.8]))
    np.testing.assert_allclose(pull, [[0.0], [0.08]])


@pytest.mark.parametrize(
    ("change", "unrest", "expected"),
    [(0.0, 0.0, 1.0), (0.5, 0.0, 1.4), (0.0, 0.5, 1.4), (-1.0, 0.0, 0.2), (-2.0, 0.0, 0.2)],
)
def test_the_threatened_lean_on_allies(change: float, unrest: float, expected: float) -> None:
    found = law.alliance_factor(
        np.array([0.8]), np.ones((1, 1)), np.array([change]), np.full((1, 1), unrest)
    )
    assert found.item() == pytest.approx(expected)
