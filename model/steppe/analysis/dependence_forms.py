"""The form of dependence on trade against simpler ones, on observed trade: a null of the law alone.

The law's loss from being cut off is convex in the partner's shares (Hirschman 1945), as far as
``influence.convexity`` says.  Here the forms are compared where no run is needed: on what was
traded, by how they rank China's and Russia's ten cells beside the published index's economic
dependence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.analysis.observations import nominal_gdp
from steppe.analysis.ranks import spearman
from steppe.laws.influence import loss_when_cut_off
from steppe.parameters import read_table

Array = NDArray[np.float64]

MN_PER_BN = 1000.0


@dataclass(frozen=True)
class Ties:
    """Trade of powers with hosts in a year: shares of imports and exports, and both over GDP.

    All (power, host).
    """

    bought: Array
    sold: Array
    imports: Array
    exports: Array


def convex(ties: Ties) -> Array:
    """Return the trade part of the law of influence, at elasticity one."""
    return _law(ties, 1.0)


def linear(ties: Ties) -> Array:
    """Return the same with the shares themselves in place of -ln(1 - share)."""
    return _law(ties, 0.0)


def _law(ties: Ties, convexity: float) -> Array:
    none, one = np.zeros_like(ties.bought), np.ones_like(ties.bought)
    result: Array = loss_when_cut_off(
        ties.bought,
        ties.sold,
        ties.imports,
        ties.exports,
        none,
        none,
        none,
        none,
        one,
        convexity * one,
    )
    return result


def over_gdp(ties: Ties) -> Array:
    """Return trade with the power over the host's GDP, re-exports and all."""
    return ties.imports * ties.bought + ties.exports * ties.sold


def share(ties: Ties) -> Array:
    """Return the power's part of the host's trade."""
    return over_gdp(ties) / (ties.imports + ties.exports)


FORMS: dict[str, Callable[[Ties], Array]] = {
    "convex in shares (the law's)": convex,
    "linear in shares": linear,
    "trade over GDP": over_gdp,
    "share of trade": share,
}


def ranked(
    observed: dict[int, Array], powers: Sequence[str], years: Sequence[int]
) -> dict[str, float]:
    """Return by form its rank correlation with ``observed`` (power, host), mean over years."""
    ties = {year: observed_ties(powers, year) for year in years}
    return {
        name: float(np.mean([spearman(form(ties[y]).ravel(), observed[y].ravel()) for y in years]))
        for name, form in FORMS.items()
    }


def observed_ties(powers: Sequence[str], year: int) -> Ties:
    """Return what powers and hosts traded in a year by the tables."""
    flows, totals = _flows(year), _totals(year)
    gdp = nominal_gdp()

    def field(cell: Callable[[str, str], float]) -> Array:
        return np.array([[cell(power, host) for host in axes.HOSTS] for power in powers])

    def size(host: str) -> float:
        return gdp[host][year] * MN_PER_BN

    return Ties(
        bought=field(lambda p, h: flows.get((p, h), 0.0) / totals[h, "import"]),
        sold=field(lambda p, h: flows.get((h, p), 0.0) / totals[h, "export"]),
        imports=field(lambda p, h: totals[h, "import"] / size(h)),
        exports=field(lambda p, h: totals[h, "export"] / size(h)),
    )


def _flows(year: int) -> dict[tuple[str, str], float]:
    return {
        (row["exporter"], row["importer"]): float(row["value_musd"] or 0.0)
        for row in read_table("trade_bilateral")
        if int(row["year"]) == year
    }


def _totals(year: int) -> dict[tuple[str, str], float]:
    return {
        (row["host"], row["flow"]): float(row["value_musd"])
        for row in read_table("trade_totals")
        if int(row["year"]) == year
    }
