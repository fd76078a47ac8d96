"""Consortia against closed forms, and what each of the six inputs does to one's chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppe.laws import consortia
from steppe.world.offers import ALONE as BY_ITSELF
from steppe.world.offers import ORDINARY

USUAL = {
    "hazard": 0.006,
    "years": 4.0,
    "embedded": 0.6,
    "effect": 1.25,
    "unpredictable": 0.5,
    "menace": 0.15,
}
ALONE, BORNE, ACCESS, HASTE = 2.5, 0.8, 0.06, 0.85
LEAST, TRUST, GUARD, NOISE = 0.03, 0.05, 0.04, 0.03


def arrays(**inputs: float) -> dict[str, np.ndarray]:
    return {name: np.array([value]) for name, value in inputs.items()}


def surplus(**changed: float) -> float:
    """Gain less cost of a consortium whose financier knows nothing of the host."""
    x = arrays(**(USUAL | changed))
    one = np.ones(1)
    hazard = x["hazard"] * consortia.alone(0.0 * one, ALONE * one)
    joint = hazard * consortia.relief(x["embedded"], x["effect"])
    gain = consortia.gain(
        consortia.loss(hazard, x["years"]),
        consortia.loss(joint, HASTE * x["years"]),
        BORNE * one,
        ACCESS * one,
        x["embedded"],
    )
    cost = consortia.cost(LEAST * one, TRUST * one, x["unpredictable"], GUARD * one, x["menace"])
    return float(gain[0] - cost[0])


def chance(**changed: float) -> float:
    return float(consortia.probability(np.array([surplus(**changed)]), np.array([NOISE]))[0])


def test_the_chance_by_hand() -> None:
    """Turkmenistan-like: hazard .015 a quarter alone, .0071 with a pilot at .6; P about .93."""
    alone = 1.0 - math.exp(-16 * 0.015)
    joint = 1.0 - math.exp(-0.85 * 16 * 0.015 * math.exp(-1.25 * 0.6))
    gain = 0.8 * (alone - joint) + 0.06 * 0.6
    cost = 0.03 + 0.05 * 0.5 + 3 * 0.04 * 0.15
    assert surplus() == pytest.approx(gain - cost, rel=1e-12)
    expected = 1.0 / (1.0 + math.exp(-(gain - cost) / 0.03))
    assert chance() == pytest.approx(expected, rel=1e-12)
    assert 0.85 < chance() < 0.97


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("hazard", +1),  # the riskier the host,
        ("years", +1),  # the longer the work,
        ("embedded", +1),  # the better the pilot knows the host
        ("effect", +1),  # and the more that helps, the likelier;
        ("unpredictable", -1),  # the moodier the pilot
        ("menace", -1),  # and the heavier a rival weighs on it, the less likely
    ],
)
def test_each_of_six_inputs_has_its_sign(name: str, sign: int) -> None:
    for factor in (1.1, 1.5, 2.0):
        change = chance(**{name: USUAL[name] * factor}) - chance()
        assert sign * change > 1e-4, name


def test_the_slope_in_each_cost_is_its_weight() -> None:
    """d surplus: -psi1 per unpredictability, -3 psi2 per weight of rivals, exactly."""
    assert surplus(unpredictable=1.5) - surplus() == pytest.approx(-TRUST)
    assert surplus(menace=0.25) - surplus() == pytest.approx(-3 * GUARD * 0.1)


def test_without_knowledge_a_pilot_is_worth_its_haste_only() -> None:
    alone = 1.0 - math.exp(-16 * 0.015)
    joint = 1.0 - math.exp(-0.85 * 16 * 0.015)
    cost = 0.03 + 0.05 * 0.5 + 3 * 0.04 * 0.15
    assert surplus(embedded=0.0) == pytest.approx(0.8 * (alone - joint) - cost)
    assert chance(embedded=0.0) < 0.25


def test_own_builders_make_a_pilot_unnecessary() -> None:
    known = consortia.alone(np.array([0.0, 0.5, 1.0]), np.full(3, ALONE))
    np.testing.assert_allclose(known, [2.5, 1.75, 1.0])


def test_a_small_hazard_is_lost_in_proportion_and_a_large_one_wholly() -> None:
    years = np.full(3, 5.0)
    lost = consortia.loss(np.array([1e-9, 0.01, 10.0]), years)
    np.testing.assert_allclose(lost, [20e-9, 1.0 - math.exp(-0.2), 1.0], rtol=1e-7)


def test_the_fee_is_nashs_split_and_never_negative() -> None:
    """The split maximises (s - fee)^(1-b) fee^b: fee = b s."""
    s, b = 0.08, np.array([0.0, 0.3, 0.5, 1.0])
    np.testing.assert_allclose(consortia.fee(np.full(4, s), b), b * s)
    grid = np.linspace(1e-6, s - 1e-6, 100001)
    best = grid[np.argmax((s - grid) ** 0.7 * grid**0.3)]
    assert consortia.fee(np.array([s]), np.array([0.3]))[0] == pytest.approx(best, abs=1e-6)
    assert (consortia.fee(np.array([-0.1, -np.inf]), np.full(2, 0.5)) == 0.0).all()


def test_an_impossible_pilot_has_no_chance() -> None:
    odds = consortia.probability(np.array([-np.inf, 0.0, np.inf]), np.full(3, NOISE))
    np.testing.assert_allclose(odds, [0.0, 0.5, 1.0], atol=1e-20)


def test_a_rivals_weight_is_trade_by_size_and_finance() -> None:
    """China, a fifth of the world, at intensity .5 and .08 of the debts: .1 + .08."""
    intensity, finance = np.zeros((2, 2)), np.zeros((2, 2))
    intensity[0, 1], finance[0, 1] = 0.5, 0.08
    gdp = np.array([[20.0], [1.0], [79.0]])
    weight = consortia.rival_weight(intensity, gdp, finance)
    np.testing.assert_allclose(weight[:, :, 0], [[0.0, 0.18], [0.0, 0.0]])


def test_menace_counts_rivals_as_the_financier_minds_them() -> None:
    rng = np.random.default_rng(3)
    wary, weight = rng.random((4, 4, 5)), rng.random((4, 4, 5))
    found = consortia.menace(wary, weight)
    np.testing.assert_allclose(found, np.einsum("frm,rcm->fcm", wary, weight))


def test_nobody_builds_for_a_power_that_either_minds() -> None:
    wary = np.zeros((3, 3, 1))
    wary[0, 1], wary[2, 0] = 0.3, 0.25
    allowed = consortia.may_pilot(wary, np.array([0.25]))[:, :, 0]
    expected = [[False, False, True], [False, False, True], [True, True, False]]
    np.testing.assert_array_equal(allowed, expected)


POWERS, HOSTS, SECTORS, MEMBERS, OWN = 5, 3, 4, 2, 1


@given(st.integers(0, 2**32 - 1))
def test_the_pilot_is_the_best_of_those_who_know_the_host_better(seed: int) -> None:
    """Each large, complex work that is offered alone, by the laws of one consortium."""
    rng = np.random.default_rng(seed)
    cells = (2, HOSTS, MEMBERS)
    rules = consortia.Rules(
        least_size=np.full(MEMBERS, 100.0),
        possible=rng.integers(0, 2, MEMBERS).astype(float),
        alone=rng.uniform(1.0, 4.0, MEMBERS),
        effect=rng.uniform(0.5, 3.0, MEMBERS),
        reach=rng.uniform(0.5, 1.0, MEMBERS),
        haste=rng.uniform(0.6, 1.0, MEMBERS),
        borne=rng.random(MEMBERS),
        access=rng.uniform(0.0, 0.3, MEMBERS),
        least=rng.uniform(0.0, 0.05, MEMBERS),
        trust=rng.uniform(0.0, 0.1, MEMBERS),
        guard=rng.uniform(0.0, 0.1, MEMBERS),
        noise=rng.uniform(0.02, 0.1, MEMBERS),
        strength=rng.random(MEMBERS),
    )
    works = consortia.Works(
        amount=rng.uniform(0.0, 400.0, cells),
        sector=rng.integers(0, SECTORS, cells),
        mode=rng.integers(0, 2, cells),
        pilot=np.full(cells, 7),
        fee=np.full(cells, np.nan),
        drawn=rng.random(cells, np.float32),
    )
    mode = works.mode.copy()
    partners = consortia.Partners(
        allowed=rng.random((POWERS, MEMBERS)) < 0.7,
        menace=rng.random((POWERS, MEMBERS)),
        unpredictable=rng.random((POWERS, MEMBERS)),
        embedded=rng.random((POWERS, HOSTS, MEMBERS)),
    )
    partners.allowed[OWN] = False
    hazard = rng.uniform(0.001, 0.03, (HOSTS, MEMBERS))
    years = rng.uniform(2.0, 8.0, (SECTORS, MEMBERS))
    complex_works, prices = np.array([True, False, True, True]), rng.uniform(0.5, 2.0, MEMBERS)
    consortia.seek(rules, works, partners, OWN, hazard, years, complex_works, prices)
    for at in np.ndindex(cells):
        _, h, m = at
        kind, amount = works.sector[at], works.amount[at]
        large = amount >= 100.0 * prices[m] and complex_works[kind]
        if not large or mode[at] != consortia.SOLO:
            assert (works.mode[at], works.pilot[at], works.fee[at]) == (mode[at], ORDINARY, 0.0)
            continue
        ours = partners.embedded[OWN, h, m]
        risk = hazard[h, m] * (1.0 + (rules.alone[m] - 1.0) * (1.0 - ours))
        lost = 1.0 - np.exp(-4.0 * years[kind, m] * risk)
        worth = {}
        for pilot in range(POWERS):
            known = rules.reach[m] * partners.embedded[pilot, h, m]
            if not partners.allowed[pilot, m] or known <= ours:
                continue
            helped = risk * np.exp(-rules.effect[m] * known)
            joint = 1.0 - np.exp(-4.0 * years[kind, m] * rules.haste[m] * helped)
            worth[pilot] = (
                rules.borne[m] * (lost - joint)
                + rules.access[m] * known
                - rules.least[m]
                - rules.trust[m] * partners.unpredictable[pilot, m]
                - 3.0 * rules.guard[m] * partners.menace[pilot, m]
            )
        best = max(worth, key=worth.__getitem__, default=None)
        chance = 0.0
        if best is not None:
            chance = rules.possible[m] / (1.0 + np.exp(-worth[best] / rules.noise[m]))
        if works.drawn[at] < chance:
            fee = rules.strength[m] * max(worth[best], 0.0) * amount
            assert (works.mode[at], works.pilot[at]) == (consortia.JOINT, best)
            assert works.fee[at] == pytest.approx(fee, rel=1e-9, abs=1e-12)
        else:
            found = works.mode[at], works.pilot[at], works.fee[at]
            assert found == (consortia.SOLO, BY_ITSELF, 0.0)
