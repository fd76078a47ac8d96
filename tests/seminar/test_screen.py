"""What a page does when its browser leaves, comes back or moves a lever, without a browser."""

from __future__ import annotations

import asyncio
import gc
import weakref
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from steppe.clock import Quarter
from steppe.seminar.page.address import Place, View
from steppe.seminar.page.participants import Joining
from steppe.seminar.page.room import Room
from steppe.seminar.page.screen import Screen
from steppe.seminar.page.session import Session, Sight
from steppe.seminar.settings import ACTS_FROM, Settings, Shock

AID = Settings().with_lever("japan.conversion", 0.8)


class Answer:
    """An answer that is seen to go."""


def screen(room: Room, key: str, name: str = "") -> Screen:
    """Return a page without elements."""
    own = object.__new__(Screen)
    own.client = SimpleNamespace(id=key, has_socket_connection=True, is_deleted=False)  # type: ignore[assignment]
    own.room = room
    own.session = Session.of(None, key, Place())  # type: ignore[arg-type]
    own.session.view = View(name=name)
    own.joining = Joining(own, room)
    return own


def leave(own: Screen, *, line: bool = False) -> None:
    own.client.has_socket_connection = line  # type: ignore[misc]
    own.away()


def test_a_reload_leaves_no_ghost_on_the_projector() -> None:
    room = Room()
    before, after = screen(room, "before", "Aiko"), screen(room, "after", "Aiko")
    before.joining.publish()
    (person,) = room.present()
    colour = person.colour
    leave(before)
    after.joining.publish()
    assert [(p.key, p.colour) for p in room.present()] == [("after", colour)]


def test_a_page_that_comes_back_stays_on_the_projector() -> None:
    now = [0.0]
    room = Room(clock=lambda: now[0])
    own = screen(room, "a", "Aiko")
    own.joining.publish()
    own.session.turn = 1
    leave(own)
    asyncio.run(own.begin())
    now[0] = 1000.0
    room.tidy()
    assert [p.name for p in room.present()] == ["Aiko"]


def test_a_second_line_of_the_same_page_keeps_it_there() -> None:
    room = Room()
    own = screen(room, "a", "Aiko")
    own.joining.publish()
    leave(own, line=True)  # the older line is reaped after the newer one has come
    assert room.present()[0].gone is None


def test_a_page_keeps_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    own = screen(Room(), "a")
    own.client = nullcontext()  # type: ignore[assignment]
    monkeypatch.setattr(Screen, "gone", False)
    own._draw_status = own._draw_charts = lambda _: None  # type: ignore[method-assign]
    shocked = AID.with_shock(Shock("gas_slump", Quarter.of(2030), 0.5, 4))
    answer = Answer()
    seen = weakref.ref(answer)
    own.draw(Sight(answer, answer, shocked))  # type: ignore[arg-type]
    del answer
    gc.collect()
    assert seen() is None
    assert [quarter for quarter, _ in own.marks()] == [ACTS_FROM, Quarter.of(2030)]
