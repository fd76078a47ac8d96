"""The JSON schema: up to date, and true to what the loader takes and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from steppe import parameters
from steppe.parameters import Registry
from steppe.scenario import shipped
from steppe.scenario.json_schema import generate

from .test_mutation import FULL

ROOT = Path(__file__).parents[3]
BAD = ROOT / "tests" / "cli" / "bad"


def _data(path_or_text: Path | str) -> Any:
    return YAML(typ="safe", pure=True).load(path_or_text)


@pytest.fixture(scope="module")
def schema(registry: Registry) -> jsonschema.Draft202012Validator:
    data = json.loads(generate(registry))
    jsonschema.Draft202012Validator.check_schema(data)
    return jsonschema.Draft202012Validator(data)


def test_the_generated_file_is_up_to_date() -> None:
    shown = (ROOT / "scenarios" / "scenario.schema.json").read_text(encoding="utf-8")
    assert shown == generate(parameters.registry()), "stale: run 'make schema'"


@pytest.mark.parametrize("name", shipped.names())
def test_shipped_scenarios_fit(name: str) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(generate(parameters.registry())))
    errors = [e.message for e in validator.iter_errors(_data(shipped.folder() / f"{name}.yaml"))]
    assert errors == []


def test_what_the_loader_takes_fits(schema: jsonschema.Draft202012Validator) -> None:
    assert [e.message for e in schema.iter_errors(_data(FULL))] == []
    assert schema.is_valid(_data(BAD / "_base.yaml"))


@pytest.mark.parametrize(
    "name",
    [
        "missing_title",
        "unknown_key",
        "unknown_parameter",
        "unknown_target",
        "members_true",
        "members_none",
        "seed_fraction",
        "number_in_quotes",
        "horizon_start",
        "horizon_spelling",
        "event_two_changes",
        "event_without_change",
        "event_shape",
        "event_no_id",
        "event_remove_false",
        "distribution_unknown",
        "distribution_two",
        "distribution_is_a_list",
        "correlation_of_one",
        "metric_unknown",
        "set_is_a_list",
    ],
)
def test_an_editor_sees_the_same_mistakes(
    name: str, schema: jsonschema.Draft202012Validator
) -> None:
    assert not schema.is_valid(_data(BAD / f"{name}.yaml"))


def test_descriptions_come_from_the_models_and_the_registry(
    schema: jsonschema.Draft202012Validator,
) -> None:
    data = schema.schema
    conversion = data["properties"]["set"]["properties"]["japan.conversion"]
    assert conversion["description"] == "Meaning of japan.conversion. From 0 to 1."
    assert data["properties"]["title"]["description"] == "one line that says what happens"
    assert data["$defs"]["EventPart"]["properties"]["by"]["description"].startswith("what is added")


def test_the_text_is_the_same_every_time(registry: Registry) -> None:
    assert generate(registry) == generate(registry)
