"""Sweeps of invented outcomes: real designs, folders and parts, and a formula for the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from steppe import scenario
from steppe.design import Design, make, released, variables
from steppe.parameters import registry
from steppe.sweeps.drive import Progress
from steppe.sweeps.plan import Plan
from steppe.sweeps.session import Session
from steppe.sweeps.store import SweepFolder
from steppe.sweeps.work import Answer

Array = NDArray[np.float64]
Formula = Callable[[Array, NDArray[np.int64]], Array]
"""Gives an outcome from values (run, variable) and the runs' members (run,)."""

TEXT = """title: A short look back
extends: backcast_2000
horizon: {end: 2001Q2}
"""

THREE = ("trade.elasticity=2:4", "powers.lapse=0.05:0.2", "japan.conversion=0:0.8")


def case(text: str = TEXT) -> scenario.Scenario:
    return scenario.loads(text, name="short")


def laid_out(method: str, samples: int, vary: tuple[str, ...] = THREE, seed: int = 1) -> Design:
    own = variables(vary, case(), registry())
    return make(method, own, () if method == "factorial" else (samples,), seed)


def invented(
    folder: Path,
    design: Design,
    outcomes: Mapping[str, Formula],
    members: int = 2,
    block: int = 1000,
    blocks: int | None = None,
) -> SweepFolder:
    """Leave a sweep of formulas in the model's place, or only its first ``blocks``."""
    own = released(case(), [v.name for v in design.variables])
    plan = Plan(own, design, members, own.seed, block)
    progress = Progress(plan.rows, plan.blocks)
    with SweepFolder(folder) as place:
        session = Session.begin(place, plan, [])
        for number in range(plan.blocks if blocks is None else blocks):
            points, member = plan.numbers(number)
            values = design.values[points]
            table = pa.table(
                {"point": points, "member": member}
                | {label: formula(values, member) for label, formula in outcomes.items()}
            )
            answer = Answer(number, table, (), 0.0, "here", None)
            progress.done[number] = place.put(plan, answer)
        session.close(progress, "done" if len(progress.done) == plan.blocks else "interrupted")
    return place


def unit(values: Array, design: Design) -> Array:
    """Return values of uniform variables as places between 0 and 1."""
    low, high = np.array([v.distribution.support for v in design.variables]).T
    return (values - low) / (high - low)


def ishigami(design: Design) -> Formula:
    """Return Ishigami's function with a = 7, b = 0.1, and a member's own level."""

    def formula(values: Array, member: NDArray[np.int64]) -> Array:
        x = np.pi * (2.0 * unit(values, design) - 1.0)
        sine = np.sin(x[:, 1])
        return np.sin(x[:, 0]) * (1.0 + 0.1 * x[:, 2] ** 4) + 7.0 * sine * sine + member

    return formula
