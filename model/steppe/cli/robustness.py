"""``steppe robustness``: which levers of a sweep help whatever else happens."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from steppe import __version__
from steppe.analysis.findings.questions import which_is_robust
from steppe.analysis.findings.reading import Source
from steppe.analysis.findings.robustness import FEW_WORLDS, Robustness
from steppe.cli import findings, layout, table
from steppe.cli.codes import DONE
from steppe.cli.words import number

ROWS = 25
"""Strategies that the table shows; ``strategies.csv`` has all."""


def run(
    sweep: str,
    *,
    levers: Sequence[str],
    metric: str,
    less: bool = False,
    where: str | None = None,
    out: Path | None = None,
    figure: bool = False,
    as_json: bool = False,
) -> int:
    """Print regret and satisficing, keep the tables and return the exit code."""

    def work() -> int:
        source = findings.source_of(sweep)
        asked = which_is_robust(source, levers, metric, less, where)
        points, label, condition = asked.points, asked.label, asked.condition
        reference, found = asked.reference, asked.found
        texts = [*asked.levers, *(["less"] if less else []), *([where] if where else [])]
        place = findings.kept(source, out, "robustness", label, " ".join(texts))
        enough = _enough(found, str(condition) if condition else None, less)
        notes = [*points.notes(), *_notes(found)]
        answer = {
            **findings.about(source, points),
            "metric": label,
            "unit": findings.unit(label),
            "better": "less" if less else "more",
            "good_enough": enough,
            "reference": reference,
            "notes": notes,
            **data(found),
            "finding": str(place.path),
        }
        _keep(place, found, answer)
        if figure:
            _draw(place, found, source, label, enough, less)
        if as_json:
            print(json.dumps(answer, allow_nan=False))
            return DONE
        print(findings.title(source, points))
        sheet = _sheet(found, source, label, enough, less, reference)
        print("\n".join([*sheet, *lines(found)]))
        print("\n".join([*findings.notes([*_key(), *notes]), f"kept in {place.path}"]))
        return DONE

    return findings.explained(work)


# what is said


def _enough(found: Robustness, condition: str | None, less: bool) -> str:
    if condition is not None:
        return condition
    assert found.level is not None
    bound = "at most" if less else "at least"
    return f"{bound} {table.number(found.level)}, the median world of the reference strategy"


def _notes(found: Robustness) -> list[str]:
    told = []
    if found.crossing.states_left_out:
        told.append(
            f"{found.crossing.states_left_out} states are not computed for all strategies: they "
            "are left out"
        )
    if found.left_out:
        told.append(f"{found.left_out} worlds in which the outcome has no value are left out")
    if found.worlds < FEW_WORLDS:
        told.append(
            f"warning: {found.worlds} worlds are few: the 95 % regret is nearly the largest one"
        )
    return told


def _sheet(
    found: Robustness,
    source: Source,
    label: str,
    enough: str,
    less: bool,
    reference: Mapping[str, float],
) -> list[str]:
    """Return what is varied, turned, run and measured (XLRM)."""
    crossing = found.crossing
    states = len(crossing.states)
    others = ", ".join(
        f"{name} ({len(np.unique(crossing.states[:, i]))} levels)"
        for i, name in enumerate(crossing.others)
    )
    drawn = f"what {source.plan.members} members draw"
    levers = ", ".join(
        f"{name} ({len(np.unique(crossing.strategies[:, i]))} levels)"
        for i, name in enumerate(crossing.levers)
    )
    worlds = f"{states} states x {source.plan.members} members" if states > 1 else "members"
    better = "less" if less else "more"
    return [
        "",
        *layout.laid_out(
            ["", "", ""],
            [
                ["X", "else", f"{others} and {drawn}" if others else drawn],
                ["", "", f"{found.worlds:,} worlds ({worlds})"],
                ["L", "levers", f"{levers}: {len(crossing.strategies)} strategies"],
                [
                    "",
                    "",
                    f"reference: {', '.join(f'{n} {number(v)}' for n, v in reference.items())}",
                ],
                ["R", "model", f"{source.plan.scenario.name}, steppe {__version__}"],
                ["M", "measure", f"{label} ({findings.unit(label)}), {better} is better"],
                ["", "", f"good enough: {enough}"],
            ],
        )[1:],
    ]


def lines(found: Robustness) -> list[str]:
    """Return the tables of strategies and of single levers for a reader."""
    rows = [
        [
            *(number(level) for level in row.levels.values()),
            table.number(row.median),
            f"{table.number(row.low)} to {table.number(row.high)}",
            table.number(row.mean_regret),
            table.number(row.regret_95),
            table.number(row.largest_regret),
            f"{row.best:.0%}",
            f"{row.satisfies:.0%}",
            *([f"{_least(row.satisfies_by_state):.0%}"] if len(found.crossing.states) > 1 else []),
        ]
        for row in found.strategies[:ROWS]
    ]
    heads = [*found.crossing.levers, "median", "90 % band", "regret: mean", "95 %", "largest"]
    heads += ["best in", "good in"]
    heads += ["in its worst state"] if len(found.crossing.states) > 1 else []
    text = ["", "strategies, the least regret in the worst twentieth of worlds first"]
    text += layout.laid_out(heads, rows, width=layout.terminal())
    if len(found.strategies) > ROWS:
        text.append(f"({len(found.strategies) - ROWS} more in strategies.csv)")
    text += ["", "single levers, turned from their reference level in the same worlds"]
    text += layout.laid_out(
        ["lever", "from", "to", "change: median", "90 % band", "helps in", "harms in", "at least"],
        [
            [
                turn.lever,
                number(turn.reference),
                number(turn.level),
                table.number(turn.median, sign=True),
                f"{table.number(turn.low, sign=True)} to {table.number(turn.high, sign=True)}",
                f"{turn.helps:.0%}",
                f"{turn.harms:.0%}",
                f"{turn.least:.0%}" + (f" ({told})" if (told := state(found, turn.state)) else ""),
            ]
            for turn in found.turns
        ],
        width=layout.terminal(),
    )
    return text


def state(found: Robustness, place: int) -> str:
    """Return a state in words: ``china.budget 0.5``; nothing where there is one only."""
    crossing = found.crossing
    return ", ".join(
        f"{name} {number(value)}"
        for name, value in zip(crossing.others, crossing.states[place].tolist(), strict=True)
    )


def _key() -> list[str]:
    return [
        "regret: what a strategy gives away against the best one in the same world; best in, good "
        "in: parts of the worlds in which it is the best, and good enough; helps in: part of the "
        "worlds that turning the lever makes better, at least: in the state where it is smallest"
    ]


def _least(parts: Sequence[float]) -> float:
    known = [p for p in parts if math.isfinite(p)]
    return min(known, default=math.nan)


# what is kept


def data(found: Robustness) -> dict[str, Any]:
    """Return the tables for JSON; docs/findings.md names the keys."""
    crossing = found.crossing
    return {
        "worlds": found.worlds,
        "worlds_left_out": found.left_out,
        "states": [
            dict(zip(crossing.others, values, strict=True)) for values in crossing.states.tolist()
        ],
        "strategies": [
            {
                **vars_of(row),
                "levels": dict(row.levels),
                "satisfies_by_state": [
                    p if math.isfinite(p) else None for p in row.satisfies_by_state
                ],
            }
            for row in found.strategies
        ],
        "levers": [vars_of(turn) for turn in found.turns],
    }


def vars_of(row: object) -> dict[str, Any]:
    """Return the fields of a row that are plain values."""
    return {
        name: getattr(row, name)
        for name in row.__dataclass_fields__  # type: ignore[attr-defined]
        if isinstance(getattr(row, name), int | float | str)
    }


def _keep(place: findings.Kept, found: Robustness, answer: dict[str, Any]) -> None:
    plain = [vars_of(row) for row in found.strategies]
    place.table(
        "strategies.csv",
        [*found.crossing.levers, *plain[0]],
        [
            [*row.levels.values(), *values.values()]
            for row, values in zip(found.strategies, plain, strict=True)
        ],
    )
    turns = [vars_of(turn) for turn in found.turns]
    place.table(
        "levers.csv",
        [*turns[0]] if turns else ["lever"],
        [[*values.values()] for values in turns],
    )
    place.data(answer)


def _draw(
    place: findings.Kept,
    found: Robustness,
    source: Source,
    label: str,
    enough: str,
    less: bool,
) -> None:
    from steppe.figures import robustness as figures

    told = (
        f"{source.plan.scenario.title} · {found.worlds:,} worlds · "
        f"{'less' if less else 'more'} is better · good enough: {enough}"
    )
    states = [state(found, i) for i in range(len(found.crossing.states))]
    place.figure("regret.png", figures.regret(found, label, told, findings.unit(label), states))
