"""Lever cards and shocks: data of ``catalogue.yaml``, checked when read."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Actor = Literal["JPN", "CHN", "RUS", "TUR", "IND", "hosts", "transit", "world"]

ACTORS: dict[Actor, str] = {
    "JPN": "Japan",
    "CHN": "China",
    "RUS": "Russia",
    "TUR": "Turkey",
    "IND": "India",
    "hosts": "Hosts",
    "transit": "Transit countries",
    "world": "World",
}
"""Titles of the actors, in the order of the page."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Level(_Part):
    """A named value of a lever or of a shock's size."""

    value: float
    name: str


class Lever(_Part):
    """One lever card."""

    id: str
    parameter: str
    """parameter of the registry; the key in ``Settings.levers``"""
    actor: Actor
    title: str
    what: str
    """what it is, in one or two sentences"""
    unit: str
    """unit of the values as a reader sees it; '×' for a factor"""
    change: Literal["to", "times", "by"]
    """whether the value replaces the parameter's, multiplies it or is added to it"""
    low: float
    high: float
    step: float
    default: float
    """value at rest: 1 for a factor, 0 for an addition, else that of the baseline at 2026Q1 (its
    median over members)"""
    levels: tuple[Level, ...]
    examples: str
    dynamics: str
    """key dynamics: by which way it works in the model"""
    gains: str
    loses: str
    questions: tuple[str, ...]
    source: str
    look_at: tuple[str, ...]
    """labels of series in which its effect shows most"""


class ShockPart(_Part):
    """A parameter that a shock changes: by ``constant + per_size * size``."""

    target: str
    change: Literal["to", "times", "by"]
    constant: float = 0.0
    per_size: float = 1.0


class ShockKind(_Part):
    """One kind of dated shock."""

    id: str
    actor: Actor
    title: str
    what: str
    unit: str
    """unit of the size"""
    low: float
    high: float
    step: float
    size: float
    """size at first"""
    duration: int | None
    """quarters at first; None: it stays"""
    shortest: int
    longest: int
    may_stay: bool
    parts: tuple[ShockPart, ...]
    levels: tuple[Level, ...]
    examples: str
    dynamics: str
    gains: str
    loses: str
    questions: tuple[str, ...]
    source: str
    look_at: tuple[str, ...]


def levers() -> tuple[Lever, ...]:
    """Return all lever cards, by actor, in the order of the page."""
    raise NotImplementedError


def lever(parameter: str) -> Lever:
    """Return the card of a parameter; ``KeyError`` if it has none."""
    raise NotImplementedError


def shocks() -> tuple[ShockKind, ...]:
    """Return all kinds of shocks, in the order of the page."""
    raise NotImplementedError


def shock(kind: str) -> ShockKind:
    """Return a kind of shock; ``KeyError`` if it is unknown."""
    raise NotImplementedError
