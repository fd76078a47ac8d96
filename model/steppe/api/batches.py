"""Several scenarios over the same members, and a batch's folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steppe import ensemble
from steppe import results as outcomes_of
from steppe.api.arguments import Case, spelled, worker_count
from steppe.api.runs import InMemory, Recorded, Run
from steppe.record import BATCH, INDEX, SUMMARY, RecordError, RunRecord
from steppe.record.summary import values as summary_values
from steppe.results import Known, Results, no_number_warnings
from steppe.scenario import Scenario, family

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Batch:
    """Several scenarios over the same members.

    ``index`` has a row a scenario and outcome: ``scenario``, ``parent``, ``headline`` (whether it
    is one of the scenario's headline outcomes), and the columns of a run's ``summary.csv``: its
    median and 90 % band, the parent's, those of the paired difference, and the share of members
    in which it ``rose``.
    """

    runs: Mapping[str, Run] = field(repr=False)
    index: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()
    """What is left out of comparisons with parents."""
    path: Path | None = None


def batch(
    cases: Sequence[Case],
    *,
    members: int | None = None,
    seed: int | None = None,
    set: Mapping[str, float | str] | None = None,
    workers: int = 1,
) -> Batch:
    """Run scenarios, each beside its parent, over the same members; nothing is written.

    ``cases`` are shipped names, files, folders of files or scenarios.  All have the members and the
    seed of the first, unless told: member k meets the same shocks in every one.
    """
    import pandas as pd

    if isinstance(cases, str | os.PathLike | Scenario):
        cases = [cases]
    workers = worker_count(workers)
    entries = family.entries(cases, set_values=spelled(set), members=members, seed=seed)
    known = Known(e.digest() for entry in entries for e in (entry.own, entry.parent) if e)
    runs: dict[str, Run] = {}
    rows: list[list[Any]] = []

    def ran(case: Scenario) -> Results:
        found = known.get(case)
        if found is None:
            with no_number_warnings():
                found = ensemble.run(case, workers=workers)
            known.keep(case, found)
        return found

    for entry in entries:
        own = ran(entry.own)
        parent = None if entry.parent is None else ran(entry.parent)
        runs[entry.own.name] = Run(InMemory(own))
        headline = outcomes_of.headline(own)
        for outcome in outcomes_of.outcomes(own, parent):
            head = [entry.own.name, entry.own.parent, outcome.series.metric in headline]
            rows.append([*head, *summary_values(outcome)])
    index = pd.DataFrame(rows, columns=["scenario", "parent", "headline", *SUMMARY])
    return Batch(runs, index, tuple(note for entry in entries for note in entry.notes))


def read_batch(place: Path) -> Batch:
    """Return a batch that ``steppe batch`` left."""
    import pandas as pd

    try:
        told = json.loads((place / BATCH).read_text(encoding="utf-8"))
        names = {str(row["scenario"]): str(row["run"]) for row in told["runs"]}
        index = pd.read_csv(place / INDEX, keep_default_na=False, na_values=[""])
        index = index[["scenario", "parent", *SUMMARY]].assign(headline=True)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise RecordError(f"{place}: damaged, its {BATCH} or {INDEX} cannot be read") from None
    columns = ["scenario", "parent", "headline", *SUMMARY]
    runs = {}
    for name, path in names.items():
        record = RunRecord.open(place / Path(path).name)
        runs[name] = Run(Recorded(record), record.path)
    index = index[index["outcome"].notna()].reset_index(drop=True)
    return Batch(runs, index[columns], (), place)
