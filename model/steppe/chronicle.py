"""What happens in a run, kept as arrays: a row a happening, written down while the model runs.

An ensemble has hundreds of thousands of happenings.  :mod:`steppe.sentences` puts them into words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from steppe.clock import Quarter

KINDS = (
    "event",
    "announced",
    "consortium",
    "committed",
    "refused",
    "cancelled",
    "completed",
    "arrears",
    "joined",
    "left",
    "opened",
    "spent",
    "restricted",
)
"""Kinds of happenings: an event of the scenario (``event``), or something that states did.

Amounts are in mn USD: what is announced, offered and refused, the whole size of what is committed,
built together or completed, what was not yet paid of what is cancelled, what is not paid of a debt
when due, what a power spent in a year on works in transit countries.
An event's amount is in its own unit; joining, leaving, opening and restricting exports of rare
earths have none.
"""

WITHOUT_AMOUNT = frozenset({"joined", "left", "opened", "restricted"})

_CODE = {kind: code for code, kind in enumerate(KINDS)}

ROW = np.dtype(
    [
        ("quarter", np.int32),  # Quarter.ordinal
        ("member", np.int32),
        ("kind", np.int8),
        ("power", np.int8),
        ("host", np.int8),
        ("sector", np.int8),
        ("window", np.int8),
        ("mode", np.int8),
        ("link", np.int16),
        ("organisation", np.int8),
        ("partner", np.int8),
        ("text", np.int32),
        ("amount", np.float64),
    ]
)
"""Columns of a chronicle.  From ``kind`` to ``partner`` each is an index into :data:`KINDS` or the
axis of :mod:`steppe.axes` (``partner``: the power that builds for another), ``text`` one into the
ready sentences; -1 stands for none."""

Rows = NDArray[np.void]


@dataclass(frozen=True)
class Chronicle:
    """Happenings ``rows`` (row,) of type :data:`ROW`, and the ready sentences of events."""

    rows: Rows = field(default_factory=lambda: np.empty(0, ROW))
    texts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, column: str) -> NDArray[Any]:
        """Return a column, (row,); ``ValueError`` for an unknown one."""
        return self.rows[column]

    @classmethod
    def concat(cls, parts: Sequence[Chronicle]) -> Chronicle:
        """Return the rows of all parts, one part after the other."""
        place: dict[str, int] = {}
        blocks = []
        for part in parts:
            rows = part.rows
            if part.texts and not place:
                place = {text: i for i, text in enumerate(part.texts)}
            elif part.texts:
                moved = [place.setdefault(text, len(place)) for text in part.texts]
                rows = rows.copy()  # the last entry is where an index of -1 finds itself again
                rows["text"] = np.array([*moved, -1], np.int32)[rows["text"]]
            if len(rows):
                blocks.append(rows)
        whole = np.concatenate(blocks) if len(blocks) > 1 else [*blocks, np.empty(0, ROW)][0]
        return cls(whole, tuple(place))

    def ordered(self) -> Chronicle:
        """Return the rows by quarter, then member; those of one member's quarter keep their order.

        The order is the same whatever the chunks were.
        """
        by_member = _order(self.rows["member"])
        order = by_member[_order(self.rows["quarter"][by_member])]
        raw = self.rows.view(np.uint8).reshape(len(self.rows), ROW.itemsize)  # copied faster
        return Chronicle(np.take(raw, order, axis=0).reshape(-1).view(ROW), self.texts)


def _order(values: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the order of values, ties as they are: a radix sort where the values are close."""
    above = values - values.min(initial=2**31 - 1)
    small = above.max(initial=0) < 2**16
    return np.argsort(above.astype(np.uint16) if small else above, kind="stable")


def blank(count: int, kind: str) -> Rows:
    """Return ``count`` rows of a kind in which nothing else is said; ``ValueError`` if unknown."""
    if kind not in _CODE:
        raise _unknown(kind)
    row = np.zeros((), ROW)
    for name in ROW.names or ():
        if name not in ("quarter", "member", "amount"):
            row[name] = -1
    row["kind"] = _CODE[kind]
    return np.full(count, row)


class Log:
    """What happens in the members of a chunk, in the order in which it is added."""

    def __init__(self) -> None:
        self._blocks: list[dict[str, Any]] = []
        self.silent = False
        """Nothing is kept of what is added: nobody will ask."""

    def add(
        self,
        t: int,
        kind: str,
        member: ArrayLike,
        amount: ArrayLike,
        *,
        power: ArrayLike = -1,
        host: ArrayLike = -1,
        sector: ArrayLike = -1,
        window: ArrayLike = -1,
        mode: ArrayLike = -1,
        link: ArrayLike = -1,
        organisation: ArrayLike = -1,
        partner: ArrayLike = -1,
    ) -> None:
        """Add a happening for each of ``member`` (row,), in quarter ``t`` of the run.

        Members are indices in the chunk, the others indices on their axis (-1: none); each is one
        number for all or an array (row,).  ``amount`` is in mn USD (:data:`KINDS`).  Values are
        copied.  ``ValueError`` for an unknown kind or arrays that do not fit ``member``.
        """
        if kind not in _CODE:
            raise _unknown(kind)
        if self.silent:
            return
        members = np.array(member, np.int32, ndmin=1)
        if not len(members):
            return
        told: dict[str, Any] = {"quarter": t, "member": members, "kind": _CODE[kind]}
        told["amount"] = _copied(amount, members.shape, np.float64)
        of: dict[str, Any] = {
            "power": power,
            "host": host,
            "sector": sector,
            "window": window,
            "mode": mode,
            "link": link,
            "organisation": organisation,
            "partner": partner,
        }
        for name, values in of.items():
            if isinstance(values, np.ndarray):
                told[name] = _copied(values, members.shape, ROW[name])
            elif values != -1:
                told[name] = values
        self._blocks.append(told)

    def forget(self) -> None:
        """Let everything go that was added: whoever wants it has taken :meth:`rows` before."""
        self._blocks.clear()

    def rows(self, start: Quarter, members: Sequence[int]) -> Chronicle:
        """Return the happenings of the chunk's members, as they were added.

        ``start`` is the run's first quarter; ``members`` are the members' numbers.  Worlds beyond
        them only pad the chunk and are left out.
        """
        ends = np.cumsum([0, *(len(block["member"]) for block in self._blocks)])
        rows = blank(int(ends[-1]), "event")
        columns = {name: rows[name] for name in ROW.names or ()}
        for block, first, end in zip(self._blocks, ends[:-1], ends[1:], strict=True):
            for name, values in block.items():
                columns[name][first:end] = values
        if (rows["member"] >= len(members)).any():
            rows = rows[rows["member"] < len(members)]
        rows["quarter"] += start.ordinal
        rows["member"] = np.asarray(members)[rows["member"]]
        return Chronicle(rows)


def _copied(values: ArrayLike, shape: tuple[int, ...], of: DTypeLike) -> NDArray[Any]:
    """Return a copy of the values for every row."""
    copied = np.array(values, of)
    return copied if copied.shape == shape else np.array(np.broadcast_to(copied, shape))


def _unknown(kind: str) -> ValueError:
    return ValueError(f"no happening is of the kind {kind!r} (kinds: {', '.join(KINDS)})")
