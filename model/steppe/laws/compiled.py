"""Compiled kernels: loops over members that would be chains of temporaries in NumPy.

``compiled`` turns a function of arrays and numbers into machine code at its first call and keeps
the code on disk.  Sums run in the order of their index and nothing is re-associated, so that a
member's numbers do not depend on who shares the arrays with it.  ``elementwise`` marks a law that
a kernel applies to numbers and that anybody else may apply to arrays.

The code on disk belongs to the sources it was compiled from: it lies in a folder that is named by
the hash of all laws and of the constants they take from elsewhere, since a kernel does not notice
by itself that a law of another file has changed.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol, cast, overload

import numba
import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

Array = NDArray[np.float64]

_CONFIG: Any = numba.config
_LAWS = Path(__file__).parent
CONSTANTS = (
    "axes",
    "clock",
    "world.offers",
    "world.rare_earths",
    "world.state",
    "world.surroundings",
)
"""Modules of the package whose constants laws use: they become part of the compiled code."""


def source_hash(laws: Path = _LAWS) -> str:
    """Return the hash of the sources that decide what any kernel computes."""
    constants = (laws.parent / f"{name.replace('.', '/')}.py" for name in CONSTANTS)
    total = hashlib.sha256()
    for path in (*sorted(laws.glob("*.py")), *constants):
        total.update(f"{path.name}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def kernel_folder(places: Iterable[Path | None], name: str) -> Path | None:
    """Return the folder ``name`` in the first of the places that can be written to, else None."""
    for place in places:
        if place is None:
            continue
        folder = place / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return None


def _places() -> Iterable[Path | None]:
    """Yield where compiled code may be kept: as the user says, by the source, for the user."""
    yield Path(_CONFIG.CACHE_DIR) if _CONFIG.CACHE_DIR else None
    yield _LAWS / "__pycache__"
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    yield Path(home).expanduser() / "steppe"


_FOLDER = kernel_folder(_places(), f"kernels-{source_hash()[:16]}")
"""Where this version's compiled code is kept; None where nothing can be written."""


class Elementwise(Protocol):
    """A law of numbers or of arrays of broadcastable shapes."""

    @overload
    def __call__(self, *values: float) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, *values: Array | float) -> Array: ...


def compiled[**P, R](law: Callable[P, R]) -> Callable[P, R]:
    """Return ``law`` compiled: division by zero gives infinity or NaN as in NumPy."""
    usual = _CONFIG.CACHE_DIR
    try:
        _CONFIG.CACHE_DIR = str(_FOLDER or "")
        kept = _FOLDER is not None
        kernel = numba.njit(law, cache=kept, error_model="numpy", nogil=True)
    finally:
        _CONFIG.CACHE_DIR = usual
    return cast("Callable[P, R]", kernel)


def elementwise(law: Callable[..., Any]) -> Elementwise:
    """Return ``law`` as it is, for arrays, and let kernels apply it to numbers."""
    return cast("Elementwise", register_jitable(error_model="numpy")(law))
