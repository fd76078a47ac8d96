"""An ensemble: members in chunks that advance in step, and what is kept of them.

A chunk is one model object.  All chunks stand at the same quarter, so that each quarter's
quantiles over all members come from one sort and history is never held whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import guard
from steppe.chronicle import Chronicle
from steppe.clock import span
from steppe.crews import Chunk, Varied, crew
from steppe.laws.compiled import compiled
from steppe.metrics import METRICS, Series
from steppe.results import STATISTICS, Results
from steppe.scenario import Scenario
from steppe.summary import Outcomes, outcome_series, rows_of

Array = NDArray[np.float64]

CHUNK = 256
"""Members a model object carries at most: more gain nothing, fewer pay for the interpreter."""

QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)


def run(
    scenario: Scenario,
    *,
    members: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    trajectories: Collection[str] = (),
    chunk: int = CHUNK,
    on_quarter: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Results:
    """Run ``members`` members of a scenario and return what is kept of them.

    ``workers`` processes share the chunks; ``trajectories`` names metrics whose members are kept
    quarter by quarter (``all`` for every one); ``on_quarter`` is called with (done, total) after
    each quarter; ``stop`` ends the run early when it returns True.
    """
    guard.leave_import()
    count = scenario.members if members is None else members
    number = scenario.seed if seed is None else seed
    part = min(chunk, -(-count // max(workers, 1)))
    chunks = [
        Chunk(scenario, number, first, min(part, count - first)) for first in range(0, count, part)
    ]
    with crew(chunks, workers) as hands:
        keeper = _Keeper(scenario, hands.varied, count, trajectories)
        total = len(keeper.quarters)
        for t in range(total):
            if stop is not None and stop():
                break
            keeper.take(t, hands.advance())
            if on_quarter is not None:
                on_quarter(t + 1, total)
        happened = Chronicle.concat(hands.chronicle())
    return keeper.results(number, happened)


class _Keeper:
    """Collects statistics, outcomes and trajectories while the chunks advance."""

    def __init__(
        self,
        scenario: Scenario,
        varied: list[Varied],
        members: int,
        trajectories: Collection[str],
    ) -> None:
        self.scenario, self.varied, self.members = scenario, varied, members
        self.quarters = span(scenario.horizon.start, scenario.horizon.end)
        self.series: tuple[Series, ...] = tuple(s for m in METRICS for s in m.series)
        self.rows = rows_of(METRICS)
        self.statistics = np.full((len(self.quarters), len(self.series), len(STATISTICS)), np.nan)
        self.completed = 0
        self.outcomes = Outcomes(scenario, members)
        self.trajectories = {
            m.name: np.full((len(self.quarters), m.recorded_cells, members), np.nan)
            for m in METRICS
            if "all" in trajectories or m.name in trajectories
        }

    def take(self, t: int, blocks: list[Array]) -> None:
        """Keep quarter ``t``: one block (series, member) a chunk."""
        block = np.concatenate(blocks, axis=1) if len(blocks) > 1 else blocks[0]
        self.statistics[t] = summarise(block)
        self.outcomes.take(t, lambda metric: block[self.rows[metric.name]])
        for name, kept in self.trajectories.items():
            kept[t] = block[self.rows[name]]
        self.completed = t + 1

    def results(self, seed: int, chronicle: Chronicle) -> Results:
        """Return what was kept, with the member table."""
        table: dict[str, NDArray[Any]] = {"member": np.arange(self.members)}
        for name in self.varied[0]:
            table[name] = np.concatenate([varied[name] for varied in self.varied])
        labels = [series.label for series in outcome_series(self.scenario)]
        table |= zip(labels, self.outcomes.table(), strict=True)
        return Results(
            scenario=self.scenario,
            seed=seed,
            members=self.members,
            quarters=self.quarters,
            completed=self.completed,
            series=self.series,
            statistics=self.statistics,
            table=table,
            trajectories=self.trajectories or None,
            chronicle=chronicle.ordered(),
        )


def summarise(block: Array) -> Array:
    """Return mean and quantiles over members, (series, 6), of a block (series, member).

    Quantiles interpolate linearly between order statistics.  A series that is undefined (NaN) for
    some members is summarised over the others.
    """
    return _described(np.sort(block, axis=1), np.array(QUANTILES))


@compiled
def _described(ordered: Array, quantiles: Array) -> Array:
    """Return mean and quantiles, (series, 1 + quantile), of rows in order, NaN last."""
    series, members = ordered.shape
    result = np.full((series, 1 + len(quantiles)), np.nan)
    for s in range(series):
        known, total = 0, 0.0
        while known < members and not np.isnan(ordered[s, known]):
            total += ordered[s, known]
            known += 1
        if known == 0:
            continue
        result[s, 0] = total / known
        for i, q in enumerate(quantiles):
            position = (known - 1) * q
            low = int(position)
            part = position - low
            high = min(low + 1, known - 1)
            result[s, 1 + i] = ordered[s, low] * (1.0 - part) + ordered[s, high] * part
    return result
