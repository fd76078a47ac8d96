"""Quarters: the model's only unit of time."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PATTERN = re.compile(r"([12][0-9]{3})Q([1-4])")
PER_YEAR = 4
STEP = 1.0 / PER_YEAR
"""A quarter in years."""
ROOT_QUARTER = 0.5
"""Square root of a quarter in years: scales an annual standard deviation to a quarter's."""


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """One calendar quarter, written ``2017Q1``; ``ordinal`` counts quarters from year 0."""

    ordinal: int

    @classmethod
    def of(cls, year: int, quarter: int = 1) -> Quarter:
        """Return quarter 1-4 of ``year``."""
        return cls(year * PER_YEAR + quarter - 1)

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read ``2017Q1``; ``ValueError`` for anything else."""
        match = _PATTERN.fullmatch(text)
        if match is None:
            raise ValueError(f"not a quarter: {text!r} (write it as 2017Q1)")
        return cls.of(int(match[1]), int(match[2]))

    @property
    def year(self) -> int:
        return self.ordinal // PER_YEAR

    @property
    def quarter(self) -> int:
        return self.ordinal % PER_YEAR + 1

    def __add__(self, quarters: int) -> Quarter:
        return Quarter(self.ordinal + quarters)

    def __sub__(self, other: Quarter) -> int:
        """Quarters from ``other`` to this one."""
        return self.ordinal - other.ordinal

    def __str__(self) -> str:
        return f"{self.year}Q{self.quarter}"


def span(start: Quarter, end: Quarter) -> tuple[Quarter, ...]:
    """Return every quarter from ``start`` to ``end``, both included."""
    return tuple(Quarter(n) for n in range(start.ordinal, end.ordinal + 1))
