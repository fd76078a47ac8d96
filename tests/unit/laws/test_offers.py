"""How many offers, of what size, in which sector, and what the purse leaves of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from steppe.laws import offers

HOSTS, SECTORS, MEMBERS = 5, 4, 3
EPS = np.finfo(float).eps
counted = np.vectorize(offers.count)


@given(st.floats(0.5, 500.0))
def test_mean_size_grows_with_the_host(gdp: float) -> None:
    relative = offers.relative_size(np.array([gdp]))[0]
    assert relative == pytest.approx((gdp / 20.0) ** 0.35, rel=1e-12)
    twice = offers.relative_size(np.array([2.0 * gdp]))[0]
    assert twice / relative == pytest.approx(2.0**0.35)


def test_the_reference_host_gets_the_reference_offer() -> None:
    assert offers.relative_size(np.array([20.0]))[0] == pytest.approx(1.0)


@given(st.floats(0.0, 30.0), st.floats(0.0, 1.0, exclude_max=True))
@example(30.0, 0.999)
@example(0.0, 0.999)
@example(3.0, 0.0)
def test_numbers_are_poisson_by_inversion_up_to_twenty(rate: float, uniform: float) -> None:
    number = offers.count(rate, uniform)
    exact = 0.0 if rate == 0.0 else max(float(stats.poisson.ppf(uniform, rate)), 0.0)
    steps = stats.poisson.cdf(np.arange(21), rate)
    if np.abs(steps - uniform).min() > 1e-12:  # at a step rounding decides
        assert number == min(exact, 20.0)


def test_numbers_have_the_mean_of_their_rate() -> None:
    rate = np.repeat([0.02, 0.3, 1.0, 2.5], 40_000).reshape(4, -1)
    uniform = (np.arange(40_000) + 0.5) / 40_000 + np.zeros((4, 1))
    number = counted(rate, uniform)
    np.testing.assert_allclose(number.mean(axis=1), rate[:, 0], rtol=3e-3)
    np.testing.assert_allclose(number.var(axis=1), rate[:, 0], rtol=3e-2)


@given(st.floats(1.0, 500.0), st.floats(0.0, 2.0), st.floats(-5.0, 5.0))
def test_sizes_are_lognormal_and_cut_at_eight_means(
    mean: float, spread: float, normal: float
) -> None:
    size = offers.size(np.array([mean]), np.array([spread]), np.array([normal]))[0]
    plain = mean * np.exp(spread * normal - spread**2 / 2)
    assert size == pytest.approx(min(plain, 8.0 * mean), rel=1e-12)


def test_the_mean_size_is_the_mean_and_the_log_spreads_as_told() -> None:
    normal = stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    size = offers.size(np.full(100_000, 60.0), np.full(100_000, 0.5), normal)
    assert size.mean() == pytest.approx(60.0, rel=1e-3)
    assert np.log(size).std() == pytest.approx(0.5, rel=2e-3)
    wide = offers.size(np.full(100_000, 60.0), np.ones(100_000), normal)
    kept = stats.norm.cdf(np.log(8) - 0.5) + 8 * stats.norm.sf(np.log(8) + 0.5)
    assert wide.mean() == pytest.approx(60.0 * kept, rel=1e-3), "the cut takes its tail"


def drawn(shares: np.ndarray, uniform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Draw a sector for each member: ``shares`` (sector, member), ``uniform`` (member,)."""
    found = [
        offers.sector(np.ascontiguousarray(s), u) for s, u in zip(shares.T, uniform, strict=True)
    ]
    index, left = zip(*found, strict=True)
    return np.array(index), np.array(left)


@given(
    arrays(float, (SECTORS, MEMBERS), elements=st.sampled_from([0.0, 0.1, 0.25, 0.7])),
    arrays(float, MEMBERS, elements=st.floats(0.0, 1.0, exclude_max=True)),
)
def test_a_sector_is_drawn_by_inversion_and_never_one_without_share(
    shares: np.ndarray, uniform: np.ndarray
) -> None:
    shares[1] += (shares.sum(axis=0) == 0.0) * 0.3
    index, left = drawn(shares, uniform)
    for m in range(MEMBERS):
        target, start = uniform[m] * shares[:, m].sum(), 0.0
        bounds = np.concatenate([[0.0], np.cumsum(shares[:, m])])
        assert shares[index[m], m] > 0.0
        start = bounds[index[m]]
        assert start - 1e-12 <= target <= bounds[index[m] + 1] + 1e-12
        expected = (target - start) / shares[index[m], m]
        assert left[m] == pytest.approx(expected, abs=1e-9)
        assert 0.0 <= left[m] <= 1.0


def test_sectors_have_their_probabilities_and_leave_a_uniform_independent_number() -> None:
    """On an even grid of numbers the parts are exact; within each sector the rest is even again."""
    shares = np.array([0.06, 0.0, 0.3, 0.04, 0.2])
    n = 60_000
    uniform = (np.arange(n) + 0.5) / n
    index, left = drawn(np.repeat(shares[:, None], n, axis=1), uniform)
    parts = np.bincount(index, minlength=5) / n
    np.testing.assert_allclose(parts, shares / 0.6, atol=2 / n)
    for s in (0, 2, 3, 4):
        own = np.sort(left[index == s])
        np.testing.assert_allclose(own, (np.arange(len(own)) + 0.5) / len(own), atol=2e-3)


def test_random_sectors_leave_a_uniform_independent_number() -> None:
    rng = np.random.default_rng(11)
    shares = np.array([0.5, 0.1, 0.4])
    index, left = drawn(np.repeat(shares[:, None], 20_000, axis=1), rng.random(20_000))
    counted = np.bincount(index)
    assert stats.chisquare(counted, 20_000 * shares).pvalue > 1e-3
    for s in range(3):
        assert stats.kstest(left[index == s], "uniform").pvalue > 1e-3


@given(
    st.floats(1.0, 2000.0),
    st.integers(0, 20),
    st.floats(0.0, 2.0),
    st.floats(-5.0, 5.0),
    st.floats(1.0, 300.0),
)
def test_a_package_is_its_offers_together_and_at_most_a_twentieth_of_gdp(
    mean: float, number: int, spread: float, normal: float, gdp: float
) -> None:
    inputs = (np.array([x]) for x in (mean, float(number), spread, normal, gdp))
    made = offers.package(*inputs)[0]
    narrow = spread / np.sqrt(max(number, 1))
    plain = number * mean * min(np.exp(narrow * normal - narrow**2 / 2), 8.0)
    assert made == pytest.approx(min(plain, 50.0 * gdp), rel=1e-12)


def test_the_cap_of_a_package_binds_where_and_only_where_it_is_passed() -> None:
    """Of 10 bn USD of GDP a quarter's offers are 500 mn at most: 4 of 100 stand, 6 do not."""
    flat, gdp = np.zeros((2, 1)), np.full((2, 1), 10.0)
    made = offers.package(np.full((2, 1), 100.0), np.array([[4.0], [6.0]]), flat, flat, gdp)
    np.testing.assert_allclose(made[:, 0], [400.0, 500.0])


def test_many_offers_vary_less_than_one_and_have_the_same_mean() -> None:
    normal = stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    one, many = (
        offers.package(np.full(100_000, 60.0), np.full(100_000, n), 0.5, normal, 1e6)
        for n in (1.0, 9.0)
    )
    assert np.log(one).std() == pytest.approx(0.5, rel=2e-3)
    assert np.log(many).std() == pytest.approx(0.5 / 3.0, rel=2e-3)
    assert many.mean() == pytest.approx(9.0 * one.mean(), rel=1e-3)


def trimmed_by_hand(
    wanted: list[float], mean: list[float], purse: float, first: int
) -> list[float]:
    made, left = [0.0] * len(wanted), purse
    for host in [*range(first, len(wanted)), *range(first)]:
        amount = min(wanted[host], left)
        if amount == wanted[host] or amount >= 0.3 * mean[host]:
            made[host] = amount
            left = left - amount
    return made


def trimmed(wanted: np.ndarray, mean: np.ndarray, purse: np.ndarray, first: int) -> np.ndarray:
    """Trim the offers (host, member) of each member by its purse (member,)."""
    made = np.empty_like(wanted)
    for m, own in enumerate(purse):
        left = wanted[:, m].copy()
        offers.trim(left, mean[:, m].copy(), float(own), first)
        made[:, m] = left
    return made


@given(
    arrays(float, (HOSTS, MEMBERS), elements=st.one_of(st.just(0.0), st.floats(0.1, 900.0))),
    arrays(float, (HOSTS, MEMBERS), elements=st.floats(1.0, 300.0)),
    arrays(float, MEMBERS, elements=st.floats(0.0, 1500.0)),
    st.integers(0, HOSTS - 1),
)
def test_the_purse_is_never_passed_and_serves_in_turn(
    wanted: np.ndarray, mean: np.ndarray, purse: np.ndarray, first: int
) -> None:
    given_purse = purse.copy()
    made = trimmed(wanted, mean, purse, first)
    assert (purse == given_purse).all(), "the law does not spend: accepted offers do"
    assert (made.sum(axis=0) <= purse * (1 + 4 * EPS)).all()
    assert (made >= 0.0).all()
    assert (made <= wanted).all()
    assert ((made == 0.0) | (made == wanted) | (made >= 0.3 * mean)).all()
    for m in range(MEMBERS):
        expected = trimmed_by_hand(list(wanted[:, m]), list(mean[:, m]), float(purse[m]), first)
        np.testing.assert_array_equal(made[:, m], expected)


def test_the_first_served_moves_and_a_remainder_too_small_passes_on() -> None:
    """A purse of 130: the host in turn is served in full, 30 are too little for means of 200."""
    wanted = np.full((3, 1), 100.0)
    mean = np.array([[100.0], [200.0], [50.0]])
    np.testing.assert_allclose(trimmed(wanted, mean, np.array([130.0]), 0)[:, 0], [100, 0, 30])
    np.testing.assert_allclose(trimmed(wanted, mean, np.array([130.0]), 1)[:, 0], [0, 100, 30])
    np.testing.assert_allclose(trimmed(wanted, mean, np.array([130.0]), 2)[:, 0], [30, 0, 100])
    np.testing.assert_allclose(trimmed(wanted, mean, np.array([1e9]), 1), wanted)
    assert not trimmed(wanted, mean, np.zeros(1), 0).any()


def test_a_small_offer_that_the_purse_covers_is_made() -> None:
    """An offer of 20 where the mean is 100 stands; one cut from 50 to 20 does not."""
    mean = np.full((2, 1), 100.0)
    made = trimmed(np.array([[20.0], [50.0]]), mean, np.array([40.0]), 0)
    np.testing.assert_array_equal(made[:, 0], [20.0, 0.0])


def test_every_cell_counts_for_itself() -> None:
    """A cell with no offers does not end the count of another, whatever the cells' shape."""
    rate, uniform = np.array([[0.0, 20.0], [0.3, 3.0]]), np.array([[0.5, 0.999], [0.8, 0.5]])
    number = counted(rate, uniform)
    assert number.shape == (2, 2)
    np.testing.assert_array_equal(number, [[0.0, 20.0], [1.0, 3.0]])


def test_sectors_of_many_hosts_are_drawn_from_their_own_shares() -> None:
    shares = np.zeros((2, 3, 2))
    shares[0, 2], shares[1, 0] = 0.2, 0.4
    uniform = np.array([[0.1, 0.9], [0.25, 0.75]])
    index, left = zip(*(drawn(s, u) for s, u in zip(shares, uniform, strict=True)), strict=True)
    np.testing.assert_array_equal(index, [[2, 2], [0, 0]])
    np.testing.assert_allclose(left, uniform)


def blank_table(shape: tuple[int, ...]) -> offers.Table:
    return offers.Table(
        amount=np.full(shape, np.nan),
        sector=np.full(shape, -1),
        mode=np.full(shape, -1),
        expected=np.full(shape, np.nan),
        expected_works=np.full(shape, np.nan),
    )


@given(st.integers(0, 2**32 - 1), st.integers(0, HOSTS - 1), st.booleans())
@example(1, 2, True)
def test_each_window_host_and_member_has_offers_of_its_own(
    seed: int, first: int, opening: bool
) -> None:
    """A quarter's offers, cell by cell, from the laws of number, size, purse, sector and mode."""
    rng = np.random.default_rng(seed)
    cells, pairs = (2, HOSTS, MEMBERS), (HOSTS, MEMBERS)
    usual = offers.Usual(
        concessional=rng.uniform(20.0, 60.0, MEMBERS),
        commercial=rng.uniform(60.0, 200.0, MEMBERS),
        spread=rng.uniform(0.2, 1.0, MEMBERS),
        tau=rng.uniform(2.0, 8.0, MEMBERS),
        banks=rng.uniform(0.2, 0.8, MEMBERS),
        to_risk=rng.uniform(0.2, 1.0, MEMBERS),
        usual_risk=rng.uniform(0.5, 1.5, MEMBERS),
    )
    shares = rng.random((2, HOSTS, SECTORS, MEMBERS)) * (rng.random((2, HOSTS, SECTORS, 1)) < 0.8)
    shares[:, :, 0] += 0.01
    of_host, works, risk = rng.random(cells), rng.random(cells), rng.uniform(0.0, 3.0, pairs)
    purse, relative = rng.uniform(100.0, 3000.0, (2, MEMBERS)), rng.uniform(0.5, 2.0, pairs)
    gdp = rng.uniform(2.0, 100.0, pairs)
    draws = offers.Draws(rng.random(cells), rng.normal(size=cells), rng.random(cells))
    table = blank_table(cells)
    offers.draw(
        usual, shares, of_host, works, purse, relative, gdp, risk, draws, first, opening, table
    )
    for window, m in np.ndindex(2, MEMBERS):
        mean = (usual.commercial if window else usual.concessional)[m] * relative[:, m]
        money = of_host[window, :, m] * purse[window, m] / usual.tau[m]
        np.testing.assert_allclose(table.expected[window, :, m], money)
        np.testing.assert_allclose(table.expected_works[window, :, m], money * works[window, :, m])
        number = counted(money / mean, draws.number[window, :, m])
        size = offers.package(mean, number, usual.spread[m], draws.size[window, :, m], gdp[:, m])
        made = trimmed_by_hand(list(size), list(mean), float(purse[window, m]), first)
        np.testing.assert_allclose(table.amount[window, :, m], made, rtol=1e-12)
        for host in range(HOSTS):
            at = window, host, m
            if made[host] == 0.0 and not opening:
                assert table.sector[at] == -1, "nothing is drawn for no offer"
                continue
            own = np.ascontiguousarray(shares[window, host, :, m])
            kind, left = offers.sector(own, draws.kind[at])
            beyond = risk[host, m] - usual.usual_risk[m]
            chance = offers.beside_banks(usual.banks[m], beyond, usual.to_risk[m])
            assert table.sector[at] == kind
            assert table.mode[at] == (offers.BESIDE_BANKS if left < chance else offers.SOLO)


def test_the_riskier_host_gets_more_through_the_banks() -> None:
    """Odds .12/.88 times e^(.7 risk): .12 at usual risk, .215 one point above, .063 below."""
    share, response = np.full(3, 0.12), np.full(3, 0.7)
    risk = np.array([[-1.0], [0.0], [1.0]]) * np.ones(3)
    found = offers.beside_banks(share, risk, response)
    odds = 0.12 / 0.88 * np.exp([-0.7, 0.0, 0.7])
    np.testing.assert_allclose(found, (odds / (1.0 + odds))[:, None] * np.ones(3))
    for certain in (0.0, 1.0):
        np.testing.assert_allclose(
            offers.beside_banks(np.full(3, certain), risk, response), certain
        )
    np.testing.assert_allclose(offers.beside_banks(share, risk, np.zeros(3)), 0.12)
