"""A report as HTML: the templates, with every text escaped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from steppe import __version__
from steppe.report.told import BOX, Report

MARK = '<meta name="generator" content="steppe report'
"""What a report has among its first bytes, and other files have not."""
_TEMPLATES = Path(__file__).parent / "templates"


def html(report: Report) -> str:
    """Return the whole page."""
    page = _environment().get_template("report.html")
    return page.render(report=report, version=__version__, box=BOX, style=_style())


def printable(text: str) -> str:
    """Return a text without characters that HTML does not allow, such as control characters."""
    return "".join(
        c
        if c in "\n\t" or ((c.isprintable() or c.isspace()) and not _wrong(c))
        else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )


def _wrong(c: str) -> bool:
    number = ord(c)
    return number < 0x20 or 0x7F <= number < 0xA0 or 0xD800 <= number < 0xE000


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )


def _style() -> str:
    return (_TEMPLATES / "report.css").read_text(encoding="utf-8")
