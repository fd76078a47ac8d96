"""The view 'Compare': up to three variants that were kept, beside the present one."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from nicegui import ui

from steppe.seminar.engine import Answer, EngineError, Superseded
from steppe.seminar.page.chronicle import nothing
from steppe.seminar.page.labels import FAMILIES, face, number
from steppe.seminar.page.palette import PINNED, VARIANT
from steppe.seminar.page.session import YOURS, Sight, moves
from steppe.seminar.settings import Settings

if TYPE_CHECKING:
    from steppe.seminar.page.screen import Screen

Column = tuple[str, str, Answer]
"""Name, colour and answer of a variant."""


class CompareView:
    """Cards of the variants and a table of what they change."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.turn = 0
        self.shown: tuple[Settings, ...] | None = None
        self.cards = ui.element("div").classes("pins")
        self.content = ui.html("", sanitize=False).classes("scroll")

    def draw(self, sight: Sight) -> None:
        """Show the cards at once and the table when all variants are answered."""
        pinned = tuple(self.screen.session.pinned)
        if (*pinned, sight.settings) != self.shown:
            self.shown = (*pinned, sight.settings)
            self._cards(sight)
        if sight.answers is None:
            self.content.set_content(nothing("The comparison follows when the model has started."))
            return
        self.turn += 1
        self.screen.later(self._table(sight, self.turn))

    def _cards(self, sight: Sight) -> None:
        pinned = self.screen.session.pinned
        self.cards.clear()
        with self.cards:
            for place, settings in enumerate(pinned):
                with ui.element("article").classes("pin").style(f"--colour:{PINNED[place]}"):
                    ui.label("ABC"[place]).classes("pin-name")
                    ui.label(told(settings)).classes("pin-what")
                    with ui.element("div").classes("line"):
                        _flat("Take up", partial(self.load, place))
                        _flat("Take away", partial(self.remove, place))
            with ui.element("article").classes("pin").style(f"--colour:{VARIANT}"):
                ui.label(YOURS).classes("pin-name")
                ui.label(told(sight.settings)).classes("pin-what")
                if len(pinned) < len(PINNED) and sight.settings not in pinned:
                    _flat("Keep for comparison", self.screen.pin)

    async def load(self, place: int) -> None:
        """Take the settings of a variant."""
        if place < len(self.screen.session.pinned):
            await self.screen.take(self.screen.session.pinned[place])

    async def remove(self, place: int) -> None:
        """Forget a variant."""
        if place < len(self.screen.session.pinned):
            del self.screen.session.pinned[place]
            await self.screen.redraw()

    async def _table(self, sight: Sight, turn: int) -> None:
        assert sight.answers is not None
        session = self.screen.session
        answer, base = sight.answers
        columns: list[Column] = []
        try:
            for place, settings in enumerate(session.pinned):
                found = await session.engine.ask(settings, f"{session.owner}:{place}", base.members)
                columns.append(("ABC"[place], PINNED[place], found))
        except Superseded:
            return
        except (ValueError, EngineError) as error:
            self.screen.tell(str(error))
        columns.append((YOURS, VARIANT, answer))
        if turn != self.turn or self.screen.gone:
            return
        self.content.set_content(table(columns, base))


def told(settings: Settings) -> str:
    """Return what is set, in words."""
    return moves(settings)


def table(columns: Sequence[Column], base: Answer) -> str:
    """Return the headline outcomes of variants against the baseline as HTML."""
    labels = [label for label in FAMILIES["Headlines"] if label in base.labels]
    before = base.outcomes(labels)
    names = "".join(
        f"<th scope='col' style='--colour:{colour}'>{html.escape(name)}</th>"
        for name, colour, _ in columns
    )
    rows = []
    pairs = [
        (answer.outcomes(labels, beside=base), base.outcomes(labels, beside=answer))
        for _, _, answer in columns
    ]
    for label in labels:
        own = face(label)
        cells = [f"<td>{number(float(np.nanmedian(before[label])) * own.factor, own.unit)}</td>"]
        for here, there in pairs:
            members = min(len(here[label]), len(there[label]))
            moved = (here[label][:members] - there[label][:members]) * own.factor
            low, middle, high = (float(v) for v in np.nanquantile(moved, (0.05, 0.5, 0.95)))
            cells.append(
                f"<td><b>{number(middle, own.change_unit, sign=True)}</b>"
                f"<small>{_bare(low, own.change_unit)} to "
                f"{_bare(high, own.change_unit)}</small></td>"
            )
        rows.append(f"<tr><th scope='row'>{html.escape(own.title)}</th>{''.join(cells)}</tr>")
    return (
        "<table class='plain compare-table'><caption>Change from the baseline, mean of the last "
        "five "
        "years: median over members, below it the middle 90 %.</caption><thead><tr><th "
        "scope='col'>Outcome</th>"
        f"<th scope='col'>Baseline</th>{names}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _bare(value: float, unit: str) -> str:
    return number(value, unit, sign=True).partition(" ")[0]


def _flat(words: str, action: object) -> None:
    button = ui.element("button").props('type="button"').classes("quiet")
    with button:
        ui.label(words)
    button.on("click", action)  # type: ignore[arg-type]
