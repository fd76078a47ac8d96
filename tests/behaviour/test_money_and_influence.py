"""What each scenario of money and influence must move, in paired members: its own metric and one
that belongs to another part of the model."""

from __future__ import annotations

from functools import cache
from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from steppe import axes, ensemble, scenario
from steppe.parameters import registry
from steppe.results import Results

Array = NDArray[np.float64]

MEMBERS = 40
POLICY = "2026Q1"
"""First quarter of every dated policy below."""
SWITCHES = ("no_balancing", "no_hedging")
"""Scenarios that hold for the whole run and the years before it."""
DATED = (
    "abe_visit",
    "chinese_retrenchment",
    "dialogue_upgrade",
    "japan_builds_institutions",
    "japan_learns_conversion",
    "japan_oda_surge",
    "multilateral_turn",
    "russia_weakened",
)
HEDGING = "hosts.hedging"

REFERENCE = "title: The baseline with the trade of all pairs\nextends: baseline\n"
WATCHED = "metrics: [trade_value]\n"


@cache
def load(name: str) -> scenario.Scenario:
    return scenario.load(name)


@cache
def outcomes(name: str) -> Results:
    case = load(name) if name else scenario.loads(REFERENCE + WATCHED, name="reference")
    return run(case)


def run(case: scenario.Scenario) -> Results:
    kept = ("committed", "completed")
    return ensemble.run(case, members=MEMBERS, chunk=MEMBERS, trajectories=kept)


def value(table: dict[str, Array], label: str) -> Array:
    """Return an outcome (member,); ``*`` for a host sums over the hosts."""
    if "*" not in label:
        return table[label]
    return sum((table[label.replace("*", host)] for host in axes.HOSTS), np.zeros(MEMBERS))


def change(name: str, label: str) -> Array:
    return value(outcomes(name).table, label) - value(outcomes("").table, label)


def paid_so_far(name: str, metric: str, quarter: str) -> Array:
    """Return what Japan did in all hosts up to a quarter beyond the reference, (member,) mn USD."""
    total = []
    for result in (outcomes(name), outcomes("")):
        assert result.trajectories is not None
        path = result.trajectories[metric].reshape(-1, len(axes.POWERS), len(axes.HOSTS), MEMBERS)
        last = [str(q) for q in result.quarters].index(quarter)
        total.append(path[: last + 1, axes.POWERS.index("JPN")].sum(axis=(0, 1)))
    return total[0] - total[1]


MOVES = [
    # scenario, outcome, least median change (signed, in the metric's unit)
    # -- money for its own sake, and somebody else's: what remains without it
    ("no_balancing", "committed[JPN,*]", -1500.0),
    ("no_balancing", "committed[RUS,*]", -10000.0),
    ("no_balancing", "creditor_hhi[*]", +0.1),
    ("no_balancing", "influence_share[RUS,*]", -0.01),
    ("no_balancing", "influence_share[CHN,*]", +0.006),
    # -- leverage
    ("japan_learns_conversion", "influence_share[JPN,*]", +0.06),
    ("japan_learns_conversion", "influence_share[RUS,*]", -0.02),
    ("japan_learns_conversion", "influence_share[CHN,*]", -0.013),
    ("japan_learns_conversion", "alignment[JPN,*]", +0.03),
    ("japan_learns_conversion", "trade_total[RUS,TKM]", -1.0),
    ("japan_learns_conversion", "corridor_volume[trans_caspian]", +0.009),
    # -- credit
    ("chinese_retrenchment", "committed[CHN,*]", -30000.0),
    ("chinese_retrenchment", "debt_to_gdp[CHN,*]", -0.05),
    ("chinese_retrenchment", "debt_to_gdp[CHN,TJK]", -0.02),
    ("chinese_retrenchment", "creditor_hhi[*]", -0.15),
    ("chinese_retrenchment", "gdp[TJK]", -0.08),
    ("chinese_retrenchment", "gdp[*]", -0.7),
    ("chinese_retrenchment", "trade_total[CHN,*]", -350.0),
    ("chinese_retrenchment", "corridor_volume[china_land_bridge]", -0.25),
    ("chinese_retrenchment", "influence_share[CHN,*]", -0.008),
    # -- the banks
    ("multilateral_turn", "committed_multilateral[JPN]", +2500.0),
    ("multilateral_turn", "influence_capacity[JPN,*,soft]", -0.006),
    # -- institutions
    ("japan_builds_institutions", "influence_capacity[JPN,*,institutional]", +0.8),
    ("japan_builds_institutions", "influence_share[JPN,*]", +0.04),
    ("japan_builds_institutions", "trade_total[RUS,TKM]", -1.1),
    ("japan_builds_institutions", "corridor_volume[trans_caspian]", +0.004),
    # -- aid
    ("japan_oda_surge", "oda_net[JPN,*]", +70.0),
    ("japan_oda_surge", "debt_to_gdp[JPN,*]", +0.007),
    ("japan_oda_surge", "influence_share[JPN,*]", +0.008),
    ("japan_oda_surge", "gdp[TJK]", +0.04),
    ("japan_oda_surge", "gdp[*]", +0.12),
    ("japan_oda_surge", "trade_total[JPN,*]", +12.0),
    # -- Russia
    ("russia_weakened", "influence_share[RUS,*]", -0.04),
    ("russia_weakened", "influence_share[CHN,*]", +0.015),
    ("russia_weakened", "autonomy[*]", +0.013),
    ("russia_weakened", "remittances[*]", -700.0),
    ("russia_weakened", "gdp[KGZ]", -0.15),
    ("russia_weakened", "gdp[TJK]", -0.2),
    ("russia_weakened", "trade_total[RUS,*]", -700.0),
    ("russia_weakened", "committed[CHN,*]", +4500.0),
    # -- the dialogue
    ("dialogue_upgrade", "influence_capacity[JPN,*,institutional]", +0.4),
    ("dialogue_upgrade", "influence_capacity[JPN,*,soft]", +0.012),
    ("dialogue_upgrade", "influence_share[JPN,*]", +0.02),
    ("dialogue_upgrade", "link_flow[tashkent_dushanbe_road]", +0.03),
    ("dialogue_upgrade", "gdp[*]", +0.035),
    # -- a tour
    ("abe_visit", "committed[JPN,*]", +900.0),
    ("abe_visit", "completed[JPN,*]", +700.0),
    ("abe_visit", "committed[JPN,KAZ]", +800.0),
    ("abe_visit", "debt_to_gdp[JPN,KAZ]", +0.0005),
    ("abe_visit", "influence_share[JPN,KAZ]", +0.0003),
    # -- hedging
    ("no_hedging", "committed[CHN,*]", +8000.0),
    ("no_hedging", "completed[CHN,*]", +7000.0),
    ("no_hedging", "committed[JPN,*]", -650.0),
    ("no_hedging", "committed[IND,*]", -220.0),
    ("no_hedging", "multivector_index[*]", -0.09),
    ("no_hedging", "creditor_hhi[*]", +0.045),
    ("no_hedging", "influence_share[CHN,*]", +0.004),
]


@pytest.mark.parametrize(("name", "label", "least"), MOVES)
def test_it_moves_what_it_is_about(name: str, label: str, least: float) -> None:
    moved = change(name, label) * np.sign(least)
    assert (moved > 0).mean() >= 0.9, "in nine of ten paired members"
    assert np.median(moved) >= abs(least)


def test_the_more_hosts_hedge_the_more_china_gains_without_it() -> None:
    weight, gain = outcomes("").table[HEDGING], change("no_hedging", "committed[CHN,*]")
    ranks = [np.argsort(np.argsort(x)) for x in (weight, gain)]
    assert np.corrcoef(*ranks)[0, 1] > 0.4


def test_fewer_projects_fail_beside_the_banks() -> None:
    base, turned = outcomes("").table, outcomes("multilateral_turn").table
    failed, fewer = (
        value(t, "cancelled[JPN,*]") / value(t, "committed[JPN,*]") for t in (base, turned)
    )
    assert (fewer < failed).mean() >= 0.8, "a few members lose a pilot who was as safe"
    assert fewer.sum() < 0.95 * failed.sum()


def test_the_dialogue_brings_trade_among_the_hosts() -> None:
    def among(table: dict[str, Array]) -> Array:
        pairs = [
            table[f"trade_value[{a},{b},{good}]"]
            for a, b in permutations(axes.HOSTS, 2)
            for good in axes.GOODS
        ]
        return sum(pairs, np.zeros(MEMBERS))

    more = among(outcomes("dialogue_upgrade").table) - among(outcomes("").table)
    assert (more > 0).mean() >= 0.9
    assert np.median(more) >= 7.0, "mn USD a quarter"


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


def test_a_tour_announces_far_more_than_is_committed_and_that_long_before_it_is_built() -> None:
    announced = change("abe_visit", "announced[JPN,*]")
    committed = paid_so_far("abe_visit", "committed", "2040Q4")
    np.testing.assert_allclose(announced, 19000.0)
    assert (announced > 4.0 * committed).mean() >= 0.9
    soon = paid_so_far("abe_visit", "committed", "2029Q4")
    built = paid_so_far("abe_visit", "completed", "2029Q4")
    assert np.median(soon) > 0.02 * 19000.0, "new money is a small part of what was announced"
    assert built.sum() < 0.15 * soon.sum(), "works take years"
    some = soon > 0.0
    assert (built < soon)[some].mean() >= 0.9
    finished = paid_so_far("abe_visit", "completed", "2040Q4")
    assert finished.sum() < 0.95 * committed.sum(), "some of it is never finished"


def test_a_tour_leaves_aid_where_it_was() -> None:
    """Memoranda are business: they pull commercial offers only, of which Tajikistan gets few."""
    for host in axes.HOSTS:
        moved = np.abs(change("abe_visit", f"oda_net[JPN,{host}]"))
        assert np.quantile(moved, 0.9) < 0.5, "mn USD a quarter"
    moved = np.abs(change("abe_visit", "committed[JPN,TJK]"))
    assert (moved < 1.0).mean() >= 0.9
    assert np.median(change("abe_visit", "committed[JPN,KAZ]")) > 100.0 * np.median(moved)


@pytest.mark.parametrize("name", DATED)
def test_nothing_moves_before_the_policy(name: str) -> None:
    base, found = outcomes(""), outcomes(name)
    start = [str(quarter) for quarter in base.quarters].index(POLICY)
    np.testing.assert_array_equal(found.statistics[:start], base.statistics[:start])
    assert not np.array_equal(found.statistics[-1], base.statistics[-1], equal_nan=True)


@pytest.mark.parametrize("name", DATED + SWITCHES)
def test_levers_leave_the_members_as_they_are(name: str) -> None:
    """A lever at its default changes nothing and takes nobody's prior away, or pairs are lost."""
    case, parent = load(name), load("baseline")
    own = set(case.levers) - set(parent.levers)
    assert own, "something to turn"
    assert set(case.uncertainties) == set(parent.uncertainties) - set(case.set)
    known = {p.name: p for p in registry()}
    for lever in own:
        turned = case.levers[lever]
        assert turned.default == known[lever].defaults[case.base], lever
        assert turned.name, lever
        assert turned.description, lever


@pytest.mark.parametrize("name", DATED)
def test_every_event_says_where_its_size_comes_from(name: str) -> None:
    inherited = {event.id for event in load("baseline").events}
    own = [event for event in load(name).events if event.id not in inherited]
    assert own
    for event in own:
        assert event.source or event.note, event.id
        assert str(event.first) >= POLICY, event.id


def test_placebos_move_nothing() -> None:
    text = f"""{REFERENCE}{WATCHED}events:
  - id: nothing_announced
    target: pledge.japan_uzbekistan
    shape: pulse
    by: 0
    start: 2026Q1
    duration: 4
  - {{id: budget_kept, target: china.budget, shape: step, times: 1, start: 2026Q1}}
"""
    found = run(scenario.loads(text, name="placebo"))
    np.testing.assert_array_equal(found.statistics, outcomes("").statistics)
    for label, values in outcomes("").table.items():
        assert np.array_equal(values, found.table[label], equal_nan=True), label
