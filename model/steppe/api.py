"""Runs, sweeps and comparisons from Python: the same work as the command line, as tables.

    import steppe

    run = steppe.run("chabahar_completion", members=50)
    run.members["trade_share[JPN,UZB]"].describe()

    swept = steppe.sweep("baseline", ["trade.elasticity=2:4"], samples=20, members=10)
    swept.outcomes.groupby("point").mean()

    steppe.compare("baseline", "chabahar_completion", members=50)

Mistakes raise ``steppe.scenario.Problems``, ``steppe.sweeps.SweepError`` or ``ValueError`` with
the sentences that the command prints.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from steppe import ensemble, scenario, tables
from steppe.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from steppe.results import Results
    from steppe.sweeps import Swept

Case = str | os.PathLike[str] | Scenario


@dataclass(frozen=True)
class Run:
    """What a scenario did: tables as a run's folder holds them, made when they are asked for."""

    results: Results = field(repr=False)

    @property
    def scenario(self) -> Scenario:
        return self.results.scenario

    @property
    def seed(self) -> int:
        return self.results.seed

    @cached_property
    def members(self) -> pd.DataFrame:
        """A row a member: ``member``, what was drawn, outcomes named ``metric[DIM,DIM]``."""
        return _frame(tables.members(self.results))

    @cached_property
    def series(self) -> pd.DataFrame:
        """A row a series and quarter: labels, unit, mean and quantiles over the members."""
        return _frame(tables.series(self.results))

    @cached_property
    def chronicle(self) -> pd.DataFrame:
        """A row a happening: quarter, member, kind, actors, amount and a sentence."""
        import pandas as pd

        return pd.concat([_frame(t) for t in tables.chronicle(self.results)], ignore_index=True)

    @cached_property
    def trajectories(self) -> pd.DataFrame | None:
        """A row a series, quarter and member of the metrics asked for; None without any."""
        if not self.results.trajectories:
            return None
        import pandas as pd

        return pd.concat([_frame(t) for t in tables.trajectories(self.results)], ignore_index=True)

    def to_xarray(self) -> xr.Dataset:
        """Return a variable a metric over (quarter, its dimensions, statistic or member).

        Metrics with trajectories have their members, the others mean and quantiles.  Cells that a
        metric does not record are NaN.
        """
        xarray = _xarray()
        from steppe.metrics import BY_NAME
        from steppe.results import STATISTICS

        results = self.results
        done = results.completed
        quarters = [str(q) for q in results.quarters[:done]]
        paths = results.trajectories or {}
        found: dict[str, Any] = {}
        for name in dict.fromkeys(s.metric for s in results.series):
            metric = BY_NAME[name]
            rows = [i for i, s in enumerate(results.series) if s.metric == name]
            cells = [results.series[i].cell for i in rows]
            if name in paths:
                last, labels, values = "member", np.arange(results.members), paths[name][:done]
            else:
                last, labels = "statistic", np.array(STATISTICS)
                values = results.statistics[:done][:, rows]
            shape = done, *(len(codes) for codes in metric.codes), len(labels)
            whole = np.full(shape, np.nan)
            for i, cell in enumerate(cells):
                place = [c.index(code) for c, code in zip(metric.codes, cell, strict=True)]
                at: Any = (slice(None), *place)
                whole[at] = values[:, i]
            dims = "quarter", *metric.dims, last
            coords = dict(zip(metric.dims, metric.codes, strict=True))
            found[name] = xarray.DataArray(
                whole,
                dims=dims,
                coords={"quarter": quarters, last: labels}
                | {dim: list(codes) for dim, codes in coords.items()},
                attrs={"units": metric.unit, "long_name": metric.description},
            )
        attributes = {"scenario": results.scenario.name, "seed": results.seed}
        dataset: xr.Dataset = xarray.merge(
            [array.rename(name) for name, array in found.items()], join="outer", compat="override"
        ).assign_attrs(attributes)
        return dataset


@dataclass(frozen=True)
class Sweep:
    """A sweep and its tables, read from its folder when they are asked for."""

    swept: Swept = field(repr=False)

    @property
    def path(self) -> Path:
        return self.swept.path

    @property
    def complete(self) -> bool:
        return self.swept.complete

    @cached_property
    def design(self) -> pd.DataFrame:
        """A row a point: ``point`` and the varied parameters."""
        return self._read("design.parquet")

    @cached_property
    def members(self) -> pd.DataFrame:
        """A row a member: what all points draw alike."""
        return self._read("members.parquet")

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """A row a point and member, in order: ``point``, ``member``, outcomes."""
        import pandas as pd
        import pyarrow.parquet as pq

        parts = sorted((self.path / "outcomes").glob("part-*.parquet"))
        frame = pd.concat([pq.read_table(p).to_pandas() for p in parts], ignore_index=True)
        ordered: pd.DataFrame = frame.sort_values(["point", "member"], ignore_index=True)
        return ordered

    @cached_property
    def failures(self) -> pd.DataFrame:
        """A row a failure: point, members, message and the point's parameters."""
        import pandas as pd

        rows = [
            {"point": f["point"], "members": len(f["members"]), "message": f["message"]}
            | f["parameters"]
            for f in self.swept.progress.failures
        ]
        return pd.DataFrame(rows, columns=None if rows else ["point", "members", "message"])

    def to_xarray(self) -> xr.Dataset:
        """Return outcomes over (point, member) with the design as coordinates of the points."""
        xarray = _xarray()
        wide = self.outcomes.set_index(["point", "member"])
        dataset = xarray.Dataset.from_dataframe(wide)
        coords = {
            name: ("point", self.design.set_index("point")[name].reindex(dataset["point"]))
            for name in self.design.columns
            if name != "point"
        }
        found: xr.Dataset = dataset.assign_coords(coords)
        return found

    def _read(self, name: str) -> pd.DataFrame:
        import pyarrow.parquet as pq

        return _frame(pq.read_table(self.path / name))


def run(
    case: Case = "baseline",
    *,
    members: int | None = None,
    seed: int | None = None,
    set: Mapping[str, float | str] | None = None,
    workers: int = 1,
    trajectories: Sequence[str] = (),
) -> Run:
    """Run a scenario and return what it did; nothing is written.

    ``case`` is a shipped name, a path or a scenario; ``set`` fixes parameters, in the registry's
    unit or with one: ``{"link.chabahar_mashhad.capacity": "8.5 Mt/yr"}``; ``trajectories`` names
    metrics whose members are kept quarter by quarter, ``["all"]`` for every one.
    """
    loaded = _loaded(case, members, seed, set)
    results = ensemble.run(loaded, workers=workers, trajectories=tuple(trajectories))
    return Run(results)


def sweep(
    case: Case | None = None,
    vary: Sequence[str] = (),
    *,
    method: str = "lhs",
    samples: int | None = None,
    points: str | os.PathLike[str] | None = None,
    members: int | None = None,
    seed: int | None = None,
    set: Mapping[str, float | str] | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    extend: int | None = None,
    retry_failed: bool = False,
    workers: int = 1,
    scheduler: str | None = None,
) -> Sweep:
    """Sweep a scenario, or go on with the sweep in the folder ``out``; as ``steppe sweep``.

    With ``workers`` above 1 call it below ``if __name__ == "__main__":`` in a script.
    """
    from steppe import sweeps

    request = sweeps.Request(
        case,
        tuple(vary),
        None if points is None else Path(points),
        method,
        samples,
        members,
        seed,
        _spelled(set),
    )
    return Sweep(
        sweeps.sweep(
            request,
            out=out,
            resume=resume,
            extend=extend,
            retry_failed=retry_failed,
            workers=workers,
            scheduler=scheduler,
        )
    )


def _loaded(
    case: Case, members: int | None, seed: int | None, set: Mapping[str, float | str] | None
) -> Scenario:
    if isinstance(case, Scenario):
        if set:
            raise ValueError("fix parameters when the scenario is loaded, or name its file")
        from dataclasses import replace

        case = case if members is None else replace(case, members=members)
        return case if seed is None else replace(case, seed=seed)
    return scenario.load(case, set_values=_spelled(set), members=members, seed=seed)


def _spelled(set: Mapping[str, float | str] | None) -> tuple[str, ...]:
    """Return fixed values as the command takes them; numbers to their last bit."""
    fixed = (set or {}).items()
    return tuple(f"{k}={v if isinstance(v, str) else repr(float(v))}" for k, v in fixed)


def _frame(table: Any) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _xarray() -> Any:
    try:
        import xarray
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("this needs xarray: pip install 'steppe[analysis]'") from error
    return xarray
