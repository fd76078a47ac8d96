"""The projector and shorter runs: one person's variant disturbs nobody."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from tests.loops import run

from steppe.seminar.engine import EngineError, Superseded
from steppe.seminar.page import participants
from steppe.seminar.page.address import Place, View, comparable, read, write
from steppe.seminar.page.handout import Handout
from steppe.seminar.page.keep import Keeper
from steppe.seminar.page.participants import Projector
from steppe.seminar.page.room import Room
from steppe.seminar.page.session import Session
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
    (told,) = run(keeper.opened(SHORT.encode(), "short.yaml"))
    assert "2032Q4" in told


def projector(room: Room, **parts: Any) -> Projector:
    """Return a projector without a page."""
    own = object.__new__(Projector)
    own.room, own.bands, own.view = room, {}, View()
    own.asked = set()
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

    run(play())
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

    run(play())


def test_owners_go_with_the_people() -> None:
    async def play() -> None:
        left: list[str] = []

        class Desk:
            async def ask(self, settings: Settings, owner: str, members: int) -> Any:
                raise Superseded

            async def baseline(self, members: int) -> Any:
                raise EngineError("not yet")

            def leave(self, owner: str) -> None:
                left.append(owner)

        own = projector(Room(), engine=Desk(), wanted=asyncio.Event())
        people = [own.room.join(key, key, Settings()) for key in "ab"]
        for person in people:
            await own._bands(person, "ree_price", None, difference=False)
        own.room.leave("a")
        await own._draw()
        assert left == ["projector:wall:a"]
        own.close()
        assert left == ["projector:wall:a", "projector:wall:b"] and own.asked == set()

    run(play())


def test_a_handout_that_is_closed_leaves_the_engine() -> None:
    left: list[str] = []
    own = object.__new__(Handout)
    own.engine = SimpleNamespace(leave=left.append)  # type: ignore[assignment]
    own.client = SimpleNamespace(id="sheet")  # type: ignore[assignment]
    own.close()
    assert left == ["sheet", "sheet:why"]


def test_a_tab_that_is_closed_asks_for_no_more_variants() -> None:
    asked: list[str] = []

    class Desk:
        async def ask(self, settings: Settings, owner: str, members: int) -> Any:
            asked.append(owner)
            raise Superseded

    session = Session.of(Desk(), "me", Place())  # type: ignore[arg-type]
    session.pinned = [Settings(), Settings(scenario="chabahar_completion")]
    run(session._learn_pinned(64))
    assert asked == ["me:0"]
