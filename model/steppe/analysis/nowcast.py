"""The baseline's forecasts of years after its base, to be held against data as they appear."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from steppe import axes, scenario
from steppe.analysis.against import SCENARIO, annual, forecast, unit_of
from steppe.analysis.tables_of_observations import resolve
from steppe.parameters import read_table
from steppe.world.base import BASE_YEARS
from steppe.world.paths import LAST_OUTTURN, LNG, OIL, URANIUM

FIRST, LAST = max(BASE_YEARS), 2025
"""Years that are forecast: from the baseline's first to the last before the project's figures."""
BUYERS = ("CHN", "RUS", "ROW")
GROUPS: dict[str, tuple[str, ...]] = {
    "Trade of powers and hosts, both directions": tuple(
        f"trade_total[{power},{host}]" for host in axes.HOSTS for power in axes.POWERS
    ),
    "Turkmen gas by buyer": tuple(f"gas_export[TKM,{buyer}]" for buyer in BUYERS),
    "Japan's imports of rare earths by source": (
        *(f"ree_japan_imports[{source}]" for source in axes.SOURCES),
        "ree_china_share_of_japan_imports",
    ),
    "Debt to China over GDP": tuple(f"debt_to_gdp[CHN,{host}]" for host in axes.HOSTS),
    "Influence": tuple(
        f"influence_share[{power},{host}]" for host in axes.HOSTS for power in axes.POWERS
    ),
}
"""Series by subject."""


@dataclass(frozen=True)
class Forecast:
    """Median and 90 % band of one series in one year."""

    series: str
    year: int
    unit: str
    median: float
    q05: float
    q95: float


def nowcast(
    members: int = 200, on_quarter: Callable[[int, int], None] | None = None
) -> list[Forecast]:
    """Run the baseline to the end of :data:`LAST` and return every forecast."""
    known = {label: resolve(label) for labels in GROUPS.values() for label in labels}
    results = forecast({m.name for m, _, _ in known.values()}, LAST, members, on_quarter)
    assert results is not None
    found = []
    for label, (metric, rows, _) in known.items():
        for year in range(FIRST, LAST + 1):
            values = annual(results, metric, rows, year)
            low, middle, high = (float(q) for q in np.nanquantile(values, [0.05, 0.5, 0.95]))
            found.append(Forecast(label, year, unit_of(metric), middle, low, high))
    return found


def as_csv(forecasts: Iterable[Forecast], source: str) -> str:
    """Return forecasts as a table that ``steppe validate --against`` reads."""
    text = io.StringIO()
    text.write(
        "# Forecasts of the baseline by year: value is the median, low and high the ends of\n"
    )
    text.write("# the 90 % band over members.  Flows are sums over the year, all else means.\n")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["series", "year", "value", "low", "high", "source"])
    for one in forecasts:
        figures = (f"{figure:.5g}" for figure in (one.median, one.q05, one.q95))
        table.writerow([one.series, one.year, *figures, source])
    return text.getvalue()


def taken_as_known() -> Mapping[str, str]:
    """Return what the baseline takes from after its base years, and how far that reaches."""
    last = {
        name: max(int(r["year"]) for r in read_table("commodity_prices") if r["series"] == name)
        for name in (OIL, LNG, URANIUM)
    }
    prices = max(int(r["year"]) for r in read_table("macro") if r["gdp_nominal_bn"])
    outlook = read_table("growth_outlook")
    vintage = max(row["vintage"] for row in outlook if row["institution"] == "IMF WEO")
    events = [e for e in scenario.load(SCENARIO).events]
    on_links = sum(e.target.startswith("link.") for e in events)
    return {
        "GDP": f"real growth of powers, hosts and the rest of the world as published (IMF World "
        f"Economic Outlook, {vintage}): outturns to {LAST_OUTTURN}, its own outlook after; members "
        f"part from each other only after {LAST_OUTTURN}",
        "dollar prices": f"nominal over real GDP of all countries, to {prices}",
        "population": f"to "
        f"{max(int(r['year']) for r in read_table('macro') if r['population_mn'])}",
        "commodity prices": f"Brent to {last[OIL]}, LNG in Japan to {last[LNG]}; uranium to "
        f"{last[URANIUM]} only; rare-earth prices are simulated",
        "dated events": f"{len(events)}, {on_links} of them on transport links (openings, the "
        "sanctions on Iran of 2018 and on Russia of 2022, the pandemic's border delays), two on "
        "one "
        "gas contract (Gazprom's of 2019-24), the others unrest and the end of the Afghan war; "
        "each "
        "in `scenarios/baseline.yaml` with its source or reason",
        "gas and oil": "no Turkmen gas for Iran from January 2017, capacities of Kazakhstan's oil "
        "routes by annual reports to 2024 (`data/pipeline_states.csv`)",
        "rare earths": "no Chinese quota or stop of shipments on record before the end of 2024 "
        "(`data/rare_earth_policy.csv`)",
        "budgets and terms of projects": "held against Chinese commitments of 2000-21 and other "
        "press totals before and after 2016 (`data/finance_observed.csv`)",
        "transport network": "border days, costs and traffic of the base state are partly "
        "figures of "
        "2018-22 (CAREC CPMM, operators; `data/links.csv`, `data/link_states.csv`)",
    }
