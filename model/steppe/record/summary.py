"""``summary.csv``: the outcomes of a run, six significant digits a number."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import numpy as np

from steppe import metrics
from steppe.metrics import Series
from steppe.results import Band, Outcome

_BANDS = ("", "parent_", "difference_")
_QUANTILES = ("median", "q05", "q95")

COLUMNS = ("outcome", "unit", *(band + q for band in _BANDS for q in _QUANTILES), "rose")
"""Columns of ``summary.csv``; those about the parent scenario are empty when there is none."""


def written(rows: Sequence[Outcome]) -> str:
    """Return the text of ``summary.csv``, six significant digits a number."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(cells, rows))
    return text.getvalue()


def cells(row: Outcome) -> list[str]:
    """Return the cells of an outcome under :data:`COLUMNS`."""
    label, unit, *numbers = values(row)
    return [label, unit, *("" if np.isnan(number) else f"{number:.6g}" for number in numbers)]


def values(row: Outcome) -> tuple[str, str, *tuple[float, ...]]:
    """Return an outcome's values under :data:`COLUMNS`, NaN where there is none."""
    bands = (row.band, row.parent, row.difference)
    numbers = [getattr(band, q, None) for band in bands for q in _QUANTILES]
    known = [np.nan if n is None or not np.isfinite(n) else n for n in (*numbers, row.rose)]
    return row.series.label, row.series.outcome_unit, *known


def outcome(row: Mapping[str, str]) -> Outcome:
    """Return the outcome of one row."""
    bands = [Band(*(float(row[prefix + q] or "nan") for q in _QUANTILES)) for prefix in _BANDS]
    compared = any(row[prefix + q] for prefix in _BANDS[1:] for q in _QUANTILES)
    metric, _, inside = row["outcome"].partition("[")
    cell = tuple(inside.removesuffix("]").split(",")) if inside else ()
    dims = metrics.BY_NAME[metric].dims if metric in metrics.BY_NAME else ()
    return Outcome(
        Series(metric, dims, cell, row["unit"], row["unit"]),
        bands[0],
        bands[1] if compared else None,
        bands[2] if compared else None,
        float(row["rose"]) if row["rose"] else None,
    )
