"""What cannot be exported or asked for, and why."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from steppe import extras


class ExchangeError(ValueError):
    """Something cannot be handed over as asked; the message is one sentence for the user.

    ``argument`` names what is wrong: ``metrics``, ``out``, ``sql``.
    """

    def __init__(self, sentence: str, argument: str = "") -> None:
        super().__init__(sentence)
        self.argument = argument


def library(name: str, title: str) -> Any:
    """Return a module of the extra ``analysis``; :class:`ExchangeError` where it is missing."""
    return extras.library(name, title, ExchangeError)


def pyam_library() -> Any:
    """Return pyam, its registry of units read anew.

    Its cache of units (iam-units, in the user's cache folder) names files of the environment that
    made it and breaks the import when that environment is gone.
    """
    name = "IAM_UNITS_CACHE"
    if name in os.environ:
        return library("pyam", "pyam")
    with tempfile.TemporaryDirectory(prefix="steppe-") as place:
        os.environ[name] = place
        try:
            return library("pyam", "pyam")
        finally:
            del os.environ[name]
