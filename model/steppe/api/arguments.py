"""What the functions take: scenarios, fixed values and numbers of workers."""

from __future__ import annotations

import os
from collections.abc import Mapping

from steppe.scenario import Scenario

Case = str | os.PathLike[str] | Scenario
"""A scenario: a shipped name, the path of a file or an object."""


def worker_count(workers: int) -> int:
    """Return a number of workers; ``ValueError`` below 1."""
    if workers < 1:
        raise ValueError(f"workers={workers}: must be at least 1")
    return workers


def spelled(set: Mapping[str, float | str] | None) -> tuple[str, ...]:
    """Return fixed values as the command takes them; numbers to their last bit."""
    fixed = (set or {}).items()
    return tuple(f"{k}={v if isinstance(v, str) else repr(float(v))}" for k, v in fixed)
