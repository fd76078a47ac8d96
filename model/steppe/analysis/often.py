"""What happens how often over the members of a run, from its chronicle."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from steppe.chronicle import WITHOUT_AMOUNT
from steppe.clock import Quarter

if TYPE_CHECKING:
    import pandas as pd

WHAT = ("kind", "actors", "host", "sector", "link", "organisation", "event")
"""What tells happenings apart that are counted together."""


def counted(frame: pd.DataFrame, members: int) -> list[dict[str, Any]]:
    """Return what happens in a chronicle, what happens in most members and in the largest first.

    A row has who does what where (:data:`WHAT`, None where it does not apply), the ``share`` of
    members in which it happens, and over these the medians of the ``number`` of times, of the
    ``first`` quarter (the earlier of two in the middle) and of the whole ``amount`` in mn USD (None
    where there is none).
    """
    if frame.empty:
        return []
    own = frame.reindex(columns=[*WHAT, "quarter", "member", "amount", "sentence"])
    happened = own["kind"] == "event"
    own["event"] = own["sentence"].where(happened).str.extract(r"\(([^()]*)\)$", expand=False)
    own["amount"] = own["amount"].where(~happened & ~own["kind"].isin(WITHOUT_AMOUNT))
    own["first"] = own["quarter"].astype(str).map(_ordinals(own["quarter"])).astype(int)
    own["group"] = own.groupby(list(WHAT), dropna=False, observed=True, sort=False).ngroup()
    by_member = own.groupby(["group", "member"])
    each = by_member.agg(number=("first", "size"), first=("first", "min"))
    each["amount"] = by_member["amount"].sum(min_count=1)
    groups = each.groupby("group")
    medians = groups[["number", "amount"]].median()
    medians["share"] = groups.size() / members
    medians["first"] = groups["first"].quantile(0.5, interpolation="lower")
    what = own.drop_duplicates("group").set_index("group")[list(WHAT)]
    table = what.join(medians).sort_values(["share", "amount"], ascending=False, kind="stable")
    return [_row(row) for row in table.to_dict("records")]


def _ordinals(quarters: pd.Series[str]) -> dict[str, int]:
    return {text: Quarter.parse(text).ordinal for text in quarters.astype(str).unique()}


def _row(cells: dict[Any, Any]) -> dict[str, Any]:
    """Return a row of the table in plain values."""
    amount = float(cells["amount"])
    return {name: cells[name] if isinstance(cells[name], str) else None for name in WHAT} | {
        "share": float(cells["share"]),
        "number": float(cells["number"]),
        "first": str(Quarter(int(cells["first"]))),
        "amount": amount if math.isfinite(amount) else None,
    }
