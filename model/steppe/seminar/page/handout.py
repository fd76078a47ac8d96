"""The handout: one page to print, with what was set, both charts, what changed and the limits."""

from __future__ import annotations

import html
from urllib.parse import quote

from nicegui import Client, ui

from steppe import __version__
from steppe.analysis import trust
from steppe.seminar.drivers import what_drove
from steppe.seminar.engine import WHOLE, Engine, EngineError, Superseded
from steppe.seminar.page import parts
from steppe.seminar.page.address import Place, write
from steppe.seminar.page.charts import band_chart
from steppe.seminar.page.compare import table
from steppe.seminar.page.drivers_panel import told
from steppe.seminar.page.labels import face
from steppe.seminar.page.palette import VARIANT
from steppe.seminar.page.session import YOURS, Sight, curves, moves, reading
from steppe.seminar.settings import Settings


class Handout:
    """The page of a handout; it asks the engine by itself, so that a link to it is enough."""

    def __init__(self, engine: Engine, place: Place, client: Client) -> None:
        self.engine, self.place, self.client = engine, place, client
        self.begun = False
        with ui.element("main").classes("handout") as self.sheet:
            self.wait = (
                ui.label("The handout is being made").classes("lead no-print").props("role=status")
            )
        client.on_connect(self.begin)
        client.on_delete(self.close)

    def close(self) -> None:
        """The page is closed: waiting work ends."""
        for owner in ("", ":why"):
            self.engine.leave(self.client.id + owner)

    async def begin(self) -> None:
        """Ask for the answer and lay the page out."""
        if self.begun:
            return
        self.begun = True
        settings, label = self.place.settings, self.place.view.first
        if self.place.problem:
            self.wait.set_text(self.place.problem)
            return
        try:
            answer = await self.engine.ask(settings, self.client.id, WHOLE)
            base = await self.engine.baseline(answer.members)
            drove = None
            if settings != Settings() and not self.client.is_deleted:
                drove = await what_drove(
                    self.engine,
                    answer,
                    base,
                    label,
                    f"{self.client.id}:why",
                    told=told(face(label)),
                )
        except Superseded:
            return
        except (ValueError, EngineError) as error:
            if not self.client.is_deleted:
                self.wait.set_text(str(error))
            return
        if self.client.is_deleted:
            return
        self.sheet.clear()
        with self.sheet:
            self._sheet(
                Sight(answer, base, settings),
                drove.sentence if drove else "",
            )

    def _sheet(self, sight: Sight, why: str) -> None:
        assert sight.answers is not None
        view = self.place.view
        told = moves(sight.settings)
        with ui.element("div").classes("handout-head"):
            ui.label("What if? A variant of steppe").classes("handout-title").props(
                'role="heading" aria-level="1"'
            )
            ui.button("Print or save as PDF", on_click=lambda: ui.run_javascript("print()")).props(
                "no-caps unelevated icon=print"
            ).classes("no-print")
        ui.label(told).classes("lead")
        with ui.element("div").classes("handout-charts"):
            for label in (view.first, view.second):
                own = face(label)
                said = reading(own, sight)
                with ui.element("article"):
                    ui.label(own.title).classes("handout-chart-title")
                    ui.label(
                        f"{said.when}: {said.variant}, baseline {said.baseline}, {said.change}"
                    ).classes("faint")
                    option = band_chart(
                        own, sight.quarters, curves(own, sight), animate=False, scale=0.8
                    )
                    chart = parts.Chart({}, renderer="svg").classes("handout-chart")
                    chart.show(option, own.title)
        ui.html(
            "<ul class='legend'><li><i class='band' style='--colour:#7D7D7D'></i>Baseline</li>"
            f"<li><i class='band' style='--colour:{VARIANT}'></i>{YOURS}</li><li "
            "class='note'>line: median, bands: 50 % "
            f"and 90 % of {sight.variant.members} members</li></ul>",
            sanitize=False,
        )
        ui.html(table([(YOURS, VARIANT, sight.answers[0])], sight.answers[1]), sanitize=False)
        if why:
            ui.label(f"Why: {why}").classes("prose")
        ui.html(small_print(self.place), sanitize=False)


def small_print(place: Place) -> str:
    """Return what stands at the foot: limits, validation, version, the link."""
    found = trust.read()
    past = ""
    if found:
        cover = " and ".join(
            f"{100 * part:.0f} % from {base}" for base, part in found.coverage.items()
        )
        past = f" Run from the past, its 90 % bands hold {cover} of the observed figures."
    try:
        query = write(place.settings, place.view)
        link = (
            f" Settings: <code>/?{html.escape(quote(query, safe='=&%~_.-[],:'))}</code>"
            if len(query) < 600
            else ""
        )
    except ValueError:
        link = ""
    return (
        "<p class='small-print'>Bands show what the uncertain parameters of the model leave open; "
        "they are no "
        "forecast. It says nothing about war, regime change or named leaders."
        f"{past} steppe {html.escape(__version__)}.{link}</p>"
    )
