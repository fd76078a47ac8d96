"""Parameter values of members: defaults, fixed values, then the scenario's uncertainties.

Every uncertain quantity has a random stream of its own, named after it; member k always takes the
k-th draw.  So a member's values are the same in any chunk, and a scenario that adds an uncertainty
does not shift the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steppe.clock import PER_YEAR
from steppe.scenario import posterior
from steppe.scenario.copula import correlate
from steppe.scenario.resolved import Event, Scenario
from steppe.streams import uniforms

if TYPE_CHECKING:
    from steppe.parameters import Registry

Array = NDArray[np.float64]


class Sample(NamedTuple):
    """Parameters of members ``(parameter, member)`` and, by name, what varies ``(member,)``."""

    table: Array
    varied: dict[str, Array]


def sample(
    scenario: Scenario,
    registry: Registry,
    members: Sequence[int],
    seed: int | None = None,
) -> Sample:
    """Return the parameters of members, by number, at the start of a run, and what varies.

    ``varied`` holds the uncertain parameters in the registry's unit, and ``event.<id>.<field>`` for
    every sampled field of an event: ``start`` as a year (2026.5 is 2026Q3), ``duration`` in
    quarters, amounts in the target's unit.  ``seed`` replaces the scenario's.
    """
    seed = scenario.seed if seed is None else seed
    table = np.repeat(registry.defaults(scenario.base)[:, None], len(members), axis=1)
    for name, value in scenario.fixed().items():
        table[registry.index[name]] = value
    varied = _drawn(scenario, registry, members, seed)
    for name, values in varied.items():
        table[registry.index[name]] = values
    for event in scenario.events:
        for field, values in event_draws(event, members, seed).items():
            shown = values / PER_YEAR if field == "start" else values
            varied[f"event.{event.id}.{field}"] = shown
    return Sample(table, varied)


def _drawn(
    scenario: Scenario, registry: Registry, members: Sequence[int], seed: int
) -> dict[str, Array]:
    """Return the uncertain parameters, ``(member,)`` each.

    Those of the posterior come from one row of it for each member, and correlate as its rows do.
    """
    uncertain = scenario.uncertainties
    joint = {n: d for n, d in uncertain.items() if isinstance(d, posterior.Posterior)}
    own = {n: uniforms(seed, members, registry[n].stream) for n in uncertain if n not in joint}
    pairs = [c for c in scenario.correlations if not joint.keys() & set(c.between)]
    drawn = {name: uncertain[name].ppf(u) for name, u in correlate(own, pairs).items()}
    if joint:
        row = uniforms(seed, members, posterior.NAME)
        drawn |= {n: d.rows(row) for n, d in joint.items()}
    return {name: drawn[name] for name in uncertain}


def event_draws(event: Event, members: Sequence[int], seed: int) -> dict[str, Array]:
    """Return the sampled fields of an event, ``(member,)`` each; a start as a quarter's ordinal."""
    return {
        field: drawn.ppf(uniforms(seed, members, f"event:{event.id}:{field}"))
        for field, drawn in event.sampled().items()
    }
