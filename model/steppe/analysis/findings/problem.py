"""What cannot be found out from a sweep, and why."""

from __future__ import annotations

from typing import Any

from steppe import extras


class FindingError(ValueError):
    """A finding cannot be had as asked; ``argument`` is what is wrong, in one sentence."""

    def __init__(self, sentence: str, argument: str = "") -> None:
        super().__init__(f"{argument}: {sentence}" if argument else sentence)
        self.argument, self.sentence = argument, sentence


def library(name: str, title: str) -> Any:
    """Return a module of the extra ``analysis``, which leaves no trace in figures and warnings."""
    from matplotlib import rc_context

    with rc_context():
        return extras.library(name, title, FindingError)
