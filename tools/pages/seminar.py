"""docs/seminar.md: the facilitator's sheet, with what was measured and every card of the page.

The text between markers is made of the catalogue, the exercises and docs/seminar.json; what stands
outside them is written by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from steppe.seminar import catalogue
from steppe.seminar.catalogue import ACTORS, Lever, ShockKind
from steppe.seminar.exercises import EXERCISES, Exercise

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, MEASURED = DOCS / "seminar.md", DOCS / "seminar.json"


def page() -> str:
    """Return docs/seminar.md with its generated parts as they are today."""
    text = PAGE.read_text(encoding="utf-8")
    told = json.loads(MEASURED.read_text(encoding="utf-8"))
    for exercise in EXERCISES:
        text = _between(text, f"exercise {exercise.id}", _exercise(exercise, told[exercise.id]))
    text = _between(text, "levers", "\n".join(_cards(catalogue.levers())))
    return _between(text, "shocks", "\n".join(_cards(catalogue.shocks())))


def _between(text: str, name: str, part: str) -> str:
    """Return the text with what stands between the markers of a part replaced."""
    marked = re.compile(f"(<!-- {name}: tools/build_docs.py -->\n).*?(<!-- /{name} -->)", re.S)
    found, count = marked.subn(lambda match: f"{match[1]}{part}\n{match[2]}", text)
    if count != 1:
        raise ValueError(f"the markers of '{name}' must be there once, found {count}")
    return found


def _exercise(exercise: Exercise, rows: list[dict[str, list[float]]]) -> str:
    heads = [f"{m.name}, {m.unit}" for m in exercise.measures]
    lines = [
        f"*{exercise.question}* About {exercise.minutes} minutes. Charts: "
        + ", ".join(f"`{label}`" for label in exercise.charts)
        + ".\n",
        "| step | ask before the answer is drawn |",
        "|---|---|",
        *(f"| {number}. {v.title} | {v.ask} |" for number, v in enumerate(exercise.variants, 1)),
        "",
        f"What the model says, against the baseline, in {exercise.window[0]} to "
        f"{exercise.window[1]} (works from {exercise.begins} on): medians of paired members, in "
        "brackets the share of members that move the same way.\n",
        "| step | " + " | ".join(heads) + " |",
        "|---" * (len(heads) + 1) + "|",
    ]
    for number, row in enumerate(rows, 1):
        cells = [_cell(row.get(m.name)) for m in exercise.measures]
        lines.append(f"| {number}. {row['variant']} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", exercise.close])


def _cell(numbers: list[float] | None) -> str:
    if numbers is None:
        return "-"
    median, rose, fell = numbers
    if not median:
        return "0" if max(rose, fell) < 0.5 else f"0 ({max(rose, fell):.0%})"
    size = f"{median:+.2g}" if abs(median) < 99.5 else f"{median:+.0f}"
    return f"{size.replace('-', '−')} ({rose if median > 0 else fell:.0%})"


def _cards(cards: tuple[Lever, ...] | tuple[ShockKind, ...]) -> Iterator[str]:
    actor = None
    for card in cards:
        if card.actor != actor and isinstance(card, Lever):
            actor = card.actor
            yield f"\n### {ACTORS[actor]}\n"
        yield from _card(card)


def _card(card: Lever | ShockKind) -> Iterator[str]:
    levels = "; ".join(f"{level.value:g} {level.name}" for level in card.levels)
    unit = {"": "", "×": ", a factor"}.get(card.unit, f" {card.unit}")
    yield f"{'####' if isinstance(card, Lever) else '###'} {card.title}\n"
    yield f"{card.what}\n"
    if isinstance(card, Lever):
        yield f"- **Range**: {card.low:g} to {card.high:g}{unit}, on `{card.parameter}`: {levels}"
    else:
        last = f"{card.shortest} to {card.longest} quarters"
        stays = ", or for good" if card.may_stay else ""
        yield f"- **Range**: size {card.low:g} to {card.high:g}{unit} ({levels}); {last}{stays}"
    yield f"- **Examples**: {card.examples}"
    yield f"- **Key dynamics**: {card.dynamics}"
    at = next(level.name for level in card.levels if level.value == card.telling)
    yield f"- **Who gains** (at {card.telling:g}, {at}): {card.gains}"
    yield f"- **Who loses**: {card.loses}"
    yield f"- **Questions**: {' '.join(card.questions)}"
    yield f"- **Source**: {card.source}\n"
