"""The view of the chronicle: what happens in one member, with how often it happens in all."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nicegui import ui

from steppe.seminar.engine import Happening
from steppe.seminar.page.session import Sight
from steppe.seminar.settings import ACTS_FROM

if TYPE_CHECKING:
    from steppe.seminar.page.screen import Screen

KINDS: dict[str, tuple[str, ...]] = {
    "Decisions": ("consortium", "committed", "refused", "completed", "cancelled"),
    "Memberships and rules": ("joined", "left", "opened", "restricted", "event"),
    "Money troubles": ("arrears", "cancelled"),
    "Announcements": ("announced",),
    "Everything": (),
}
MOST = 400
"""Rows that are shown."""


class ChronicleView:
    """One member's happenings from the present on."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        with ui.element("div").classes("tools"):
            self.member = ui.number("Member", value=0, min=0, max=199, step=1, format="%d")
            self.member.props("dense outlined").on_value_change(self._again)
            self.kind = ui.select(
                list(KINDS), value="Decisions", label="What", on_change=self._again
            )
            self.kind.props("dense outlined options-dense")
            ui.label(
                "One of many possible histories; the bar says in how many members the same happens."
            ).classes("faint")
        self.rows = ui.html("", sanitize=False).classes("scroll")

    async def _again(self) -> None:
        await self.screen.redraw()

    def draw(self, sight: Sight) -> None:
        """List the happenings of the chosen member."""
        answers = sight.answers
        if answers is None:
            self.rows.set_content(nothing("The chronicle follows when the model has started."))
            return
        answer = answers[0]
        member = min(max(int(self.member.value or 0), 0), answer.members - 1)
        kinds = KINDS[self.kind.value]

        def look() -> str:
            found = answer.chronicle(member, kinds=kinds, since=ACTS_FROM)
            return table(found[:MOST], answer.members)

        self.screen.compute(look, self.rows.set_content)


def table(happenings: Sequence[Happening], members: int) -> str:
    """Return happenings as HTML, every text of theirs escaped."""
    if not happenings:
        return nothing("Nothing of this kind happens in this member from 2026 on.")
    rows = []
    for happening in happenings:
        count = round(happening.often * members)
        rows.append(
            f"<tr><th scope='row'>{happening.quarter.year} Q{happening.quarter.quarter}</th>"
            f"<td>{html.escape(happening.sentence)}</td>"
            "<td class='often'><span class='often-bar' "
            f"style='--part:{100 * happening.often:.0f}%'></span>"
            f"{count} of {members}</td></tr>"
        )
    names = "".join(f"<th scope='col'>{n}</th>" for n in ("When", "What happens", "How often"))
    head, body = f"<thead><tr>{names}</tr></thead>", "".join(rows)
    return f"<table class='plain chronicle'>{head}<tbody>{body}</tbody></table>"


def nothing(text: str) -> str:
    """Return a line that stands where there is nothing to list."""
    return f"<p class='empty'>{html.escape(text)}</p>"
