"""What every state has in common: a code, a place on the region axis and the phases it acts in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from steppe import axes

if TYPE_CHECKING:
    from steppe.model import CentralAsia


class Country(mesa.Agent):  # type: ignore[type-arg]
    """A state in all members at once.

    Within a phase an agent writes its own slices only and reads nothing that another agent writes
    in the same phase, so the order of agents cannot matter.
    """

    model: CentralAsia

    def __init__(self, model: CentralAsia, code: str) -> None:
        super().__init__(model)
        self.code = code
        self.region = axes.REGIONS.index(code)
        self.name = axes.NAMES[code]

    def observe(self) -> None:
        """Take in the quarter's exogenous figures and shocks."""

    def decide(self) -> None:
        """Choose this quarter's offers and rules."""

    def negotiate(self) -> None:
        """Accept or refuse what others offered."""

    def evolve(self) -> None:
        """Carry own stocks into the next quarter."""
