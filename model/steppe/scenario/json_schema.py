"""The JSON schema of scenario files, for editors: ``scenarios/scenario.schema.json``.

Generated from the models of :mod:`steppe.scenario.schema` and the registries of parameters and
metrics, so that an editor completes names and shows what a parameter means.
"""

from __future__ import annotations

import json
from typing import Any

from steppe import axes, metrics
from steppe.parameters import Parameter, Registry
from steppe.scenario.schema import ScenarioFile

_PARAMETER = {"$ref": "#/$defs/Parameter"}


def generate(registry: Registry) -> str:
    """Return the schema as JSON text; the same registries give the same text."""
    generated = _plain(ScenarioFile.model_json_schema())
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | generated
    definitions, sections = schema["$defs"], schema["properties"]
    definitions["Parameter"] = {
        "description": "a registered parameter",
        "enum": [p.name for p in registry],
    }
    definitions["EventPart"]["properties"]["target"] |= _PARAMETER
    definitions["HorizonPart"]["properties"]["start"]["enum"] = [f"{y}Q1" for y in axes.BASES]
    sections["metrics"]["items"]["enum"] = [m.name for m in metrics.METRICS]
    for section in ("uncertainties", "levers"):
        sections[section]["propertyNames"] = _PARAMETER
    value = sections["set"].pop("additionalProperties")
    del sections["set"]["propertyNames"]
    sections["set"] |= {
        "properties": {p.name: {"description": _description(p), **value} for p in registry},
        "additionalProperties": False,
    }
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _plain(schema: Any) -> Any:
    """Return a schema without the titles and nulls that Pydantic adds to optional fields."""
    if isinstance(schema, list):
        return [_plain(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {
        k: {name: _plain(s) for name, s in v.items()} if k in ("properties", "$defs") else _plain(v)
        for k, v in schema.items()
        if k != "title" and (k, v) != ("default", None)
    }
    if isinstance(schema.get("description"), str):
        schema["description"] = " ".join(schema["description"].split())
    kinds = [s for s in schema.get("anyOf", []) if s != {"type": "null"}]
    if len(kinds) == 1:
        del schema["anyOf"]
        schema = kinds[0] | schema
    return schema


def _description(parameter: Parameter) -> str:
    unit = "" if parameter.unit == "1" else f" {parameter.unit}"
    return f"{parameter.meaning} From {parameter.low:g} to {parameter.high:g}{unit}."
