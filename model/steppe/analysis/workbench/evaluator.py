"""Many experiments at once: the members of several share the arrays of one model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import batched, groupby
from typing import Any

from ema_workbench.em_framework.evaluators import BaseEvaluator
from ema_workbench.em_framework.experiment_runner import ExperimentRunner


class EnsembleEvaluator(BaseEvaluator):  # type: ignore[misc]
    """Evaluates experiments in blocks, in this process; about ten times as fast as one by one.

    It only computes ahead: outcomes go through the model as with the workbench's own evaluators,
    and are the same to the bit.
    """

    def initialize(self) -> None:
        """Nothing needs to be set up."""

    def finalize(self) -> None:
        """Nothing needs to be put away."""

    def evaluate_experiments(
        self, experiments: Iterable[Any], callback: Callable[..., None], **kwargs: Any
    ) -> None:
        """Run experiments and hand each with its outcomes to ``callback``; the workbench's call."""
        runner = ExperimentRunner(self._msis)
        models = {model.name: model for model in self._msis}
        for name, own in groupby(experiments, key=lambda e: e.model_name):
            model = models[name]
            for block in batched(own, model.at_once):
                model.prepare([_given(model, experiment) for experiment in block])
                for experiment in block:
                    callback(experiment, runner.run_experiment(experiment))
                model.forget()
        runner.cleanup()


def _given(model: Any, experiment: Any) -> dict[str, float]:
    """Return what the model will be called with: levers that no policy sets are at rest."""
    found = {c.name: c.value for c in model.constants}
    for parameters, point in (
        (model.uncertainties, experiment.scenario),
        (model.levers, experiment.policy),
    ):
        for parameter in parameters:
            value = point.get(parameter.name, parameter.default)
            if value is not None:
                found[parameter.name] = value
    return found
