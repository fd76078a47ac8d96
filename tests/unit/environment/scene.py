"""What tests of what happens between states share: places in arrays, a clock, and undoing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields

import numpy as np

from steppe import axes
from steppe.clock import Quarter
from steppe.model import CentralAsia
from steppe.world.past import FIRST

MEMBERS = 3
P, H, LINKS = len(axes.POWERS), len(axes.HOSTS), len(axes.LINKS)
JPN, CHN, RUS, TUR, IND = range(P)
KAZ, UZB, TKM, KGZ, TJK = range(H)
EAEU, SCO = axes.ORGANISATIONS.index("EAEU"), axes.ORGANISATIONS.index("SCO")
START = Quarter.of(2017)
"""First quarter of the run."""


def at(model: CentralAsia, text: str) -> None:
    """Put the clock on a quarter of the run."""
    r, when = model.relations, Quarter.parse(text)
    r.quarter, r.t = when - FIRST, when - START


@contextmanager
def undone(
    model: CentralAsia,
    stocks: Iterable[np.ndarray] = (),
    names: Iterable[tuple[object, str]] = (),
) -> Iterator[CentralAsia]:
    """Bring back, at the end, parameters, politics, money, ``stocks`` and attributes (of, name)."""
    parts = (model.state.politics, model.state.money)
    stocks = [getattr(part, f.name) for part in parts for f in fields(part)] + list(stocks)
    stocks.append(model.values.table)
    before = [stock.copy() for stock in stocks]
    kept = [(of, name, getattr(of, name)) for of, name in names]
    try:
        yield model
    finally:
        for of, name, value in kept:
            setattr(of, name, value)
        for stock, value in zip(stocks, before, strict=True):
            stock[:] = value
