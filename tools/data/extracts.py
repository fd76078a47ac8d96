"""Reading the extracts: the figures as their sources print them, cut to what the project uses."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).resolve().parents[1] / "extracts"

POWERS = ("JPN", "CHN", "RUS", "TUR", "IND")
HOSTS = ("KAZ", "UZB", "TKM", "KGZ", "TJK")
STATES = POWERS + HOSTS
ROW = "ROW"
REGIONS = (*STATES, ROW)


def region(code: str) -> str:
    """Return the trading region of a country code: itself for the ten states, otherwise ROW."""
    return code if code in STATES else ROW


@cache
def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", keep_default_na=False, na_values=[""])


def read(name: str) -> pd.DataFrame:
    """Return extract ``name`` as a frame; empty cells are NaN. The caller may change it."""
    return _read(name).copy()
