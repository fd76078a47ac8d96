"""What varies, as parameters of the EMA workbench: a path with ``__`` where it has dots.

The workbench wants names that are identifiers; Mesa's keywords of :class:`steppe.model.CentralAsia`
are spelled alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from ema_workbench import CategoricalParameter, RealParameter
from numpy.typing import NDArray
from scipy import stats

from steppe.design import Variable, variables
from steppe.parameters import registry
from steppe.scenario import Distribution, Scenario

Array = NDArray[np.float64]


class Quantiles(stats.rv_continuous):  # type: ignore[misc]
    """A distribution of a scenario as SciPy knows distributions, by its quantile function."""

    def __init__(self, own: Distribution) -> None:
        low, high = own.support
        super().__init__(a=low, b=high, name=own.shape)
        self.own = own

    def _updated_ctor_param(self) -> dict[str, Any]:
        """Return what a frozen copy is made with."""
        return {"own": self.own}

    def _ppf(self, q: Array) -> Array:
        return self.own.ppf(np.asarray(q, np.float64))


def spelled(path: str) -> str:
    """Return a parameter's path as the workbench and Mesa take it."""
    return path.replace(".", "__")


def path_of(name: str) -> str:
    """Return the path of a parameter of the workbench."""
    return name.replace("__", ".")


def chosen(texts: Sequence[str], case: Scenario) -> tuple[Variable, ...]:
    """Return what texts let vary, as ``steppe sweep --vary`` reads them; none for none."""
    return variables(texts, case, registry()) if texts else ()


def parameters(
    found: Sequence[Variable], defaults: Mapping[str, float] | None = None
) -> Iterator[Any]:
    """Yield the workbench's parameters; what can take one value only is left out.

    A uniform range is a ``RealParameter``, levels are a ``CategoricalParameter``, any other
    distribution a ``RealParameter`` with that distribution, so that samplers follow it.
    """
    for variable in found:
        name = spelled(variable.name)
        own, default = variable.distribution, (defaults or {}).get(variable.name)
        if variable.levels is not None:
            if len(variable.levels) > 1:
                yield CategoricalParameter(name, list(variable.levels), default=default)
        elif own.shape == "uniform":
            yield RealParameter(name, *own.support, default=default)
        else:
            yield RealParameter.from_dist(name, Quantiles(own)(), default=default)
