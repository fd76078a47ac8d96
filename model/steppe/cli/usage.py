"""What a call may ask for: options that cannot be carried out, and the call that a record keeps."""

from __future__ import annotations

import os
from collections.abc import Sequence
from difflib import get_close_matches

from steppe import metrics
from steppe.scenario import Scenario
from steppe.scenario.problems import clip

_PROCESS_BYTES, _MEMBER_BYTES = 0.25e9, 0.75e6
"""Peak memory of a worker without members, and of one member, measured with 96 quarters."""


class UsageError(Exception):
    """An option that cannot be carried out; the message is one sentence for the user."""


def worker_count(workers: int | None) -> int:
    """Return ``--workers``, 1 when nobody says; :class:`UsageError` below 1."""
    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: error: must be at least 1")
    return workers or 1


def trajectory_metrics(option: str | None, own: Scenario) -> tuple[str, ...]:
    """Return the metrics that ``--trajectories`` names, in the order of the registry."""
    if option is None:
        return ()
    known = [m.name for m in metrics.METRICS]
    wanted = known if option.strip() == "all" else [w.strip() for w in option.split(",")]
    for word in wanted:
        if word not in known:
            near = get_close_matches(word.lower(), ["all", *known], n=1)
            hint = f" (did you mean '{near[0]}'?)" if near else ""
            raise UsageError(f"--trajectories: error: unknown metric '{clip(word)}'{hint}")
    cells = sum(len(m.series) for m in metrics.METRICS if m.name in wanted)
    needed = 8.0 * cells * own.horizon.quarters * own.members
    if needed > 0.5 * _memory():
        raise UsageError(
            f"--trajectories: error: {needed / 1e9:,.0f} GB of paths do not fit into half of this "
            "machine's memory; name fewer metrics or run fewer members"
        )
    return tuple(n for n in known if n in wanted)


def check_memory(members: int, workers: int) -> None:
    """Raise :class:`UsageError` when the members would not fit into the machine's memory."""
    needed = workers * _PROCESS_BYTES + members * _MEMBER_BYTES
    if needed > 0.8 * _memory():
        raise UsageError(
            f"error: {members:,} members and {workers:,} workers need about "
            f"{needed / 1e9:,.1f} GB, more than this machine has to spare; run fewer"
        )


def _memory() -> float:
    """Return the machine's memory in bytes, infinite where the system does not tell."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return float("inf")


def call(
    command: str, arguments: Sequence[object], set_values: Sequence[str] = (), **options: object
) -> list[str]:
    """Return the words of a call for its record; ``options`` without those that are None."""
    sets = [word for text in set_values for word in ("--set", text)]
    given = [word for k, v in options.items() if v is not None for word in (f"--{k}", str(v))]
    return ["steppe", command, *map(str, arguments), *sets, *given]
