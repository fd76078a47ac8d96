"""Run the scripts in docs/notebooks and write them as notebooks, with what they show.

``python tools/build_notebooks.py`` after a script was changed.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import jupytext
import nbclient
import nbformat

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "notebooks"


def main() -> int:
    """Write every notebook anew; return the exit code."""
    for script in sorted(FOLDER.glob("*.py")):
        notebook = jupytext.read(script)
        for number, cell in enumerate(notebook.cells):
            cell.id = f"{script.stem}-{number}".replace("_", "-")
        with tempfile.TemporaryDirectory() as place:
            client = nbclient.NotebookClient(
                notebook,
                timeout=300,
                kernel_name="python3",
                resources={"metadata": {"path": place}},
            )
            client.execute(env=dict(os.environ))
        for cell in notebook.cells:
            cell.metadata = {}
        notebook.metadata.pop("language_info", None)
        nbformat.write(notebook, script.with_suffix(".ipynb"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
