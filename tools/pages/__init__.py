"""Reference pages that are written from the project's own files; each module returns one page."""

from __future__ import annotations

import re
import textwrap

WIDTH = 110
_NOT_PROSE = re.compile(r"\s*(\||#|- |\d+\. |!\[|<!--|```|$)")


def reflowed(text: str) -> str:
    """Return Markdown with the lines of its paragraphs joined and wrapped anew.

    Tables, lists, headings, images and comments stay as they are.
    """
    lines: list[str] = []
    paragraph: list[str] = []
    for line in [*text.split("\n"), ""]:
        if _NOT_PROSE.match(line):
            if paragraph:
                lines += textwrap.wrap(
                    " ".join(paragraph), WIDTH, break_long_words=False, break_on_hyphens=False
                )
            lines.append(line)
            paragraph = []
        else:
            paragraph.append(line.strip())
    return "\n".join(lines[:-1])
