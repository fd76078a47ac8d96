"""Coroutines run to their end in a thread of their own.

The thread of the tests may run an event loop already: drivers of browsers and kernels leave theirs
running as long as they live.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run[T](work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns; it has an event loop and a thread of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
