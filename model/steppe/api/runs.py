"""A run: its tables in memory or from its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from steppe import ensemble, metrics, tables
from steppe.api.arguments import Case, spelled, worker_count
from steppe.api.frames import frame_of, joined, xarray_module
from steppe.record import RunRecord
from steppe.record.cube import Cube, read_cube
from steppe.results import STATISTICS, Results, no_number_warnings
from steppe.scenario import Scenario, family
from steppe.scenario.problems import clip, nearest

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


class Source(Protocol):
    """Where a run's tables come from: memory or a folder."""

    @property
    def scenario(self) -> Scenario: ...
    @property
    def seed(self) -> int: ...
    def members(self) -> pd.DataFrame: ...
    def series(self) -> pd.DataFrame: ...
    def chronicle(self) -> pd.DataFrame: ...
    def trajectories(self) -> pd.DataFrame | None: ...
    def cube(self) -> Cube: ...


@dataclass(frozen=True)
class Run:
    """What a scenario did: tables as a run's folder holds them, made when they are asked for."""

    source: Source = field(repr=False)
    path: Path | None = None
    """The folder that it was read from, None for a run in memory."""

    @property
    def scenario(self) -> Scenario:
        return self.source.scenario

    @property
    def seed(self) -> int:
        return self.source.seed

    @cached_property
    def members(self) -> pd.DataFrame:
        """A row a member: ``member``, what was drawn, outcomes named ``metric[DIM,DIM]``."""
        return self.source.members()

    @cached_property
    def series(self) -> pd.DataFrame:
        """A row a series and quarter: labels, unit, mean and quantiles over the members."""
        return self.source.series()

    @cached_property
    def chronicle(self) -> pd.DataFrame:
        """A row a happening: quarter, member, kind, actors, amount and a sentence."""
        return self.source.chronicle()

    @cached_property
    def trajectories(self) -> pd.DataFrame | None:
        """A row a series, quarter and member of the metrics asked for; None without any."""
        return self.source.trajectories()

    def to_xarray(self) -> xr.Dataset:
        """Return a variable a metric over (quarter, its dimensions, statistic or member).

        Metrics with trajectories have their members, the others mean and quantiles.  Cells that a
        metric does not record are NaN.
        """
        xarray = xarray_module()
        cube = self.source.cube()
        found = []
        for name in dict.fromkeys(s.metric for s in cube.series):
            metric = metrics.BY_NAME[name]
            rows = [i for i, s in enumerate(cube.series) if s.metric == name]
            if name in cube.paths:
                values = cube.paths[name]
                last: Any = "member", np.arange(values.shape[-1])
            else:
                values, last = cube.statistics[:, rows], ("statistic", list(STATISTICS))
            shape = len(cube.quarters), *(len(codes) for codes in metric.codes), len(last[1])
            whole = np.full(shape, np.nan)
            for i, row in enumerate(rows):
                cell = cube.series[row].cell
                place = [c.index(code) for c, code in zip(metric.codes, cell, strict=True)]
                at: Any = (slice(None), *place)
                whole[at] = values[:, i]
            codes = dict(zip(metric.dims, map(list, metric.codes), strict=True))
            array = xarray.DataArray(
                whole,
                dims=("quarter", *metric.dims, last[0]),
                coords={"quarter": cube.quarters, last[0]: last[1]} | codes,
                attrs={"units": metric.unit, "long_name": metric.description},
                name=name,
            )
            found.append(array)
        dataset: xr.Dataset = xarray.merge(found, join="outer", compat="override")
        dataset.attrs = {"scenario": self.scenario.name, "seed": self.seed}
        return dataset


@dataclass(frozen=True)
class InMemory:
    """A run's tables, made of its results."""

    results: Results

    @property
    def scenario(self) -> Scenario:
        return self.results.scenario

    @property
    def seed(self) -> int:
        return self.results.seed

    def members(self) -> pd.DataFrame:
        return frame_of(tables.members(self.results))

    def series(self) -> pd.DataFrame:
        return frame_of(tables.series(self.results))

    def chronicle(self) -> pd.DataFrame:
        return joined(tables.chronicle(self.results))

    def trajectories(self) -> pd.DataFrame | None:
        if not self.results.trajectories:
            return None
        return joined(tables.trajectories(self.results))

    def cube(self) -> Cube:
        results, done = self.results, self.results.completed
        paths = {name: values[:done] for name, values in (results.trajectories or {}).items()}
        quarters = [str(quarter) for quarter in results.quarters[:done]]
        return Cube(quarters, list(results.series), results.statistics[:done], paths)


@dataclass(frozen=True)
class Recorded:
    """A run's tables, read from its folder."""

    record: RunRecord

    @cached_property
    def scenario(self) -> Scenario:
        return self.record.scenario()

    @property
    def seed(self) -> int:
        return int(self.record.record["seed"])

    def members(self) -> pd.DataFrame:
        return self.record.members()

    def series(self) -> pd.DataFrame:
        return self.record.series()

    def chronicle(self) -> pd.DataFrame:
        return self.record.chronicle()

    def trajectories(self) -> pd.DataFrame | None:
        return self.record.trajectories() if self.record.record["trajectories"] else None

    def cube(self) -> Cube:
        return read_cube(self.record)


def run(
    case: Case = "baseline",
    *,
    members: int | None = None,
    seed: int | None = None,
    set: Mapping[str, float | str] | None = None,
    workers: int = 1,
    trajectories: str | Sequence[str] = (),
) -> Run:
    """Run a scenario and return what it did; nothing is written.

    ``case`` is a shipped name, a path or a scenario; ``set`` fixes parameters, in the registry's
    unit or with one: ``{"link.chabahar_mashhad.capacity": "8.5 Mt/yr"}``; ``trajectories`` names
    metrics whose members are kept quarter by quarter, ``["all"]`` for every one.
    """
    loaded = family.with_options(case, spelled(set), members, seed)
    kept = _metrics(trajectories)
    with no_number_warnings():
        results = ensemble.run(loaded, workers=worker_count(workers), trajectories=kept)
    return Run(InMemory(results))


def _metrics(names: str | Sequence[str]) -> tuple[str, ...]:
    """Return the metrics named; ``ValueError`` for one that there is not."""
    wanted = (names,) if isinstance(names, str) else tuple(names)
    for name in wanted:
        if name != "all" and name not in metrics.BY_NAME:
            near = nearest(name, metrics.BY_NAME)
            hint = f" (did you mean '{near}'?)" if near else ""
            raise ValueError(f"trajectories: unknown metric '{clip(name)}'{hint}")
    return wanted
