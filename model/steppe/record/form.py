"""The form of a ``record.json``: what a reader relies on, and what is wrong with one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from steppe import migrations

if TYPE_CHECKING:
    from steppe.scenario import Scenario

RECORD = "record.json"
BATCH, INDEX = "batch.json", "index.csv"
"""What a batch leaves beside its runs."""

SCENARIO = "scenario.yaml"
REPORT = "report.html"
"""What ``steppe report`` leaves in a folder; no part of its record."""

Status = Literal["running", "done", "failed", "interrupted"]

_ABSENT = type(None)

_FORM: dict[str, type | tuple[type, ...]] = {
    "status": str,
    "error": (str, _ABSENT),
    "command": list,
    "scenario": dict,
    "scenario.name": str,
    "scenario.title": str,
    "scenario.start": str,
    "scenario.end": str,
    "scenario.parent": (str, _ABSENT),
    "members": int,
    "seed": int,
    "trajectories": list,
    "rerun_of": (dict, _ABSENT),
    "quarters": dict,
    "quarters.planned": int,
    "quarters.completed": int,
    "started": str,
    "software": (dict, _ABSENT),
    "software.version": (str, _ABSENT),
    "software.git": (dict, _ABSENT),
    "software.git.commit": (str, _ABSENT),
    "not_finite": (dict, _ABSENT),
    "not_finite.outcomes": (int, _ABSENT),
    "not_finite.members": (int, _ABSENT),
    "resources": (dict, _ABSENT),
    "files": dict,
}
"""What a reader relies on in a ``record.json``, outer keys before inner ones."""


class RecordError(Exception):
    """A run's folder cannot be written or read; the message is one sentence for the user."""


def about(scenario: Scenario) -> dict[str, str | None]:
    """Return what a record tells of its scenario."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "parent": scenario.parent,
        "start": str(scenario.horizon.start),
        "end": str(scenario.horizon.end),
        "sha256": scenario.digest(),
    }


def timestamp(moment: datetime | None = None) -> str:
    """Return a moment, now unless told, as records spell it."""
    return (moment or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def checked(file: Path, record: Any) -> dict[str, Any]:
    """Return a record, also an older one, in the form of this version's; else RecordError."""
    try:
        record = migrations.upgraded(record)
    except ValueError as error:
        raise RecordError(f"{file}: {error}") from None
    for key, form in _FORM.items():
        value = record
        for word in key.split("."):
            value = None if value is None else value.get(word)
        if not isinstance(value, form):
            raise RecordError(f"{file}: damaged, {key!r} is missing or wrong")
    if not all(isinstance(digest, str) for digest in record["files"].values()):
        raise RecordError(f"{file}: damaged, 'files' is missing or wrong")
    found: dict[str, Any] = record
    return found
