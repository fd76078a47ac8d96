"""What a scenario's events did, member by member, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from steppe.chronicle import Chronicle, blank
from steppe.clock import Quarter
from steppe.scenario.events import EventEngine, Occurrence


def chronicle(
    engine: EventEngine, start: Quarter, members: Sequence[int], completed: int
) -> Chronicle:
    """Return a row for every event that began in a member before ``completed`` quarters had passed.

    ``start`` is the run's first quarter; ``members`` are the members' numbers.
    """
    numbers = np.asarray(members, np.int64)
    found = [_began(happening, start, numbers, completed) for happening in engine.occurrences()]
    return Chronicle.concat(found)


def _began(
    happening: Occurrence, start: Quarter, numbers: NDArray[np.int64], completed: int
) -> Chronicle:
    """Return the rows of one event, member by member."""
    here = np.flatnonzero(happening.began[: len(numbers)] < completed)
    rows = blank(len(here), "event")
    rows["quarter"] = start.ordinal + happening.began[here].astype(np.int64)
    rows["member"] = numbers[here]
    rows["amount"] = happening.amount[here]
    # what members have in common is put into words once; a step's duration is no number
    drawn = np.stack([happening.amount[here], np.nan_to_num(happening.duration[here])])
    different, text = np.unique(drawn, axis=1, return_inverse=True)
    rows["text"] = text.ravel()
    return Chronicle(rows, tuple(_words(happening, *pair) for pair in different.T))


def _words(happening: Occurrence, amount: float, duration: float) -> str:
    size = f"{amount:.4g}"
    if happening.unit not in ("", "1") and happening.change != "times":
        size += f" {happening.unit}"
    verb = {"to": "goes to", "by": "changes by", "times": "is multiplied by"}[happening.change]
    count = f"{duration:.3g}"
    quarters = f"{count} quarter{'' if count == '1' else 's'}"
    span = {
        "step": "for good",
        "ramp": f"over {quarters}",
        "pulse": f"for {quarters}",
        "decay": f"with a half-life of {quarters}",
    }[happening.shape]
    return f"{happening.target} {verb} {size} {span} ({happening.event})"
