"""Valid files, damaged at random: each is read, or refused with problems, and soon."""

from __future__ import annotations

import copy
import io
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from steppe import scenario
from steppe.parameters import Registry
from steppe.scenario import Problems

from .conftest import BASE

FULL = (
    BASE
    + """\
description: |
  Two lines,
  with an é
sources: [one, two]
set: {japan.conversion: 30 %, link.chabahar_mashhad.days: 6 weeks}
events:
  - {id: a, target: china.conversion, shape: step, to: 0.5, start: 2026Q3}
  - id: b
    target: link.chabahar_mashhad.capacity
    shape: ramp
    times: {uniform: [1, 2]}
    start: {choice: [2026Q3, 2027Q1]}
    duration: 2 years
    when: corridor_share[chabahar] > 0.05
uncertainties:
  trade.elasticity: prior
  trade.adjustment: {normal: [0.2, 0.05]}
correlations:
  - {between: [trade.elasticity, trade.adjustment], rho: 0.5}
levers:
  japan.chabahar_finance: {range: [0, 500], default: 50, unit: MUSD/yr, levels: {low: 1}}
metrics: [corridor_share]
"""
)

YAML_TEXTS = (
    "null [ { } : - &a *a !x <<: ? | > ' \" # 1e999 9999999999999999999999 .nan prior 2017Q1"
)
ODD_TEXTS = [*YAML_TEXTS.split(), "", ": ", "- ", "\t", "---\n", "...\n", "%YAML 1.1\n---\n", "0x"]
ODD_TEXTS += ["\x00", "\x85", "\u2028", "\ufeff", "\ud800", "0o9", "1__0", "@", "`", "? "]
ODD_VALUES: list[Any] = [None, True, -1, 0, 1e308, -1e-320, "", "x", "9**9**9 m", "2030Q1", [], {}]
ODD_VALUES += [[[]], {"uniform": [1, 2]}, {"remove": True}, "3 %", "1 t/yr", 10**30, ["a"] * 3]
ODD_VALUES += [{"": ""}, {"a": {"b": {}}}, "nan", "prior", "a\nb", "é" * 300, [1, "2 %"], 2.5]


def check(text: str, registry: Registry) -> None:
    """Read a text; nothing but problems may come out, each with a sentence and a file."""
    try:
        case = scenario.loads(text, registry=registry)
    except Problems as error:
        assert error.problems
        assert all(p.message and p.file for p in error.problems)
        assert "Traceback" not in str(error)
    else:
        assert scenario.loads(case.dump(), registry=registry) == case


def test_the_text_that_is_damaged_below_is_valid(registry: Registry) -> None:
    assert len(scenario.loads(FULL, registry=registry).events) == 2
    check(FULL, registry)


@settings(max_examples=300, deadline=10_000)
@given(
    damage=st.lists(
        st.tuples(
            st.integers(0, len(FULL)),
            st.integers(0, 12),
            st.sampled_from(ODD_TEXTS) | st.text(max_size=4),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_damaged_text(damage: list[tuple[int, int, str]], registry: Registry) -> None:
    text = FULL
    for at, length, put in damage:
        text = text[:at] + put + text[at + length :]
    check(text, registry)


@settings(max_examples=300, deadline=10_000)
@given(data=st.data())
def test_damaged_structure(data: st.DataObject, registry: Registry) -> None:
    tree = copy.deepcopy(TREE)
    for _ in range(data.draw(st.integers(1, 3))):
        _damage(tree, data)
    check(_dumped(tree), registry)


@settings(max_examples=200, deadline=10_000)
@given(raw=st.binary(max_size=60), at=st.integers(0, len(FULL)))
def test_damaged_bytes(raw: bytes, at: int, registry: Registry, tmp_path_factory: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.yaml"
    whole = FULL.encode()
    path.write_bytes(whole[:at] + raw + whole[at:])
    try:
        scenario.load(path, registry=registry)
    except Problems as error:
        assert str(error)


def _dumped(tree: Any) -> str:
    yaml = YAML(typ="safe", pure=True)
    stream = io.StringIO()
    yaml.dump(tree, stream)
    return stream.getvalue()


TREE = YAML(typ="safe", pure=True).load(FULL)


def _damage(tree: Any, data: st.DataObject) -> None:
    """Replace, remove, add or swap something at a random place of the tree."""
    node = tree
    while data.draw(st.integers(0, 3)):
        inner = [v for v in _values(node) if isinstance(v, (dict, list)) and v]
        if not inner:
            break
        node = data.draw(st.sampled_from(inner))
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    if not keys:
        return
    key = data.draw(st.sampled_from(keys))
    kind = data.draw(st.sampled_from(["replace", "remove", "rename", "swap"]))
    if kind == "replace":
        node[key] = copy.deepcopy(data.draw(st.sampled_from(ODD_VALUES)))
    elif kind == "remove":
        del node[key]
    elif kind == "rename" and isinstance(node, dict):
        node[data.draw(st.sampled_from(["set", "to", "x", "", "id", "uniform"]))] = node.pop(key)
    else:
        other = data.draw(st.sampled_from(keys))
        node[key], node[other] = node[other], node[key]


def _values(node: Any) -> list[Any]:
    return list(node.values()) if isinstance(node, dict) else list(node)
