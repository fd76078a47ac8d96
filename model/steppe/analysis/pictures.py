"""The figures of a validation: what its backcasts and the observations give to be drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from steppe import axes
from steppe.analysis.observations import FIRST, LAST, observations
from steppe.analysis.patterns.pattern import of_years
from steppe.analysis.scores import held_at
from steppe.analysis.validate import Validation, annual_trade
from steppe.figures import style
from steppe.figures.validation import Observed, Panel, coverage, panels, trade
from steppe.parameters import read_table
from steppe.results import Results

Array = NDArray[np.float64]

LEVELS = np.arange(1, 10) / 10.0
_TOLD = "Both backcasts over history; bands hold the middle 50 and 90 % of members"


def draw(found: Validation, folder: Path) -> list[Path]:
    """Draw every figure of a validation into a folder and return their paths."""
    return [style.save(figure, folder / f"{name}.png") for name, figure in drawn(found).items()]


def drawn(found: Validation) -> dict[str, Figure]:
    """Return every figure of a validation by the name of its file."""
    result = {f"trade_{base}": _trade(base, results) for base, results in found.results.items()}
    result["coverage"] = coverage(LEVELS, {b: _held(b, r) for b, r in found.results.items()})
    result["gas"] = _gas(found)
    result["rare_earths"] = _rare_earths(found)
    return {f"validation_{name}": figure for name, figure in result.items()}


def _trade(base: int, results: Results) -> Figure:
    simulated, known = annual_trade(results), observations()
    years = np.arange(base + 1, LAST + 1)
    columns = years - FIRST

    def panel(i: int, j: int) -> Panel:
        return Panel(
            title="", unit="", logarithmic=True,
            years={base: years.astype(float)}, bands={base: statistics(simulated[i, j])},
            history=Observed(
                years.astype(float),
                *(field[i, j, columns] for field in (known.chosen, known.low, known.high)),
            ),
        )  # fmt: skip

    return trade(
        base, [[panel(i, j) for j in range(len(axes.HOSTS))] for i in range(len(axes.POWERS))]
    )


def _held(base: int, results: Results) -> dict[str, Array]:
    simulated, years = annual_trade(results), range(base + 1, LAST + 1)
    return {
        "members alone": held_at(LEVELS, simulated, base, years),
        "with error": held_at(LEVELS, simulated, base, years, noisy=True),
    }


def _gas(found: Validation) -> Figure:
    def of(buyer: str) -> Panel:
        return _panel(
            found, f"Turkmen gas to {axes.TITLES[buyer]}", "bcm a year",
            lambda results, year: of_years(results, f"gas_export[TKM,{buyer}]", year, year),
            _table("gas", {"exporter": "TKM", "buyer": buyer}, "volume_bcm"),
        )  # fmt: skip

    return panels(
        "Turkmen gas turns from Russia to China", _TOLD,
        "Dots: BACI by tonnes, press and operators (data/gas.csv). Before 2009 about 40-50 bcm a "
        "year went to Russia (press); no table has it by year.\nSource: validation of the model.",
        [of("RUS"), of("CHN")],
    )  # fmt: skip


def _rare_earths(found: Validation) -> Figure:
    unit_value = _table("rare_earth_observed", {"measure": "price_export_unit_value"}, "value")
    usual = unit_value.value[unit_value.years == 2009][0]
    mined = {
        code: _table("rare_earth_mines", {"country": code}, "output_kt") for code in axes.MINERS
    }
    years = mined["CHN"].years[mined["CHN"].years > 2000]
    total = np.array(
        [sum(float(m.value[m.years == y].sum()) for m in mined.values()) for y in years]
    )
    china = np.array([float(mined["CHN"].value[mined["CHN"].years == y].sum()) for y in years])

    def part(results: Results, year: int) -> Array:
        output = {c: of_years(results, f"ree_output[{c}]", year, year) for c in axes.MINERS}
        share: Array = 100.0 * output["CHN"] / np.add.reduce(list(output.values()))
        return share

    shipped = _table("rare_earth_observed", {"measure": "japan_share_china"}, "value")
    return panels(
        "Rare earths: price, Japan's imports, mines", _TOLD,
        "Price: dots are the unit value of China's exports over that of 2009 (Chinese customs, "
        "press). Imports: BACI, tonnes shipped from China.\nMines: Energy Institute (USGS); "
        "China's figures from 2010 on are its quotas. Source: validation of the model.",
        [
            _panel(
                found, "Price", "price over that of 2009",
                lambda results, year: of_years(results, "ree_price", year, year),
                Observed(unit_value.years, unit_value.value / usual), logarithmic=True,
            ),
            _panel(
                found, "China in Japan's imports", "%",
                lambda results, year: 100.0
                * of_years(results, "ree_china_share_of_japan_imports", year, year),
                Observed(shipped.years, 100.0 * shipped.value),
            ),
            _panel(found, "China in the world's mines", "%", part,
                   Observed(years, 100.0 * china / total)),
        ],
    )  # fmt: skip


def _panel(
    found: Validation, title: str, unit: str, of_year: Callable[[Results, int], Array],
    history: Observed, logarithmic: bool = False,
) -> Panel:  # fmt: skip
    """Return a panel with the bands of both backcasts, the older one first."""
    years, bands = {}, {}
    for base in sorted(found.results):
        span = range(base + 1, LAST + 1)
        years[base] = np.array(span, float)
        bands[base] = statistics(np.array([of_year(found.results[base], y) for y in span]))
    return Panel(title, unit, years, bands, history, logarithmic)


def statistics(values: Array) -> Array:
    """Return mean and quantiles (year, 6) of (year, member), as ``results.STATISTICS`` orders."""
    quantiles = np.nanquantile(values, [0.05, 0.25, 0.5, 0.75, 0.95], axis=-1)
    result: Array = np.concatenate([np.nanmean(values, axis=-1)[None], quantiles]).T
    return result


def _table(name: str, wanted: dict[str, str], column: str) -> Observed:
    """Return the figures of a data table's rows, by year."""
    rows = [
        (float(row["year"]), float(row[column]))
        for row in read_table(name)
        if all(row[key] == value for key, value in wanted.items()) and row[column]
    ]
    years, values = np.array(rows).reshape(-1, 2).T
    kept = years > 2000
    return Observed(years[kept], values[kept])
