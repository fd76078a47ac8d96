"""Where runs are kept, and which of them a name means."""

from __future__ import annotations

from pathlib import Path

RUNS = Path("runs")


def run_folder(name: str) -> Path | None:
    """Return the folder of a run given by path or by its name in ./runs; None when it is none."""
    for folder in (Path(name), RUNS / name):
        try:
            if name and (folder / "record.json").is_file():
                return folder
        except (OSError, ValueError):
            return None
    return None
