"""``steppe sweep --dry-run``: what a sweep would take, measured on a part of it."""

from __future__ import annotations

import json

import numpy as np

from steppe import provenance
from steppe.cli.codes import DONE
from steppe.cli.sweep import span_of
from steppe.summary import outcome_series
from steppe.sweeps.plan import Plan
from steppe.sweeps.work import compute

TRIED = 64
"""Rows that are computed to measure what one takes."""

PACKED = 0.93
"""Bytes on disk over bytes in memory of a table of outcomes, measured."""


def forecast(plan: Plan, workers: int, as_json: bool) -> int:
    """Print points, runs, parts, time, disk and memory; write nothing."""
    first = plan.job(0)
    tried = first.only(np.arange(min(TRIED, len(first.points))))
    compute(tried.only(np.arange(min(2, len(tried.points)))))  # compiles, fills caches
    answer = compute(tried)
    a_run = answer.seconds / len(tried.points)
    columns = 2 + len(outcome_series(plan.scenario))
    size = PACKED * 8 * columns * plan.rows + 8 * len(plan.design) * len(plan.design.variables)
    peak = provenance.peak_memory_mb()
    found = {
        "scenario": plan.scenario.name,
        "method": plan.design.method,
        "varied": len(plan.design.variables),
        "points": len(plan.design),
        "members": plan.members,
        "rows": plan.rows,
        "parts": plan.blocks,
        "seconds": round(a_run * plan.rows / workers, 1),
        "workers": workers,
        "disk_mb": round(size / 1e6, 1),
        "memory_mb_per_process": None if peak is None else round(peak),
    }
    if as_json:
        print(json.dumps(found))
        return DONE
    took = span_of(found["seconds"])  # type: ignore[arg-type]
    print(f"{found['points']:,} points of {found['varied']} parameters by {found['method']}")
    print(f"x {plan.members} members = {plan.rows:,} runs of {plan.scenario.name}")
    print(f"in {plan.blocks:,} parts of {plan.block} runs")
    print(f"time    {took} with {workers} worker{'s' * (workers > 1)} like this one")
    print(f"disk    {found['disk_mb']:,} MB")
    print(f"memory  about {found['memory_mb_per_process']} MB a process")
    return DONE
