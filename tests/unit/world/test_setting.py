"""What is given beyond trade: shares that sum, ramps and pledges by date, who belongs to what."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from steppe import axes
from steppe.clock import Quarter
from steppe.parameters import read_table
from steppe.world import setting as setting_module
from steppe.world.past import FIRST
from steppe.world.setting import Setting, setting

STARTS = [Quarter.of(year) for year in axes.BASES]
P, H, S, W = len(axes.POWERS), len(axes.HOSTS), len(axes.SECTORS), len(axes.WINDOWS)
JPN, CHN, RUS, TUR, IND = range(P)
KAZ, UZB, TKM, KGZ, TJK = range(H)
YEARS_2017 = 4 * 24


def made(start: Quarter, quarters: int = 40) -> Setting:
    return setting(start, quarters)


def at(year: int, quarter: int) -> int:
    return Quarter.of(year, quarter) - FIRST


@pytest.mark.parametrize("start", STARTS)
def test_shapes_and_bounds(start: Quarter) -> None:
    given, whole = made(start), start - FIRST + 40
    assert given.profile.shape == (P, W, S)
    assert given.ramp.shape == (P, whole)
    assert given.pledges.shape == (P, H, whole)
    assert given.members.shape == (len(axes.ORGANISATIONS), len(axes.REGIONS), whole)
    for field in (given.endowment, given.wanted, given.potential, given.roles, given.guards):
        assert ((field >= 0.0) & (field <= 1.0)).all()
        assert field.any()
    assert (np.abs(given.positions) <= 1.0).all()
    assert (given.ramp > 0.0).all()
    assert (given.debt >= 0.0).all() and given.debt.any()


def test_every_window_divides_its_money_over_sectors_once() -> None:
    profile = made(STARTS[0]).profile
    np.testing.assert_allclose(profile.sum(axis=2), 1.0, rtol=1e-9)
    assert (profile >= 0.0).all()
    row = next(
        r
        for r in read_table("sector_profiles")
        if (r["power"], r["window"], r["sector"]) == ("JPN", "concessional", "transport")
    )
    cell = JPN, axes.WINDOWS.index("concessional"), axes.SECTORS.index("transport")
    assert profile[cell] == float(row["share"]) > 0.0


@pytest.mark.parametrize("start", STARTS)
def test_what_is_at_stake_is_measured_by_the_mean_of_the_powers_up_to_twice_it(
    start: Quarter,
) -> None:
    stake = made(start).at_stake
    rows = [r for r in read_table("import_security") if int(r["base"]) == start.year]
    products = {
        (r["power"], r["sector"]): float(r["bill_to_gdp"]) * float(r["concentration"]) for r in rows
    }
    by_hand = np.zeros((P, S))
    for s, sector in enumerate(axes.SECTORS):
        told = [products.get((power, sector), 0.0) for power in axes.POWERS]
        for p, product in enumerate(told):
            by_hand[p, s] = min(product * P / sum(told), 2.0) if any(told) else 0.0
    np.testing.assert_allclose(stake, by_hand)
    assert stake.max() == 2.0, "the cap binds somewhere"
    fuel = axes.SECTORS.index("hydrocarbons")
    ratio = products["JPN", "hydrocarbons"] / products["CHN", "hydrocarbons"]
    assert stake[JPN, fuel] / stake[CHN, fuel] == pytest.approx(ratio)


# --- ramps ---------------------------------------------------------------------------------------


def ramp_by_hand(power: str, year: float, uses: set[str]) -> float:
    """Linear between the middles of the table's years, flat outside."""
    rows = sorted(
        (float(r["year"]) + 0.5, float(r["factor"]))
        for r in read_table("budget_ramps")
        if r["power"] == power and r["use"] in uses
    )
    if year <= rows[0][0]:
        return rows[0][1]
    for (before, low), (after, high) in pairwise(rows):
        if before <= year <= after:
            return low + (high - low) * (year - before) / (after - before)
    return rows[-1][1]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("power", axes.POWERS)
def test_ramps_are_the_tables(start: Quarter, power: str) -> None:
    ramp = made(start).ramp[axes.POWERS.index(power)]
    uses = {"all", "forward"} if start.year == 2017 else {"all"}
    for quarter, factor in enumerate(ramp):
        assert factor == pytest.approx(ramp_by_hand(power, 1997 + (quarter + 0.5) / 4, uses))


@pytest.mark.parametrize("start", STARTS)
def test_only_runs_from_2017_read_forward_rows(
    start: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = made(start).ramp
    read = setting_module.read_table

    def other(name: str) -> list[dict[str, str]]:
        return [
            {**row, "factor": "99"} if row.get("use") == "forward" else row for row in read(name)
        ]

    monkeypatch.setattr(setting_module, "read_table", other)
    after = setting.__wrapped__(start, 40).ramp
    if start.year == 2017:
        assert (after[:, -1] != before[:, -1]).any()
    else:
        np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize("start", STARTS[:2])
def test_a_backcast_holds_the_last_factor_it_may_know(start: Quarter) -> None:
    ramp = made(start).ramp
    for p, power in enumerate(axes.POWERS):
        rows = [r for r in read_table("budget_ramps") if r["power"] == power and r["use"] == "all"]
        last = max(rows, key=lambda r: int(r["year"]))
        if int(last["year"]) + 0.5 < start.year + 10:
            assert ramp[p, -1] == pytest.approx(float(last["factor"]))


# --- pledges -------------------------------------------------------------------------------------


def test_pledges_of_the_tour_of_2015_are_known_in_2017_and_not_before() -> None:
    pledges = made(STARTS[2]).pledges
    assert pledges[JPN, UZB, at(2015, 4)] == 8500.0
    assert pledges[JPN, TKM, at(2015, 4)] == 18_000.0
    assert pledges[JPN, KGZ, at(2015, 4)] == 120.0
    assert not made(STARTS[0]).pledges.any()
    assert not made(STARTS[1]).pledges.any()


@pytest.mark.parametrize("start", STARTS)
def test_no_pledge_of_the_run_is_given_and_those_before_are_all(start: Quarter) -> None:
    pledges = made(start, YEARS_2017).pledges
    assert not pledges[:, :, start - FIRST :].any()
    told = sum(
        float(r["value"])
        for r in read_table("finance_observed")
        if r["measure"] == "pledge"
        and r["host"] in axes.HOSTS
        and int(r["first_year"]) < start.year
    )
    assert pledges.sum() == pytest.approx(told)


def test_later_pledges_are_in_the_table_but_not_given() -> None:
    """Without them the test above could not fail."""
    later = [
        r
        for r in read_table("finance_observed")
        if r["measure"] == "pledge" and r["host"] in axes.HOSTS and int(r["first_year"]) >= 2017
    ]
    assert later


# --- memberships ---------------------------------------------------------------------------------

MEMBERSHIPS = [
    # organisation, state, quarter, status: the middle of a quarter decides
    ("EAEU", "KAZ", (2009, 4), 0.0),
    ("EAEU", "KAZ", (2010, 1), 1.0),  # the customs union
    ("EAEU", "KAZ", (2014, 4), 1.0),
    ("EAEU", "KAZ", (2015, 1), 1.0),  # succeeded, not left
    ("EAEU", "RUS", (2015, 1), 1.0),
    ("EAEU", "KGZ", (2015, 2), 0.0),
    ("EAEU", "KGZ", (2015, 3), 1.0),  # 12 August, before the middle of the third quarter
    ("EAEU", "UZB", (2020, 4), 0.0),  # 11 December, after the middle
    ("EAEU", "UZB", (2021, 1), 0.5),
    ("EAEU", "TJK", (2024, 1), 0.0),
    ("CSTO", "UZB", (1997, 1), 1.0),
    ("CSTO", "UZB", (1999, 2), 1.0),
    ("CSTO", "UZB", (1999, 3), 0.0),
    ("CSTO", "UZB", (2006, 3), 1.0),
    ("CSTO", "UZB", (2013, 1), 0.0),
    ("SCO", "CHN", (2001, 2), 0.0),
    ("SCO", "CHN", (2001, 3), 1.0),
    ("SCO", "IND", (2010, 1), 0.5),
    ("SCO", "TKM", (2020, 1), 0.0),
]


@pytest.mark.parametrize(("body", "state", "when", "status"), MEMBERSHIPS)
def test_memberships_by_date(body: str, state: str, when: tuple[int, int], status: float) -> None:
    members = made(STARTS[2], 4 * 9).members
    cell = axes.ORGANISATIONS.index(body), axes.REGIONS.index(state), at(*when)
    assert members[cell] == status


def test_a_longer_run_knows_the_same_members() -> None:
    short, long = made(STARTS[1], 8), made(STARTS[1], 60)
    np.testing.assert_array_equal(short.members, long.members[:, :, : short.members.shape[2]])
    np.testing.assert_array_equal(short.ramp, long.ramp[:, : short.ramp.shape[1]])


def test_the_roles_of_powers_in_organisations_are_the_tables() -> None:
    given = made(STARTS[2])
    for body, power, role in (("BRI", CHN, 0.25), ("ECO", TUR, 0.08)):
        assert given.roles[axes.ORGANISATIONS.index(body), power] == role
    table = read_table("organisation_roles")
    assert given.roles.sum() == pytest.approx(sum(float(r["institutional"]) for r in table))
    assert given.guards.sum() == pytest.approx(sum(float(r["security"]) for r in table))
    assert given.guards.max() < 1.0, "arms keep a part of the security channel"


@pytest.mark.parametrize("start", STARTS)
def test_votes_are_those_of_the_base(start: Quarter) -> None:
    votes = made(start).positions[axes.ISSUES.index("un_votes")]
    rows = [r for r in read_table("un_positions") if int(r["base"]) == start.year]
    assert rows
    for row in rows:
        assert votes[axes.REGIONS.index(row["state"])] == float(row["position"])
