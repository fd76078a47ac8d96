"""``steppe diff``: the values in which two scenarios differ."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from steppe import parameters, scenario
from steppe.cli import layout, words
from steppe.cli.codes import DONE
from steppe.parameters import Parameter, Registry
from steppe.scenario import Problem, Problems, Scenario
from steppe.scenario.problems import Report


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
            layout.print_table(("", a.name, b.name), rows, fold=(a.name, b.name))
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
            said[p.name] = words.drawn(s.uncertainties[p.name], p.unit)
        elif p.name in s.set:
            said[p.name] = _exact(s.set[p.name], p.unit)
        elif lever is not None:
            said[p.name] = _exact(lever.default, p.unit)
        else:
            said[p.name] = f"{_exact(p.default(s.base), p.unit)} (default)"
        if lever is not None:
            said[p.name] += f", a lever from {words.lever(lever)[1]}"
    return said


def _exact(value: float, unit: str) -> str:
    return f"{value:.12g}{words.unit_of(unit)}"


def _listed(s: Scenario, kind: str, registry: Registry) -> dict[str, str]:
    if kind == "events":
        return {e.id: f"{e.target}: {words.change(e, registry)}" for e in s.events}
    return {" and ".join(sorted(c.between)): f"{c.rho:g}" for c in s.correlations}
