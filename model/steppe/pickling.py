"""Pickling of objects whose arrays share memory: a view stays a view of the same array.

NumPy pickles every view as an array of its own, so that a copy of a model would no longer see its
parameters move.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np
from numpy.typing import NDArray

Anything = NDArray[Any]


class _Pickler(pickle.Pickler):
    """Pickles what ``owner`` holds; ``owner`` itself becomes a reference to who is restored."""

    def __init__(self, file: io.BytesIO, owner: object) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._owner = owner

    def persistent_id(self, obj: Any) -> str | None:
        return "owner" if obj is self._owner else None

    def reducer_override(self, obj: Any) -> Any:
        if type(obj) is not np.ndarray or obj.dtype.hasobject:
            return NotImplemented
        whole = _whole(obj)
        if whole is obj or not whole.flags.c_contiguous:
            return NotImplemented
        offset = _address(obj) - _address(whole)
        return _view, (whole, offset, obj.shape, obj.strides, obj.dtype)


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, owner: object) -> None:
        super().__init__(file)
        self._owner = owner

    def persistent_load(self, pid: Any) -> object:
        return self._owner


def state_of(owner: object) -> bytes:
    """Return what an object's ``__dict__`` holds, for :func:`restored`."""
    file = io.BytesIO()
    _Pickler(file, owner).dump(vars(owner))
    return file.getvalue()


def restored[T](kind: type[T], state: bytes) -> T:
    """Return an object with the state that :func:`state_of` gave."""
    owner = kind.__new__(kind)
    vars(owner).update(_Unpickler(io.BytesIO(state), owner).load())
    return owner


def _whole(array: Anything) -> Anything:
    """Return the array that owns the memory of another."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _address(array: Anything) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


def _view(
    whole: Anything,
    offset: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    dtype: np.dtype[Any],
) -> Anything:
    return np.ndarray(shape, dtype, buffer=whole.data, offset=offset, strides=strides)
