"""What a sweep tells, from Python: the results of the commands of the same names, with tables."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from steppe.api.sweeps import Sweep
from steppe.record import run_folder

if TYPE_CHECKING:
    import pandas as pd

    from steppe.analysis.findings.discovery import Discovery
    from steppe.analysis.findings.reading import Source
    from steppe.analysis.findings.robustness import Robustness as Found
    from steppe.analysis.findings.sensitivity import Sensitivity

Swept = Sweep | str | os.PathLike[str]
"""A sweep: an object, its folder or its name in ``./runs``."""


@dataclass(frozen=True)
class Indices:
    """How much each parameter of a sweep matters for one outcome."""

    found: Sensitivity
    notes: tuple[str, ...]
    """Points that are missing."""

    @property
    def method(self) -> str:
        """``morris``, ``sobol`` or ``pawn``."""
        return self.found.method

    @property
    def table(self) -> pd.DataFrame:
        """A row a parameter, the most influential first; each index with ``_low`` and ``_high``.

        The ends are those of a 95 % interval over the sweep's samples.
        """
        import pandas as pd

        found = self.found
        columns: dict[str, object] = {}
        for index in found.indices:
            columns[index.name] = index.value
            columns[f"{index.name}_low"], columns[f"{index.name}_high"] = index.low, index.high
        frame = pd.DataFrame(columns | found.plain, index=pd.Index(found.names, name="parameter"))
        return frame.iloc[found.order]

    @property
    def threshold(self) -> float | None:
        """What an index of a parameter without any effect stays below (PAWN only)."""
        return self.found.threshold

    @property
    def samples_needed(self) -> int | None:
        """Samples that would make the intervals narrow; None when they are."""
        return self.found.enough


@dataclass(frozen=True)
class Region:
    """Where in a sweep a condition holds: the box of PRIM and the leaves of a tree (CART)."""

    condition: str
    found: Discovery
    box: pd.DataFrame
    """A row a limited parameter: ``low``, ``high``, its ``sweep_low`` and ``sweep_high``, and
    ``quasi_p``, the larger of its limits' quasi-p-values."""
    scenario: str
    """The box as the text of a scenario file."""
    notes: tuple[str, ...]
    """Points that are missing."""

    @property
    def coverage(self) -> float:
        """Part of the points of interest that lie in the box."""
        return self.found.box.coverage

    @property
    def density(self) -> float:
        """Part of the points in the box that are of interest."""
        return self.found.box.density

    @property
    def base_rate(self) -> float:
        """Part of all points that are of interest."""
        return self.found.base_rate

    @property
    def peeling(self) -> pd.DataFrame:
        """A row a step of PRIM: ``coverage``, ``density``, ``mass`` and ``restricted``."""
        import pandas as pd

        peeling = self.found.peeling
        columns = {name: getattr(peeling, name) for name in ("coverage", "density", "mass")}
        frame = pd.DataFrame(columns | {"restricted": peeling.restricted})
        return frame.rename_axis("step")


@dataclass(frozen=True)
class Robustness:
    """How strategies of levers fare in the same worlds."""

    outcome: str
    found: Found
    reference: dict[str, float]
    """The levels that single levers are turned from."""
    notes: tuple[str, ...]
    """Points that are missing."""

    @property
    def strategies(self) -> pd.DataFrame:
        """A row a strategy, the least 95 % regret first: its levels, the outcome, regret, parts."""
        return _frame(self.found.strategies)

    @property
    def levers(self) -> pd.DataFrame:
        """A row a level of a lever: what turning it does while all else stays."""
        return _frame(self.found.turns)


def sensitivity(sweep: Swept, metric: str, method: str | None = None) -> Indices:
    """Tell which parameters of a sweep matter for one outcome; as ``steppe sensitivity``.

    ``metric`` is a label, ``influence_share[JPN,UZB]``.  ``method`` is ``morris``, ``sobol``
    (sweeps of that method) or ``pawn`` (any), None the one for the sweep's design.  Raises
    ``ValueError`` and ``SweepError`` with the sentences that the command prints.
    """
    from steppe.analysis.findings import questions

    source = _source(sweep)
    label = questions.one_outcome(source, metric, "indices are of one")
    asked = questions.what_matters(source, label, method)
    return Indices(asked.found[0], tuple(asked.points.notes()))


def discover(sweep: Swept, where: str, step: int | None = None) -> Region:
    """Tell where in what a sweep varied a condition on outcomes holds; as ``steppe discover``.

    ``where`` is a condition, ``"influence_share[JPN,UZB] > 0.03 and gdp[UZB] > 250"``, of the means
    over members; ``step`` takes that box of the peeling.
    """
    import pandas as pd

    from steppe.analysis.findings import box_scenario, questions

    source = _source(sweep)
    asked = questions.when_it_matters(source, where, step)
    condition, found = str(asked.condition), asked.found
    variables = source.design.variables
    rows = {
        name: (*spans, max(end.quasi_p for end in found.box.limits[name] if end is not None))
        for name, spans in box_scenario.ranges(variables, found.box).items()
    }
    columns = ["low", "high", "sweep_low", "sweep_high", "quasi_p"]
    box = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("parameter")
    text = box_scenario.box_scenario(
        source.plan.scenario, variables, found.box, condition, "Found from Python."
    )
    return Region(condition, found, box, text, tuple(asked.points.notes()))


def robustness(
    sweep: Swept,
    lever: str | Sequence[str],
    metric: str,
    *,
    less: bool = False,
    where: str | None = None,
) -> Robustness:
    """Tell which levers of a sweep help whatever else happens; as ``steppe robustness``.

    The sweep must cross the levers with what else it varies (``method="factorial"``).  ``less``
    when less of the outcome is better; ``where`` says what is good enough.
    """
    from steppe.analysis.findings import questions

    levers = (lever,) if isinstance(lever, str) else tuple(lever)
    asked = questions.which_is_robust(_source(sweep), levers, metric, less, where)
    return Robustness(asked.label, asked.found, asked.reference, tuple(asked.points.notes()))


def _source(sweep: Swept) -> Source:
    from steppe.analysis.findings.reading import opened

    if isinstance(sweep, Sweep):
        return opened(sweep.path)
    return opened(run_folder(os.fspath(sweep)) or Path(sweep))


def _frame(rows: Sequence[object]) -> pd.DataFrame:
    """Return rows of plain values as a table, levels first."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                **getattr(row, "levels", {}),
                **{k: v for k, v in vars(row).items() if isinstance(v, int | float | str)},
            }
            for row in rows
        ]
    )
