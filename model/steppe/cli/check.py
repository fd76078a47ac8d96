"""``steppe check`` and ``schema``: whether scenario files are right, and what they may hold."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from steppe import parameters, scenario
from steppe.cli.codes import DONE, USAGE
from steppe.scenario import Problems
from steppe.scenario.family import files_of
from steppe.scenario.inheritance import shown


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


def schema() -> int:
    """Print the JSON schema of scenario files."""
    from steppe.scenario.json_schema import generate

    sys.stdout.write(generate(parameters.registry()))
    return DONE
