"""The interface: an experiment of the EMA workbench is an ensemble, its outcomes are means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from ema_workbench import ScalarOutcome, TimeSeriesOutcome
from ema_workbench.em_framework.model import SingleReplication
from numpy.typing import NDArray

from steppe import metrics
from steppe.analysis.workbench.evaluator import EnsembleEvaluator
from steppe.analysis.workbench.parameters import parameters, path_of
from steppe.clock import span
from steppe.design import Variable, released
from steppe.parameters import registry
from steppe.results import no_number_warnings
from steppe.scenario import Scenario
from steppe.scenario.problems import clip, nearest
from steppe.summary import outcome_series
from steppe.sweeps.plan import BLOCK
from steppe.sweeps.work import Job, own_software, simulate

Array = NDArray[np.float64]
Statistic = Callable[[Array], float]
Experiment = Mapping[str, float]

BY_QUARTER = " by quarter"
"""What the output variable of a time series has behind its label."""


class EnsembleModel(SingleReplication):  # type: ignore[misc]
    """A scenario as the EMA workbench runs it.

    Every experiment has the same ``members`` (numbers 0 to M - 1, one seed), who draw whatever the
    experiment does not give: two experiments differ by what they give alone.  An outcome is the
    ``statistic`` of the members' outcomes (those of a run's member table), a time series the
    statistic in every quarter.

    Any label of an outcome may be the ``variable_name`` of an outcome of your own, and
    ``"corridor_share[chabahar] by quarter"`` that of a time series.
    """

    def __init__(
        self,
        case: Scenario,
        uncertainties: Sequence[Variable],
        levers: Sequence[Variable],
        outcomes: Sequence[str],
        series: Sequence[str],
        members: int,
        statistic: Statistic,
    ) -> None:
        super().__init__(_identifier(case.name))
        self.case, self.members, self.statistic = case, members, statistic
        self.uncertainties = list(parameters(uncertainties))
        self.levers = list(parameters(levers, _at_rest(case, levers)))
        self.outcomes = [
            *(ScalarOutcome(_identifier(label), variable_name=label) for label in outcomes),
            *(
                TimeSeriesOutcome(
                    f"{_identifier(label)}_by_quarter", variable_name=label + BY_QUARTER
                )
                for label in series
            ),
        ]
        self._ready: dict[tuple[tuple[str, float], ...], dict[str, Any]] = {}

    @property
    def quarters(self) -> list[str]:
        """Return the quarters of time series: ``2017Q1``, ..."""
        return [str(q) for q in span(self.case.horizon.start, self.case.horizon.end)]

    def evaluator(self) -> EnsembleEvaluator:
        """Return an evaluator that computes many experiments at once, in this process."""
        return EnsembleEvaluator(self)

    @property
    def at_once(self) -> int:
        """Return how many experiments fill the arrays of one model."""
        return max(1, BLOCK // self.members)

    def prepare(self, experiments: Sequence[Experiment]) -> None:
        """Compute experiments together, so that calls of them that follow take no time."""
        self._ready = dict(zip(map(_key, experiments), self._computed(experiments), strict=True))

    def forget(self) -> None:
        """Forget what was prepared."""
        self._ready = {}

    def run_experiment(self, experiment: Experiment) -> dict[str, Any]:
        """Return the output variables of an experiment; called by the workbench."""
        found = self._ready.get(_key(experiment))
        return self._computed([experiment])[0] if found is None else found

    def _computed(self, experiments: Sequence[Experiment]) -> list[dict[str, Any]]:
        """Return the output variables of experiments that give the same parameters."""
        wanted = list(dict.fromkeys(self.output_variables))
        job = self._job(experiments, wanted)
        labels = [s.label for s in outcome_series(job.scenario)]
        over_time = {w: series_of(w.removesuffix(BY_QUARTER)) for w in wanted if _by_quarter(w)}
        kept: dict[str, list[Array]] = {w: [] for w in over_time}

        def watch(state: Any) -> None:
            for name, (metric, row) in over_time.items():
                values = metrics.BY_NAME[metric].values(state)[row, : len(job.points)]
                kept[name].append(values.copy())

        with no_number_warnings(), np.errstate(all="ignore"):
            table = simulate(job, watch=watch)
        found = {w: table[labels.index(w)] for w in wanted if not _by_quarter(w)}  # (row,)
        found |= {w: np.array(values) for w, values in kept.items()}  # (quarter, row)
        return [
            {name: self._over_members(v[..., job.points == i]) for name, v in found.items()}
            for i in range(len(experiments))
        ]

    def _job(self, experiments: Sequence[Experiment], wanted: Sequence[str]) -> Job:
        """Return experiments as rows (experiment, member) of a sweep's work."""
        names = sorted(experiments[0])
        given = np.array([[float(e[name]) for e in experiments] for name in names])
        paths = tuple(map(path_of, names))
        own = {w.partition("[")[0] for w in wanted if not _by_quarter(w)}
        case = replace(self.case, metrics=tuple(dict.fromkeys([*self.case.metrics, *sorted(own)])))
        points, numbers = np.divmod(np.arange(len(experiments) * self.members), self.members)
        values = given.reshape(len(names), len(experiments))[:, points]
        return Job(
            0, released(case, paths), case.seed, paths, points, numbers, values, own_software()
        )

    def _over_members(self, values: Array) -> Any:
        """Return the statistic over the members (..., member) that have a value, else NaN."""
        if values.ndim > 1:
            return np.array([self._over_members(one) for one in values])
        known = values[np.isfinite(values)]
        return float(self.statistic(known)) if len(known) else float("nan")


def series_of(label: str) -> tuple[str, int]:
    """Return metric and row of a recorded series; ``ValueError`` for a label that there is not."""
    metric = metrics.BY_NAME.get(label.partition("[")[0])
    known = metrics.METRICS if metric is None else [metric]
    labels = [s.label for m in known for s in m.series]
    if label not in labels or metric is None:
        near = nearest(label, labels)
        hint = f" (did you mean '{near}'?)" if near else ""
        raise ValueError(f"unknown outcome '{clip(label)}'{hint}")
    return metric.name, labels.index(label)


def _by_quarter(variable: str) -> bool:
    return variable.endswith(BY_QUARTER)


def _at_rest(case: Scenario, levers: Sequence[Variable]) -> dict[str, float]:
    """Return where levers lie when no policy sets them: the scenario's value or the default."""
    known, fixed = registry(), case.fixed()
    return {v.name: fixed.get(v.name, known[v.name].default(case.base)) for v in levers}


def _key(experiment: Experiment) -> tuple[tuple[str, float], ...]:
    return tuple(sorted((name, float(value)) for name, value in experiment.items()))


def _identifier(label: str) -> str:
    """Return a label as a name: ``influence_share_JPN_UZB``."""
    name = re.sub(r"\W+", "_", label).strip("_")
    return f"_{name}" if name[:1].isdigit() or not name else name
