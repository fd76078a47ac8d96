"""One shipped table: its notes, its columns with their precision, its rows in a fixed order."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from data import extracts


@dataclass(frozen=True)
class Table:
    """A table as it is written to ``model/steppe/data/<name>.csv``.

    ``notes`` become the leading ``# `` lines; after them comes one line per source, found by the
    keys in the ``source`` column (``key:detail``) and in ``sources``.  ``decimals`` names the float
    columns and how many decimals each keeps (trailing zeros are dropped).
    """

    notes: str
    frame: pd.DataFrame
    decimals: Mapping[str, int]
    sources: Sequence[str] = ()

    def text(self) -> str:
        """Return the file's text."""
        frame = self.frame.copy()
        for column, places in self.decimals.items():
            frame[column] = [written(value, places) for value in frame[column]]
        lines = textwrap.wrap(self.notes, 97, break_on_hyphens=False)
        lines += [citation(key) for key in self.keys()]
        head = "".join(f"# {line}\n" for line in lines)
        return head + frame.to_csv(index=False, lineterminator="\n")

    def keys(self) -> list[str]:
        """Return the keys of the sources behind the table, in the order of SOURCES.csv."""
        cited = set(self.sources)
        if "source" in self.frame:
            cited |= {str(cell).partition(":")[0] for cell in self.frame["source"]}
        known = list(extracts.read("SOURCES")["key"])
        if missing := cited - set(known):
            raise KeyError(f"not in SOURCES.csv: {sorted(missing)}")
        return [key for key in known if key in cited]


def citation(key: str) -> str:
    """Return one source as a line: the primary source, then the copy it was read from, licence."""
    row = extracts.read("SOURCES").set_index("key").loc[key]
    return f"Source {key}: {row['primary']}; copy: {row['copy']}; licence: {row['licence']}"


def written(value: float, places: int) -> str:
    """Return ``value`` with at most ``places`` decimals; nothing for NaN."""
    if pd.isna(value):
        return ""
    text = f"{value:.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def ordered(frame: pd.DataFrame, **orders: Sequence[object] | None) -> pd.DataFrame:
    """Return ``frame`` sorted by the named columns, each by the given order of codes (or value)."""
    ranks = pd.DataFrame(index=frame.index)
    for column, order in orders.items():
        rank = {code: i for i, code in enumerate(order)} if order else None
        ranks[column] = frame[column].map(rank) if rank else frame[column]
    return frame.loc[ranks.sort_values(list(orders), kind="stable").index].reset_index(drop=True)
