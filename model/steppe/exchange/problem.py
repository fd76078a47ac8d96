"""What cannot be exported or asked for, and why."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any


class ExchangeError(ValueError):
    """Something cannot be handed over as asked; the message is one sentence for the user.

    ``argument`` names what is wrong: ``metrics``, ``out``, ``sql``.
    """

    def __init__(self, sentence: str, argument: str = "") -> None:
        super().__init__(sentence)
        self.argument = argument


def library(name: str, title: str) -> Any:
    """Return a module of the extra ``analysis``; :class:`ExchangeError` where it is missing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module(name)
    except ModuleNotFoundError as error:
        raise ExchangeError(f"this needs {title}: pip install 'steppe[analysis]'") from error
