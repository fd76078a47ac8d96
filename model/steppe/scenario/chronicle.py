"""What a scenario's events did, member by member, as dated sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from steppe.clock import Quarter
from steppe.scenario.events import EventEngine, Occurrence

KIND = "event"
"""The kind of a happening in ``chronicle.parquet`` that a scenario's event brought about."""


def chronicle(
    engine: EventEngine, start: Quarter, first_member: int, members: int, completed: int
) -> Iterator[dict[str, Any]]:
    """Yield a row for every event that began in a member before ``completed`` quarters had passed.

    ``start`` is the run's first quarter; members are numbered from ``first_member``.  A row has the
    columns ``quarter``, ``member``, ``kind``, ``amount`` and ``sentence`` of the chronicle.
    """
    for happening in engine.occurrences():
        for world in range(members):
            began = happening.began[world]
            if began < completed:
                quarter = start + int(began)
                yield {
                    "quarter": str(quarter),
                    "member": first_member + world,
                    "kind": KIND,
                    "amount": float(happening.amount[world]),
                    "sentence": f"{quarter}: {_sentence(happening, world)}",
                }


def _sentence(happening: Occurrence, world: int) -> str:
    amount = f"{happening.amount[world]:.4g}"
    if happening.unit not in ("", "1") and happening.change != "times":
        amount += f" {happening.unit}"
    verb = {"to": "goes to", "by": "changes by", "times": "is multiplied by"}[happening.change]
    count = f"{happening.duration[world]:.3g}"
    quarters = f"{count} quarter{'' if count == '1' else 's'}"
    span = {
        "step": "for good",
        "ramp": f"over {quarters}",
        "pulse": f"for {quarters}",
        "decay": f"with a half-life of {quarters}",
    }[happening.shape]
    return f"{happening.target} {verb} {amount} {span} ({happening.event})"
