"""Figures of a run: one file a subject, written as PNG into the run's folder."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from matplotlib.figure import Figure

from steppe import parameters
from steppe.figures import (
    consortia,
    corridors,
    debt,
    economy,
    energy,
    influence,
    map,
    money,
    network,
    rare_earths,
    style,
    trade,
)
from steppe.results import Results

__all__ = ["drawings", "write_all"]


def write_all(folder: Path, results: Results, parent: Results | None = None) -> list[Path]:
    """Write every figure of the run to ``folder/figures/*.png`` and return the paths.

    ``parent`` are the results of the scenario that this one extends: its medians are drawn dashed
    and the change in flows gets a map of its own.  A run that was stopped before its first quarter
    ended has nothing to show and leaves no figure.
    """
    if results.completed == 0:
        return []
    if parent is not None and parent.completed == 0:
        parent = None
    place = folder / "figures"
    place.mkdir(parents=True, exist_ok=True)
    with _uncollected():
        drawn = {name: draw() for name, draw in drawings(results, parent).items()}
        return [style.save(figure, place / f"{name}.png") for name, figure in drawn.items()]


def drawings(results: Results, parent: Results | None = None) -> dict[str, Callable[[], Figure]]:
    """Return what draws each figure, by the names of their files in the order of writing."""
    net = network.read_network()
    last = results.quarters[results.completed - 1]
    shut = network.shut(net.links, results.scenario, last, parameters.registry())
    drawn: dict[str, Callable[[], Figure]] = {
        "trade_shares": lambda: trade.shares(results, parent),
        "trade_values": lambda: trade.values(results, parent),
        "corridor_shares": lambda: corridors.shares(results, parent),
        "corridor_days_costs": lambda: corridors.days_costs(results, parent),
        "gdp": lambda: economy.gdp(results, parent),
        "gas": lambda: energy.by_buyer(results, parent),
        "money": lambda: money.stages(results, parent),
        "debt": lambda: debt.to_gdp(results, parent),
        "influence_shares": lambda: influence.shares(results, parent),
        "influence_channels": lambda: influence.channels(results, parent),
        "concentration": lambda: debt.concentration(results, parent),
        "consortia": lambda: consortia.partners(results, parent),
        "rare_earths": lambda: rare_earths.market(results, parent),
        "map": lambda: map.flows(results, net, shut),
    }
    if parent is not None:
        drawn["map_difference"] = lambda: map.difference(results, parent, net, shut)
    return drawn


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold off the garbage collector, which looks through all the figures again and again.

    They live until the last one is written anyway; without it they take three quarters of the time.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
