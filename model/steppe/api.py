"""Runs, sweeps, batches and comparisons from Python: the work of the command line, as tables.

    import steppe

    run = steppe.run("chabahar_completion", members=50)
    run.members["trade_share[JPN,UZB]"].describe()

    steppe.compare("baseline", run)

    swept = steppe.sweep("baseline", ["trade.elasticity=2:4"], samples=20, members=10)
    swept.outcomes.groupby("point").mean()

    batch = steppe.batch(["baseline", "chinese_retrenchment", "double_retreat"], members=50)
    batch.index.pivot(index="outcome", columns="scenario", values="difference_median")

    steppe.open("runs/chabahar_completion-...").chronicle

Mistakes raise ``steppe.scenario.Problems``, ``steppe.record.RecordError``,
``steppe.sweeps.SweepError`` or ``ValueError`` with the sentences that the command prints.

With ``workers`` above 1, call them below ``if __name__ == "__main__":`` in a script.
"""

from __future__ import annotations

import json
import os
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from steppe import ensemble, metrics, tables
from steppe import results as outcomes_of
from steppe.metrics import Series
from steppe.record import BATCH, INDEX, RECORD, RUNS, SUMMARY, RecordError, RunRecord
from steppe.record.summary import values as summary_values
from steppe.results import STATISTICS, Band, Known, Results, no_number_warnings
from steppe.scenario import Scenario, family
from steppe.scenario.problems import clip, nearest

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    from steppe.sweeps import SweepFolder

Case = str | os.PathLike[str] | Scenario


class _Source(Protocol):
    """Where a run's tables come from: memory or a folder."""

    @property
    def scenario(self) -> Scenario: ...
    @property
    def seed(self) -> int: ...
    def members(self) -> pd.DataFrame: ...
    def series(self) -> pd.DataFrame: ...
    def chronicle(self) -> pd.DataFrame: ...
    def trajectories(self) -> pd.DataFrame | None: ...
    def cube(self) -> _Cube: ...


@dataclass(frozen=True)
class _Cube:
    """Statistics (quarter, series, statistic), and by metric the paths (quarter, cell, member)."""

    quarters: list[str]
    series: list[Series]
    statistics: NDArray[np.float64]
    paths: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Run:
    """What a scenario did: tables as a run's folder holds them, made when they are asked for."""

    source: _Source = field(repr=False)
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
        xarray = _xarray()
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
class _InMemory:
    """A run's tables, made of its results."""

    results: Results

    @property
    def scenario(self) -> Scenario:
        return self.results.scenario

    @property
    def seed(self) -> int:
        return self.results.seed

    def members(self) -> pd.DataFrame:
        return _frame(tables.members(self.results))

    def series(self) -> pd.DataFrame:
        return _frame(tables.series(self.results))

    def chronicle(self) -> pd.DataFrame:
        return _joined(tables.chronicle(self.results))

    def trajectories(self) -> pd.DataFrame | None:
        if not self.results.trajectories:
            return None
        return _joined(tables.trajectories(self.results))

    def cube(self) -> _Cube:
        results, done = self.results, self.results.completed
        paths = {name: values[:done] for name, values in (results.trajectories or {}).items()}
        quarters = [str(quarter) for quarter in results.quarters[:done]]
        return _Cube(quarters, list(results.series), results.statistics[:done], paths)


@dataclass(frozen=True)
class _Recorded:
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

    def cube(self) -> _Cube:
        try:
            return self._cube()
        except (KeyError, ValueError, TypeError):
            raise RecordError(
                f"{self.record.path}: its series are not laid out as this version lays them out"
            ) from None

    def _cube(self) -> _Cube:
        frame, paths = self.series(), self.trajectories()
        frame = frame[frame["metric"].isin(list(metrics.BY_NAME))]
        quarters = [str(q) for q in frame["quarter"].unique()]
        done = len(quarters)
        rows = frame.iloc[::done] if done else frame
        series = [_series(row) for row in rows.to_dict("records")]
        statistics = frame[list(STATISTICS)].to_numpy(float)
        shaped = statistics.reshape(len(series), done, len(STATISTICS)).transpose(1, 0, 2)
        found: dict[str, NDArray[np.float64]] = {}
        if paths is not None:
            members = int(self.record.record["members"])
            for name, own in paths.groupby("metric", observed=True, sort=False):
                if name in metrics.BY_NAME:
                    values = own["value"].to_numpy(float).reshape(-1, done, members)
                    found[str(name)] = values.transpose(1, 0, 2)
        return _Cube(quarters, series, shaped, found)


def _series(row: Mapping[Any, Any]) -> Series:
    """Return the series of a row of ``series.parquet``."""
    metric = metrics.BY_NAME[row["metric"]]
    cell = tuple(str(row[dim]) for dim in metric.dims)
    return Series(metric.name, metric.dims, cell, row["unit"], row["unit"])


@dataclass(frozen=True)
class Sweep:
    """A sweep and its tables, read from its folder when they are asked for."""

    path: Path
    status: str
    """``done``, ``interrupted``, ``running``, ``failed`` or ``killed``."""
    complete: bool
    """Whether every part is there."""

    @cached_property
    def design(self) -> pd.DataFrame:
        """A row a point: ``point`` and the varied parameters."""
        return _frame(self._folder.read("design.parquet"))

    @cached_property
    def members(self) -> pd.DataFrame:
        """A row a member: what all points draw alike."""
        return _frame(self._folder.read("members.parquet"))

    @property
    def outcomes(self) -> pd.DataFrame:
        """A row a point and member, in order: ``point``, ``member``, outcomes."""
        return self._parts[0]

    @property
    def failures(self) -> pd.DataFrame:
        """A row a failure: point, members, message and the point's parameters."""
        return self._parts[1]

    def to_xarray(self) -> xr.Dataset:
        """Return outcomes over (point, member) with the design as coordinates of the points."""
        xarray = _xarray()
        wide = self.outcomes.set_index(["point", "member"])
        dataset = xarray.Dataset.from_dataframe(wide)
        design = self.design.set_index("point").reindex(dataset["point"].to_numpy())
        found: xr.Dataset = dataset.assign_coords(
            {str(name): ("point", design[name].to_numpy()) for name in design.columns}
        )
        return found

    @property
    def _folder(self) -> SweepFolder:
        from steppe.sweeps import SweepFolder

        return SweepFolder(self.path)

    @cached_property
    def _parts(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        import pandas as pd

        parts = list(self._folder.outcomes())
        frames = [_frame(table) for table, _ in parts] or [
            pd.DataFrame(columns=["point", "member"])
        ]
        rows = [
            {"point": f["point"], "members": len(f["members"]), "message": f["message"]}
            | f["parameters"]
            for _, failures in parts
            for f in failures
        ]
        outcomes = pd.concat(frames, ignore_index=True)
        failed = pd.DataFrame(rows, columns=None if rows else ["point", "members", "message"])
        return outcomes.sort_values(["point", "member"], ignore_index=True), failed


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
    loaded = family.with_options(case, _spelled(set), members, seed)
    kept = _metrics(trajectories)
    with no_number_warnings():
        results = ensemble.run(loaded, workers=_hands(workers), trajectories=kept)
    return Run(_InMemory(results))


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
    workers = _hands(workers)
    entries = family.entries(cases, set_values=_spelled(set), members=members, seed=seed)
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
        runs[entry.own.name] = Run(_InMemory(own))
        headline = outcomes_of.headline(own)
        for outcome in outcomes_of.outcomes(own, parent):
            head = [entry.own.name, entry.own.parent, outcome.series.metric in headline]
            rows.append([*head, *summary_values(outcome)])
    index = pd.DataFrame(rows, columns=["scenario", "parent", "headline", *SUMMARY])
    return Batch(runs, index, tuple(note for entry in entries for note in entry.notes))


def sweep(
    case: Case | None = None,
    vary: str | Sequence[str] = (),
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
    """Sweep a scenario, or go on with the sweep in the folder ``out``; as ``steppe sweep``."""
    from steppe import sweeps

    request = sweeps.Request(
        case,
        (vary,) if isinstance(vary, str) else tuple(vary),
        None if points is None else Path(points),
        method,
        samples,
        members,
        seed,
        _spelled(set),
    )
    swept = sweeps.sweep(
        request,
        out=out,
        resume=resume,
        extend=extend,
        retry_failed=retry_failed,
        workers=_hands(workers),
        scheduler=scheduler,
    )
    return Sweep(swept.path, swept.status, swept.complete)


def compare(
    first: Case | Run,
    second: Case | Run,
    metrics: str | Sequence[str] | None = None,
    members: int | None = None,
    seed: int | None = None,
) -> pd.DataFrame:
    """Return how the outcomes of the second differ from the first: second less first.

    Each side is a run, the folder of one (or its name in ``./runs``), a scenario's name, file or
    object.  Scenarios are run with the members and the seed of the other side, two scenarios with
    those of the first, or with ``members`` and ``seed``.  ``metrics`` takes metrics and single
    outcomes (``"gdp"``, ``"influence_share[JPN,UZB]"``) in place of the headline ones.

    A row an outcome: ``outcome``, ``metric``, ``unit``, ``members`` (with a value in both), median
    and 90 % band (``_median``, ``_q05``, ``_q95``) of ``first``, ``second`` and ``difference``,
    ``mean`` and ``standard_error`` of the difference, ``relative`` (its median in parts of the
    first's), ``rose`` (share of members in which the second is greater: the probability of an
    improvement, where more is better) and ``variance_removed`` (by pairing members).

    ``.attrs`` tells ``first`` and ``second``, ``members``, ``seed`` (of the first), ``paired`` and,
    if they are not, why (``unpaired``), ``unlike`` (inputs not drawn alike) and ``notes``.
    """
    import pandas as pd

    from steppe.analysis import sides

    wanted = sides.words(metrics if isinstance(metrics, str) else ",".join(metrics or ()))
    both = sides.opened(_side(first), _side(second), members, seed)
    sides.check_names(wanted, both)
    ran = [sides.simulated(one, wanted) for one in both]
    found = sides.compared(ran, wanted)
    rows = [
        {
            "outcome": row.series.label,
            "metric": row.series.metric,
            "unit": row.series.outcome_unit,
            "members": row.members,
            **_band("first", row.first),
            **_band("second", row.second),
            **_band("difference", row.difference),
            "mean": row.mean,
            "standard_error": row.standard_error,
            "relative": row.relative,
            "rose": row.greater,
            "variance_removed": row.variance_removed,
        }
        for row in found.rows
    ]
    frame = pd.DataFrame(rows)
    attributes: dict[Hashable, Any] = dict(sides.sides(ran).items())
    frame.attrs = attributes | {
        "members": found.members,
        "seed": ran[0].seed,
        "paired": not found.unpaired,
        "unpaired": found.unpaired,
        "unlike": list(found.unlike),
        "notes": sides.notes(found, ran),
    }
    return frame


def open(folder: str | os.PathLike[str]) -> Run | Sweep | Batch:
    """Open the folder of a run, a sweep or a batch (or its name in ``./runs``) to read it.

    Unfinished ones open, too; tables are read, and held against their hashes, when asked for.
    """
    given = Path(folder)
    place = next((p for p in (given, RUNS / given) if p.is_dir()), given)
    if (place / BATCH).is_file():
        return _batch(place)
    if _kind(place / RECORD) == "sweep":
        from steppe.sweeps.status import state

        found = state(place)
        return Sweep(place, found.status, found.parts_done == found.parts)
    record = RunRecord.open(place)
    return Run(_Recorded(record), place)


def _kind(file: Path) -> object:
    """Return of what a ``record.json`` is the record; None for a run's, and for none."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return record.get("kind") if isinstance(record, dict) else None


def _batch(place: Path) -> Batch:
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
        runs[name] = Run(_Recorded(record), record.path)
    index = index[index["outcome"].notna()].reset_index(drop=True)
    return Batch(runs, index[columns], (), place)


def _side(given: Case | Run) -> Any:
    """Return what a comparison takes for an argument."""
    if isinstance(given, Run):
        source = given.source
        return source.results if isinstance(source, _InMemory) else RunRecord.open(given.path or "")
    if isinstance(given, str | os.PathLike | Scenario):
        return given
    raise TypeError(f"compare a run, a scenario or the folder of a run, not {type(given).__name__}")


def _band(name: str, band: Band) -> dict[str, float]:
    return {f"{name}_median": band.median, f"{name}_q05": band.q05, f"{name}_q95": band.q95}


def _hands(workers: int) -> int:
    if workers < 1:
        raise ValueError(f"workers={workers}: must be at least 1")
    return workers


def _metrics(names: str | Sequence[str]) -> tuple[str, ...]:
    """Return the metrics named; ``ValueError`` for one that there is not."""
    wanted = (names,) if isinstance(names, str) else tuple(names)
    for name in wanted:
        if name != "all" and name not in metrics.BY_NAME:
            near = nearest(name, metrics.BY_NAME)
            hint = f" (did you mean '{near}'?)" if near else ""
            raise ValueError(f"trajectories: unknown metric '{clip(name)}'{hint}")
    return wanted


def _spelled(set: Mapping[str, float | str] | None) -> tuple[str, ...]:
    """Return fixed values as the command takes them; numbers to their last bit."""
    fixed = (set or {}).items()
    return tuple(f"{k}={v if isinstance(v, str) else repr(float(v))}" for k, v in fixed)


def _frame(table: Any) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _joined(parts: Iterable[Any]) -> pd.DataFrame:
    import pyarrow as pa

    return _frame(pa.concat_tables(parts))


def _xarray() -> Any:
    try:
        import xarray
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("this needs xarray: pip install 'steppe[analysis]'") from error
    return xarray
