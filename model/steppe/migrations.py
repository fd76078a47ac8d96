"""Records of older versions as this version reads them.

``record.json`` carries a ``schema_version``.  ``STEPS`` holds, for every version before the present
one, the function that makes a record of the next version out of one of that version; a reader takes
them one after the other.  Files are never rewritten.  Whoever changes the form of a record raises
``SCHEMA_VERSION`` and adds the step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SCHEMA_VERSION = 2

_KEPT = "--trajectories"


def _to_2(record: dict[str, Any]) -> dict[str, Any]:
    """Version 2 says which metrics have trajectories and of which run a record is a repetition."""
    command = record.get("command")
    words = [w for w in command if isinstance(w, str)] if isinstance(command, list) else []
    kept = words[words.index(_KEPT) + 1 :][:1] if _KEPT in words else []
    named = [word.strip() for text in kept for word in text.split(",")]
    return record | {"trajectories": named, "rerun_of": None}


STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _to_2}
"""By version: the step to the next one."""


def upgraded(record: Any) -> dict[str, Any]:
    """Return a record in the present form; ``ValueError`` with the reason when it has none."""
    version = record.get("schema_version") if isinstance(record, dict) else None
    if isinstance(version, bool) or not isinstance(version, int):
        raise ValueError("damaged, it is not the record of a run")
    if version > SCHEMA_VERSION:
        software = record.get("software")
        maker = software.get("version") if isinstance(software, dict) else None
        newer = f"steppe {maker}" if isinstance(maker, str) else "a newer steppe"
        raise ValueError(
            f"record version {version}, made by {newer[:40]}; this steppe reads up to "
            f"{SCHEMA_VERSION}: update it"
        )
    if version not in (*STEPS, SCHEMA_VERSION):
        raise ValueError(f"damaged, there is no record version {version}")
    while version < SCHEMA_VERSION:
        record = STEPS[version](record) | {"schema_version": version + 1}
        version += 1
    upgraded: dict[str, Any] = record
    return upgraded
