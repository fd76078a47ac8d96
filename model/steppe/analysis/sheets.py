"""Tables of results for a reader: the same as plain text and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap

WIDTH = 99
"""Columns of plain text at most."""


@dataclass(frozen=True)
class Sheet:
    """A table: ``rows`` of cells below ``head``, the first column to the left, others to the right.

    ``notes`` are sentences that stand below it.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def text(self) -> list[str]:
        """Return plain lines, at most ``WIDTH`` wide: columns two spaces apart, else one."""
        widths = [
            max(len(row[c]) for row in (self.head, *self.rows)) for c in range(len(self.head))
        ]
        gap = "  " if sum(widths) + 2 * (len(widths) - 1) <= WIDTH else " "
        lines = wrap(self.title, WIDTH)
        for row in (self.head, *self.rows):
            first, *others = (
                cell.ljust(width) if c == 0 else cell.rjust(width)
                for c, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            lines.append(gap.join([first, *others]).rstrip())
        return [*lines, *(line for note in self.notes for line in wrap(note, WIDTH))]

    def markdown(self, level: int = 2) -> list[str]:
        """Return the lines of a section in Markdown, its heading of the given level."""
        cells = [_row(row) for row in self.rows]
        rule = _row(["---", *["---:"] * (len(self.head) - 1)])
        notes = [line for note in self.notes for line in ("", *wrap(note, WIDTH))]
        return [f"{'#' * level} {self.title}", "", _row(self.head), rule, *cells, *notes]


def text(sheets: Iterable[Sheet]) -> str:
    """Return sheets as plain text with a blank line between them."""
    return "\n\n".join("\n".join(sheet.text()) for sheet in sheets)


def markdown(sheets: Iterable[Sheet]) -> str:
    """Return sheets as Markdown."""
    return "\n\n".join("\n".join(sheet.markdown()) for sheet in sheets) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
