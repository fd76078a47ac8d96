"""A run as a CF-like NetCDF data set: a variable a metric over time and its dimensions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steppe import axes, metrics
from steppe.clock import PER_YEAR, Quarter
from steppe.exchange.names import VARIABLES, base_years
from steppe.exchange.problem import ExchangeError, library
from steppe.exchange.source import Source, finished
from steppe.metrics import DIMENSIONS, Metric
from steppe.record.cube import Cube
from steppe.record.files import spellable
from steppe.results import STATISTICS

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
"""Parts of the members below, by the statistic of a run."""

_CONSTANT = {variable.metric for variable in VARIABLES if "{base}" in variable.unit}
"""Metrics in dollars at the prices of the base years."""

_SUMMED = "/quarter"

UNITS = {
    "1": "1",
    "days": "day",
    "USD/t": "USD t-1",
    "USD/lb": "USD lb-1",
    "USD/yr": "USD year-1",
    "mn USD": "1e6 USD",
    "mn USD/quarter": "1e6 USD quarter-1",
    "bn USD/yr": "1e9 USD year-1",
    "bn base-year USD/yr": "1e9 USD year-1",
    "MUSD/bcm": "1e6 USD (1e9 m3)-1",
    "bcm/yr": "1e9 m3 year-1",
    "Mt/yr": "1e6 t year-1",
    "kt/yr": "1e3 t year-1",
    "kt": "1e3 t",
    "MW": "MW",
}
"""Units as UDUNITS spells them, but for USD and quarter, which it does not know."""


def dataset(source: Source) -> xr.Dataset:
    """Return the data set: ``metric`` (time, dims...) is the mean over members,
    ``metric_quantiles`` (time, dims..., quantile) their quantiles and, of metrics whose paths were
    kept, ``metric_members`` (time, dims..., member) the members.

    Cells that a metric does not record are NaN.
    """
    xarray = library("xarray", "xarray")
    cube = source.cube
    held = {s.metric for s in cube.series}
    own = [metric for metric in metrics.METRICS if metric.name in held]
    codes = _codes(own, cube)
    variables: dict[str, Any] = {}
    for metric in own:
        variables |= _variables(metric, cube, codes)
    coordinates = _times(cube.quarters) | {
        name: (name, np.array(values, dtype=object), {"long_name": name})
        for name, values in codes.items()
    }
    told = {"long_name": "quantile over the members", "units": "1"}
    coordinates["quantile"] = ("quantile", list(QUANTILES.values()), told)
    members = {values.shape[-1] for values in cube.paths.values()}
    if members:
        told = {"standard_name": "realization", "long_name": "member of the ensemble", "units": "1"}
        coordinates["member"] = ("member", np.arange(members.pop()), told)
    found: xr.Dataset = xarray.Dataset(variables, coordinates, _about(source))
    return found


def write(source: Source, path: Path) -> None:
    """Write the data set as NetCDF 4."""
    library("h5netcdf", "h5netcdf")
    found = dataset(source)
    packed = {"zlib": True, "complevel": 4, "shuffle": True}
    encoding: dict[str, Any] = {
        str(name): packed | {"_FillValue": np.nan} for name in found.data_vars if found[name].ndim
    }
    encoding["quantile"] = {"_FillValue": None}  # CF: coordinates have no missing values
    start = Quarter.parse(source.cube.quarters[0]).year
    for name in ("time", "time_bounds"):
        encoding[name] = {
            "units": f"days since {start}-01-01",
            "calendar": "standard",
            "dtype": "float64",
            "_FillValue": None,
        }
    found.to_netcdf(path, engine="h5netcdf", format="NETCDF4", encoding=encoding)


def _codes(own: list[Metric], cube: Cube) -> dict[str, list[str]]:
    """Return the codes of every dimension, those of all metrics together in the axes' order.

    Runs of other versions may have codes that this one does not know.
    """
    held: dict[str, dict[str, None]] = {}
    for one in cube.series:
        for name, code in zip(one.dims, one.cell, strict=True):
            held.setdefault(name, {})[code] = None
    found: dict[str, list[str]] = {}
    for name in DIMENSIONS:
        codes: dict[str, None] = {}
        for metric in own:
            if name in metric.dims:
                codes |= dict.fromkeys(metric.codes[metric.dims.index(name)])
        codes |= held.get(name, {})
        if codes:
            found[name] = sorted(codes, key=_order)
    return found


def _order(code: str) -> tuple[int, str]:
    known = (*axes.REGIONS[:-1], *axes.TRANSIT)
    return (known.index(code), "") if code in known else (len(known), "")


def _variables(metric: Metric, cube: Cube, codes: dict[str, list[str]]) -> dict[str, Any]:
    rows = cube.rows(metric.name)
    cells = [cube.series[row].cell for row in rows]
    statistics = cube.statistics[:, rows]
    own = [codes[dim] for dim in metric.dims]
    dims = ("time", *metric.dims)
    mean = statistics[..., [STATISTICS.index("mean")]]
    quantiles = statistics[..., [STATISTICS.index(name) for name in QUANTILES]]
    about = _described(metric)
    found: dict[str, Any] = {
        metric.name: (dims, _placed(mean, cells, own)[..., 0], about | _cells(metric, "mean")),
        f"{metric.name}_quantiles": ((*dims, "quantile"), _placed(quantiles, cells, own), about),
    }
    if metric.name in cube.paths:
        paths = _placed(cube.paths[metric.name], cells, own)
        found[f"{metric.name}_members"] = ((*dims, "member"), paths, about | _cells(metric, ""))
    return found


def _placed(values: Array, cells: list[tuple[str, ...]], codes: list[list[str]]) -> Array:
    """Return values (quarter, cell, ...) over the dimensions (quarter, dims..., ...), else NaN."""
    shape = (len(values), *(len(own) for own in codes), values.shape[-1])
    whole = np.full(shape, np.nan)
    for i, cell in enumerate(cells):
        place = [own.index(code) for own, code in zip(codes, cell, strict=True)]
        at: Any = (slice(None), *place)
        whole[at] = values[:, i]
    return whole


def _described(metric: Metric) -> dict[str, str]:
    about = {"long_name": metric.description, "units": _units(metric), "steppe_unit": metric.unit}
    if metric.name in _CONSTANT:
        about["comment"] = "US dollars at the prices of the base years (base_years)"
    elif "USD" in metric.unit:
        about["comment"] = "current US dollars"
    return about


def _units(metric: Metric) -> str:
    found = UNITS.get(metric.unit)
    if found is None:
        raise ExchangeError(f"{metric.name} has a unit that NetCDF files do not: {metric.unit}")
    return found


def _cells(metric: Metric, over_members: str) -> dict[str, str]:
    """Return what values of the quarter and the ensemble are, as CF spells it."""
    summed = metric.unit.endswith(_SUMMED) or metric.summary == "sum"
    methods = ["time: sum"] if summed else []
    methods += [f"realization: {over_members}"] if over_members else []
    return {"cell_methods": " ".join(methods)} if methods else {}


def _times(quarters: list[str]) -> dict[str, Any]:
    """Return the middle, the bounds and the names of quarters."""
    first = [_moment(Quarter.parse(text)) for text in quarters]
    last = [_moment(Quarter.parse(text) + 1) for text in quarters]
    bounds = np.array([first, last], dtype="datetime64[ns]").T
    middle = bounds[:, 0] + (bounds[:, 1] - bounds[:, 0]) // 2
    about = {
        "standard_name": "time",
        "long_name": "middle of the quarter",
        "axis": "T",
        "comment": "sums are over the quarter, other values those at its end",
    }
    return {
        "time": ("time", middle, about | {"bounds": "time_bounds"}),
        "time_bounds": (("time", "bound"), bounds),
        "quarter": ("time", np.array(quarters, dtype=object), {"long_name": "calendar quarter"}),
    }


def _moment(quarter: Quarter) -> datetime:
    return datetime(quarter.year, 1 + (quarter.quarter - 1) * 12 // PER_YEAR, 1)


def _about(source: Source) -> dict[str, str]:
    about = source.about()
    command = spellable(" ".join(str(word) for word in source.run.record["command"]))
    start = source.run.record["scenario"]["start"]
    return {
        "Conventions": "CF-1.11",
        "title": f"{about['scenario']}: {about['title']}",
        "source": f"{about['software']}, an agent-based scenario simulator of Central Asia",
        "history": f"{finished(source)}: {command}",
        "references": "docs/ODD.md and docs/metrics.md of steppe",
        "comment": "Means and quantiles over the members of an ensemble; priors, not forecasts",
        "base_years": ", ".join(map(str, base_years(start))),
        **{f"steppe_{key}": value for key, value in about.items() if key != "title"},
    }
