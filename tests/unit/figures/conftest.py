"""Invented results of the shape that an ensemble gives back, and a small network under them."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from steppe import axes, metrics, parameters
from steppe.clock import Quarter, span
from steppe.figures import network as networks
from steppe.metrics import OUTCOME_QUARTERS, Series
from steppe.results import STATISTICS, Results

MEMBERS = 24
UNUSED = "gwadar_karakoram"
"""The corridor that carries nothing in the invented results."""

NODES = [
    {
        "node": "yokohama",
        "title": "Yokohama",
        "country": "JPN",
        "region": "",
        "lon": "139.6",
        "lat": "35.4",
    },
    {
        "node": "chabahar",
        "title": "Chabahar",
        "country": "IRN",
        "region": "",
        "lon": "60.6",
        "lat": "25.3",
    },
    {
        "node": "mashhad",
        "title": "Mashhad",
        "country": "IRN",
        "region": "",
        "lon": "59.6",
        "lat": "36.3",
    },
    {
        "node": "tashkent",
        "title": "Tashkent",
        "country": "UZB",
        "region": "",
        "lon": "69.3",
        "lat": "41.3",
    },
    {
        "node": "almaty",
        "title": "Almaty",
        "country": "KAZ",
        "region": "",
        "lon": "76.9",
        "lat": "43.2",
    },
    {
        "node": "kashgar",
        "title": "Kashgar",
        "country": "CHN",
        "region": "",
        "lon": "76.0",
        "lat": "39.5",
    },
]
SEA = "131 30;112 12;103.8 1.2;80.5 5.2;68 18"
LINKS = [
    {"link": link, "from": start, "to": end, "mode": mode, "owner": owner, "via": via}
    for link, start, end, mode, owner, via in (
        ("japan_chabahar", "yokohama", "chabahar", "sea", "ROW", SEA),
        ("chabahar_rail", "chabahar", "mashhad", "rail", "IRN", ""),
        ("chabahar_road", "mashhad", "chabahar", "road", "IRN", ""),
        ("mashhad_tashkent", "mashhad", "tashkent", "rail", "TKM", ""),
        ("tashkent_almaty", "tashkent", "almaty", "rail", "KAZ", ""),
        ("kashgar_tashkent", "kashgar", "tashkent", "rail", "KGZ", ""),
    )
]
FLOWS = {
    "japan_chabahar": 0.6,
    "chabahar_rail": 0.4,
    "chabahar_road": 0.2,
    "mashhad_tashkent": 2.5,
    "tashkent_almaty": 12.0,
    "kashgar_tashkent": 0.0,
}
"""Mt/yr at the start of the invented results, by link."""


@pytest.fixture
def small() -> networks.Network:
    """Return the network of six links on which the invented results run."""
    return networks.build(NODES, LINKS, [])


@pytest.fixture
def world(small: networks.Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let figures draw on the small network, with nothing closed."""
    monkeypatch.setattr(networks, "read_network", lambda: small)
    monkeypatch.setattr(parameters, "registry", lambda: parameters.Registry(()))


def cells(metric: metrics.Metric) -> tuple[Series, ...]:
    """Return the metric's series, those of links on the small network."""
    if "link" in metric.dims:
        return tuple(
            Series(metric.name, ("link",), (link,), metric.unit, metric.unit) for link in FLOWS
        )
    return metric.series


def levels(metric: metrics.Metric, series: tuple[Series, ...]) -> np.ndarray:
    """Return a plausible starting level for every series."""
    if metric.name == "link_flow":
        return np.array([FLOWS[s.cell[0]] for s in series])
    if metric.name in ("corridor_share", "corridor_days", "corridor_cost"):
        none = 0.0 if metric.name == "corridor_share" else np.nan
        level = {"corridor_share": 0.2, "corridor_days": 35.0, "corridor_cost": 210.0}[metric.name]
        return np.array([none if UNUSED in s.cell else level for s in series])
    if metric.name == "trade_share":
        return np.array([1.0 / len(axes.POWERS) for _ in series])
    return np.array([100.0 / (1 + i % 7) for i in range(len(series))])


@lru_cache(maxsize=8)
def walks(quarters: int, seed: int) -> tuple[tuple[Series, ...], np.ndarray, dict[str, np.ndarray]]:
    """Return every series, its statistics (quarter, series, 6) and the corridors' member paths."""
    rng = np.random.default_rng(seed)
    series: list[Series] = []
    blocks = []
    kept: dict[str, np.ndarray] = {}
    for metric in metrics.METRICS:
        own = cells(metric)
        shape = (quarters, len(own), MEMBERS)
        paths = levels(metric, own)[None, :, None] * np.exp(
            np.cumsum(rng.normal(0.0, 0.03, shape), axis=0)
        )
        if metric.name == "trade_share":
            whole = paths.reshape(quarters, len(axes.POWERS), len(axes.HOSTS), MEMBERS)
            paths = (whole / whole.sum(axis=1, keepdims=True)).reshape(shape)
        quantiles = np.quantile(paths, [0.05, 0.25, 0.5, 0.75, 0.95], axis=2)
        blocks.append(np.concatenate([paths.mean(axis=2)[None], quantiles]).transpose(1, 2, 0))
        series += own
        if metric.name.startswith("corridor_"):
            kept |= {s.label: paths[:, i] for i, s in enumerate(own)}
    return tuple(series), np.concatenate(blocks, axis=1), kept


def invented(
    name: str, start: int, end: int, *, seed: int = 1, completed: int | None = None
) -> Results:
    """Return results of random walks: every series of every metric, from ``start`` to ``end``."""
    quarters = span(Quarter.of(start), Quarter.of(end, 4))
    done = len(quarters) if completed is None else completed
    series, statistics, paths = walks(len(quarters), seed)
    assert statistics.shape == (len(quarters), len(series), len(STATISTICS))
    statistics = statistics.copy()
    statistics[done:] = np.nan
    late = slice(len(quarters) - OUTCOME_QUARTERS, done)
    outcomes = {
        label: path[late].mean(axis=0) if done > late.start else np.full(MEMBERS, np.nan)
        for label, path in paths.items()
    }
    return Results(
        scenario=scenario(name, start, quarters),
        seed=seed,
        members=MEMBERS,
        quarters=quarters,
        completed=done,
        series=series,
        statistics=statistics,
        table={"member": np.arange(MEMBERS, dtype=np.float64), **outcomes},
    )


def scenario(name: str, base: int, quarters: tuple[Quarter, ...]) -> Any:
    """Return what figures and records read of a scenario."""
    return SimpleNamespace(
        name=name,
        title=name.replace("_", " ").capitalize(),
        parent=None,
        base=base,
        horizon=SimpleNamespace(start=quarters[0], end=quarters[-1]),
        set={},
        events=(),
        metrics=(),
        dump=lambda: f"title: {name}\n",
        digest=lambda: "0" * 64,
    )


@pytest.fixture
def results() -> Results:
    return invented("chabahar_completion", 2017, 2026)


@pytest.fixture
def parent() -> Results:
    return invented("baseline", 2017, 2026, seed=2)


@pytest.fixture
def backcast() -> Results:
    return invented("backcast_2000", 2001, 2016, seed=3)
