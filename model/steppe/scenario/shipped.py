"""The scenarios that come with steppe: a source tree's own, else those inside the package."""

from __future__ import annotations

import re
from pathlib import Path

NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")


def folder() -> Path:
    """Return the folder of the shipped scenarios: an editable install's copy would be stale."""
    package = Path(__file__).resolve().parents[1]
    tree = package.parents[1]
    if package.parent.name == "model" and (tree / "pyproject.toml").is_file():
        return tree / "scenarios"
    return package / "shipped_scenarios"


def names() -> tuple[str, ...]:
    """Return the names of the shipped scenarios in alphabetical order."""
    return tuple(sorted(p.stem for p in folder().glob("*.yaml") if NAME.fullmatch(p.stem)))


def find(name: str) -> Path | None:
    """Return the file of a shipped scenario, or None."""
    path = folder() / f"{name}.yaml"
    return path if NAME.fullmatch(name) and path.is_file() else None
