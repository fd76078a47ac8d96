"""A tab's session without a browser: passes, turns, steps to undo, errors in words."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest
from tests.loops import run

from steppe.clock import Quarter, span
from steppe.seminar.engine import FIRST, WHOLE, EngineError, Superseded
from steppe.seminar.page.address import Place
from steppe.seminar.page.session import Session, Sight, moves
from steppe.seminar.settings import Settings

QUARTERS = span(Quarter.of(2017), Quarter.of(2018, 4))
AID = Settings().with_lever("japan.conversion", 0.8)


class Reply:
    """An answer whose values are its number of members."""

    quarters = QUARTERS
    labels = ("ree_price",)

    def __init__(self, settings: Settings, members: int) -> None:
        self.settings, self.members = settings, members

    def bands(self, label: str) -> np.ndarray:
        return np.full((8, 5), float(self.members))


class Desk:
    """An engine that answers when it is let."""

    def __init__(self) -> None:
        self.gates: dict[tuple[Settings, int], asyncio.Event] = {}
        self.error: Exception | None = None

    def gate(self, settings: Settings, members: int) -> asyncio.Event:
        return self.gates.setdefault((settings, members), asyncio.Event())

    async def ask(self, settings: Settings, owner: str, members: int = FIRST) -> Any:
        if self.error is not None:
            raise self.error
        await self.gate(settings, members).wait()
        return Reply(settings, members)

    async def baseline(self, members: int = FIRST) -> Any:
        return Reply(Settings(), members)


def session(desk: Desk) -> tuple[Session, list[tuple[Settings, int]], list[str], list[bool]]:
    drawn: list[tuple[Settings, int]] = []
    told: list[str] = []
    busy: list[bool] = []
    own = Session.of(desk, "me", Place())  # type: ignore[arg-type]

    def draw(sight: Sight) -> None:
        drawn.append((sight.settings, sight.variant.members))

    own.drawn, own.told, own.busy = draw, told.append, busy.append
    return own, drawn, told, busy


def test_both_passes_are_drawn() -> None:
    async def play() -> None:
        desk = Desk()
        own, drawn, told, busy = session(desk)
        for members in (FIRST, WHOLE):
            desk.gate(AID, members).set()
        assert await own.show(AID)
        assert drawn == [(AID, FIRST), (AID, WHOLE)]
        assert (told, busy[-1], own.shown, own.members) == ([], False, AID, WHOLE)

    run(play())


def test_a_draft_stops_at_the_first_pass() -> None:
    async def play() -> None:
        desk = Desk()
        own, drawn, _, _ = session(desk)
        desk.gate(AID, FIRST).set()
        await own.show(AID, draft=True)
        assert drawn == [(AID, FIRST)]

    run(play())


def test_an_older_answer_never_covers_a_newer_one() -> None:
    async def play() -> None:
        desk = Desk()
        own, drawn, _, busy = session(desk)
        older = asyncio.ensure_future(own.show(AID))
        await asyncio.sleep(0)
        for members in (FIRST, WHOLE):
            desk.gate(Settings(), members).set()
        await own.show(Settings())
        for members in (FIRST, WHOLE):
            desk.gate(AID, members).set()
        await older
        assert {settings for settings, _ in drawn} == {Settings()}
        assert busy[-1] is False

    run(play())


@pytest.mark.parametrize("error", [EngineError("no memory"), ValueError("no scenario")])
def test_errors_are_told_in_a_sentence(error: Exception) -> None:
    async def play() -> None:
        desk = Desk()
        own, drawn, told, busy = session(desk)
        desk.error = error
        assert not await own.show(AID)
        assert (drawn, told, busy[-1]) == ([], [str(error)], False)

    run(play())


def test_who_was_overtaken_says_nothing() -> None:
    async def play() -> None:
        desk = Desk()
        own, drawn, told, _ = session(desk)
        desk.error = Superseded()
        assert not await own.show(AID)
        assert (drawn, told) == ([], [])

    run(play())


def test_steps_are_retraced_after_a_reload() -> None:
    own, *_ = session(Desk())
    chabahar = Settings(scenario="chabahar_completion")
    for settings in (AID, chabahar):
        own.change(settings)
    own.undo()
    trail, at = own.trail, own.at
    again = Session.of(Desk(), "me", Place(settings=AID))  # type: ignore[arg-type]
    again.retrace(trail, at)
    assert again.settings == AID
    again.redo()
    assert again.settings == chabahar
    again.undo()
    again.undo()
    assert again.settings == Settings() and not again.history.can_undo


def test_a_trail_of_another_tab_is_left() -> None:
    own, *_ = session(Desk())
    own.retrace([AID, Settings()], 0)
    own.retrace([], 0)
    own.retrace([Settings()], 7)
    assert own.settings == Settings() and not own.history.can_redo


def test_at_most_three_variants_are_kept() -> None:
    own, *_ = session(Desk())
    for value in (0.6, 0.8, 1.0):
        own.change(Settings().with_lever("japan.conversion", value))
        assert own.pin() == ""
    assert "already" in own.pin()
    own.change(Settings())
    assert "take one away" in own.pin()


def test_variants_are_told_without_the_baseline() -> None:
    assert moves(Settings()) == "Baseline"
    assert "Baseline" not in moves(AID)
    assert moves(Settings(scenario="chabahar_completion")).startswith("Chabahar")
