"""``steppe show`` of a scenario: what it sets, varies and dates, with file and line."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from steppe import parameters, scenario
from steppe.cli import layout, words
from steppe.cli.codes import DONE
from steppe.parameters import Registry
from steppe.scenario import Scenario

Section = tuple[str, tuple[str, ...], list[list[str]]]

_FOLDED = ("value", "distribution", "range", "between", "change")
"""Columns whose texts may be long."""


def show(name: str, as_json: bool) -> int:
    """Print a scenario with the place of every value it gives."""
    found = scenario.load(name)
    if as_json:
        print(json.dumps(_data(found), ensure_ascii=False, indent=1))
        return DONE
    print(f"{found.name}: {found.title}")
    width = min(layout.WIDTH, layout.terminal() or layout.WIDTH)
    for text in (found.description, found.question):
        if text:
            print("\n" + "\n".join(_wrapped(p, width) for p in text.strip().splitlines()))
    if found.look_at:
        print("\n" + _wrapped("look at: " + "; ".join(map(str.strip, found.look_at)), width))
    for title, columns, rows in _sections(found, parameters.registry()):
        if rows:
            print(f"\n{title}" if title else "")
            layout.print_table(columns, rows, fold=_FOLDED)
    print("\nevery other parameter has its default: 'steppe list parameters'")
    if found.sources:
        said = (f"  {s.strip()}" for s in found.sources)
        print(
            "\nsources\n" + "\n".join(_wrapped(s, width) if layout.terminal() else s for s in said)
        )
    return DONE


def _data(found: Scenario) -> dict[str, Any]:
    """Return the scenario for JSON."""
    return found.as_data() | {
        "file": found.file,
        "extends": found.parent,
        "digest": found.digest(),
        "origins": {k: str(v) for k, v in found.origins.items()},
    }


def _sections(found: Scenario, registry: Registry) -> Iterator[Section]:
    """Yield title, columns and rows of each section, empty ones too; the last column is a place."""
    origin = {k: str(v) for k, v in found.origins.items()}
    rows = [
        ["start", str(found.horizon.start), origin["horizon.start"]],
        ["end", str(found.horizon.end), origin["horizon.end"]],
        ["members", str(found.members), origin["ensemble.members"]],
        ["seed", str(found.seed), origin["ensemble.seed"]],
    ]
    if found.metrics:
        rows.append(["metrics", ", ".join(found.metrics), origin["metrics"]])
    yield "", ("what", "value", "from"), rows
    default = {p.name: words.number(p.default(found.base)) for p in registry}
    rows = [
        [n, words.with_unit(v, registry[n]), default[n], origin[f"set.{n}"]]
        for n, v in found.set.items()
    ]
    yield "fixed values", ("parameter", "value", "default", "from"), rows
    rows = [
        [n, words.drawn(d, registry[n].unit), default[n], origin[f"uncertainties.{n}"]]
        for n, d in found.uncertainties.items()
    ]
    yield "uncertainties", ("parameter", "distribution", "default", "from"), rows
    rows = [
        [" and ".join(c.between), f"{c.rho:g}", origin["correlations"]] for c in found.correlations
    ]
    yield "correlations", ("between", "rank correlation", "from"), rows
    rows = [[n, *words.lever(v), origin[f"levers.{n}"]] for n, v in found.levers.items()]
    yield "levers", ("parameter", "default", "range", "from"), rows
    rows = [
        [e.id, e.target, words.change(e, registry), origin[f"events.{e.id}"]] for e in found.events
    ]
    yield "events", ("event", "target", "change", "from"), rows


def _wrapped(text: str, width: int) -> str:
    indent = " " * (len(text) - len(text.lstrip()))
    return textwrap.fill(text, width, subsequent_indent=indent, **layout.WHOLE_WORDS)
