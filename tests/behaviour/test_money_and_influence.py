"""What the scenarios of money and influence do that one series on paired members cannot show:
shares of one thing in another, one policy beside another, and when nothing may move yet.

What each scenario moves, by how much and through what, is in the YAML files beside this one.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from steppe import axes, ensemble, scenario
from steppe.clock import Quarter
from steppe.parameters import registry
from steppe.results import Results
from steppe.scenario import Scenario, shipped

Array = NDArray[np.float64]

pytestmark = pytest.mark.xdist_group("money and influence")

MEMBERS = 40
CHILDREN = sorted(n for n in shipped.names() if scenario.load(n).parent)
FORWARD = [n for n in CHILDREN if scenario.load(n).base == scenario.load("baseline").base]
"""Scenarios that change the future of another one, or the whole of it."""
HEDGING = "hosts.hedging"


@cache
def load(name: str) -> Scenario:
    return scenario.load(name)


@cache
def outcomes(name: str) -> Results:
    return run(load(name))


def run(case: Scenario) -> Results:
    kept = ("committed", "completed")
    return ensemble.run(case, members=MEMBERS, chunk=MEMBERS, trajectories=kept)


def value(table: dict[str, Array], label: str) -> Array:
    """Return an outcome (member,); ``*`` for a host sums over the hosts."""
    if "*" not in label:
        return table[label]
    return sum((table[label.replace("*", host)] for host in axes.HOSTS), np.zeros(MEMBERS))


def change(name: str, label: str) -> Array:
    return value(outcomes(name).table, label) - value(outcomes("baseline").table, label)


def done_so_far(name: str, metric: str, quarter: str) -> Array:
    """Return what Japan did in all hosts up to a quarter beyond the baseline, (member,) mn USD."""
    total = []
    for result in (outcomes(name), outcomes("baseline")):
        assert result.trajectories is not None
        path = result.trajectories[metric].reshape(-1, len(axes.POWERS), len(axes.HOSTS), MEMBERS)
        last = [str(q) for q in result.quarters].index(quarter)
        total.append(path[: last + 1, axes.POWERS.index("JPN")].sum(axis=(0, 1)))
    return total[0] - total[1]


def parent(name: str) -> Scenario:
    return load(load(name).parent or "")


def own_events(name: str) -> list[scenario.Event]:
    inherited = set(parent(name).events)
    return [event for event in load(name).events if event not in inherited]


# --- shares and comparisons -----------------------------------------------------------------------


def test_the_more_hosts_hedge_the_more_china_gains_without_it() -> None:
    weight = outcomes("baseline").table[HEDGING]
    gain = change("no_hedging", "committed[CHN,*]")
    ranks = [np.argsort(np.argsort(x)) for x in (weight, gain)]
    assert np.corrcoef(*ranks)[0, 1] > 0.4


def test_fewer_projects_fail_beside_the_banks() -> None:
    base, turned = outcomes("baseline").table, outcomes("multilateral_turn").table
    failed, fewer = (
        value(t, "cancelled[JPN,*]") / value(t, "committed[JPN,*]") for t in (base, turned)
    )
    assert (fewer < failed).mean() >= 0.8, "a few members lose a pilot who was as safe"
    assert fewer.sum() < 0.95 * failed.sum()


def test_an_observer_gains_less_from_the_institution() -> None:
    label = "influence_capacity[JPN,{},institutional]"
    observer = change("japan_builds_institutions", label.format("TKM"))
    for host in ("KAZ", "UZB", "KGZ", "TJK"):
        assert (observer < change("japan_builds_institutions", label.format(host))).all()


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
    assert (value(outcomes("abe_visit").table, "announced[JPN,*]") > 4.0 * committed).mean() >= 0.9
    assert done_so_far("abe_visit", "completed", "2040Q4").sum() < 0.95 * committed.sum()


# --- nothing else ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORWARD)
def test_nothing_moves_before_the_first_event(name: str) -> None:
    """And then something does, unless the scenario holds for the whole run."""
    if not own_events(name):
        assert load(name).set != parent(name).set
        return
    first = min(event.first for event in own_events(name))
    last = max(event.last for event in own_events(name))
    here, there = (_until_after(case, last) for case in (load(name), parent(name)))
    before = first - here.quarters[0]
    np.testing.assert_array_equal(here.statistics[:before], there.statistics[:before])
    assert not np.array_equal(here.statistics, there.statistics, equal_nan=True)


def _until_after(case: Scenario, quarter: Quarter) -> Results:
    """Run a few members to three years after a quarter, or to the end."""
    end = min(quarter + 12, case.horizon.end)
    text = f"title: Begins\nextends: {case.name}\nhorizon: {{end: {end}}}\n"
    return ensemble.run(scenario.loads(text, name="begins"), members=4)


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
    found = run(scenario.loads(text, name="placebo"))
    np.testing.assert_array_equal(found.statistics, outcomes("baseline").statistics)
    for label, values in outcomes("baseline").table.items():
        assert np.array_equal(values, found.table[label], equal_nan=True), label
