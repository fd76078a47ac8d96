"""What hosts take: hedging from one weight, thresholds of debt, rivals, exclusive bids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from steppe.laws import acceptance

POWERS, SECTORS, MEMBERS = 5, 3, 2
ties_of = arrays(float, (POWERS, MEMBERS), elements=st.floats(0.0, 5e4))
unit = st.floats(0.0, 1.0)
shares_of = arrays(float, (POWERS, MEMBERS), elements=unit)
weights_of = arrays(float, MEMBERS, elements=st.floats(0.0, 5.0))


def ties(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


def test_concentration_by_hand() -> None:
    share, herfindahl = acceptance.concentration(ties(50.0, 30.0, 20.0))
    np.testing.assert_allclose(share[:, 0], [0.5, 0.3, 0.2])
    assert herfindahl[0] == pytest.approx(0.38)
    share, herfindahl = acceptance.concentration(ties(0.0, 0.0))
    assert not share.any()
    assert herfindahl[0] == 0.0


@given(ties_of)
def test_concentration_lies_between_equality_and_monopoly(owned: np.ndarray) -> None:
    owned[0] += 1.0
    share, herfindahl = acceptance.concentration(owned)
    np.testing.assert_allclose(share.sum(axis=0), 1.0)
    assert (herfindahl >= 1.0 / POWERS - 1e-12).all()
    assert (herfindahl <= 1.0 + 1e-12).all()
    np.testing.assert_allclose(acceptance.concentration(7.0 * owned)[1], herfindahl)


def test_hedging_refuses_the_dominant_and_welcomes_the_small() -> None:
    """Shares .5, .3, .2: HHI .38; -2 x .75 x (.12, -.08, -.18)/.38."""
    share, herfindahl = acceptance.concentration(ties(50.0, 30.0, 20.0))
    pull = acceptance.hedging(share, herfindahl, np.array([0.75]))[:, 0]
    np.testing.assert_allclose(pull, -1.5 * np.array([0.12, -0.08, -0.18]) / 0.38)
    assert pull[0] < 0.0 < pull[1] < pull[2]


@given(ties_of, weights_of)
def test_hedging_is_none_at_weight_zero_and_falls_with_the_share(
    owned: np.ndarray, weight: np.ndarray
) -> None:
    owned[0] += 1.0
    share, herfindahl = acceptance.concentration(owned)
    assert (acceptance.hedging(share, herfindahl, np.zeros(MEMBERS)) == 0.0).all()
    pull = acceptance.hedging(share, herfindahl, weight)
    for m in range(MEMBERS):
        assert (np.diff(pull[np.argsort(share[:, m]), m]) <= 1e-12).all()
        for p in range(POWERS):
            assert pull[p, m] * (share[p, m] - herfindahl[m]) <= 0.0
            assert abs(pull[p, m]) <= 2.0 * weight[m] / 0.2 + 1e-9
    expected = -2.0 * weight * (share[0] - share[1]) / np.maximum(herfindahl, 0.2)
    np.testing.assert_allclose(pull[0] - pull[1], expected, atol=1e-9)


def test_hedging_of_a_host_with_hardly_concentrated_ties_uses_the_floor() -> None:
    share = np.full((10, 1), 0.1)
    pull = acceptance.hedging(share, np.array([0.1]), np.array([1.0]))
    assert (pull == 0.0).all(), "equal partners are neither welcome nor feared"
    pull = acceptance.hedging(share - 0.05, np.array([0.1]), np.array([1.0]))
    np.testing.assert_allclose(pull, 2.0 * 0.05 / 0.2)


@given(st.floats(0.0, 3.0), st.floats(0.0, 5.0))
def test_debt_frightens_above_a_fifth_of_gdp(debt: float, weight: float) -> None:
    felt = acceptance.debt_aversion(np.array([[debt]]), np.array([weight]))[0, 0]
    excess = max(debt - 0.20, 0.0) / 0.15
    assert felt == pytest.approx(-weight * min(excess**2, 6.0), abs=1e-12)
    assert felt <= 0.0


def test_debt_aversion_at_its_marks() -> None:
    felt = acceptance.debt_aversion(np.array([[0.2], [0.35], [0.5], [2.0]]), np.array([0.8]))
    np.testing.assert_allclose(felt[:, 0], [0.0, -0.8, -3.2, -4.8], atol=1e-12)


def test_objections_cost_by_the_influence_behind_them() -> None:
    """A share of .3 that minds wholly and one of .1 that minds by half: -2 (.3 + .05) / .15."""
    minded = np.array([0.3 * 1.0 + 0.1 * 0.5, 0.0])
    felt = acceptance.opposition(minded, np.array([2.0, 2.0]))
    np.testing.assert_allclose(felt, [-2.0 * 0.35 / 0.15, 0.0])


WINDOWS, HOSTS = 2, 3


def drawn_case(
    rng: np.random.Generator,
) -> tuple[acceptance.Taste, acceptance.Standing, acceptance.Wishes, acceptance.Bids]:
    """Return a host's taste, how powers stand, what hosts want and what is on the table."""
    pairs, cells = (POWERS, HOSTS, MEMBERS), (POWERS, WINDOWS, HOSTS, MEMBERS)
    taste = acceptance.Taste(*rng.uniform(0.2, 1.5, (len(acceptance.Taste._fields), MEMBERS)))
    standing = acceptance.Standing(
        ties=rng.uniform(0.0, 5e3, pairs),
        owed=rng.uniform(0.0, 4e3, pairs),
        secured=rng.random(pairs),
        share=rng.random(pairs),
        heeded=rng.random(pairs),
        aligned=rng.uniform(-1.0, 1.0, pairs),
        opposed=rng.random((POWERS, POWERS, SECTORS, MEMBERS)),
        lent=rng.random((POWERS, HOSTS, WINDOWS, MEMBERS)),
        content=rng.random((POWERS, MEMBERS)),
    )
    wishes = acceptance.Wishes(
        endowment=rng.random((HOSTS, SECTORS)),
        wanted=rng.random((HOSTS, SECTORS, MEMBERS)),
        gdp=rng.uniform(20.0, 60.0, (HOSTS, MEMBERS)),
    )
    bids = acceptance.Bids(
        amount=rng.uniform(10.0, 2e3, cells) * (rng.random(cells) < 0.7),
        sector=rng.integers(0, SECTORS, cells),
        pilot=rng.integers(-2, POWERS, cells),
        accepted=np.zeros(cells, bool),
    )
    return taste, standing, wishes, bids


@given(st.integers(0, 2**32 - 1))
def test_objections_add_up_by_the_influence_behind_them(seed: int) -> None:
    taste, standing, _, _ = drawn_case(np.random.default_rng(seed))
    silent = standing._replace(opposed=np.zeros_like(standing.opposed))
    for p, kind, h, m in np.ndindex(POWERS, SECTORS, HOSTS, MEMBERS):
        minded = sum(
            standing.heeded[r, h, m] * standing.opposed[r, p, kind, m] for r in range(POWERS)
        )
        felt = acceptance.opposed(taste, standing, p, kind, h, m)
        assert felt == pytest.approx(-taste.heed[m] * minded / 0.15, rel=1e-12)
        assert acceptance.opposed(taste, silent, p, kind, h, m) == 0.0


def test_two_rivals_object_more_than_the_stronger_alone() -> None:
    """A share of .3 that minds wholly and one of .1 that minds by half: -2 (.3 + .05) / .15."""
    taste, standing, _, _ = drawn_case(np.random.default_rng(3))
    standing.heeded[:], standing.opposed[:], taste.heed[:] = 0.0, 0.0, 2.0
    standing.heeded[0, 1], standing.heeded[1, 1] = 0.3, 0.1
    standing.opposed[0, 4, 2], standing.opposed[1, 4, 2] = 1.0, 0.5
    both = acceptance.opposed(taste, standing, 4, 2, 1, 0)
    assert both == pytest.approx(-2.0 * 0.35 / 0.15)
    standing.opposed[1, 4, 2] = 0.0
    assert both < acceptance.opposed(taste, standing, 4, 2, 1, 0) < 0.0
    assert acceptance.opposed(taste, standing, 3, 2, 1, 0) == 0.0, "others' bids are not minded"


@given(st.integers(0, 2**32 - 1), st.integers(0, HOSTS - 1))
def test_an_offer_is_worth_what_its_parts_are(seed: int, h: int) -> None:
    """Terms, need, return, ties, debt, objections, content, and routes in transport (sector 1)."""
    taste, standing, wishes, bids = drawn_case(np.random.default_rng(seed))
    found = acceptance.worth(taste, standing, wishes, bids, h, 1)
    share, herfindahl = acceptance.concentration(standing.ties[:, h])
    hedged = acceptance.hedging(share, herfindahl, taste.hedging)
    influence = standing.share[:, h]
    favoured = acceptance.favour(influence, influence.mean(axis=0), taste.favour)
    open_debt = (standing.owed[:, h] * (1.0 - standing.secured[:, h])).sum(axis=0)
    averse = acceptance.debt_aversion(open_debt / (1e3 * wishes.gdp[h]), taste.debt)
    for p, window, m in np.ndindex(found.shape):
        at = p, window, h, m
        if bids.amount[at] == 0.0:
            assert found[p, window, m] == -np.inf
            continue
        kind, pilot = bids.sector[at], bids.pilot[at]
        builders = max(standing.content[p, m], standing.content[pilot, m] if pilot >= 0 else 0.0)
        expected = (
            taste.need[m] * (wishes.wanted[h, kind, m] + (0.8 if window == 0 else 0.0))
            + 0.5 * taste.returns[m] * wishes.endowment[h, kind]
            + hedged[p, m]
            + favoured[p, m]
            + taste.content[m] * builders
            + averse[m] * standing.lent[p, h, window, m]
            + acceptance.opposed(taste, standing, p, kind, h, m)
            + (taste.routes[m] * standing.aligned[p, h, m] if kind == 1 else 0.0)
        )
        assert found[p, window, m] == pytest.approx(expected, abs=1e-9)


@given(st.integers(0, 2**32 - 1), st.integers(0, HOSTS - 1))
def test_a_host_accepts_by_chance_what_no_better_bid_excludes(seed: int, h: int) -> None:
    rng = np.random.default_rng(seed)
    taste, _, _, bids = drawn_case(rng)
    taste.exclusive[:], prices = 500.0, rng.choice([0.5, 1.0, 2.0], MEMBERS)
    bids.amount[:] = rng.choice([0.0, 200.0, 300.0, 600.0, 1100.0], bids.amount.shape)
    utility = rng.normal(1.0, 1.0, (POWERS, WINDOWS, MEMBERS))
    utility[bids.amount[:, :, h] == 0.0] = -np.inf
    uniform = rng.random(bids.amount.shape)
    elsewhere = [other for other in range(HOSTS) if other != h]
    bids.accepted[:, :, elsewhere] = rng.random((POWERS, WINDOWS, HOSTS - 1, MEMBERS)) < 0.5
    before = bids.accepted.copy()
    acceptance.answer(taste, utility, bids, uniform, prices, h)
    np.testing.assert_array_equal(bids.accepted[:, :, elsewhere], before[:, :, elsewhere])
    for m in range(MEMBERS):
        own = bids.amount[:, :, h, m]
        stays = best_by_hand(
            list(utility[..., m].ravel()),
            list(bids.sector[:, :, h, m].ravel()),
            list(((own > 0.0) & (own >= 500.0 * prices[m])).ravel()),
        )
        chance = acceptance.probability(utility[..., m], taste.reluctance[m])
        agreed = (own > 0.0) & (uniform[:, :, h, m] < chance) & np.reshape(stays, own.shape)
        np.testing.assert_array_equal(bids.accepted[:, :, h, m], agreed)


@given(shares_of, weights_of)
def test_favours_go_to_the_influential_and_sum_to_nothing(
    share: np.ndarray, weight: np.ndarray
) -> None:
    pull = acceptance.favour(share, share.mean(axis=0), weight)
    np.testing.assert_allclose(pull.sum(axis=0), 0.0, atol=1e-10)
    expected = weight * (share[2] - share[4]) / 0.15
    np.testing.assert_allclose(pull[2] - pull[4], expected, atol=1e-10)


@given(st.floats(-6.0, 6.0), st.floats(-5.0, 5.0))
def test_acceptance_is_a_logistic_of_the_surplus(utility: float, reluctance: float) -> None:
    chance = acceptance.probability(np.array([[utility]]), np.array([reluctance]))[0, 0]
    expected = 1.0 / (1.0 + np.exp(-(utility - reluctance) / 0.5))
    assert chance == pytest.approx(expected, rel=1e-12)


def test_acceptance_at_its_limits() -> None:
    far = np.array([[-1e6, 0.0, 0.5 * np.log(3.0), 1e6]])
    chance = acceptance.probability(far, np.zeros(4))[0]
    np.testing.assert_allclose(chance, [0.0, 0.5, 0.75, 1.0], atol=1e-12)


def best_by_hand(utility: list[float], project: list[int], large: list[bool]) -> list[bool]:
    """Leave in each contest the first bid of the highest utility."""
    stays = [True] * len(utility)
    for kind in set(project):
        contest = [b for b in range(len(utility)) if large[b] and project[b] == kind]
        for loser in contest:
            winner = max(contest, key=lambda b: (utility[b], -b))
            stays[loser] = loser == winner
    return stays


@given(
    arrays(
        float, (10, MEMBERS), elements=st.sampled_from([-np.inf, -1.0, 0.0, 0.3, 0.3000001, 2.0])
    ),
    arrays(np.intp, (10, MEMBERS), elements=st.integers(0, 3)),
    arrays(bool, (10, MEMBERS)),
)
def test_exclusive_works_go_to_the_best_bid(
    utility: np.ndarray, project: np.ndarray, large: np.ndarray
) -> None:
    each = zip(utility.T.copy(), project.T.copy(), large.T.copy(), strict=True)
    stays = np.stack([acceptance.best_bids(*member) for member in each], axis=1)
    for m in range(MEMBERS):
        expected = best_by_hand(list(utility[:, m]), list(project[:, m]), list(large[:, m]))
        assert list(stays[:, m]) == expected
        assert stays[~large[:, m], m].all()
        assert (
            len(set(project[stays[:, m] & large[:, m], m])) == (stays[:, m] & large[:, m]).sum()
        ), "one large work of a kind at most"
