"""Patterns of history beside trade errors that the model is held against, by subject."""

from __future__ import annotations

from collections.abc import Callable

from steppe.analysis.patterns.finance import FINANCE
from steppe.analysis.patterns.gas import TURKMEN_GAS
from steppe.analysis.patterns.influence import INFLUENCE
from steppe.analysis.patterns.pattern import FIT, NEVER, TEST, Found, Pattern, hold
from steppe.analysis.patterns.promises import PROMISES, hold_promises
from steppe.analysis.patterns.rare_earths import RARE_EARTHS
from steppe.analysis.patterns.trade import TRADE
from steppe.analysis.patterns.transport import TRANSPORT, hold_transport
from steppe.results import Results

__all__ = [
    "FIT",
    "NEVER",
    "NOT_HELD",
    "OWN_RUNS",
    "PAIRED",
    "PATTERNS",
    "READS",
    "TEST",
    "Found",
    "Pattern",
    "check",
    "hold",
    "paired",
]

PATTERNS: tuple[Pattern, ...] = (*RARE_EARTHS, *TURKMEN_GAS, *TRADE, *FINANCE, *INFLUENCE)
"""Patterns that are read from the backcasts."""

OWN_RUNS: tuple[Pattern, ...] = (*TRANSPORT, PROMISES)
"""Patterns that need runs of their own."""

READS = tuple(dict.fromkeys(name for pattern in PATTERNS for name in pattern.reads))
"""Metrics whose trajectories the patterns need."""

PAIRED = 64
"""Members at most of the runs that patterns need besides the backcasts."""

NOT_HELD = (
    (
        "Japan's net aid of 2.57 mn USD in 1993",
        "the model's past begins in 1997, the backcasts in 2001: no run holds the year",
    ),
    (
        "distance elasticity of observed and simulated trade by regression",
        "over the 25 pairs the figures themselves give 3.9 in 2000 and 2.1 in 2016: five powers of "
        "very different ties are no sample for an elasticity; that of the gravity potential "
        "(trade.gravity_distance, 0.9-1.1) is an input; what transport cost brings is held",
    ),
)
"""What section 8 of the model's design names and no figure of a run can answer, with the reason."""


def check(results: Results, base: int) -> list[Found]:
    """Hold the backcast from ``base`` against its patterns."""
    return [hold(p, p.measure(results)) for p in PATTERNS if p.base == base]


def paired(members: int, stop: Callable[[], bool] | None = None) -> list[Found] | None:
    """Hold the patterns that need runs of their own, with so many members; None when stopped."""
    found = []
    for held in (hold_transport, hold_promises):
        part = held(members, stop)
        if part is None:
            return None
        found += part
    return found
