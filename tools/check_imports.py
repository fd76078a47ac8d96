"""Import every package that pyproject.toml names: a lock may install what does not import.

python tools/check_imports.py
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

APART = {"solara"}
"""Extras that the environment of the development lock does not hold."""
PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def direct_dependencies() -> list[str]:
    """Return the names of all distributions that pyproject.toml asks for in this environment."""
    settings = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    project = settings["project"]
    groups = [
        project["dependencies"],
        *(own for extra, own in project["optional-dependencies"].items() if extra not in APART),
        *settings["dependency-groups"].values(),
    ]
    names = {canonicalize_name(Requirement(text).name) for group in groups for text in group}
    return sorted(names)


def modules() -> dict[str, list[str]]:
    """Return, for every installed distribution, the modules to import.

    That is the module of the same name, else every top-level module that it brings.
    """
    found: dict[str, list[str]] = {}
    for module, distributions in packages_distributions().items():
        for distribution in set(distributions):
            if module.isidentifier() and not module.startswith("_"):
                found.setdefault(canonicalize_name(distribution), []).append(module)
    return {
        name: [m for m in tops if canonicalize_name(m) == name] or tops
        for name, tops in found.items()
    } | {"ruamel-yaml": ["ruamel.yaml"]}


def main() -> int:
    """Import each dependency in a process of its own; return 1 when one fails."""
    installed, code = modules(), 0
    for name in direct_dependencies():
        if name.startswith("types-") or name.endswith("-stubs"):
            continue  # for the type checker: there is nothing to import
        if name not in installed:
            print(f"{name}: not installed", file=sys.stderr)
            code = 1
            continue
        for module in installed[name]:
            done = subprocess.run(
                [sys.executable, "-c", f"import {module}"],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                print(f"{name}: import {module} fails:\n{done.stderr}", file=sys.stderr)
                code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
