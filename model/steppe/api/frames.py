"""Tables as analysts have them: pandas frames and xarray, of Arrow tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from steppe import extras

if TYPE_CHECKING:
    import pandas as pd


def frame_of(table: Any) -> pd.DataFrame:
    """Return an Arrow table as a frame."""
    frame: pd.DataFrame = table.to_pandas()
    return frame


def joined(parts: Iterable[Any]) -> pd.DataFrame:
    """Return Arrow tables of the same columns as one frame."""
    import pyarrow as pa

    return frame_of(pa.concat_tables(parts))


def xarray_module() -> Any:
    """Return xarray, which is not installed with the model itself."""
    return extras.library("xarray", "xarray", ModuleNotFoundError)
