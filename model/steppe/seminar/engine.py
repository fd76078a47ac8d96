"""The engine: answers settings with paths of members, computed on worker processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from steppe.clock import Quarter
from steppe.metrics import Series
from steppe.seminar.settings import Settings

Array = NDArray[np.float64]
Paths = NDArray[np.float32]

FIRST, WHOLE = 64, 200
"""Members of the first and of the second pass."""
QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)


class Superseded(Exception):
    """A newer ask of the same owner has taken the place of this one: nothing to show."""


class EngineError(RuntimeError):
    """The run failed; ``str`` is one sentence for the page."""


class Shown(Protocol):
    """What charts need: an :class:`Answer`, or the stored baseline of the first screen."""

    @property
    def members(self) -> int: ...
    @property
    def quarters(self) -> tuple[Quarter, ...]: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    def bands(self, label: str) -> Array:
        """Return quantiles over members, (quarter, 5)."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """An outcome of a variant beside the baseline's: (q05, median, q95) over members each.

    ``difference`` is of paired members; ``rose`` the share of members in which it is larger.
    """

    label: str
    series: Series
    band: tuple[float, float, float]
    baseline: tuple[float, float, float] | None = None
    difference: tuple[float, float, float] | None = None
    rose: float | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """A sentence of a member's chronicle; ``often`` is the share of members in which the same
    happened (the same kind, actors, place) at any time; ``kind`` is one of chronicle.KINDS."""

    quarter: Quarter
    kind: str
    sentence: str
    often: float


class Answer:
    """The paths of the members of one run; bands are computed when they are asked for."""

    settings: Settings
    members: int
    quarters: tuple[Quarter, ...]
    labels: tuple[str, ...]
    """Every recorded series, as ``trade_share[JPN,UZB]``."""

    def series(self, label: str) -> Series:
        """Return metric, unit, codes of a series; ``KeyError`` for an unknown label."""
        raise NotImplementedError

    def paths(self, label: str) -> Paths:
        """Return a series of every member, (quarter, member), float32."""
        raise NotImplementedError

    def bands(self, label: str) -> Array:
        """Return quantiles (5, 25, 50, 75, 95 %) over members, (quarter, 5); NaN where none."""
        raise NotImplementedError

    def difference(self, label: str, other: Answer) -> Array:
        """Return quantiles of this less ``other``, member by member, (quarter, 5).

        Over the members that both have and the quarters that both have.
        """
        raise NotImplementedError

    def at(self, quarter: Quarter, labels: Sequence[str]) -> Array:
        """Return quantiles of several series in one quarter, (label, 5)."""
        raise NotImplementedError

    def outcomes(self, labels: Sequence[str] | None = None) -> dict[str, Array]:
        """Return outcomes by label, (member,): a mean of the last 20 quarters, a sum or the last.

        Those of the headline metrics when no labels are given.
        """
        raise NotImplementedError

    def changes(
        self, other: Answer | None = None, labels: Sequence[str] | None = None
    ) -> list[Change]:
        """Return outcomes with bands, and how they differ from ``other``'s, largest move first."""
        raise NotImplementedError

    def chronicle(
        self,
        member: int = 0,
        *,
        kinds: Sequence[str] = (),
        since: Quarter | None = None,
    ) -> list[Happening]:
        """Return what happened in one member, in order of time, with how often in all members."""
        raise NotImplementedError

    def parameters(self) -> dict[str, Array]:
        """Return what the members drew, (member,) by parameter."""
        raise NotImplementedError

    def table(self, labels: Sequence[str]) -> Any:
        """Return a pandas table to save: label, unit, quarter, mean, q05, q25, q50, q75, q95."""
        raise NotImplementedError


class Engine:
    """Answers settings; to be used from one event loop.

    ``owner`` names who asks (one view of one browser tab): a newer ask of the same owner with other
    settings ends the older, which raises :class:`Superseded`.
    """

    def __init__(self, *, workers: int = 2, cache_bytes: int = 768 * 2**20) -> None:
        raise NotImplementedError

    async def start(self) -> None:
        """Start the worker processes and the baseline's run; returns before either is ready."""
        raise NotImplementedError

    async def ask(self, settings: Settings, owner: str, members: int = FIRST) -> Answer:
        """Return the answer with 64 or 200 members.

        Raises :class:`Superseded`, ``ValueError`` (settings without a run) or
        :class:`EngineError`, each with one sentence.
        """
        raise NotImplementedError

    async def baseline(self, members: int = FIRST) -> Answer:
        """Return the baseline's answer, waiting for it if need be; it is never cancelled."""
        raise NotImplementedError

    def leave(self, owner: str) -> None:
        """Drop an owner (a closed tab): its waiting work ends unless others wait for it."""
        raise NotImplementedError

    @property
    def waiting(self) -> int:
        """Number of runs that wait or are at work."""
        raise NotImplementedError

    async def close(self) -> None:
        """End the worker processes; whoever still waits gets :class:`EngineError`."""
        raise NotImplementedError


def stored_baseline() -> Shown:
    """Return the stored bands of the baseline's headline series, for the first screen."""
    raise NotImplementedError
