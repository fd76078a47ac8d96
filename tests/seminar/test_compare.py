"""The table of variants: which quarters of which run are held against each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steppe.seminar.page.compare import table
from steppe.seminar.page.labels import FAMILIES


class Run:
    """A run whose outcomes are the number of quarters that they are of."""

    labels = tuple(FAMILIES["Headlines"])

    def __init__(self, quarters: int) -> None:
        self.quarters = range(quarters)

    def outcomes(self, labels: Sequence[str], *, beside: Any = None) -> dict[str, np.ndarray]:
        both = min(len(self.quarters), len((beside or self).quarters))
        return {label: np.full(4, float(both)) for label in labels}


def test_a_shorter_run_is_compared_over_its_own_quarters() -> None:
    made = table([("A", "#000", Run(64)), ("B", "#111", Run(96))], Run(96))  # type: ignore[list-item,arg-type]
    cells = [cell.partition("</b>")[0] for cell in made.split("<td><b>")[1:]]
    assert len(cells) == 2 * len(Run.labels)
    assert all(cell.startswith("0") for cell in cells)
