"""What a caller asks of a sweep, checked before anything is computed or written."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from steppe import guard, scenario
from steppe.design import METHODS, Design, make, read_points, released, variables
from steppe.design.layout import DesignError
from steppe.design.variables import check
from steppe.parameters import registry
from steppe.sweeps.drive import Progress, Work, drive, hands
from steppe.sweeps.hands import HandsError
from steppe.sweeps.plan import MOST_MEMBERS, Plan
from steppe.sweeps.session import Session, check_software, new_plan, plan_of
from steppe.sweeps.store import (
    DESIGN,
    LOCK,
    LOG,
    RECORD,
    SCENARIO,
    SweepError,
    SweepFolder,
    default_folder,
)
from steppe.sweeps.store import MEMBERS as MEMBERS_TABLE

Status = Literal["done", "interrupted"]

_BEGINNINGS = {
    *(SCENARIO, MEMBERS_TABLE, DESIGN, LOCK, LOG),
    *(f".{name}.tmp" for name in (SCENARIO, MEMBERS_TABLE, DESIGN, RECORD)),
}
"""What a sweep that was killed at its very beginning may have left."""

MEMBERS = 10
"""Members of a point when nobody says."""

SAMPLES = {"lhs": 100, "sobol": 64, "morris": 20}
"""Samples of a method when nobody says."""


@dataclass(frozen=True)
class Request:
    """What a sweep is to compute; ``case`` None takes it from the folder that is resumed.

    ``vary`` as :func:`steppe.design.variables` reads it; ``points`` a CSV table in its place.
    """

    case: str | os.PathLike[str] | scenario.Scenario | None
    vary: Sequence[str] = ()
    points: Path | None = None
    method: str = "lhs"
    samples: int | None = None
    members: int | None = None
    seed: int | None = None
    set_values: Sequence[str] = ()
    block: int | None = None
    """Runs of a part, and of one model object; None: as many as suit the sweep's size."""


@dataclass(frozen=True)
class Swept:
    """A sweep that has ended or was stopped: where it lies and how far it came."""

    path: Path
    status: Status
    plan: Plan
    progress: Progress = field(repr=False)

    @property
    def complete(self) -> bool:
        return len(self.progress.done) == self.plan.blocks


def prepared(request: Request) -> Plan:
    """Return the plan of a request; ``Problems`` or :class:`SweepError` tell what is wrong."""
    if request.case is None:
        raise SweepError("name the scenario to sweep")
    if isinstance(request.case, scenario.Scenario):
        case = request.case
    else:
        case = scenario.load(request.case, set_values=request.set_values, seed=request.seed)
    members = MEMBERS if request.members is None else request.members
    if not 1 <= members <= MOST_MEMBERS:
        raise SweepError(f"--members {members}: must lie between 1 and {MOST_MEMBERS:,}")
    try:
        design = _design(request, case)
    except DesignError as error:
        raise SweepError(str(error)) from None
    names = [v.name for v in design.variables]
    fixed = [text for text in request.set_values if text.partition("=")[0].strip() in names]
    if fixed:
        raise SweepError(f"--set {fixed[0]}: the sweep varies it")
    return new_plan(released(case, names), design, members, request.block)


def sweep(
    request: Request,
    *,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    extend: int | None = None,
    retry_failed: bool = False,
    share: tuple[int, int] = (1, 1),
    seconds: float = float("inf"),
    workers: int = 1,
    scheduler: str | None = None,
    command: Sequence[str] = (),
    stop: Callable[[], bool] = lambda: False,
    on_start: Callable[[Session], None] = lambda session: None,
    on_part: Callable[[Progress], None] = lambda progress: None,
) -> Swept:
    """Begin a sweep in the folder ``out``, or go on with the one that is there.

    Raises ``Problems`` and :class:`SweepError` before anything is computed, and ``HandsError`` or
    :class:`SweepError` when it cannot go on; what was written until then is kept.
    """
    guard.leave_import()
    again = resume or retry_failed or extend is not None
    if extend is not None and extend < 1:
        raise SweepError(f"--extend {extend}: must be at least 1")
    plan = prepared(request) if request.case is not None or not again else None
    if out is None:
        if plan is None or again:
            raise SweepError("name the sweep's folder: --out DIR")
        out = default_folder(plan.scenario.name, plan.scenario.digest())
    folder = SweepFolder(out)
    _refuse_foreign(folder, again, plan)
    with folder:
        session = _session(folder, plan, again, command)
        if extend is not None:
            session.extend(extend)
        on_start(session)
        work = Work(share, retry_failed, seconds)
        who = partial(hands, workers, scheduler, stop)
        progress = Progress(session.plan.rows, session.plan.blocks)
        try:
            progress = drive(folder, session.plan, who, work, stop=stop, on_part=on_part)
        except BaseException as error:
            status = "failed" if isinstance(error, Exception) else "interrupted"
            with suppress(SweepError, OSError):
                session.abandon(status, str(error))
            if isinstance(error, SweepError):
                error.begun = True
            raise
        mine = all(block in progress.done for block in session.plan.shared(share))
        status = "done" if mine else "interrupted"
        session.close(progress, status)
    return Swept(folder.path, "done" if mine else "interrupted", session.plan, progress)


def _design(request: Request, case: scenario.Scenario) -> Design:
    if request.points is not None:
        if request.vary:
            raise SweepError("--points and --vary exclude each other")
        return read_points(Path(request.points), registry())
    if request.method not in METHODS:
        raise SweepError(f"--method {request.method}: one of {', '.join(METHODS)}")
    found = variables(request.vary, case, registry())
    check(found)
    if request.method == "factorial":
        if request.samples is not None:
            raise SweepError("--samples: a factorial design has as many points as combinations")
        return make("factorial", found, (), case.seed)
    samples = SAMPLES[request.method] if request.samples is None else request.samples
    if samples < 1:
        raise SweepError(f"--samples {samples}: must be at least 1")
    return make(request.method, found, (samples,), case.seed)


def _refuse_foreign(folder: SweepFolder, again: bool, plan: Plan | None) -> None:
    """Refuse a folder that holds something else, and one whose sweep was not asked for again."""
    path = folder.path
    if path.exists() and not path.is_dir():
        raise SweepError(f"{path}: a sweep is a folder, this is a file")
    if folder.exists:
        folder.record()
        if not again:
            raise SweepError(f"{path}: holds a sweep already; --resume goes on with it")
    elif path.is_dir() and any(p.name not in _BEGINNINGS for p in path.iterdir()):
        raise SweepError(f"{path}: holds other files; name a new or an empty folder")
    elif plan is None:
        raise SweepError(f"{path}: there is no such sweep to go on with; name its scenario")


def _session(
    folder: SweepFolder, plan: Plan | None, again: bool, command: Sequence[str]
) -> Session:
    if not folder.exists:
        assert plan is not None
        return Session.begin(folder, plan, command)
    record = folder.record()
    if not again:
        raise SweepError(f"{folder.path}: holds a sweep already; --resume goes on with it")
    check_software(folder, record)
    if plan is not None:
        _refuse_other(folder, plan, plan_of(folder, record))
    return Session.resume(folder, command)


def _refuse_other(folder: SweepFolder, asked: Plan, there: Plan) -> None:
    """Refuse to go on with a sweep of something else than what the call describes."""
    head = there.design.values[: len(asked.design)]
    names = [[v.name for v in p.design.variables] for p in (asked, there)]
    differs = {
        "the scenario": asked.scenario.digest() != there.scenario.digest(),
        "the seed": asked.seed != there.seed,
        "the number of members": asked.members != there.members,
        "the method": asked.design.method != there.design.method,
        "what varies": names[0] != names[1],
        "the design's points": head.shape != asked.design.values.shape
        or not np.array_equal(head, asked.design.values),
    }
    what = next((name for name, so in differs.items() if so), None)
    if what is not None:
        raise SweepError(
            f"{folder.path}: {what} of the sweep there is not that of this call; resume it with "
            "--resume --out alone, or begin another in a new folder"
        )


__all__ = ["HandsError", "Request", "Swept", "prepared", "sweep"]
