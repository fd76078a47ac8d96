"""Models for tests to change: one is built once a process, and every caller has a copy."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import numpy as np

from steppe.model import CentralAsia


@cache
def _built(case: str, members: int) -> CentralAsia:
    return CentralAsia(case, members, collect=False)


def new_model(case: str = "baseline", members: int = 3) -> CentralAsia:
    """Return a model of a shipped scenario before its first quarter.

    Parts of a model share memory; so do those of its copy, unlike with plain ``deepcopy``.
    """
    dispatch: dict[Any, Any] = copy._deepcopy_dispatch  # type: ignore[attr-defined]
    dispatch[np.ndarray] = _copied
    try:
        return copy.deepcopy(_built(case, members))
    finally:
        del dispatch[np.ndarray]


def _copied(array: np.ndarray, memo: dict[int, Any]) -> np.ndarray:
    """Return a copy; that of a view is a view into the copy of the array that it looks into."""
    root = array
    while isinstance(root.base, np.ndarray):
        root = root.base
    if id(root) not in memo:
        memo[id(root)] = root.copy(order="K")
        memo[id(root)].flags.writeable = root.flags.writeable
    if root is array:
        return memo[id(root)]
    offset = array.__array_interface__["data"][0] - root.__array_interface__["data"][0]
    return np.ndarray(array.shape, array.dtype, memo[id(root)].data, offset, array.strides)
