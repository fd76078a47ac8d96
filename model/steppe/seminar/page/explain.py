"""Dialogs that explain a lever, a shock or a scenario, each under the same headings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from nicegui import ui

from steppe.seminar.catalogue import ACTORS, Lever, ShockKind
from steppe.seminar.page.labels import face
from steppe.seminar.settings import Settings, scenario_of

Show = Callable[[str], object]
"""Puts a series on the first chart."""


@contextmanager
def sheet(title: str, subtitle: str = "") -> Iterator[ui.dialog]:
    """Open a dialog with a title; what is made inside ``with`` is its content."""
    with ui.dialog() as box, ui.card().classes("sheet"):
        box._props["aria-label"] = title
        with ui.element("div").classes("sheet-head"):
            with ui.element("div"):
                ui.label(title).classes("sheet-title").props('role="heading" aria-level="2"')
                if subtitle:
                    ui.label(subtitle).classes("faint")
            ui.button(icon="close", on_click=box.close, color=None).props(
                'flat round aria-label="Close"'
            )
        with ui.element("div").classes("sheet-body"):
            yield box
    box.on("hide", box.delete)
    box.open()


def card(subject: Lever | ShockKind, show: Show) -> None:
    """Explain a lever or a kind of shock."""
    kind = "lever" if isinstance(subject, Lever) else "shock"
    with sheet(subject.title, f"{ACTORS[subject.actor]} \N{MIDDLE DOT} {kind}"):
        ui.label(subject.what).classes("lead")
        unit = "" if subject.unit in ("", "1") else f" {subject.unit}"
        head = f"Range: {subject.low:g} to {subject.high:g}{unit}"
        rest = f", at rest {subject.default:g}{unit}" if isinstance(subject, Lever) else ""
        ui.label(head + rest).classes("faint")
        if subject.levels:
            levels = ", ".join(f"{level.name} {level.value:g}" for level in subject.levels)
            ui.label(f"Named levels: {levels}").classes("faint")
        for name, text in (
            ("Examples", subject.examples),
            ("Key dynamics", subject.dynamics),
            ("Who gains", subject.gains),
            ("Who loses", subject.loses),
        ):
            section(name, text)
        heading("Questions to discuss")
        for question in subject.questions:
            ui.label(question).classes("bullet")
        if subject.look_at:
            heading("Where its effect shows most")
            with ui.element("div").classes("line wrap"):
                for label in subject.look_at:
                    _look(label, show)
        section("Source", subject.source)


def _look(label: str, show: Show) -> None:
    try:
        own = face(label)
    except KeyError:
        return
    ui.button(own.title, on_click=lambda: show(label)).props("outline no-caps dense")


def scenario(settings: Settings) -> None:
    """Explain the scenario that the levers act on."""
    case = scenario_of(Settings(scenario=settings.scenario, opened=settings.opened))
    with sheet(case.title, "scenario"):
        ui.label(" ".join(case.description.split())).classes("lead")
        if case.sources:
            heading("Sources")
            for source in case.sources:
                ui.label(str(source)).classes("bullet")


def keys(rows: Sequence[tuple[str, str]]) -> None:
    """Tell the keys that the page knows."""
    with sheet("Keys of the page"), ui.element("dl").classes("keys"):
        for key, what in rows:
            with ui.element("dt"):
                ui.label(key)
            with ui.element("dd"):
                ui.label(what)


def heading(text: str) -> None:
    """Write a heading inside a dialog."""
    ui.label(text).classes("section").props('role="heading" aria-level="3"')


def section(name: str, text: str) -> None:
    """Write a heading and its text."""
    heading(name)
    ui.label(" ".join(text.split())).classes("prose")
