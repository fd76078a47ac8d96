"""What each shipped scenario must move, in paired members: direction, size and share of members."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from steppe import axes, ensemble, scenario
from steppe.parameters import registry
from steppe.results import Results

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

MOVES = [
    # scenario, outcome, least change (signed, in the metric's unit)
    ("chabahar_completion", "corridor_share[chabahar]", +0.01),
    ("chabahar_completion", "corridor_cost[chabahar]", -20.0),
    ("chabahar_completion", "corridor_volume[bandar_abbas]", -0.1),
    ("chabahar_completion", "trade_total[IND,TKM]", +1.0),
    ("chabahar_completion", "trade_share[IND,UZB]", +0.0005),
    ("trans_siberian_closure", "corridor_share[china_land_bridge]", +0.1),
    ("trans_siberian_closure", "trade_total[JPN,UZB]", -2.0),
    ("trans_siberian_closure", "trade_total[JPN,KAZ]", -2.0),
    ("trans_siberian_closure", "trade_share[JPN,UZB]", -0.0002),
    ("iran_sanctions_snapback", "corridor_volume[chabahar]", -0.05),
    ("iran_sanctions_snapback", "trade_total[IND,TKM]", -1.0),
    ("iran_sanctions_snapback", "trade_share[IND,TKM]", -0.0005),
    ("cpec_gwadar_expansion", "corridor_share[gwadar_karakoram]", +0.001),
    ("cpec_gwadar_expansion", "link_flow[kashgar_osh_andijan_rail]", +1.0),
    ("cpec_gwadar_expansion", "gdp[UZB]", +0.005),
]


@pytest.mark.parametrize(("name", "label", "least"), MOVES)
def test_it_moves_what_it_is_about(name: str, label: str, least: float) -> None:
    moved = change(outcomes(name), label) * np.sign(least)
    assert (moved > 0).mean() >= 0.9, "in nine of ten paired members"
    assert np.median(moved) >= abs(least)


def test_a_closed_trans_siberian_carries_nothing() -> None:
    table = outcomes("trans_siberian_closure")
    assert (table["corridor_share[trans_siberian]"] == 0.0).all()
    assert (table["link_flow[trans_siberian_rail]"] == 0.0).all()
    assert (outcomes("baseline")["corridor_share[trans_siberian]"] > 0.05).all()


def test_port_capacity_without_a_railway_brings_no_traffic_to_chabahar() -> None:
    """Chabahar has had 8.5 Mt a year of capacity since 2017 and a few thousand containers."""
    moved = change(variant(PORT), "corridor_volume[chabahar]")
    assert np.median(moved) < 0.1, "Mt a year"


def test_the_railway_needs_relief_from_sanctions() -> None:
    volume = "corridor_volume[chabahar]"
    rail, both = change(variant(RAIL), volume), change(variant(RAIL, RELIEF), volume)
    assert (both > rail).mean() >= 0.9
    assert np.median(both) > 1.5 * np.median(rail)


def test_part_of_a_border_reforms_gain_is_eaten_by_congestion() -> None:
    """Halving the dwell at Dostyk draws traffic that slows the link: days fall by less, relatively,
    three years later, once volumes have answered, than in the quarter of the reform."""
    text = (
        "title: Reform\nextends: baseline\nevents:\n  - {id: reform, start: 2027Q1, shape: step, "
    )
    text += "target: link.urumqi_dostyk.border_days, times: 0.5}\n"
    days = []
    for case in (scenario.load("baseline"), scenario.loads(text, name="reform")):
        kept = ensemble.run(case, members=MEMBERS, chunk=MEMBERS, trajectories=("link_days",))
        assert kept.trajectories is not None
        days.append(kept.trajectories["link_days"][:, axes.LINKS.index("urumqi_dostyk")])
    ratio = days[1] / days[0]
    start = [str(quarter) for quarter in kept.quarters].index("2027Q1")
    assert (ratio[:start] == 1.0).all()
    assert (ratio[start] < 0.9).all(), "at impact the reform saves more than a tenth"
    eaten = (ratio[start + 12] - ratio[start]) / (1.0 - ratio[start])
    assert (eaten > 0.0).mean() >= 0.9
    assert 0.02 < np.median(eaten) < 0.8


def test_a_placebo_moves_nothing() -> None:
    placebo = "id: placebo, target: japan.market_access, shape: step, by: 0, start: 2027Q1"
    table = variant(placebo)
    for label, values in outcomes("baseline").items():
        assert np.array_equal(values, table[label], equal_nan=True), label


def test_accession_to_the_customs_union_turns_trade_to_its_members() -> None:
    """A tariff on outsiders: more from Russia, less from the others, and less income but for what
    migrants' rights bring."""
    joins = "id: joins, target: uzbekistan.eaeu, shape: step, to: 1, start: 2026Q1"
    alone = "id: alone, target: migrants.union_gain, shape: step, to: 0, start: 2017Q1"
    table, base = variant(joins, alone), outcomes("baseline")
    for label, sign in (
        ("trade_share[RUS,UZB]", 1),
        ("trade_total[TUR,UZB]", -1),
        ("trade_total[CHN,UZB]", -1),
        ("gdp[UZB]", -1),
    ):
        assert (sign * change(table, label) > 0).mean() >= 0.9, label
    turkey = change(table, "trade_total[TUR,UZB]") / base["trade_total[TUR,UZB]"]
    assert np.median(turkey) < -0.02


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


def test_an_oil_slump_reaches_trade_gas_remittances_and_gdp() -> None:
    slump = "id: slump, target: energy.oil_shift, shape: step, to: -0.7, start: 2026Q1"
    table = variant(slump)
    for label in ("gdp[KAZ]", "trade_total[CHN,TKM]", "remittances[TJK]", "gdp[RUS]"):
        assert (change(table, label) < 0).mean() >= 0.9, label
    assert np.median(change(table, "gdp[KAZ]") / outcomes("baseline")["gdp[KAZ]"]) < -0.05
    real = "title: Slump\nextends: baseline\nmetrics: [real_gdp, trade_value]\n"
    calm = run(scenario.loads(real, name="calm")).table
    hit = run(scenario.loads(real + f"events: [{{{slump}}}]\n", name="hit")).table
    assert (hit["real_gdp[KAZ]"] < calm["real_gdp[KAZ]"]).mean() >= 0.9, "income falls, too"
    sold = hit["trade_value[KAZ,ROW,hydrocarbons]"] / calm["trade_value[KAZ,ROW,hydrocarbons]"]
    assert np.median(sold) < 0.75, "oil loses value, it does not gain volume"


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
