"""What cannot be found out from a sweep, and why."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


class FindingError(ValueError):
    """A finding cannot be had as asked; ``argument`` is what is wrong, in one sentence."""

    def __init__(self, sentence: str, argument: str = "") -> None:
        super().__init__(f"{argument}: {sentence}" if argument else sentence)
        self.argument, self.sentence = argument, sentence


def library(name: str, title: str) -> Any:
    """Return a module of the extra ``analysis``, which leaves no trace in figures and warnings."""
    from matplotlib import rc_context

    try:
        with quiet(), rc_context():
            return import_module(name)
    except ModuleNotFoundError as error:
        raise FindingError(f"this needs {title}: pip install 'steppe[analysis]'") from error


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the warnings of libraries: what they mean is checked before or told after."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
