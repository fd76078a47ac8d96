"""What a scenario file may hold: keys, types and their descriptions, before any meaning.

These models are the source of ``scenarios/scenario.schema.json``; the text below a field is its
description there.  Whether a parameter exists, a unit fits or a value is in range is decided in
:mod:`steppe.scenario.meaning`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from steppe.scenario.problems import Report, clip
from steppe.scenario.source import Document, Place

MAX_MEMBERS = 100_000
MAX_SEED = 2**63 - 1


class Part(BaseModel):
    """A mapping of a scenario file: no key that is not named here, no silent conversion."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise PydanticCustomError("number", "expected a number")
    return float(value) if isinstance(value, int) else value


def _tuple(value: object) -> object:
    """Return a YAML list as the tuple that a frozen model keeps."""
    return tuple(value) if isinstance(value, list) else value


def _texts(value: object) -> object:
    return (value,) if isinstance(value, str) else _tuple(value)


_WITH_UNIT = r"^\s*[-+]?[0-9.]+([eE][-+]?[0-9]+)?\s*[A-Za-z%1/]"
_QUARTER = r"^[12][0-9]{3}Q[1-4]$"
_NUMBER_SCHEMA: dict[str, Any] = {
    "description": "a number in the registry's unit, or one with a unit such as 8.5 Mt/yr",
    "anyOf": [{"type": "number"}, {"type": "string", "pattern": _WITH_UNIT}],
}
_VALUE_SCHEMA: dict[str, Any] = {
    "description": "a number, a number with a unit, or a quarter where a date is meant",
    "anyOf": [
        {"type": "number"},
        {"type": "string", "pattern": _WITH_UNIT},
        {"type": "string", "pattern": _QUARTER},
    ],
}

type Number = Annotated[float | str, BeforeValidator(_number), WithJsonSchema(_NUMBER_SCHEMA)]
type Value = Annotated[float | str, BeforeValidator(_number), WithJsonSchema(_VALUE_SCHEMA)]
QuarterText = Annotated[str, Field(pattern=_QUARTER)]
Sentence = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Texts = Annotated[
    tuple[Text, ...],
    BeforeValidator(_texts),
    WithJsonSchema({"type": ["array", "string"], "items": {"type": "string"}}),
]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]


Values = Annotated[
    tuple[Value, ...], Field(min_length=1, max_length=1_000), BeforeValidator(_tuple)
]
Pair = Annotated[tuple[Number, ...], Field(min_length=2, max_length=2), BeforeValidator(_tuple)]


class DistributionPart(Part):
    """A distribution, sampled once per member; exactly one of these keys."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    uniform: Values | None = None
    """[low, high]; of quarters: every quarter from the first to the last, equally often"""
    loguniform: Values | None = None
    """[low, high], both above 0"""
    normal: Values | None = None
    """[mean, standard deviation], truncated to the parameter's range"""
    lognormal: Values | None = None
    """[median, standard deviation of the logarithm], truncated to the parameter's range"""
    triangular: Values | None = None
    """[low, mode, high]"""
    choice: Values | None = None
    """[value, value, ...], each equally likely"""


def _is_mapping(value: object) -> str:
    return "<mapping>" if isinstance(value, (dict, Part)) else "<scalar>"


type Amount = Annotated[
    Annotated[Value, Tag("<scalar>")] | Annotated[DistributionPart, Tag("<mapping>")],
    Discriminator(_is_mapping),
]
type Uncertainty = Annotated[
    Annotated[Literal["prior", "posterior"], Tag("<scalar>")]
    | Annotated[DistributionPart, Tag("<mapping>")],
    Discriminator(_is_mapping),
]


class HorizonPart(Part):
    """The quarters that are simulated."""

    start: QuarterText | None = None
    """first quarter: 2001Q1, 2010Q1 or 2017Q1, for which there is a base state"""
    end: QuarterText | None = None
    """last quarter, at most 2040Q4"""


class EnsemblePart(Part):
    """How many parallel worlds are simulated, and their random numbers."""

    members: Annotated[int, Field(ge=1, le=MAX_MEMBERS)] | None = None
    """number of members"""
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] | None = None
    """seed of every random draw"""


class EventPart(Part):
    """A dated change of one parameter; exactly one of `to`, `by`, `times`."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["to"]}, {"required": ["by"]}, {"required": ["times"]}]
        }
    )

    id: Identifier
    """name of the event; the same id in a file that extends this one replaces it"""
    target: Name
    """the registered parameter that changes"""
    shape: Literal["step", "ramp", "pulse", "decay"]
    """step: from `start` on; ramp: linearly over `duration`; pulse: for `duration`; decay: at once,
    then back with the half-life `duration`"""
    to: Amount | None = None
    """the value that is reached"""
    by: Amount | None = None
    """what is added to the value before"""
    times: Amount | None = None
    """the factor on the value before"""
    start: Amount
    """first quarter of the change, or a distribution of quarters"""
    duration: Amount | None = None
    """quarters, or a time with a unit such as 2 years; not for a step"""
    when: Text | None = None
    """condition, such as `corridor_share[chabahar] > 0.05`: the event begins in the first quarter
    from `start` on with the condition true at the end of the quarter before"""
    source: Text | None = None
    """where the event is described"""
    note: Text | None = None
    """remark"""


_FILLER = {"id": "x", "target": "x", "shape": "step", "start": "2017Q1"}


def readable(event: dict[str, Any]) -> EventPart:
    """Return what can be read of an event with mistakes, unchecked: the other fields are None."""
    read: dict[str, Any] = dict.fromkeys(EventPart.model_fields)
    for key, value in event.items():
        if key in read:
            with suppress(ValidationError):
                read[key] = getattr(EventPart.model_validate({**_FILLER, key: value}), key)
    return EventPart.model_construct(**read)


class RemovedEvent(Part):
    """An event of the extended scenario that does not happen in this one."""

    id: Identifier
    """id of the inherited event"""
    remove: Literal[True]
    """must be true"""


def _is_removal(value: object) -> str:
    return "<removal>" if isinstance(value, dict) and "remove" in value else "<event>"


class LeverPart(Part):
    """A parameter that a sweep or a slider may turn."""

    range: Pair
    """[lowest, highest] value of the lever"""
    default: Number
    """value unless the lever is turned"""
    unit: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    """unit of the numbers here, by default the registry's"""
    name: Sentence | None = None
    """short name for a reader"""
    description: Text | None = None
    """what turning the lever means"""
    levels: Annotated[dict[Name, Number], Field(min_length=1, max_length=50)] | None = None
    """named values, such as {low: 0, high: 500}"""


class CorrelationPart(Part):
    """Rank correlation of two uncertain parameters."""

    between: Annotated[tuple[Name, ...], Field(min_length=2, max_length=2), BeforeValidator(_tuple)]
    """the two parameters"""
    rho: Annotated[float, Field(gt=-1, lt=1, allow_inf_nan=False)]
    """Spearman's rank correlation"""


type AnyEvent = Annotated[
    Annotated[EventPart, Tag("<event>")] | Annotated[RemovedEvent, Tag("<removal>")],
    Discriminator(_is_removal),
]


class ScenarioFile(Part):
    """A scenario of the geoeconomics of Central Asia, for steppe."""

    title: Sentence
    """one line that says what happens"""
    name: Annotated[str, Field(pattern=r"^\w[\w.-]{0,99}$")] | None = None
    """name of the scenario, by default the name of the file"""
    extends: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    """the scenario that this one changes: a shipped one's name, or a path relative to this file"""
    description: Text | None = None
    """what happens and why it matters"""
    question: Text | None = None
    """the question that the scenario answers"""
    look_at: Texts | None = None
    """the outcomes in which the answer shows"""
    sources: Texts | None = None
    """where the scenario is described"""
    horizon: HorizonPart | None = None
    ensemble: EnsemblePart | None = None
    set: dict[Name, Number] | None = None
    """fixed values of registered parameters, in the registry's unit or with a unit"""
    events: Annotated[tuple[AnyEvent, ...], BeforeValidator(_tuple)] | None = None
    """dated changes, applied in this order; merged with inherited ones by id"""
    uncertainties: dict[Name, Uncertainty] | None = None
    """parameters that differ between members; `prior` takes the registry's distribution,
    `posterior` the calibrated sample"""
    correlations: Annotated[tuple[CorrelationPart, ...], BeforeValidator(_tuple)] | None = None
    """rank correlations of uncertain parameters"""
    levers: dict[Name, LeverPart] | None = None
    """parameters that a sweep or a slider may turn"""
    metrics: Annotated[tuple[Name, ...], BeforeValidator(_tuple)] | None = None
    """headline outcomes; everything is recorded anyway"""


_INSIDE: dict[tuple[str, int], type[Part]] = {
    ("horizon", 1): HorizonPart,
    ("ensemble", 1): EnsemblePart,
    ("events", 2): EventPart,
    ("correlations", 2): CorrelationPart,
    ("levers", 2): LeverPart,
}
_SECTIONS = ("set", "events", "uncertainties", "correlations", "levers", "metrics")


def validate(document: Document, report: Report) -> ScenarioFile | None:
    """Return the document as a model; what is wrong is reported and left out.

    None only when nothing sensible remains.
    """
    data = document.data
    if (errors := _errors(data)) is None:
        return ScenarioFile.model_validate(data)
    for error in errors:
        place = _written(error["loc"], data)
        unknown = error["type"] == "extra_forbidden"
        span = document.span(place, key=unknown)
        if span is not None and error["type"] == "missing":
            span = replace(span, width=1)
        report.add(document.at(span, _sentence(error, place, document, report)))
    sound = _without(data, [_written(e["loc"], data) for e in errors])
    return ScenarioFile.model_validate(sound) if _errors(sound) is None else None


def _errors(data: dict[str, Any]) -> list[ErrorDetails] | None:
    try:
        ScenarioFile.model_validate(data)
    except ValidationError as error:  # never with its input: formatting a huge one hangs
        return error.errors(include_url=False, include_input=False)
    return None


def _written(loc: tuple[int | str, ...], data: Any) -> Place:
    """Return the part of a validation error's location that exists in the file (tags do not)."""
    place: list[str | int] = []
    for step in loc:
        if isinstance(data, (dict, list)):
            inside = step in data if isinstance(data, dict) else isinstance(step, int)
            if inside:
                place.append(step)
                data = data[step]  # type: ignore[index]
    return tuple(place)


def _without(data: dict[str, Any], places: list[Place]) -> dict[str, Any]:
    """Return the data without the entries (or top-level keys) that hold a mistake."""
    sound = {"title": "untitled", **data}
    entries: dict[str, set[str | int]] = {}
    for place in places:
        if len(place) > 1 and place[0] in _SECTIONS:
            entries.setdefault(str(place[0]), set()).add(place[1])
        elif place == ("title",):
            sound["title"] = "untitled"
        elif place:
            sound.pop(str(place[0]), None)
    for section, bad in entries.items():
        held = sound.get(section)
        if isinstance(held, dict):
            sound[section] = {k: v for k, v in held.items() if k not in bad}
        elif isinstance(held, list):
            # the places of the others must stay: a removal of nothing is skipped later
            sound[section] = [_HOLE if i in bad else v for i, v in enumerate(held)]
            if section != "events":
                del sound[section]
    return sound


HOLE = "unreadable-event"
_HOLE = {"id": HOLE, "remove": True}
"""Stands for an event that was reported already, so that positions in the list stay."""


def _sentence(error: ErrorDetails, place: Place, document: Document, report: Report) -> str:
    """Return a validation error in plain words, without the offending input."""
    kind, context = error["type"], error.get("ctx", {})
    last = str(error["loc"][-1]) if error["loc"] else ""
    found = _found(place, document)
    if kind == "extra_forbidden":
        fields = _INSIDE.get((str(place[0]), len(place) - 1), DistributionPart)
        keys = (ScenarioFile if len(place) == 1 else fields).model_fields
        return f"unknown key '{clip(last)}'{report.hint(last, keys)}"
    if kind == "missing":
        return f"missing key '{clip(last)}'"
    if found == "nothing":
        return "expected a value, found nothing (remove the key or fill it)"
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, found {found}"
    if kind == "literal_error" and place[0] == "uncertainties":
        wanted = "a distribution such as {uniform: [0, 1]}, prior or posterior"
        return f"expected {wanted}, found {found}"
    if kind == "literal_error":
        value = _value(place, document)
        named = value if isinstance(value, str) else ""
        known = [word.strip("'") for word in re.split(", | or ", context["expected"])]
        return f"must be {context['expected'].replace('True', 'true')}{report.hint(named, known)}"
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], "a name of letters, digits and '_' is expected")
    for bound, words in _BOUNDS.items():
        if kind == bound:
            limits = {k: f"{v:,}" for k, v in context.items() if isinstance(v, (int, float))}
            return words.format(**{k: v.removesuffix(".0") for k, v in limits.items()})
    return str(error["msg"])


_EXPECTED = {
    "number": "a number, or a number with a unit such as 8.5 Mt/yr",
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "model_type": "a mapping ('key: value' lines)",
    "dict_type": "a mapping ('key: value' lines)",
    "tuple_type": "a list",
}
_PATTERNS = {_QUARTER: "expected a quarter such as 2017Q1"}
_BOUNDS = {
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "greater_than": "must be above {gt}",
    "less_than": "must be below {lt}",
    "string_too_short": "must not be empty",
    "string_too_long": "must be at most {max_length} characters long",
    "too_short": "must have at least {min_length} items",
    "too_long": "must have at most {max_length} items",
}


def _value(place: Place, document: Document) -> Any:
    value: Any = document.data
    for step in place:
        value = value[step]
    return value


def _found(place: Place, document: Document) -> str:
    value = _value(place, document)
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    kinds = {str: "a text", int: "a whole number", float: "a number", list: "a list"}
    return kinds.get(type(value), "a mapping")
