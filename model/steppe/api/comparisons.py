"""How two runs or scenarios differ, as a table."""

from __future__ import annotations

import os
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from steppe.api.arguments import Case
from steppe.api.runs import InMemory, Run
from steppe.record import RunRecord
from steppe.results import Band
from steppe.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


def compare(
    first: Case | Run,
    second: Case | Run,
    metrics: str | Sequence[str] | None = None,
    members: int | None = None,
    seed: int | None = None,
) -> pd.DataFrame:
    """Return how the outcomes of the second differ from the first: second less first.

    Each side is a run, the folder of one (or its name in ``./runs``), a scenario's name, file or
    object.  Scenarios are run with the members and the seed of the other side, two scenarios with
    those of the first, or with ``members`` and ``seed``.  ``metrics`` takes metrics and single
    outcomes (``"gdp"``, ``"influence_share[JPN,UZB]"``) in place of the headline ones.

    A row an outcome: ``outcome``, ``metric``, ``unit``, ``members`` (with a value in both), median
    and 90 % band (``_median``, ``_q05``, ``_q95``) of ``first``, ``second`` and ``difference``,
    ``mean`` and ``standard_error`` of the difference, ``relative`` (its median in parts of the
    first's), ``rose`` (share of members in which the second is greater: the probability of an
    improvement, where more is better) and ``variance_removed`` (by pairing members).

    ``.attrs`` tells ``first`` and ``second``, ``members``, ``seed`` (of the first), ``paired`` and,
    if they are not, why (``unpaired``), ``unlike`` (inputs not drawn alike) and ``notes``.
    """
    import pandas as pd

    from steppe.analysis import sides

    wanted = sides.words(metrics if isinstance(metrics, str) else ",".join(metrics or ()))
    both = sides.opened(_side(first), _side(second), members, seed)
    sides.check_names(wanted, both)
    ran = [sides.simulated(one, wanted) for one in both]
    found = sides.compared(ran, wanted)
    rows = [
        {
            "outcome": row.series.label,
            "metric": row.series.metric,
            "unit": row.series.outcome_unit,
            "members": row.members,
            **_band("first", row.first),
            **_band("second", row.second),
            **_band("difference", row.difference),
            "mean": row.mean,
            "standard_error": row.standard_error,
            "relative": row.relative,
            "rose": row.greater,
            "variance_removed": row.variance_removed,
        }
        for row in found.rows
    ]
    frame = pd.DataFrame(rows)
    attributes: dict[Hashable, Any] = dict(sides.sides(ran).items())
    frame.attrs = attributes | {
        "members": found.members,
        "seed": ran[0].seed,
        "paired": not found.unpaired,
        "unpaired": found.unpaired,
        "unlike": list(found.unlike),
        "notes": sides.notes(found, ran),
    }
    return frame


def _side(given: Case | Run) -> Any:
    """Return what a comparison takes for an argument."""
    if isinstance(given, Run):
        source = given.source
        return source.results if isinstance(source, InMemory) else RunRecord.open(given.path or "")
    if isinstance(given, str | os.PathLike | Scenario):
        return given
    raise TypeError(f"compare a run, a scenario or the folder of a run, not {type(given).__name__}")


def _band(name: str, band: Band) -> dict[str, float]:
    return {f"{name}_median": band.median, f"{name}_q05": band.q05, f"{name}_q95": band.q95}
