"""``steppe sensitivity``: which parameters of a sweep matter for an outcome."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from steppe.analysis.findings import sensitivity
from steppe.analysis.findings.noise import Noise
from steppe.analysis.findings.questions import what_matters
from steppe.analysis.findings.reading import Points, Source
from steppe.analysis.findings.sensitivity import Sensitivity
from steppe.cli import findings, layout, table
from steppe.cli.codes import DONE
from steppe.cli.progress import say

ROWS = 20
"""Parameters that the table shows; ``table.csv`` has all."""

HEADS = {
    "total": "total",
    "first": "first order",
    "mu_star": "mu*",
    "mu": "mu",
    "sigma": "sigma",
    "pawn": "PAWN",
}
_KEYS = {
    "sobol": "total, first order: parts of the variance between points that a parameter has with "
    "and without its interactions",
    "morris": "mu*: mean size of the change per whole range of a parameter, in the outcome's unit; "
    "mu: its mean; sigma: how much it differs from place to place (interactions, bends)",
    "pawn": "PAWN: how far the outcome's distribution moves along a parameter, 0 to 1 (median over "
    "slices); first order: part of the variance that it has alone",
}


def run(
    sweep: str,
    *,
    metric: str | None,
    method: str | None = None,
    out: Path | None = None,
    figure: bool = False,
    as_json: bool = False,
) -> int:
    """Print which parameters matter, keep the tables and return the exit code."""

    def work() -> int:
        source = findings.source_of(sweep)
        asked = what_matters(source, metric, method)
        points, how, found = asked.points, asked.method, asked.found
        answer: dict[str, Any] = {
            **findings.about(source, points),
            "method": how,
            "notes": points.notes(),
            "outcomes": {},
        }
        text = [findings.title(source, points), *findings.notes(points.notes())]
        for one in found:
            place = findings.kept(source, out, "sensitivity", how, one.label)
            own = {**data(one, source), "finding": str(place.path)}
            answer["outcomes"][one.label] = own
            _keep(place, one, {**answer, "outcomes": {one.label: own}})
            if figure:
                _draw(place, one, source, points)
            text += ["", *lines(one, source), f"kept in {place.path}"]
        if as_json:
            print(json.dumps(answer, allow_nan=False))
            _warn(found, source)
        else:
            print("\n".join(text))
        return DONE

    return findings.explained(work)


def _warn(found: Sequence[Sensitivity], source: Source) -> None:
    for one in found:
        if (told := too_wide(one, source)) is not None:
            say(f"warning: {one.label}: {told}")


# what is said


def lines(one: Sensitivity, source: Source) -> list[str]:
    """Return the table of an outcome for a reader."""
    head = f"{one.label} ({findings.unit(one.label)}): mean {table.number(one.mean)}, standard "
    text = [f"{head}deviation {table.number(one.deviation)} over points"]
    columns = ["parameter"]
    for index in one.indices:
        columns += [HEADS[index.name], "95 % interval"]
    columns += [HEADS[name] for name in one.plain]
    rows = []
    for i in one.order[:ROWS]:
        cells = [one.names[i]]
        for index in one.indices:
            low, high = table.number(index.low[i]), table.number(index.high[i])
            cells += [table.number(index.value[i]), f"{low} to {high}"]
        rows.append([*cells, *(table.number(values[i]) for values in one.plain.values())])
    text += layout.laid_out(columns, rows, width=layout.terminal())
    if len(one.order) > ROWS:
        text.append(f"({len(one.order) - ROWS} more in table.csv)")
    return [*text, *findings.notes([_KEYS[one.method], *notes(one, source)])]


def notes(one: Sensitivity, source: Source) -> list[str]:
    """Return what a reader must know of the indices."""
    told = [
        f"from {sensitivity.samples_of(source.design, one.samples)}, each outcome the mean over "
        f"{source.plan.members} members",
        one.noise.sentence(),
    ]
    if one.threshold is not None:
        matter = [one.names[i] for i in one.order if one.indices[0].value[i] > one.threshold]
        told.append(
            f"without any effect PAWN stays below {one.threshold:.3f} (in 95 % of samples, all "
            f"parameters together): {len(matter)} of {len(one.names)} are above it"
        )
    wide = too_wide(one, source)
    return told if wide is None else [*told, f"warning: {wide}"]


def too_wide(one: Sensitivity, source: Source) -> str | None:
    """Return what to say of intervals that are too wide, and what would do; else None."""
    if one.enough is None:
        return None
    scale = 2.0 if one.method == "morris" else 1.0
    of = " of the largest effect" if one.method == "morris" else ""
    advice = ""
    if source.design.method in ("lhs", "sobol", "morris"):
        more = one.enough - sum(source.design.blocks)
        if more > 0:
            advice = f": steppe sweep --extend {more} --out {source.folder.path}"
    return (
        f"the widest interval spans {scale * one.widest:.2f}{of}; {scale * sensitivity.WIDE:.1f} "
        f"would tell parameters apart, with about "
        f"{sensitivity.samples_of(source.design, one.enough)} instead of {one.samples:,}{advice}"
    )


# what is kept


def data(one: Sensitivity, source: Source) -> dict[str, Any]:
    """Return the indices of an outcome for JSON; docs/findings.md names the keys."""
    return {
        "unit": findings.unit(one.label),
        "points": one.points,
        "samples": one.samples,
        "mean": one.mean,
        "deviation": one.deviation,
        "parameters": {
            one.names[i]: {
                **{
                    index.name: {
                        "value": float(index.value[i]),
                        "low": float(index.low[i]),
                        "high": float(index.high[i]),
                    }
                    for index in one.indices
                },
                **{name: float(values[i]) for name, values in one.plain.items()},
            }
            for i in one.order
        },
        "threshold": one.threshold,
        "noise": _noise(one.noise),
        "too_wide": one.enough is not None,
        "samples_needed": one.enough,
        "notes": notes(one, source),
    }


def _noise(found: Noise) -> dict[str, float | int | None]:
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in vars(found).items()
    }


def _keep(place: findings.Kept, one: Sensitivity, answer: dict[str, Any]) -> None:
    columns = ["parameter"]
    for index in one.indices:
        columns += [index.name, f"{index.name}_low", f"{index.name}_high"]
    rows = [
        [
            one.names[i],
            *(float(v[i]) for index in one.indices for v in (index.value, index.low, index.high)),
            *(float(values[i]) for values in one.plain.values()),
        ]
        for i in one.order
    ]
    place.table("table.csv", [*columns, *one.plain], rows)
    place.data(answer)


def _draw(place: findings.Kept, one: Sensitivity, source: Source, points: Points) -> None:
    from steppe.figures import sensitivity as figures

    told = (
        f"{source.plan.scenario.title} · {len(points):,} points ({source.design.method}) · "
        f"mean over {source.plan.members} members"
    )
    place.figure("indices.png", figures.indices(one, told, findings.unit(one.label)))
