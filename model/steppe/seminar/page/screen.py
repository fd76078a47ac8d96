"""The main screen: levers at the left, charts and the other views beside them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from nicegui import Client, background_tasks, ui

from steppe.clock import Quarter
from steppe.seminar import catalogue
from steppe.seminar.engine import WHOLE, Engine, stored_baseline
from steppe.seminar.page import explain, parts
from steppe.seminar.page.address import TABS, Place, known
from steppe.seminar.page.assumptions import Assumptions
from steppe.seminar.page.charts import band_chart
from steppe.seminar.page.chronicle import ChronicleView
from steppe.seminar.page.compare import CompareView
from steppe.seminar.page.drivers_panel import WhyView
from steppe.seminar.page.keep import Keeper
from steppe.seminar.page.labels import Face, face
from steppe.seminar.page.map import frames
from steppe.seminar.page.outcomes import OutcomesView
from steppe.seminar.page.palette import FAINT, SHOCK
from steppe.seminar.page.participants import Joining
from steppe.seminar.page.room import Room
from steppe.seminar.page.session import Session, Sight, moves, reading
from steppe.seminar.page.tour import KEYS, STEPS
from steppe.seminar.settings import (
    ACTS_FROM,
    LAST_SHOCK,
    Settings,
    Shock,
    scenarios,
)

log = logging.getLogger(__name__)
REPLAY = 1.4
"""Seconds for which a replay shows the state before the last change."""
PRESENTATION = 1.45
"""Size of type in the presentation."""


class Screen:
    """One tab's page; made while the page is built, alive until the tab is closed."""

    def __init__(self, engine: Engine, room: Room, place: Place, client: Client) -> None:
        self.client = client
        self.room = room
        self.session = session = Session.of(engine, client.id, place)
        session.drawn, session.told, session.busy = self.draw, self.tell, self.busy
        self.scale = 1.0
        self.drawing = 0
        self.drawn = Settings()  # what the charts show; answers are the engine's to keep
        self.keeper = Keeper(self)
        self.joining = Joining(self, room)
        self._build()
        self.draw(opening())
        self.refresh_settings()
        client.on_connect(self.begin)
        client.on_disconnect(self.away)
        client.on_delete(self.close)
        client.on_exception(self.failed)
        if place.problem:
            self.tell(place.problem)

    # --- building ---

    def _build(self) -> None:
        ui.link("Skip to the charts", "#charts").classes("skip")
        with ui.element("div").classes("page"):
            with ui.element("header").classes("bar"):
                self._bar()
            with ui.element("main").classes("body"):
                with ui.element("aside").classes("left").props('aria-label="Levers and shocks"'):
                    self._left()
                with ui.element("section").classes("right"):
                    self._right()
        self.tour = parts.Tour(STEPS)
        self.tour.listen("step", lambda event: self._tour_step(event))
        ui.on("steppe-key", self._key)

    def _bar(self) -> None:
        ui.label("steppe").classes("brand").props('role="heading" aria-level="1"')
        with ui.element("div").classes("scenario"):
            self.scenario = ui.select(
                self._scenarios(), value=self._scenario_now(), on_change=self._choose_scenario
            )
            self.scenario.props('dense borderless options-dense aria-label="Scenario"')
            icon("info", "What is in this scenario?", self.about_scenario)
        with ui.element("div").classes("bar-group"):
            self.undo_button = icon("undo", "Undo", self.undo)
            self.redo_button = icon("redo", "Redo", self.redo)
            self.reset_button = icon("restart_alt", "Put all levers and shocks back", self.reset)
            self.replay_button = icon("play_circle_outline", "Replay the last change", self.replay)
        self.status = ui.label("").classes("status").props('role="status" aria-live="polite"')
        flat("Leave presentation (Esc)", self.present).classes("leave quiet")
        with ui.element("div").classes("bar-group bar-end"):
            icon("push_pin", "Keep this variant for comparison", self.pin)
            with icon("share", "Link, files and charts"):
                self.keeper.menu()
            icon("groups", "Several participants", self.joining.open)
            icon("slideshow", "Presentation", self.present)
            with icon("more_vert", "Help"), ui.menu():
                ui.menu_item("Two-minute tour", self.start_tour)
                ui.menu_item("Keys of the page", lambda: explain.keys(KEYS))
                ui.menu_item("What the model cannot say", lambda: self.open_tab("assumptions"))

    def _left(self) -> None:
        with (
            ui.element("div")
            .classes("left-tabs")
            .props('role="group" aria-label="Levers or shocks"')
        ):
            self.left_buttons = {
                name: flat(title, partial(self.show_left, name))
                for name, title in (("levers", "Levers"), ("shocks", "Shocks"))
            }
            self.left_close = flat("Close", self.close_left).classes("left-close")
        self.levers = parts.Levers(catalogue.levers())
        self.levers.listen("preview", self._preview)
        self.levers.listen("move", self._move)
        self.levers.listen("explain", self._explain)
        self.shocks = parts.Shocks(catalogue.shocks())
        self.shocks.listen("add", self._add_shock)
        self.shocks.listen("remove", self._remove_shock)
        self.shocks.listen("change", self._change_shock)
        self.shocks.listen("explain", self._explain)
        self.show_left("levers")

    def _right(self) -> None:
        with ui.element("nav").classes("tabs").props('role="tablist" aria-label="Views"'):
            self.tab_buttons = {}
            for key, title in TABS.items():
                button = flat(title, partial(self.open_tab, key))
                self.tab_buttons[key] = button.props(f'role="tab" aria-controls="view-{key}"')
        self.views: dict[str, ui.element] = {}
        with ui.element("div").classes("views").props('id="charts" tabindex="-1"'):
            for key in TABS:
                view = ui.element("div").classes(f"view {key}")
                view.props(f'id="view-{key}" role="tabpanel" aria-label="{TABS[key]}"')
                self.views[key] = view
            with self.views["charts"]:
                self._charts()
            with self.views["outcomes"]:
                self.outcomes = OutcomesView(self)
            with self.views["map"]:
                self.map = parts.RegionMap()
            with self.views["chronicle"]:
                self.chronicle = ChronicleView(self)
            with self.views["why"]:
                self.why = WhyView(self)
            with self.views["compare"]:
                self.compare = CompareView(self)
            with self.views["assumptions"]:
                self.assumptions = Assumptions(self)
        with ui.element("div").classes("shock-strip"):
            flat("+ Shock", self.open_shocks).classes("strip-add")
            self.timeline = parts.Timeline()
            self.timeline.listen("shift", self._shift_shock)
            self.timeline.listen("remove", self._remove_shock)
            self.timeline.listen("edit", lambda _: self.open_shocks())
        flat("Levers", self.open_left).classes("left-open main")
        self.show_tab()

    def _charts(self) -> None:
        with ui.element("div").classes("charts-head"):
            self.key = ui.element("ul").classes("legend").props('aria-label="Key of the charts"')
            self.difference = flat("Difference", self.toggle_difference).classes("toggle")
        with ui.element("div").classes("charts-pair"):
            self.cards = [ChartCard(self, place) for place in (0, 1)]

    def _scenarios(self) -> dict[str, str]:
        found = dict(scenarios())
        if self.session.settings.opened is not None:
            found[_OPENED] = "Opened file"
        return found

    def _scenario_now(self) -> str:
        settings = self.session.settings
        return settings.scenario if settings.opened is None else _OPENED

    # --- life of the tab ---

    async def begin(self) -> None:
        """Restore the steps to undo, once the browser is there, and run what the address asks."""
        if self.session.members or self.session.turn:
            self.joining.again()  # the same page came back after a short loss of the line
            return
        await self.keeper.restore()
        self.joining.again()
        await self.run()

    def away(self) -> None:
        """The browser has left, perhaps for a reload: the place on the projector is free for it."""
        if not self.client.has_socket_connection:
            self.room.close(self.client.id)

    def close(self) -> None:
        """The tab is closed: nothing more is drawn, waiting work ends."""
        self.session.turn += 1
        leave = self.session.engine.leave
        for owner in ("", ":view", ":why", *(f":{place}" for place in range(3))):
            leave(self.session.owner + owner)
        self.room.close(self.client.id)

    @property
    def gone(self) -> bool:
        return self.client.is_deleted

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something beside the handler of an event, in this page."""
        background_tasks.create(work, name="seminar page", context=self.client)

    def compute[T](self, work: Callable[[], T], show: Callable[[T], object]) -> None:
        """Work in a thread, so that no other page waits, and show what it gives.

        Nothing is shown when something newer has been drawn or another view was opened meanwhile.
        """
        self.drawing += 1
        turn, tab = self.drawing, self.session.view.tab

        async def both() -> None:
            found = await asyncio.to_thread(work)
            if turn == self.drawing and tab == self.session.view.tab and not self.gone:
                show(found)

        self.later(both())

    def failed(self, error: Exception) -> None:
        """Tell that something went wrong which nobody foresaw: the page goes on."""
        log.error("the page met an error", exc_info=error)
        self.tell("This did not work, and the reason is not known. Your settings are kept.")

    def tell(self, sentence: str, kind: str = "negative") -> None:
        """Say one sentence to the user."""
        if not self.gone:
            with self.client:
                error = kind == "negative"
                ui.notify(
                    sentence,
                    color="red-10" if error else "grey-9",
                    icon="error_outline" if error else "info",
                    position="bottom-left",
                    timeout=12_000 if error else 3500,
                    close_button="Close" if error else False,
                    multi_line=True,
                )

    def busy(self, working: bool) -> None:
        """Show that the engine works."""
        if not self.gone:
            self.status.classes(
                toggle=None, add="at-work" if working else "", remove="" if working else "at-work"
            )

    # --- changes of settings ---

    async def take(self, settings: Settings) -> None:
        """Take new settings as a step that can be undone, and run them."""
        session = self.session
        if settings == session.settings == session.shown and session.members == WHOLE:
            return  # a draft of the same settings, of a slider moved out and back, is not enough
        self.session.change(settings)
        self.refresh_settings()
        await self.run()

    async def run(self) -> None:
        """Run the present settings and publish them."""
        self.keeper.store()
        self.joining.publish()
        await self.session.show(self.session.settings)

    async def _preview(self, event: parts.Event) -> None:
        settings = self._moved(event)
        if settings is not None:
            await self.session.show(settings, draft=True)

    async def _move(self, event: parts.Event) -> None:
        settings = self._moved(event)
        if settings is not None:
            await self.take(settings)

    def _moved(self, event: parts.Event) -> Settings | None:
        parameter, value = event.get("parameter"), event.get("value")
        try:
            card = catalogue.lever(str(parameter))
            moved = None if value is None else min(max(float(value), card.low), card.high)
        except (KeyError, TypeError, ValueError):
            return None
        if moved is not None and abs(moved - card.default) < card.step / 2:
            moved = None
        return self.session.settings.with_lever(card.parameter, moved)

    async def _choose_scenario(self, event: Any) -> None:
        name = event.value
        if name == _OPENED or name is None or name == self._scenario_now():
            return
        await self.take(self.session.settings.with_scenario(name))

    async def _add_shock(self, event: parts.Event) -> None:
        try:
            kind = catalogue.shock(str(event.get("kind")))
        except KeyError:
            return
        shock = Shock(kind.id, Quarter.of(2028), kind.size, kind.duration)
        await self._try(lambda: self.session.settings.with_shock(shock))

    async def _remove_shock(self, event: parts.Event) -> None:
        if (index := self._index(event)) is not None:
            await self._try(lambda: self.session.settings.without_shock(index))

    async def _shift_shock(self, event: parts.Event) -> None:
        if (index := self._index(event)) is not None:
            old = self.session.settings.shocks[index]
            await self._change_shock(
                {
                    "index": index,
                    "start": event.get("start"),
                    "size": old.size,
                    "duration": old.duration,
                }
            )

    async def _change_shock(self, event: parts.Event) -> None:
        index = self._index(event)
        if index is None:
            return
        old = self.session.settings.shocks[index]
        try:
            kind = catalogue.shock(old.kind)
            start = Quarter(min(max(int(event["start"]), ACTS_FROM.ordinal), LAST_SHOCK.ordinal))
            size = min(max(float(event["size"]), kind.low), kind.high)
            length = event["duration"]
            duration = (
                None if length is None else min(max(int(length), kind.shortest), kind.longest)
            )
        except (KeyError, TypeError, ValueError):
            return
        new = Shock(old.kind, start, size, duration)
        await self._try(lambda: self.session.settings.without_shock(index).with_shock(new))

    async def _try(self, change: Callable[[], Settings]) -> None:
        try:
            settings = change()
        except ValueError as error:
            self.tell(str(error))
            return
        await self.take(settings)

    def _index(self, event: parts.Event) -> int | None:
        index = event.get("index")
        count = len(self.session.settings.shocks)
        return index if isinstance(index, int) and 0 <= index < count else None

    async def undo(self) -> None:
        """Go a step back."""
        if self.session.history.can_undo:
            self.session.undo()
            self.refresh_settings()
            await self.run()

    async def redo(self) -> None:
        """Go a step forward."""
        if self.session.history.can_redo:
            self.session.redo()
            self.refresh_settings()
            await self.run()

    async def reset(self) -> None:
        """Put all levers and shocks at rest."""
        await self.take(replace(self.session.settings, levers=(), shocks=(), acts_from=ACTS_FROM))

    async def replay(self) -> None:
        """Show the state before the last change, then the change."""
        before = self.session.history.before
        if before is None:
            return
        self.status.set_text("Before the change")
        if await self.session.show(before, draft=True):
            await asyncio.sleep(REPLAY)
        if not self.gone and self.session.shown == before:
            await self.session.show(self.session.settings)

    def refresh_settings(self) -> None:
        """Show the present settings on levers, shocks and buttons."""
        session, settings = self.session, self.session.settings
        titles = {kind.id: kind.title for kind in catalogue.shocks()}
        rows = [parts.shock_row(s, titles.get(s.kind, s.kind)) for s in settings.shocks]
        self.levers.put(values=dict(settings.levers))
        self.shocks.put(shocks=rows)
        self.timeline.put(shocks=rows)
        self.scenario.set_options(self._scenarios(), value=self._scenario_now())
        self.undo_button.set_enabled(session.history.can_undo)
        self.redo_button.set_enabled(session.history.can_redo)
        self.reset_button.set_enabled(bool(settings.levers or settings.shocks))
        self.replay_button.set_enabled(session.history.before is not None)

    # --- what is shown ---

    def draw(self, sight: Sight) -> None:
        """Draw a sight on the view that is open."""
        if self.gone:
            return
        self.drawn = sight.settings
        with self.client:
            self._draw_status(sight)
            match self.session.view.tab:
                case "charts":
                    self._draw_charts(sight)
                case "outcomes":
                    self.outcomes.draw(sight)
                case "map":
                    self.compute(
                        lambda: frames(sight.variant, sight.baseline),
                        lambda found: self.map.put(frames=found),
                    )
                case "chronicle":
                    self.chronicle.draw(sight)
                case "why":
                    self.why.draw(sight)
                case "compare":
                    self.compare.draw(sight)

    def _draw_status(self, sight: Sight) -> None:
        if not self.session.members:
            self.status.set_text("The model is starting")
            return
        said = moves(sight.settings)
        self.status.set_text(f"{sight.variant.members} members \N{MIDDLE DOT} {said}")
        self.status.props["title"] = said

    def _draw_charts(self, sight: Sight) -> None:
        for card in self.cards:
            card.draw(sight)
        curves = self.cards[0].curves
        rows = [(curve.name, curve.colour, curve.banded) for curve in curves]
        if rows != getattr(self, "_rows", None):
            self._rows = rows
            self.key.clear()
            with self.key:
                for name, colour, banded in rows:
                    with ui.element("li"):
                        ui.element("i").style(f"--colour:{colour}").classes(
                            "band" if banded else ""
                        )
                        ui.label(name)
                ui.element("li").classes("note")
                with self.key.default_slot.children[-1]:
                    ui.label("line: median, bands: 50 % and 90 % of members")

    def marks(self) -> list[tuple[Quarter, str]]:
        """Return the dated lines of the charts: from when levers act, begins of shocks."""
        settings = self.drawn
        own = [(settings.acts_from, FAINT)] if settings.levers else []
        return own + [(shock.start, SHOCK) for shock in settings.shocks]

    async def redraw(self) -> None:
        """Draw again after the view has changed."""
        self.keeper.store()
        if self.session.members:
            await self.session.redraw()
        else:
            self.draw(opening())

    async def open_tab(self, key: str) -> None:
        """Open a view."""
        self.session.look(tab=key)
        self.show_tab()
        await asyncio.sleep(0.03)  # the view opens before it is drawn
        await self.redraw()

    def show_tab(self) -> None:
        now = self.session.view.tab
        for key, view in self.views.items():
            view.set_visibility(key == now)
            button = self.tab_buttons[key]
            button.classes(add="on" if key == now else "", remove="" if key == now else "on")
            button.props(f'aria-selected="{str(key == now).lower()}"')
        self.difference.classes(
            add="on" if self.session.view.difference else "",
            remove="" if self.session.view.difference else "on",
        )
        self.difference.props(f'aria-pressed="{str(self.session.view.difference).lower()}"')

    async def toggle_difference(self) -> None:
        """Show the change from the baseline, or the values."""
        self.session.look(difference=not self.session.view.difference)
        self.show_tab()
        await self.redraw()

    async def look_at(self, label: str, place: int = 0) -> None:
        """Put a series on a chart and open the charts."""
        view = self.session.view
        now = view.second if place else view.first
        self.session.look(**{"second" if place else "first": known(label, now)}, tab="charts")
        self.show_tab()
        await self.redraw()

    def show_left(self, name: str) -> None:
        """Show the levers or the shocks."""
        for key, part in (("levers", self.levers), ("shocks", self.shocks)):
            part.set_visibility(key == name)
            on = key == name
            self.left_buttons[key].classes(add="on" if on else "", remove="" if on else "on")
            self.left_buttons[key].props(f'aria-pressed="{str(on).lower()}"')

    def open_shocks(self) -> None:
        """Show the shocks at the left."""
        self.show_left("shocks")
        self.open_left()

    def open_left(self) -> None:
        """Open the panel of levers (on a phone it covers the lower half)."""
        ui.run_javascript("document.body.classList.add('levers-open')")

    def close_left(self) -> None:
        """Close the panel of levers (on a phone)."""
        ui.run_javascript("document.body.classList.remove('levers-open')")

    async def present(self) -> None:
        """Begin or end the presentation."""
        if self.scale == 1.0:
            self.scale = PRESENTATION
            ui.run_javascript("document.body.classList.add('present')")
        else:
            self.scale = 1.0
            ui.run_javascript("document.body.classList.remove('present')")
        await self.redraw()

    async def pin(self) -> None:
        """Keep the present variant for comparison."""
        problem = self.session.pin()
        if problem:
            self.tell(problem, "warning")
            return
        self.tell("Kept for comparison: see the view 'Compare'.", "positive")
        await self.redraw()

    async def _key(self, event: Any) -> None:
        what = str(event.args.get("what", "")) if isinstance(event.args, dict) else ""
        if what.startswith("tab"):
            await self.open_tab(list(TABS)[int(what[3]) - 1])
        elif what == "leave":
            if self.scale != 1.0:
                await self.present()
        elif what == "keys":
            explain.keys(KEYS)
        elif what in ("undo", "redo", "replay", "present"):
            await getattr(self, what)()
        elif what == "difference":
            await self.toggle_difference()

    def _explain(self, event: parts.Event) -> None:
        with suppress(KeyError):
            subject: catalogue.Lever | catalogue.ShockKind
            if "parameter" in event:
                subject = catalogue.lever(str(event["parameter"]))
            else:
                subject = catalogue.shock(str(event.get("kind")))
            with self.client:
                explain.card(subject, self.look_at)

    def about_scenario(self) -> None:
        """Explain the scenario."""
        try:
            explain.scenario(self.session.settings)
        except ValueError as error:
            self.tell(str(error))

    async def start_tour(self) -> None:
        """Begin the tour."""
        await self.open_tab("charts")
        self.tour.start()

    async def _tour_step(self, event: parts.Event) -> None:
        place = event.get("place")
        if isinstance(place, int) and 0 <= place < len(STEPS):
            tab = STEPS[place]["tab"]
            if tab != self.session.view.tab:
                await self.open_tab(tab)


_OPENED = "\N{OPEN FILE FOLDER}"
"""Stands for an opened file among the scenarios' names."""


def opening() -> Sight:
    """Return what there is to draw before the model has started."""
    return Sight(stored_baseline(), stored_baseline(), Settings())


class ChartCard:
    """A large chart with its title, which is also the search, and its reading."""

    def __init__(self, screen: Screen, place: int) -> None:
        self.screen, self.place = screen, place
        self.curves: list[Any] = []
        with ui.element("article").classes("chart-card"):
            name = ("First chart", "Second chart")[place]
            self.search = parts.Search(name, self.face)
            self.search.listen("pick", self._pick)
            self.reading = ui.element("p").classes("reading").props('aria-live="off"')
            with self.reading:
                self.now = ui.label("").classes("reading-now")
                self.change = ui.label("").classes("reading-change")
                self.before = ui.label("").classes("reading-before")
            self.chart = parts.Chart({}, renderer="canvas").classes("chart")
            self.chart.props('role="img"')

    @property
    def face(self) -> Face:
        view = self.screen.session.view
        return face(view.second if self.place else view.first)

    async def _pick(self, event: parts.Event) -> None:
        await self.screen.look_at(str(event.get("label")), self.place)

    def draw(self, sight: Sight) -> None:
        """Draw the chart and say its last value."""
        own, session = self.face, self.screen.session
        self.search.show(own)
        if own.label not in sight.variant.labels:
            self.now.set_text("The model is starting")
            self.change.set_text("")
            self.before.set_text("this outcome follows in a few seconds")
            return
        self.curves = session.curves(sight, own.label)
        said = reading(own, sight)
        plain = sight.settings == Settings()
        self.now.set_text(said.variant)
        self.change.set_text("" if plain else said.change)
        tail = "the baseline" if plain else f"baseline {said.baseline}"
        self.before.set_text(f"in {said.when}, {tail}")
        spoken = (
            f"{own.title}: {said.variant} in {said.when}, baseline {said.baseline}, {said.change}"
        )
        option = band_chart(
            own,
            sight.quarters,
            self.curves,
            difference=session.view.difference,
            scale=self.screen.scale,
            marks=self.screen.marks(),
        )
        self.chart.show(option, spoken)


def icon(
    name: str, words: str, action: Callable[[], Awaitable[None] | None] | None = None
) -> ui.button:
    """Return a button with a picture, named for screen readers and by a tooltip."""
    button = ui.button(icon=name, on_click=action, color=None)
    button.props(f'flat round aria-label="{words}"')
    with button:
        ui.tooltip(words)
    return button


def flat(words: str, action: Callable[[], Any]) -> ui.element:
    """Return a plain button with words."""
    button = ui.element("button").props('type="button"').classes("flat")
    with button:
        ui.label(words)
    button.on("click", action)
    return button
