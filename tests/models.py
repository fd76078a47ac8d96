"""Models for tests to change: one is built once a process, and every caller has a copy."""

from __future__ import annotations

import copy
from functools import cache

from steppe.model import CentralAsia


@cache
def _built(case: str, members: int) -> CentralAsia:
    return CentralAsia(case, members, collect=False)


def new_model(case: str = "baseline", members: int = 3) -> CentralAsia:
    """Return a model of a shipped scenario before its first quarter."""
    return copy.deepcopy(_built(case, members))
