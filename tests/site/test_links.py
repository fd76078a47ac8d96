"""Relative links of every Markdown page lead to something, as a code host follows them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/notebooks/*.py")])
_LINK = re.compile(r"\]\((?!https?://|mailto:)([^()\s#]*)(#[^()\s]*)?\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    plain = (re.sub(r"[^\w\- ]", "", h.lower()).strip() for h in _HEADING.findall(text))
    return {"#" + h.replace(" ", "-") for h in plain}


def test_there_are_links() -> None:
    assert sum(len(_LINK.findall(p.read_text(encoding="utf-8"))) for p in PAGES) > 50


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for target, anchor in _LINK.findall(page.read_text(encoding="utf-8")):
        place = (page.parent / target).resolve() if target else page
        if not place.is_relative_to(ROOT) or not place.exists():
            lost.append(target)
        elif anchor and place.suffix == ".md" and anchor not in anchors(place):
            lost.append(target + anchor)
    assert lost == []
