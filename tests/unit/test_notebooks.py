"""The notebooks of docs/notebooks run from beginning to end, and say what their scripts say."""

from __future__ import annotations

import ast
import importlib
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SCRIPTS = sorted([*FOLDER.glob("*.py"), *FOLDER.with_name("examples").glob("*.py")])


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_its_script(path: Path) -> None:
    jupytext = pytest.importorskip("jupytext")
    pair = [jupytext.read(p) for p in (path, path.with_suffix(".py"))]
    cells = [[(c.cell_type, c.source.strip()) for c in one.cells] for one in pair]
    assert cells[0] == cells[1], "python tools/build_notebooks.py writes the notebook again"
    assert path.stat().st_size < 400_000


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.stem)
def test_what_is_imported_of_steppe_is_there(path: Path) -> None:
    """A module that is moved must not wait for the slow tests to be missed."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "steppe":
            found = importlib.import_module(str(node.module))
            for name in node.names:
                there = hasattr(found, name.name) or find_spec(f"{node.module}.{name.name}")
                assert there, f"{node.module} has no {name.name}"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("xarray")
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    notebook = nbformat.read(path, as_version=4)
    kept = pictures(notebook)
    client = nbclient.NotebookClient(
        notebook, timeout=110, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute(env=dict(os.environ))
    assert pictures(notebook) == kept == 3
    assert not [o for o in said(notebook) if o.output_type == "stream" and o.name == "stderr"]


def said(notebook: Any) -> list[Any]:
    return [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]


def pictures(notebook: Any) -> int:
    return sum("image/png" in o.get("data", {}) for o in said(notebook))
