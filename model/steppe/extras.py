"""Libraries that come with an extra, not with the model itself."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


def library(name: str, title: str, problem: type[Exception]) -> Any:
    """Return a module of the extra ``analysis``; raise ``problem`` with what to install."""
    try:
        with quiet():
            return import_module(name)
    except ModuleNotFoundError as error:
        raise problem(f"this needs {title}: pip install 'steppe[analysis]'") from error


@contextmanager
def quiet() -> Iterator[None]:
    """Silence what libraries warn each other of: it is checked before, or told after."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
