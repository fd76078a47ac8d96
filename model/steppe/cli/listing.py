"""``steppe list``: scenarios, parameters, metrics and runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from steppe import metrics, parameters
from steppe.cli import layout, words
from steppe.cli.codes import DONE, USAGE
from steppe.cli.progress import say
from steppe.parameters import Parameter
from steppe.record import BATCH, RECORD, RUNS
from steppe.record.catalogue import Memory, catalogue
from steppe.scenario import Problems, shipped
from steppe.scenario.inheritance import shown
from steppe.scenario.problems import clip
from steppe.scenario.source import parse, read

_SHORT = 12
"""Digits of a record's hash that a reader gets."""


def list_(what: str, as_json: bool, places: Sequence[Path] = ()) -> int:
    """Print the scenarios, parameters, metrics or the runs in ``places`` (./runs)."""
    if places and what != "runs":
        say(f"--in goes with runs, not with {what}")
        return USAGE
    missing = next((place for place in places if not place.is_dir()), None)
    if missing is not None:
        say(f"--in {clip(str(missing), 200)}: error: there is no such folder")
        return USAGE
    made: dict[str, Callable[[], Rows]] = {
        "scenarios": _scenarios,
        "parameters": _parameters,
        "metrics": _metrics,
        "runs": lambda: _runs(tuple(dict.fromkeys(places)) or (RUNS,)),
    }
    rows, columns = made[what]()
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    elif rows:
        cells = [[_cell(row[c]) for c in columns] for row in rows]
        layout.print_table(columns, cells, fold=("title", "meaning", "description"))
    else:
        print(f"no {what} here", file=sys.stderr)
    return DONE


Rows = tuple[list[dict[str, Any]], tuple[str, ...]]


def _scenarios() -> Rows:
    rows = []
    for name in shipped.names():
        path = shipped.folder() / f"{name}.yaml"
        try:
            data = parse(read(path, shown(path)), shown(path), path).data
        except Problems as error:
            data = {"title": f"(invalid: {error.problems[0].message})"}
        rows.append(
            {
                "name": name,
                "extends": data.get("extends"),
                "title": data.get("title"),
                "question": data.get("question"),
                "file": shown(path),
            }
        )
    return rows, ("name", "extends", "title")


def _parameters() -> Rows:
    rows = [
        {
            "name": p.name,
            "default": _default(p),
            "low": p.low,
            "high": p.high,
            "unit": p.unit,
            "prior": dict(p.prior) if p.prior else None,
            "evidence": p.evidence,
            "meaning": p.meaning,
            "source": p.source,
        }
        for p in parameters.registry()
    ]
    return rows, ("name", "default", "low", "high", "unit", "evidence", "meaning")


def _default(parameter: Parameter) -> float | dict[str, float]:
    """Return the default, by base year where it differs between them."""
    values = set(parameter.defaults.values())
    return values.pop() if len(values) == 1 else {str(k): v for k, v in parameter.defaults.items()}


def _metrics() -> Rows:
    rows = [
        {
            "name": m.name,
            "dims": list(m.dims),
            "unit": m.unit,
            "headline": m.headline,
            "description": m.description,
        }
        for m in metrics.METRICS
    ]
    return rows, ("name", "dims", "unit", "description")


def _runs(places: Sequence[Path]) -> Rows:
    """Return runs, sweeps and batches; what cannot be read is told and passed over.

    Runs of a batch stand in the batch's row.  What is no longer where it was is told once.
    """
    rows = []
    cannot: list[Path] = []
    for place in places:
        found = catalogue([place])
        cannot += found.cannot
        memory = Memory.of(place)
        for change in memory.changes(found.entries):
            print(f"note: {clip(change, 500)}", file=sys.stderr)
        if found.entries or memory.known:
            memory.keep(found.entries)
        batches = {entry.path for entry in found.entries if entry.kind == "batch"}
        for entry in found.entries:
            if entry.path.parent in batches:
                continue
            try:
                row = _batch(entry.record) if entry.kind == "batch" else _run(entry.record)
            except (KeyError, TypeError, AttributeError):
                cannot.append(entry.path / (BATCH if entry.kind == "batch" else RECORD))
                continue
            rows.append({"run": str(entry.path), **row, "id": entry.identity[:_SHORT]})
    for file in cannot:
        print(f"warning: {clip(str(file), 500)} cannot be read", file=sys.stderr)
    return rows, ("run", "kind", "status", "scenario", "members", "seed", "started")


def _run(record: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: record[key] for key in ("status", "members", "seed", "started")}
    return {"kind": record.get("kind", "run"), "scenario": record["scenario"]["name"], **kept}


def _batch(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a batch: done when every scenario is, else how many are."""
    ran, all_of_them = record["runs"], len(record["runs"]) + len(record["waiting"])
    done = sum(row["status"] == "done" for row in ran)
    return {
        "kind": "batch",
        "scenario": [row["scenario"] for row in ran] + record["waiting"],
        "status": "done" if done == all_of_them else f"{done} of {all_of_them} done",
        "members": record["members"],
        "seed": record["seed"],
        "started": record["started"],
    }


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return words.number(value)
    if isinstance(value, dict):
        return ", ".join(f"{k}: {_cell(v)}" for k, v in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else clip(str(value), 5_000)
