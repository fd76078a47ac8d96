"""Measure ablations, influence, convergence and the sample, and write docs/ablations.json.

``python tools/measure_trust.py`` measures all four, some minutes long; with names, as in
``ablations influence``, only theirs, and the others stay.  docs/ablations.md shows the results
(``make docs``).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from steppe.analysis import ablations, convergence, influence_check, sample_check

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "ablations.json"
MEMBERS = 100

PARTS: dict[str, Callable[[], Any]] = {
    "ablations": lambda: ablations.run(MEMBERS, on_part=_told),
    "influence": lambda: influence_check.check(MEMBERS),
    "convergence": lambda: convergence.converge(),
    "sample": lambda: sample_check.check(2 * MEMBERS),
}


def main(wanted: list[str]) -> int:
    if unknown := set(wanted) - set(PARTS):
        print(
            f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}", file=sys.stderr
        )
        return 2
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for name in wanted or PARTS:
        start = time.perf_counter()
        found = PARTS[name]()
        tables = [asdict(sheet) for sheet in found.sheets()]
        known[name] = {"results": _rounded(found.as_json()), "tables": tables}
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
        text = json.dumps({part: known[part] for part in PARTS if part in known}, indent=1)
        RESULTS.write_text(text + "\n", encoding="utf-8", newline="\n")
    return 0


def _rounded(tree: Any) -> Any:
    """Return a tree with its numbers to six figures: the rest is not worth its place."""
    if isinstance(tree, dict):
        return {key: _rounded(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_rounded(value) for value in tree]
    return float(f"{tree:.6g}") if isinstance(tree, float) else tree


def _told(done: int, parts: int) -> None:
    print(f"backcasts: part {done} of {parts}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
