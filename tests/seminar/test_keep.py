"""Links and the store of a tab: what they hold, what is told when they cannot."""

from __future__ import annotations

import random
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from tests.loops import run

from steppe.seminar.page import keep
from steppe.seminar.page.address import Place, View, read, write
from steppe.seminar.page.keep import MOST_OPENED, Keeper
from steppe.seminar.page.session import Session
from steppe.seminar.settings import Settings, from_link, from_yaml

AID = Settings().with_lever("japan.conversion", 0.8)
CHANCE = random.Random(4)
LONG = "title: Long\nextends: baseline\n" + "".join(
    f"# {CHANCE.getrandbits(400):x}\n" for _ in range(700)
)
"""A scenario that no link holds."""


class Tab:
    """A page's side for the keeper; ``store`` is what its browser keeps."""

    def __init__(self, place: Place | None = None) -> None:
        self.session = Session.of(None, "me", place or Place())  # type: ignore[arg-type]
        self.told: list[str] = []
        self.ran: list[str] = []
        self.kept: Any = None
        self.thread = 0
        self.client = SimpleNamespace(run_javascript=self.run)
        self.gone = False
        self.keeper = Keeper(self)  # type: ignore[arg-type]

    async def run(self, code: str, timeout: float = 1.0) -> Any:
        self.ran.append(code)
        self.thread = threading.get_ident()
        return self.kept if "kept()" in code else True

    def tell(self, sentence: str, kind: str = "negative") -> None:
        self.told.append(sentence)

    def refresh_settings(self) -> None: ...

    def store(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        """Return what the keeper puts into the browser's store."""
        found: list[str] = []
        monkeypatch.setattr(keep, "ui_run", lambda _, code: found.append(code))
        self.keeper.store()
        kept: dict[str, Any] = keep.json.loads(found[0].partition("steppe.keep(")[2][:-1])
        return kept


def test_a_name_is_in_no_link() -> None:
    tab = Tab()
    tab.session.change(AID)
    tab.session.look(name="Aiko")
    assert "Aiko" not in tab.session.query()
    run(tab.keeper.copy_link())
    assert "Aiko" not in tab.ran[0] and tab.session.query() in tab.ran[0]
    assert Tab(read(write(AID, View(name="Aiko")))).session.view.name == ""


def test_a_name_outlives_a_reload(monkeypatch: pytest.MonkeyPatch) -> None:
    tab = Tab()
    tab.session.look(name="Aiko")
    again = Tab()
    again.kept = tab.store(monkeypatch)
    run(again.keeper.restore())
    assert again.session.view.name == "Aiko"


def test_a_variant_without_a_link_does_not_take_the_settings_along() -> None:
    tab = Tab()
    tab.session.change(AID)
    tab.session.pinned = [Settings(opened=LONG)]
    assert read(tab.session.query()).settings == AID
    tab.session.change(Settings(opened=LONG))
    assert tab.session.query() == ""


@pytest.mark.parametrize("what", ["copy_link", "handout"])
def test_a_link_that_would_lack_something_is_not_given(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    opened: list[str] = []
    go = SimpleNamespace(to=lambda place, **_: opened.append(place))
    monkeypatch.setattr(keep.ui, "navigate", go)
    tab = Tab()
    tab.session.change(AID)
    tab.session.pinned = [Settings(opened=LONG)]
    done = getattr(tab.keeper, what)()
    if done is not None:
        run(done)
    assert (tab.ran, opened) == ([], []) and "too long for a link" in tab.told[0]
    tab.session.pinned = []
    done = getattr(tab.keeper, what)()
    if done is not None:
        run(done)
    assert tab.ran or opened == ["/handout?" + tab.session.query()]


OPENED = Settings(opened="title: A file of one's own\nextends: baseline\n")


def moved(start: Settings, steps: int) -> list[Settings]:
    return [start.with_lever("japan.conversion", 0.5 + n / 100) for n in range(steps)]


def test_steps_with_an_opened_file_are_few() -> None:
    plain, opened = moved(Settings(), 20), moved(OPENED, 30)
    found, at = keep.links(plain + opened, 45)
    assert len(found) == MOST_OPENED and from_link(found[at]) == opened[25]
    found, at = keep.links(plain, 7)
    assert (len(found), at) == (20, 7)


def test_a_step_without_a_link_does_not_lose_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tab = Tab()
    for settings in (Settings(opened=LONG), AID, OPENED):
        tab.session.change(settings)
    again = Tab(Place(settings=OPENED))
    again.kept = tab.store(monkeypatch)
    run(again.keeper.restore())
    assert again.session.trail == [AID, OPENED] and again.session.settings == OPENED


def test_a_long_file_is_read_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    tab = Tab()
    tab.session.change(Settings(opened=LONG).with_lever("japan.conversion", 0.8))
    again = Tab()
    again.kept = tab.store(monkeypatch)
    threads: list[int] = []

    def read_it(*given: Any) -> Settings:
        threads.append(threading.get_ident())
        return from_yaml(*given)

    monkeypatch.setattr(keep, "from_yaml", read_it)
    run(again.keeper.restore())
    assert again.session.settings == tab.session.settings
    assert threads and again.thread not in threads
