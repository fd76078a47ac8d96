"""Observed trade and GDP, as annual figures to lay over a backcast's bands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from steppe import axes
from steppe.figures.series import Array
from steppe.parameters import read_table

BACKCASTS = (2001, 2010)
"""Base years whose runs can be held against history."""


def trade(rows: Iterable[Mapping[str, str]] | None = None) -> dict[int, Array]:
    """Return observed trade ``(power, host)`` in mn USD by year: exports plus imports.

    Reads ``data/trade_bilateral.csv`` unless ``rows`` are given.  NaN where neither direction is
    known; where one is, the other counts as zero, as in the model's base states.
    """
    if rows is None:
        rows = read_table("trade_bilateral")
    known: dict[int, Array] = defaultdict(
        lambda: np.full((len(axes.POWERS), len(axes.HOSTS)), np.nan)
    )
    for row in rows:
        pair = row["exporter"], row["importer"]
        power = next((code for code in pair if code in axes.POWERS), None)
        host = next((code for code in pair if code in axes.HOSTS), None)
        if power is None or host is None or not row["value_musd"]:
            continue
        cell = axes.POWERS.index(power), axes.HOSTS.index(host)
        table = known[int(row["year"])]
        table[cell] = float(row["value_musd"]) + (0.0 if np.isnan(table[cell]) else table[cell])
    return dict(sorted(known.items()))


def shares(traded: Mapping[int, Array]) -> dict[int, Array]:
    """Return each power's part ``(power, host)`` of the host's trade with the five powers.

    A pair without a figure counts as zero; a host without any has no shares that year (NaN).
    """
    out = {}
    for year, table in traded.items():
        total = np.nansum(table, axis=0)
        total[total == 0] = np.nan
        out[year] = np.nan_to_num(table) / total
    return out


def gdp(rows: Iterable[Mapping[str, str]] | None = None) -> dict[int, Array]:
    """Return the nominal GDP ``(host,)`` of the hosts in bn USD by year, NaN where none is known.

    Reads ``data/macro.csv`` unless ``rows`` are given.
    """
    if rows is None:
        rows = read_table("macro")
    known: dict[int, Array] = defaultdict(lambda: np.full(len(axes.HOSTS), np.nan))
    for row in rows:
        if row["country"] in axes.HOSTS and row["gdp_nominal_bn"]:
            cell = axes.HOSTS.index(row["country"])
            known[int(row["year"])][cell] = float(row["gdp_nominal_bn"])
    return dict(sorted(known.items()))


def dots(table: Mapping[int, Array], cell: int | tuple[int, ...], first: int, last: int) -> Array:
    """Return ``(year, 2)``: the middle of each year from ``first`` to ``last`` and its figure."""
    points = [
        (year + 0.5, values[cell])
        for year, values in table.items()
        if first <= year <= last and np.isfinite(values[cell])
    ]
    return np.array(points, dtype=np.float64).reshape(-1, 2)
