"""What a participant has chosen: a scenario, levers and shocks; as a scenario, a link, a file."""

from __future__ import annotations

from dataclasses import dataclass, field

from steppe.clock import Quarter
from steppe.scenario import Scenario

ACTS_FROM = Quarter.of(2026)
"""Quarter from which levers act: the years before are shared with the baseline."""
FIRST_SHOCK, LAST_SHOCK = ACTS_FROM, Quarter.of(2039, 4)
"""First and last quarter in which a shock may begin."""
MOST_SHOCKS = 12
MOST_LINK = 16_000
"""Characters of the longest link."""
MOST_BYTES = 1_000_000
"""Size of the largest file that is opened."""


@dataclass(frozen=True, slots=True)
class Shock:
    """A dated event of a kind of the catalogue.

    ``size`` is in the kind's unit; ``duration`` in quarters, None for one that stays.
    """

    kind: str
    start: Quarter
    size: float
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """A participant's choice; immutable, hashable, comparable.

    ``levers`` holds (parameter, value) of the moved levers only, ordered by parameter; a value is
    in the unit of the lever's card.  Levers act by a step event from ``acts_from``.  ``opened`` is
    the text of a scenario file that stands in place of the shipped ``scenario``.
    """

    scenario: str = "baseline"
    levers: tuple[tuple[str, float], ...] = ()
    shocks: tuple[Shock, ...] = ()
    acts_from: Quarter = ACTS_FROM
    opened: str | None = field(default=None, repr=False)

    def lever(self, parameter: str) -> float | None:
        """Return a lever's value, None where it is not moved."""
        raise NotImplementedError

    def with_lever(self, parameter: str, value: float | None) -> Settings:
        """Return the settings with a lever moved, or back at rest (None)."""
        raise NotImplementedError

    def with_shock(self, shock: Shock) -> Settings:
        """Return the settings with one more shock, ordered by start."""
        raise NotImplementedError

    def without_shock(self, index: int) -> Settings:
        """Return the settings without the shock at a position of ``shocks``."""
        raise NotImplementedError

    def with_scenario(self, name: str) -> Settings:
        """Return the settings on another shipped scenario (an opened one goes)."""
        raise NotImplementedError


def scenarios() -> dict[str, str]:
    """Return the titles of the shipped scenarios that the page offers, by name, baseline first."""
    raise NotImplementedError


def scenario_of(settings: Settings) -> Scenario:
    """Return the scenario that the engine runs; ``ValueError`` with one sentence if it has none."""
    raise NotImplementedError


def hash_of(settings: Settings) -> str:
    """Return a hash (hexadecimal) of everything that decides the run's numbers."""
    raise NotImplementedError


def to_link(settings: Settings) -> str:
    """Return the settings as the query of a link, without '?'; ``ValueError`` if it is too long."""
    raise NotImplementedError


def from_link(text: str) -> Settings:
    """Return the settings of a link's query; ``ValueError`` with one sentence for a bad one."""
    raise NotImplementedError


def to_yaml(settings: Settings, title: str) -> str:
    """Return a scenario file that ``steppe run`` accepts, with the same results to the bit."""
    raise NotImplementedError


def from_yaml(text: str | bytes, name: str) -> Settings:
    """Return the settings of an uploaded scenario file.

    Raises :class:`steppe.scenario.Problems` (``str`` has file, line, column and the marked line).
    A file saved here gives its levers and shocks back; any other one becomes ``opened``.
    """
    raise NotImplementedError


def describe(settings: Settings, before: Settings | None = None) -> str:
    """Return what is set, or what was changed since ``before``, in a few words for a reader."""
    raise NotImplementedError


class History:
    """The settings of one participant, with undo and redo (at most 200 steps)."""

    def __init__(self, first: Settings | None = None) -> None:
        raise NotImplementedError

    @property
    def now(self) -> Settings:
        """The present settings."""
        raise NotImplementedError

    @property
    def before(self) -> Settings | None:
        """The settings before the last change, to replay it; None before any change."""
        raise NotImplementedError

    @property
    def can_undo(self) -> bool:
        raise NotImplementedError

    @property
    def can_redo(self) -> bool:
        raise NotImplementedError

    @property
    def last_change(self) -> str:
        """The last change in words, '' when there is none."""
        raise NotImplementedError

    def change(self, settings: Settings) -> Settings:
        """Take new settings (nothing happens when they are the present ones); return them."""
        raise NotImplementedError

    def undo(self) -> Settings:
        """Go a step back, if there is one; return the present settings."""
        raise NotImplementedError

    def redo(self) -> Settings:
        """Go a step forward again, if there is one; return the present settings."""
        raise NotImplementedError

    def reset(self) -> Settings:
        """Put all levers and shocks at rest, on the same scenario (can be undone)."""
        raise NotImplementedError
