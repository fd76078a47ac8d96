"""Tables of text, as wide as the terminal or a line a row."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

WIDTH = 100
"""Columns of running text."""

FOLDED = 24
"""Columns that a folded column of a table has at least."""

WHOLE_WORDS: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}


def terminal() -> int | None:
    """Return the columns of the terminal that is printed to; None when it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def print_table(columns: Sequence[str], rows: list[list[str]], fold: Iterable[str] = ()) -> None:
    """Print rows below their column names; a terminal gets them in its width, ``fold`` folded."""
    print("\n".join(laid_out(columns, rows, fold, terminal())))


def laid_out(
    columns: Sequence[str],
    rows: list[list[str]],
    fold: Iterable[str] = (),
    width: int | None = None,
) -> list[str]:
    """Return the lines of a table of at most ``width`` columns; without one, a line a row.

    Nothing is cut: the columns named in ``fold`` break between words, and a table that is too
    wide even so becomes a block a row.
    """
    lines = [list(columns), *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    if width is None:
        return [_joined(line, widths) for line in lines]
    folded = [i for i, name in enumerate(columns) if name in set(fold)]
    least = {i: min(widths[i], max(FOLDED, *(_longest_word(c[i]) for c in lines))) for i in folded}
    excess = sum(widths) + 2 * (len(widths) - 1) - width
    if excess > sum(widths[i] - least[i] for i in folded):
        return _blocks(columns, rows, width)
    for _ in range(excess):
        widest = max((i for i in folded if widths[i] > least[i]), key=widths.__getitem__)
        widths[widest] -= 1
    shown = []
    for line in [lines[0], ["-" * w for w in widths], *rows]:
        cells = [
            (textwrap.wrap(cell, widths[i], **WHOLE_WORDS) or [""]) if i in folded else [cell]
            for i, cell in enumerate(line)
        ]
        shown += [_joined(parts, widths) for parts in zip_longest(*cells, fillvalue="")]
    return shown


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{c:<{w}}" for c, w in zip(cells, widths, strict=True)).rstrip()


def _blocks(columns: Sequence[str], rows: list[list[str]], width: int) -> list[str]:
    """Return each row as its first cell and, indented below it, the others with their names."""
    shown = []
    for first, *others in rows:
        shown.append(first)
        line = ""
        for name, cell in zip(columns[1:], others, strict=True):
            if not cell:
                continue
            said = f"{name}: {cell}"
            if line and len(line) + len(said) + 2 > width:
                shown.append(line)
                line = ""
            line = f"{line}; {said}" if line else f"  {said}"
            if len(line) > width:
                *full, line = textwrap.wrap(
                    line, width, subsequent_indent="    ", initial_indent="", **WHOLE_WORDS
                )
                shown += full
        shown += [line] if line else []
    return shown
