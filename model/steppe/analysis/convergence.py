"""How many members the bands need, and what headline conclusions owe to two debated numbers.

Convergence: members of a large reference are drawn again in smaller numbers, and the errors of
their median, 5 % and 95 % quantiles are given in widths of the reference's 90 % band.  For normal
outcomes the standard errors are 0.381 / sqrt(n) and 0.642 / sqrt(n) widths.

Sensitivity: conclusions with the trade elasticity and the efficiencies of conversion fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppe import ensemble, metrics, scenario
from steppe.analysis.conclusions import CONCLUSIONS, Conclusion
from steppe.analysis.sheets import Sheet
from steppe.analysis.variants import Kept, Variant
from steppe.analysis.variants import run as run_variants

Array = NDArray[np.float64]

COUNTS = (25, 50, 100, 200, 400)
REFERENCE = 800
RESAMPLES = 200
QUANTILES = (0.05, 0.5, 0.95)
MEDIAN_WITHIN, EDGES_WITHIN = 0.05, 0.10
"""Errors, in widths of the band, below which a median and the band's edges are good enough."""
OUTCOMES_WITHIN = 0.9
"""Part of the outcomes whose errors must be so small."""
ALIKE = 0.1
"""Difference from the priors' share of members up to which a setting reads alike."""

SETTINGS = (
    Variant("priors"),
    *(Variant(f"el. {theta:g}", {"trade.elasticity": theta}) for theta in (2.0, 3.0, 4.0, 5.0)),
    Variant("chi 1", {"*.conversion": 1.0}),
    *(Variant(f"Jp {chi:g}", {"japan.conversion": chi}) for chi in (0.2, 0.6)),
)
"""Trade elasticity and chi: as sampled, the elasticity fixed, chi 1 for all, Japan's fixed."""


@dataclass(frozen=True)
class Precision:
    """Errors of ``count`` members, widths of the 90 % band: root mean squares over draws.

    ``typical`` over outcomes is the median, ``high`` the value that 90 % of the outcomes keep; both
    for the median and for the worse edge of the band.
    """

    count: int
    median_typical: float
    median_high: float
    edges_typical: float
    edges_high: float

    @property
    def enough(self) -> bool:
        return self.median_high <= MEDIAN_WITHIN and self.edges_high <= EDGES_WITHIN


@dataclass(frozen=True)
class Verdict:
    """A conclusion under one setting: the share of members in which it holds, and the size."""

    share: float
    size: float


@dataclass(frozen=True)
class Convergence:
    """Precision by number of members, and conclusions by setting."""

    scenario: str
    reference: int
    outcomes: int
    precision: tuple[Precision, ...]
    members: int
    verdicts: dict[str, dict[str, Verdict]]

    @property
    def recommended(self) -> int:
        """Return the least number that is precise enough, that of the reference if none is."""
        return next((p.count for p in self.precision if p.enough), self.reference)

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON object."""
        return {
            "scenario": self.scenario,
            "reference": self.reference,
            "outcomes": self.outcomes,
            "recommended": self.recommended,
            "precision": [vars(p) | {"enough": p.enough} for p in self.precision],
            "members": self.members,
            "conclusions": {
                name: {
                    "robust": robust(by_setting),
                    "settings": {setting: vars(v) for setting, v in by_setting.items()},
                }
                for name, by_setting in self.verdicts.items()
            },
        }

    def sheets(self) -> list[Sheet]:
        """Return the tables for a reader."""
        rows = tuple(
            (
                str(p.count),
                *(
                    f"{value:.1%}"
                    for value in (p.median_typical, p.median_high, p.edges_typical, p.edges_high)
                ),
                "yes" if p.enough else "no",
            )
            for p in self.precision
        )
        settings = [variant.name for variant in SETTINGS]
        told = tuple(
            (name, *(f"{by[s].share:.0%}" for s in settings), "yes" if robust(by) else "no")
            for name, by in self.verdicts.items()
        )
        sizes = tuple(
            (name, *(f"{100.0 * by[s].size:+.2f}" for s in settings))
            for name, by in self.verdicts.items()
        )
        return [
            Sheet(
                f"Errors by number of members: {self.outcomes} headline outcomes, {self.scenario}",
                ("members", "median", "90 % of outcomes", "edges", "90 % of outcomes", "enough"),
                rows,
                (
                    f"In widths of the 90 % band of {self.reference} members: root mean squares "
                    f"over {RESAMPLES} draws; of the median outcome, and what 90 % of them "
                    f"keep. enough: {MEDIAN_WITHIN:.0%} for the median and {EDGES_WITHIN:.0%} for "
                    f"the edges. Recommended: {self.recommended} members.",
                ),
            ),
            Sheet(
                f"Headline conclusions: part of {self.members} members in which they hold",
                ("conclusion", *settings, "robust"),
                told,
                (
                    f"robust: within {ALIKE:.0%} of the members of what the priors say, in every "
                    "setting. el.: trade elasticity; chi 1: efficiency of "
                    "conversion 1 for all; Jp: Japan's.",
                    "largest: of the five powers in the host's trade; above: influence share, mean "
                    "of the hosts; tandem, Chabahar: against the baseline on the same members, "
                    "influence share, part of Japan's trade by the corridor, Japan's trade.",
                ),
            ),
            Sheet("The same, median size in hundredths", ("conclusion", *settings), sizes),
        ]


def robust(by_setting: dict[str, Verdict]) -> bool:
    """Tell whether a conclusion holds in nearly the same share of members under all settings."""
    shares = [verdict.share for verdict in by_setting.values()]
    return max(abs(share - shares[0]) for share in shares) <= ALIKE + 1e-9


def converge(
    reference: int = REFERENCE,
    members: int = 60,
    case: str = "baseline",
    *,
    on_quarter: Callable[[int, int], None] | None = None,
    on_part: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Convergence | None:
    """Run ``reference`` members of a scenario and ``members`` of every setting; None if stopped.

    ``on_quarter`` is called with the reference's quarters, ``on_part`` with the scenarios of the
    settings, both as (done, all).
    """
    results = ensemble.run(scenario.load(case), members=reference, on_quarter=on_quarter, stop=stop)
    if not results.complete:
        return None
    headline = {m.name for m in metrics.METRICS if m.headline}
    labels = [label for label, s in results.outcomes.items() if s.metric in headline]
    values = np.array([results.table[label] for label in labels])
    errors, known = resampled(values, [n for n in COUNTS if n < reference])
    verdicts = sensitivity(members, on_part=on_part, stop=stop)
    if verdicts is None:
        return None
    return Convergence(case, reference, known, tuple(errors), members, verdicts)


def resampled(
    values: Array, counts: Sequence[int], draws: int = RESAMPLES
) -> tuple[list[Precision], int]:
    """Return the errors of smaller numbers of members and the number of outcomes they are over.

    ``values`` (outcome, member) is the reference; outcomes without a width or with members that
    have no value are left out.  Members are drawn with replacement.
    """
    known = values[~np.isnan(values).any(axis=1)]
    exact = np.quantile(known, QUANTILES, axis=1)
    width = exact[2] - exact[0]
    moving = width > 1e-9 * np.abs(exact[1])
    known, exact, width = known[moving], exact[:, moving], width[moving]
    generator = np.random.default_rng(1)
    found = []
    for count in counts:
        total = np.zeros_like(exact)
        for _ in range(draws):
            drawn = known[:, generator.integers(known.shape[1], size=count)]
            total += (np.quantile(drawn, QUANTILES, axis=1) - exact) ** 2
        error = np.sqrt(total / draws) / width
        edges = np.maximum(error[0], error[2])
        found.append(
            Precision(
                count,
                float(np.median(error[1])),
                float(np.quantile(error[1], OUTCOMES_WITHIN)),
                float(np.median(edges)),
                float(np.quantile(edges, OUTCOMES_WITHIN)),
            )
        )
    return found, len(known)


def sensitivity(
    members: int = 60,
    settings: Sequence[Variant] = SETTINGS,
    conclusions: Sequence[Conclusion] = CONCLUSIONS,
    *,
    on_part: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> dict[str, dict[str, Verdict]] | None:
    """Return every conclusion under every setting, members paired; None if stopped.

    ``on_part`` is called with the scenarios done and all.
    """
    reads = tuple(dict.fromkeys(c.metric for c in conclusions))
    ran: dict[str, dict[str, Kept]] = {}
    cases = dict.fromkeys(n for c in conclusions for n in (c.scenario, c.against) if n)
    for done, name in enumerate(cases, start=1):
        kept = run_variants(scenario.load(name), settings, members, reads, stop=stop)
        if kept is None:
            return None
        ran[name] = kept
        if on_part is not None:
            on_part(done, len(cases))
    found: dict[str, dict[str, Verdict]] = {}
    for one in conclusions:
        for setting in settings:
            own = ran[one.scenario][setting.name].results
            other = ran[one.against][setting.name].results if one.against else None
            sizes = one.sizes(own, other)
            verdict = Verdict(float((sizes > one.least).mean()), float(np.median(sizes)))
            found.setdefault(one.name, {})[setting.name] = verdict
    return found
