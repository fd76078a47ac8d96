"""What works, pressure and sanctions do to links, and what the chronicle hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from steppe import axes
from steppe.chronicle import KINDS, Log
from steppe.model import CentralAsia
from steppe.world.past import FIRST

from ...models import new_model
from .scene import (
    CHN,
    EAEU,
    IND,
    KAZ,
    KGZ,
    LINKS,
    MEMBERS,
    SCO,
    START,
    TJK,
    TKM,
    UZB,
    H,
    P,
    at,
    undone,
)

RAIL, ROAD = axes.LINKS.index("kashgar_osh_andijan_rail"), axes.LINKS.index("kulma_road")


def of_pair(power: int, host: int, amount: np.ndarray) -> np.ndarray:
    """Money of one power for one host among that of all, (power, host, member)."""
    field = np.zeros((len(axes.POWERS), len(axes.HOSTS), len(amount)))
    field[power, host] = amount
    return field


@pytest.fixture
def model(built: CentralAsia) -> Iterator[CentralAsia]:
    """A model after the record, its chronicle empty; whatever a test sets is undone after it."""
    r, teller, state = built.relations, built.relations.teller, built.state
    stocks = [state.link_built, state.link_added, state.link_volume, r.spent_abroad]
    stocks += [r.pressure_before, r._offered, r._agreed]
    stocks += [teller._spent_this_year, teller._opened, teller._union]
    names = [(r, name) for name in ("quarter", "t", "around")]
    names += [(teller, name) for name in ("setting", "log", "_opened", "_union")]
    with undone(built, stocks, names) as model:
        teller.log = Log()
        yield model


def held_up(model: CentralAsia) -> np.ndarray:
    return model.relations.links().route_days


def routes(model: CentralAsia, one: str, other: str, *, through_russia: bool) -> np.ndarray:
    network = model.network
    pair = network.pair_index[axes.REGIONS.index(one), axes.REGIONS.index(other)]
    of_pair = network.route_pair == pair
    return np.flatnonzero(of_pair & (network.passes("RUS") == through_russia))


def test_pressure_is_days_on_the_routes_through_russia_of_the_host_that_is_pressed(
    model: CentralAsia,
) -> None:
    """Uzbek goods wait half of 0, 3 and 6 days, those of members and of the calm do not."""
    r, v = model.relations, model.values
    at(model, "2017Q1")
    v.over("{host}.eaeu")[:] = np.array([1.0, 0.0, 0.0, 1.0, 0.0])[:, None]
    r.pressure_before[:] = np.array([0.0, 0.1, 0.3, 0.0, 0.0])[:, None]
    r.politics.pressure[:] = np.array([0.9, 0.6, 0.2, 0.0, 0.0])[:, None]
    v["russia.pressure_days"][:] = [0.0, 3.0, 6.0]
    v["corridors.works_response"][:] = 1.0
    days = held_up(model)
    for other in ("RUS", "JPN", "ROW"):
        uzbek = days[routes(model, "UZB", other, through_russia=True)]
        assert len(uzbek)
        np.testing.assert_allclose(uzbek, np.broadcast_to([0.0, 1.5, 3.0], uzbek.shape))
    assert not days[routes(model, "UZB", "CHN", through_russia=False)].any()
    for host in ("KAZ", "KGZ", "TKM", "TJK"):
        assert not days[routes(model, host, "RUS", through_russia=True)].any()
        assert not days[routes(model, host, "ROW", through_russia=True)].any()
    r.politics.pressure[TJK] = 0.4
    days = held_up(model)
    tajik = days[routes(model, "TJK", "RUS", through_russia=True)]
    np.testing.assert_allclose(tajik, np.broadcast_to([0.0, 1.2, 2.4], tajik.shape))
    r.politics.pressure[:] = r.pressure_before
    assert not held_up(model).any(), "the base year's days hold the start's pressure"


def test_members_of_the_union_are_not_pressed(model: CentralAsia) -> None:
    r, v = model.relations, model.values
    at(model, "2017Q1")
    r.politics.pressure[:], r.pressure_before[:] = 1.0, 0.0
    v["russia.pressure_days"][:] = 6.0
    v["corridors.works_response"][:] = 1.0
    v.over("{host}.eaeu")[:] = 1.0
    assert not held_up(model).any()
    v["tajikistan.eaeu"][:] = [1.0, 0.75, 0.0]
    tajik = held_up(model)[routes(model, "TJK", "RUS", through_russia=True)]
    np.testing.assert_allclose(tajik, np.broadcast_to([0.0, 1.5, 6.0], tajik.shape))
    r.politics.accession[TJK] = [0.0, 0.0, 1.0]
    tajik = held_up(model)[routes(model, "TJK", "RUS", through_russia=True)]
    np.testing.assert_allclose(tajik, np.broadcast_to([0.0, 1.5, 0.0], tajik.shape))


def test_a_run_measures_pressure_from_its_start() -> None:
    fresh = new_model("baseline", MEMBERS)
    r = fresh.relations
    np.testing.assert_array_equal(r.pressure_before, r.politics.pressure)
    changes = r.links()
    assert not changes.border_days.any() and not changes.freight.any()
    assert not changes.conflict.any() and not held_up(fresh).any()


def test_works_change_links_by_what_was_built_times_the_response(model: CentralAsia) -> None:
    r, v, s = model.relations, model.values, model.state
    v["corridors.works_response"][:] = [0.0, 0.5, 1.0]
    s.link_built[:], s.link_added[:] = 0.0, 0.0
    left = 1.0 - r.works.completion[RAIL]
    assert (left > 0.0).all()
    s.link_built[RAIL], s.link_added[ROAD] = left, 4.0
    r.politics.pressure[:], r.pressure_before[:] = 1.0, 0.0
    changes, response = r.links(), np.array([0.0, 0.5, 1.0])
    np.testing.assert_allclose(changes.completion[RAIL], response * left)
    np.testing.assert_allclose(changes.capacity[ROAD], response * 4.0)
    np.testing.assert_allclose(changes.opened[RAIL], response * r.works.waiting[RAIL])
    assert r.works.waiting[RAIL].all(), "the railway does not exist in 2017"
    assert not changes.capacity[RAIL].any() and not changes.completion[ROAD].any()
    pressed = held_up(model)[routes(model, "UZB", "RUS", through_russia=True)]
    assert not pressed[:, 0].any()
    assert pressed[:, 1:].all()


def test_a_link_completed_by_an_event_opens_and_is_paid_no_more(model: CentralAsia) -> None:
    """Completion is read when money comes, not when the run begins."""
    r, v, s = model.relations, model.values, model.state
    s.link_built[:], s.link_added[:] = 0.0, 0.0
    v["link.kashgar_osh_andijan_rail.completion"][:] = [0.0, 0.0, 1.0]
    r.works.spend(of_pair(CHN, UZB, np.full(MEMBERS, 800.0)), np.ones((LINKS, MEMBERS)))
    assert (s.link_built[RAIL, :2] > 0.0).all() and not s.link_added[RAIL, :2].any()
    assert s.link_built[RAIL, 2] == 0.0 and s.link_added[RAIL, 2] > 0.0
    np.testing.assert_array_equal(r.works.opened()[RAIL], [0.0, 0.0, 1.0])


def test_sanctions_of_a_link_let_banks_through_up_to_their_limit_in_the_run(
    model: CentralAsia,
) -> None:
    r, v = model.relations, model.values
    v["link.chabahar_mashhad.sanctions"][:] = [0.2, 0.35, 0.36]
    v["india.sanctions_limit"][:] = 0.35
    r.t = -1
    np.testing.assert_array_equal(r.lets_banks_through(), [0.0, 0.0, 0.0])
    r.t = 0
    np.testing.assert_array_equal(r.lets_banks_through(), [1.0, 1.0, 0.0])
    v["link.kulma_road.sanctions"][:] = [0.4, 0.0, 0.3]
    np.testing.assert_array_equal(r.lets_banks_through(ROAD), [0.0, 1.0, 1.0])


def test_what_hosts_take_is_learnt_from_what_they_took(model: CentralAsia) -> None:
    """0.7 of nothing known; 1,500 offered and a third of it taken: (500 + 350) / 2,000."""
    r = model.relations
    r._offered[:], r._agreed[:] = 0.0, 0.0
    np.testing.assert_allclose(r.offers_taken(), 0.7)
    r._offered[CHN, 1, KAZ], r._agreed[CHN, 1, KAZ] = 1500.0, [500.0, 0.0, 1500.0]
    taken = r.offers_taken()
    np.testing.assert_allclose(taken[CHN, 1, KAZ], [0.425, 0.175, 0.925])
    taken[CHN, 1, KAZ] = 0.7
    np.testing.assert_allclose(taken, 0.7, err_msg="no other cell learns from it")


def test_what_was_offered_and_taken_adds_up_over_the_quarters() -> None:
    model = new_model("baseline", MEMBERS)
    r = model.relations
    offered, agreed = r._offered.copy(), r._agreed.copy()
    assert (offered.sum() > 0.0) and (agreed.sum() > 0.0), "the record counts"
    for _ in range(2):
        model.step()
        offered += r.expected
        agreed += r.offers.amount * r.offers.accepted
    np.testing.assert_allclose(r._offered, offered)
    np.testing.assert_allclose(r._agreed, agreed)


def test_load_is_traffic_of_all_over_capacity_with_what_was_added(model: CentralAsia) -> None:
    r, v, s = model.relations, model.values, model.state
    s.link_volume[ROAD], s.link_added[ROAD] = 2.0, 5.0
    v["link.kulma_road.background"][:], v["link.kulma_road.capacity"][:] = 1.0, 3.0
    np.testing.assert_allclose(r.passage.load()[ROAD], 3.0 / 8.0)


def told(model: CentralAsia, kind: str) -> list[tuple[int, ...]]:
    """Return quarter of the run, member, power, host, link and organisation of a kind's rows."""
    rows = model.relations.teller.log.rows(START, range(MEMBERS))
    rows = rows.rows[rows["kind"] == KINDS.index(kind)]
    columns = ("quarter", "member", "power", "host", "link", "organisation")
    found = [tuple(int(row[c]) for c in columns) for row in rows]
    return [(quarter - START.ordinal, *rest) for quarter, *rest in found]


def test_a_link_is_told_when_it_opens_and_only_then(model: CentralAsia) -> None:
    r, s = model.relations, model.state
    at(model, "2018Q2")
    r.teller.tell(r.quarter, r.t)
    assert told(model, "opened") == []
    s.link_built[RAIL, 1:] = 1.0 - r.works.completion[RAIL, 1:]
    r.teller.tell(r.quarter, r.t)
    assert told(model, "opened") == [(5, 1, -1, -1, RAIL, -1), (5, 2, -1, -1, RAIL, -1)]
    r.teller.tell(r.quarter, r.t)
    assert len(told(model, "opened")) == 2


def test_members_of_the_table_join_in_their_quarter(model: CentralAsia) -> None:
    """India joined the SCO on 9 June 2017: the quarter whose middle comes after is the third."""
    for quarter, expected in ((2, 0), (3, MEMBERS), (4, MEMBERS)):
        at(model, f"2017Q{quarter}")
        model.relations.teller.tell(model.relations.quarter, model.relations.t)
        rows = [row for row in told(model, "joined") if row[-1] == SCO and row[2] == IND]
        assert len(rows) == expected
    assert rows == [(2, m, IND, -1, -1, SCO) for m in range(MEMBERS)]


def test_an_observers_seat_is_no_news_and_its_loss_is(model: CentralAsia) -> None:
    r = model.relations
    at(model, "2019Q2")
    status = r.setting.members.copy()
    status[:, :, r.quarter] = status[:, :, r.quarter - 1]
    status[SCO, axes.HOST.start + TKM, r.quarter] = 0.5
    r.teller.setting = replace(r.setting, members=status)
    r.teller.tell(r.quarter, r.t)
    assert told(model, "joined") == told(model, "left") == []
    status[SCO, axes.HOST.start + TKM] = 0.0
    status[SCO, axes.HOST.start + TKM, r.quarter - 1] = 1.0
    r.teller.tell(r.quarter, r.t)
    assert told(model, "left") == [(9, m, -1, TKM, -1, SCO) for m in range(MEMBERS)]


def test_hosts_join_and_leave_the_union_by_the_parameter(model: CentralAsia) -> None:
    r, v = model.relations, model.values
    at(model, "2019Q2")
    v["tajikistan.eaeu"][:] = [0.0, 0.5, 1.0]
    v["kyrgyzstan.eaeu"][:] = [1.0, 0.0, 1.0]
    r.teller.tell(r.quarter, r.t)
    assert told(model, "joined") == [(9, 2, -1, TJK, -1, EAEU)]
    assert told(model, "left") == [(9, 1, -1, KGZ, -1, EAEU)]
    r.teller.tell(r.quarter, r.t)
    assert len(told(model, "joined") + told(model, "left")) == 2, "told once"


def test_hosts_join_and_leave_the_union_by_their_own_decision(model: CentralAsia) -> None:
    r = model.relations
    at(model, "2019Q2")
    r.politics.accession[TJK] = [0.0, 1.0, 0.0]
    r.politics.accession[KGZ] = [0.0, 0.0, -1.0]
    r.teller.tell(r.quarter, r.t)
    assert told(model, "joined") == [(9, 1, -1, TJK, -1, EAEU)]
    assert told(model, "left") == [(9, 2, -1, KGZ, -1, EAEU)]


def test_a_host_joins_the_union_once(model: CentralAsia) -> None:
    """The union of hosts is the parameter's: the table's dates of it are no news of the run."""
    r = model.relations
    status = r.setting.members.copy()
    at(model, "2019Q2")
    status[EAEU, axes.HOST.start + TJK, : r.quarter] = 0.0
    status[EAEU, axes.HOST.start + TJK, r.quarter :] = 1.0
    r.teller.setting = replace(r.setting, members=status)
    model.values["tajikistan.eaeu"][:] = [1.0, 1.0, 0.0]
    r.teller.tell(r.quarter, r.t)
    assert told(model, "joined") == [(9, m, -1, TJK, -1, EAEU) for m in (0, 1)]


def test_works_abroad_are_told_once_a_year_with_the_years_sum(model: CentralAsia) -> None:
    r = model.relations
    r.teller._spent_this_year[:] = 0.0
    for quarter in (1, 2, 3, 4):
        at(model, f"2020Q{quarter}")
        r.spent_abroad[:] = 0.0
        r.spent_abroad[IND] = [10.0 * quarter, 0.0, 1.0]
        r._build_abroad()
        r.teller.tell(r.quarter, r.t)
        assert bool(told(model, "spent")) == (quarter == 4)
    rows = r.teller.log.rows(START, range(MEMBERS))
    rows = rows.rows[rows["kind"] == KINDS.index("spent")]
    np.testing.assert_allclose(rows["amount"], [100.0, 4.0])
    assert list(rows["power"]) == [IND, IND] and list(rows["member"]) == [0, 2]
    at(model, "2021Q4")
    r.teller.tell(r.quarter, r.t)
    assert len(told(model, "spent")) == 2, "the new year begins at nothing"


def test_works_abroad_are_built_in_money_of_the_base(model: CentralAsia) -> None:
    r, s = model.relations, model.state
    r.around = replace(r.around, deflator=np.array([1.0, 1.25, 2.0]))
    r.t = 0
    for link in ("chabahar_port", "chabahar_mashhad"):
        model.values[f"link.{link}.sanctions"][:] = 0.0
    s.link_built[:], s.link_added[:] = 0.0, 0.0
    r.spent_abroad[:] = 0.0
    r.spent_abroad[IND] = 50.0
    r._build_abroad()
    moved = np.concatenate([s.link_built, s.link_added])
    moved = moved[moved[:, 0] > 0.0]
    assert len(moved) > 0
    np.testing.assert_allclose(moved[:, 0] / moved[:, 1], 1.25)
    np.testing.assert_allclose(moved[:, 0] / moved[:, 2], 2.0)


def test_the_random_numbers_of_the_run_go_on_where_the_records_end() -> None:
    """A cell's numbers belong to the calendar quarter."""
    fresh = new_model("baseline", MEMBERS)
    r = fresh.relations
    for t in range(3):
        fresh.step()
        for name, numbers in r._numbers.items():
            here = numbers[START - FIRST + t]
            np.testing.assert_array_equal(r.drawn[name].ravel(), here.ravel())
    whole = START - FIRST + len(fresh.quarters)
    assert {len(numbers) for numbers in r._numbers.values()} == {whole}


def test_powers_look_anew_at_their_routes_every_other_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the run only, and not in its first quarter: the base year's routes have just been seen."""
    model = new_model("baseline", MEMBERS)
    model.state.population[:] = 1.0
    r, one, looked = model.relations, np.ones(MEMBERS), list[int]()
    monkeypatch.setattr(r, "_look_at_routes", lambda: looked.append(r.t))
    for t in range(-2, 18):
        r.observe(START - FIRST + t, t, one, 2017.125 + t / 4.0)
    assert looked == [8, 16]
    monkeypatch.undo()
    flow = model.logistics.route_flow
    model.logistics.route_flow = np.random.default_rng(1).uniform(0.1, 5.0, flow.shape)
    r._look_at_routes()
    reliance, by_hand = model.logistics.reliance(), np.zeros((P, H, MEMBERS))
    for site in r.works.sites:
        if site.host >= 0:
            by_hand[site.power, site.host] += site.share * reliance[site.power, site.link]
    np.testing.assert_allclose(r.served, by_hand)
    np.testing.assert_allclose(r.diplomacy.transit, model.logistics.transit())
