"""A sweep and its tables."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from steppe.api.arguments import Case, spelled, worker_count
from steppe.api.frames import frame_of, xarray_module

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from steppe.sweeps import SweepFolder


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
        return frame_of(self._folder.read("design.parquet"))

    @cached_property
    def members(self) -> pd.DataFrame:
        """A row a member: what all points draw alike."""
        return frame_of(self._folder.read("members.parquet"))

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
        xarray = xarray_module()
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
        frames = [frame_of(table) for table, _ in parts] or [
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
        spelled(set),
    )
    swept = sweeps.sweep(
        request,
        out=out,
        resume=resume,
        extend=extend,
        retry_failed=retry_failed,
        workers=worker_count(workers),
        scheduler=scheduler,
    )
    return Sweep(swept.path, swept.status, swept.complete)
