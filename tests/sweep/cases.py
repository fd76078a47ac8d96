"""A small sweep that tests share: a short backcast, a few points, blocks of a few rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from steppe import scenario
from steppe.sweeps import Request, Swept, sweep

TEXT = """title: A short look back
extends: backcast_2000
horizon: {end: 2001Q2}
"""

VARY = ("trade.elasticity=2:4", "powers.lapse=0.05:0.2")


def case() -> scenario.Scenario:
    return scenario.loads(TEXT, name="short")


def request(**changes: Any) -> Request:
    settings = {"case": case(), "vary": VARY, "samples": 6, "members": 3, "block": 4}
    return Request(**(settings | changes))


def swept(folder: Path, **changes: Any) -> Swept:
    return sweep(request(), out=folder, **changes)


def rows(folder: Path) -> pd.DataFrame:
    """Return the outcome rows of a sweep's folder, in order, whatever parts they stand in."""
    parts = [pq.read_table(p) for p in sorted((folder / "outcomes").glob("*.parquet"))]
    frame = pd.concat([p.to_pandas() for p in parts], ignore_index=True)
    return frame.sort_values(["point", "member"], ignore_index=True)


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Require the same rows to the bit."""
    assert list(one.columns) == list(other.columns)
    assert len(one) == len(other)
    for name in one.columns:
        np.testing.assert_array_equal(one[name].to_numpy(), other[name].to_numpy(), err_msg=name)
