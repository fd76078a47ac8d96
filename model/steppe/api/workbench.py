"""A scenario as a model of the EMA workbench."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from steppe.analysis.findings.problem import library
from steppe.api.arguments import Case, spelled
from steppe.scenario import family

if TYPE_CHECKING:
    from steppe.analysis.workbench.model import EnsembleModel


def workbench_model(
    case: Case = "baseline",
    outcomes: str | Sequence[str] = ("influence_share[JPN,UZB]",),
    *,
    series: str | Sequence[str] = (),
    levers: str | Sequence[str] | None = None,
    uncertainties: str | Sequence[str] | None = None,
    members: int = 10,
    seed: int | None = None,
    set: Mapping[str, float | str] | None = None,
    statistic: Callable[[Any], float] = np.mean,
) -> EnsembleModel:
    """Return a scenario as a ``Model`` of the EMA workbench (extra ``analysis``).

    ``outcomes`` are labels of a run's member table, each a ``ScalarOutcome``; ``series`` labels of
    recorded series, each a ``TimeSeriesOutcome`` over :attr:`quarters`.  ``uncertainties`` and
    ``levers`` are written as ``steppe sweep --vary`` takes them (``"trade.elasticity"`` with the
    scenario's own distribution, ``"japan.budget=0.5:2"``, ``"china.budget=0.3,1,2"``); None takes
    all of the scenario.  ``set`` fixes parameters.  Names are identifiers: ``trade__elasticity``,
    ``influence_share_JPN_UZB``.

    Every experiment has the same ``members``, who draw what it does not give, and its outcome is
    the ``statistic`` over them (a function of ``(member,)``, picklable for several processes).
    Mistakes raise ``Problems`` and ``ValueError`` with a sentence.
    """
    library("ema_workbench", "the EMA workbench")
    from steppe.analysis.workbench import model, parameters

    loaded = family.with_options(case, spelled(set), members, seed)
    turned = parameters.chosen(_texts(levers, "levers", loaded.levers), loaded)
    varied = parameters.chosen(_texts(uncertainties, "uncertainties", loaded.uncertainties), loaded)
    names = {v.name for v in turned}
    both = sorted(names & {v.name for v in varied})
    if both and uncertainties is not None:
        raise ValueError(f"{both[0]} is a lever and an uncertainty: choose one")
    scalars, paths = _listed(outcomes), _listed(series)
    for label in (*scalars, *paths):
        model.series_of(label)
    uncertain = [v for v in varied if v.name not in names]
    return model.EnsembleModel(loaded, uncertain, turned, scalars, paths, members, statistic)


def _texts(given: str | Sequence[str] | None, section: str, own: Mapping[str, Any]) -> list[str]:
    """Return what to vary: as given, or the scenario's whole section where it has one."""
    if given is None:
        return [section] if own else []
    return _listed(given)


def _listed(given: str | Sequence[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)
