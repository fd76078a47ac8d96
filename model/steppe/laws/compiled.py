"""Compiled kernels: loops over members that would be chains of temporaries in NumPy.

``compiled`` turns a function of arrays and numbers into machine code at its first call and keeps
the code on disk.  Sums run in the order of their index and nothing is re-associated, so that a
member's numbers do not depend on who shares the arrays with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numba


def compiled[**P, R](law: Callable[P, R]) -> Callable[P, R]:
    """Return ``law`` compiled: division by zero gives infinity or NaN as in NumPy."""
    kernel = numba.njit(law, cache=True, error_model="numpy", nogil=True)
    return cast("Callable[P, R]", kernel)
