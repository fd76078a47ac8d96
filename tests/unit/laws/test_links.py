"""What shippers meet on links, link by link, from the single laws; works on links by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppe.laws import infrastructure, links

LINKS, MEMBERS = 3, 2


@given(st.integers(0, 2**32 - 1))
def test_each_link_is_met_as_it_stands_and_as_the_run_changed_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = LINKS, MEMBERS
    link = links.Links(
        days=rng.uniform(1.0, 20.0, shape),
        gain=rng.random(shape),
        freight=rng.uniform(10.0, 200.0, shape),
        freight_gain=rng.random(shape),
        border_days=rng.uniform(0.0, 5.0, shape),
        capacity=rng.uniform(1.0, 30.0, shape),
        background=rng.uniform(0.0, 20.0, shape),
        completion=rng.random(shape),
        open=rng.random(shape),
        sanctions=rng.random(shape),
        conflict=rng.random(shape),
        alignment=rng.uniform(-1.0, 1.0, shape),
    )
    v = links.Shippers(*rng.uniform(0.2, 3.0, (len(links.Shippers._fields), MEMBERS)))
    changes = links.Changes(
        completion=rng.random(shape),
        capacity=rng.uniform(0.0, 20.0, shape),
        opened=(rng.random(shape) < 0.5).astype(float),
        border_days=rng.uniform(-6.0, 6.0, shape),
        freight=rng.uniform(-100.0, 100.0, shape),
        conflict=rng.uniform(-1.0, 1.0, shape),
        route_days=np.zeros((1, MEMBERS)),
    )
    spread, volume = rng.uniform(0.1, 0.5, LINKS), rng.uniform(0.0, 20.0, shape)
    met, openness = links.on_links(link, v, spread, volume, changes)
    done = np.minimum(link.completion + changes.completion, 1.0)
    load = (volume + link.background) / (link.capacity + changes.capacity)
    slow = 1.0 + 0.15 * np.minimum(load, 2.0) ** v.congestion_power
    border = np.maximum(link.border_days + changes.border_days, 0.0)
    days = (link.days * (1.0 - link.gain * done) + border) * slow
    odds = (
        v.risk_level
        + v.risk_sanctions * link.sanctions
        + v.risk_conflict * np.clip(link.conflict + changes.conflict, 0.0, 1.0)
        - v.risk_alignment * link.alignment
    )
    freight = np.maximum(link.freight + changes.freight, 0.0)
    np.testing.assert_allclose(met[0], days)
    np.testing.assert_allclose(met[1], (v.delay_spread * spread[:, None] * days) ** 2)
    np.testing.assert_allclose(met[2], freight * (1.0 - link.freight_gain * done))
    np.testing.assert_allclose(met[3], v.risk_loss / (1.0 + np.exp(-odds)))
    np.testing.assert_array_equal(openness, np.maximum(link.open, changes.opened))


def build(**changed: float) -> tuple[float, float]:
    """Put 300 mn USD on a link that is a half built; return what is built and added."""
    x = {"money": 300.0, "whole": 400.0, "completion": 0.5, "built": 0.0, "urgency": 0.5} | changed
    built, added = np.full((2, 1), x["built"]), np.zeros((2, 1))
    infrastructure.build_links(
        np.array([1]),
        np.array([20.0]),
        np.array([x["whole"]]),
        np.full((1, 1), x["money"]),
        np.full((1, 1), x["urgency"]),
        np.full((2, 1), x["completion"]),
        built,
        added,
    )
    assert built[0, 0] == x["built"] and added[0, 0] == 0.0, "another link"
    return float(built[1, 0]), float(added[1, 0])


def test_a_link_is_completed_first_and_the_rest_widens_it() -> None:
    """A half of 400 is left; of the other 100 a half is urgent: 50 at 20 a Mt are 2.5 Mt."""
    assert build() == pytest.approx((0.5, 2.5))
    assert build(money=100.0) == pytest.approx((0.25, 0.0))
    assert build(built=0.25) == pytest.approx((0.5, 5.0))
    assert build(completion=1.0) == pytest.approx((0.0, 7.5))
    assert build(whole=0.0, urgency=1.0) == pytest.approx((0.0, 15.0))


def test_two_sites_on_a_link_complete_it_once() -> None:
    """The second finds a quarter of 400 left after the first's 300 and adds with the rest."""
    built, added = np.zeros((1, 1)), np.zeros((1, 1))
    two = np.array([0, 0]), np.full(2, 20.0), np.full(2, 400.0), np.full((2, 1), 300.0)
    infrastructure.build_links(*two, np.ones((2, 1)), np.zeros((1, 1)), built, added)
    assert (built[0, 0], added[0, 0]) == pytest.approx((1.0, 10.0))
