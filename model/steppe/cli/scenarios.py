"""``steppe check``, ``list``, ``show`` (of a scenario), ``new``, ``diff`` and ``schema``."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from steppe import metrics, parameters, scenario
from steppe.clock import Quarter
from steppe.parameters import Parameter, Registry
from steppe.scenario import Distribution, Event, Lever, Problem, Problems, Scenario, shipped
from steppe.scenario.inheritance import locate, shown
from steppe.scenario.problems import Report, clip
from steppe.scenario.source import parse, read

DONE, USAGE = 0, 2
RUNS = Path("runs")
WIDTH = 100
"""Columns of running text."""
FOLDED = 24
"""Columns that a folded column of a table has at least."""


def check(files: Sequence[str]) -> int:
    """Check files, folders of files and shipped names; print ``ok`` or every problem of each.

    Warnings, as on a parameter's former name, leave a file ``ok``.
    """
    code = DONE
    for name in files:
        try:
            paths = _files(name)
        except Problems as error:
            print(error, file=sys.stderr)
            code = USAGE
            continue
        for path in paths:
            try:
                found = scenario.load(path)
            except Problems as error:
                sys.stdout.flush()
                print(error, file=sys.stderr)
                code = USAGE
            else:
                sys.stdout.flush()
                for warning in found.warnings:
                    print(warning, file=sys.stderr)
                print(f"ok {shown(path)}")
    return code


def _files(name: str) -> list[Path]:
    """Return the scenario files that an argument of ``check`` names."""
    if name and os.path.isdir(name) and shipped.find(name) is None:
        found = sorted(p for p in Path(name).iterdir() if p.suffix in (".yaml", ".yml"))
        if not found:
            raise Problems([Problem(clip(name, 200), "no scenario files (*.yaml) in this folder")])
        return found
    return [locate(name)]


# list


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
        _print_table(columns, cells, fold=("title", "meaning", "description"))
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


# show


def run_folder(name: str) -> Path | None:
    """Return the folder of a run given by path or by its name in ./runs; None when it is none."""
    for folder in (Path(name), RUNS / name):
        try:
            if name and (folder / "record.json").is_file():
                return folder
        except (OSError, ValueError):
            return None
    return None


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
    width = min(WIDTH, _terminal() or WIDTH)
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
                _with_unit(v, registry[n]),
                _number(registry[n].default(found.base)),
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
                _drawn(d, registry[n].unit),
                _number(registry[n].default(found.base)),
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
        [[n, *_lever(v), origin[f"levers.{n}"]] for n, v in found.levers.items()],
    )
    _section(
        "events",
        ("event", "target", "change", "from"),
        [[e.id, e.target, _change(e, registry), origin[f"events.{e.id}"]] for e in found.events],
    )
    print("\nevery other parameter has its default: 'steppe list parameters'")
    if found.sources:
        said = (f"  {s.strip()}" for s in found.sources)
        print("\nsources\n" + "\n".join(_wrapped(s, width) if _terminal() else s for s in said))
    return DONE


def _wrapped(text: str, width: int) -> str:
    indent = " " * (len(text) - len(text.lstrip()))
    return textwrap.fill(text, width, subsequent_indent=indent, **_WHOLE_WORDS)


def _section(title: str, columns: Sequence[str], rows: list[list[str]]) -> None:
    if rows:
        print(f"\n{title}" if title else "")
        _print_table(columns, rows, fold=("value", "distribution", "range", "between", "change"))


def _number(value: float) -> str:
    return f"{value:.6g}"


def _unit(unit: str) -> str:
    return "" if unit == "1" else f" {unit}"


def _with_unit(value: float, parameter: Parameter) -> str:
    return _number(value) + _unit(parameter.unit)


def _drawn(value: float | Distribution, unit: str) -> str:
    """Return a number or a distribution in words."""
    if not isinstance(value, Distribution):
        return _number(value) + _unit(unit)
    ((shape, spelled),) = value.spelled().items()
    numbers = ", ".join(v if isinstance(v, str) else _number(v) for v in spelled)
    return f"{shape} [{numbers}]{_unit(unit)}"


def _lever(lever: Lever) -> tuple[str, str]:
    return (
        _number(lever.default) + _unit(lever.unit),
        f"{_number(lever.low)} to {_number(lever.high)}{_unit(lever.unit)}",
    )


def _change(event: Event, registry: Registry) -> str:
    """Return what an event does, in one line."""
    unit = "1" if event.change == "times" else registry[event.target].unit
    start = event.start
    words = [event.shape, event.change, _drawn(event.amount, unit), "from"]
    words.append(_drawn(start, "1") if isinstance(start, Distribution) else str(start))
    if event.duration is not None:
        words += ["half-life" if event.shape == "decay" else "over"]
        words.append(_drawn(event.duration, "quarters"))
    if event.when is not None:
        words += ["when", str(event.when)]
    return " ".join(words)


# new

_EVENT_START = Quarter.of(2026, 3)
_TEMPLATE = """\
{schema}title: {name}, in one line
extends: {extends}
description: >
  What happens, and why it matters.
# question: What should a run answer?
# look_at: [where the answer shows]
# sources: [where this is described]

# As it stands, this is {extends} under another name; 'steppe show {extends}' prints that.
# Each section below changes it: uncomment what you need by taking '# ' from its lines.

# horizon: {{end: {end}}}
# ensemble: {{members: 200}}

# set:                      # fixed values; 'steppe list parameters' names and explains them
#   trade.elasticity: 3.0
#   link.chabahar_mashhad.capacity: 8.5 Mt/yr

# events:                   # step | ramp | pulse | decay, one of to | by | times
#   - id: rail
#     target: link.chabahar_mashhad.completion
#     shape: ramp
#     to: 1.0
#     start: {start}
#     duration: 8           # quarters
{removal}
# uncertainties:            # differ between members
#   trade.adjustment: {{uniform: [0.13, 0.25]}}

# levers:                   # what a sweep or a slider may turn
#   corridors.route_sensitivity: {{range: [5, 30], default: 15}}

# metrics: [corridor_share, trade_share]
"""


def new(name: str, extends: str) -> int:
    """Write a scenario file to fill in; refuse names that are taken or not plain."""
    if not shipped.NAME.fullmatch(name):
        message = "a name has small letters, digits and '_' only, at most 64, such as my_scenario"
        raise Problems([Problem(clip(name), message)])
    folder = Path("scenarios") if Path("scenarios").is_dir() else Path()
    path = folder / f"{name}.yaml"
    if path.exists():
        raise Problems([Problem(str(path), "this file exists already")])
    if (taken := shipped.find(name)) is not None:
        message = f"{shown(taken)} has this name already: choose another"
        raise Problems([Problem(name, message)])
    parent = scenario.load(extends)
    spelled = extends
    if shipped.find(extends) is None:
        spelled = Path(os.path.relpath(locate(extends), folder)).as_posix()
        spelled = spelled if "/" in spelled else f"./{spelled}"
    schema = folder / "scenario.schema.json"
    line = f"# yaml-language-server: $schema=./{schema.name}\n" if schema.is_file() else ""
    inherited = parent.events[0].id if parent.events else None
    removal = f"#   - {{id: {inherited}, remove: true}}   # an inherited event\n"
    start, end = parent.horizon.start, parent.horizon.end
    text = _TEMPLATE.format(
        name=name,
        extends=spelled if spelled == extends else json.dumps(spelled),
        schema=line,
        start=_EVENT_START if start <= _EVENT_START <= end else start,
        end=end,
        removal=removal if inherited is not None else "",
    )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Problems([Problem(str(path), "this file exists already")]) from None
    except OSError as error:
        told = os.strerror(error.errno or 0)
        raise Problems([Problem(str(path), f"cannot be written: {told}")]) from None
    print(path)
    print(f"extends {parent.name}: {parent.title}", file=sys.stderr)
    return DONE


# diff


def diff(first: str, second: str) -> int:
    """Print the values in which two scenarios differ, by kind."""
    problems: list[Problem] = []
    found: list[Scenario] = []
    for name in (first, second):
        try:
            found.append(scenario.load(name))
        except Problems as error:
            problems += error.problems
    report = Report()
    for problem in problems:
        report.add(problem)
    report.raise_if_any()
    a, b = found
    registry = parameters.registry()
    same = True
    for title, left, right in _kinds(a, b, registry):
        rows = [
            [key, left.get(key, "-"), right.get(key, "-")]
            for key in dict.fromkeys([*left, *right])
            if left.get(key) != right.get(key)
        ]
        if rows:
            print(("" if same else "\n") + title)
            _print_table(("", a.name, b.name), rows, fold=(a.name, b.name))
            same = False
    if same:
        print("no difference", file=sys.stderr)
    return DONE


def _kinds(
    a: Scenario, b: Scenario, registry: Registry
) -> Iterable[tuple[str, dict[str, str], dict[str, str]]]:
    """Yield, kind by kind, what each scenario says in words; equal words mean no difference."""
    yield "run", _run(a), _run(b)
    named = {*a.set, *a.uncertainties, *a.levers, *b.set, *b.uncertainties, *b.levers}
    order = [p for p in registry if p.name in named]
    yield "parameters", _values(a, order), _values(b, order)
    for kind in ("events", "correlations"):
        left, right = (_listed(s, kind, registry) for s in (a, b))
        if kind == "events" and list(left) != list(right) and sorted(left) == sorted(right):
            left["(order)"], right["(order)"] = ", ".join(left), ", ".join(right)
        yield kind, left, right


def _run(s: Scenario) -> dict[str, str]:
    return {
        "start": str(s.horizon.start),
        "end": str(s.horizon.end),
        "members": str(s.members),
        "seed": str(s.seed),
        "metrics": ", ".join(s.metrics) or "(the headline ones)",
    }


def _values(s: Scenario, order: Iterable[Parameter]) -> dict[str, str]:
    """Return what each named parameter is in a scenario: fixed, drawn, a lever or the default."""
    said = {}
    for p in order:
        lever = s.levers.get(p.name)
        if p.name in s.uncertainties:
            said[p.name] = _drawn(s.uncertainties[p.name], p.unit)
        elif p.name in s.set:
            said[p.name] = _exact(s.set[p.name], p.unit)
        elif lever is not None:
            said[p.name] = _exact(lever.default, p.unit)
        else:
            said[p.name] = f"{_exact(p.default(s.base), p.unit)} (default)"
        if lever is not None:
            said[p.name] += f", a lever from {_lever(lever)[1]}"
    return said


def _exact(value: float, unit: str) -> str:
    return f"{value:.12g}{_unit(unit)}"


def _listed(s: Scenario, kind: str, registry: Registry) -> dict[str, str]:
    if kind == "events":
        return {e.id: f"{e.target}: {_change(e, registry)}" for e in s.events}
    return {" and ".join(sorted(c.between)): f"{c.rho:g}" for c in s.correlations}


def schema() -> int:
    """Print the JSON schema of scenario files."""
    from steppe.scenario.json_schema import generate

    sys.stdout.write(generate(parameters.registry()))
    return DONE


# tables


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dict):
        return ", ".join(f"{k}: {_cell(v)}" for k, v in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else clip(str(value), 5_000)


def _terminal() -> int | None:
    """Return the columns of the terminal that is printed to; None when it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _print_table(columns: Sequence[str], rows: list[list[str]], fold: Iterable[str] = ()) -> None:
    """Print rows below their column names; a terminal gets them in its width, ``fold`` folded."""
    print("\n".join(laid_out(columns, rows, fold, _terminal())))


def laid_out(
    columns: Sequence[str], rows: list[list[str]], fold: Iterable[str], width: int | None
) -> list[str]:
    """Return the lines of a table of at most ``width`` columns; without one, a line a row.

    Nothing is cut: the columns named in ``fold`` break between words, and a table that is too
    wide even so becomes a block a row.
    """
    lines = [list(columns), *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    if width is None:
        return [_joined(line, widths) for line in lines]
    folded = [i for i, name in enumerate(columns) if name in set(fold)]
    least = {i: min(widths[i], max(FOLDED, *(_longest_word(c[i]) for c in lines))) for i in folded}
    excess = sum(widths) + 2 * (len(widths) - 1) - width
    if excess > sum(widths[i] - least[i] for i in folded):
        return _blocks(columns, rows, width)
    for _ in range(excess):
        widest = max((i for i in folded if widths[i] > least[i]), key=widths.__getitem__)
        widths[widest] -= 1
    shown = []
    for line in [lines[0], ["-" * w for w in widths], *rows]:
        cells = [
            (textwrap.wrap(cell, widths[i], **_WHOLE_WORDS) or [""]) if i in folded else [cell]
            for i, cell in enumerate(line)
        ]
        shown += [_joined(parts, widths) for parts in zip_longest(*cells, fillvalue="")]
    return shown


_WHOLE_WORDS: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{c:<{w}}" for c, w in zip(cells, widths, strict=True)).rstrip()


def _blocks(columns: Sequence[str], rows: list[list[str]], width: int) -> list[str]:
    """Return each row as its first cell and, indented below it, the others with their names."""
    shown = []
    for first, *others in rows:
        shown.append(first)
        line = ""
        for name, cell in zip(columns[1:], others, strict=True):
            if not cell:
                continue
            said = f"{name}: {cell}"
            if line and len(line) + len(said) + 2 > width:
                shown.append(line)
                line = ""
            line = f"{line}; {said}" if line else f"  {said}"
            if len(line) > width:
                *full, line = textwrap.wrap(
                    line, width, subsequent_indent="    ", initial_indent="", **_WHOLE_WORDS
                )
                shown += full
        shown += [line] if line else []
    return shown
