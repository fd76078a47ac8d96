"""What one scenario file says, by itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from steppe.clock import Quarter
from steppe.scenario.distributions import Distribution
from steppe.scenario.resolved import Correlation, Event, Lever
from steppe.scenario.schema import ScenarioFile
from steppe.scenario.source import Document, Place


@dataclass(slots=True)
class Layer:
    """What one file says, converted; ``removals`` and ``event_places`` keep where it says it.

    ``spelled`` gives the former name of a parameter where the file uses one.
    ``starts`` holds the place, the id and the start of every event, also of those with mistakes.
    """

    document: Document
    part: ScenarioFile
    start: Quarter | None = None
    end: Quarter | None = None
    set: dict[str, float] = field(default_factory=dict)
    uncertainties: dict[str, Distribution] = field(default_factory=dict)
    levers: dict[str, Lever] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    event_places: dict[str, Place] = field(default_factory=dict)
    removals: dict[str, Place] = field(default_factory=dict)
    starts: list[tuple[Place, str, Quarter | Distribution]] = field(default_factory=list)
    correlations: tuple[Correlation, ...] | None = None
    metrics: tuple[str, ...] | None = None
    spelled: dict[str, str] = field(default_factory=dict)
