"""Compiled kernels: loops over members that would be chains of temporaries in NumPy.

``compiled`` turns a function of arrays and numbers into machine code at its first call and keeps
the code on disk.  Sums run in the order of their index and nothing is re-associated, so that a
member's numbers do not depend on who shares the arrays with it.  ``elementwise`` marks a law that
a kernel applies to numbers and that anybody else may apply to arrays.

The code on disk is renewed when the kernel's own file changes: a law that a kernel applies stands
in the same file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast, overload

import numba
import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Elementwise(Protocol):
    """A law of numbers or of arrays of broadcastable shapes."""

    @overload
    def __call__(self, *values: float) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, *values: Array | float) -> Array: ...


def compiled[**P, R](law: Callable[P, R]) -> Callable[P, R]:
    """Return ``law`` compiled: division by zero gives infinity or NaN as in NumPy."""
    kernel = numba.njit(law, cache=True, error_model="numpy", nogil=True)
    return cast("Callable[P, R]", kernel)


def elementwise(law: Callable[..., Any]) -> Elementwise:
    """Return ``law`` as it is, for arrays, and let kernels apply it to numbers."""
    return cast("Elementwise", register_jitable(error_model="numpy")(law))
