"""Measure every predicate of tests/behaviour/*.yaml and write tests/behaviour/results.csv.

``python tools/measure_behaviours.py`` takes a few minutes.  docs/systems.md shows the results
(``make docs``), and a test compares them with what it measures.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "behaviour"))

from behaviours import FOLDER, Laboratory, read_all, record  # noqa: E402


def main() -> int:
    start = time.perf_counter()
    behaviours, faults = read_all()
    laboratory = Laboratory(behaviours)
    record(laboratory, FOLDER / "results.csv")
    for behaviour in behaviours:
        for said in laboratory.shortfalls(behaviour) + laboratory.survivors(behaviour):
            faults.append(f"{behaviour.name}: {said}")
    for switch in {b.switch: None for b in behaviours}:
        faults += laboratory.idle(switch)
    print(*faults, sep="\n")
    seconds = time.perf_counter() - start
    rows = sorted({b.row for b in behaviours if b.row is not None})
    print(f"{len(behaviours)} behaviours of rows {', '.join(map(str, rows))} in {seconds:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
