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

from .behaviours import Paths, together

pytestmark = pytest.mark.xdist_group("shipped scenarios")

MEMBERS = 40


RAIL = "id: rail, target: link.chabahar_mashhad.completion, shape: step, to: 1, start: 2027Q1"
PORT = "id: port, target: link.chabahar_port.capacity, shape: step, to: 20, start: 2027Q1"
RELIEF = "id: relief, target: link.chabahar_mashhad.sanctions, shape: step, to: 0, start: 2027Q1"
LINK = "link.urumqi_dostyk.border_days"
REFORM = f"id: reform, target: {LINK}, shape: step, to: 0.5, start: 2017Q1"
BEFORE_THE_PANDEMIC = "id: pandemic_dostyk, remove: true"


def variant(*events: str, also: str = "") -> scenario.Scenario:
    """Return the baseline with events (YAML flow mappings) and other sections."""
    lines = "".join(f"  - {{{event}}}\n" for event in events)
    text = f"title: A variant\nextends: baseline\n{also}" + (f"events:\n{lines}" if events else "")
    return scenario.loads(text, name="variant")


SET = f"set: {{{LINK}: 0.5}}\n"
LABELS = {
    "corridor_cost[trans_siberian]",
    "corridor_days[china_land_bridge]",
    "corridor_days[trans_siberian]",
    "corridor_share[china_land_bridge]",
    "corridor_volume[chabahar]",
    "trade_total[CHN,KAZ]",
}


@cache
def runs() -> dict[str, Paths]:
    cases = {
        "baseline": scenario.load("baseline"),
        "closure": scenario.load("trans_siberian_closure"),
        "port": variant(PORT),
        "rail": variant(RAIL),
        "rail and relief": variant(RAIL, RELIEF),
        "set": variant(also=SET),
        "set before the pandemic": variant(BEFORE_THE_PANDEMIC, also=SET),
        "reform before the pandemic": variant(REFORM, BEFORE_THE_PANDEMIC),
    }
    found = together(list(cases.values()), MEMBERS, [LABELS] * len(cases))
    return dict(zip(cases, found, strict=True))


def value(name: str, label: str) -> np.ndarray:
    """Return an outcome of a run, (member,)."""
    return runs()[name].outcome(label)


def change(name: str, label: str) -> np.ndarray:
    return value(name, label) - value("baseline", label)


def test_port_capacity_without_a_railway_brings_no_traffic_to_chabahar() -> None:
    """Chabahar has had 8.5 Mt a year of capacity since 2017 and a few thousand containers."""
    moved = change("port", "corridor_volume[chabahar]")
    assert np.median(moved) < 0.1, "Mt a year"


def test_the_railway_needs_relief_from_sanctions() -> None:
    volume = "corridor_volume[chabahar]"
    rail, both = change("rail", volume), change("rail and relief", volume)
    assert (both > rail).mean() >= 0.9
    assert np.median(both) > 1.5 * np.median(rail)


def test_setting_a_link_is_the_same_as_an_event_from_the_first_quarter() -> None:
    """Setting a link's figures is a change from the base, not another base."""
    assert (change("set", "trade_total[CHN,KAZ]") > 0).mean() >= 0.9
    for label in ("trade_total[CHN,KAZ]", "corridor_share[china_land_bridge]"):
        fixed, event = (value(f"{n} before the pandemic", label) for n in ("set", "reform"))
        np.testing.assert_array_equal(fixed, event)


def test_a_corridor_that_carries_nothing_has_neither_days_nor_costs() -> None:
    assert np.isnan(value("closure", "corridor_days[trans_siberian]")).all()
    assert np.isnan(value("closure", "corridor_cost[trans_siberian]")).all()
    assert np.isfinite(value("closure", "corridor_days[china_land_bridge]")).all()


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
