"""A recorded run as figures and charts read it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe.clock import Quarter, span
from steppe.record import RecordError, RunRecord
from steppe.record.cube import read_cube
from steppe.report.curves import Paths
from steppe.results import STATISTICS, Results
from steppe.scenario import Scenario


def paths(record: RunRecord) -> Paths:
    """Return the statistics of every series that a run recorded."""
    cube = read_cube(record, paths=False)
    return Paths(
        tuple(Quarter.parse(q) for q in cube.quarters),
        tuple(s.label for s in cube.series),
        cube.statistics,
    )


def results(record: RunRecord, case: Scenario) -> Results:
    """Return what a run recorded in the form that figures take."""
    cube = read_cube(record, paths=False)
    quarters = span(case.horizon.start, case.horizon.end)
    done = len(cube.quarters)
    if [str(q) for q in quarters[:done]] != cube.quarters:
        raise RecordError(f"{record.path}: its series are not of the scenario's quarters")
    statistics = np.full((len(quarters), len(cube.series), len(STATISTICS)), np.nan)
    statistics[:done] = cube.statistics
    return Results(
        case,
        int(record.record["seed"]),
        int(record.record["members"]),
        quarters,
        done,
        tuple(cube.series),
        statistics,
        _table(record),
    )


def _table(record: RunRecord) -> dict[str, NDArray[Any]]:
    """Return the table of members, one array (member,) a column; none where the run left none."""
    if not has(record, "members.parquet"):
        return {}
    frame = record.members()
    return {str(name): frame[name].to_numpy() for name in frame.columns}


def has(record: RunRecord, name: str) -> bool:
    """Tell whether a run left a file."""
    return (record.path / name).is_file()
