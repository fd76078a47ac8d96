"""What the benchmarks share: how long some work takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def best(repeat: int, work: Callable[[], Any]) -> float:
    """Return the shortest time of several runs in seconds."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
