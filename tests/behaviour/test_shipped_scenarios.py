"""What links and prices do that one series on paired members cannot show: two events beside one,
values beside events, what is undefined, and parameters at the ends of their ranges.

What each scenario moves, by how much and through what, is in the YAML files beside this one.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from steppe import ensemble, scenario
from steppe.parameters import registry
from steppe.results import Results

pytestmark = pytest.mark.xdist_group("shipped scenarios")

MEMBERS = 40


@cache
def outcomes(name: str) -> dict[str, np.ndarray]:
    return run(scenario.load(name)).table


def run(case: scenario.Scenario) -> Results:
    return ensemble.run(case, members=MEMBERS, chunk=MEMBERS)


def variant(*events: str, parent: str = "baseline") -> dict[str, np.ndarray]:
    """Return the outcomes of a scenario with the given events (YAML flow mappings)."""
    lines = "".join(f"  - {{{event}}}\n" for event in events)
    text = f"title: A variant\nextends: {parent}\nevents:\n{lines}"
    return run(scenario.loads(text, name="variant")).table


def change(table: dict[str, np.ndarray], label: str, parent: str = "baseline") -> np.ndarray:
    return table[label] - outcomes(parent)[label]


RAIL = "id: rail, target: link.chabahar_mashhad.completion, shape: step, to: 1, start: 2027Q1"
PORT = "id: port, target: link.chabahar_port.capacity, shape: step, to: 20, start: 2027Q1"
RELIEF = "id: relief, target: link.chabahar_mashhad.sanctions, shape: step, to: 0, start: 2027Q1"


def test_port_capacity_without_a_railway_brings_no_traffic_to_chabahar() -> None:
    """Chabahar has had 8.5 Mt a year of capacity since 2017 and a few thousand containers."""
    moved = change(variant(PORT), "corridor_volume[chabahar]")
    assert np.median(moved) < 0.1, "Mt a year"


def test_the_railway_needs_relief_from_sanctions() -> None:
    volume = "corridor_volume[chabahar]"
    rail, both = change(variant(RAIL), volume), change(variant(RAIL, RELIEF), volume)
    assert (both > rail).mean() >= 0.9
    assert np.median(both) > 1.5 * np.median(rail)


def test_setting_a_link_is_the_same_as_an_event_from_the_first_quarter() -> None:
    """Setting a link's figures is a change from the base, not another base."""
    link = "link.urumqi_dostyk.border_days"
    event = variant(f"id: reform, target: {link}, shape: step, to: 0.5, start: 2017Q1")
    text = f"title: Set\nextends: baseline\nset: {{{link}: 0.5}}\n"
    fixed = run(scenario.loads(text, name="set")).table
    assert (change(fixed, "trade_total[CHN,KAZ]") > 0).mean() >= 0.9
    before_the_pandemic = "id: pandemic_dostyk, remove: true"
    text += f"events: [{{{before_the_pandemic}}}]\n"
    fixed = run(scenario.loads(text, name="set")).table
    event = variant(
        f"id: reform, target: {link}, shape: step, to: 0.5, start: 2017Q1", before_the_pandemic
    )
    for label in ("trade_total[CHN,KAZ]", "corridor_share[china_land_bridge]"):
        np.testing.assert_array_equal(fixed[label], event[label])


def test_a_corridor_that_carries_nothing_has_neither_days_nor_costs() -> None:
    table = outcomes("trans_siberian_closure")
    assert np.isnan(table["corridor_days[trans_siberian]"]).all()
    assert np.isnan(table["corridor_cost[trans_siberian]"]).all()
    assert np.isfinite(table["corridor_days[china_land_bridge]"]).all()


@pytest.mark.parametrize("side", ["low", "high"])
def test_extreme_parameters_of_growth_and_energy_stay_finite(side: str) -> None:
    lines = "".join(
        f"  {p.name}: {getattr(p, side)!r}\n"
        for p in registry()
        if p.name.startswith(("growth.", "energy.", "gas."))
        or p.template == "{region}.growth_shift"
    )
    text = f"title: Extremes\nextends: baseline\nset:\n{lines}"
    with np.errstate(all="ignore"):
        found = ensemble.run(scenario.loads(text, name="extremes"), members=4)
    assert all(
        np.isfinite(v).all() for k, v in found.table.items() if k.startswith(("gdp", "trade"))
    )
