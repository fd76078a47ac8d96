"""Beginning, resuming, extending and ending a sweep: what its record says of it."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from steppe import provenance, scenario
from steppe.design import Design, Variable
from steppe.design.layout import DesignError
from steppe.parameters import registry
from steppe.record.form import REPORT, about, timestamp
from steppe.scenario import Distribution, Problems, Scenario, posterior
from steppe.sweeps.drive import Progress
from steppe.sweeps.plan import Plan, fitting
from steppe.sweeps.store import (
    DESIGN,
    FINDINGS,
    LOG,
    MEMBERS,
    OUTCOMES,
    RECORD,
    SCENARIO,
    SweepError,
    SweepFolder,
)
from steppe.sweeps.work import own_software

SCHEMA_VERSION = 1


@dataclass
class Session:
    """A sweep at work: its folder, which belongs to this process, its plan and its record."""

    folder: SweepFolder
    plan: Plan
    record: dict[str, Any]
    began: float
    """Seconds on the clock of the process."""
    spent: float
    """Processor seconds of the process before the sweep."""

    @classmethod
    def begin(cls, folder: SweepFolder, plan: Plan, command: Sequence[str]) -> Session:
        """Write what a sweep leaves before its first part."""
        record = {
            "schema_version": SCHEMA_VERSION,
            "kind": "sweep",
            "status": "running",
            "error": None,
            "command": list(command),
            "scenario": about(plan.scenario),
            "members": plan.members,
            "seed": plan.seed,
            "block": plan.block,
            "started": timestamp(),
            "finished": None,
            **provenance.origin(),
            "resources": None,
            "files": {},
        }
        session = cls(folder, plan, record, time.perf_counter(), provenance.cpu_seconds())
        folder.write(SCENARIO, plan.scenario.dump())
        folder.write(MEMBERS, _members(plan))
        session._save_design()
        folder.log("started", command=list(command), rows=plan.rows, blocks=plan.blocks)
        return session

    @classmethod
    def resume(cls, folder: SweepFolder, command: Sequence[str]) -> Session:
        """Open an unfinished sweep, or a finished one to extend; :class:`SweepError`."""
        record = folder.record()
        plan = plan_of(folder, record)
        session = cls(folder, plan, record, time.perf_counter(), provenance.cpu_seconds())
        if not (folder.path / MEMBERS).is_file():
            folder.write(MEMBERS, _members(session.plan))
        record |= {"status": "running", "error": None, "finished": None}
        folder.save(record)
        folder.log("resumed", command=list(command), rows=session.plan.rows)
        return session

    def extend(self, samples: int) -> None:
        """Put further samples behind the design's own; :class:`SweepError`."""
        try:
            longer = self.plan.design.extended(samples)
        except DesignError as error:
            raise SweepError(str(error)) from None
        before = len(self.plan.design)
        if not np.array_equal(longer.values[:before], self.plan.design.values):
            raise SweepError(
                "this version of the samplers lays out other points than the one that began the "
                "sweep: begin a new sweep"
            )
        self.plan = replace(self.plan, design=longer)
        self._save_design()
        self.folder.log("extended", samples=samples, points=len(longer))

    def close(self, progress: Progress, status: str, error: str | None = None) -> None:
        """Write how it ended: status, failures, resources and the hash of every small file."""
        folder = self.folder
        folder.write_failures(progress.failures)
        self.record |= {
            "status": status,
            "error": error,
            "finished": timestamp(),
            "rows_done": progress.rows_done,
            "failed_points": progress.failed_points,
            "resources": {
                "wall_seconds": round(time.perf_counter() - self.began, 3),
                "cpu_seconds": round(provenance.cpu_seconds() - self.spent, 3),
                "peak_memory_mb": provenance.peak_memory_mb(),
                "rows_computed": progress.computed,
            },
            "files": {
                name: provenance.sha256(folder.path / name)
                for name in provenance.files_below(folder.path)
                if name not in (RECORD, LOG, REPORT)
                and not name.startswith((OUTCOMES, FINDINGS, "."))
            },
        }
        folder.save(self.record)
        folder.log("ended", status=status, error=error, rows=progress.rows_done)

    def abandon(self, status: str, error: str) -> None:
        """Write that it ended before its time; parts and log tell how far it came."""
        self.record |= {"status": status, "error": error or None, "finished": timestamp()}
        self.folder.log("ended", status=status, error=error or None)
        self.folder.save(self.record)

    def _save_design(self) -> None:
        """Write the design first: the record tells how many of its points count."""
        plan = self.plan
        columns: dict[str, Any] = {"point": np.arange(len(plan.design))}
        for i, variable in enumerate(plan.design.variables):
            columns[variable.name] = plan.design.values[:, i]
        self.folder.write(DESIGN, pa.table(columns))
        self.record["design"] = {
            "method": plan.design.method,
            "blocks": list(plan.design.blocks),
            "seed": plan.design.seed,
            "points": len(plan.design),
            "variables": [v.data() for v in plan.design.variables],
        }
        self.record["rows"], self.record["blocks"] = plan.rows, plan.blocks
        self.folder.save(self.record)


def plan_of(folder: SweepFolder, record: dict[str, Any]) -> Plan:
    """Return the plan of a sweep's folder; :class:`SweepError` when it cannot be gone on with."""
    try:
        about = record["design"]
        case = _scenario(folder, record)
        variables = tuple(_variable(v) for v in about["variables"])
        table = folder.read(DESIGN)
        points = int(about["points"])
        values = np.column_stack([table.column(v.name).to_numpy() for v in variables])[:points]
        if len(values) < points or not np.isfinite(values).all():
            raise SweepError(f"{folder.path / DESIGN}: damaged, points are missing")
        design = Design(
            about["method"], variables, int(about["seed"]), tuple(about["blocks"]), values
        )
        members, block = int(record["members"]), int(record["block"])
        if min(members, block, points) < 1:
            raise ValueError("a sweep has points and members")
        return Plan(case, design, members, int(record["seed"]), block)
    except (KeyError, TypeError, ValueError) as error:
        raise SweepError(
            f"{folder.path}: the record is damaged or of another version ({error})"
        ) from None


def check_software(folder: SweepFolder, record: dict[str, Any]) -> None:
    """Refuse to mix parts of different versions: their rows would not be comparable."""
    version, data = own_software()
    then = record.get("software", {}).get("version"), record.get("data", {}).get("sha256")
    if None in then:
        raise SweepError(f"{folder.path}: the record is damaged or of another version")
    if then != (version, data):
        what = "version " + str(then[0]) if then[0] != version else "other data"
        raise SweepError(
            f"{folder.path}: begun with {what} of steppe, this is version {version}; resume it "
            "with the same, or begin a new sweep"
        )


def new_plan(case: Scenario, design: Design, members: int, block: int | None = None) -> Plan:
    """Return the plan of a design over a scenario whose varied parameters are released."""
    rows = len(design) * members
    return Plan(case, design, members, case.seed, fitting(rows) if block is None else block)


def _scenario(folder: SweepFolder, record: dict[str, Any]) -> Scenario:
    try:
        text = (folder.path / SCENARIO).read_text(encoding="utf-8")
        found = scenario.loads(text, name=record["scenario"]["name"])
    except (OSError, UnicodeDecodeError, Problems) as error:
        told = error.problems[0].message if isinstance(error, Problems) else str(error)
        raise SweepError(f"{folder.path / SCENARIO}: {told}") from None
    if found.digest() != record["scenario"]["sha256"]:
        raise SweepError(f"{folder.path / SCENARIO}: changed since the sweep began")
    return found


def _variable(data: dict[str, Any]) -> Variable:
    """Return a variable from what a record keeps of it."""
    spelled = {k: v for k, v in data.items() if k not in ("name", "unit")}
    ((shape, arguments),) = spelled.items()
    if shape == posterior.NAME:
        return Variable(data["name"], data["unit"], posterior.columns()[data["name"]])
    low, high = -math.inf, math.inf
    if shape in ("normal", "lognormal"):
        low, high = registry()[data["name"]].low, registry()[data["name"]].high
    distribution = Distribution(shape, tuple(float(a) for a in arguments), low, high)
    return Variable(data["name"], data["unit"], distribution)


def _members(plan: Plan) -> pa.Table:
    """Return what the members draw, alike at all points, one row a member."""
    drawn = scenario.sample(plan.scenario, registry(), range(plan.members), plan.seed).varied
    return pa.table({"member": np.arange(plan.members)} | drawn)
