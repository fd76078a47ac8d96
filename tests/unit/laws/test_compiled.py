"""Compiled code is kept by what it was compiled from, wherever it can be kept."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import steppe
from steppe.laws import compiled

PACKAGE = Path(steppe.__file__).parent
USE = """
import sys
from steppe.laws import budgets
import numpy as np
budgets.mean_rise(np.ones((2, 3)), np.zeros((2, 3)))
stats = budgets.mean_rise.stats
print(sum(stats.cache_hits.values()), budgets.mean_rise._cache.cache_path)
"""


def test_constants_of_laws_count_as_their_sources() -> None:
    used = set()
    for path in (PACKAGE / "laws").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("steppe"):
                module = (node.module or "").removeprefix("steppe").removeprefix(".")
                used |= {a.name for a in node.names} if not module else {module}
    used = {m for m in used if not m.startswith("laws")}
    only_types = {"parameters", "world.network"}
    assert used - only_types == set(compiled.CONSTANTS)


@pytest.mark.parametrize("changed", ["laws/budgets.py", "clock.py"])
def test_any_change_of_a_source_gives_another_hash(tmp_path: Path, changed: str) -> None:
    copy = tmp_path / "steppe"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "data"))
    assert compiled.source_hash(copy / "laws") == compiled.source_hash()
    (copy / changed).write_text((copy / changed).read_text() + "\n")
    assert compiled.source_hash(copy / "laws") != compiled.source_hash()


def test_first_place_that_can_be_written_to_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    places = None, file, tmp_path / "new", tmp_path
    assert compiled.kernel_folder(places, "kernels") == tmp_path / "new" / "kernels"
    assert compiled.kernel_folder((None, file), "kernels") is None


def test_code_of_a_package_that_cannot_be_written_to_is_kept_for_the_user(tmp_path: Path) -> None:
    package = tmp_path / "lib" / "steppe"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "laws" / "__pycache__").touch()  # nothing can be kept here, for any user
    hits, folder = _use(tmp_path / "lib", XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert hits == 0
    assert folder.is_relative_to(tmp_path / "cache" / "steppe")
    assert _use(tmp_path / "lib", XDG_CACHE_HOME=str(tmp_path / "cache")) == (1, folder)
    law = package / "laws" / "growth.py"  # another file than the kernel's
    law.write_text(law.read_text() + "\n")
    hits, other = _use(tmp_path / "lib", XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert hits == 0
    assert other != folder


def _use(path: Path, **settings: str) -> tuple[int, Path]:
    """Use a kernel in a process of its own; return the hits and the folder of its kept code."""
    environment = {k: v for k, v in os.environ.items() if k != "NUMBA_CACHE_DIR"}
    environment |= {"PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"} | settings
    command = [sys.executable, "-c", USE]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    hits, folder = answer.stdout.split()
    return int(hits), Path(folder)
