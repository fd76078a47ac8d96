"""Conditions of events: one comparison of a metric's cell or a parameter with a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
from numpy.typing import NDArray

from steppe.scenario import units
from steppe.scenario.problems import clip

if TYPE_CHECKING:
    from steppe.metrics import Metric
    from steppe.parameters import Registry

Array = NDArray[np.float64]
Relation = Literal["<", "<=", ">", ">="]
Hint = Callable[[str, list[str]], str]
Lookup = Callable[[str, tuple[str, ...]], Array]
"""Returns the values ``(member,)`` of a metric's cell at the end of the quarter before."""

_COMPARE: dict[str, Callable[[Array, float], NDArray[np.bool_]]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_PATTERN = re.compile(r"\s*([\w.{}-]{1,100})\s*(?:\[([^\[\]]{0,200})\])?\s*(<=|>=|<|>)\s*(.{1,60})")


@dataclass(frozen=True, slots=True)
class Condition:
    """``name[cell] relation value``; an empty cell for a parameter or a metric without dims."""

    name: str
    cell: tuple[str, ...]
    relation: Relation
    value: float

    def __str__(self) -> str:
        cell = f"[{','.join(self.cell)}]" if self.cell else ""
        return f"{self.name}{cell} {self.relation} {self.value!r}"

    def holds(self, values: Array) -> NDArray[np.bool_]:
        """Return where ``values`` ``(member,)`` satisfy the comparison."""
        return _COMPARE[self.relation](values, self.value)


def parse(
    text: str,
    registry: Registry,
    metrics: Mapping[str, Metric],
    hint: Hint,
) -> Condition:
    """Read ``corridor_share[chabahar] > 0.05``; ``ValueError`` with a sentence for anything else.

    ``hint`` returns what to say about names near a wrong one; a parameter's former name becomes
    its present one.
    """
    match = _PATTERN.fullmatch(text.rstrip())
    if match is None:
        raise ValueError(
            "a condition is one comparison with a number, such as corridor_share[chabahar] > 0.05, "
            f"found '{clip(text)}'"
        )
    given, written, relation, number = match.groups()
    name = registry.current(given)
    cell = tuple(c.strip() for c in written.split(",")) if written is not None else ()
    if name in registry:
        if cell:
            raise ValueError(f"'{name}' is a parameter: it has no [{clip(written)}]")
        unit = registry[name].unit
    elif name in metrics:
        _check_cell(metrics[name], cell, hint)
        unit = metrics[name].unit
    else:
        known = [*metrics, *registry.index]
        raise ValueError(f"unknown metric or parameter '{clip(name)}'{hint(name, known)}")
    return Condition(name, cell, cast(Relation, relation), _value(number, unit))


def name(text: str) -> str:
    """Return the name that a sound condition begins with."""
    match = _PATTERN.fullmatch(text.rstrip())
    assert match is not None
    return match[1]


def _value(number: str, unit: str) -> float:
    value, given = units.parse(number)
    return units.convert(f"{value!r} {given}" if given else value, unit)


def _check_cell(
    metric: Metric, cell: tuple[str, ...], hint: Callable[[str, list[str]], str]
) -> None:
    if len(cell) != len(metric.dims):
        wanted = f"[{', '.join(metric.dims)}]" if metric.dims else "no [...]"
        raise ValueError(f"'{metric.name}' takes {wanted}")
    for code, dim, codes in zip(cell, metric.dims, metric.codes, strict=True):
        if code not in codes:
            raise ValueError(f"unknown {dim} '{clip(code)}'{hint(code, list(codes))}")
    if metric.recorded is not None:
        at = tuple(codes.index(c) for c, codes in zip(cell, metric.codes, strict=True))
        if not metric.recorded[at]:
            raise ValueError(f"{metric.name}[{','.join(cell)}] is not computed by the model")
