"""Scores of a backcast by row: trade, bands, patterns and influence, of any draw of its members.

Trade is scored as ``steppe validate`` does.  Every row says whether its years may be fitted on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe.analysis import economy_rows, influence_check, money_rows, patterns, validate
from steppe.analysis.observations import observations
from steppe.analysis.variants import Kept

Array = NDArray[np.float64]

WINDOWS = tuple(window for window in validate.WINDOWS if window.label != "both")
COVERAGE = {"p50": 0.5, "p90": 0.9}
FIT, TEST = patterns.FIT, patterns.TEST


@dataclass(frozen=True)
class Row:
    """A score: ``label`` fit or test, whether more is ``better``, and from where it ``matters``.

    ``matters`` is a part of the full model's value where ``relative``, an absolute size elsewhere.
    """

    name: str
    short: str
    label: str
    better: int
    matters: float
    relative: bool = False
    form: str = ".2f"


def _label(window: validate.Window) -> str:
    return FIT if window.label == "fit" else TEST


def _rows() -> tuple[Row, ...]:
    trade = [
        Row(
            f"{w.base}.{w.name}.{key}",
            short,
            FIT if w.label == "fit" else TEST,
            -1,
            0.01,
            True,
            form,
        )
        for w in WINDOWS
        for key, short, form in (
            ("share_mae_pp", "share", ".2f"),
            ("share_mae_pp_end", "end", ".2f"),
            ("log_mae", "log", ".3f"),
            ("crps", "crps", ".3f"),
        )
    ]
    bands = [
        Row(f"coverage.{base}.{name}", f"{name} {base}", TEST, -1, 0.01)
        for base in validate.BACKCASTS
        for name in COVERAGE
    ]
    history = [
        Row(f"patterns.{key}.{what}", f"{short} {key}", label, better, least, form=form)
        for key, label in (("fit", FIT), ("test", TEST))
        for what, short, better, least, form in (
            ("inside", "in", 1, 0.5, ".0f"),
            ("miss", "miss", -1, 0.02, ".2f"),
        )
    ]
    influence = [
        Row("influence.fbic_rank", "index", FIT, 1, 0.01),
        Row("influence.fbic_trend", "trend", FIT, 1, 0.01),
        Row("influence.votes_rank", "votes", FIT, 1, 0.01),
        Row("influence.votes_trend", "turn", FIT, 1, 0.01),
    ]
    money = [
        Row(f"money.{name}", name, label, -1, 0.01, True, form)
        for name, label, form in (
            ("aid", FIT, ".2f"),
            ("china", TEST, ".2f"),
            ("tika", TEST, ".2f"),
        )
    ]
    product = [
        Row(f"product.{w.base}.{w.name}.{name}", name, _label(w), -1, 0.01, True, ".3f")
        for w in WINDOWS
        for name in ("real", "dollar")
    ]
    return (*trade, *bands, *history, *influence, *money, *product)


ROWS = _rows()
READS = ("trade_total", "oda_net", "committed", *economy_rows.READS, *patterns.READS)


class Sample:
    """What a backcast from ``base`` is scored by; members may be drawn again."""

    def __init__(self, base: int, kept: Kept) -> None:
        self.base = base
        first = base == influence_check.BASE
        self.influence = influence_check.scored(kept) if first else {}
        self.product = economy_rows.scored(kept, base)
        self.money = money_rows.scored(kept) if first else {}
        self.trade = validate.annual_trade(kept.results)
        self.patterns = [p for p in patterns.PATTERNS if p.base == base]
        measures = [p.measure(kept.results) for p in self.patterns]
        self.measures = np.array(measures).reshape(len(self.patterns), -1)

    def scores(self, members: NDArray[np.intp] | None = None) -> dict[str, float]:
        """Return the scores of this base by row; of patterns, what :func:`scores_of` sums up."""
        trade = _drawn(self.trade, members)
        product = {name: _drawn(path, members) for name, path in self.product.items()}
        found: dict[str, float] = {}
        for window in (w for w in WINDOWS if w.base == self.base):
            columns = [year - self.base - 1 for year in window.years]
            score = validate.score(trade[:, :, columns], window.years)
            for key, value in vars(score).items():
                found[f"{self.base}.{window.name}.{key}"] = value
            for key, value in economy_rows.scores(product, self.base, window.years).items():
                found[f"product.{self.base}.{window.name}.{key}"] = value
        seen = observations().years(*range(self.base + 1, self.base + 1 + trade.shape[2]))
        for name, level in COVERAGE.items():
            found[f"coverage.{self.base}.{name}"] = abs(covered(trade, seen, level) - level)
        if self.influence:
            paths = {name: _drawn(path, members) for name, path in self.influence.items()}
            scores = influence_check.scores(paths)
            found |= {f"influence.{name}": value for name, value in scores.items()}
        if self.money:
            sums = {name: _drawn(path, members) for name, path in self.money.items()}
            found |= {f"money.{name}": value for name, value in money_rows.scores(sums).items()}
        return found

    def medians(self, members: NDArray[np.intp] | None = None) -> Array:
        """Return the patterns' medians over members, (pattern,)."""
        result: Array = np.median(_drawn(self.measures, members), axis=1)
        return result


def _drawn(path: Array, members: NDArray[np.intp] | None) -> Array:
    """Return ``path`` (..., member) of the members drawn, of all when None."""
    return path if members is None else path[..., members]


def covered(trade: Array, observed: Array, level: float) -> float:
    """Return the part of ``observed`` (...) inside the central band of members (..., member)."""
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(trade, [tail, 1.0 - tail], axis=-1)
    return float(((observed >= low) & (observed <= high)).mean())


def scores_of(
    samples: Sequence[Sample], members: NDArray[np.intp] | None = None
) -> dict[str, float]:
    """Return every score of a variant by the name of its row."""
    found: dict[str, float] = {}
    for sample in samples:
        found |= sample.scores(members)
    for key, label in (("fit", FIT), ("test", TEST)):
        held = [
            (one, middle)
            for sample in samples
            for one, middle in zip(sample.patterns, sample.medians(members), strict=True)
            if one.label == label
        ]
        misses = [max(p.low - m, m - p.high, 0.0) / (p.high - p.low) for p, m in held]
        found[f"patterns.{key}.inside"] = float(sum(miss == 0.0 for miss in misses))
        found[f"patterns.{key}.miss"] = float(np.mean(misses))
    return {row.name: found[row.name] for row in ROWS}
