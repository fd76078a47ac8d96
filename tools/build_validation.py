"""Run the backcasts and the baseline, and write docs/validation.md and docs/nowcast.md.

``python tools/build_validation.py`` runs everything with 200 members (about a minute on two cores)
and writes docs/validation.json, docs/nowcast.csv, both pages and docs/images/validation_*.png.
``--pages`` writes the pages from the stored figures; ``--check`` writes and runs nothing, exits 1
if a page does not follow from them, and says when code or data have changed since; with
``--current`` that is an error, too.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

from pages import nowcast, validation
from steppe import __version__
from steppe.provenance import code_hash, data_hash

DOCS = Path(__file__).resolve().parent.parent / "docs"
STORED, TABLE = DOCS / "validation.json", DOCS / "nowcast.csv"
ABLATIONS = DOCS / "ablations.json"
"""What tools/measure_trust.py stores: the README names the mechanisms that earn nothing."""
README = DOCS.parent / "README.md"
BEGIN, END = "<!-- validation: tools/build_validation.py -->", "<!-- /validation -->"
"""Marks in the README between which the scores stand."""
MEMBERS = 200
DIGITS = 6
DPI = 84
"""Small images for the page; `steppe validate --figures` draws them larger."""


SHOWING = "cli", "exchange", "figures", "report", "seminar"
"""Folders of the package whose code shows results and changes none."""


def hashes() -> list[tuple[str, str]]:
    """Return the hashes of code and of data and parameters, as they are now."""
    return [("code", code_hash(without=SHOWING)), ("data", data_hash())]


def measure(members: int) -> None:
    """Run everything and store the figures, the table and the images."""
    from steppe.analysis.nowcast import as_csv, taken_as_known
    from steppe.analysis.nowcast import nowcast as forecast
    from steppe.analysis.pictures import drawn
    from steppe.analysis.validate import validate

    found = validate(members)
    assert found is not None
    forecasts = forecast(members)
    stored = {
        "made": {"version": __version__, **dict(hashes())},
        "validation": found.as_json(),
        "nowcast": {"members": members, "known": dict(taken_as_known())},
    }
    text = json.dumps(_rounded(stored), indent=1, ensure_ascii=False)
    STORED.write_text(text + "\n", encoding="utf-8")
    source = f"steppe {__version__} baseline, {members} members"
    TABLE.write_text(as_csv(forecasts, source), encoding="utf-8")
    for name, figure in drawn(found).items():
        figure.savefig(
            DOCS / "images" / f"{name}.png",
            dpi=DPI,
            pil_kwargs={"optimize": True},
            metadata={"Software": "steppe"},
        )


def pages() -> dict[Path, str]:
    """Return both pages, and the README with its block, as they follow from the stored figures.

    The block of the README follows from docs/ablations.json, too.
    """
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    table = TABLE.read_text(encoding="utf-8")
    trust = json.loads(ABLATIONS.read_text(encoding="utf-8"))["ablations"]["results"]
    return {
        DOCS / "validation.md": validation.page(stored),
        DOCS / "nowcast.md": nowcast.page(stored, table),
        README: _with_block(README.read_text(encoding="utf-8"), validation.block(stored, trust)),
    }


def _with_block(text: str, block: str) -> str:
    """Return the README with the lines between its two marks replaced."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md: the marks {BEGIN} and {END} are missing")
    return f"{before}{begin}\n{block}\n{end}{after}"


def _rounded(value: Any) -> Any:
    """Return the same tree with numbers in :data:`DIGITS` digits; what is no number is null."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=MEMBERS)
    parser.add_argument("--pages", action="store_true", help="write pages, run nothing")
    parser.add_argument("--check", action="store_true", help="exit 1 if a page is stale")
    parser.add_argument("--current", action="store_true", help="--check the figures' age, too")
    asked = parser.parse_args()
    check = asked.check or asked.current
    if not (check or asked.pages):
        measure(asked.members)
    stale = []
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.relative_to(DOCS.parent).as_posix())
            if not check:
                path.write_text(text, encoding="utf-8")
    if not check:
        return 0
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    changed = validation.stale_sentences(stored, hashes())
    if changed:
        print(f"{' and '.join(changed)} have changed since the figures: run `make validation`")
    if stale:
        print(f"stale: {', '.join(stale)} (run `python tools/build_validation.py --pages`)")
    return 1 if stale or (asked.current and changed) else 0


if __name__ == "__main__":
    sys.exit(main())
