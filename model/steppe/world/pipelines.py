"""Pipelines as arrays: who sells to whom over which line, and what each carried at a base."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from steppe import axes
from steppe.parameters import read_table
from steppe.world.base import BASE_YEARS, Base, base_state

Array = NDArray[np.float64]

L = len(axes.GAS_LINES)
NONE = -1


@dataclass(frozen=True)
class Pipelines:
    """Static shape of the gas lines and oil routes, and their figures of one base.

    - ``seller`` (line,): host; ``recorded`` (line, partner) and ``taken`` (line, buyer): in whose
      trade statistics a line's value stands and who takes its gas, parts summing to 1; ``hidden``
      (line,): the part that Russia takes and the rest of the world's statistics hold.
    - ``volume`` bcm/yr and ``value`` mn USD/yr (line,) of the base year: the value is the part of
      the base's recorded gas that this line carries; ``unassigned`` (host, partner) mn USD/yr: what
      no line carries.
    - ``opened`` (line,): year in service, infinity where it is not built.
    - ``conflict_link`` (pipeline,): link of the network, or -1; ``cost`` (pipeline,) mn USD to
      complete, 0 where nothing is left to build.
    - ``works`` (power, host, line): part of completed oil and gas works that goes into the line.
    - ``tariff`` (route,) USD/t; ``passes`` (power, route): oil that crosses the power's territory.
    """

    seller: NDArray[np.intp]
    recorded: Array
    taken: Array
    hidden: Array
    volume: Array
    value: Array
    unassigned: Array
    opened: Array
    conflict_link: NDArray[np.intp]
    cost: Array
    works: Array
    tariff: Array
    passes: Array


@cache
def sellers() -> NDArray[np.intp]:
    """Return the host that sells over each gas line, (line,)."""
    rows = {row["pipeline"]: row for row in read_table("pipelines")}
    return np.array([axes.HOSTS.index(rows[line]["seller"]) for line in axes.GAS_LINES], np.intp)


@cache
def pipelines(start: int) -> Pipelines:
    """Return the pipelines as they stand at the base of a run that starts in ``start`` Q1."""
    base = base_state(start)
    rows = {row["pipeline"]: row for row in read_table("pipelines")}
    states = {
        row["pipeline"]: row
        for row in read_table("pipeline_states")
        if int(row["base"]) == base.start
    }
    gas = [rows[line] for line in axes.GAS_LINES]
    oil = [rows[route] for route in axes.OIL_ROUTES]
    taken = np.zeros((L, len(axes.GAS_BUYERS)))
    recorded = np.zeros((L, len(axes.PARTNERS)))
    for i, line in enumerate(axes.GAS_LINES):
        for buyer, part in _parts(states[line]["buyers"]):
            taken[i, axes.GAS_BUYERS.index(buyer)] += part
            place = rows[line]["recorded_to"] or buyer
            recorded[i, axes.PARTNERS.index(place if place in axes.PARTNERS else axes.ROW)] += part
    value = np.array([_recorded_value(row, base.start) for row in gas])
    value, unassigned = _within(value, recorded, sellers(), base)
    russia = axes.PARTNERS.index("RUS")
    return Pipelines(
        seller=sellers(),
        recorded=recorded,
        taken=taken,
        hidden=taken[:, russia] * recorded[:, -1],
        volume=np.array([float(states[line]["volume"]) for line in axes.GAS_LINES]),
        value=value,
        unassigned=unassigned,
        opened=np.array([float(row["in_service"] or np.inf) for row in gas]),
        conflict_link=np.array(
            [
                axes.LINKS.index(rows[name]["conflict_link"])
                if rows[name]["conflict_link"]
                else NONE
                for name in axes.PIPELINES
            ],
            np.intp,
        ),
        cost=np.array([float(rows[name]["cost_musd"] or 0.0) for name in axes.PIPELINES]),
        works=_works(),
        tariff=np.array([float(row["tariff"]) for row in oil]),
        passes=np.array([[row["passes"] == power for row in oil] for power in axes.POWERS], float),
    )


def _parts(text: str) -> list[tuple[str, float]]:
    return [(code, float(part)) for code, part in (word.split(":") for word in text.split())]


def _recorded_value(row: dict[str, str], start: int) -> float:
    """Return what ``gas.csv`` holds of a line in the base years, mn USD a year."""
    if not row["table"]:
        return 0.0
    destination, _, buyers = row["table"].partition(":")
    years = BASE_YEARS[start]
    return sum(
        float(r["value_musd"] or 0.0) / len(years)
        for r in read_table("gas")
        if int(r["year"]) in years
        and r["exporter"] == row["seller"]
        and r["destination"] == destination
        and r["buyer"] in buyers.split("+")
    )


def _within(
    value: Array, recorded: Array, seller: NDArray[np.intp], base: Base
) -> tuple[Array, Array]:
    """Return lines' values that do not exceed the base's gas, and what of it no line carries."""
    rest = base.gas_value.copy()
    found = np.zeros_like(value)
    for line, most in enumerate(value):
        if most > 0.0:
            cell = int(seller[line]), int(np.argmax(recorded[line]))
            found[line] = min(most, rest[cell])
            rest[cell] -= found[line]
    return found, np.maximum(rest, 0.0)


def _works() -> Array:
    field = np.zeros((len(axes.POWERS), len(axes.HOSTS), L))
    for row in read_table("pipeline_works"):
        cell = (
            axes.POWERS.index(row["power"]),
            axes.HOSTS.index(row["host"]),
            axes.GAS_LINES.index(row["pipeline"]),
        )
        field[cell] = float(row["share"])
    return field
