"""``steppe show`` of a scenario: what it sets, varies and dates, with file and line."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence

from steppe import parameters, scenario
from steppe.cli import layout, words
from steppe.cli.codes import DONE


def show(name: str, as_json: bool) -> int:
    """Print a scenario with the place of every value it gives."""
    found = scenario.load(name)
    if as_json:
        data = found.as_data() | {
            "file": found.file,
            "extends": found.parent,
            "digest": found.digest(),
            "origins": {k: str(v) for k, v in found.origins.items()},
        }
        print(json.dumps(data, ensure_ascii=False, indent=1))
        return DONE
    registry = parameters.registry()
    print(f"{found.name}: {found.title}")
    width = min(layout.WIDTH, layout.terminal() or layout.WIDTH)
    for text in (found.description, found.question):
        if text:
            print("\n" + "\n".join(_wrapped(p, width) for p in text.strip().splitlines()))
    if found.look_at:
        print("\n" + _wrapped("look at: " + "; ".join(map(str.strip, found.look_at)), width))
    origin = {k: str(v) for k, v in found.origins.items()}
    rows = [
        ["start", str(found.horizon.start), origin["horizon.start"]],
        ["end", str(found.horizon.end), origin["horizon.end"]],
        ["members", str(found.members), origin["ensemble.members"]],
        ["seed", str(found.seed), origin["ensemble.seed"]],
    ]
    if found.metrics:
        rows.append(["metrics", ", ".join(found.metrics), origin["metrics"]])
    _section("", ("what", "value", "from"), rows)
    _section(
        "fixed values",
        ("parameter", "value", "default", "from"),
        [
            [
                n,
                words.with_unit(v, registry[n]),
                words.number(registry[n].default(found.base)),
                origin[f"set.{n}"],
            ]
            for n, v in found.set.items()
        ],
    )
    _section(
        "uncertainties",
        ("parameter", "distribution", "default", "from"),
        [
            [
                n,
                words.drawn(d, registry[n].unit),
                words.number(registry[n].default(found.base)),
                origin[f"uncertainties.{n}"],
            ]
            for n, d in found.uncertainties.items()
        ],
    )
    _section(
        "correlations",
        ("between", "rank correlation", "from"),
        [
            [" and ".join(c.between), f"{c.rho:g}", origin["correlations"]]
            for c in found.correlations
        ],
    )
    _section(
        "levers",
        ("parameter", "default", "range", "from"),
        [[n, *words.lever(v), origin[f"levers.{n}"]] for n, v in found.levers.items()],
    )
    _section(
        "events",
        ("event", "target", "change", "from"),
        [
            [e.id, e.target, words.change(e, registry), origin[f"events.{e.id}"]]
            for e in found.events
        ],
    )
    print("\nevery other parameter has its default: 'steppe list parameters'")
    if found.sources:
        said = (f"  {s.strip()}" for s in found.sources)
        print(
            "\nsources\n" + "\n".join(_wrapped(s, width) if layout.terminal() else s for s in said)
        )
    return DONE


def _wrapped(text: str, width: int) -> str:
    indent = " " * (len(text) - len(text.lstrip()))
    return textwrap.fill(text, width, subsequent_indent=indent, **layout.WHOLE_WORDS)


def _section(title: str, columns: Sequence[str], rows: list[list[str]]) -> None:
    if rows:
        print(f"\n{title}" if title else "")
        layout.print_table(
            columns, rows, fold=("value", "distribution", "range", "between", "change")
        )
