"""Let ``scenarios/baseline.yaml`` draw from the calibrated sample what the sample holds.

Rewrites the lines ``parameter: prior`` and ``parameter: posterior`` of its uncertainties after
``data/posterior.csv``: a parameter that a new calibration did not match draws from its prior again.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from steppe.scenario import posterior

BASELINE = Path(__file__).resolve().parents[1] / "scenarios" / "baseline.yaml"
LINE = re.compile(r"^(  [\w.]+): (?:prior|posterior)$", re.MULTILINE)


def taken(text: str, held: set[str]) -> str:
    """Return a scenario's text in which the parameters ``held`` draw from the sample."""
    kinds = {True: "posterior", False: "prior"}
    return LINE.sub(lambda m: f"{m[1]}: {kinds[m[1].strip() in held]}", text)


def main() -> int:
    text, held = BASELINE.read_text(encoding="utf-8"), set(posterior.columns())
    written = taken(text, held)
    BASELINE.write_text(written, encoding="utf-8", newline="\n")
    found = {m[1].strip() for m in LINE.finditer(written)}
    if lost := held - found:
        print(f"the baseline does not sample {', '.join(sorted(lost))}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
