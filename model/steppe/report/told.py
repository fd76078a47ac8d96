"""What a report tells, as data: sections of blocks, without any HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """A paragraph; ``kind`` is ``note`` for remarks, ``warning`` for what limits all the rest."""

    words: str
    kind: str = ""
    block: str = "text"


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]
    kind: str = ""
    block: str = "bullets"


@dataclass(frozen=True)
class Facts:
    """Names and what they stand for, two columns."""

    rows: tuple[tuple[str, str], ...]
    block: str = "facts"


@dataclass(frozen=True)
class Code:
    """Commands or other text to copy; a ``folded`` one is opened by the reader."""

    words: str
    title: str = ""
    folded: bool = False
    block: str = "code"


@dataclass(frozen=True)
class Bar:
    """A 90 % band in a cell: places from 0 to 100 along the scale of its group.

    ``low`` to ``high`` is the band (None without one), ``middle`` the median, ``zero`` where no
    change lies (None where the scale has no zero).
    """

    middle: float
    low: float | None = None
    high: float | None = None
    zero: float | None = None


@dataclass(frozen=True)
class Two:
    """A cell of two lines, the second one small."""

    main: str
    small: str


Cell = str | Bar | Two


@dataclass(frozen=True)
class Group:
    """Rows of a table below a heading of their own (none when it is empty)."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Column:
    """A column's head; ``number`` aligns it to the right."""

    title: str
    number: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its caption; the first cell of a row is its head."""

    caption: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    notes: tuple[str, ...] = ()
    block: str = "table"

    @property
    def ranked(self) -> bool:
        """Whether rows are short names with numbers, which stay on one line."""
        return any(column.number for column in self.columns[1:2])

    @classmethod
    def plain(
        cls,
        caption: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        numbers: Sequence[int] = (),
        notes: Sequence[str] = (),
    ) -> Table:
        """Return a table without groups; ``numbers`` are the columns that hold them."""
        return cls(
            caption,
            tuple(Column(title, i in numbers) for i, title in enumerate(columns)),
            (Group("", tuple(tuple(row) for row in rows)),),
            tuple(notes),
        )


@dataclass(frozen=True)
class Picture:
    """An image inside the file: a data URI, its size in pixels, what it shows in words."""

    uri: str
    width: int
    height: int
    alt: str
    caption: str
    block: str = "picture"


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: its place in the panel's units and its text."""

    place: float
    text: str


@dataclass(frozen=True)
class Shape:
    """A line or area of a panel; ``points`` as SVG has them, ``style`` a class of the sheet."""

    points: str
    style: str


@dataclass(frozen=True)
class Panel:
    """A small chart: a title, its unit, ticks and shapes in a box of :data:`BOX` units."""

    title: str
    unit: str
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    shapes: tuple[Shape, ...] = ()
    dots: tuple[tuple[float, float], ...] = ()
    foot: str = ""


BOX = (300.0, 122.0)
"""Width and height of a panel's drawing area."""


@dataclass(frozen=True)
class Chart:
    """Small panels side by side with one key and one caption; ``alt`` says what they show."""

    panels: tuple[Panel, ...]
    key: tuple[tuple[str, str], ...]
    alt: str
    caption: str
    block: str = "chart"


Block = Text | Bullets | Facts | Code | Table | Picture | Chart


@dataclass(frozen=True)
class Section:
    """A part of the report below a heading; ``fresh`` begins a page when printed."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    fresh: bool = False


@dataclass(frozen=True)
class Report:
    """A whole report: the first page in fields of its own, then sections.

    ``kind`` is what it is about in one or two words; ``line`` one line on members, years and seed;
    ``answers`` the most important findings; ``trust`` what to hold of them; ``hero`` a chart.
    """

    kind: str
    title: str
    line: str
    question: str
    asked: tuple[str, ...]
    answers: tuple[str, ...]
    answered: str
    trust: tuple[str, ...]
    hero: Chart | None = None
    warnings: tuple[str, ...] = ()
    sections: tuple[Section, ...] = field(default=())
