"""``steppe discover``: the part of what a sweep varied in which a condition on outcomes holds."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import numpy as np

from steppe.analysis.findings import box_scenario
from steppe.analysis.findings.discovery import FEW, Discovery, Limit
from steppe.analysis.findings.questions import when_it_matters
from steppe.analysis.findings.reading import Points, Source
from steppe.cli import findings, layout, table
from steppe.cli.codes import DONE
from steppe.scenario.problems import clip

BOX = "box.yaml"
"""The scenario of the box."""


def run(
    sweep: str,
    *,
    where: str,
    step: int | None = None,
    out: Path | None = None,
    figure: bool = False,
    as_json: bool = False,
) -> int:
    """Print where the condition holds, keep box, tables and scenario; return the exit code."""

    def work() -> int:
        source = findings.source_of(sweep)
        asked = when_it_matters(source, where, step)
        points, condition, found = asked.points, asked.condition, asked.found
        place = findings.kept(source, out, "discover", str(condition))
        notes = [*points.notes(), *_notes(found)]
        variables = source.design.variables
        origin = f"Found by: {shlex.join(['steppe', *sys.argv[1:]])}"
        scenario = box_scenario.box_scenario(
            source.plan.scenario, variables, found.box, str(condition), clip(origin, 1_000)
        )
        answer = {
            **findings.about(source, points),
            "where": str(condition),
            "notes": notes,
            **data(found, source),
            "finding": str(place.path),
            "scenario_of_box": str(place.path / BOX),
        }
        place.write(BOX, scenario)
        _peeling(place, found)
        place.data(answer)
        if figure:
            _draw(place, found, source, points, str(condition))
        if as_json:
            print(json.dumps(answer, allow_nan=False))
            return DONE
        print(findings.title(source, points))
        print("\n".join([*lines(found, source, str(condition)), *findings.notes(notes)]))
        print(f"kept in {place.path}")
        print(f"the box as a scenario: {place.path / BOX}")
        return DONE

    return findings.explained(work)


def _notes(found: Discovery) -> list[str]:
    """Return what a reader must know of the box."""
    told = []
    if found.without:
        told.append(f"{found.without:,} points at which an outcome has no value are left out")
    few = min(found.of_interest, found.points - found.of_interest)
    if few < FEW:
        which = "of interest" if few == found.of_interest else "not of interest"
        told.append(f"warning: only {few} points are {which}: the box may be there by chance")
    if not found.box.limits:
        told.append(
            "PRIM finds no limit that is significant: what the sweep varied does not decide this"
        )
    return told


# what is said


def lines(found: Discovery, source: Source, condition: str) -> list[str]:
    """Return box and tree for a reader."""
    box = found.box
    text = [
        f"where {condition}: {found.of_interest:,} of {found.points:,} points "
        f"({found.base_rate:.1%}), by their mean over members",
        "",
        f"box: coverage {box.coverage:.1%} of these points, density {box.density:.1%} inside, "
        f"mass {box.mass:.1%} of all points",
    ]
    ranges = box_scenario.ranges(source.design.variables, box)
    units = {v.name: v.unit for v in source.design.variables}
    rows = [
        [
            name,
            f"{table.number(low)} to {table.number(high)}",
            "" if units[name] == "1" else units[name],
            f"{table.number(least)} to {table.number(most)}",
            ", ".join(f"{end.quasi_p:.1g}" for end in box.limits[name] if end is not None),
        ]
        for name, (low, high, least, most) in ranges.items()
    ]
    if rows:
        text += layout.laid_out(
            ["parameter", "in the box", "unit", "whole sweep", "quasi-p"],
            rows,
            width=layout.terminal(),
        )
    if found.leaves:
        text += ["", "tree (CART), leaves in which these points are more frequent than everywhere"]
        text += layout.laid_out(
            ["coverage", "density", "mass", "where"],
            [
                [f"{leaf.coverage:.1%}", f"{leaf.density:.1%}", f"{leaf.mass:.1%}", _ranged(leaf)]
                for leaf in found.leaves
            ],
            ["where"],
            layout.terminal(),
        )
    return text


def _ranged(leaf: Any) -> str:
    """Return what a leaf restricts: ``a > 1 and 2 < b <= 3``."""
    told = []
    for name, (low, high) in leaf.ranges.items():
        left = f"{table.number(low)} < " if np.isfinite(low) else ""
        right = f" <= {table.number(high)}" if np.isfinite(high) else ""
        told.append(f"{left}{name}{right}" if right else f"{name} > {table.number(low)}")
    return " and ".join(told)


# what is kept


def data(found: Discovery, source: Source) -> dict[str, Any]:
    """Return box, peeling and tree for JSON; docs/findings.md names the keys."""
    box, peeling = found.box, found.peeling
    ranges = box_scenario.ranges(source.design.variables, box)
    return {
        "points_used": found.points,
        "of_interest": found.of_interest,
        "box": {
            "coverage": box.coverage,
            "density": box.density,
            "mass": box.mass,
            "points": box.points,
            "of_interest": box.of_interest,
            "step": peeling.chosen,
            "limits": {
                name: {
                    "low": low,
                    "high": high,
                    "sweep": [least, most],
                    "quasi_p": [_quasi(end) for end in box.limits[name]],
                }
                for name, (low, high, least, most) in ranges.items()
            },
        },
        "peeling": [dict(zip(_COLUMNS, row, strict=True)) for row in _rows(found)],
        "leaves": [
            {
                "coverage": leaf.coverage,
                "density": leaf.density,
                "mass": leaf.mass,
                "ranges": {
                    name: [v if np.isfinite(v) else None for v in ends]
                    for name, ends in leaf.ranges.items()
                },
            }
            for leaf in found.leaves
        ],
    }


def _quasi(end: Limit | None) -> float | None:
    return None if end is None else end.quasi_p


_COLUMNS = ("step", "coverage", "density", "mass", "restricted")


def _rows(found: Discovery) -> list[list[float | int]]:
    peeling = found.peeling
    return [
        [i, float(c), float(d), float(m), int(r)]
        for i, (c, d, m, r) in enumerate(
            zip(peeling.coverage, peeling.density, peeling.mass, peeling.restricted, strict=True)
        )
    ]


def _peeling(place: findings.Kept, found: Discovery) -> None:
    place.table("peeling.csv", _COLUMNS, _rows(found))


def _draw(
    place: findings.Kept, found: Discovery, source: Source, points: Points, condition: str
) -> None:
    from steppe.figures import discovery

    told = (
        f"{source.plan.scenario.title} · {found.of_interest:,} of {found.points:,} points · mean "
        f"over {source.plan.members} members"
    )
    ranges = box_scenario.ranges(source.design.variables, found.box)
    place.figure("peeling.png", discovery.peeling(found, ranges, condition, told))
