"""A power: in step with its observed or published economy."""

from __future__ import annotations

from steppe.agents.country import Country


class Power(Country):
    """Japan, China, Russia, Turkey or India: its economy is exogenous, its shocks are its own."""

    def observe(self) -> None:
        self.model.economy.advance(self.region)
