"""``steppe list``: scenarios, parameters, metrics and runs."""

from __future__ import annotations

import json
import sys
from typing import Any

from steppe import metrics, parameters
from steppe.cli import layout, words
from steppe.cli.codes import DONE
from steppe.parameters import Parameter
from steppe.record import RUNS
from steppe.scenario import Problems, shipped
from steppe.scenario.inheritance import shown
from steppe.scenario.problems import clip
from steppe.scenario.source import parse, read


def list_(what: str, as_json: bool) -> int:
    """Print the scenarios, parameters, metrics or runs."""
    rows, columns = {
        "scenarios": _scenarios,
        "parameters": _parameters,
        "metrics": _metrics,
        "runs": _runs,
    }[what]()
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


def _runs() -> Rows:
    rows = []
    for file in sorted(RUNS.glob("*/record.json")):
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
            about = record["scenario"]
            row = {
                "run": str(file.parent),
                "status": record["status"],
                "scenario": about["name"],
                "members": record["members"],
                "seed": record["seed"],
                "started": record["started"],
            }
        except (OSError, ValueError, KeyError, TypeError):
            print(f"warning: {file} cannot be read", file=sys.stderr)
        else:
            rows.append(row)
    return rows, ("run", "status", "scenario", "members", "seed", "started")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return words.number(value)
    if isinstance(value, dict):
        return ", ".join(f"{k}: {_cell(v)}" for k, v in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else clip(str(value), 5_000)
