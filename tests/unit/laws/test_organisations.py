"""Borders among members, accession and migrants: closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppe.laws import organisations as law

SHARE = st.floats(0.0, 1.0)


def one(value: float) -> np.ndarray:
    return np.full((1, 1), value)


@pytest.mark.parametrize(
    ("parties", "all_in", "some_in"),
    [
        ((1.0, 1.0, 1.0), 1.0, 0.0),
        ((1.0, 0.5, 0.5), 0.5, 0.5),
        ((1.0, 0.0, 1.0), 0.0, 1.0),
        ((0.0, 0.0, 0.0), 0.0, 0.0),
    ],
)
def test_a_border_is_within_as_far_as_all_belong(
    parties: tuple[float, ...], all_in: float, some_in: float
) -> None:
    found = law.joint(np.array(parties)[:, None, None])
    assert (found[0].item(), found[1].item()) == (all_in, some_in)


def test_members_save_and_outsiders_wait() -> None:
    """Four tenths saved within; a twentieth more where one belongs and the other does not.

    No organisation saves more than nine tenths, or what else is given as the most.
    """
    saved, outside, strength, most = one(0.4), one(0.05), one(1.0), np.array([0.9])
    assert law.factor(saved, outside, one(1.0), one(0.0), strength, most).item() == pytest.approx(
        0.6
    )
    assert law.factor(saved, outside, one(0.0), one(1.0), strength, most).item() == pytest.approx(
        1.05
    )
    half = law.factor(saved, outside, one(0.5), one(0.5), 2.0 * strength, most).item()
    assert half == pytest.approx(0.6 * 1.05)
    strong = saved, outside, one(1.0), one(0.0), one(20.0)
    assert law.factor(*strong, most).item() == pytest.approx(0.1)
    assert law.factor(*strong, np.array([0.35])).item() == pytest.approx(0.65)


@given(saved=SHARE, outside=SHARE, members=SHARE, strength=st.floats(0.0, 20.0))
def test_nobody_in_changes_nothing_and_time_stays_positive(
    saved: float, outside: float, members: float, strength: float
) -> None:
    most = np.array([0.9])
    border = one(saved), one(outside)
    assert law.factor(*border, one(0.0), one(0.0), one(strength), most).item() == 1.0
    assert law.factor(*border, one(members), one(0.0), one(strength), most).item() > 0.0


def test_the_union_is_what_history_says_and_what_the_host_decides() -> None:
    path = np.array([[0.0, 0.0, 1.0, 1.0, 0.5]])
    accession = np.array([[0.0, 1.0, 1.0, -1.0, 1.0]])
    np.testing.assert_array_equal(law.union(path, accession), [[0.0, 1.0, 1.0, 0.0, 1.0]])


def test_leaving_undoes_joining_and_joining_leaving() -> None:
    uniform, sure, never = np.full(4, 0.5), np.ones(4), np.zeros(4)
    path, before = np.array([0.0, 1.0, 1.0, 0.0]), np.array([1.0, 0.0, -1.0, 0.0])
    moved = law.decision(path, before, sure, sure, uniform)
    np.testing.assert_array_equal(moved, [0.0, -1.0, 0.0, 1.0])
    np.testing.assert_array_equal(law.decision(path, before, never, never, uniform), before)
    rarely = np.full(4, 0.4)
    np.testing.assert_array_equal(law.decision(path, before, rarely, rarely, uniform), before)


@pytest.mark.parametrize("path", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("accession", [-1.0, 0.0, 1.0])
def test_who_leaves_is_out_and_who_joins_is_in(path: float, accession: float) -> None:
    """Also where history brings in whom its own decision had brought in, or out."""
    before = law.union(one(path), one(accession)).item()
    after = law.decision(one(path), one(accession), one(1.0), one(1.0), one(0.5))
    assert law.union(one(path), after).item() == (0.0 if before > 0.5 else 1.0)


WEIGHTS = tuple(np.array([w]) for w in (2.0, 3.0, 0.5, 1.5))


def utility(**changed: float) -> float:
    arguments = {
        "market": 0.3,
        "migrants": 0.2,
        "pressure": 0.4,
        "leaning": -0.2,
        "autonomy": -0.5,
        "opposition": -0.3,
    } | changed
    found = law.accession_utility(
        *(np.array([value]) for value in arguments.values()), weights=WEIGHTS
    )
    return float(found[0])


def test_utility_of_membership_by_hand() -> None:
    assert utility() == pytest.approx(0.6 + 0.6 + 0.2 - 0.3 - 0.5 - 0.3)


@pytest.mark.parametrize(
    ("term", "weight"),
    [
        ("market", 2.0),
        ("migrants", 3.0),
        ("pressure", 0.5),
        ("leaning", 1.5),
        ("autonomy", 1.0),
        ("opposition", 1.0),
    ],
)
def test_each_reason_counts_by_its_weight(term: str, weight: float) -> None:
    start = {"market": 0.3, "migrants": 0.2, "pressure": 0.4, "leaning": -0.2}
    value = start.get(term, -0.5 if term == "autonomy" else -0.3)
    assert utility(**{term: value + 0.1}) - utility() == pytest.approx(0.1 * weight)


def test_freedom_is_lost_by_will_and_by_a_dominant_russia_only() -> None:
    hedging = np.array([-0.4, 0.9])
    lost = law.autonomy_loss(hedging, np.array([1.5]), np.array([0.6]))
    np.testing.assert_allclose(lost, [-0.4 - 0.9, -0.9])
    np.testing.assert_array_equal(
        law.autonomy_loss(0.0 * hedging, 0.0, np.array([0.6])), [0.0, 0.0]
    )


def test_migrants_gain_by_rights_and_lose_by_pressure() -> None:
    target = law.migrants_target(
        np.array([0.15]), np.array([1.0]), np.array([0.2]), np.array([0.5]), np.array([-0.3])
    )
    assert target.item() == pytest.approx(0.15 - 0.1 - 0.3)


def test_joint_membership_and_its_weights_by_hand() -> None:
    """Each organisation by its strength, each power by its own weight in it."""
    rng = np.random.default_rng(4)
    powers, hosts = rng.choice([0.0, 0.5, 1.0], (3, 4)), rng.choice([0.0, 0.5, 1.0], (3, 2, 5))
    strength, weights = rng.uniform(0.0, 2.0, (3, 5)), rng.random((3, 4))
    weights[1, 2] = 0.0
    joint = law.joint_membership(powers, hosts, strength)
    np.testing.assert_allclose(joint, np.einsum("op,ohm,om->ophm", powers, hosts, strength))
    total = law.weighted(weights, joint)
    np.testing.assert_allclose(total, np.einsum("op,ophm->phm", weights, joint))
