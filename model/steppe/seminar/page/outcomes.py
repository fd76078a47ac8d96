"""The view of small multiples."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from steppe.seminar.page import parts
from steppe.seminar.page.labels import FAMILIES, face
from steppe.seminar.page.multiples import Panel, panel
from steppe.seminar.page.session import Sight, change, curves

if TYPE_CHECKING:
    from steppe.seminar.page.screen import Screen

COLUMNS = {"Headlines": 3, "Influence": 5, "Trade": 5, "Corridors": 4, "Autonomy and debt": 5}


class OutcomesView:
    """A family of series as small multiples; a press puts one on the first chart."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        with ui.element("div").classes("chips").props('role="group" aria-label="Which outcomes"'):
            self.buttons = {}
            for name in FAMILIES:
                button = ui.element("button").props('type="button"').classes("chip")
                with button:
                    ui.label(name)
                self.buttons[name] = button.on("click", partial(self.choose, name))
        self.grid = parts.Multiples()
        self.grid.listen("pick", lambda event: screen.look_at(str(event.get("label"))))

    async def choose(self, family: str) -> None:
        """Show another family."""
        self.screen.session.look(family=family)
        await self.screen.redraw()

    def draw(self, sight: Sight) -> None:
        """Draw every panel of the family that the sight has."""
        view = self.screen.session.view
        for name, button in self.buttons.items():
            on = name == view.family
            button.classes(add="on" if on else "", remove="" if on else "on")
            button.props(f'aria-pressed="{str(on).lower()}"')
        family, difference = view.family, view.difference
        self.screen.compute(
            lambda: panels(sight, family, difference=difference),
            lambda found: self.grid.put(panels=found, columns=COLUMNS.get(family, 3)),
        )


def panels(sight: Sight, family: str, *, difference: bool) -> list[Panel]:
    """Return the panels of a family's series that the sight has."""
    return [
        panel(
            own,
            sight.quarters,
            curves(own, sight, difference=difference)[-1 if difference else 0 :],
            difference=difference,
            brief=family != "Headlines",
            change=None if difference else change(own, sight),
        )
        for own in map(face, FAMILIES[family])
        if own.label in sight.variant.labels and own.label in sight.baseline.labels
    ]
