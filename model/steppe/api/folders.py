"""What a folder holds: a run, a sweep or a batch."""

from __future__ import annotations

import os
from pathlib import Path

from steppe.api.batches import Batch, read_batch
from steppe.api.runs import Recorded, Run
from steppe.api.sweeps import Sweep
from steppe.record import BATCH, RUNS, RunRecord, kind_of


def open(folder: str | os.PathLike[str]) -> Run | Sweep | Batch:
    """Open the folder of a run, a sweep or a batch (or its name in ``./runs``) to read it.

    Unfinished ones open, too; tables are read, and held against their hashes, when asked for.
    """
    given = Path(folder)
    place = next((p for p in (given, RUNS / given) if p.is_dir()), given)
    if (place / BATCH).is_file():
        return read_batch(place)
    if kind_of(place) == "sweep":
        from steppe.sweeps.status import state

        found = state(place)
        return Sweep(place, found.status, found.parts_done == found.parts)
    record = RunRecord.open(place)
    return Run(Recorded(record), place)
