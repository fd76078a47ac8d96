"""Measure the predicates of tests/behaviour/*.yaml and write tests/behaviour/results.csv.

``python tools/measure_behaviours.py`` measures all, some minutes long; with names of files, as in
``corridors trade``, only theirs, and the other rows stay.  docs/systems.md shows the results
(``make docs``), and a test compares them with what it measures.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.behaviour.behaviours import FOLDER, Laboratory, read_all, record  # noqa: E402


def main(files: list[str]) -> int:
    start = time.perf_counter()
    behaviours, faults = read_all()
    if unknown := set(files) - {b.file for b in behaviours}:
        print(f"no behaviours in {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    measured = [b for b in behaviours if not files or b.file in files]
    laboratory = Laboratory(behaviours)
    record(laboratory, FOLDER / "results.csv", measured)
    for behaviour in measured:
        for said in laboratory.shortfalls(behaviour) + laboratory.survivors(behaviour):
            faults.append(f"{behaviour.name}: {said}")
    for switch in {b.switch: None for b in measured}:
        faults += laboratory.idle(switch)
    print(*faults, sep="\n")
    print(f"{len(measured)} behaviours in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
