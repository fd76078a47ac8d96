"""Influence: bandwidth, dependence, channels, shares and opinions; the published index's form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from steppe import axes
from steppe.laws import influence
from steppe.parameters import read_table

POWERS, HOSTS, MEMBERS = 3, 2, 2
SHAPE = POWERS, HOSTS, MEMBERS
CHANNELS = len(axes.CHANNELS)
unit = st.floats(0.0, 1.0)
signed = st.floats(-1.0, 1.0)
levels_of = arrays(float, SHAPE, elements=unit)
halves = st.floats(0.25, 60.0)


@given(st.floats(0.0, 1e7), unit)
def test_bandwidth_is_the_log_of_volume_within_its_limits(volume: float, treaties: float) -> None:
    width = influence.bandwidth(np.array([volume]), np.array([treaties]))[0]
    plain = 0.051 * np.log(1.0 + volume) - 0.05 + treaties
    assert width == pytest.approx(min(max(plain, 0.01), 1.0), rel=1e-12)


def test_ten_times_the_volume_adds_a_tenth() -> None:
    width = influence.bandwidth(np.array([0.0, 1e3, 1e4]), np.zeros(3))
    assert width[0] == 0.01
    assert width[1] == pytest.approx(0.3023, abs=1e-4)
    assert width[2] - width[1] == pytest.approx(0.051 * np.log(10.0), rel=1e-3)


TIES = ("pi", "d", "m", "x", "remittances", "transit", "debt", "capital")


def loss(theta: float = 2.0, convexity: float = 1.0, **given_ties: float) -> float:
    ties = {name: 0.0 for name in TIES} | given_ties
    arrays_of = {name: np.full((1, 1, 1), value) for name, value in ties.items()}
    arrays_of["m"], arrays_of["x"] = arrays_of["m"][0], arrays_of["x"][0]
    fields = [arrays_of[name] for name in TIES]
    taste = np.array([theta]), np.array([convexity])
    return float(influence.loss_when_cut_off(*fields, *taste)[0, 0, 0])


def test_each_tie_by_hand() -> None:
    assert loss() == 0.0
    assert loss(pi=0.5, m=0.4) == pytest.approx(0.4 * np.log(2.0) / 2.0)
    assert loss(d=0.5, x=0.3, theta=4.0) == pytest.approx(0.3 * np.log(2.0) / 4.0)
    assert loss(remittances=0.25) == pytest.approx(0.4 * 0.25 / 2.0)
    assert loss(transit=0.6, m=0.4, x=0.3) == pytest.approx(0.15 * 0.6 * 0.7 / 2.0)
    assert loss(debt=0.3, theta=7.0) == pytest.approx(0.15 * 0.3), "not a matter of trade"
    assert loss(capital=0.1, theta=7.0) == pytest.approx(0.3 * 0.1)


def test_caps_on_openness_and_shares() -> None:
    assert loss(pi=0.5, m=1.7) == loss(pi=0.5, m=0.6), "re-exports are no dependence"
    assert loss(d=0.5, x=0.9) == loss(d=0.5, x=0.6)
    assert loss(pi=1.0, m=0.4) == loss(pi=0.95, m=0.4) < 1.0
    assert loss(transit=1.0, m=1.0, x=1.0) == pytest.approx(0.15 / 2.0)


tie_values = st.fixed_dictionaries(
    {"pi": st.floats(0.0, 0.9), "d": st.floats(0.0, 0.9)}
    | {name: st.floats(0.0, 1.5) for name in ("m", "x")}
    | {name: unit for name in ("remittances", "transit", "debt", "capital")}
)


@given(tie_values, st.sampled_from(TIES), st.floats(0.005, 0.05))
def test_every_tie_adds_to_the_loss(ties: dict[str, float], name: str, more: float) -> None:
    before = loss(**ties)
    assert before >= 0.0
    raised = loss(**ties | {name: ties[name] + more})
    assert raised >= before - 1e-15
    if name in ("remittances", "debt", "capital"):
        assert raised > before
    assert loss(theta=3.0, **ties) <= before, "what is easily replaced is missed less"


@given(st.floats(0.0, 0.9), st.floats(0.0, 0.9), st.floats(0.05, 0.6))
def test_the_loss_is_convex_in_a_share(first: float, second: float, openness: float) -> None:
    """Two halves of dependence on two partners cost less than the whole on one."""
    for share, size in (("pi", "m"), ("d", "x")):
        ends = [loss(**{share: s, size: openness}) for s in (first, second)]
        middle = loss(**{share: (first + second) / 2, size: openness})
        assert middle <= sum(ends) / 2 + 1e-15
        if abs(first - second) > 0.05:
            assert middle < sum(ends) / 2


def test_convexity_mixes_the_share_with_its_welfare_loss() -> None:
    """A share of a half: ln 2 = 0.6931, 0.5, and 0.25 x 0.6931 + 0.75 x 0.5 = 0.5483."""
    half = np.array([0.5])
    for convexity, expected in ((1.0, np.log(2.0)), (0.0, 0.5), (0.25, 0.548287)):
        found = influence.missed(half, np.array([convexity]))[0]
        assert found == pytest.approx(expected, rel=1e-6)
        assert loss(pi=0.5, m=0.4, convexity=convexity) == pytest.approx(0.4 * found / 2.0)
        assert loss(d=0.5, x=0.3, convexity=convexity) == pytest.approx(0.3 * found / 2.0)
    assert loss(pi=1.0, m=0.4, convexity=0.0) == pytest.approx(0.4 * 0.95 / 2.0), "capped alike"
    others = {"remittances": 0.25, "transit": 0.6, "debt": 0.3, "capital": 0.1}
    assert loss(**others, m=0.4, convexity=0.0) == loss(**others, m=0.4), "shares only"


@given(st.floats(0.0, 1.0))
def test_full_convexity_is_the_welfare_loss_to_the_bit(share: float) -> None:
    found = influence.missed(np.array([share]), np.array([1.0]))
    assert found[0] == -np.log1p(-min(share, 0.95))
    assert influence.missed(np.array([share]), np.array([0.0]))[0] == min(share, 0.95)


@given(st.floats(0.0, 1.0), st.floats(0.0, 0.9), st.floats(0.0, 0.9))
def test_dependence_without_convexity_is_linear_in_shares(
    openness: float, first: float, second: float
) -> None:
    ends = [loss(pi=share, m=openness, convexity=0.0) for share in (first, second)]
    middle = loss(pi=(first + second) / 2, m=openness, convexity=0.0)
    assert middle == pytest.approx(sum(ends) / 2, abs=1e-15)


@given(st.floats(0.0, 10.0), st.floats(0.01, 0.1))
def test_dependence_is_half_at_its_unit(cut_off: float, half: float) -> None:
    unit = np.array([half])
    depends = influence.dependence(np.array([cut_off]), unit)[0]
    assert depends == pytest.approx(cut_off / (cut_off + half))
    assert 0.0 <= depends < 1.0
    assert influence.dependence(unit, unit)[0] == pytest.approx(0.5)
    assert influence.dependence(np.array([0.0]), unit)[0] == 0.0


@given(halves)
def test_half_is_left_after_a_half_life(half: float) -> None:
    kept = influence.kept(np.array([half]))[0]
    assert 0.0 < kept < 1.0
    assert kept ** (4.0 * half) == pytest.approx(0.5, rel=1e-9)


@given(levels_of, levels_of, halves)
def test_economic_influence_closes_on_its_capacity(
    level: np.ndarray, capacity: np.ndarray, half: float
) -> None:
    moved = influence.economic(level, capacity, np.full(MEMBERS, half))
    k = 1.0 - 2.0 ** (-0.25 / half)
    np.testing.assert_allclose(moved, (1.0 - k) * level + k * capacity, rtol=1e-9, atol=1e-15)
    low, high = np.minimum(level, capacity), np.maximum(level, capacity)
    assert (moved >= low - 1e-15).all()
    assert (moved <= high + 1e-15).all()
    gap = level - capacity
    for _ in range(8):
        level = influence.economic(level, capacity, np.full(MEMBERS, 2.0))
    np.testing.assert_allclose(level - capacity, 0.5 * gap, atol=1e-12)


inflows = st.floats(0.0, 40.0)


@given(levels_of, halves, arrays(float, SHAPE, elements=inflows))
def test_channels_stay_between_nothing_and_all(
    level: np.ndarray, half: float, inflow: np.ndarray
) -> None:
    moved = influence.channel(level, np.full(MEMBERS, half), inflow)
    kept = 2.0 ** (-0.25 / half)
    expected = kept * level + np.minimum(0.25 * inflow, kept) * (1.0 - level)
    np.testing.assert_allclose(moved, expected, rtol=1e-9, atol=1e-15)
    assert (moved >= 0.0).all()
    assert (moved <= 1.0 + 1e-15).all()
    fading = influence.channel(level, np.full(MEMBERS, half), np.zeros(SHAPE))
    assert (fading <= level).all()
    more = influence.channel(level, np.full(MEMBERS, half), inflow + 0.1)
    assert (more >= moved).all()
    higher = influence.channel(np.minimum(level + 0.1, 1.0), np.full(MEMBERS, half), inflow)
    assert (higher >= moved - 1e-15).all(), "a higher level never ends lower"


@given(halves, st.floats(0.0, 40.0), st.integers(0, 200))
def test_settled_is_the_channel_quarter_by_quarter(half: float, inflow: float, n: int) -> None:
    years, flow = np.array([half]), np.array([inflow])
    level = np.zeros(1)
    for _ in range(n):
        level = influence.channel(level, years, flow)
    settled = influence.settled(years, flow, n / 4)
    np.testing.assert_allclose(settled, level, rtol=1e-8, atol=1e-13)


def test_settled_at_its_limits() -> None:
    """Nothing flows in: nothing; for ever: dt F / (1 - kept + dt F)."""
    half = np.array([11.0])
    assert influence.settled(half, np.zeros(1), 30.0)[0] == 0.0
    share = 0.25 * 0.1 / (1.0 - 2.0 ** (-0.25 / 11.0) + 0.25 * 0.1)
    assert influence.settled(half, np.array([0.1]), 1e4)[0] == pytest.approx(share)


@given(unit, unit, st.floats(0.0, 0.9), halves)
def test_soft_inflow_by_hand(visible: float, taught: float, culture: float, half: float) -> None:
    flow = influence.soft_inflow(
        np.array([visible]), np.array([taught]), np.array([culture]), np.array([half])
    )[0]
    seen = 0.03 * min(visible / 0.02, 1.5)
    learnt = 0.08 * min(taught / 0.004, 1.5)
    stays = 4.0 * culture * (1.0 - 2.0 ** (-0.25 / half)) / (1.0 - culture)
    assert flow == pytest.approx(seen + learnt + stays, rel=1e-9)
    bare = influence.soft_inflow(np.zeros(1), np.zeros(1), np.array([culture]), np.array([half]))[0]
    assert flow - bare == pytest.approx(seen + learnt, abs=1e-9)


@given(st.floats(0.01, 0.9), st.floats(2.0, 60.0))
def test_culture_alone_stays_where_it_is(culture: float, half: float) -> None:
    years = np.array([half])
    flow = influence.soft_inflow(np.zeros(1), np.zeros(1), np.array([culture]), years)
    level = np.array([culture])
    for _ in range(400):
        level = influence.channel(level, years, flow)
    assert level[0] == pytest.approx(culture, rel=1e-9)


@given(
    arrays(float, (POWERS, HOSTS, CHANNELS, MEMBERS), elements=unit),
    arrays(float, (CHANNELS, MEMBERS), elements=unit),
    arrays(float, (POWERS, MEMBERS), elements=st.floats(0.0, 2.0)),
)
def test_leverage_is_conversion_times_weighted_channels(
    levels: np.ndarray, weights: np.ndarray, conversion: np.ndarray
) -> None:
    realised = influence.leverage(levels, weights, conversion)
    for p, h, m in np.ndindex(SHAPE):
        capacity = sum(weights[c, m] * levels[p, h, c, m] for c in range(CHANNELS))
        assert realised[p, h, m] == pytest.approx(conversion[p, m] * capacity, rel=1e-12)


positive = st.floats(0.01, 5.0)


@given(
    arrays(float, SHAPE, elements=st.floats(0.0, 2.0)),
    arrays(float, (HOSTS, MEMBERS), elements=positive),
)
def test_shares_and_the_hosts_own_part_sum_to_one(
    realised: np.ndarray, autonomy: np.ndarray
) -> None:
    """Identity 10."""
    share, own = influence.shares(realised, autonomy)
    np.testing.assert_allclose(share.sum(axis=0) + own, 1.0, rtol=1e-12)
    assert (share >= 0.0).all()
    assert (own > 0.0).all()
    np.testing.assert_allclose(share * autonomy, realised * own, rtol=1e-9, atol=1e-15)


@given(
    arrays(float, (POWERS, HOSTS, CHANNELS, MEMBERS), elements=st.floats(0.05, 1.0)),
    arrays(float, (POWERS, MEMBERS), elements=st.floats(0.1, 2.0)),
    arrays(float, (HOSTS, MEMBERS), elements=positive),
    st.integers(0, POWERS - 1),
    st.floats(1.1, 3.0),
)
def test_a_power_that_converts_better_gains_and_all_others_lose(
    levels: np.ndarray, conversion: np.ndarray, autonomy: np.ndarray, own: int, factor: float
) -> None:
    weights = np.full((CHANNELS, MEMBERS), 0.25)
    before, left_before = influence.shares(
        influence.leverage(levels, weights, conversion), autonomy
    )
    better = conversion.copy()
    better[own] *= factor
    after, left = influence.shares(influence.leverage(levels, weights, better), autonomy)
    assert (after[own] > before[own]).all()
    others = [p for p in range(POWERS) if p != own]
    assert (after[others] < before[others]).all()
    assert (left < left_before).all()
    none = np.zeros_like(conversion)
    share, left = influence.shares(influence.leverage(levels, weights, none), autonomy)
    assert not share.any()
    assert (left == 1.0).all(), "without conversion every host is autonomous"


def test_the_published_index_keeps_its_form() -> None:
    """Every cell of 1992-2009 within 0.002, from its parts."""
    rows = read_table("influence_observed")
    assert len(rows) == 180

    def column(name: str) -> np.ndarray:
        return np.array([float(row[name]) for row in rows])

    parts = (column(name) for name in ("econb", "polb", "secb", "econd", "secd"))
    np.testing.assert_allclose(influence.fbic(*parts), column("fbic"), atol=0.002)
    assert column("fbic").max() > 0.1


def test_the_form_of_the_index_by_hand() -> None:
    """0.1325 (.3 + .1 + .2)(.5 + .25)."""
    made = influence.fbic(*(np.array([x]) for x in (0.3, 0.1, 0.2, 0.5, 0.25)))
    assert made[0] == pytest.approx(0.1325 * 0.6 * 0.75)


ISSUES = 2


@given(
    arrays(float, (ISSUES, HOSTS, MEMBERS), elements=signed),
    arrays(float, (ISSUES, HOSTS, MEMBERS), elements=signed),
    arrays(float, (ISSUES, POWERS, 1), elements=signed),
    arrays(float, SHAPE, elements=st.floats(0.0, 2.0)),
    arrays(float, MEMBERS, elements=unit),
)
def test_opinions_stay_within_those_of_all_sides(
    position: np.ndarray,
    own: np.ndarray,
    powers: np.ndarray,
    realised: np.ndarray,
    rate: np.ndarray,
) -> None:
    share, rest = influence.shares(realised, np.full((HOSTS, MEMBERS), 0.3))
    moved = influence.opinion(position, own, powers, share, rest, rate)
    for i, h, m in np.ndindex(moved.shape):
        sides = [position[i, h, m], own[i, h, m], *powers[i, :, 0]]
        assert min(sides) - 1e-12 <= moved[i, h, m] <= max(sides) + 1e-12
        pull = rest[h, m] * own[i, h, m]
        pull += sum(share[p, h, m] * powers[i, p, 0] for p in range(POWERS))
        expected = position[i, h, m] + rate[m] * (pull - position[i, h, m])
        assert moved[i, h, m] == pytest.approx(expected, abs=1e-12)
    still = influence.opinion(position, own, powers, share, rest, np.zeros(MEMBERS))
    np.testing.assert_array_equal(still, position)


def test_a_host_that_nobody_sways_returns_to_its_own_mind() -> None:
    position, own = np.full((1, 1, 1), 0.8), np.full((1, 1, 1), -0.2)
    nobody, rest = np.zeros((POWERS, 1, 1)), np.ones((1, 1))
    for _ in range(400):
        position = influence.opinion(
            position, own, np.ones((1, POWERS, 1)), nobody, rest, np.array([0.03])
        )
    assert position[0, 0, 0] == pytest.approx(-0.2, abs=1e-4)


@given(
    arrays(float, (ISSUES, HOSTS, MEMBERS), elements=signed),
    arrays(float, (ISSUES, POWERS, 1), elements=signed),
)
def test_alignment_is_one_less_the_distance(position: np.ndarray, powers: np.ndarray) -> None:
    alike = influence.alignment(position, powers)
    assert alike.shape == (ISSUES, POWERS, HOSTS, MEMBERS)
    for i, p, h, m in np.ndindex(alike.shape):
        assert alike[i, p, h, m] == 1.0 - abs(position[i, h, m] - powers[i, p, 0])
    assert (alike >= -1.0).all()
    assert (alike <= 1.0).all()
