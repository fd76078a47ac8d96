"""The channels of influence in a quarter, pair by pair, from the single laws; what is noticed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steppe import axes
from steppe.laws import channels, influence, notice

P, H, R, S = len(axes.POWERS), len(axes.HOSTS), len(axes.REGIONS), len(axes.SECTORS)
MEMBERS = 2
RUS = axes.POWERS.index("RUS")
ECONOMIC, INSTITUTIONAL, SECURITY, SOFT = (
    axes.CHANNELS.index(c) for c in ("economic", "institutional", "security", "soft")
)
seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=10)
@given(seeds)
def test_dependence_is_what_each_host_would_lose_of_each_power(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = (P, H, MEMBERS)
    ties = channels.Ties(
        imports=rng.uniform(0.0, 300.0, (H, R, MEMBERS)),
        exports=rng.uniform(0.0, 300.0, (H, R, MEMBERS)),
        hidden=rng.uniform(0.0, 350.0, (H, MEMBERS)),
        remittances=rng.uniform(0.0, 500.0, (H, MEMBERS)),
        gdp=rng.uniform(1e4, 1e5, (H, MEMBERS)),
        prices=rng.uniform(0.7, 1.8, MEMBERS),
        grace=rng.uniform(0.0, 500.0, (P, H, 2, MEMBERS)),
        amortising=rng.uniform(0.0, 500.0, (P, H, 2, MEMBERS)),
        operating=rng.uniform(0.0, 500.0, (P, H, S, MEMBERS)),
        agreements=rng.uniform(0.0, 0.3, pairs),
        transit=rng.random(pairs),
        oil_transit=rng.random(pairs),
        oil_weight=rng.random((H, MEMBERS)),
        elasticity=rng.uniform(2.0, 6.0, MEMBERS),
        half_loss=rng.uniform(0.02, 0.2, MEMBERS),
        convexity=rng.random(MEMBERS),
    )
    width, loss, recorded = np.full((3, *pairs), np.nan)
    channels.depend(ties, width, loss, recorded)
    debt = (ties.grace + ties.amortising).sum(axis=2)
    capital = ties.operating.sum(axis=2)
    for p, h, m in np.ndindex(pairs):
        gdp = ties.gdp[h, m]
        bought, sold = 4.0 * ties.imports[h, p, m], 4.0 * ties.exports[h, p, m]
        all_bought, all_sold = 4.0 * ties.imports[h, :, m].sum(), 4.0 * ties.exports[h, :, m].sum()
        oil = ties.oil_weight[h, m]
        lost = influence.loss_when_cut_off(
            bought / all_bought,
            sold / all_sold,
            all_bought / gdp,
            all_sold / gdp,
            4.0 * ties.remittances[h, m] / gdp if p == RUS else 0.0,
            oil * ties.oil_transit[p, h, m] + (1.0 - oil) * ties.transit[p, h, m],
            debt[p, h, m] / gdp,
            capital[p, h, m] / gdp,
            ties.elasticity[m],
            ties.convexity[m],
        )
        assert loss[p, h, m] == pytest.approx(influence.dependence(lost, ties.half_loss[m]))
        shown = max(sold - 4.0 * ties.hidden[h, m], 0.0) if p == RUS else sold
        missed = sum(
            min(total / gdp, 0.6)
            * (-c * np.log(1.0 - min(part / total, 0.95)) + (1.0 - c) * min(part / total, 0.95))
            for c in (ties.convexity[m],)
            for part, total in ((bought, all_bought), (shown, all_sold))
        )
        missed /= ties.elasticity[m]
        assert recorded[p, h, m] == pytest.approx(missed / (missed + ties.half_loss[m]))
        volume = (bought + sold + debt[p, h, m] + capital[p, h, m]) / ties.prices[m]
        expected = influence.bandwidth(volume, ties.agreements[p, h, m])
        assert width[p, h, m] == pytest.approx(expected)


@settings(max_examples=10)
@given(seeds)
def test_each_channel_moves_by_its_own_inflow_and_half_life(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = (P, H, MEMBERS)
    flows = channels.Inflows(
        capacity=rng.random(pairs),
        institutions=rng.uniform(0.0, 0.3, pairs),
        security=rng.uniform(0.0, 0.3, pairs),
        organised=rng.uniform(0.0, 0.2, pairs),
        visible=rng.uniform(0.0, 800.0, pairs),
        taught=rng.uniform(0.0, 150.0, pairs),
        culture=rng.uniform(0.0, 0.8, pairs),
        gdp=rng.uniform(1e4, 5e4, (H, MEMBERS)),
        lost=rng.uniform(0.0, 1.3, (H, MEMBERS)),
        half_life=rng.uniform(0.5, 20.0, (4, MEMBERS)),
    )
    level = rng.random((P, H, 4, MEMBERS))
    before, half = level.copy(), flows.half_life
    channels.move(level, flows)
    inflow = influence.soft_inflow(
        flows.visible / flows.gdp, flows.taught / flows.gdp, flows.culture, half[SOFT]
    )
    soft = influence.channel(before[:, :, SOFT], half[SOFT], inflow + flows.organised)
    expected = {
        ECONOMIC: influence.economic(before[:, :, ECONOMIC], flows.capacity, half[ECONOMIC]),
        INSTITUTIONAL: influence.channel(
            before[:, :, INSTITUTIONAL], half[INSTITUTIONAL], flows.institutions
        ),
        SECURITY: influence.channel(before[:, :, SECURITY], half[SECURITY], flows.security),
        SOFT: soft * np.maximum(1.0 - flows.lost, 0.0),
    }
    for channel, wanted in expected.items():
        np.testing.assert_allclose(level[:, :, channel], wanted, err_msg=axes.CHANNELS[channel])


def test_half_of_a_channel_is_left_after_its_half_life() -> None:
    """Without inflow, after eight quarters of a half-life of two years."""
    level = 1.0
    for _ in range(8):
        level = influence.channel(level, 2.0, 0.0)
    assert level == pytest.approx(0.5)


@settings(max_examples=10)
@given(seeds)
def test_works_are_seen_by_their_mode_and_known_to_those_who_build_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs, modes = (P, H, MEMBERS), {m: axes.MODES.index(m) for m in axes.MODES}
    works = (P, H, S, len(axes.WINDOWS), len(axes.MODES), MEMBERS)
    completed, disbursed = rng.uniform(0.0, 100.0, (2, *works))
    piloted, prices = rng.uniform(0.0, 100.0, pairs), rng.uniform(0.7, 1.8, MEMBERS)
    v = notice.Seen(
        banks=rng.random(MEMBERS),
        financier=rng.random(MEMBERS),
        pilot=rng.random(MEMBERS),
        embedding=rng.uniform(1e3, 5e3, MEMBERS),
        builders=rng.random((P, MEMBERS)),
    )
    visible, taught = rng.uniform(0.0, 1e3, (2, *pairs))
    known = rng.random(pairs)
    before = visible.copy(), taught.copy(), known.copy()
    notice.notice(completed, disbursed, piloted, prices, v, visible, taught, known)
    by_mode = completed.sum(axis=(2, 3))
    solo, banks, joint = (by_mode[:, :, modes[m]] for m in ("solo", "multilateral", "consortium"))
    own = v.pilot * piloted
    seen = 4.0 * (solo + v.banks * banks + v.financier * joint + own)
    schools = 4.0 * disbursed[:, :, axes.SECTORS.index("education_culture")].sum(axis=(2, 3))
    built = (solo + banks) * v.builders[:, None] + own
    np.testing.assert_allclose(visible, 0.75 * before[0] + 0.25 * seen)
    np.testing.assert_allclose(taught, 0.75 * before[1] + 0.25 * schools)
    left = np.exp(-built / (v.embedding * prices))
    np.testing.assert_allclose(1.0 - known, (1.0 - before[2]) * left)
