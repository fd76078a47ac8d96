"""What the model should reach in the backcasts, whether it does, and where it fails worst."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from steppe.analysis.validate import Validation

NAIVE = ("persistence", "trend", "gravity")
STRONGER = ("gravity_erosion", "constant_shares_gas")
BELOW_NAIVE, BELOW_BANDS = 0.3, 0.2
"""Part by which errors should lie below the best naive forecast's, CRPS below persistence's."""
BAND = 0.80, 0.97
"""Part of the observations that a 90 % band should hold."""
PATTERNS_INSIDE = 16
WORST = 3

NAMES = {
    "persistence": "persistence",
    "trend": "trend",
    "gravity": "gravity",
    "gravity_erosion": "eroded gravity",
    "constant_shares_gas": "constant shares + gas",
}
"""Forecasts as readers know them."""
ROWS = {
    "share_mae_pp": "shares, pp",
    "share_mae_pp_end": "last year's shares, pp",
    "log_mae": "trade, logs",
}
"""Errors that goals are about."""


@dataclass(frozen=True)
class Goal:
    """One goal: the model's ``value`` should lie at most at, at least at or between targets.

    ``limit`` is the figure of what it is held against; ``against`` names that.
    """

    name: str
    base: int | None
    window: str
    label: str
    value: float
    low: float | None
    high: float | None
    against: str

    @property
    def met(self) -> bool:
        above = self.low is None or self.value >= self.low
        return above and (self.high is None or self.value <= self.high)

    @property
    def miss(self) -> float:
        """Return how far the value lies beyond its target, in parts of the target; 0 when met."""
        beyond = 0.0 if self.high is None else max(self.value / self.high - 1.0, 0.0)
        return beyond if self.low is None else max(beyond, 1.0 - self.value / self.low)

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "met": self.met, "miss": self.miss}


@dataclass(frozen=True)
class Failure:
    """A goal that is not met or a pattern outside its range, with the size of the miss."""

    kind: Literal["goal", "pattern"]
    sentence: str
    miss: float

    def as_json(self) -> dict[str, Any]:
        return vars(self)


def goals(found: Validation) -> list[Goal]:
    """Return every goal of the model's design with the figures of this validation."""
    from steppe.analysis.validate import WINDOWS

    result = []
    for window in WINDOWS:
        at = window.base, window.name, window.label

        def of(forecast: str, row: str, at: tuple[int, str, str] = at) -> float:
            return float(getattr(found.scores[at[0], at[1], forecast], row))

        ends = [w for w in WINDOWS if w.base == window.base and w.last == window.last]
        for row, name in ROWS.items():
            if row == "share_mae_pp_end" and window != ends[-1]:
                continue  # the same last year as in a longer window
            best = min(NAIVE, key=lambda name, row=row: of(name, row))  # type: ignore[misc]
            strong = min(STRONGER, key=lambda name, row=row: of(name, row))  # type: ignore[misc]
            value = of("model", row)
            result.append(
                Goal(
                    f"{name}: 30 % below the best naive one", *at, value, None,
                    (1.0 - BELOW_NAIVE) * of(best, row), f"{NAMES[best]} {of(best, row):.3g}",
                )
            )  # fmt: skip
            result.append(
                Goal(
                    f"{name}: no worse than the two stronger", *at, value, None,
                    of(strong, row), f"{NAMES[strong]} {of(strong, row):.3g}",
                )
            )  # fmt: skip
        limit = of("persistence", "crps")
        result.append(
            Goal(
                "CRPS: 20 % below persistence with bands", *at, of("model", "crps"),
                None, (1.0 - BELOW_BANDS) * limit, f"persistence with bands {limit:.3g}",
            )
        )  # fmt: skip
    for base, bands in found.coverage.items():
        last = [w for w in WINDOWS if w.base == base][-1]
        result.append(
            Goal(
                "90 % bands hold 80-97 % of the figures", base, last.name, last.label,
                bands["p90"], *BAND, "observed trade",
            )
        )  # fmt: skip
    inside = float(sum(one.passed for one in found.patterns))
    result.append(
        Goal(
            "at least sixteen patterns inside their range", None, "", "", inside,
            PATTERNS_INSIDE, None, f"{len(found.patterns)} patterns",
        )
    )  # fmt: skip
    return result


def failures(found: Validation) -> list[Failure]:
    """Return what fails, the worst first by the size of the miss; each pattern or goal once.

    A pattern's miss is counted in widths of its range, a goal's in parts of its target.
    A pattern that both backcasts miss, or a goal that several windows miss, stands for all of
    them with its largest miss.
    """
    worst: dict[str, Failure] = {}
    for goal in goals(found):
        if not goal.met:
            place = f"from {goal.base}, {goal.window}: " if goal.base else ""
            ends = [f"at least {goal.low:.3g}"] if goal.low is not None else []
            ends += [f"at most {goal.high:.3g}"] if goal.high is not None else []
            text = f"{place}{goal.name}: {goal.value:.3g}"
            text += f" instead of {' and '.join(ends)} ({goal.against})"
            _keep(worst, goal.name, Failure("goal", text, goal.miss))
    for one in found.patterns:
        if not one.passed:
            p = one.pattern
            unit = "" if p.unit in ("1", "yr") else f" {p.unit}"
            middle = f"{one.median:.4g}" if abs(one.median) >= 1000.0 else f"{one.median:.3g}"
            text = f"from {p.base}: {p.name}: {middle}{unit}"
            text += f" instead of {p.low:g} to {p.high:g}"
            _keep(worst, p.name, Failure("pattern", text, one.miss))
    return sorted(worst.values(), key=lambda failure: -failure.miss)


def _keep(worst: dict[str, Failure], name: str, failure: Failure) -> None:
    if name not in worst or worst[name].miss < failure.miss:
        worst[name] = failure
