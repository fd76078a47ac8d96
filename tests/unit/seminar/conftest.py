"""A running engine, shared by the tests of this folder that need one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from typing import Any

import pytest

from steppe.seminar.engine import Engine


class Running:
    """An engine and the loop that it lives in."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.engine = Engine()
        self(self.engine.start())

    def __call__[T](self, work: Awaitable[T]) -> T:
        async def waited() -> Any:
            return await asyncio.wait_for(work, 300)

        return self.loop.run_until_complete(waited())

    def end(self) -> None:
        self(self.engine.close())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    held = Running()
    try:
        yield held
    finally:
        held.end()
