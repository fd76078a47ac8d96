"""A running engine, shared by the tests of a module: its processes end with it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Iterator

import pytest

from steppe.seminar.engine import Engine


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


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    held = Running()
    try:
        yield held
    finally:
        held.end()
