"""The view 'Why': what drove the change of an outcome."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from steppe.figures.colours import LESS, MORE
from steppe.seminar.drivers import Driver, Told, what_drove
from steppe.seminar.engine import EngineError, Superseded
from steppe.seminar.page.chronicle import nothing
from steppe.seminar.page.labels import Face, face, number
from steppe.seminar.page.session import Sight

if TYPE_CHECKING:
    from steppe.seminar.page.screen import Screen

MOST = 8
"""Uncertainties that are shown."""


class WhyView:
    """Levers one at a time, uncertainties by rank correlation, a sentence why."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.place = 0
        self.turn = 0
        self.done: tuple[object, ...] = ()
        with ui.element("div").classes("tools"):
            self.buttons = []
            for place in (0, 1):
                button = ui.element("button").props('type="button"').classes("chip")
                with button:
                    ui.label("")
                self.buttons.append(button.on("click", partial(self.choose, place)))
        self.content = ui.html("", sanitize=False).classes("scroll why")

    async def choose(self, place: int) -> None:
        """Ask about the outcome of the other chart."""
        self.place = place
        await self.screen.redraw()

    def draw(self, sight: Sight) -> None:
        """Ask what drove the change, and show it when it is known."""
        view = self.screen.session.view
        for place, label in enumerate((view.first, view.second)):
            button = self.buttons[place]
            button.default_slot.children[0].set_text(face(label).title)  # type: ignore[attr-defined]
            on = place == self.place
            button.classes(add="on" if on else "", remove="" if on else "on")
            button.props(f'aria-pressed="{str(on).lower()}"')
        label = (view.first, view.second)[self.place]
        if sight.answers is None:
            self.content.set_content(nothing("The reasons follow when the model has started."))
            return
        asked = (sight.settings, label, sight.variant.members)
        if asked == self.done:
            return
        self.turn += 1
        self.done = ()
        self.content.set_content(
            nothing("Running the levers one at a time \N{HORIZONTAL ELLIPSIS}")
        )
        self.screen.later(self._ask(sight, label, asked, self.turn))

    async def _ask(self, sight: Sight, label: str, asked: tuple[object, ...], turn: int) -> None:
        assert sight.answers is not None
        engine, owner = self.screen.session.engine, self.screen.session.owner
        try:
            drove = await what_drove(
                engine, *sight.answers, label, f"{owner}:why", told=told(face(label))
            )
        except Superseded:
            return
        except (ValueError, EngineError) as error:
            if turn == self.turn and not self.screen.gone:
                self.content.set_content(nothing(str(error)))
            return
        if turn != self.turn or self.screen.gone:
            return
        self.done = asked
        own = face(label)
        self.content.set_content(
            f"<p class='lead'>{html.escape(drove.sentence)}</p>"
            + _part("Levers and shocks, each alone", levers(drove.levers, own))
            + _part("Uncertain parameters, by rank correlation", correlations(drove.uncertainties))
        )


def told(own: Face) -> Told:
    """Return how sentences speak of a series: by its title, changes in the unit that is shown."""
    return Told(own.title, lambda change: number(change * own.factor, own.change_unit, sign=True))


def _part(title: str, rows: str) -> str:
    return f"<h3 class='section'>{html.escape(title)}</h3>{rows}"


def levers(drivers: Sequence[Driver], own: Face) -> str:
    """Return what each lever does alone, as bars in the outcome's unit."""
    if not drivers:
        return nothing("No lever is moved and no shock is set: the variant is the baseline.")
    most = max(abs(d.size) for d in drivers) or 1.0
    return _rows(
        (
            d,
            d.size / most,
            number(d.size * own.factor, own.change_unit, sign=True),
        )
        for d in drivers
    )


def correlations(drivers: Sequence[Driver]) -> str:
    """Return the partial rank correlations of uncertain parameters as bars from -1 to 1."""
    if not drivers:
        return nothing("No uncertain parameter stands out over these members.")
    return _rows(
        (d, d.size, f"{d.size:+.2f}".replace("-", "\N{MINUS SIGN}")) for d in drivers[:MOST]
    )


def _rows(bars: object) -> str:
    rows = []
    for driver, part, text in bars:  # type: ignore[attr-defined]
        side = "more" if part >= 0 else "less"
        colour = MORE if part >= 0 else LESS
        rows.append(
            f"<tr><th scope='row'>{html.escape(driver.title)}</th>"
            f"<td class='bar-cell'><span class='tornado {side}' "
            f"style='--part:{min(abs(part), 1.0) * 50:.1f}%;--colour:{colour}'></span></td>"
            "<td "
            f"class='figure'>{html.escape(text)}</td><td>{html.escape(driver.sentence)}</td></tr>"
        )
    return f"<table class='plain drivers'><tbody>{''.join(rows)}</tbody></table>"
