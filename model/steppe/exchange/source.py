"""A run to hand over: its record and the series that are wanted of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from steppe import metrics
from steppe.exchange.names import base_of
from steppe.exchange.problem import ExchangeError
from steppe.record import RECORD, RecordError, RunRecord, run_folder
from steppe.record.cube import Cube, read_cube
from steppe.record.files import spellable
from steppe.scenario.problems import clip, nearest


@dataclass(frozen=True)
class Source:
    """A run; ``names`` are the metrics that are wanted, all when None."""

    run: RunRecord
    names: tuple[str, ...] | None = None

    @cached_property
    def cube(self) -> Cube:
        """Return its series; ``RecordError`` when they are missing or damaged."""
        found = read_cube(self.run, self.names)
        own = {s.metric for s in found.series}
        for name in self.names or ():
            if name not in own:
                raise ExchangeError(f"{self.run.path}: this run has no {name}", "metrics")
        if not found.quarters:
            raise ExchangeError(f"{self.run.path}: this run ended before its first quarter did")
        return found

    @property
    def folder(self) -> str:
        """Return the name of the run's folder."""
        return spellable(self.run.path.resolve().name)

    @property
    def scenario(self) -> str:
        return spellable(str(self.run.record["scenario"]["name"]))

    def about(self) -> dict[str, str]:
        """Return what a file tells of where its numbers come from, as text by keyword."""
        record = self.run.record
        about, software = record["scenario"], record.get("software") or {}
        commit = (software.get("git") or {}).get("commit")
        told = {
            "run": self.folder,
            "scenario": about["name"],
            "title": about["title"],
            "parent": about.get("parent"),
            "members": record["members"],
            "seed": record["seed"],
            "status": record["status"],
            "started": record["started"],
            "scenario_sha256": about.get("sha256"),
            "data_sha256": (record.get("data") or {}).get("sha256"),
            "software": f"steppe {software.get('version') or '(version unknown)'}",
            "commit": commit,
        }
        return {key: spellable(str(value)) for key, value in told.items() if value is not None}


def opened(name: str, names: tuple[str, ...] | None = None) -> Source:
    """Open a run by its folder or its name in ``./runs``; ``RecordError`` when it is none."""
    run = RunRecord.open(run_folder(name) or Path(name))
    try:
        base_of(run.record["scenario"]["start"])
        dict(run.record.get("data") or {})
    except (KeyError, TypeError, ValueError):
        raise RecordError(f"{run.path / RECORD}: damaged, it tells no start or no data") from None
    return Source(run, names)


def chosen(option: str | None) -> tuple[str, ...] | None:
    """Return the metrics that a text names at commas, in the order of the registry; None for all.

    :class:`ExchangeError` with the nearest name for one that there is not.
    """
    if option is None:
        return None
    wanted = [word.strip() for word in option.split(",") if word.strip()]
    if not wanted:
        raise ExchangeError("name metrics at commas, such as gdp,influence_share", "metrics")
    for word in wanted:
        if word not in metrics.BY_NAME:
            near = nearest(word.partition("[")[0], metrics.BY_NAME)
            hint = f" (did you mean '{near}'?)" if near else ""
            raise ExchangeError(f"unknown metric '{clip(word)}'{hint}", "metrics")
    return tuple(n for n in metrics.BY_NAME if n in wanted)


def finished(source: Source) -> str:
    """Return when a run was closed, its start when it was not."""
    record: Any = source.run.record
    ended = record.get("finished") or record["started"]
    return str(ended)
