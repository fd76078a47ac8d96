"""Projects under construction: the identity of money, times, payments, and independence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steppe import axes
from steppe.environment.portfolio import CELLS, Ground, Portfolio, flat_cell, unflat
from steppe.laws import projects
from steppe.world.money import Money, no_money
from steppe.world.offers import ALONE, ORDINARY

P, H, S = len(axes.POWERS), len(axes.HOSTS), len(axes.SECTORS)
W, M = len(axes.WINDOWS), len(axes.MODES)
TRANSPORT = axes.SECTORS.index("transport")


def cells(*places: tuple[int, int, int, int, int]) -> np.ndarray:
    return flat_cell(*(np.array(axis) for axis in zip(*places, strict=True)))


def begin(
    portfolio: Portfolio,
    places: list[tuple[int, int, int, int, int]],
    members: list[int],
    amounts: list[float],
    phase: float = 0.0,
) -> None:
    portfolio.commit(cells(*places), np.array(members), np.array(amounts), phase)


def chances(
    members: int, leave: float, stop: float, drawn: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same chances for every sector and pair; ``drawn`` broadcasts to two numbers a pair."""
    return (
        np.full((S, members), leave),
        np.full((P, H, M, members), stop),
        np.broadcast_to(drawn, (2, P, H, members)).astype(float),
    )


def test_cells_and_their_parts() -> None:
    whole = np.arange(CELLS)
    np.testing.assert_array_equal(flat_cell(*unflat(whole)), whole)
    power, host, sector, window, mode = unflat(flat_cell(1, np.array([2]), 3, np.array([1]), 0))
    assert (power[0], host[0], sector[0], window[0], mode[0]) == (1, 2, 3, 1, 0)
    assert CELLS == P * H * S * W * M


def closes(money: Money, portfolio: Portfolio) -> None:
    """Identities 1 and 3, cell by cell."""
    whole = money.disbursed + money.cancelled + portfolio.unpaid()
    np.testing.assert_allclose(money.committed, whole, rtol=1e-9, atol=1e-9)
    assert (money.completed <= money.disbursed * (1 + 1e-12) + 1e-9).all()
    for stock in (money.disbursed, money.cancelled, portfolio.unpaid()):
        assert (stock >= 0.0).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.05, 1.0), st.floats(0.0, 0.3))
def test_money_is_conserved_under_any_commitments(seed: int, leave: float, stop: float) -> None:
    rng, members = np.random.default_rng(seed), 3
    money = no_money(members)
    portfolio = Portfolio(money, members)
    totals = dict.fromkeys(("committed", "disbursed", "cancelled", "completed"), 0.0)
    for quarter in range(25):
        speed, hazard, uniform = chances(members, leave, stop, rng.random((2, P, H, members)))
        portfolio.build(speed, hazard, uniform)
        new = int(rng.integers(0, 12))
        portfolio.commit(
            rng.integers(0, CELLS, new),
            rng.integers(0, members, new),
            rng.lognormal(4.0, 1.5, new),
            float(quarter),
        )
        closes(money, portfolio)
        for name, before in totals.items():
            totals[name] = before + getattr(money, f"{name}_now").sum()
            assert getattr(money, name).sum() == pytest.approx(totals[name], abs=1e-9)
    for _ in range(400):
        speed, hazard, uniform = chances(members, leave, stop, rng.random((2, P, H, members)))
        portfolio.build(speed, hazard, uniform)
        if not len(portfolio):
            break
    closes(money, portfolio)
    assert len(portfolio) == 0
    assert not portfolio.unpaid().any()
    np.testing.assert_allclose(money.committed, money.disbursed + money.cancelled, rtol=1e-9)


def test_payments_on_leaving_the_stages() -> None:
    """15, 30, 30 and 25 % of 200, then the project stands; nothing before the first quarter."""
    money = no_money(2)
    portfolio = Portfolio(money, 2)
    begin(portfolio, [(0, 1, TRANSPORT, 1, 0)], [1], [200.0])
    assert money.disbursed.sum() == 0.0
    assert money.committed[0, 1, TRANSPORT, 1, 0, 1] == 200.0
    paid = []
    for stage in range(4):
        assert len(portfolio) == 1
        done, where, size, *_ = portfolio.build(*chances(2, 1.0, 0.0, 0.5))
        paid.append(money.disbursed_now[0, 1, TRANSPORT, 1, 0, 1])
        assert money.disbursed_now.sum() == paid[-1], "nowhere else"
        assert money.completed.sum() == (200.0 if stage == 3 else 0.0)
        assert len(done) == (stage == 3)
    np.testing.assert_allclose(paid, [30.0, 60.0, 60.0, 50.0])
    assert (done[0], where[0], size[0]) == (cells((0, 1, TRANSPORT, 1, 0))[0], 1, 200.0)
    assert len(portfolio) == 0


@pytest.mark.parametrize(("stages", "sunk"), [(0, 0.0), (1, 15.0), (2, 45.0), (3, 75.0)])
def test_what_was_paid_is_sunk_and_the_rest_is_cancelled(stages: int, sunk: float) -> None:
    money = no_money(1)
    portfolio = Portfolio(money, 1)
    begin(portfolio, [(2, 3, 0, 0, 1)], [0], [100.0])
    for _ in range(stages):
        portfolio.build(*chances(1, 1.0, 0.0, 0.5))
    *_, stopped, there, unpaid = portfolio.build(*chances(1, 0.0, 1.0, 0.5))
    assert money.disbursed.sum() == pytest.approx(sunk)
    assert money.cancelled[2, 3, 0, 0, 1, 0] == pytest.approx(100.0 - sunk)
    assert (stopped[0], there[0]) == (cells((2, 3, 0, 0, 1))[0], 0)
    assert unpaid[0] == pytest.approx(100.0 - sunk)
    assert money.completed.sum() == 0.0
    assert len(portfolio) == 0


def test_a_quarter_without_happenings_clears_the_flows() -> None:
    money = no_money(1)
    portfolio = Portfolio(money, 1)
    begin(portfolio, [(0, 0, 0, 0, 0)], [0], [100.0])
    portfolio.build(*chances(1, 1.0, 0.0, 0.5))
    portfolio.build(*chances(1, 0.0, 0.0, 0.5))
    assert not money.disbursed_now.any()
    begin(portfolio, [(0, 0, 0, 0, 0)], [0], [40.0])
    assert money.committed_now.sum() == 40.0
    assert money.committed.sum() == 140.0


def lives(years: float, stop: float, count: int = 4000) -> tuple[np.ndarray, int]:
    """Quarters until completion of ``count`` lone projects, and how many were cancelled."""
    portfolio = Portfolio(no_money(count), count)
    power, host = 1, 0
    here = np.full(count, cells((power, host, TRANSPORT, 1, 0))[0])
    portfolio.commit(here, np.arange(count), np.ones(count), 3.0)
    leave = float(projects.advance_probability(np.array([years]))[0])
    rng, ends, cancelled, quarter = np.random.default_rng(17), [], 0, 0
    while len(portfolio):
        quarter += 1
        drawn = rng.random((2, P, H, count))
        done, _, _, stopped, *_ = portfolio.build(*chances(count, leave, stop, drawn))
        ends += [quarter] * len(done)
        cancelled += len(stopped)
    return np.array(ends), cancelled


@pytest.mark.parametrize("years", [1.5, 4.0])
def test_mean_construction_time_is_exact(years: float) -> None:
    """Within four standard errors of L; the spread is that of four geometric waits."""
    ends, cancelled = lives(years, 0.0)
    p = 1.0 / years
    spread = np.sqrt(4.0 * (1.0 - p)) / p
    assert cancelled == 0
    assert ends.mean() / 4.0 == pytest.approx(years, abs=4 * spread / 4 / np.sqrt(len(ends)))
    assert ends.std() == pytest.approx(spread, rel=0.06)
    assert ends.min() >= 4, "no work is done in less than four quarters"


def test_the_chance_of_completion_is_that_of_leaving_before_stopping() -> None:
    """(p / (p + h))^4 by hand: p .25 and h .05 give .482."""
    ends, cancelled = lives(4.0, 0.05)
    assert len(ends) + cancelled == 4000
    assert len(ends) / 4000 == pytest.approx((0.25 / 0.30) ** 4, abs=0.032)


def test_sector_pair_and_mode_have_their_own_chances() -> None:
    """Only the project whose own cell may move moves, only the one that may stop stops."""
    money = no_money(2)
    portfolio = Portfolio(money, 2)
    places = [(0, 0, 0, 0, 0), (0, 0, 1, 0, 0), (0, 1, 0, 0, 0), (1, 0, 2, 1, 0), (1, 0, 2, 1, 1)]
    for member in (0, 1):
        begin(portfolio, places, [member] * len(places), [100.0] * len(places))
    speed, hazard, uniform = chances(2, 0.0, 0.0, 0.5)
    speed[1, 0] = 1.0
    hazard[0, 1, 0, 1] = 1.0
    hazard[1, 0, 1, 0] = 1.0
    portfolio.build(speed, hazard, uniform)
    assert money.disbursed_now[0, 0, 1, 0, 0, 0] == pytest.approx(15.0)
    assert money.disbursed_now.sum() == pytest.approx(15.0)
    assert money.cancelled_now[0, 1, 0, 0, 0, 1] == pytest.approx(100.0)
    assert money.cancelled_now[1, 0, 2, 1, 1, 0] == pytest.approx(100.0)
    assert money.cancelled_now.sum() == pytest.approx(200.0)


Fate = list[tuple[int, str]]


def fates(company: bool, draws: np.ndarray) -> Fate:
    """What happens to one project of 70, with or without others of the pair begun around it."""
    money = no_money(1)
    portfolio, place = Portfolio(money, 1), (3, 2, 1, 0, 0)
    other = (3, 2, 1, 1, 0)
    found: Fate = []
    for quarter, drawn in enumerate(draws):
        build = chances(1, 0.2, 0.04, drawn)
        done, _, _, stopped, _, _ = portfolio.build(*build)
        for kind, cell in (("done", done), ("stopped", stopped)):
            found += [(quarter, kind)] * int((cell == cells(place)[0]).sum())
        if quarter == 2:
            places = [other, place] if company else [place]
            begin(portfolio, places, [0] * len(places), [70.0] * len(places), 2.0)
        elif company:
            begin(portfolio, [other, other], [0, 0], [9.0, 1.0], float(quarter))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_other_projects_of_the_pair_change_nothing(seed: int) -> None:
    draws = np.random.default_rng(seed).random((80, 2, P, H, 1))
    alone, among_others = fates(False, draws), fates(True, draws)
    assert alone == among_others
    assert len(alone) == 1


def test_windows_of_one_quarter_have_fates_of_their_own() -> None:
    money = no_money(400)
    portfolio, members = Portfolio(money, 400), list(range(400))
    for window in (0, 1):
        begin(portfolio, [(0, 0, 0, window, 0)] * 400, members, [1.0] * 400, 5.0)
    drawn = np.random.default_rng(2).random((2, P, H, 400))
    portfolio.build(*chances(400, 0.5, 0.0, drawn))
    soft, hard = (money.disbursed_now[0, 0, 0, w, 0] > 0.0 for w in (0, 1))
    assert 0.4 < soft.mean() < 0.6
    assert 0.4 < hard.mean() < 0.6
    assert (soft != hard).mean() == pytest.approx(0.5, abs=0.1), "as two coins"


def test_no_two_projects_of_a_pair_share_a_phase() -> None:
    """Inherited in four stages, and one in each window a quarter: all apart, all whole."""
    portfolio, members = Portfolio(no_money(1), 1), np.zeros(2, int)
    places = cells((2, 1, 0, 0, 0), (2, 1, 4, 1, 1))
    for stage in range(projects.STAGES):
        portfolio.inherit(places, members, stage, np.ones(2))
    for quarter in range(160):
        portfolio.commit(places, members, np.ones(2), float(quarter))
    assert len(np.unique(portfolio.phase)) == len(portfolio) == 2 * (4 + 160)
    np.testing.assert_array_equal(portfolio.phase, np.rint(portfolio.phase))


def history(members: list[int]) -> list[np.ndarray]:
    """Ten years of a world of 6 members seen by ``members`` alone: stocks, member last."""
    rng = np.random.default_rng(8)
    money = no_money(len(members))
    portfolio = Portfolio(money, len(members))
    seen = []
    for quarter in range(40):
        speed = rng.uniform(0.1, 0.6, (S, 6))[:, members]
        hazard = rng.uniform(0.0, 0.05, (P, H, M, 6))[:, :, :, members]
        portfolio.build(speed, hazard, rng.random((2, P, H, 6))[:, :, :, members])
        cell, member = rng.integers(0, 40, 30), np.sort(rng.integers(0, 6, 30))
        amount = rng.lognormal(4.0, 1.0, 30)
        for m in range(len(members) - 1, -1, -1):  # the order of members must not matter
            own = member == members[m]
            portfolio.commit(cell[own], np.full(own.sum(), m), amount[own], float(quarter))
        stocks = money.committed, money.disbursed, money.cancelled, money.completed
        seen += [stock.reshape(CELLS, -1).copy() for stock in (*stocks, portfolio.unpaid())]
    return seen


@pytest.mark.parametrize("member", range(6))
def test_a_member_is_the_same_alone_and_in_a_chunk(member: int) -> None:
    """Identity 11, to the bit."""
    for alone, chunk in zip(history([member]), history(list(range(6))), strict=True):
        np.testing.assert_array_equal(alone[:, 0], chunk[:, member])


# --- builders ------------------------------------------------------------------------------------


def ground(members: int, alone: float, relief: float, haste: float) -> Ground:
    return Ground(
        alone=np.full((P, H, members), alone),
        relief=np.full((P, H, members), relief),
        haste=np.full(members, haste),
    )


def large(money: Money, pilots: list[int], fees: list[float] | None = None) -> Portfolio:
    """Works of 100 of power 0 in host 1, one a member, each with its pilot or code."""
    count = len(pilots)
    portfolio = Portfolio(money, count)
    place = cells(*[(0, 1, TRANSPORT, 1, 2 if p >= 0 else 0) for p in pilots])
    portfolio.commit(
        place,
        np.arange(count),
        np.full(count, 100.0),
        1.0,
        np.array(pilots),
        np.array(fees or [0.0] * count),
    )
    return portfolio


def unturned(leave: float, stop: float, drawn: float) -> tuple[np.ndarray, ...]:
    """Chances of three members whose projects all draw ``drawn``, whatever their phase."""
    speed, hazard, uniform = chances(3, leave, stop, drawn)
    uniform[1] = 0.0
    return speed, hazard, uniform


@pytest.mark.parametrize(
    ("drawn", "stopped"),
    [(0.79, []), (0.85, [1]), (0.93, [1, 2]), (0.96, [0, 1, 2])],
)
def test_large_works_stop_by_who_builds_them(drawn: float, stopped: list[int]) -> None:
    """Hazard .05 for an ordinary work, .2 for a large one alone, .1 for one with a pilot."""
    portfolio = large(no_money(3), [ORDINARY, ALONE, 3])
    speed, hazard, uniform = unturned(0.0, 0.05, drawn)
    *_, there, _ = portfolio.build(speed, hazard, uniform, ground(3, 4.0, 0.5, 1.0))
    assert sorted(there) == stopped


def test_a_pilot_builds_faster() -> None:
    """Chance .4 to leave a stage, .4/.8 with a pilot: .45 moves the joint work only."""
    money = no_money(3)
    portfolio = large(money, [ORDINARY, ALONE, 3])
    speed, hazard, uniform = unturned(0.4, 0.0, 0.45)
    portfolio.build(speed, hazard, uniform, ground(3, 4.0, 0.5, 0.8))
    np.testing.assert_allclose(money.disbursed_now[0, 1, TRANSPORT, 1].sum(axis=0), [0, 0, 15.0])
    np.testing.assert_allclose(money.joint_paid_now[3, 0, 1, 1], [0, 0, 15.0])
    assert money.joint_paid_now.sum() == pytest.approx(15.0)


def test_joint_works_are_booked_with_the_pilot_beside_the_financier() -> None:
    money = no_money(3)
    portfolio = large(money, [ALONE, 3, 4], [0.0, 5.0, 2.0])
    np.testing.assert_array_equal(money.formed_now[0, 1], [0, 1, 1])
    np.testing.assert_array_equal(money.piloted_now[3, 1], [0, 100, 0])
    np.testing.assert_array_equal(money.piloted_now[4, 1], [0, 0, 100])
    np.testing.assert_array_equal(money.fees_now[3:, 1].sum(axis=0), [0, 5, 2])
    everything = chances(3, 1.0, 0.0, 0.5)
    for _ in range(4):
        portfolio.build(*everything, ground(3, 1.0, 1.0, 1.0))
        closes(money, portfolio)
    np.testing.assert_array_equal(money.piloted_done_now[3, 1], [0, 100, 0])
    np.testing.assert_array_equal(money.piloted_done_now[4, 1], [0, 0, 100])
    assert money.completed[0].sum() == 300.0, "all of it the financier's"
    assert money.completed[3:].sum() == 0.0
    portfolio.build(*everything, ground(3, 1.0, 1.0, 1.0))
    assert not money.piloted_done_now.any() and not money.joint_paid_now.any()


def test_a_lower_hazard_never_cancels_more() -> None:
    """The same draws at ever higher hazards: whoever stops at a low one stops at a higher."""
    drawn = np.random.default_rng(4).random((2, P, H, 500))
    before: set[int] = set()
    for hazard in (0.02, 0.1, 0.3):
        portfolio = large(no_money(500), [ORDINARY] * 500)
        *_, there, _ = portfolio.build(*chances(500, 0.2, hazard, drawn))
        assert before < set(there)
        before = set(there)
