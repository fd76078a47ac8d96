"""Runs, sweeps, batches and comparisons from Python: the work of the command line, as tables.

    import steppe

    run = steppe.run("chabahar_completion", members=50)
    run.members["trade_share[JPN,UZB]"].describe()

    steppe.compare("baseline", run)

    swept = steppe.sweep("baseline", ["trade.elasticity=2:4"], samples=20, members=10)
    swept.outcomes.groupby("point").mean()

    batch = steppe.batch(["baseline", "chinese_retrenchment", "double_retreat"], members=50)
    batch.index.pivot(index="outcome", columns="scenario", values="difference_median")

    steppe.open("runs/chabahar_completion-...").chronicle

What a sweep tells, and a scenario as a model of the EMA workbench (extra ``analysis``):

    steppe.sensitivity(swept, "influence_share[JPN,UZB]").table
    steppe.discover(swept, "influence_share[JPN,UZB] > 0.03").box
    steppe.robustness(crossed, "japan", "influence_share[JPN,UZB]").strategies

    steppe.workbench_model("baseline", ["influence_share[JPN,UZB]"])

Mistakes raise ``steppe.scenario.Problems``, ``steppe.record.RecordError``,
``steppe.sweeps.SweepError`` or ``ValueError`` with the sentences that the command prints.

With ``workers`` above 1, call them below ``if __name__ == "__main__":`` in a script.
"""

from __future__ import annotations

from steppe.api.arguments import Case
from steppe.api.batches import Batch, batch
from steppe.api.comparisons import compare
from steppe.api.findings import Indices, Region, Robustness, discover, robustness, sensitivity
from steppe.api.folders import open
from steppe.api.runs import Run, run
from steppe.api.sweeps import Sweep, sweep
from steppe.api.workbench import workbench_model

__all__ = [
    "Batch",
    "Case",
    "Indices",
    "Region",
    "Robustness",
    "Run",
    "Sweep",
    "batch",
    "compare",
    "discover",
    "open",
    "robustness",
    "run",
    "sensitivity",
    "sweep",
    "workbench_model",
]
