"""The calibrated sample beside the priors: scores of the backcasts with either."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from steppe import ensemble, scenario
from steppe.analysis.scores import Score, coverage, score
from steppe.analysis.sheets import Sheet
from steppe.analysis.validate import WINDOWS, annual_trade
from steppe.parameters import registry
from steppe.scenario import Scenario, posterior
from steppe.scenario.values import prior

SOURCES = "priors", "sample"


@dataclass(frozen=True)
class Row:
    """Scores of one window with parameters drawn from ``source``, and what the 90 % bands hold."""

    base: int
    window: str
    source: str
    score: Score
    p90: float


@dataclass(frozen=True)
class SampleCheck:
    """Scores of every window, first with the priors and then with the sample."""

    members: int
    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        """Return ``base.window.source.{share_mae_pp,share_mae_pp_end,log_mae,crps,p90}``."""
        found: dict[str, Any] = {"members": self.members}
        for row in self.rows:
            window = found.setdefault(str(row.base), {}).setdefault(row.window, {})
            window[row.source] = {**vars(row.score), "p90": row.p90}
        return found

    def sheets(self) -> list[Sheet]:
        """Return one table, a row a window and source."""
        rows = tuple(
            (
                f"{row.base} -> {row.window}, {row.source}",
                f"{row.score.share_mae_pp:.2f}",
                f"{row.score.share_mae_pp_end:.2f}",
                f"{row.score.log_mae:.3f}",
                f"{row.score.crps:.3f}",
                f"{100 * row.p90:.0f} %",
            )
            for row in self.rows
        )
        head = "base -> window", "shares, pp", "last year", "trade, logs", "CRPS", "90 % holds"
        note = (
            f"{self.members} members. The sample was made on 2001-09 alone; its scores on later "
            "years were no reason to take or leave it."
        )
        return [Sheet("Scores with the priors and with the calibrated sample", head, rows, (note,))]


def drawing_from(case: Scenario, source: str) -> Scenario:
    """Return a scenario whose calibrated parameters come from the ``priors`` or the ``sample``.

    Only parameters that it draws anyway, and from their prior or the sample, change.
    """
    if source not in SOURCES:
        raise ValueError(f"source must be one of {', '.join(SOURCES)}, found {source}")
    names, drawn = registry(), dict(case.uncertainties)
    for name, column in posterior.columns().items():
        if name in drawn:
            drawn[name] = prior(names[name]) if source == "priors" else column
    return replace(case, uncertainties=drawn)


def check(members: int) -> SampleCheck:
    """Run both backcasts with either source and score them as ``steppe validate`` does."""
    bases = sorted({window.base for window in WINDOWS}, reverse=True)
    rows: list[Row] = []
    for base, source in product(bases, SOURCES):
        case = drawing_from(scenario.load(f"backcast_{base}"), source)
        run = ensemble.run(case, members=members, trajectories=("trade_total",))
        trade = annual_trade(run)
        for window in (w for w in WINDOWS if w.base == base):
            own = trade[:, :, [year - base - 1 for year in window.years]]
            bands = coverage(own, window.years)
            rows.append(Row(base, window.name, source, score(own, window.years), bands["p90"]))
    order = {(window.base, window.name): i for i, window in enumerate(WINDOWS)}
    rows.sort(key=lambda row: (order[row.base, row.window], SOURCES.index(row.source)))
    return SampleCheck(members, tuple(rows))
