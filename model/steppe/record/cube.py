"""A run's series as arrays: statistics by quarter, and paths of members where they were kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from steppe import metrics
from steppe.clock import Quarter
from steppe.metrics import Series
from steppe.record.form import RecordError
from steppe.record.reading import RunRecord
from steppe.results import STATISTICS

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Cube:
    """Statistics (quarter, series, statistic), and by metric the paths (quarter, cell, member)."""

    quarters: list[str]
    series: list[Series]
    statistics: NDArray[np.float64]
    paths: Mapping[str, NDArray[np.float64]]

    def rows(self, metric: str) -> list[int]:
        """Return which rows of ``series`` are a metric's cells, in the order of its paths."""
        return [i for i, s in enumerate(self.series) if s.metric == metric]


def read_cube(record: RunRecord, names: Collection[str] | None = None, paths: bool = True) -> Cube:
    """Read the series of a run, or those of some metrics; :class:`RecordError` when it cannot be.

    Metrics that this version does not know are passed over; the paths of members, much the larger
    part, are read unless ``paths`` is False.
    """
    wanted = [n for n in metrics.BY_NAME if names is None or n in names]
    try:
        return _read(record, wanted, names is None, paths)
    except (KeyError, ValueError, TypeError):
        raise RecordError(
            f"{record.path}: its series are not laid out as this version lays them out"
        ) from None


def _read(record: RunRecord, wanted: list[str], everything: bool, paths: bool) -> Cube:
    only: list[tuple[str, str, Any]] | None = None if everything else [("metric", "in", wanted)]
    frame = record.table("series.parquet", only=only)
    frame = frame[frame["metric"].isin(wanted)]
    quarters = [str(q) for q in frame["quarter"].unique()]
    done = len(quarters)
    _follow(quarters, frame["quarter"].astype(str).tolist())
    rows = frame.iloc[::done] if done else frame
    series = [_series(row) for row in rows.to_dict("records")]
    statistics = frame[list(STATISTICS)].to_numpy(float)
    shaped = statistics.reshape(len(series), done, len(STATISTICS)).transpose(1, 0, 2)
    return Cube(quarters, series, shaped, _paths(record, wanted, done) if paths else {})


def _follow(quarters: Sequence[str], rows: Sequence[str]) -> None:
    """Raise ``ValueError`` unless every series has its quarters in order, and none is left out."""
    if not quarters:
        return
    first = Quarter.parse(quarters[0])
    if list(quarters) != [str(first + i) for i in range(len(quarters))]:
        raise ValueError("quarters do not follow each other")
    if list(rows) != list(quarters) * (len(rows) // len(quarters)):
        raise ValueError("series do not have the same quarters")


def _paths(record: RunRecord, wanted: list[str], done: int) -> dict[str, NDArray[np.float64]]:
    """Return by metric the paths (quarter, cell, member) of those that have them."""
    found: dict[str, NDArray[np.float64]] = {}
    if not record.record["trajectories"]:
        return found
    members = int(record.record["members"])
    frame = record.table("trajectories.parquet", ["metric", "value"], [("metric", "in", wanted)])
    for name, own in frame.groupby("metric", observed=True, sort=False):
        values = own["value"].to_numpy(float).reshape(-1, done, members)
        found[str(name)] = values.transpose(1, 0, 2)
    return found


def _series(row: Mapping[Any, Any]) -> Series:
    """Return the series of a row of ``series.parquet``."""
    metric = metrics.BY_NAME[row["metric"]]
    cell = tuple(str(row[dim]) for dim in metric.dims)
    return Series(metric.name, metric.dims, cell, row["unit"], row["unit"])
