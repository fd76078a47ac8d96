"""What a page does when its browser leaves, comes back or moves a lever, without a browser."""

from __future__ import annotations

import gc
import json
import subprocess
import weakref
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.loops import run

from steppe.clock import Quarter
from steppe.seminar.engine import FIRST, WHOLE
from steppe.seminar.page import parts
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
    run(own.begin())
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


def test_a_slider_moved_out_and_back_is_drawn_with_all_members() -> None:
    own = screen(Room(), "a")
    runs: list[Settings] = []

    async def ran() -> None:
        runs.append(own.session.settings)

    own.run = ran  # type: ignore[method-assign]
    own.refresh_settings = lambda: None  # type: ignore[method-assign]
    for members in (FIRST, WHOLE):
        own.session.members = members
        run(own.take(own.session.settings))
        assert runs == [Settings()]


SLIDER = """
const levers = (await import(process.argv[1])).default;
const card = {parameter: "japan.aid", default: 1, step: 0.1, low: 0, high: 4, levels: []};
const sent = [];
const own = {timer: 0, held: null, now: {}, $emit: (name, what) => sent.push([name, what.value])};
for (const [name, work] of Object.entries(levers.methods)) own[name] = work.bind(own);
const at = (value) => ({target: {value: String(value)}});
own.slide(card, at(2)); own.slide(card, at(1)); own.finish(card, at(1));
const back = {held: own.held, now: own.now};
own.slide(card, at(3)); own.finish(card, at(3)); own.release(card, at(3)); own.finish(card, at(3));
clearTimeout(own.timer);
console.log(JSON.stringify({back, sent, now: own.now}));
"""


def test_a_slider_ends_with_the_hand_and_once(tmp_path: Path) -> None:
    driver = pytest.importorskip("playwright._impl._driver")
    node, _ = driver.compute_driver_executable()
    source = Path(parts.__file__).with_name("static") / "levers.js"
    module = tmp_path / "levers.mjs"
    module.write_bytes(source.read_bytes())
    done = subprocess.run(
        [node, "--input-type=module", "-e", SLIDER, module.as_uri()],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["back"] == {"held": None, "now": {}}
    assert found["sent"] == [["move", 1], ["move", 3]]
    assert found["now"] == {"japan.aid": 3}
