"""Keeping and sharing: the link, scenario files, data, charts; what outlives a reload."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from nicegui import events, ui

from steppe.scenario import Problems
from steppe.seminar.engine import WHOLE, Answer, EngineError, Superseded
from steppe.seminar.page import explain
from steppe.seminar.page.address import clean, comparable, write
from steppe.seminar.page.labels import every
from steppe.seminar.page.session import MOST_STEPS
from steppe.seminar.settings import (
    MOST_BYTES,
    Settings,
    describe,
    from_link,
    from_yaml,
    to_link,
    to_yaml,
)

if TYPE_CHECKING:
    import pandas as pd

    from steppe.seminar.page.screen import Screen

TOO_LARGE = "The file is larger than 1 MB: this is no scenario file."
MOST_KEPT = 300_000
"""Characters of an opened file that the browser keeps for a reload when no link holds it."""
MOST_OPENED = 8
"""Steps with an opened file that outlive a reload."""
BROKEN = "The file could not be read: it is no scenario file of steppe."


class Keeper:
    """The menu of a page to share and save, and the store of its tab."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen

    # --- the tab's store ---

    def store(self) -> None:
        """Put settings and view into the address, the steps to undo into the tab's store."""
        session = self.screen.session
        trail, at = links(session.trail, session.at)
        kept: dict[str, Any] = {"at": at, "trail": trail, "name": session.view.name}
        now = session.settings
        if now.opened is not None and not trail:
            if len(now.opened) <= MOST_KEPT:
                kept["opened"] = now.opened
            kept["rest"] = to_link(replace(now, opened=None))
        query = session.query()
        ui_run(
            self.screen,
            f"steppe.address({json.dumps(query)});steppe.keep({json.dumps(kept)})",
        )

    async def restore(self) -> None:
        """Take up the steps of the tab before its reload; anything odd in the store is left."""
        try:
            kept = await self.screen.client.run_javascript("return steppe.kept()", timeout=3.0)
        except TimeoutError:
            return
        if not isinstance(kept, dict):
            return
        session = self.screen.session
        session.look(name=clean(str(kept.get("name") or "")))
        try:
            trail, at = await asyncio.to_thread(steps, kept)
        except (KeyError, TypeError, ValueError, Problems):
            return
        if not isinstance(kept.get("opened"), str):
            session.retrace(trail, at)
        elif session.settings == Settings():
            session.change(trail[at])
        self.screen.refresh_settings()

    # --- the menu ---

    def menu(self) -> None:
        """Build the menu of the share button."""
        with ui.menu().props("auto-close"):
            ui.menu_item("Copy the link", self.copy_link)
            ui.separator()
            ui.menu_item("Save as a scenario (YAML)", self.save_yaml)
            ui.menu_item("Open a scenario (YAML) ...", self.open_yaml)
            ui.separator()
            ui.menu_item("Charts as PNG", lambda: self.pictures("png"))
            ui.menu_item("Charts as SVG", lambda: self.pictures("svg"))
            ui.menu_item("Data of the charts (CSV)", lambda: self.data("csv", whole=False))
            ui.menu_item("All data (CSV)", lambda: self.data("csv", whole=True))
            ui.menu_item("All data (Parquet)", lambda: self.data("parquet", whole=True))
            ui.separator()
            ui.menu_item("One-page handout", self.handout)

    async def copy_link(self) -> None:
        """Copy the address, or show it where the browser does not let a page copy."""
        query = self._query()
        if query is None:
            return
        here = f"location.origin + location.pathname + {json.dumps(query and '?' + query)}"
        done = await self.screen.client.run_javascript(
            f"return await steppe.copy({here})", timeout=3.0
        )
        if done:
            self.screen.tell("The link is copied: it holds every setting.", "positive")
            return
        address = await self.screen.client.run_javascript(f"return {here}", timeout=3.0)
        with explain.sheet("The link of this variant"):
            ui.input("Link", value=str(address)).props("readonly outlined autofocus").classes(
                "wide"
            )

    def _query(self) -> str | None:
        """Return the query that holds every setting; None, and a sentence, when none can."""
        session = self.screen.session
        try:
            return write(session.settings, session.nameless, session.pinned)
        except ValueError as error:
            self.screen.tell(sentence(str(error)))
            return None

    def save_yaml(self) -> None:
        """Save the variant as a scenario file."""
        settings = self.screen.session.settings
        try:
            text = to_yaml(settings, describe(settings)[:120])
        except ValueError as error:
            self.screen.tell(sentence(str(error)))
            return
        ui.download.content(text, "seminar_variant.yaml", "application/yaml")

    def open_yaml(self) -> None:
        """Ask for a scenario file."""
        with explain.sheet("Open a scenario", "a YAML file of steppe, at most 1 MB") as box:
            place = ui.element("div").classes("problems").props('role="alert"')

            async def take(event: events.UploadEventArguments) -> None:
                problems = await self.opened(await event.file.read(), event.file.name)
                if not problems:
                    box.close()
                    return
                place.clear()
                with place:
                    for line in problems[:12]:
                        ui.label(line)
                upload.reset()

            def refuse() -> None:
                place.clear()
                with place:
                    ui.label(TOO_LARGE)

            upload = ui.upload(
                on_upload=take,
                on_rejected=refuse,
                max_file_size=MOST_BYTES,
                max_files=1,
                auto_upload=True,
            )
            upload.props('accept=".yaml,.yml" flat label="Choose a file or drop it here"').classes(
                "wide"
            )

    async def opened(self, content: bytes, name: str) -> list[str]:
        """Take the settings of an uploaded file; return its problems, none when it was taken."""
        if len(content) > MOST_BYTES:
            return [TOO_LARGE]
        try:
            settings = comparable(await asyncio.to_thread(from_yaml, content, shown_name(name)))
        except Problems as error:
            return str(error).splitlines()
        except ValueError as error:
            return [sentence(str(error))]
        except Exception:  # whatever a hostile file does, the page says one sentence
            return [BROKEN]
        await self.screen.take(settings)
        self.screen.tell(f"Opened: {describe(settings)}", "positive")
        return []

    async def pictures(self, kind: str) -> None:
        """Save both charts as files."""
        if self.screen.session.view.tab != "charts":
            await self.screen.open_tab("charts")
            await asyncio.sleep(0.5)
        for place, card in enumerate(self.screen.cards):
            name = f"steppe_{'ab'[place]}_{slug(card.face.label)}.{kind}"
            ui_run(
                self.screen,
                f"steppe.picture({card.chart.id}, {json.dumps(kind)}, {json.dumps(name)})",
            )

    async def data(self, kind: str, *, whole: bool) -> None:
        """Save the bands of the variant and of the baseline, of two series or of all."""
        session = self.screen.session
        try:
            answer = await session.engine.ask(session.settings, f"{session.owner}:view", WHOLE)
            base = await session.engine.baseline(answer.members)
        except Superseded:
            return
        except (ValueError, EngineError) as error:
            self.screen.tell(sentence(str(error)))
            return
        labels = (
            [own.label for own in every()] if whole else [session.view.first, session.view.second]
        )
        content = await asyncio.to_thread(table_bytes, answer, base, labels, kind)
        if not self.screen.gone:
            with self.screen.client:
                ui.download.content(content, f"steppe_{'all' if whole else 'charts'}.{kind}")

    def handout(self) -> None:
        """Open the handout in a tab of its own."""
        query = self._query()
        if query is not None:
            ui.navigate.to("/handout?" + query, new_tab=True)


def links(trail: Sequence[Settings], at: int) -> tuple[list[str], int]:
    """Return the links of the steps around a place, and the place among them.

    They end where a step has no link, and at :data:`MOST_OPENED` with an opened file: each of
    those is a whole file, to be packed at every move and read after a reload.
    """
    opened = 0

    def known(steps: Iterable[Settings]) -> Iterator[str]:
        nonlocal opened
        for settings in steps:
            opened += settings.opened is not None
            if opened > MOST_OPENED:
                return
            try:
                yield to_link(settings)
            except ValueError:
                return

    now = [*known(trail[at : at + 1])]
    if not now:
        return [], 0
    before = [*known(reversed(trail[:at]))]
    return [*reversed(before), *now, *known(trail[at + 1 :])], len(before)


def steps(kept: dict[str, Any]) -> tuple[list[Settings], int]:
    """Return the steps of a tab's store and the present one's place; reads files: takes time."""
    if isinstance(opened := kept.get("opened"), str):
        text = from_yaml(opened, "opened file").opened
        rest = from_link(str(kept.get("rest", "")))
        return [comparable(replace(rest, opened=text))], 0
    found = [comparable(from_link(link)) for link in kept["trail"][-MOST_STEPS:]]
    return found, int(kept["at"])


def ui_run(screen: Screen, code: str) -> None:
    """Run code in the browser without waiting for it."""
    if not screen.gone:
        screen.client.run_javascript(code)


def sentence(text: str) -> str:
    """Return a message as a sentence: a capital letter first, a full stop last."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def shown_name(name: str) -> str:
    """Return the name of an uploaded file as messages show it: no folders, nothing odd, short."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if c.isprintable() and c not in "<>\"'`")
    return kept[:80] or "opened file"


def slug(label: str) -> str:
    """Return a series' label as part of a file's name."""
    return "_".join("".join(c if c.isalnum() else " " for c in label).split())


def table_bytes(answer: Answer, base: Answer, labels: list[str], kind: str) -> bytes:
    """Return the bands of variant and baseline as CSV or Parquet."""
    import pandas

    known = [label for label in labels if label in answer.labels]
    parts: list[pd.DataFrame] = []
    for name, of in (("variant", answer), ("baseline", base)):
        frame = of.table(known)
        frame.insert(0, "scenario", name)
        parts.append(frame)
    table = pandas.concat(parts, ignore_index=True)
    if kind == "csv":
        return table.to_csv(index=False).encode()
    content = BytesIO()
    table.to_parquet(content, index=False)
    return content.getvalue()
