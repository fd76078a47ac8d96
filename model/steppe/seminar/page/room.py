"""Participants of a seminar: who has joined with which settings, for the projector."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from steppe.seminar.page.palette import DASHES, PEOPLE
from steppe.seminar.settings import Settings

MOST = 18
"""Participants at once: colours and dashes tell so many apart."""
AWAY = 120.0
"""Seconds after which one whose page is closed leaves the projector."""


class RoomFull(Exception):
    """Nobody more fits; the message is one sentence."""


@dataclass
class Person:
    """A participant; ``place`` fixes colour and dash as long as the participant stays."""

    key: str
    name: str
    place: int
    settings: Settings
    gone: float | None = None
    """When the page was closed, None while it is open."""

    @property
    def colour(self) -> str:
        return PEOPLE[self.place % len(PEOPLE)]

    @property
    def dash(self) -> str:
        return DASHES[self.place // len(PEOPLE) % len(DASHES)]


@dataclass
class Room:
    """Everybody who has joined, by the key of the tab; ``listeners`` hear of every change."""

    people: dict[str, Person] = field(default_factory=dict)
    listeners: list[Callable[[], None]] = field(default_factory=list)
    clock: Callable[[], float] = time.monotonic

    def join(self, key: str, name: str, settings: Settings) -> Person:
        """Let somebody join, or change name or settings; :class:`RoomFull` when nobody fits.

        A page that was reloaded takes the place of the same name that has just gone.
        """
        self.tidy()
        person = self.people.get(key) or self._returned(key, name)
        if person is None:
            taken = {other.place for other in self.people.values()}
            free = next((place for place in range(MOST) if place not in taken), None)
            if free is None:
                raise RoomFull(f"The seminar is full: {MOST} participants have joined.")
            person = self.people[key] = Person(key, name, free, settings)
        person.name, person.settings, person.gone = name, settings, None
        self._tell()
        return person

    def _returned(self, key: str, name: str) -> Person | None:
        for old, person in self.people.items():
            if person.gone is not None and person.name == name:
                del self.people[old]
                person.key = key
                self.people[key] = person
                return person
        return None

    def close(self, key: str) -> None:
        """Note that the page of somebody was closed: a reload brings them back."""
        person = self.people.get(key)
        if person is not None and person.gone is None:
            person.gone = self.clock()

    def leave(self, key: str) -> None:
        """Let somebody go."""
        if self.people.pop(key, None) is not None:
            self._tell()

    def tidy(self) -> None:
        """Let those go whose page has been closed for a while."""
        now = self.clock()
        away = [k for k, p in self.people.items() if p.gone is not None and now - p.gone > AWAY]
        for key in away:
            del self.people[key]
        if away:
            self._tell()

    def present(self) -> list[Person]:
        """Return who has joined, in the order of their colours."""
        return sorted(self.people.values(), key=lambda person: person.place)

    def _tell(self) -> None:
        for listener in list(self.listeners):
            listener()
