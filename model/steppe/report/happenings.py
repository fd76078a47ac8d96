"""Highlights of the chronicle: what happens how often, when first, in one typical sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from steppe.analysis.often import WHAT, counted
from steppe.report import words
from steppe.report.told import Block, Section, Table, Text
from steppe.sentences import spelled

if TYPE_CHECKING:
    import pandas as pd

KINDS = {
    "restricted": "restrictions",
    "joined": "accessions",
    "left": "departures",
    "opened": "openings",
    "consortium": "consortia",
    "completed": "works completed",
    "committed": "projects accepted",
    "refused": "offers refused",
    "cancelled": "works cancelled",
    "arrears": "debts not paid when due",
}
"""Kinds that are told, in their order, and their headings."""
OF_A_KIND = 3
DIFFERENT, LEAST = 16, 0.05
"""Happenings told of a comparison, and the least difference of their parts of members."""


def section(frame: pd.DataFrame, members: int) -> Section:
    """Return the section on a chronicle (a row a happening) of so many members."""
    own = frame[frame["kind"].isin(list(KINDS))]
    if own.empty:
        blocks: tuple[Block, ...] = (Text("Nothing is on record but the scenario's own events."),)
        return Section("chronicle", "What happens", blocks)
    rows = []
    for kind, title in KINDS.items():
        found = counted(own[own["kind"] == kind], members)
        for row in found[:OF_A_KIND]:
            rows.append(_row(row, title, own, members))
    what = "in how many members, when first (median), how much in all over the run (median)"
    if members == 1:
        what = "how often, when first, how much in all over the run"
    table = Table.plain(
        f"The most frequent happenings of each kind: {what}, and one typical sentence of the "
        "chronicle.",
        ["Kind", "In members" if members > 1 else "How often", "First", "mn USD", "For example"],
        rows,
        numbers=(1, 3),
    )
    total = words.counted(len(own), "happening")
    note = f"From {total} in {words.counted(members, 'member')}; steppe show RUN --often has all."
    return Section("chronicle", "What happens", (table, Text(note, kind="note")), fresh=True)


def between(
    frames: Sequence[pd.DataFrame], members: Sequence[int], names: Sequence[str]
) -> Section:
    """Return what happens more or less often in the second of two runs than in the first."""
    counts = []
    for frame, count in zip(frames, members, strict=True):
        own = frame[frame["kind"].isin(list(KINDS))]
        counts.append({_key(row): row for row in counted(own, count)})
    first, second = counts
    gaps = {k: _share(second.get(k)) - _share(first.get(k)) for k in {**first, **second}}
    shown = sorted(
        (k for k in gaps if abs(gaps[k]) >= LEAST), key=lambda k: (-abs(gaps[k]), str(k))
    )
    if not shown:
        told = "Nothing happens noticeably more often in one run than in the other."
        return Section("chronicle", "What happens", (Text(told),))
    rows = []
    for key in shown[:DIFFERENT]:
        row, frame = (second[key], frames[1]) if key in second else (first[key], frames[0])
        rows.append(
            [
                KINDS[row["kind"]],
                f"{100.0 * _share(first.get(key)):.0f} %",
                f"{100.0 * _share(second.get(key)):.0f} %",
                row["first"],
                typical(row, frame),
            ]
        )
    table = Table.plain(
        f"What happens in more or in fewer members of {names[1]} than of {names[0]}, the largest "
        "differences first; first: median over members, with one typical sentence.",
        ["Kind", names[0], names[1], "First", "For example"],
        rows,
        numbers=(1, 2),
    )
    return Section("chronicle", "What happens", (table,), fresh=True)


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in WHAT)


def _share(row: dict[str, Any] | None) -> float:
    return 0.0 if row is None else float(row["share"])


def _row(row: dict[str, Any], title: str, frame: pd.DataFrame, members: int) -> list[str]:
    share = 100.0 * row["share"]
    often = f"{share:.0f} %" if share >= 1.0 else "<1 %"
    if members == 1:
        often = "once" if row["number"] == 1 else f"{row['number']:g} times"
    return [
        title,
        often,
        row["first"],
        words.NO_VALUE if row["amount"] is None else spelled(row["amount"]),
        typical(row, frame),
    ]


def typical(row: dict[str, Any], frame: pd.DataFrame) -> str:
    """Return the sentence of a happening at its median first date, of the lowest member."""
    own = frame[frame["kind"] == row["kind"]]
    for name in WHAT[1:]:
        if name not in own.columns:
            continue
        own = own[own[name].isna()] if row[name] is None else own[own[name] == row[name]]
    at = own[own["quarter"].astype(str) == row["first"]]
    chosen = at if len(at) else own
    if not len(chosen):
        return words.NO_VALUE
    return str(chosen.sort_values("member", kind="stable")["sentence"].iloc[0])
