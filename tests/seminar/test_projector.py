"""The projector and shorter runs: one person's variant disturbs nobody."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from steppe.seminar.page import participants
from steppe.seminar.page.address import View, comparable, read, write
from steppe.seminar.page.keep import Keeper
from steppe.seminar.page.participants import Projector
from steppe.seminar.page.room import Room
from steppe.seminar.settings import Settings

SHORT = "title: Short\nextends: baseline\nhorizon: {end: 2032Q4}\n"
WHOLE = "title: Whole\nextends: baseline\n"


def test_a_shorter_run_is_refused_in_a_sentence() -> None:
    assert comparable(Settings(opened=WHOLE)).opened == WHOLE
    with pytest.raises(ValueError, match=r"ends in 2032Q4 and the baseline in 2040Q4"):
        comparable(Settings(opened=SHORT))


def test_no_address_brings_a_shorter_run() -> None:
    place = read(write(Settings(opened=SHORT), View()))
    assert place.settings == Settings() and "2032Q4" in place.problem
    place = read(write(Settings(), View(), [Settings(opened=SHORT), Settings(opened=WHOLE)]))
    assert place.pinned == (Settings(opened=WHOLE),) and "2032Q4" in place.problem


def test_no_file_brings_a_shorter_run() -> None:
    keeper = Keeper(SimpleNamespace())  # type: ignore[arg-type]
    (told,) = asyncio.run(keeper.opened(SHORT.encode(), "short.yaml"))
    assert "2032Q4" in told


def projector(room: Room, **parts: Any) -> Projector:
    """Return a projector without a page."""
    own = object.__new__(Projector)
    own.room, own.bands, own.view = room, {}, View()
    own.client = SimpleNamespace(is_deleted=False, id="wall")  # type: ignore[assignment]
    vars(own).update(parts)
    return own


def test_an_error_while_drawing_does_not_end_the_projector(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(participants.log, "exception", heard.append)

    async def play() -> None:
        own = projector(Room(), wanted=asyncio.Event())
        turns: list[int] = []

        async def draw() -> None:
            turns.append(1)
            if len(turns) == 1:
                own.wanted.set()
                raise ValueError("zip() argument 2 is longer than argument 1")
            own.client.is_deleted = True  # type: ignore[misc]

        own._draw = draw  # type: ignore[method-assign]
        own.wanted.set()
        await asyncio.wait_for(own._watch(), 5)
        assert len(turns) == 2

    asyncio.run(play())
    assert len(heard) == 1


def test_bands_are_those_of_the_view_that_asked() -> None:
    async def play() -> None:
        class Answer:
            def bands(self, label: str) -> str:
                return "values"

            def difference(self, label: str, base: Any) -> str:
                return "change"

        class Desk:
            async def ask(self, *_: Any) -> Answer:
                own.view = View(difference=True)  # pressed while the engine is at work
                return Answer()

        own = projector(Room(), engine=Desk())
        person = own.room.join("a", "Aiko", Settings())
        assert await own._bands(person, "ree_price", None, difference=False) == "values"

    asyncio.run(play())
