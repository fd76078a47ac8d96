"""The view of reasons: what is told belongs to the outcome whose chip is pressed."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from tests.loops import run

from steppe.seminar.drivers import Drove
from steppe.seminar.page import drivers_panel
from steppe.seminar.page.address import View
from steppe.seminar.page.drivers_panel import WhyView
from steppe.seminar.settings import Settings


class Button:
    """A chip that takes anything."""

    def __init__(self) -> None:
        label = SimpleNamespace(set_text=lambda _: None)
        self.default_slot = SimpleNamespace(children=[label])

    def classes(self, **_: str) -> None: ...
    def props(self, _: str) -> None: ...


def test_reasons_asked_for_last_are_those_that_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        waits: list[tuple[str, asyncio.Future[None]]] = []

        async def drove(engine: Any, *_: Any, told: Any) -> Drove:
            label = _[2]
            waits.append((label, asyncio.get_running_loop().create_future()))
            await waits[-1][1]
            return Drove((), (), 0.0, f"because of {label}")

        monkeypatch.setattr(drivers_panel, "what_drove", drove)
        view, tasks, told = View(), [], [""]
        own = object.__new__(WhyView)
        own.place, own.turn, own.done = 0, 0, ()
        own.buttons = [Button(), Button()]  # type: ignore[list-item]
        own.content = SimpleNamespace(set_content=lambda text: told.__setitem__(0, text))  # type: ignore[assignment]
        own.screen = SimpleNamespace(  # type: ignore[assignment]
            session=SimpleNamespace(view=view, engine=None, owner="me"),
            later=lambda work: tasks.append(asyncio.ensure_future(work)),
            gone=False,
        )
        sight: Any = SimpleNamespace(
            answers=("variant", "baseline"),
            settings=Settings(),
            variant=SimpleNamespace(members=64),
        )

        async def press(place: int) -> None:
            own.place = place
            own.draw(sight)
            await asyncio.sleep(0)

        await press(0)
        waits[0][1].set_result(None)
        await tasks[0]
        assert f"because of {view.first}" in told[0]
        await press(1)
        await press(0)  # back, while the reasons of the second chart are being found
        for _, wait in waits:
            if not wait.done():
                wait.set_result(None)
        await asyncio.gather(*tasks)
        assert f"because of {view.first}" in told[0]

    run(play())
