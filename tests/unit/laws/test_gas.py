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


def one(*numbers: float) -> list[np.ndarray]:
    return [np.array([[x]]) for x in numbers]


def test_with_full_appetite_the_desired_volume_is_the_contracts_law() -> None:
    for before, contract, age in ((0.0, 30.0, 3.0), (10.0, 30.0, 0.5), (34.0, 50.0, 8.0)):
        wanted = gas.desired(*one(before, 1.0, contract, 1.0, 0.0, 100.0, age, 3.0))
        law = gas.line_volume(*one(before, contract, 100.0, age, 3.0))
        np.testing.assert_allclose(wanted, law)


def test_a_buyer_that_earns_less_takes_less_but_no_less_than_it_pays_for() -> None:
    full, third, none = (
        gas.desired(*one(0.0, 1.0, 30.0, a, 0.8, 100.0, 1e9, 3.0))[0, 0] for a in (1.0, 1 / 3, 0.0)
    )
    assert (full, third, none) == (30.0, 24.0, 24.0)
    free = gas.desired(*one(0.0, 1.0, 30.0, 1 / 3, 0.0, 100.0, 1e9, 3.0))[0, 0]
    assert free == 10.0


def test_the_base_volume_is_reproduced_at_the_bases_appetite() -> None:
    wanted = gas.desired(*one(10.2, 0.4, 30.0, 0.4, 0.0, 45.0, 0.0, 3.0))
    np.testing.assert_allclose(wanted, 10.2)


def test_netback_of_turkmen_gas_in_2000_and_2009() -> None:
    """0.36 of the LNG price with Iran's 8 bcm outside 35.3, about 0.57 with half a line to China
    and 14 bcm to Iran outside 44 (value over volume of data/gas.csv: 0.36 and 0.58)."""
    captive, half, worth = np.array([0.2]), np.array([0.87]), np.array([2.0])
    for options, share in ((8.0 / 35.3, 0.36), ((17.0 + 14.0) / 44.0, 0.565)):
        found = gas.bargained_netback(np.array([options]), captive, half, worth)[0]
        assert abs(found - share) < 0.01


@given(st.floats(0, 5), st.floats(0, 5), st.floats(0, 0.5), st.floats(0.1, 3), st.floats(0.2, 1))
def test_more_options_never_lower_the_price(
    few: float, more: float, captive: float, half: float, worth: float
) -> None:
    low, high = sorted((few, more))
    a, b = (gas.bargained_netback(*one(x, captive, half, worth))[0, 0] for x in (low, high))
    assert a <= b + 1e-12
    assert b <= worth


def test_options_are_what_could_go_elsewhere() -> None:
    found = gas.outside_options(np.array([40.0, 20.0, 100.0]), 50.0)
    np.testing.assert_allclose(found, [0.4 + 1.0, 0.8 + 1.0, 0.8 + 0.4])


@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(-3, 3)), min_size=1, max_size=6),
    st.floats(0, 150),
)
def test_routing_never_exceeds_what_is_wanted_or_there(
    lines: list[tuple[float, float]], exportable: float
) -> None:
    wanted = np.array([[d] for d, _ in lines])
    liked = np.array([[p] for _, p in lines])
    flow = gas.routed(wanted, liked, np.array([exportable]))
    assert (flow >= 0).all()
    assert (flow <= wanted * (1 + 1e-9)).all()
    np.testing.assert_allclose(flow.sum(), min(wanted.sum(), exportable), rtol=1e-6, atol=1e-6)


def test_a_seller_short_of_gas_sends_more_where_it_likes() -> None:
    wanted, none = np.array([[30.0], [30.0]]), np.zeros((2, 1))
    even = gas.routed(wanted, none, np.array([40.0]))
    np.testing.assert_allclose(even, 20.0)
    liked = gas.routed(wanted, np.array([[np.log(1.5)], [0.0]]), np.array([40.0]))
    np.testing.assert_allclose(liked[:, 0], [24.0, 16.0])
    capped = gas.routed(wanted, np.array([[5.0], [0.0]]), np.array([40.0]))
    np.testing.assert_allclose(capped[:, 0], [30.0, 10.0], rtol=1e-6)


def test_prices_are_reviewed_at_their_rate() -> None:
    moved = gas.reviewed(*(np.array([x]) for x in (0.4, 0.6, 2.0)))
    np.testing.assert_allclose(moved, 0.6 - 0.2 * np.exp(-0.125))


LINES, HOSTS, MEMBERS = 4, 2, 2
SELLER = np.array([0, 1, 1, 0], np.intp)


def drawn_terms(rng: np.random.Generator) -> gas.Terms:
    of_lines, of_hosts = (LINES, MEMBERS), (HOSTS, MEMBERS)
    return gas.Terms(
        capacity=rng.uniform(5.0, 60.0, of_lines),
        worth=rng.uniform(0.3, 1.0, of_lines),
        contract=rng.uniform(5.0, 60.0, of_lines),
        take_or_pay=rng.uniform(0.0, 0.9, of_lines),
        open=rng.integers(0, 2, (LINES + 1, MEMBERS)) * rng.random((LINES + 1, MEMBERS)),
        completion=rng.random((LINES + 1, MEMBERS)),
        output=rng.uniform(5.0, 80.0, of_hosts),
        growth=rng.uniform(-0.05, 0.05, of_hosts),
        use=rng.uniform(5.0, 60.0, of_hosts),
        use_elasticity=rng.uniform(0.1, 1.0, of_hosts),
        competition=rng.random(MEMBERS),
        conflict_loss=rng.random(MEMBERS),
        buyer_margin=rng.uniform(0.02, 0.3, MEMBERS),
        review_years=rng.uniform(0.5, 6.0, MEMBERS),
        fill_years=rng.uniform(0.5, 6.0, MEMBERS),
        captive_netback=rng.uniform(0.1, 0.5, MEMBERS),
        half_options=rng.uniform(0.2, 2.0, MEMBERS),
    )


seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.floats(-1.0, 20.0))
def test_a_host_keeps_what_it_uses_and_may_send_the_rest(seed: int, years: float) -> None:
    rng = np.random.default_rng(seed)
    v, shape = drawn_terms(rng), (HOSTS, MEMBERS)
    fields = gas.Fields(
        rng.uniform(0.0, 10.0, shape), rng.uniform(-0.5, 0.5, shape), *np.empty((2, *shape))
    )
    gas.draw_from_fields(v, fields, years)
    given_out = v.output * np.exp(v.growth * years) + fields.added
    kept = v.use * np.exp(v.use_elasticity * fields.log_real)
    np.testing.assert_allclose(fields.home, np.minimum(kept, given_out))
    np.testing.assert_allclose(fields.home + fields.exportable, given_out)


@given(seeds)
def test_a_seller_bargains_with_its_other_lines_and_nobody_elses(seed: int) -> None:
    rng = np.random.default_rng(seed)
    v = drawn_terms(rng)
    available = rng.uniform(0.0, 60.0, (LINES, MEMBERS))
    exportable = rng.uniform(0.0, 80.0, (HOSTS, MEMBERS))
    agreed = gas.agreed_netback(v, SELLER, available, exportable)
    for line, m in np.ndindex(LINES, MEMBERS):
        could = max(exportable[SELLER[line], m], 1.0)
        others = [k for k in range(LINES) if k != line and SELLER[k] == SELLER[line]]
        options = sum(min(available[k, m] / could, 1.0) for k in others)
        n0, h = v.captive_netback[m], v.half_options[m]
        expected = min(v.worth[line, m], n0 + (1.0 - n0) * options / (options + h))
        np.testing.assert_allclose(agreed[line, m], expected)


@given(seeds)
def test_buyers_ask_by_the_reviewed_price_of_lines_that_are_built_and_open(seed: int) -> None:
    rng = np.random.default_rng(seed)
    v, shape = drawn_terms(rng), (LINES, MEMBERS)
    complete, conflict = rng.choice([0.4, 1.0], shape), rng.random(shape)
    agreed, volume = rng.random(shape), rng.uniform(0.0, 40.0, LINES)
    base, flow = rng.random(shape), rng.uniform(0.0, 30.0, shape) * rng.integers(0, 2, shape)
    netback, age = rng.random(shape), rng.uniform(0.0, 10.0, shape)
    paid, old = netback.copy(), age.copy()
    wanted = gas.ask(v, complete, conflict, agreed, volume, base, flow, netback, age)
    passable = v.open[:LINES] * (1.0 - v.conflict_loss * conflict)
    capacity = v.capacity * passable * (complete == 1.0)
    np.testing.assert_allclose(age, old + 0.25 * (capacity > 0.0))
    moved = paid + (agreed - paid) * (1.0 - np.exp(-0.25 / v.review_years))
    np.testing.assert_allclose(netback, np.where(flow > 0.0, moved, agreed))
    takes = np.clip((v.worth - netback) / v.buyer_margin, 0.0, 1.0)
    left = np.exp(-age / v.fill_years)
    filled, before = v.contract * (1.0 - left), volume[:, None] * left
    usual = np.maximum(1.0 - v.competition * (1.0 - base), 0.05)
    asked = (1.0 - v.competition * (1.0 - takes)) * (filled + before / usual)
    least = v.take_or_pay * (filled + before)
    np.testing.assert_allclose(wanted, np.minimum(capacity, np.maximum(asked, least)))


def test_gas_on_record_moves_from_its_value_and_other_gas_is_priced_beyond_its_volume() -> None:
    """A line worth 800 mn USD a year at 10 bcm: twice the flow at half the LNG price, and a
    netback that rose by a half, are worth 200 x 2 x 0.5 x 1.5 = 300 mn USD a quarter.  One without
    a value, at 15 bcm of which 5 were there before, sells 10 at the law's price."""
    flow, price = np.array([[20.0], [15.0], [3.0]]), np.array([5.0])
    netback, before = np.array([[0.6], [0.6], [0.6]]), np.full((3, 1), 0.4)
    volume, value = np.array([10.0, 5.0, 5.0]), np.array([800.0, 0.0, 0.0])

    def worth(competition: float) -> list[float]:
        c, fixed = np.array([competition]), np.array([0.5])
        found = gas.worth_of_lines(flow, netback, before, volume, value, c, fixed, price, 10.0)
        return list(found[:, 0])

    def law(share: float) -> float:
        return float(gas.gas_value(10.0, share, 5.0))

    np.testing.assert_allclose(worth(1.0), [300.0, law(0.6), 0.0])
    np.testing.assert_allclose(worth(0.0), [200.0, law(0.5), 0.0])
    np.testing.assert_allclose(worth(0.5), [250.0, law(0.55), 0.0])


def test_gas_is_booked_with_its_seller_where_statistics_record_it() -> None:
    rng = np.random.default_rng(5)
    worth, recorded = rng.random((LINES, MEMBERS)), rng.random((LINES, 3))
    recorded[1, 2], hidden = 0.0, rng.random(LINES)
    value, elsewhere = np.ones((HOSTS, 3, MEMBERS)), np.ones((HOSTS, MEMBERS))
    gas.book(worth, SELLER, recorded, hidden, value, elsewhere)
    own = np.arange(HOSTS)[:, None] == SELLER
    np.testing.assert_allclose(value, 1.0 + np.einsum("hl,lk,lm->hkm", own, recorded, worth))
    np.testing.assert_allclose(elsewhere, 1.0 + np.einsum("hl,l,lm->hm", own, hidden, worth))


@given(seeds)
def test_gas_that_is_short_goes_to_whom_the_seller_likes(seed: int) -> None:
    """Where it suffices everybody is served; otherwise all of it goes, by desire and liking."""
    rng = np.random.default_rng(seed)
    desired, liking = rng.uniform(0.1, 30.0, (LINES, MEMBERS)), rng.normal(size=(LINES, MEMBERS))
    exportable = rng.uniform(0.0, 80.0, MEMBERS)
    flow = gas.routed(desired, liking, exportable)
    for m in range(MEMBERS):
        if desired[:, m].sum() <= exportable[m]:
            np.testing.assert_array_equal(flow[:, m], desired[:, m])
            continue
        np.testing.assert_allclose(flow[:, m].sum(), exportable[m], rtol=1e-6, atol=1e-6)
        assert (flow[:, m] <= desired[:, m] + 1e-9).all()
        short = desired[:, m] - flow[:, m] > 1e-6
        part = flow[short, m] / (desired[short, m] * np.exp(liking[short, m]))
        np.testing.assert_allclose(part, part[:1].repeat(len(part)), rtol=1e-6)
