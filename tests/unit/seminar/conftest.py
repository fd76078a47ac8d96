"""A running engine, shared by the tests of this folder that need one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Iterator

import pytest

from steppe.seminar.engine import Engine


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker run all tests that use the engine: it has processes of its own."""
    for item in items:
        if "running" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("engine"))


class Running:
    """An engine and the loop that it lives in, in a thread of their own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.engine = Engine()
        self(self.engine.start())

    def __call__[T](self, work: Awaitable[T]) -> T:
        async def waited() -> T:
            return await asyncio.wait_for(work, 300)

        return asyncio.run_coroutine_threadsafe(waited(), self.loop).result()

    def end(self) -> None:
        self(self.engine.close())
        self(self.loop.shutdown_default_executor())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    held = Running()
    try:
        yield held
    finally:
        held.end()
