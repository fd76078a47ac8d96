"""What a scenario inherits, overrides and drops, and the options of the command on top."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from steppe import scenario
from steppe.clock import Quarter
from steppe.parameters import Registry
from steppe.scenario import Correlation, Distribution, Problems, Scenario

from .conftest import BASE

PARENT = (
    BASE
    + """\
description: Not inherited
question: Not inherited?
look_at: not inherited
sources: [not inherited]
set: {japan.conversion: 0.4, china.conversion: 0.5}
uncertainties:
  trade.elasticity: prior
  russia.conversion: {uniform: [0.1, 0.2]}
  turkey.conversion: {uniform: [0.1, 0.2]}
correlations:
  - {between: [russia.conversion, turkey.conversion], rho: 0.5}
  - {between: [trade.elasticity, turkey.conversion], rho: 0.2}
levers:
  japan.chabahar_finance: {range: [0, 500], default: 50}
events:
  - {id: early, target: india.conversion, shape: step, to: 1, start: 2017Q1}
  - {id: late, target: india.conversion, shape: step, to: 0.9, start: 2035Q1}
metrics: [corridor_share]
"""
)


@pytest.fixture
def child(shelf: Path, registry: Registry) -> Callable[..., Scenario]:
    (shelf / "parent.yaml").write_text(PARENT)

    def load(body: str = "", **options: object) -> Scenario:
        path = shelf / "child.yaml"
        path.write_text("title: A child\nextends: parent\n" + body)
        return scenario.load(path, registry=registry, **options)

    return load


def test_what_is_inherited_and_what_is_not(child: Callable[..., Scenario]) -> None:
    found = child()
    assert (found.name, found.title, found.parent) == ("child", "A child", "parent")
    assert (found.description, found.question, found.look_at, found.sources) == ("", "", (), ())
    assert (found.members, found.seed, found.base) == (8, 7, 2017)
    assert dict(found.set) == {"japan.conversion": 0.4, "china.conversion": 0.5}
    assert found.uncertainties["trade.elasticity"] == Distribution("uniform", (1.75, 5.0))
    assert [e.id for e in found.events] == ["early", "late"]
    assert found.metrics == ("corridor_share",)


def test_mappings_merge_by_key_and_lists_replace(child: Callable[..., Scenario]) -> None:
    found = child(
        "set: {japan.conversion: 0.6}\nensemble: {members: 9}\nhorizon: {end: 2039Q4}\n"
        "metrics: [trade_share]\n"
        "correlations: [{between: [trade.elasticity, russia.conversion], rho: -0.3}]\n"
    )
    assert dict(found.set) == {"japan.conversion": 0.6, "china.conversion": 0.5}
    assert (found.members, found.seed) == (9, 7)
    assert (str(found.horizon.start), str(found.horizon.end)) == ("2017Q1", "2039Q4")
    assert found.metrics == ("trade_share",)
    assert found.correlations == (Correlation(("trade.elasticity", "russia.conversion"), -0.3),)


def test_events_merge_by_id_in_place(child: Callable[..., Scenario]) -> None:
    found = child(
        "events:\n"
        "  - {id: new, target: japan.conversion, shape: step, by: 0.1, start: 2020Q1}\n"
        "  - {id: early, target: india.conversion, shape: step, to: 0.7, start: 2018Q1}\n"
        "  - {id: late, remove: true}\n"
    )
    assert [(e.id, e.to, e.by) for e in found.events] == [("early", 0.7, None), ("new", None, 0.1)]
    assert "events.late" not in found.origins


def test_the_nearest_file_decides_what_a_parameter_is(child: Callable[..., Scenario]) -> None:
    found = child(
        "set: {trade.elasticity: 3, japan.chabahar_finance: 70}\n"
        "uncertainties: {japan.conversion: {uniform: [0, 1]}}\n"
        "levers: {russia.conversion: {range: [0, 1], default: 0.5},"
        " china.conversion: {range: [0, 1], default: 0.1}}\n"
    )
    assert dict(found.set) == {"trade.elasticity": 3.0, "japan.chabahar_finance": 70.0}
    assert set(found.uncertainties) == {"turkey.conversion", "japan.conversion"}
    assert set(found.levers) == {"russia.conversion", "china.conversion"}
    assert found.correlations == ()  # both named a parameter that is no longer uncertain
    assert found.fixed()["china.conversion"] == 0.1
    assert "uncertainties.trade.elasticity" not in found.origins


def test_another_start_drops_inherited_events_outside(child: Callable[..., Scenario]) -> None:
    found = child("horizon: {start: 2001Q1, end: 2016Q4}\n")
    assert found.base == 2001
    assert found.events == ()
    assert {k for k in found.origins if k.startswith("events.")} == set()


def test_a_grandchild_with_the_longer_horizon_sees_the_event_again(
    child: Callable[..., Scenario], shelf: Path, registry: Registry
) -> None:
    child("horizon: {end: 2030Q4}\n")
    (shelf / "grandchild.yaml").write_text("title: G\nextends: child\nhorizon: {end: 2040Q4}\n")
    found = scenario.load("grandchild", registry=registry)
    assert [e.id for e in found.events] == ["early", "late"]


def test_origins_name_file_and_line(child: Callable[..., Scenario]) -> None:
    found = child("set: {japan.conversion: 0.6}\n", set_values=["china.conversion=0.1"], seed=3)
    shown = {k: str(v) for k, v in found.origins.items()}
    assert shown["set.japan.conversion"] == "scenarios/child.yaml:3"
    assert shown["set.china.conversion"] == "--set china.conversion=0.1"
    assert shown["horizon.start"] == "scenarios/parent.yaml:2"
    assert shown["ensemble.seed"] == "--seed"
    assert shown["events.late"] == "scenarios/parent.yaml:20"
    assert shown["uncertainties.trade.elasticity"] == "scenarios/parent.yaml:10"
    assert shown["levers.japan.chabahar_finance"] == "scenarios/parent.yaml:17"
    assert shown["metrics"] == "scenarios/parent.yaml:21"


def test_options_come_last(child: Callable[..., Scenario]) -> None:
    found = child(
        members=3,
        seed=2**63 - 1,
        set_values=[
            "trade.elasticity=3",
            " link.chabahar_mashhad.capacity = 8500 kt/yr ",
            "japan.chabahar_finance=5e1",
            "japan.conversion=30 %",
            "japan.conversion=40%",
        ],
    )
    assert (found.members, found.seed) == (3, 2**63 - 1)
    assert found.set["trade.elasticity"] == 3.0
    assert "trade.elasticity" not in found.uncertainties
    assert found.set["link.chabahar_mashhad.capacity"] == 8.5
    assert found.set["japan.chabahar_finance"] == 50.0 and not found.levers
    assert found.set["japan.conversion"] == 0.4
    assert found.correlations == (Correlation(("russia.conversion", "turkey.conversion"), 0.5),)


@pytest.mark.parametrize(
    ("text", "first_line"),
    [
        (
            "japan.convertion=1",
            "--set japan.convertion=1: error: unknown parameter 'japan.convertion' "
            "(did you mean 'japan.conversion'?)",
        ),
        (
            "japan.conversion=9",
            "--set japan.conversion=9: error: japan.conversion must lie between 0 and 1, found 9",
        ),
        ("japan.conversion", "--set japan.conversion: error: write it as --set parameter=value"),
        (
            "japan.conversion=3 Mt/yr",
            "--set japan.conversion=3 Mt/yr: error: expected a number without unit, or in %, "
            "found Mt/yr",
        ),
        (
            "japan.conversion=nan",
            "--set japan.conversion=nan: error: expected a number, or a number with a unit such "
            "as 8.5 Mt/yr, found 'nan'",
        ),
        ("shock.size=1e999", "--set shock.size=1e999: error: must be a finite number"),
    ],
)
def test_bad_settings(child: Callable[..., Scenario], text: str, first_line: str) -> None:
    with pytest.raises(Problems) as caught:
        child(set_values=[text])
    assert str(caught.value) == first_line


def test_a_huge_setting_is_not_repeated(child: Callable[..., Scenario]) -> None:
    for text in ("9" * 10**6, "japan.conversion=" + "9" * 10**6):
        with pytest.raises(Problems) as caught:
            child(set_values=[text])
        assert len(str(caught.value)) < 500


def test_huge_counts_are_refused(child: Callable[..., Scenario]) -> None:
    with pytest.raises(Problems) as caught:
        child(members=10**5000, seed=-(10**5000))
    assert str(caught.value).splitlines() == [
        "--members ...: error: must lie between 1 and 100,000",
        "--seed ...: error: must lie between 0 and 9,223,372,036,854,775,807",
    ]


def test_a_long_chain_ends_as_an_error(shelf: Path, registry: Registry) -> None:
    for n in range(40):
        text = BASE if n == 39 else f"title: T\nextends: ./s{n + 1}.yaml\n"
        (shelf / f"s{n}.yaml").write_text(text)
    with pytest.raises(Problems, match="more than 16 scenarios extend one another"):
        scenario.load(shelf / "s0.yaml", registry=registry)
    assert scenario.load(shelf / "s25.yaml", registry=registry).members == 8


def test_a_circle_through_a_link_is_seen(shelf: Path, registry: Registry) -> None:
    (shelf / "a.yaml").write_text("title: A\nextends: ./b.yaml\n")
    (shelf / "b.yaml").symlink_to(shelf / "a.yaml")
    with pytest.raises(Problems, match="goes in a circle: a -> a"):
        scenario.load(shelf / "a.yaml", registry=registry)


def test_a_parent_beside_the_file_and_not_beside_the_working_folder(
    shelf: Path, registry: Registry
) -> None:
    deeper = shelf / "own"
    deeper.mkdir()
    (deeper / "x.yaml").write_text("title: X\nextends: ../baseline.yaml\n")
    assert scenario.load(deeper / "x.yaml", registry=registry).members == 8


def test_names_and_near_names(shelf: Path, registry: Registry) -> None:
    assert scenario.load("baseline", registry=registry).title == "A small world"
    with pytest.raises(Problems) as caught:
        scenario.load("basline", registry=registry)
    assert str(caught.value) == (
        "basline: error: unknown scenario (did you mean 'baseline'?); "
        "'steppe list scenarios' shows the shipped ones"
    )


def test_a_file_name_becomes_a_plain_name(shelf: Path, registry: Registry) -> None:
    (shelf / "My own (2).yaml").write_text(BASE)
    assert scenario.load(shelf / "My own (2).yaml", registry=registry).name == "My_own__2_"


def test_units_and_priors_are_resolved(loads: Callable[..., Scenario]) -> None:
    found = loads(
        "set: {link.chabahar_mashhad.days: 2 weeks}\n"
        "levers:\n  japan.chabahar_finance:\n    {range: [0, 0.5], default: 50 MUSD/yr,"
        " unit: bn USD/yr, levels: {low: 0.1}}\n"
        "events:\n"
        "  - {id: x, target: link.chabahar_mashhad.capacity, shape: ramp, by: 100 kt/month,"
        " start: {choice: [2020Q1, 2021Q1]}, duration: {uniform: [1 year, 2 years]},"
        " when: 'link.chabahar_mashhad.days > 1 week'}\n"
        "  - {id: y, target: japan.conversion, shape: pulse, times: 50 %, start: 2020Q1,"
        " duration: 6 months}\n"
        "uncertainties: {trade.adjustment: {lognormal: [0.2, 0.3]}}\n"
    )
    assert found.set["link.chabahar_mashhad.days"] == 14.0
    lever = found.levers["japan.chabahar_finance"]
    assert (lever.low, lever.high, lever.default) == (0.0, 500.0, 50.0)
    assert (lever.unit, dict(lever.levels)) == ("mn USD/yr", {"low": 100.0})
    x, y = found.events
    assert (x.by, x.change) == (1.2, "by")
    assert isinstance(x.start, Distribution) and x.start.quarters
    assert (x.first, x.last) == (Quarter.parse("2020Q1"), Quarter.parse("2021Q1"))
    assert x.duration == Distribution("uniform", (4.0, 8.0))
    assert str(x.when) == "link.chabahar_mashhad.days > 7.0"
    assert (y.times, y.duration) == (0.5, 2.0)
    drawn = found.uncertainties["trade.adjustment"]
    assert (drawn.low, drawn.high) == (0.01, 1.0)


def test_empty_sections_count_as_absent(loads: Callable[..., Scenario]) -> None:
    found = loads("set:\nevents:\nuncertainties:\nlevers:\nmetrics:\nsources:\nlook_at: one\n")
    assert (dict(found.set), found.events, found.metrics) == ({}, (), ())
    assert found.look_at == ("one",)
