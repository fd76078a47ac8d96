"""Several participants: joining with levers of one's own, and the projector that shows all."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from nicegui import Client, background_tasks, ui

from steppe.seminar.engine import FIRST, Engine, EngineError, Superseded
from steppe.seminar.page import explain, parts
from steppe.seminar.page.address import MOST_NAME, Place, View, clean, known, write
from steppe.seminar.page.charts import Array, Curve, band_chart, reference
from steppe.seminar.page.labels import face, number
from steppe.seminar.page.room import Person, Room, RoomFull
from steppe.seminar.page.session import clipped, moves
from steppe.seminar.settings import Settings

if TYPE_CHECKING:
    from steppe.seminar.page.screen import Screen

log = logging.getLogger(__name__)


class Joining:
    """One page's part in the room: nobody is shown on the projector who has not joined."""

    def __init__(self, screen: Screen, room: Room) -> None:
        self.screen, self.room = screen, room

    @property
    def key(self) -> str:
        return self.screen.client.id

    def again(self) -> None:
        """Join again after a reload, when the address holds a name."""
        self.publish()

    def publish(self) -> None:
        """Show the present settings on the projector, when this page has joined."""
        name = self.screen.session.view.name
        if name:
            try:
                self.room.join(self.key, name, self.screen.session.settings)
            except RoomFull as error:
                self.screen.session.look(name="")
                self.screen.tell(str(error), "warning")

    def open(self) -> None:
        """Ask for a name, or let one leave; tell where the projector is."""
        name = self.screen.session.view.name
        with explain.sheet("Several participants", "each with levers of their own") as box:
            ui.label(
                "Everybody opens this page on a device of their own and joins with a name. The "
                "projector "
                "shows all variants over the baseline."
            ).classes("prose")
            field = ui.input("Your name", value=name).props(
                f'outlined dense maxlength={MOST_NAME} aria-label="Your name"'
            )

            def join() -> None:
                chosen = clean(field.value or "")
                if not chosen:
                    field.props('error error-message="Write a name first."')
                    return
                self.screen.session.look(name=chosen)
                self.publish()
                self.screen.keeper.store()
                box.close()
                if self.screen.session.view.name:
                    self.screen.tell(f"{chosen}, your levers are on the projector now.", "positive")

            def leave() -> None:
                self.screen.session.look(name="")
                self.room.leave(self.key)
                self.screen.keeper.store()
                box.close()

            field.on("keydown.enter", join)
            with ui.element("div").classes("line"):
                ui.button("Join" if not name else "Change the name", on_click=join).props(
                    "no-caps unelevated"
                )
                if name:
                    ui.button("Leave", on_click=leave).props("no-caps flat")
                ui.button(
                    "Open the projector",
                    on_click=lambda: ui.navigate.to("/projector", new_tab=True),
                ).props("no-caps outline icon=tv")
            there = self.room.present()
            if there:
                explain.heading("Who has joined")
                for person in there:
                    person_row(person)


def person_row(person: Person) -> ui.element:
    """Show a participant: colour, name, what is set."""
    with ui.element("div").classes("person").style(f"--colour:{person.colour}") as row:
        ui.element("i").classes(f"dash-{person.dash}")
        ui.label(person.name).classes("person-name")
        ui.label(clipped(moves(person.settings), 120)).classes("faint")
    return row


class Projector:
    """The projector's page: the medians of all participants over the baseline's band."""

    def __init__(self, engine: Engine, room: Room, place: Place, client: Client) -> None:
        self.engine, self.room, self.client = engine, room, client
        self.view: View = place.view
        self.wanted = asyncio.Event()
        self.bands: dict[tuple[Settings, str, bool], Array] = {}
        self.asked: set[str] = set()
        with ui.element("div").classes("page projector"):
            with ui.element("header").classes("bar"):
                ui.label("steppe").classes("brand").props('role="heading" aria-level="1"')
                ui.label("Everybody's variants over the baseline").classes("status")
                self.difference = ui.button("Difference", on_click=self.toggle).props(
                    "no-caps flat"
                )
            with ui.element("main").classes("projector-body"):
                with ui.element("div").classes("charts-pair"):
                    self.cards = [self._card(place) for place in (0, 1)]
                self.people = ui.element("section").classes("people")
                self.people.props('aria-label="Participants" aria-live="polite"')
        room.listeners.append(self.wanted.set)
        client.on_connect(self.begin)
        client.on_delete(self.close)
        self.running = False

    def _card(self, place: int) -> tuple[parts.Search, parts.Chart]:
        with ui.element("article").classes("chart-card"):
            search = parts.Search(("First chart", "Second chart")[place], face(self._label(place)))
            search.listen("pick", lambda event: self._pick(place, event))
            chart = parts.Chart({}, renderer="canvas").classes("chart")
            chart.props('role="img"')
        return search, chart

    def _label(self, place: int) -> str:
        return self.view.second if place else self.view.first

    def _pick(self, place: int, event: parts.Event) -> None:
        label = known(str(event.get("label")), self._label(place))
        changes: dict[str, Any] = {"second" if place else "first": label}
        self._look(**changes)

    def toggle(self) -> None:
        """Show the change from the baseline, or the values."""
        self._look(difference=not self.view.difference)

    def _look(self, **changes: Any) -> None:
        from dataclasses import replace

        self.view = replace(self.view, **changes)
        query = write(Settings(), self.view)
        self.client.run_javascript(f"steppe.address({query!r})")
        self.wanted.set()

    async def begin(self) -> None:
        """Draw whenever somebody joins, leaves or moves a lever."""
        if self.running:
            return
        self.running = True
        self.wanted.set()
        background_tasks.create(self._watch(), name="projector", context=self.client)

    def close(self) -> None:
        """The page is closed."""
        if self.wanted.set in self.room.listeners:
            self.room.listeners.remove(self.wanted.set)
        self.wanted.set()
        self._leave(set())

    def _leave(self, present: set[str]) -> None:
        """Drop the engine's owners of all but those who are there."""
        for key in self.asked - present:
            self.engine.leave(self._owner(key))
        self.asked &= present

    def _owner(self, key: str) -> str:
        return f"projector:{self.client.id}:{key}"

    async def _watch(self) -> None:
        while not self.client.is_deleted:
            try:
                await asyncio.wait_for(self.wanted.wait(), timeout=20)
            except TimeoutError:
                self.room.tidy()
                continue
            self.wanted.clear()
            await asyncio.sleep(0.05)  # several moves at once are drawn once
            if self.client.is_deleted:
                return
            try:
                await self._draw()
            except Exception:  # one person's variant must not end it for all
                log.exception("the projector could not be drawn")

    async def _draw(self) -> None:
        people, view = self.room.present(), self.view
        self._leave({person.key for person in people})
        try:
            base = await self.engine.baseline(FIRST)
        except EngineError:
            return
        used = {}
        for person in people:
            for label in (view.first, view.second):
                key = person.settings, label, view.difference
                bands = self.bands.get(key)
                if bands is None and not self.client.is_deleted:
                    bands = await self._bands(person, label, base, difference=view.difference)
                if bands is not None:
                    used[key] = bands
        self.bands = used
        if self.client.is_deleted:
            return
        with self.client:
            for place, (search, chart) in enumerate(self.cards):
                own = face(self._label(place))
                search.show(own)
                behind = base.bands(own.label)
                if view.difference:
                    behind = behind * 0.0
                curves = [reference(own, base.quarters, behind, banded=not view.difference)]
                for person in people:
                    bands = used.get((person.settings, own.label, view.difference))
                    if bands is not None:
                        curves.append(
                            Curve(
                                person.name,
                                bands * own.factor,
                                person.colour,
                                person.dash,
                                banded=False,
                            )
                        )
                option = band_chart(
                    own, base.quarters, curves, difference=view.difference, scale=1.25
                )
                unit = own.change_unit if view.difference else own.unit
                told = [f"{c.name} {number(float(c.bands[-1, 2]), unit)}" for c in curves]
                chart.show(option, f"{own.title}, {base.quarters[-1].year}: {', '.join(told)}")
            self.difference.props(f'aria-pressed="{str(view.difference).lower()}"')
            self.difference.classes(
                add="on" if view.difference else "", remove="" if view.difference else "on"
            )
            self.people.clear()
            with self.people:
                for person in people:
                    person_row(person)
                if not people:
                    ui.label(
                        "Nobody has joined yet. Open the page on another device, press the button "
                        "with the "
                        "three heads and write a name."
                    ).classes("empty")

    async def _bands(
        self, person: Person, label: str, base: Any, *, difference: bool
    ) -> Array | None:
        try:
            self.asked.add(person.key)
            answer = await self.engine.ask(person.settings, self._owner(person.key), FIRST)
        except (Superseded, EngineError, ValueError):
            return None
        found: Array = answer.difference(label, base) if difference else answer.bands(label)
        return found
