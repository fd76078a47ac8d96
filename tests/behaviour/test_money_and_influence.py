"""What the scenarios of money and influence do that one series on paired members cannot show:
shares of one thing in another, one policy beside another, and when nothing may move yet.

What each scenario moves, by how much and through what, is in the YAML files beside this one.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from steppe import scenario
from steppe.metrics import METRICS
from steppe.parameters import registry
from steppe.scenario import Scenario, shipped

from ..abreast import Abreast
from .behaviours import Paths, together

Array = NDArray[np.float64]

pytestmark = pytest.mark.xdist_group("money and influence")

MEMBERS = 40
CHILDREN = sorted(n for n in shipped.names() if scenario.load(n).parent)
FORWARD = [n for n in CHILDREN if scenario.load(n).base == scenario.load("baseline").base]
"""Scenarios that change the future of another one, or the whole of it."""
HEDGING = "hosts.hedging"
COMPARED = (
    "baseline",
    "no_hedging",
    "multilateral_turn",
    "japan_builds_institutions",
    "japan_learns_conversion",
    "japan_oda_surge",
    "abe_visit",
)
INSTITUTIONAL = "influence_capacity[JPN,{},institutional]"
MEMBERS_OF_BANK = ("KAZ", "UZB", "KGZ", "TJK")
LABELS = {
    "announced[JPN,*]",
    "cancelled[JPN,*]",
    "committed[CHN,*]",
    "committed[JPN,*]",
    "completed[JPN,*]",
    "influence_share[JPN,*]",
    *(INSTITUTIONAL.format(host) for host in (*MEMBERS_OF_BANK, "TKM")),
}


@cache
def load(name: str) -> Scenario:
    return scenario.load(name)


@cache
def runs() -> dict[str, Paths]:
    cases = [load(name) for name in COMPARED]
    return dict(zip(COMPARED, together(cases, MEMBERS, [LABELS] * len(cases)), strict=True))


def value(name: str, label: str) -> Array:
    """Return an outcome of a scenario, (member,)."""
    return runs()[name].outcome(label)


def change(name: str, label: str) -> Array:
    return value(name, label) - value("baseline", label)


def done_so_far(name: str, metric: str, quarter: str) -> Array:
    """Return what Japan did in all hosts up to a quarter beyond the baseline, (member,) mn USD."""
    total = []
    for found in (runs()[name], runs()["baseline"]):
        last = [str(q) for q in found.quarters].index(quarter)
        total.append(found.by_label[f"{metric}[JPN,*]"][: last + 1].sum(axis=0))
    return total[0] - total[1]


def parent(name: str) -> Scenario:
    return load(load(name).parent or "")


def own_events(name: str) -> list[scenario.Event]:
    inherited = set(parent(name).events)
    return [event for event in load(name).events if event not in inherited]


# --- shares and comparisons -----------------------------------------------------------------------


def test_the_more_hosts_hedge_the_more_china_gains_without_it() -> None:
    weight = scenario.sample(load("baseline"), registry(), range(MEMBERS)).varied[HEDGING]
    gain = change("no_hedging", "committed[CHN,*]")
    ranks = [np.argsort(np.argsort(x)) for x in (weight, gain)]
    assert np.corrcoef(*ranks)[0, 1] > 0.4


def test_fewer_projects_fail_beside_the_banks() -> None:
    failed, fewer = (
        value(name, "cancelled[JPN,*]") / value(name, "committed[JPN,*]")
        for name in ("baseline", "multilateral_turn")
    )
    assert (fewer < failed).mean() >= 0.8, "a few members lose a pilot who was as safe"
    assert fewer.sum() < 0.95 * failed.sum()


def test_an_observer_gains_less_from_the_institution() -> None:
    observer = change("japan_builds_institutions", INSTITUTIONAL.format("TKM"))
    for host in MEMBERS_OF_BANK:
        assert (observer < change("japan_builds_institutions", INSTITUTIONAL.format(host))).all()


def test_conversion_buys_japan_more_than_aid_and_costs_nothing() -> None:
    """The second founding text's claim, as far as the model's assumptions carry it."""
    learns = change("japan_learns_conversion", "influence_share[JPN,*]")
    surge = change("japan_oda_surge", "influence_share[JPN,*]")
    assert (learns > surge).mean() >= 0.9
    assert np.median(change("japan_learns_conversion", "committed[JPN,*]")) < 0.0
    assert np.median(change("japan_oda_surge", "committed[JPN,*]")) > 4000.0


def test_a_tour_is_committed_long_before_it_is_built_and_not_all_of_it_is() -> None:
    soon = done_so_far("abe_visit", "committed", "2029Q4")
    built = done_so_far("abe_visit", "completed", "2029Q4")
    assert built.sum() < 0.15 * soon.sum(), "works take years"
    assert (built < soon).mean() >= 0.9
    committed = done_so_far("abe_visit", "committed", "2040Q4")
    assert (value("abe_visit", "announced[JPN,*]") > 4.0 * committed).mean() >= 0.9
    assert done_so_far("abe_visit", "completed", "2040Q4").sum() < 0.95 * committed.sum()


# --- nothing else ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORWARD)
def test_nothing_moves_before_the_first_event(name: str) -> None:
    """And then something does, unless the scenario holds for the whole run."""
    if not own_events(name):
        assert load(name).set != parent(name).set
        return
    here, quarters = load(name), partings()[name]
    first = min(event.first for event in own_events(name)) - here.horizon.start
    last = max(event.last for event in own_events(name)) - here.horizon.start
    assert quarters, "it is its parent to the end"
    assert first <= quarters[0] <= last + THREE_YEARS


THREE_YEARS = 12
"""Quarters after its last event in which a scenario has parted from its parent at the latest."""


@cache
def partings() -> dict[str, list[int]]:
    """Return the quarters, counted from the start, in which a scenario differs from its parent."""
    names = list(dict.fromkeys([*FORWARD, *(parent(name).name for name in FORWARD)]))
    model = Abreast([load(name) for name in names], 4)
    found: dict[str, list[int]] = {name: [] for name in FORWARD}
    while model.running:
        model.step()
        values = np.concatenate([metric.values(model.state) for metric in METRICS])
        for name, quarters in found.items():
            of = (names.index(n) for n in (name, parent(name).name))
            here, there = (values[:, model.of(number)] for number in of)
            if not np.array_equal(here, there, equal_nan=True):
                quarters.append(model.t)
    return found


@pytest.mark.parametrize("name", FORWARD)
def test_levers_leave_the_members_as_they_are(name: str) -> None:
    """A lever at its default changes nothing and takes nobody's prior away, or pairs are lost."""
    case, above = load(name), parent(name)
    assert set(case.uncertainties) == set(above.uncertainties) - set(case.set)
    known = {p.name: p for p in registry()}
    for lever in set(case.levers) - set(above.levers):
        turned = case.levers[lever]
        assert turned.default == known[lever].defaults[case.base], lever
        assert turned.name, lever
        assert turned.description, lever


@pytest.mark.parametrize("name", FORWARD)
def test_every_event_says_where_its_size_comes_from(name: str) -> None:
    for event in own_events(name):
        assert event.source or event.note, event.id


def test_placebos_move_nothing() -> None:
    text = """title: Placebos
extends: baseline
events:
  - id: nothing_announced
    target: pledge.japan_uzbekistan
    shape: pulse
    by: 0
    start: 2026Q1
    duration: 4
  - {id: budget_kept, target: china.budget, shape: step, times: 1, start: 2026Q1}
  - {id: access_kept, target: japan.market_access, shape: step, by: 0, start: 2027Q1}
"""
    model = Abreast([load("baseline"), scenario.loads(text, name="placebo")], MEMBERS)
    while model.running:
        model.step()
        for metric in METRICS:
            there, here = (metric.values(model.state)[:, model.of(i)] for i in (0, 1))
            assert np.array_equal(there, here, equal_nan=True), metric.name
