"""Former names of parameters: accepted everywhere a file or an option names one, with a warning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from steppe import parameters
from steppe.parameters import Registry
from steppe.scenario import Problems, Scenario, loads, sample

HEAD = """\
title: A small world
horizon: {start: 2017Q1, end: 2040Q4}
ensemble: {members: 8, seed: 7}
"""
OLD = {"trade.elasticity": "trade.theta", "japan.conversion": "japan.leverage"}


@pytest.fixture
def renamed(registry: Registry) -> Registry:
    """The small registry after two of its parameters were renamed."""
    return Registry(
        tuple(
            replace(p, aliases=(OLD[p.name],)) if p.name in OLD else p for p in registry.parameters
        )
    )


def read(body: str, registry: Registry, **options: object) -> Scenario:
    return loads(HEAD + body, registry=registry, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [
        "set: {NAME: 3.0}\n",
        "uncertainties: {NAME: {uniform: [1, 2]}}\n",
        "levers: {NAME: {range: [1, 4], default: 2}}\n",
        "events: [{id: e, target: NAME, shape: step, to: 3.0, start: 2020Q1}]\n",
        "events:\n  - {id: e, target: japan.conversion, shape: step, to: 0.5, start: 2020Q1, "
        'when: "NAME > 1"}\n',
        "uncertainties: {NAME: prior, japan.conversion: {uniform: [0, 1]}}\n"
        "correlations: [{between: [NAME, japan.conversion], rho: 0.5}]\n",
    ],
    ids=["set", "uncertainties", "levers", "events", "when", "correlations"],
)
def test_a_former_name_means_the_parameter_and_is_warned_of(body: str, renamed: Registry) -> None:
    old = read(body.replace("NAME", "trade.theta"), renamed)
    new = read(body.replace("NAME", "trade.elasticity"), renamed)
    assert old == new
    assert old.digest() == new.digest()
    assert not new.warnings
    assert {w.kind for w in old.warnings} == {"warning"}
    said = "parameter 'trade.theta' is now called 'trade.elasticity'"
    assert all(w.message == said and w.line is not None for w in old.warnings)
    assert len(old.warnings) == body.count("NAME")


def test_a_warning_has_its_place_and_the_line(renamed: Registry) -> None:
    (warning,) = read("set:\n  trade.theta: 3\n", renamed).warnings
    assert str(warning).splitlines() == [
        "scenario.yaml:5:3: warning: parameter 'trade.theta' is now called 'trade.elasticity'",
        "      trade.theta: 3",
        "      ^^^^^^^^^^^",
    ]


def test_a_value_under_a_former_name_comes_from_its_own_line(renamed: Registry) -> None:
    found = read("set:\n  japan.conversion: 0.2\n  trade.theta: 3\n", renamed)
    assert found.origins["set.trade.elasticity"].line == 6


def test_an_option_may_use_a_former_name(renamed: Registry) -> None:
    found = read("", renamed, set_values=["trade.theta=4"])
    assert found.set == {"trade.elasticity": 4.0}
    assert str(found.warnings[0]) == (
        "--set trade.theta=4: warning: parameter 'trade.theta' is now called 'trade.elasticity'"
    )


@pytest.mark.parametrize(
    "body",
    [
        "set: {trade.elasticity: 3, trade.theta: 3}\n",
        "set: {trade.theta: 3}\nuncertainties: {trade.elasticity: prior}\n",
    ],
)
def test_one_parameter_under_two_names_is_a_mistake(body: str, renamed: Registry) -> None:
    with pytest.raises(Problems, match="keep one of them"):
        read(body, renamed)


def test_a_child_may_change_what_its_parent_called_otherwise(tmp_path, renamed: Registry) -> None:
    (tmp_path / "base.yaml").write_text(HEAD + "set: {trade.theta: 3}\n")
    child = "title: A child\nextends: ./base.yaml\nset: {trade.elasticity: 4}\n"
    found = loads(child, folder=tmp_path, registry=renamed)
    assert found.set == {"trade.elasticity": 4.0}
    assert [w.file.endswith("base.yaml") for w in found.warnings] == [True]


def test_a_former_name_that_is_taken_is_refused(registry: Registry) -> None:
    first, second, *_ = registry.parameters
    with pytest.raises(ValueError, match="is taken"):
        Registry((replace(first, aliases=(second.name,)), second))
    with pytest.raises(ValueError, match="is taken"):
        Registry((replace(first, aliases=("a.b",)), replace(second, aliases=("a.b",))))


def test_a_renamed_parameter_keeps_its_draws(registry: Registry, renamed: Registry) -> None:
    body = "uncertainties: {trade.elasticity: {uniform: [1, 2]}}\n"
    before = Registry(tuple(replace(p, name=OLD.get(p.name, p.name)) for p in registry.parameters))
    then = sample(read(body.replace("trade.elasticity", "trade.theta"), before), before, range(4))
    now = sample(read(body, renamed), renamed, range(4))
    assert np.array_equal(then.varied["trade.theta"], now.varied["trade.elasticity"])


def test_aliases_of_templates_follow_their_axis() -> None:
    entry = {
        "unit": "1",
        "default": 0,
        "range": [0, 1],
        "meaning": "m",
        "source": "s",
        "evidence": "prior",
    }
    by_axis = parameters._expand("{host}.new", entry | {"aliases": ["{host}.old"]})
    assert [p.aliases for p in by_axis][:2] == [("kazakhstan.old",), ("uzbekistan.old",)]
    by_code = parameters._expand("{host}.new", entry | {"aliases": {"UZB": ["tashkent.old"]}})
    assert [p.aliases for p in by_code][:2] == [(), ("tashkent.old",)]
    with pytest.raises(ValueError, match="unknown codes"):
        list(parameters._expand("{host}.new", entry | {"aliases": {"XXX": ["a.b"]}}))


def test_parameters_that_were_renamed_are_known_by_their_former_names() -> None:
    known = parameters.registry()
    assert known.current("consortia.pilot_visible") == "consortia.pilot_part"
    assert known.current("kazakhstan.embeddedness") == "embeddedness.turkey_kazakhstan"
    assert known.current("trade.elasticity") == "trade.elasticity"


def test_an_event_on_what_is_read_before_a_run_is_told() -> None:
    event = "{id: a, target: kazakhstan.power_capacity, shape: step, to: 9, start: 2020Q1}"
    (warning,) = loads(f"title: T\nextends: baseline\nevents: [{event}]\n").warnings
    assert "the event moves nothing (use 'set')" in warning.message
    assert warning.line == 3
    still = loads("title: T\nextends: baseline\nset: {kazakhstan.power_capacity: 900}\n")
    assert not still.warnings
