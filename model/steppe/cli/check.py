"""``steppe check`` and ``schema``: whether scenario files are right, and what they may hold."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from steppe import parameters, scenario
from steppe.cli.codes import DONE, USAGE
from steppe.scenario import Problem, Problems, shipped
from steppe.scenario.inheritance import locate, shown
from steppe.scenario.problems import clip


def check(files: Sequence[str]) -> int:
    """Check files, folders of files and shipped names; print ``ok`` or every problem of each.

    Warnings, as on a parameter's former name, leave a file ``ok``.
    """
    code = DONE
    for name in files:
        try:
            paths = files_of(name)
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


def files_of(name: str) -> list[Path]:
    """Return the scenario files that an argument of ``check`` names."""
    if name and os.path.isdir(name) and shipped.find(name) is None:
        found = sorted(p for p in Path(name).iterdir() if p.suffix in (".yaml", ".yml"))
        if not found:
            raise Problems([Problem(clip(name, 200), "no scenario files (*.yaml) in this folder")])
        return found
    return [locate(name)]


def schema() -> int:
    """Print the JSON schema of scenario files."""
    from steppe.scenario.json_schema import generate

    sys.stdout.write(generate(parameters.registry()))
    return DONE
