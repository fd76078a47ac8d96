"""What drove a change: members' uncertainties by partial rank correlation, levers one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from steppe.seminar.engine import Answer, Engine


@dataclass(frozen=True, slots=True)
class Driver:
    """One row: a lever or shock taken alone, or an uncertain parameter over members.

    ``size`` is the median change of the outcome with this lever alone (in the outcome's unit), or
    the partial rank correlation (-1 to 1) of the parameter with the change; ``low``, ``high`` the
    90 % interval of it (over members, or over resamples).
    """

    kind: Literal["lever", "shock", "scenario", "uncertainty"]
    name: str
    title: str
    size: float
    low: float
    high: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Drove:
    """Rows of levers and of uncertainties, largest first, and a plain sentence why."""

    levers: tuple[Driver, ...]
    uncertainties: tuple[Driver, ...]
    sentence: str


async def what_drove(
    engine: Engine, answer: Answer, baseline: Answer, label: str, owner: str = "drivers"
) -> Drove:
    """Return what drove the change of an outcome from the baseline to the variant."""
    raise NotImplementedError


def uncertainties(answer: Answer, baseline: Answer, label: str) -> tuple[Driver, ...]:
    """Return the uncertain parameters by partial rank correlation with the outcome's change.

    With the outcome itself where the two answers are the same settings.
    """
    raise NotImplementedError
