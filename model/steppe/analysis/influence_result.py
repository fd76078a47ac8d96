"""What the check of influence found: rank correlations, directions and rises, and their tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe.analysis.sheets import Sheet

Array = NDArray[np.float64]

NOTES = (
    "Spearman's correlation over cells (votes 25, the index 10), mean of the years: 1 the same "
    "order, 0 none. index: Formal Bilateral Influence Capacity, release of 2018; econb, econd: its "
    "economic bandwidth and dependence, the model's on recorded trade alone; secb: its security "
    "bandwidth.",
    "simulated: 2001-09 from 2000; lived: 1997-2009 with observed trade, the law of influence "
    "alone; persist.: the figures before 2001 for ever. Not blind: what treaties add to bandwidth "
    "is the index's residual of 2009, and dependence on arms follows its parts. later release: of "
    "about 2024, for China; what the two releases agree on is all that can be asked of a model.",
)


@dataclass(frozen=True)
class Band:
    """Median and 90 % band over members."""

    median: float
    q05: float
    q95: float

    @classmethod
    def of(cls, values: Array) -> Band:
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        return cls(float(middle), float(low), float(high))


@dataclass(frozen=True)
class Ranking:
    """Spearman's correlation over cells with what was observed, by year, and of persistence."""

    name: str
    years: dict[int, Band]
    mean: Band
    """Mean over the years, member by member."""
    persistence: float | None


@dataclass(frozen=True)
class Trend:
    """Slopes over 2001-09: how many cells have the observed direction, and how they rank.

    ``cells`` holds by ``POWER-HOST`` the observed slope a year, the model's median slope, and the
    share of members with the observed direction.
    """

    name: str
    right: Band
    rank: Band
    cells: dict[str, tuple[float, float, float]]

    @property
    def wrong(self) -> list[str]:
        """Return the cells in which most members go the other way."""
        return [cell for cell, (_, _, share) in self.cells.items() if share < 0.5]


@dataclass(frozen=True)
class Rise:
    """China's index over Russia's: rise from 2001 to 2009 in logs, one host or the five summed."""

    host: str
    observed: float
    simulated: Band

    @property
    def inside(self) -> bool:
        return self.simulated.q05 <= self.observed <= self.simulated.q95


@dataclass(frozen=True)
class InfluenceCheck:
    """The model's influence beside the published index and votes, to 2009."""

    members: int
    rankings: tuple[Ranking, ...]
    trends: tuple[Trend, ...]
    rises: tuple[Rise, ...]
    forms: dict[str, float]
    """Forms of dependence on observed trade, 2001-09: rank correlation with the index's."""

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON object."""
        return {
            "members": self.members,
            "rankings": {
                r.name: {
                    "mean": vars(r.mean),
                    "persistence": r.persistence,
                    "years": {str(year): vars(band) for year, band in r.years.items()},
                }
                for r in self.rankings
            },
            "trends": {
                t.name: {
                    "right": vars(t.right),
                    "cells": {
                        cell: {"observed": a, "model": b, "members_right": c}
                        for cell, (a, b, c) in t.cells.items()
                    },
                    "rank": vars(t.rank),
                    "wrong": t.wrong,
                }
                for t in self.trends
            },
            "rises": {
                r.host: {"observed": r.observed, **vars(r.simulated), "inside": r.inside}
                for r in self.rises
            },
            "dependence_forms": self.forms,
        }

    def sheets(self) -> list[Sheet]:
        """Return the tables for a reader."""
        return [
            Sheet(
                f"Influence and votes beside what was observed, {self.members} members",
                (
                    "rank correlation over power-host cells",
                    "mean",
                    "90 % band",
                    "persist.",
                    "last year",
                ),
                tuple(_ranking_row(r) for r in self.rankings),
                NOTES,
            ),
            Sheet(
                "Directions 2001-09",
                (
                    "slope over the years",
                    "cells right",
                    "90 % band",
                    "of",
                    "rank of slopes",
                    "wrong way",
                ),
                tuple(_trend_row(t) for t in self.trends),
                ("Slopes of the index are of its log. wrong way: most members go the other way.",),
            ),
            Sheet(
                "China's index over Russia's, rise from 2001 to 2009 in logs",
                ("host", "observed", "model", "90 % band", "inside"),
                tuple(_rise_row(r) for r in self.rises),
            ),
            Sheet(
                "Economic dependence on observed trade, 2001-09: which form ranks like the index's",
                ("form", "rank correlation"),
                tuple((name, f"{value:.2f}") for name, value in self.forms.items()),
                (
                    "econd above is the first form with the members' own elasticities and "
                    "half-loss. What decides in the model holds more: remittances, transit, debt, "
                    "capital, and gas that no statistics hold.",
                ),
            ),
        ]


def _ranking_row(one: Ranking) -> tuple[str, ...]:
    band = f"{one.mean.q05:.2f} to {one.mean.q95:.2f}"
    naive = "-" if one.persistence is None else f"{one.persistence:.2f}"
    year, last = max(one.years.items())
    return one.name, f"{one.mean.median:.2f}", band, naive, f"{year} {last.median:.2f}"


def _trend_row(one: Trend) -> tuple[str, ...]:
    right, wrong = one.right, ", ".join(one.wrong) or "-"
    band = f"{right.q05:.0f} to {right.q95:.0f}"
    return (
        one.name,
        f"{right.median:.0f}",
        band,
        str(len(one.cells)),
        f"{one.rank.median:.2f}",
        wrong,
    )


def _rise_row(one: Rise) -> tuple[str, ...]:
    band = f"{one.simulated.q05:.2f} to {one.simulated.q95:.2f}"
    inside = "yes" if one.inside else "no *"
    return one.host, f"{one.observed:.2f}", f"{one.simulated.median:.2f}", band, inside
