"""``steppe show RUN --chronicle`` and ``--often``: what happened in a member, and how often."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from steppe import axes
from steppe.analysis.often import counted
from steppe.chronicle import KINDS
from steppe.cli.codes import DONE, USAGE
from steppe.cli.progress import say
from steppe.cli.table import WIDTH
from steppe.cli.usage import UsageError
from steppe.record import RecordError, RunRecord

if TYPE_CHECKING:
    import pandas as pd

LIMIT = 30
"""Lines of ``--often`` when no other number is asked for."""

_HEADS = ("", "who", "where", "what", "in members", "times", "first", "mn USD")
_WIDTHS = (10, 8, 13, 30, 11, 7, 8, 11)


def show(
    path: str | os.PathLike[str],
    *,
    often: bool = False,
    member: int | None = None,
    kinds: str | None = None,
    limit: int | None = None,
    as_json: bool = False,
) -> int:
    """Print what happened in one member (0 unless told), or over all of them how often.

    ``kinds`` names the kinds wanted, with commas; ``limit`` is the number of lines.  Returns the
    exit code: 2, after a sentence, for a kind, a member or a run that there is not.
    """
    wanted = tuple(k.strip() for k in kinds.split(",")) if kinds is not None else ()
    try:
        run = RunRecord.open(path)
        _check(run, wanted, member, limit)
        frame = run.chronicle() if often else run.chronicle(member or 0)
    except (RecordError, UsageError) as error:
        say(error)
        return USAGE
    if wanted:
        frame = frame[frame["kind"].isin(wanted)]
    if often:
        _often(run, frame, wanted, limit, as_json)
    else:
        _tell(run, frame, wanted, member or 0, limit, as_json)
    return DONE


def _check(run: RunRecord, kinds: Sequence[str], member: int | None, limit: int | None) -> None:
    unknown = next((k for k in kinds if k not in KINDS), None)
    if unknown is not None:
        raise UsageError(f"unknown kind {unknown!r}; kinds are {', '.join(KINDS)}")
    count = run.record["members"]
    if member is not None and not 0 <= member < count:
        raise UsageError(f"there is no member {member} in this run, they are 0 to {count - 1}")
    if limit is not None and limit < 1:
        raise UsageError(f"--limit must be at least 1, found {limit}")


def _tell(
    run: RunRecord,
    frame: pd.DataFrame,
    kinds: Sequence[str],
    member: int,
    limit: int | None,
    as_json: bool,
) -> None:
    """Print the sentences of one member, with an empty line between years."""
    shown = frame.head(limit) if limit else frame
    less = len(frame) - len(shown)
    if as_json:
        answer = {"run": str(run.path), "member": member, "left_out": less}
        answer["happenings"] = json.loads(shown.drop(columns="member").to_json(orient="records"))
        print(json.dumps(answer, ensure_ascii=False))
        return
    if frame.empty:
        print(_nothing(f"in member {member}", kinds))
        return
    years = groupby(shown["sentence"], key=lambda sentence: sentence[:4])
    print("\n\n".join("\n".join(sentences) for _, sentences in years))
    if less:
        print(f"\n({_more(less)})")


def _often(
    run: RunRecord, frame: pd.DataFrame, kinds: Sequence[str], limit: int | None, as_json: bool
) -> None:
    """Print the table of what happens how often over members, most frequent first."""
    members = run.record["members"]
    rows = counted(frame, members)
    shown = rows[: limit or (None if as_json else LIMIT)]
    less = len(rows) - len(shown)
    if as_json:
        answer = {"run": str(run.path), "members": members, "left_out": less, "happenings": shown}
        print(json.dumps(answer, ensure_ascii=False))
        return
    if not rows:
        print(_nothing(f"in any of {members:,} members", kinds))
        return
    print("\n".join([_line(_HEADS), *(_line(_texts(row)) for row in shown)]))
    told = (
        f"(in members: the share of {members:,} in which it happens; for these the median of how "
        "often, when first and how much in all)"
    )
    print("\n".join(["", *textwrap.wrap(told, WIDTH), *([f"({_more(less)})"] if less else [])]))


def _texts(row: dict[str, Any]) -> tuple[str, ...]:
    from steppe.sentences import spelled

    share, amount = row["share"], row["amount"]
    return (
        row["kind"],
        _title(row["actors"]),
        _title(row["host"]),
        _subject(row),
        f"{100 * share:.0f} %" if share >= 0.01 else "<1 %",
        f"{row['number']:g}",
        row["first"],
        "-" if amount is None else spelled(amount),
    )


def _title(code: str | None) -> str:
    return axes.TITLES.get(code, code) if code else ""


def _subject(row: dict[str, Any]) -> str:
    """Return the link, the sector, the organisation or the event of a row."""
    from steppe.sentences import ORGANISATIONS, SECTORS, links

    code: str = row["link"] or row["sector"] or row["organisation"] or row["event"] or ""
    titles = SECTORS | ORGANISATIONS | dict(zip(axes.LINKS, links(), strict=True))
    return titles.get(code, code) if not row["event"] else code


def _line(texts: Sequence[str]) -> str:
    """Return a line of the table: words to the left, numbers to the right."""
    cells = []
    for i, (text, width) in enumerate(zip(texts, _WIDTHS, strict=True)):
        if i < _HEADS.index("in members"):
            cells.append(f"{text if len(text) < width else text[: width - 4] + '...':<{width}}")
        else:
            cells.append(f"{text:>{width}}")
    return "".join(cells).rstrip()


def _nothing(where: str, kinds: Sequence[str]) -> str:
    kind = f" of the kind {' or '.join(kinds)}" if kinds else ""
    return f"nothing{kind} happened {where}"


def _more(count: int) -> str:
    return f"{count:,} more; a larger --limit shows them"
